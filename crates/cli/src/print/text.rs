//! A record as people read it: time, level, source, process, job, who speaks, message, fields that hold
//! something; its exception indented below.

use std::borrow::Cow;
use std::fmt::Write;

use jobtrail_core::{Level, Record, Timestamp, Zone};

use super::clean::visible;

/// Writes records as lines of text.
#[derive(Debug)]
pub(crate) struct TextStyle {
    /// Whether levels and asides are coloured.
    pub(crate) is_colored: bool,
    /// Whether each line names its source.
    pub(crate) shows_source: bool,
    /// The zone of the times shown; UTC where there is none.
    zone: Option<Zone>,
    /// The room that a line without a time leaves for it: none until a line had one.
    time_room: usize,
    /// The room that a line without a level leaves for it: none until a line had one.
    level_room: usize,
}

const RESET: &str = "\x1b[0m";
const DIM: &str = "\x1b[2m";
const BLUE: &str = "\x1b[34m";

/// The width of `CRITICAL`.
const LEVEL_WIDTH: usize = 8;

impl TextStyle {
    pub(crate) fn new(is_colored: bool, shows_source: bool, zone: Option<Zone>) -> Self {
        Self { is_colored, shows_source, zone, time_room: 0, level_room: 0 }
    }

    /// Appends a record with its line ends.
    pub(crate) fn push(&mut self, source: &str, record: &Record<'_>, out: &mut String) {
        self.push_time(record.timestamp, out);
        self.push_level(record.level, out);
        if self.shows_source {
            self.push_aside(BLUE, &visible(source), " ", out);
        }
        if let Some(pid) = record.pid {
            self.push_aside(DIM, &format!("[{pid}]"), " ", out);
        }
        if let Some(job) = record.job_id.as_deref().filter(|job| !record.message.contains(job)) {
            self.push_aside(DIM, &visible(job), " ", out);
        }
        if let Some(speaker) = record.logger.as_deref().or(record.component.as_deref()) {
            self.push_aside(DIM, &visible(speaker), ": ", out);
        }
        let (message, hidden_bytes) = shown(&record.message);
        push_lines(message, out);
        if hidden_bytes > 0 {
            self.push_aside(DIM, &format!(" [{hidden_bytes} bytes more: -o raw]"), "", out);
        }
        self.push_fields(record, out);
        out.truncate(out.trim_end_matches(' ').len());
        out.push('\n');
        for line in record.exception.iter().flat_map(|exception| exception.lines()) {
            let _ = writeln!(out, "    {}", visible(line));
        }
    }

    fn push_time(&mut self, time: Option<Timestamp>, out: &mut String) {
        if let Some(time) = time {
            let begin = out.len();
            push_local(time, self.zone.as_ref(), out);
            out.push(' ');
            self.time_room = out.len() - begin;
        } else {
            out.extend(std::iter::repeat_n(' ', self.time_room));
        }
    }

    fn push_level(&mut self, level: Option<Level>, out: &mut String) {
        if let Some(level) = level {
            let name = format!("{:LEVEL_WIDTH$}", level.as_str());
            self.push_aside(color_of(level), &name, " ", out);
            self.level_room = LEVEL_WIDTH + 1;
        } else {
            out.extend(std::iter::repeat_n(' ', self.level_room));
        }
    }

    fn push_fields(&self, record: &Record<'_>, out: &mut String) {
        let mut fields = String::new();
        for (key, raw) in record.fields.iter().filter(|(_, raw)| !matches!(*raw, "null" | "{}")) {
            let _ = write!(fields, " {}={}", visible(key), visible(&bare(raw)));
        }
        if !fields.is_empty() {
            self.push_aside(DIM, &fields, "", out);
        }
    }

    fn push_aside(&self, color: &str, text: &str, end: &str, out: &mut String) {
        if self.is_colored {
            let _ = write!(out, "{color}{text}{RESET}{end}");
        } else {
            let _ = write!(out, "{text}{end}");
        }
    }
}

/// The colours of system 4's console.
fn color_of(level: Level) -> &'static str {
    match level {
        Level::Trace => DIM,
        Level::Debug => "\x1b[36m",
        Level::Info => "\x1b[32m",
        Level::Warning => "\x1b[33m",
        Level::Error => "\x1b[31m",
        Level::Critical => "\x1b[35m",
    }
}

/// The longest message that is shown whole: more of it tells people nothing and blocks a terminal.
const SHOWN_BYTES: usize = 1 << 20;

/// Returns the part of a message that is shown, and how many bytes are left out.
fn shown(message: &str) -> (&str, usize) {
    let part = message.get(..message.floor_char_boundary(SHOWN_BYTES)).unwrap_or(message);
    (part, message.len() - part.len())
}

/// Appends `2026-01-05 14:30:01.123Z`, or what the zone's clock shows and how far it is from UTC.
fn push_local(time: Timestamp, zone: Option<&Zone>, out: &mut String) {
    let offset = zone.map_or(0, |zone| zone.offset_micros(time));
    let full = Timestamp::from_micros(time.as_micros().saturating_add(offset)).to_string();
    let (date, clock) = full.split_once('T').unwrap_or((&full, ""));
    let _ = write!(out, "{date} {}", clock.get(..12).unwrap_or(clock));
    if zone.is_none() {
        out.push('Z');
    } else {
        let minutes = offset.abs() / MICROS_PER_MINUTE;
        let sign = if offset < 0 { '-' } else { '+' };
        let _ = write!(out, "{sign}{:02}:{:02}", minutes / 60, minutes % 60);
    }
}

const MICROS_PER_MINUTE: i64 = 60_000_000;

fn push_lines(text: &str, out: &mut String) {
    for (at, line) in text.lines().enumerate() {
        if at > 0 {
            out.push_str("\n    ");
        }
        out.push_str(&visible(line));
    }
}

/// Returns a JSON text without its quotes where that leaves no doubt.
fn bare(raw: &str) -> Cow<'_, str> {
    let inner = raw.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let is_plain = |text: &&str| !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || "\"\\=".contains(c));
    Cow::Borrowed(inner.filter(is_plain).unwrap_or(raw))
}

//! A record as plain text: time, level, source, process, job, who speaks, message, fields that hold something; its
//! exception indented below. What a terminal shows is `screen/`'s.

use jobtrail_core::{Level, Record, Timestamp, Zone};

use super::clean::push_visible;
use super::lines::{Lines, push_number};
use super::style::Style;

/// The cells of `2026-01-05 14:30:01.123Z ` and of the same with an offset.
const TIME_CELLS: usize = 25;
const LOCAL_TIME_CELLS: usize = 30;

/// The cells of `CRITICAL `.
const LEVEL_CELLS: usize = 9;

/// Appends a record with its line ends.
pub(super) fn push(style: &Style, source: &str, record: &Record<'_>, lines: &mut Lines) {
    let begin = lines.text.len();
    push_time(record.timestamp, style.zone.as_ref(), lines);
    push_level(record.level, lines);
    let out = &mut lines.text;
    if style.shows_source {
        push_visible(source, out);
        out.push(' ');
    }
    if let Some(pid) = record.pid {
        out.push_str(if pid < 0 { "[-" } else { "[" });
        push_number(pid.unsigned_abs(), out);
        out.push_str("] ");
    }
    if let Some(job) = record.job_id.as_deref().filter(|job| !record.message.contains(job)) {
        push_visible(job, out);
        out.push(' ');
    }
    if let Some(speaker) = record.logger.as_deref().or(record.component.as_deref()) {
        push_visible(speaker, out);
        out.push_str(": ");
    }
    let (message, hidden_bytes) = shown(&record.message);
    push_lines(message, out);
    if hidden_bytes > 0 {
        out.push_str(" [");
        push_number(hidden_bytes as u64, out);
        out.push_str(" bytes more: -o raw]");
    }
    push_fields(record, out);
    lines.trim_end(begin);
    let out = &mut lines.text;
    out.push('\n');
    for line in record.exception.iter().flat_map(|exception| exception.lines()) {
        out.push_str("    ");
        push_visible(line, out);
        out.push('\n');
    }
}

fn push_time(time: Option<Timestamp>, zone: Option<&Zone>, lines: &mut Lines) {
    let Some(time) = time else {
        return lines.leave_time(if zone.is_some() { LOCAL_TIME_CELLS } else { TIME_CELLS });
    };
    lines.has_time();
    push_local(time, zone, lines);
    lines.text.push(' ');
}

/// Appends `2026-01-05 14:30:01.123Z`, or what the zone's clock shows and how far it is from UTC.
fn push_local(time: Timestamp, zone: Option<&Zone>, lines: &mut Lines) {
    let Lines { text: out, scratch, .. } = lines;
    let offset = zone.map_or(0, |zone| zone.offset_micros(time));
    scratch.clear();
    Timestamp::from_micros(time.as_micros().saturating_add(offset)).push_text(scratch);
    let (date, clock) = scratch.split_once('T').unwrap_or((scratch, ""));
    out.push_str(date);
    out.push(' ');
    out.push_str(clock.get(.."14:30:01.123".len()).unwrap_or(clock));
    if zone.is_none() {
        out.push('Z');
    } else {
        let minutes = offset.unsigned_abs() / MICROS_PER_MINUTE;
        out.push(if offset < 0 { '-' } else { '+' });
        push_two_digits(minutes / 60, out);
        out.push(':');
        push_two_digits(minutes % 60, out);
    }
}

const MICROS_PER_MINUTE: u64 = 60_000_000;

fn push_two_digits(number: u64, out: &mut String) {
    if number < 10 {
        out.push('0');
    }
    push_number(number, out);
}

fn push_level(level: Option<Level>, lines: &mut Lines) {
    let Some(level) = level else { return lines.leave_level(LEVEL_CELLS) };
    lines.has_level();
    lines.text.push_str(padded(level));
}

/// The names at equal width, with the space behind them.
fn padded(level: Level) -> &'static str {
    match level {
        Level::Trace => "TRACE    ",
        Level::Debug => "DEBUG    ",
        Level::Info => "INFO     ",
        Level::Warning => "WARNING  ",
        Level::Error => "ERROR    ",
        Level::Critical => "CRITICAL ",
    }
}

fn push_fields(record: &Record<'_>, out: &mut String) {
    for (key, raw) in record.fields.iter().filter(|(_, raw)| !matches!(*raw, "null" | "{}")) {
        out.push(' ');
        push_visible(key, out);
        out.push('=');
        push_visible(bare(raw), out);
    }
}

/// The longest message that is shown whole: more of it tells people nothing and blocks a terminal.
const SHOWN_BYTES: usize = 1 << 20;

/// Returns the part of a message that is shown, and how many bytes are left out.
pub(super) fn shown(message: &str) -> (&str, usize) {
    let part = message.get(..message.floor_char_boundary(SHOWN_BYTES)).unwrap_or(message);
    (part, message.len() - part.len())
}

fn push_lines(text: &str, out: &mut String) {
    if !text.contains('\n') {
        return push_visible(text, out);
    }
    for (at, line) in text.lines().enumerate() {
        if at > 0 {
            out.push_str("\n    ");
        }
        push_visible(line, out);
    }
}

/// Returns a JSON text without its quotes where that leaves no doubt.
pub(super) fn bare(raw: &str) -> &str {
    let inner = raw.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let is_plain = |text: &&str| !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || "\"\\=".contains(c));
    inner.filter(is_plain).unwrap_or(raw)
}

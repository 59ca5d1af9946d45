//! Records as a person reads them on a terminal: columns that line up, colours, searched words marked, long lines wrapped
//! under their beginning. What is piped on is `text.rs`'s, which is faster and the same on every machine.

mod colors;
mod columns;
mod flow;
mod times;

use std::borrow::Cow;

use jobtrail_core::{Level, Record, Timestamp, Zone};
use unicode_width::UnicodeWidthStr;

use super::clean::visible;
use super::text;
use columns::Column;
use flow::Flow;

pub(crate) use colors::{Colors, EXPECTED as EXPECTED_COLOR, level_color};

/// What is asked of the lines of a terminal.
#[derive(Clone, Debug, Default)]
pub(crate) struct Looks {
    pub(crate) is_colored: bool,
    pub(crate) colors: Colors,
    /// The cells of a line; none where lines have no end.
    pub(crate) width: Option<usize>,
    /// Whether lines end there by our hand, between words, or by the terminal's.
    pub(crate) wraps: bool,
    pub(crate) times: Times,
    pub(crate) fields: ShownFields,
    /// The words that are marked.
    pub(crate) words: Vec<String>,
    /// The zone that times are shown in; UTC where none was asked for.
    pub(crate) zone: Option<Zone>,
    pub(crate) shows_source: bool,
    /// The time that ages are seen from.
    pub(crate) now: Option<Timestamp>,
}

/// How the time of a record is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Times {
    #[default]
    Clock,
    /// How long ago it was.
    Ages,
    /// How long after the record before it.
    Distances,
}

/// Which fields are shown behind the message.
#[derive(Clone, Debug, Default)]
pub(crate) enum ShownFields {
    #[default]
    All,
    /// By name, in this order; dots go deeper, and parts of a record have names too.
    These(Vec<String>),
}

const DIM: &str = "\x1b[2m";
const CYAN: &str = "\x1b[36m";

/// A terminal below this width is told the day once, not in every line, and levels by short names.
const NARROW: usize = 100;

/// The cells of an age and of a distance.
const AGE_CELLS: usize = 9;

/// How far the lines of a stack trace, and of what has no room under the message, are indented.
const INDENT: usize = 4;

/// Writes records as lines for a terminal.
#[derive(Debug)]
pub(crate) struct Screen {
    looks: Looks,
    is_narrow: bool,
    time: Column,
    level: Column,
    source: Column,
    pid: Column,
    job: Column,
    speaker: Column,
    /// The day of the last time that was told, where lines do not tell it.
    day: String,
    last: Option<Timestamp>,
}

impl Screen {
    pub(crate) fn new(looks: Looks) -> Self {
        let is_narrow = looks.width.is_some_and(|width| width < NARROW);
        // Where there is little room, only times and levels line up.
        let lines_up = |most| Column::new(if is_narrow { 0 } else { most });
        Self {
            looks,
            is_narrow,
            time: Column::new(AGE_CELLS.max("2026-01-05 14:30:01.123+02:00".len())),
            level: Column::fixed(if is_narrow { 5 } else { 8 }),
            source: lines_up(24),
            pid: lines_up(9),
            job: lines_up(16),
            speaker: lines_up(24),
            day: String::new(),
            last: None,
        }
    }

    /// Ages are seen from this time on.
    pub(crate) fn it_is(&mut self, now: Timestamp) {
        self.looks.now = Some(now);
    }

    /// Appends a record with its line ends. It was read behind so many lines of its log that it does not count.
    pub(crate) fn push(&mut self, source: &str, record: &Record<'_>, lines_before: u64, out: &mut String) {
        let time = self.time_of(record.timestamp, out);
        let Self { looks, is_narrow, .. } = self;
        let mut flow = Flow::new(out, looks.is_colored, looks.width.filter(|_| looks.wraps));
        put(&mut self.time, DIM, &time, &mut flow);
        let level = record.level.map_or("", |level| if *is_narrow { short(level) } else { level.as_str() });
        let color = record.level.map_or("", |level| looks.colors.of(level));
        put(&mut self.level, color, level, &mut flow);
        let behind_level = flow.column();
        if looks.shows_source {
            put(&mut self.source, CYAN, &visible(source), &mut flow);
        }
        let pid = record.pid.map(|pid| format!("[{pid}]")).unwrap_or_default();
        put(&mut self.pid, DIM, &pid, &mut flow);
        let job = record.job_id.as_deref().filter(|job| !record.message.contains(job)).unwrap_or_default();
        put(&mut self.job, DIM, &visible(job), &mut flow);
        let speaker = record.logger.as_deref().or(record.component.as_deref());
        let speaker = speaker.map(|speaker| format!("{}:", visible(speaker))).unwrap_or_default();
        put(&mut self.speaker, DIM, &speaker, &mut flow);
        let most = looks.width.map_or(usize::MAX, |width| width * 2 / 5);
        flow.indent_here(most, if behind_level <= most { behind_level } else { INDENT });
        let plain = if record.level.is_some_and(|level| level < Level::Info) { DIM } else { "" };
        let (message, hidden_bytes) = text::shown(&record.message);
        for (at, line) in message.lines().enumerate() {
            if at > 0 {
                flow.next_line();
            }
            flow.text(plain, &fit(line), &looks.words);
        }
        if hidden_bytes > 0 {
            flow.space(1);
            flow.text(DIM, &format!("[{hidden_bytes} bytes more: -o raw]"), &[]);
        }
        for (key, value) in fields(&looks.fields, record, lines_before) {
            flow.space(1);
            flow.text(DIM, &format!("{}={}", visible(&key), fit(&value)), &looks.words);
        }
        flow.end();
        for line in record.exception.iter().flat_map(|exception| exception.lines()) {
            let inner = line.trim_start_matches([' ', '\t']);
            let is_error = inner.len() == line.len() && !line.starts_with("Traceback ") && !line.is_empty();
            flow.begin(INDENT + fit(line.get(..line.len() - inner.len()).unwrap_or_default()).len());
            flow.text(if is_error { color } else { "" }, &fit(inner), &looks.words);
            flow.end();
        }
    }

    /// Returns what is told of a record's time; where lines do not tell the day, a new one gets a line.
    fn time_of(&mut self, time: Option<Timestamp>, out: &mut String) -> String {
        let Some(time) = time else { return String::new() };
        match self.looks.times {
            Times::Ages => format!("{:>AGE_CELLS$}", times::age(time, self.looks.now.unwrap_or(time))),
            Times::Distances => {
                let last = self.last.replace(time);
                let distance = last.map(|last| times::distance(last, time)).unwrap_or_default();
                format!("{distance:>AGE_CELLS$}")
            }
            Times::Clock => {
                let local = times::local(time, self.looks.zone.as_ref());
                let (day, clock) = local.split_once(' ').unwrap_or(("", &local));
                if !self.is_narrow {
                    return local;
                }
                let clock = clock.get(..times::CLOCK_CELLS).unwrap_or(clock).to_owned();
                if day != self.day {
                    let zone = local.get(day.len() + 1 + clock.len()..).unwrap_or_default();
                    let mut line = Flow::new(out, self.looks.is_colored, None);
                    line.piece(DIM, &format!("-- {day} {zone} --"));
                    line.end();
                    day.clone_into(&mut self.day);
                }
                clock
            }
        }
    }
}

/// Writes a column's value and the space behind it.
fn put<'a>(column: &mut Column, style: &'a str, text: &str, flow: &mut Flow<'a>) {
    let cells = text.width();
    flow.piece(style, text);
    let room = column.fill(cells);
    flow.space(room + usize::from(cells + room > 0));
}

/// Returns the fields that are shown, with what they hold.
fn fields<'r>(shown: &ShownFields, record: &'r Record<'_>, lines_before: u64) -> Vec<(Cow<'r, str>, Cow<'r, str>)> {
    match shown {
        ShownFields::All => {
            let all = record.fields.iter().filter(|(_, raw)| !matches!(*raw, "null" | "{}"));
            all.map(|(key, raw)| (Cow::Borrowed(key), Cow::Borrowed(text::bare(raw)))).collect()
        }
        ShownFields::These(names) => {
            let line = || record.line.map(|line| Cow::Owned((line + lines_before).to_string()));
            let value = |name: &String| {
                let value = if name == "line" { line() } else { record.value(name) };
                Some((Cow::Owned(name.clone()), value?))
            };
            names.iter().filter_map(value).collect()
        }
    }
}

/// Returns text in which every character takes the cells that it is counted for.
fn fit(text: &str) -> Cow<'_, str> {
    match visible(text) {
        shown if shown.contains('\t') => Cow::Owned(shown.replace('\t', "    ")),
        shown => shown,
    }
}

/// The names of the levels where there is little room.
fn short(level: Level) -> &'static str {
    match level {
        Level::Trace => "TRACE",
        Level::Debug => "DEBUG",
        Level::Info => "INFO",
        Level::Warning => "WARN",
        Level::Error => "ERROR",
        Level::Critical => "CRIT",
    }
}

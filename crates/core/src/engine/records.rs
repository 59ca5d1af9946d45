//! Records from their raw lines, in the order of the source: dates carried on, secrets masked, unwanted ones left out.

use std::borrow::Cow;

use super::ReadOptions;
use super::plan::{Plan, Wants};
use super::reader::Give;
use super::text;
use crate::format::{self, Memory};
use crate::job_id::JobTypes;
use crate::level::Level;
use crate::lines;
use crate::record::{Parsed, Record};
use crate::redact::Redactor;
use crate::stamp::Stamp;
use crate::timestamp::Timestamp;
use crate::zone::DateCarry;

/// Makes records.
#[derive(Clone, Debug)]
pub(super) struct Records {
    redactor: Option<Redactor>,
    job_types: JobTypes,
    dates: DateCarry,
    memory: Memory,
    /// The last timestamp of the source.
    carried: Option<Timestamp>,
    offset: u64,
    line: Option<u64>,
    plan: Plan,
    needs_time: bool,
    needs_fields: bool,
    pub(super) seen: Seen,
}

/// What was seen of a source. Records that a search passed over were not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Seen {
    /// Records, wanted or not.
    pub records: u64,
    /// Those that have a time, their own or that of a record before them.
    pub timed: u64,
    /// Those with a time that a format without a zone wrote.
    pub zoneless: u64,
    /// Those that a format took.
    pub headed: u64,
}

/// The formats whose stamps name no zone (SYSTEMS: 1, 2 plain, 4).
const ZONELESS: [&str; 4] = ["panel", "process", "console", "service"];

/// What a record's first line says as it stands in the source.
#[derive(Debug)]
pub(super) struct Head<'l> {
    stamp: Option<Stamp>,
    level: Option<Level>,
    format: &'static str,
    /// The whole of it, where the line is shown as it stands.
    parsed: Option<Parsed<'l>>,
}

impl Head<'_> {
    const PLAIN: Head<'static> = Head { stamp: None, level: None, format: "plain", parsed: None };

    /// Whether a format takes the line.
    pub(super) fn is_headed(&self) -> bool {
        self.format != Self::PLAIN.format
    }
}

impl<'l> From<Parsed<'l>> for Head<'l> {
    fn from(parsed: Parsed<'l>) -> Self {
        let Parsed { stamp, record } = &parsed;
        Self { stamp: *stamp, level: record.level, format: record.format, parsed: Some(parsed) }
    }
}

impl Records {
    pub(super) fn new(options: ReadOptions, plan: Plan) -> Self {
        Self {
            redactor: options.redactor,
            job_types: options.job_types,
            dates: DateCarry::new(options.zone, options.date),
            memory: Memory::default(),
            carried: options.carried,
            offset: options.start_offset,
            line: (options.start_offset == 0).then_some(1),
            needs_time: plan.filter.needs_time(),
            needs_fields: plan.wants == Wants::All || plan.filter.reads_record(),
            plan,
            seen: Seen::default(),
        }
    }

    pub(super) fn carried(&self) -> Option<Timestamp> {
        self.carried
    }

    /// Reads a line as far as it may begin a record, and returns it as it is shown.
    pub(super) fn head<'l>(&self, line: &'l [u8], memory: &mut Memory) -> (Head<'l>, Cow<'l, str>) {
        let line = lines::without_end(line);
        if line.first() == Some(&b'{')
            && let Ok(text) = str::from_utf8(line)
            && let Some(parsed) = memory.read_by_layout(text, self.needs_fields)
        {
            return (parsed.into(), Cow::Borrowed(text));
        }
        match lines::shown(line) {
            Cow::Borrowed(text) => (format::headed(text, memory).map_or(Head::PLAIN, Head::from), Cow::Borrowed(text)),
            Cow::Owned(text) => {
                let head = format::headed(&text, memory).map_or(Head::PLAIN, |parsed| {
                    let Parsed { stamp, record } = parsed;
                    Head { stamp, level: record.level, format: record.format, parsed: None }
                });
                (head, Cow::Owned(text))
            }
        }
    }

    /// Counts raw lines whose records are not given.
    pub(super) fn pass_over(&mut self, raw: &[u8]) {
        self.offset += raw.len() as u64;
        let line_ends = memchr::memchr_iter(b'\n', raw).count() as u64;
        self.line = self.line.map(|line| line + line_ends);
    }

    /// Gives the record that `raw`, all its lines, stands for, if it is wanted; nothing where it is empty. `head` is what
    /// was read of its first line already.
    pub(super) fn give(&mut self, raw: &[u8], head: Option<Head<'_>>, sink: &mut Give<'_>) {
        if raw.is_empty() {
            return;
        }
        let head = head.unwrap_or_else(|| {
            let first_line = raw.split_inclusive(|byte| *byte == b'\n').next().unwrap_or_default();
            let mut memory = std::mem::take(&mut self.memory);
            let (head, _) = self.head(first_line, &mut memory);
            self.memory = memory;
            head
        });
        let record = Record { line: self.line, offset: self.offset, ..self.begin(&head) };
        self.pass_over(raw);
        let verdict =
            if self.needs_time && record.carried.is_none() { Some(false) } else { self.plan.filter.verdict(&record) };
        match verdict {
            Some(false) => return,
            Some(true) if self.plan.wants == Wants::Head => return sink(record),
            _ => {}
        }
        let shown = lines::shown(lines::without_end(raw));
        let text = match &self.redactor {
            Some(redactor) => redactor.redact(&shown),
            None => Cow::Borrowed(&*shown),
        };
        let parsed = match (&text, head.parsed) {
            (Cow::Borrowed(_), Some(parsed)) => parsed.record,
            (text, _) => format::parse(text::first_line(text), &mut self.memory).record,
        };
        let Record { timestamp, carried, level, line, offset, .. } = record;
        let mut record = Record { timestamp, carried, level, line, offset, ..parsed };
        text::complete(&text, &mut record, &self.job_types);
        if verdict == Some(true) || self.plan.filter.matches(&record) {
            sink(record);
        }
    }

    /// Begins a record with what its head says in the source: redaction changes neither time nor level.
    fn begin(&mut self, head: &Head<'_>) -> Record<'static> {
        let timestamp = head.stamp.and_then(|stamp| self.dates.instant(stamp));
        self.carried = timestamp.or(self.carried);
        self.seen.records += 1;
        self.seen.timed += u64::from(self.carried.is_some());
        self.seen.zoneless += u64::from(timestamp.is_some() && ZONELESS.contains(&head.format));
        self.seen.headed += u64::from(head.is_headed());
        Record { timestamp, carried: self.carried, level: head.level, format: head.format, ..Record::default() }
    }
}

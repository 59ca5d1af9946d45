//! Records from their raw lines, in the order of the source: dates carried on, secrets masked, unwanted ones left out.

use std::borrow::Cow;
use std::mem;
use std::ops::Range;

use super::ReadOptions;
use super::clean::CleanValues;
use super::plan::{Plan, Wants};
use super::reader::Give;
use super::text;
use crate::format::{self, Catch, Layout, Member, Memory, TWO_LINES};
use crate::job_id::JobTypes;
use crate::level::Level;
use crate::lines::{self, Place};
use crate::query::Needs;
use crate::record::{Head, Record};
use crate::redact::Redactor;
use crate::stamp::Stamp;
use crate::timestamp::Timestamp;
use crate::zone::DateCarry;

/// Makes records.
#[derive(Clone, Debug)]
pub(super) struct Records {
    redactor: Option<Redactor>,
    clean: CleanValues,
    /// What the open record's first line says, never copied: what was just written in parts is slow to read as a whole.
    head: Box<Head>,
    /// How many lines the open record has; none where it was begun in another block, and nothing is known of it.
    lines: Option<usize>,
    /// The members of the open record's first line, where a layout took it.
    members: Vec<Member>,
    /// What a pattern caught of it, where one took it.
    catch: Box<Catch>,
    job_types: JobTypes,
    dates: DateCarry,
    /// The last timestamp of the source.
    carried: Option<Timestamp>,
    offset: u64,
    line: Option<u64>,
    plan: Plan,
    wants_every_record: bool,
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
    /// Those whose own time names no zone.
    pub zoneless: u64,
    /// Those that a format took.
    pub headed: u64,
}

/// What a line says that no format takes.
pub(super) const PLAIN: Head = Head { stamp: None, level: None, format: "plain", layout: None, is_caught: false };

/// Reads into `head` what a line says that is an object of a known layout. Returns whether it is one.
pub(super) fn read_object_head(line: &[u8], memory: &mut Memory, head: &mut Head) -> bool {
    line.first() == Some(&b'{') && memory.read_head_by_layout(line, head)
}

/// Returns what a line says that is an object or that a format takes.
pub(super) fn read_head(line: &[u8], memory: &mut Memory) -> Option<Head> {
    let mut head = Head::default();
    if read_object_head(line, memory, &mut head) { Some(head) } else { format::head(&lines::shown(line), memory) }
}

/// Returns the level that stands in the second of a record's lines, where its format writes it there.
fn level_behind(format: &str, raw: &[u8]) -> Option<Level> {
    let line = raw.split(|byte| *byte == b'\n').nth(1).filter(|_| format == TWO_LINES)?;
    format::second_line(str::from_utf8(line).ok()?).map(|(level, _)| level)
}

/// What is known of a record before the rest of it is read.
struct Begun {
    timestamp: Option<Timestamp>,
    carried: Option<Timestamp>,
    level: Option<Level>,
    line: Option<u64>,
    offset: u64,
}

impl Records {
    pub(super) fn new(options: ReadOptions, plan: Plan) -> Self {
        Self {
            redactor: options.redactor,
            clean: CleanValues::default(),
            head: Box::new(PLAIN),
            lines: None,
            members: Vec::new(),
            catch: Box::default(),
            job_types: options.job_types,
            dates: DateCarry::new(options.zone, options.date),
            carried: options.carried,
            offset: options.start_offset,
            line: options.start_line.or((options.start_offset == 0).then_some(1)),
            wants_every_record: plan.filter.is_everything(),
            needs_time: plan.filter.needs_time(),
            needs_fields: plan.wants == Wants::All || plan.filter.reads().record,
            plan,
            seen: Seen::default(),
        }
    }

    /// Returns what every wanted record has in its raw bytes; none where nothing is known of it.
    pub(super) fn needs(&self) -> Option<Needs> {
        // A path that is cut short may join what stands around it: then shown text is not in the raw bytes.
        let keeps_text = self.redactor.as_ref().is_none_or(|redactor| !redactor.joins_text());
        self.plan.filter.needs().filter(|_| keeps_text)
    }

    /// Returns what says whether a header surely has nothing to hide.
    pub(super) fn clean_heads(&self) -> fn(&str) -> bool {
        self.redactor.as_ref().map_or(|_| true, Redactor::clean_heads)
    }

    pub(super) fn carried(&self) -> Option<Timestamp> {
        self.carried
    }

    pub(super) fn line(&self) -> Option<u64> {
        self.line
    }

    /// Begins a record with what its first line says, in exchange for an old head, and what the memory found in it.
    pub(super) fn begin(&mut self, head: &mut Box<Head>, memory: &mut Memory) {
        mem::swap(&mut self.head, head);
        self.lines = Some(1);
        self.take_found(memory);
    }

    /// Takes what the memory found in the open record's first line.
    fn take_found(&mut self, memory: &mut Memory) {
        memory.swap_members(&mut self.members);
        memory.swap_catch(&mut self.catch);
    }

    /// Returns the format of the open record.
    pub(super) fn format(&self) -> &'static str {
        self.head.format
    }

    /// Says that the open record has one more line.
    pub(super) fn go_on(&mut self) {
        self.lines = self.lines.map(|lines| lines + 1);
    }

    /// Forgets what is known of the open record.
    pub(super) fn forget(&mut self) {
        self.lines = None;
    }

    /// Counts raw lines whose records are not given.
    pub(super) fn pass_over(&mut self, raw: &[u8]) {
        self.count(raw.len(), memchr::memchr_iter(b'\n', raw).count());
    }

    fn count(&mut self, bytes: usize, lines: usize) {
        self.offset += bytes as u64;
        self.line = self.line.map(|line| line + lines as u64);
    }

    /// Gives the record that `raw`, all its lines, stands for, if it is wanted; nothing where it is empty.
    pub(super) fn give<'b>(&mut self, raw: &'b [u8], place: Place<'_, 'b>, memory: &mut Memory, sink: &mut Give<'_>) {
        if raw.is_empty() {
            return;
        }
        let lines = self.lines.take().unwrap_or_else(|| {
            let line = lines::without_end(raw.split_inclusive(|byte| *byte == b'\n').next().unwrap_or_default());
            *self.head = read_head(line, memory).unwrap_or(PLAIN);
            self.take_found(memory);
            memchr::memchr_iter(b'\n', raw).count()
        });
        let (line, offset) = (self.line, self.offset);
        let timestamp = self.see();
        self.count(raw.len(), lines);
        let (carried, format) = (self.carried, self.head.format);
        let level = self.head.level.or_else(|| level_behind(format, raw));
        // Made where it goes, and never moved: to copy a record takes as long as to read a line's header.
        let head = || Record { timestamp, carried, level, format, line, offset, ..Record::default() };
        let verdict = match carried {
            _ if self.wants_every_record => Some(true),
            None if self.needs_time => Some(false),
            _ => self.plan.filter.verdict(&head()),
        };
        match verdict {
            Some(false) => {}
            Some(true) if self.plan.wants == Wants::Head => sink(&head()),
            _ => {
                let head = Begun { timestamp, carried, level, line, offset };
                self.give_whole((raw, place), lines, head, verdict == Some(true), memory, sink);
            }
        }
    }

    /// Gives a record with all that is wanted of it, if it is wanted at all.
    fn give_whole<'b>(
        &mut self,
        (raw, place): (&'b [u8], Place<'_, 'b>),
        lines: usize,
        Begun { timestamp, carried, level, line, offset }: Begun,
        is_wanted: bool,
        memory: &mut Memory,
        sink: &mut Give<'_>,
    ) {
        let format = self.head.format;
        let mut record = Record { timestamp, carried, level, format, line, offset, ..Record::default() };
        let is_one_line = lines == usize::from(raw.ends_with(b"\n"));
        let shown = lines::shown_at(lines::without_end(raw), place);
        let layout = self.head.layout.and_then(|place| memory.layout(place));
        let may_be_clean = |layout: &&Layout| self.redactor.is_none() || layout.has_harmless_keys();
        if let Some(layout) = layout.filter(may_be_clean)
            && is_one_line
            && let Cow::Borrowed(text) = shown
        {
            let mut is_clean = true;
            let (around, from) = lines::around(text, place);
            let mut look = |value: Range<usize>| {
                let value = from + value.start..from + value.end;
                let mut has = |redactor| self.clean.has(around, value.clone(), redactor);
                is_clean = is_clean && self.redactor.as_ref().is_none_or(&mut has);
            };
            if layout.read(text, &self.members, self.needs_fields, &mut look, &mut record).is_some() && is_clean {
                text::complete_line(text, &mut record, &self.job_types);
                if is_wanted || self.plan.filter.matches(&record) {
                    sink(&record);
                }
                return;
            }
        }
        let text = match (&self.redactor, &shown) {
            (None, _) => Cow::Borrowed(&*shown),
            (Some(redactor), Cow::Borrowed(text)) if self.is_surely_clean(text, place, redactor) => {
                Cow::Borrowed(*text)
            }
            (Some(redactor), _) => redactor.redact(&shown),
        };
        let line_text = if is_one_line { &text } else { text::first_line(&text) };
        // Where text was changed the members stand elsewhere.
        let is_unchanged = matches!((&shown, &text), (Cow::Borrowed(_), Cow::Borrowed(_)));
        let mut read =
            |layout: &Layout| layout.read(line_text, &self.members, self.needs_fields, &mut |_| (), &mut record);
        if self.head.is_caught && is_unchanged {
            format::fill(&self.catch, line_text, &mut record);
        } else if layout.filter(|_| is_unchanged).and_then(&mut read).is_none() {
            record = Record { timestamp, carried, level, line, offset, ..format::parse(line_text, memory).record };
        }
        text::complete(&text, line_text, &mut record, &self.job_types);
        if is_wanted || self.plan.filter.matches(&record) {
            sink(&record);
        }
    }

    /// Whether surely nothing is to be hidden in shown lines, because their header is known.
    fn is_surely_clean<'b>(&self, shown: &'b str, place: Place<'_, 'b>, redactor: &Redactor) -> bool {
        self.catch.clean_to().filter(|_| self.head.is_caught).is_some_and(|start| {
            let (around, from) = lines::around(shown, place);
            redactor.is_part_surely_clean(around, from + start..from + shown.len())
        })
    }

    /// Notes what a record's head says in the source, and returns its time: redaction changes neither that nor the level.
    fn see(&mut self) -> Option<Timestamp> {
        let head = &self.head;
        let timestamp = head.stamp.and_then(|stamp| self.dates.instant(stamp));
        self.carried = timestamp.or(self.carried);
        self.seen.records += 1;
        self.seen.timed += u64::from(self.carried.is_some());
        self.seen.zoneless += u64::from(timestamp.is_some() && !matches!(head.stamp, Some(Stamp::Instant(_))));
        self.seen.headed += u64::from(head.format != PLAIN.format);
        timestamp
    }
}

//! The engine: bytes of one source in, records out.
//!
//! It finds where lines and records end, makes their text fit to be shown, redacts it, reads it with the format that
//! takes it, and carries dates over stamps that have none. Any split of the same bytes gives the same records.

mod continuation;
mod skip;

use std::borrow::Cow;
use std::mem;

use crate::format::{self, Memory};
use crate::job_id::JobTypes;
use crate::job_mention;
use crate::lines;
use crate::query::Filter;
use crate::record::{Parsed, Record};
use crate::redact::Redactor;
use crate::stamp::Stamp;
use crate::timestamp::{Date, Timestamp};
use crate::zone::{DateCarry, Zone};
use continuation::Open;
use skip::{Ahead, Needles};

/// How a source is read.
#[derive(Clone, Debug)]
pub struct ReadOptions {
    /// Redacts each record before it is read; none shows secrets. On by default.
    pub redactor: Option<Redactor>,
    /// The zone of stamps that name none. UTC by default.
    pub zone: Zone,
    /// The local day of the first stamp that has no date; without it such stamps are no timestamps.
    pub date: Option<Date>,
    /// The job types that are looked for in messages.
    pub job_types: JobTypes,
    /// The byte of the source at which reading begins; lines are numbered only where it is 0.
    pub start_offset: u64,
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self {
            redactor: Some(Redactor::default()),
            zone: Zone::UTC,
            date: None,
            job_types: JobTypes::default(),
            start_offset: 0,
        }
    }
}

/// Reads one source, fed in pieces of any size.
///
/// ```
/// use jobtrail_core::{Reader, ReadOptions};
///
/// let mut reader = Reader::new(ReadOptions::default());
/// let mut messages = Vec::new();
/// reader.feed(b"[INFO] one\n[INFO] tw", &mut |record| messages.push(record.message.to_string()));
/// reader.feed(b"o\n", &mut |record| messages.push(record.message.to_string()));
/// reader.finish(&mut |record| messages.push(record.message.to_string()));
///
/// assert_eq!(vec!["one", "two"], messages);
/// ```
#[derive(Clone, Debug)]
pub struct Reader {
    assembler: Assembler,
    /// The open record's lines, then the bytes of an unfinished line.
    pending: Vec<u8>,
    /// Where in `pending` the unfinished line begins; all before it belongs to the open record.
    unfinished_at: usize,
    /// How far `pending` has been searched for a line end.
    searched: usize,
    open: Option<Open>,
    memory: Memory,
    /// What records must hold; those that hold none of it may be passed over.
    needles: Option<Needles>,
}

impl Reader {
    /// Begins to read a source.
    pub fn new(options: ReadOptions) -> Self {
        Self {
            assembler: Assembler::new(options),
            pending: Vec::new(),
            unfinished_at: 0,
            searched: 0,
            open: None,
            memory: Memory::default(),
            needles: None,
        }
    }

    /// Returns a reader that may pass over records which `filter` cannot match, without reading them.
    ///
    /// Every record that matches is given as it would be without this; of the others only some. They still have to be
    /// asked.
    #[must_use]
    pub fn passing_over(mut self, filter: &Filter) -> Self {
        // A path that is cut short may join what stands around it: then shown text is not in the raw bytes.
        let keeps_text = self.assembler.redactor.as_ref().is_none_or(|redactor| !redactor.joins_text());
        self.needles = filter.needles().filter(|_| keeps_text).map(|texts| Needles::new(&texts));
        self
    }

    /// Takes the next bytes of the source and gives every record that they complete.
    ///
    /// A record is complete when the next one begins, because continuation lines may follow it: the last one waits.
    pub fn feed(&mut self, bytes: &[u8], sink: &mut dyn FnMut(Record<'_>)) {
        self.pending.extend_from_slice(bytes);
        let pending = mem::take(&mut self.pending);
        let mut record_at = 0;
        let mut header = None;
        let ends = |from: usize| memchr::memchr(b'\n', pending.get(from..)?).map(|i| from + i + 1);
        let whole_lines = memchr::memrchr(b'\n', &pending).map_or(0, |i| i + 1);
        let block = pending.get(..whole_lines).unwrap_or_default();
        let needles = self.needles.take();
        let mut ahead = needles.as_ref().map(|needles| Ahead::new(needles, block, self.unfinished_at));
        while let Some(end) = ends(self.searched) {
            let line = pending.get(self.unfinished_at..end).unwrap_or_default();
            match self.takes(line) {
                Takes::GoesOn => {}
                Takes::First(own) => header = own,
                Takes::Next(own) => {
                    let record = pending.get(record_at..self.unfinished_at).unwrap_or_default();
                    self.assembler.give(record, mem::replace(&mut header, own), sink);
                    record_at = self.unfinished_at;
                    if let Some(anew) = ahead.as_mut().and_then(|ahead| ahead.next(record_at, &mut self.memory)) {
                        self.assembler.pass_over(pending.get(record_at..anew).unwrap_or_default());
                        (record_at, header, self.open) = (anew, None, None);
                        (self.unfinished_at, self.searched) = (anew, anew);
                        continue;
                    }
                }
            }
            self.unfinished_at = end;
            self.searched = end;
        }
        drop(ahead);
        self.needles = needles;
        self.searched = pending.len() - record_at;
        self.unfinished_at -= record_at;
        self.pending = pending;
        self.pending.drain(..record_at);
    }

    /// Gives the record that waits, where its last line is whole: for live views, after a pause.
    ///
    /// Continuation lines that come later form a record of their own.
    pub fn flush(&mut self, sink: &mut dyn FnMut(Record<'_>)) {
        self.assembler.give(self.pending.get(..self.unfinished_at).unwrap_or_default(), None, sink);
        self.pending.drain(..self.unfinished_at);
        self.searched -= self.unfinished_at;
        self.unfinished_at = 0;
        self.open = None;
    }

    /// Gives the record that waits as far as it is there, and goes on waiting; nothing where it is over `max_bytes`.
    pub(crate) fn peek(&self, max_bytes: usize, sink: &mut dyn FnMut(Record<'_>)) {
        if self.unfinished_at <= max_bytes {
            self.assembler.clone().give(self.pending.get(..self.unfinished_at).unwrap_or_default(), None, sink);
        }
    }

    /// Ends the source: gives what waits, an unfinished last line included.
    pub fn finish(&mut self, sink: &mut dyn FnMut(Record<'_>)) {
        if self.pending.len() > self.unfinished_at {
            let line = self.pending.get(self.unfinished_at..).unwrap_or_default().to_vec();
            if let Takes::Next(_) = self.takes(&line) {
                self.assembler.give(self.pending.get(..self.unfinished_at).unwrap_or_default(), None, sink);
                self.pending.drain(..self.unfinished_at);
            }
        }
        self.assembler.give(&self.pending, None, sink);
        self.pending.clear();
        self.unfinished_at = 0;
        self.searched = 0;
        self.open = None;
    }

    /// Says whether a line goes on with the open record; where it does not, it opens the next one.
    fn takes<'l>(&mut self, line: &'l [u8]) -> Takes<'l> {
        let shown = lines::shown(line);
        let text = shown.strip_suffix('\n').unwrap_or(&shown);
        // What is read here is read for good, where the line is shown as it stands.
        let header = match &shown {
            Cow::Borrowed(line) => format::headed(line.strip_suffix('\n').unwrap_or(line), &mut self.memory),
            Cow::Owned(_) => None,
        };
        let is_headed = header.is_some() || format::headed(text, &mut self.memory).is_some();
        if !is_headed
            && let Some(open) = &mut self.open
            && open.takes(text)
        {
            return Takes::GoesOn;
        }
        let is_first = self.open.is_none();
        self.open = Some(Open::new(text, is_headed));
        if is_first { Takes::First(header) } else { Takes::Next(header) }
    }
}

/// What a line is to the open record; a line that begins one brings its header, as far as it was read.
enum Takes<'l> {
    GoesOn,
    First(Option<Parsed<'l>>),
    Next(Option<Parsed<'l>>),
}

/// Returns the one record that `text` is: its first line, and as continuation every line behind it.
///
/// `options` say how, as for a [`Reader`]; redaction is on by default. Never fails: a line that no format takes is a
/// `plain` record.
pub fn parse_line(text: &str, options: &ReadOptions) -> Record<'static> {
    let mut parsed = Record::default();
    let mut assembler = Assembler::new(options.clone());
    assembler.give(text.as_bytes(), None, &mut |record| parsed = record.into_owned());
    if text.is_empty() {
        parsed.format = "plain";
    }
    parsed
}

/// Makes records from their raw lines, in the order of the source.
#[derive(Clone, Debug)]
struct Assembler {
    redactor: Option<Redactor>,
    job_types: JobTypes,
    dates: DateCarry,
    memory: Memory,
    /// The last timestamp of the source.
    carried: Option<Timestamp>,
    offset: u64,
    line: Option<u64>,
}

impl Assembler {
    fn new(options: ReadOptions) -> Self {
        Self {
            redactor: options.redactor,
            job_types: options.job_types,
            dates: DateCarry::new(options.zone, options.date),
            memory: Memory::default(),
            carried: None,
            offset: options.start_offset,
            line: (options.start_offset == 0).then_some(1),
        }
    }

    /// Counts raw lines whose records are not given.
    fn pass_over(&mut self, raw: &[u8]) {
        self.offset += raw.len() as u64;
        let line_ends = memchr::memchr_iter(b'\n', raw).count() as u64;
        self.line = self.line.map(|line| line + line_ends);
    }

    /// Gives the record that `raw`, all its lines, stands for; nothing where it is empty. `header` is what was read of
    /// its first line already.
    fn give(&mut self, raw: &[u8], header: Option<Parsed<'_>>, sink: &mut dyn FnMut(Record<'_>)) {
        if raw.is_empty() {
            return;
        }
        let shown = lines::shown(raw);
        let shown = shown.strip_suffix('\n').unwrap_or(&shown);
        let text = match &self.redactor {
            Some(redactor) => redactor.redact(shown),
            None => Cow::Borrowed(shown),
        };
        let mut record = match (&text, header) {
            (Cow::Borrowed(text), Some(header)) => self.finish(text, header),
            (text, _) => {
                let header = format::parse(first_line(text), &mut self.memory);
                self.finish(text, header)
            }
        };
        record.line = self.line;
        record.offset = self.offset;
        self.pass_over(raw);
        sink(record);
    }

    /// Makes the record of a text whose first line was read.
    fn finish<'t>(&mut self, text: &'t str, header: Parsed<'t>) -> Record<'t> {
        let (stamp, mut record) = finish(text, header, &self.job_types);
        record.timestamp = stamp.and_then(|stamp| self.dates.instant(stamp));
        self.carried = record.timestamp.or(self.carried);
        record.carried = self.carried;
        record
    }
}

/// Returns the record that the lines of `text`, already fit to be shown, stand for, and its stamp as it stands there.
pub(crate) fn read_text<'t>(text: &'t str, job_types: &JobTypes) -> (Option<Stamp>, Record<'t>) {
    finish(text, format::parse(first_line(text), &mut Memory::default()), job_types)
}

fn first_line(text: &str) -> &str {
    text.split_once('\n').map_or(text, |(first, _)| first)
}

/// Adds to a header what stands behind it: continuation lines, and a job that the message names.
fn finish<'t>(text: &'t str, header: Parsed<'t>, job_types: &JobTypes) -> (Option<Stamp>, Record<'t>) {
    let Parsed { stamp, mut record } = header;
    let continuation = text.split_once('\n').map_or("", |(_, rest)| rest.trim_end());
    if !continuation.is_empty() {
        record.exception = Some(match record.exception.take() {
            None => Cow::Borrowed(continuation),
            Some(own) => Cow::Owned(format!("{own}\n{continuation}")),
        });
    }
    if record.job_id.is_none() {
        let mentioned = job_mention::find(&record.message, job_types);
        record.job_id = mentioned.map(|id| Cow::Owned(id.to_owned()));
    }
    record.text = Cow::Borrowed(text);
    (stamp, record)
}

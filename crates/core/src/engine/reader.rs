//! The reader: finds where lines and records end, in pieces of any size, and has each record made once it is whole.

use std::mem;
use std::sync::Arc;

use super::ReadOptions;
use super::continuation::Open;
use super::plan::{Plan, Wants};
use super::profile::Profile;
use super::records::{PLAIN, Records, Seen, read_object_head};
use super::skip::{Ahead, Hunt};
use crate::format::{self, Memory};
use crate::lines::{self, Place, Shown};
use crate::record::{Head, Record};
use crate::redact::Redactor;
use crate::timestamp::Timestamp;

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
    records: Records,
    /// The open record's lines, then the bytes of an unfinished line.
    pending: Vec<u8>,
    /// Where in `pending` the unfinished line begins; all before it belongs to the open record.
    unfinished_at: usize,
    /// How far `pending` has been searched for a line end.
    searched: usize,
    open: Option<Open>,
    /// What the last line says, where it begins a record; the open record's is `records`'.
    head: Box<Head>,
    pub(super) memory: Memory,
    wants: Wants,
    /// What records must hold; those that hold none of it may be passed over.
    hunt: Option<Arc<Hunt>>,
}

/// Takes records as they are completed.
pub(crate) type Give<'a> = dyn FnMut(&Record<'_>) + 'a;

impl Reader {
    /// Begins to read a source: every record, with all of its parts.
    pub fn new(options: ReadOptions) -> Self {
        Self::planned(options, Plan::default())
    }

    /// Begins to read a source for the records that a plan wants; the others are not given.
    pub fn planned(options: ReadOptions, plan: Plan) -> Self {
        let wants = plan.wants;
        let reader = Self {
            records: Records::new(options, plan),
            pending: Vec::new(),
            unfinished_at: 0,
            searched: 0,
            open: None,
            head: Box::new(PLAIN),
            memory: Memory::of_one_line(),
            wants,
            hunt: None,
        };
        reader.with_memory(Memory::learning(Redactor::is_harmless_key))
    }

    fn with_memory(self, mut memory: Memory) -> Self {
        if self.wants == Wants::Head {
            memory.keep_no_members();
        }
        Self { memory, ..self }
    }

    /// Returns the reader for a long log: it searches for what the plan's filter needs, so that records without it are passed
    /// over, not read, and remembers headers. It gives the same records, and sees fewer.
    #[must_use]
    pub fn passing_over(mut self) -> Self {
        self.hunt = self.records.needs().and_then(|needs| Hunt::new(&needs)).map(Arc::new);
        self.memory.remember_headers(self.records.clean_heads());
        self
    }

    /// Returns the reader with what is known of its source. It reads the same, sooner at its full speed.
    #[must_use]
    pub fn knowing(self, profile: &Profile) -> Self {
        self.with_memory(profile.memory())
    }

    pub(super) fn into_memory(self) -> Memory {
        self.memory
    }

    /// Returns what was seen of the source so far.
    pub fn seen(&self) -> Seen {
        self.records.seen
    }

    /// Returns the last time of the source so far.
    pub fn carried(&self) -> Option<Timestamp> {
        self.records.carried()
    }

    /// Returns the number of the line at which the next record begins; after [`Reader::finish`] one more than the last
    /// line's, or that of an unfinished last line.
    pub fn next_line(&self) -> Option<u64> {
        self.records.line()
    }

    /// Takes the next bytes of the source and gives every record that they complete.
    ///
    /// A record is complete when the next one begins, because continuation lines may follow it: the last one waits.
    /// The sink is lent each record; [`Record::to_static`] makes a copy to keep.
    pub fn feed(&mut self, bytes: &[u8], sink: &mut dyn FnMut(&Record<'_>)) {
        let mut rest = bytes;
        while !self.pending.is_empty() && !rest.is_empty() {
            // What waits is completed a line at a time, until a record begins in `bytes`: those are read in place.
            let (line, behind) = rest.split_at(memchr::memchr(b'\n', rest).map_or(rest.len(), |i| i + 1));
            let is_whole = self.unfinished_at == self.pending.len();
            self.pending.extend_from_slice(line);
            self.read_pending(sink);
            let is_new = is_whole && self.unfinished_at == line.len() && self.pending.len() == line.len();
            if is_new {
                self.pending.clear();
                (self.unfinished_at, self.searched, self.open) = (0, 0, None);
                break;
            }
            rest = behind;
        }
        if !rest.is_empty() {
            let hunt = self.hunt.clone();
            // Where much is passed over, lines are looked at one by one.
            let shown = if hunt.is_some() { None } else { Some(Shown::new(whole_lines(rest))) };
            let kept_from = self.read(rest, shown.as_ref(), hunt.as_deref(), sink);
            self.pending.extend_from_slice(rest.get(kept_from..).unwrap_or_default());
        }
    }

    fn read_pending(&mut self, sink: &mut Give<'_>) {
        let mut pending = mem::take(&mut self.pending);
        let kept_from = self.read(&pending, None, None, sink);
        pending.drain(..kept_from);
        self.pending = pending;
    }

    /// Reads the whole lines of a block that begins with the open record, or with a line where there is none. Returns
    /// where what has to wait begins: the last record, and an unfinished line.
    fn read<'b>(
        &mut self,
        block: &'b [u8],
        shown: Option<&Shown<'b>>,
        hunt: Option<&Hunt>,
        sink: &mut Give<'_>,
    ) -> usize {
        let mut ahead = hunt.map(|hunt| Ahead::new(hunt, whole_lines(block)));
        let place = |from: usize| Some((shown?, from));
        let mut record_at = 0;
        while let Some(end) = block.get(self.searched..).and_then(|rest| memchr::memchr(b'\n', rest)) {
            let end = self.searched + end + 1;
            let line = block.get(self.unfinished_at..end).unwrap_or_default();
            match self.takes(line, place(self.unfinished_at)) {
                Takes::GoesOn => self.records.go_on(),
                Takes::First => self.records.begin(&mut self.head, &mut self.memory),
                Takes::Next => {
                    let record = block.get(record_at..self.unfinished_at).unwrap_or_default();
                    self.records.give(record, place(record_at), &mut self.memory, sink);
                    self.records.begin(&mut self.head, &mut self.memory);
                    record_at = self.unfinished_at;
                    if let Some(anew) = ahead.as_mut().and_then(|ahead| ahead.anew_behind(record_at, &mut self.memory))
                    {
                        self.records.pass_over(block.get(record_at..anew).unwrap_or_default());
                        self.records.forget();
                        (record_at, self.open) = (anew, None);
                        (self.unfinished_at, self.searched) = (anew, anew);
                        continue;
                    }
                }
            }
            self.unfinished_at = end;
            self.searched = end;
        }
        self.records.forget();
        self.searched = block.len() - record_at;
        self.unfinished_at -= record_at;
        record_at
    }

    /// Gives the record that waits, where its last line is whole: for live views, after a pause.
    ///
    /// Continuation lines that come later form a record of their own.
    pub fn flush(&mut self, sink: &mut dyn FnMut(&Record<'_>)) {
        let waiting = self.pending.get(..self.unfinished_at).unwrap_or_default();
        self.records.give(waiting, None, &mut self.memory, sink);
        self.pending.drain(..self.unfinished_at);
        self.searched -= self.unfinished_at;
        self.unfinished_at = 0;
        self.open = None;
    }

    /// Gives the record that waits as far as it is there, and goes on waiting; nothing where it is over `max_bytes`.
    pub(crate) fn peek(&mut self, max_bytes: usize, sink: &mut dyn FnMut(&Record<'_>)) {
        if self.unfinished_at <= max_bytes {
            let waiting = self.pending.get(..self.unfinished_at).unwrap_or_default();
            self.records.clone().give(waiting, None, &mut self.memory, sink);
        }
    }

    /// Ends the source: gives what waits, an unfinished last line included.
    pub fn finish(&mut self, sink: &mut dyn FnMut(&Record<'_>)) {
        if self.pending.len() > self.unfinished_at {
            let line = self.pending.get(self.unfinished_at..).unwrap_or_default().to_vec();
            if let Takes::Next = self.takes(&line, None) {
                let waiting = self.pending.get(..self.unfinished_at).unwrap_or_default();
                self.records.give(waiting, None, &mut self.memory, sink);
                self.pending.drain(..self.unfinished_at);
            }
        }
        self.records.give(&self.pending, None, &mut self.memory, sink);
        self.pending.clear();
        self.unfinished_at = 0;
        self.searched = 0;
        self.open = None;
    }

    /// Says whether a line goes on with the open record; where it does not, it opens the next one, and `head` is what it says.
    fn takes<'b>(&mut self, line: &'b [u8], place: Place<'_, 'b>) -> Takes {
        let line = lines::without_end(line);
        let open = if read_object_head(line, &mut self.memory, &mut self.head) {
            Open::object()
        } else {
            let text = lines::shown_at(line, place);
            if let Some(open) = &mut self.open
                && open.takes_second(self.records.format(), &text)
            {
                return Takes::GoesOn;
            }
            let is_headed = format::read_head(&text, &mut self.memory, &mut self.head);
            if !is_headed
                && let Some(open) = &mut self.open
                && open.takes(&text)
            {
                return Takes::GoesOn;
            }
            if !is_headed {
                *self.head = PLAIN;
            }
            if is_headed && text.starts_with('{') {
                Open::object()
            } else {
                Open::new(&text, is_headed, lines::may_have_dashes_at(line, place))
            }
        };
        let is_next = self.open.is_some();
        self.open = Some(open);
        if is_next { Takes::Next } else { Takes::First }
    }
}

/// Returns the whole lines of a block.
fn whole_lines(block: &[u8]) -> &[u8] {
    block.get(..memchr::memrchr(b'\n', block).map_or(0, |i| i + 1)).unwrap_or_default()
}

/// What a line is to the open record.
enum Takes {
    GoesOn,
    First,
    Next,
}

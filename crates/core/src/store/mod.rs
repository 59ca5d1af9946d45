//! A store of records that grows while it is queried: redacted text and small columns in memory, records read again
//! from their text when a window of them is shown.
//!
//! `segments.rs` keeps text, `columns.rs` what filters and counts ask for, `rows.rs` is a
//! selection, `counts.rs` and
//! `histogram.rs` count one by its columns, `window.rs` shows a part of one, `limit.rs` drops what is oldest.

mod columns;
mod counts;
mod histogram;
mod limit;
mod packed;
mod rows;
mod segments;
#[cfg(test)]
mod tests;
mod window;

use std::mem;

use crate::cursor::{Cursor, Fingerprint};
use crate::engine::{Plan, ReadOptions, Reader, Wants};
use crate::names::Names;
use crate::record::Record;
use columns::{NAMED, Row};
pub use counts::Facet;
pub use histogram::Histogram;
pub use rows::Rows;
use segments::Segments;

/// Records in memory, from one source or several.
///
/// It keeps what is shown, never what redaction hid: turning redaction off means opening a new store.
///
/// ```
/// use jobtrail_core::{Facet, LogStore, Query, ReadOptions, Timestamp, Zone};
///
/// let mut store = LogStore::new(ReadOptions::default());
/// store.append(b"[INFO] ready\n[ERROR] MSH-0105-A7F2 lost password=hunter2\n[INFO] half a li");
///
/// let now = Timestamp::parse("2026-01-05T15:00:00Z").unwrap();
/// let rows = store.select(&Query::parse("level>=error").unwrap().resolve(now, &Zone::UTC));
/// assert_eq!((2, 1), (store.len(), rows.len()));
/// assert!(store.window(&rows, 0, 10).contains("lost password=[redacted:password]"));
/// assert_eq!(vec![("MSH-0105-A7F2", 1)], store.facet(&rows, Facet::Job, 10));
/// ```
#[derive(Clone, Debug)]
pub struct LogStore {
    options: ReadOptions,
    sources: Vec<Source>,
    origins: Vec<Origin>,
    segments: Segments,
    /// In the order of [`Facet::NAMED`].
    names: [Names; NAMED],
    /// More memory than this is not held, where it can be helped.
    max_bytes: Option<usize>,
    /// How many records were dropped.
    dropped: usize,
}

/// One of the sources that a store holds.
#[derive(Clone, Debug)]
struct Source {
    name: Option<String>,
    reader: Reader,
    tail: Tail,
    /// Of the source's first bytes; none where they were never seen.
    fingerprint: Option<Fingerprint>,
    /// The byte at which the next ones stand.
    next_offset: u64,
}

/// Where a source's next record goes.
#[derive(Clone, Debug, Default)]
struct Tail {
    /// The row of the source's last record, which later lines may go on with.
    open_row: Option<usize>,
    /// The place of the stretch that the last record stands in.
    origin: Option<usize>,
}

/// A stretch of a source: rows keep how far they are from its beginning.
#[derive(Clone, Copy, Debug)]
struct Origin {
    source: usize,
    offset: u64,
    line: Option<u64>,
}

impl Origin {
    /// Returns how many bytes and lines a record stands from the beginning; none where it does not stand here.
    fn distance(&self, record: &Record<'_>) -> Option<(u32, u32)> {
        let lines = match (self.line, record.line) {
            (Some(first), Some(line)) => line.checked_sub(first)?,
            (None, None) => 0,
            _ => return None,
        };
        let bytes = record.offset.checked_sub(self.offset)?;
        Some((u32::try_from(bytes).ok()?, u32::try_from(lines).ok()?))
    }
}

/// What takes a reader's records.
type Sink<'s> = &'s mut dyn FnMut(&Record<'_>);

/// An open record longer than this is shown only when it is complete: else every piece of it would be read again.
const MAX_PREVIEW_BYTES: usize = 64 * 1024;

impl LogStore {
    /// Returns an empty store that reads each of its sources with these options.
    pub fn new(options: ReadOptions) -> Self {
        Self {
            options,
            sources: Vec::new(),
            origins: Vec::new(),
            segments: Segments::default(),
            names: Default::default(),
            max_bytes: None,
            dropped: 0,
        }
    }

    /// Takes the next bytes of the store's one unnamed source.
    ///
    /// An unfinished last line waits for its end; the last record is there at once and grows with its continuation.
    pub fn append(&mut self, bytes: &[u8]) {
        self.append_to(None, bytes);
    }

    /// Takes the next bytes of a named source. With several sources selections are in the order of time.
    pub fn append_from(&mut self, source: &str, bytes: &[u8]) {
        self.append_to(Some(source), bytes);
    }

    fn append_to(&mut self, name: Option<&str>, bytes: &[u8]) {
        let index = self.source(name);
        self.read(index, &mut |reader, sink| reader.feed(bytes, sink));
        // The last record as far as it is there: it stays open.
        let open_row = self.read(index, &mut |reader, sink| reader.peek(MAX_PREVIEW_BYTES, sink));
        if let Some(source) = self.sources.get_mut(index) {
            source.tail.open_row = open_row;
            if let Some(fingerprint) = &mut source.fingerprint {
                fingerprint.take(source.next_offset, bytes);
            }
            source.next_offset += bytes.len() as u64;
        }
        if let Some(max_bytes) = self.max_bytes {
            self.drop_oldest(max_bytes);
        }
    }

    /// Returns the place of a source, a new one if there is none of that name.
    fn source(&mut self, name: Option<&str>) -> usize {
        let known = self.sources.iter().position(|source| source.name.as_deref() == name);
        known.unwrap_or_else(|| {
            let start = self.options.start_offset;
            self.sources.push(Source {
                name: name.map(str::to_owned),
                reader: self.reader(start),
                tail: Tail::default(),
                fingerprint: (start == 0).then(Fingerprint::default),
                next_offset: start,
            });
            self.sources.len() - 1
        })
    }

    /// Returns a reader that gives what is kept: fields are read again when they are asked for.
    fn reader(&self, start_offset: u64) -> Reader {
        let options = ReadOptions { start_offset, ..self.options.clone() };
        Reader::planned(options, Plan::default().wanting(Wants::Columns))
    }

    /// Ends every source: an unfinished last line is a line now.
    pub fn finish(&mut self) {
        for index in 0..self.sources.len() {
            self.read(index, &mut Reader::finish);
        }
    }

    /// Ends one named source: an unfinished last line is a line now, and what comes later is read on from there.
    pub fn finish_from(&mut self, source: &str) {
        if let Some(index) = self.sources.iter().position(|known| known.name.as_deref() == Some(source)) {
            self.read(index, &mut Reader::finish);
        }
    }

    /// Says that the next bytes of a named source stand at `offset`: a tail's first ones, those behind a gap, or
    /// those of a file that was rotated or truncated (0). Its records stay; lines are numbered only from 0 on.
    pub fn begin(&mut self, source: &str, offset: u64) {
        let index = self.source(Some(source));
        self.read(index, &mut Reader::finish);
        let reader = self.reader(offset);
        if let Some(source) = self.sources.get_mut(index) {
            source.reader = reader;
            source.tail = Tail::default();
            if offset == 0 {
                source.fingerprint = Some(Fingerprint::default());
            } else if source.next_offset == 0 {
                source.fingerprint = None; // its first bytes were passed by
            }
            source.next_offset = offset;
        }
    }

    /// Returns where the next bytes of a source stand: what to ask for after a break, even of a new store. None where the
    /// source is unknown or its first bytes were not seen.
    pub fn cursor(&self, source: Option<&str>) -> Option<Cursor> {
        let source = self.sources.iter().find(|known| known.name.as_deref() == source)?;
        Some(Cursor::new(source.fingerprint?, source.next_offset))
    }

    /// Lets a source's reader give records, and keeps them. Returns the row of the last one, if any came.
    fn read(&mut self, index: usize, read: &mut dyn FnMut(&mut Reader, Sink<'_>)) -> Option<usize> {
        // The source is taken out while its records come in, because keeping them changes the store.
        let mut sources = mem::take(&mut self.sources);
        let mut last_row = None;
        if let Some(Source { reader, tail, .. }) = sources.get_mut(index) {
            // The first record may be the one that was open: it is the same row, grown.
            read(reader, &mut |record| last_row = Some(self.keep(index, record, tail)));
        }
        self.sources = sources;
        last_row
    }

    /// Keeps a record, in the place of the open one where that was its beginning. Returns its row number.
    fn keep(&mut self, source: usize, record: &Record<'_>, tail: &mut Tail) -> usize {
        let open_row = tail.open_row.take().filter(|&row| self.offset_of(row) == Some(record.offset));
        if let Some(row) = open_row
            && self.segments.locate(row).is_some_and(|(segment, index)| segment.text(index) == record.text)
        {
            return row;
        }
        let row = self.row(source, record, tail);
        match open_row {
            Some(old) => self.segments.replace(old, &row, &record.text),
            None => self.segments.push(&row, &record.text),
        }
    }

    fn row(&mut self, source: usize, record: &Record<'_>, tail: &mut Tail) -> Row {
        let known = tail.origin.and_then(|place| Some((place, self.origins.get(place)?.distance(record)?)));
        let (origin, (offset, line)) = known.unwrap_or_else(|| {
            self.origins.push(Origin { source, offset: record.offset, line: record.line });
            (self.origins.len() - 1, (0, 0))
        });
        tail.origin = Some(origin);
        let mut names = [0; NAMED];
        for ((place, facet), known) in names.iter_mut().zip(Facet::NAMED).zip(&mut self.names) {
            *place = facet.name(record).map_or(0, |name| known.place(name));
        }
        Row {
            origin: u32::try_from(origin).unwrap_or(u32::MAX),
            offset,
            line,
            carried: record.carried,
            is_dated: record.timestamp.is_some(),
            level: record.level,
            names,
        }
    }

    fn offset_of(&self, row: usize) -> Option<u64> {
        let (segment, index) = self.segments.locate(row)?;
        let row = segment.columns.row(index);
        Some(self.origins.get(row.origin as usize)?.offset + u64::from(row.offset))
    }

    /// Returns how many records there are.
    pub fn len(&self) -> usize {
        self.segments.len()
    }

    /// Returns whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the job IDs of all records, in the order of their appearance.
    pub fn jobs(&self) -> impl DoubleEndedIterator<Item = &str> {
        let [jobs, ..] = &self.names;
        jobs.iter()
    }
}

//! A store of records that grows while it is queried: redacted text and small columns in memory, records read again
//! from their text when a window of them is shown.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::mem;

use crate::engine::{self, ReadOptions, Reader};
use crate::job_id::JobTypes;
use crate::level::Level;
use crate::query::Filter;
use crate::record::Record;
use crate::timestamp::Timestamp;
use crate::wire;

/// Records in memory, from one source or several.
///
/// It keeps what is shown, never what redaction hid: turning redaction off means opening a new store.
///
/// ```
/// use jobtrail_core::{LogStore, Query, ReadOptions, Timestamp, Zone};
///
/// let mut store = LogStore::new(ReadOptions::default());
/// store.append(b"[INFO] ready\n[ERROR] lost password=hunter2\n[INFO] half a li");
///
/// let now = Timestamp::parse("2026-01-05T15:00:00Z").unwrap();
/// let rows = store.select(&Query::parse("level>=error").unwrap().resolve(now, &Zone::UTC));
/// assert_eq!((2, 1), (store.len(), rows.len()));
/// assert!(store.window(&rows, 0, 10).contains("lost password=[redacted:password]"));
/// ```
#[derive(Clone, Debug)]
pub struct LogStore {
    options: ReadOptions,
    sources: Vec<Source>,
    rows: Vec<Row>,
    text: String,
    jobs: Vec<String>,
    /// Where each job ID stands in `jobs`.
    job_places: BTreeMap<String, usize>,
}

/// One of the sources that a store holds.
#[derive(Clone, Debug)]
struct Source {
    name: Option<String>,
    reader: Reader,
    /// The row of the source's last record, which later lines may go on with.
    open_row: Option<usize>,
}

#[derive(Clone, Debug)]
struct Row {
    source: usize,
    text_at: usize,
    text_bytes: usize,
    offset: u64,
    line: Option<u64>,
    timestamp: Option<Timestamp>,
    carried: Option<Timestamp>,
    level: Option<Level>,
    /// The job's place in the store's list.
    job: Option<usize>,
}

/// The rows that a filter selected, in the order in which they are shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rows(Vec<usize>);

impl Rows {
    /// Returns how many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the store's row number at a place of this selection.
    pub fn get(&self, place: usize) -> Option<usize> {
        self.0.get(place).copied()
    }
}

/// An open record longer than this is shown only when it is complete: else every piece of it would be read again.
const MAX_PREVIEW_BYTES: usize = 64 * 1024;

impl LogStore {
    /// Returns an empty store that reads each of its sources with these options.
    pub fn new(options: ReadOptions) -> Self {
        Self {
            options,
            sources: Vec::new(),
            rows: Vec::new(),
            text: String::new(),
            jobs: Vec::new(),
            job_places: BTreeMap::new(),
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
        self.read(index, |reader, sink| {
            reader.feed(bytes, sink);
        });
        self.read_open(index);
    }

    /// Returns the place of a source, a new one if there is none of that name.
    fn source(&mut self, name: Option<&str>) -> usize {
        let known = self.sources.iter().position(|source| source.name.as_deref() == name);
        known.unwrap_or_else(|| {
            let reader = Reader::new(self.options.clone());
            self.sources.push(Source { name: name.map(str::to_owned), reader, open_row: None });
            self.sources.len() - 1
        })
    }

    /// Ends every source: an unfinished last line is a line now.
    pub fn finish(&mut self) {
        for index in 0..self.sources.len() {
            self.read(index, Reader::finish);
        }
    }

    /// Ends one named source: an unfinished last line is a line now, and what comes later is read on from there.
    pub fn finish_from(&mut self, source: &str) {
        if let Some(index) = self.sources.iter().position(|known| known.name.as_deref() == Some(source)) {
            self.read(index, Reader::finish);
        }
    }

    /// Says that the next bytes of a named source stand at `offset`: a tail's first ones, those behind a gap, or
    /// those of a file that was rotated or truncated (0). Its records stay; lines are numbered only from 0 on.
    pub fn begin(&mut self, source: &str, offset: u64) {
        let index = self.source(Some(source));
        self.read(index, Reader::finish);
        if let Some(source) = self.sources.get_mut(index) {
            source.reader = Reader::new(ReadOptions { start_offset: offset, ..self.options.clone() });
            source.open_row = None;
        }
    }

    /// Lets a source's reader give records, and keeps them.
    fn read(&mut self, index: usize, read: impl FnOnce(&mut Reader, &mut dyn FnMut(Record<'_>))) {
        // The source is taken out while its records come in, because keeping them changes the store.
        let mut sources = mem::take(&mut self.sources);
        if let Some(source) = sources.get_mut(index) {
            read(&mut source.reader, &mut |record| {
                // The first record may be the one that was open: it is the same row, grown.
                self.keep(index, &record, source.open_row.take());
            });
        }
        self.sources = sources;
    }

    /// Keeps the record that waits in a source's reader, as far as it is there.
    fn read_open(&mut self, index: usize) {
        let Some(source) = self.sources.get_mut(index) else { return };
        let mut waiting = None;
        source.reader.peek(MAX_PREVIEW_BYTES, &mut |record| waiting = Some(record.into_owned()));
        let open_row = source.open_row.take();
        let row = waiting.map(|record| self.keep(index, &record, open_row));
        if let Some(source) = self.sources.get_mut(index) {
            source.open_row = row.or(open_row);
        }
    }

    /// Keeps a record, in the place of `old_row` where that was its beginning. Returns its row.
    fn keep(&mut self, source: usize, record: &Record<'_>, old_row: Option<usize>) -> usize {
        let mut row = Row {
            source,
            text_at: self.text.len(),
            text_bytes: record.text.len(),
            offset: record.offset,
            line: record.line,
            timestamp: record.timestamp,
            carried: record.carried,
            level: record.level,
            job: record.job_id.as_deref().map(|job_id| self.job_place(job_id)),
        };
        let old = old_row.and_then(|index| Some((index, self.rows.get_mut(index)?)));
        let Some((index, old)) = old.filter(|(_, old)| old.offset == record.offset) else {
            self.text.push_str(&record.text);
            self.rows.push(row);
            return self.rows.len() - 1;
        };
        if old.text_at + old.text_bytes == self.text.len() {
            self.text.truncate(old.text_at); // what is replaced need not be kept
            row.text_at = old.text_at;
        }
        self.text.push_str(&record.text);
        *old = row;
        index
    }

    /// Returns where a job ID stands in the list of jobs; a new one is put at its end.
    fn job_place(&mut self, job_id: &str) -> usize {
        if let Some(&place) = self.job_places.get(job_id) {
            return place;
        }
        self.jobs.push(job_id.to_owned());
        self.job_places.insert(job_id.to_owned(), self.jobs.len() - 1);
        self.jobs.len() - 1
    }

    /// Returns how many records there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Returns whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Returns the rows whose records match, in the order of their source, or of time where there are several.
    pub fn select(&self, filter: &Filter) -> Rows {
        let reads_record = filter.reads_record();
        let matches = |row: &Row| filter.matches(&if reads_record { self.record(row) } else { self.columns(row) });
        let mut rows: Vec<(Option<Timestamp>, usize)> =
            self.rows.iter().enumerate().filter(|(_, row)| matches(row)).map(|(i, row)| (row.carried, i)).collect();
        if self.sources.len() > 1 {
            rows.sort_unstable(); // by time, and by row where times are equal
        }
        Rows(rows.into_iter().map(|(_, index)| index).collect())
    }

    /// Returns `count` records of a selection from its place `start` on, as one JSON array; fewer at its end.
    pub fn window(&self, rows: &Rows, start: usize, count: usize) -> String {
        let mut json = String::from("[");
        for row in rows.0.iter().skip(start).take(count).filter_map(|&index| self.rows.get(index)) {
            if json.len() > 1 {
                json.push(',');
            }
            let source = self.sources.get(row.source).and_then(|source| source.name.as_deref());
            wire::write_json(&self.record(row), source, &mut json);
        }
        json.push(']');
        json
    }

    /// Returns the text of `count` records of a selection from its place `start` on, each with a line feed at its end.
    pub fn text(&self, rows: &Rows, start: usize, count: usize) -> String {
        let mut text = String::new();
        for row in rows.0.iter().skip(start).take(count).filter_map(|&index| self.rows.get(index)) {
            text.push_str(self.text_of(row).trim_end_matches('\n'));
            text.push('\n');
        }
        text
    }

    /// Returns how many records of a selection have each level, in the order of [`Level::ALL`], then how many have none.
    pub fn count_by_level(&self, rows: &Rows) -> [usize; Level::ALL.len() + 1] {
        let mut counts = [0; Level::ALL.len() + 1];
        for row in rows.0.iter().filter_map(|&index| self.rows.get(index)) {
            let place = row.level.map_or(Level::ALL.len(), |level| level as usize);
            if let Some(count) = counts.get_mut(place) {
                *count += 1;
            }
        }
        counts
    }

    /// Returns the job IDs of all records, in the order of their appearance.
    pub fn jobs(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.jobs.iter().map(String::as_str)
    }

    fn record(&self, row: &Row) -> Record<'_> {
        let mut record = engine::read_text(self.text_of(row), self.job_types());
        record.timestamp = row.timestamp;
        record.carried = row.carried;
        record.level = row.level;
        record.line = row.line;
        record.offset = row.offset;
        record
    }

    /// Returns a record of what the row keeps, its text not read: enough for most filters, and many times faster.
    fn columns(&self, row: &Row) -> Record<'_> {
        Record {
            timestamp: row.timestamp,
            carried: row.carried,
            level: row.level,
            job_id: row.job.and_then(|place| self.jobs.get(place)).map(|job_id| Cow::Borrowed(job_id.as_str())),
            text: Cow::Borrowed(self.text_of(row)),
            ..Record::default()
        }
    }

    fn text_of(&self, row: &Row) -> &str {
        self.text.get(row.text_at..row.text_at + row.text_bytes).unwrap_or_default()
    }

    fn job_types(&self) -> &JobTypes {
        &self.options.job_types
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::Query;
    use crate::zone::Zone;

    fn messages(store: &LogStore) -> Vec<String> {
        let filter = Query::default().resolve(Timestamp::from_micros(0), &Zone::UTC);
        let rows = store.select(&filter);
        let window: Vec<serde_json::Value> = serde_json::from_str(&store.window(&rows, 0, rows.len())).unwrap();
        let text = |value: &serde_json::Value| value.as_str().unwrap_or("-").to_owned();
        window.iter().map(|record| format!("{}|{}", text(&record["message"]), text(&record["exception"]))).collect()
    }

    #[test]
    fn the_last_record_is_there_at_once_and_grows_in_its_place() {
        let mut store = LogStore::new(ReadOptions::default());

        store.append(b"[ERROR] failed\n");
        assert_eq!(vec!["failed|-"], messages(&store));

        store.append(b"Traceback (most recent call last):\n  File \"x.py\"\nValueEr");
        assert_eq!(vec!["failed|Traceback (most recent call last):\n  File \"x.py\""], messages(&store));

        store.append(b"ror: no\n[INFO] next\n");
        let trace = "failed|Traceback (most recent call last):\n  File \"x.py\"\nValueError: no";
        assert_eq!(vec![trace, "next|-"], messages(&store));
    }

    #[test]
    fn records_of_several_sources_come_in_the_order_of_time() {
        let mut store = LogStore::new(ReadOptions::default());
        store.append_from(
            "a.log",
            b"2026-01-05 10:00:00.000 [1] [INFO] first\n2026-01-05 10:00:02.000 [1] [INFO] third\n",
        );
        store.append_from("b.log", b"2026-01-05 10:00:01.000 [2] [INFO] second\nno stamp of its own\n");

        assert_eq!(vec!["first|-", "second|-", "no stamp of its own|-", "third|-"], messages(&store));
    }

    #[test]
    fn a_filter_that_needs_no_field_gives_what_reading_every_record_gives() {
        let mut store = LogStore::new(ReadOptions::default());
        store.append(b"2026-01-05 10:00:00.000 [1] [INFO] MSH-0105-A7F2 began\n");
        store.append(b"2026-01-05 10:00:01.000 [1] [ERROR] MSH-0105-A7F2 failed password=hunter2\n");
        store.append(b"2026-01-05 10:00:02.000 [1] [WARNING] IMP-0105-77AA slow\nno header\n");
        let now = Timestamp::parse("2026-01-05T10:00:03Z").unwrap();

        for text in ["job:msh-0105-a7f2", "level>=warning -job:*", "since:2s", "redacted:*", "slow OR level:info", ""] {
            let filter = Query::parse(text).unwrap().resolve(now, &Zone::UTC);
            let rows: Vec<usize> = store
                .rows
                .iter()
                .enumerate()
                .filter(|(_, row)| filter.matches(&store.record(row)))
                .map(|(i, _)| i)
                .collect();

            assert!(!filter.reads_record(), "{text}");
            assert_eq!(Rows(rows), store.select(&filter), "{text}");
        }
        let reads = |text| Query::parse(text).unwrap().resolve(now, &Zone::UTC).reads_record();
        assert!(reads("pid:1") && reads("a OR -duration_ms>5") && reads("message:x"));
    }

    #[test]
    fn a_source_that_begins_anew_keeps_its_records_and_counts_lines_from_one() {
        let mut store = LogStore::new(ReadOptions::default());
        store.append_from("a.log", b"[INFO] one\n[INFO] tw");
        store.begin("a.log", 0);
        store.append_from("a.log", b"[INFO] three\n");

        let rows = store.select(&Query::default().resolve(Timestamp::from_micros(0), &Zone::UTC));
        assert_eq!("[INFO] one\n[INFO] tw\n[INFO] three\n", store.text(&rows, 0, 3));
        assert!(store.window(&rows, 2, 1).contains(r#""line":1,"offset":0"#));

        store.begin("a.log", 900);
        store.append_from("a.log", b"[INFO] behind a gap\n");
        let rows = store.select(&Query::default().resolve(Timestamp::from_micros(0), &Zone::UTC));
        assert!(store.window(&rows, 3, 1).contains(r#""line":null,"offset":900"#));
    }

    #[test]
    fn an_unfinished_last_line_counts_when_the_source_ends() {
        let mut store = LogStore::new(ReadOptions::default());
        store.append(b"[INFO] one\n[INFO] tw");
        assert_eq!(1, store.len());
        store.append(b"o");
        store.finish();

        assert_eq!(vec!["one|-", "two|-"], messages(&store));
    }
}

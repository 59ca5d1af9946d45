//! Statistics of records in one pass: a sink that any number of parts can share.

mod json;
mod requests;
mod slices;
mod tally;

use crate::duration;
use crate::level::Level;
use crate::names::Names;
use crate::record::Record;
use crate::request;
use crate::shape::shape;
use crate::timestamp::Timestamp;
use crate::zone::Zone;
use requests::{CLASSES, Requests};
use slices::{Counts, SECOND_US, Slices, add_counts, count};
use tally::Tally;

pub use requests::PathStats;
pub use slices::SliceLength;

/// What is counted, and how much of it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatsOptions {
    /// How long slices of time are: a minute.
    pub slices: SliceLength,
    /// The zone in which slices begin: a day's at its midnight. UTC.
    pub zone: Zone,
    /// How many of the slowest operations are kept: 10; none are looked for where it is 0.
    pub slowest: usize,
    /// How many of the most frequent errors are shown: 20; none are looked at where it is 0.
    pub errors: usize,
    /// How many paths that were asked for are shown: 10; no requests are looked for where it is 0.
    pub paths: usize,
}

impl Default for StatsOptions {
    fn default() -> Self {
        Self { slices: SliceLength::Every(60 * SECOND_US), zone: Zone::UTC, slowest: 10, errors: 20, paths: 10 }
    }
}

/// Counts of records: by level, logger, format and slice of time; requests, the slowest operations and the most frequent
/// errors.
///
/// A log may be cut into parts that are read apart, each into its own `Stats`; merged in their order they are what one
/// pass gives. A part's records before its first time wait for the time that the part before it ended with.
///
/// ```
/// use jobtrail_core::{ReadOptions, Stats, StatsOptions, parse_line};
///
/// let count = |lines: &[&str]| {
///     let mut stats = Stats::new(StatsOptions::default());
///     for line in lines {
///         stats.add(&parse_line(line, &ReadOptions::default()), Some("worker.log"));
///     }
///     stats
/// };
/// let one = "2026-01-05 10:00:00.000 [1] [ERROR] Job 17 failed";
/// let two = "no time of its own";
/// let three = "2026-01-05 10:01:00.000 [1] [ERROR] Job 18 failed";
///
/// let mut merged = count(&[one]);
/// merged.merge(count(&[two, three]));
/// assert_eq!(count(&[one, two, three]).to_json(), merged.to_json());
/// assert!(merged.to_json().contains(r#""errors":[{"shape":"Job # failed","count":2,"#));
/// ```
#[derive(Clone, Debug)]
pub struct Stats {
    options: StatsOptions,
    levels: Counts,
    loggers: Tally,
    formats: Tally,
    /// Of the last record's format, how many since it was another's.
    format: (&'static str, u64),
    slices: Slices,
    span: Option<(Timestamp, Timestamp)>,
    /// Records before the first time: they have the time with which what comes before them ends.
    lead: Counts,
    /// Records of sources that have no time at all, or none yet.
    undated: Counts,
    /// The last time of the source that is read.
    last: Option<Timestamp>,
    /// Whether a source has ended: what comes before has nothing to say of the records that follow.
    has_ended: bool,
    requests: Requests,
    /// Requests before the first time.
    lead_requests: Counts,
    slowest: Vec<SlowRecord>,
    shapes: Names,
    /// In the order of `shapes`.
    errors: Vec<ErrorShape>,
}

/// Where a record stands.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Place {
    /// Its source.
    pub source: Option<String>,
    /// The number of its first line, where that is known.
    pub line: Option<u64>,
    /// The byte at which it begins.
    pub offset: u64,
}

/// A record that tells of something slow.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SlowRecord {
    /// How long it took, in microseconds.
    pub micros: u64,
    /// The field that says so.
    pub field: String,
    /// The record's message.
    pub message: String,
    /// The record's own time.
    pub time: Option<Timestamp>,
    /// Where it stands.
    pub place: Place,
}

/// Errors whose messages have one shape.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ErrorShape {
    /// How many there were.
    pub count: u64,
    /// The time of the earliest and of the latest.
    pub span: Option<(Timestamp, Timestamp)>,
    /// The message of the first one read.
    pub message: String,
    /// Where that one stands.
    pub place: Place,
    /// Whether some were read before the first time.
    has_lead: bool,
}

impl Stats {
    /// Returns statistics of no records.
    pub fn new(options: StatsOptions) -> Self {
        Self {
            levels: Counts::default(),
            loggers: Tally::default(),
            formats: Tally::default(),
            format: ("", 0),
            slices: Slices::new(options.slices, SECOND_US, options.zone.clone()),
            span: None,
            lead: Counts::default(),
            undated: Counts::default(),
            last: None,
            has_ended: false,
            requests: Requests::new(&options),
            lead_requests: Counts::default(),
            slowest: Vec::new(),
            shapes: Names::default(),
            errors: Vec::new(),
            options,
        }
    }

    /// Counts the next record of the source that is being read.
    pub fn add(&mut self, record: &Record<'_>, source: Option<&str>) {
        let level = record.level.map_or(Level::ALL.len(), |level| level as usize);
        count(&mut self.levels, level);
        if !std::ptr::eq(self.format.0, record.format) {
            self.count_format();
            self.format.0 = record.format;
        }
        self.format.1 += 1;
        if let Some(logger) = &record.logger {
            self.loggers.add(logger, 1);
        }
        self.last = record.carried.or(self.last);
        if let Some(time) = self.last {
            let (first, last) = self.span.unwrap_or((time, time));
            self.span = Some((first.min(time), last.max(time)));
            self.slices.add(time, level);
        } else if self.has_ended {
            count(&mut self.undated, level);
        } else {
            count(&mut self.lead, level);
        }
        if self.options.paths > 0 {
            self.look_for_request(record);
        }
        if self.options.slowest > 0 {
            self.look_for_duration(record, source);
        }
        if self.options.errors > 0 && record.level >= Some(Level::Error) {
            self.look_at_error(record, source);
        }
    }

    /// Says that so many lines of its source stand before the part that was read: places are counted from there.
    pub fn follow_lines(&mut self, lines: u64) {
        let places = self.slowest.iter_mut().map(|slow| &mut slow.place);
        for place in places.chain(self.errors.iter_mut().map(|error| &mut error.place)) {
            place.line = place.line.map(|line| line + lines);
        }
    }

    /// Says that the source has ended: the records that follow are another's, and carry no time on from it.
    pub fn end_source(&mut self) {
        self.last = None;
        self.has_ended = true;
    }

    /// Adds what was counted in the part of the log that follows: of the same source, unless that has ended.
    pub fn merge(&mut self, mut next: Stats) {
        next.count_format();
        self.count_format();
        add_counts(&mut self.levels, &next.levels);
        add_counts(&mut self.undated, &next.undated);
        match self.last {
            Some(time) => {
                self.slices.add_all(time, &next.lead);
                self.requests.slices.add_all(time, &next.lead_requests);
            }
            None if self.has_ended => add_counts(&mut self.undated, &next.lead),
            None => {
                add_counts(&mut self.lead, &next.lead);
                add_counts(&mut self.lead_requests, &next.lead_requests);
            }
        }
        self.slices.merge(next.slices);
        self.requests.merge(next.requests);
        self.loggers.merge(&next.loggers);
        self.formats.merge(&next.formats);
        self.span = joined(self.span, next.span);
        for (shape, mut error) in next.shapes.iter().zip(next.errors) {
            if error.has_lead && (self.last.is_some() || self.has_ended) {
                error.span = joined(error.span, self.last.map(|last| (last, last)));
                error.has_lead = false;
            }
            self.count_error(shape, error);
        }
        self.last = if next.has_ended { next.last } else { next.last.or(self.last) };
        self.has_ended |= next.has_ended;
        for slow in next.slowest {
            if let Some(at) = self.place_among_slowest(slow.micros) {
                self.keep_slow(at, slow);
            }
        }
    }

    /// Returns how many records there were.
    pub fn records(&self) -> u64 {
        self.levels.iter().sum()
    }

    /// Returns how many records there were of each level, lowest first, then of none.
    pub fn levels(&self) -> [u64; Level::ALL.len() + 1] {
        self.levels
    }

    /// Returns the first and the last time.
    pub fn span(&self) -> Option<(Timestamp, Timestamp)> {
        self.span
    }

    /// Returns how many records have no time, nor stand behind one that has.
    pub fn undated(&self) -> u64 {
        self.undated.iter().chain(&self.lead).sum()
    }

    /// Returns how many records were read by each format, the most frequent first.
    pub fn formats(&self) -> Vec<(&str, u64)> {
        let (name, count) = self.format;
        self.formats.sorted_with(name, count)
    }

    /// Returns how many records each logger wrote, the most frequent first.
    pub fn loggers(&self) -> Vec<(&str, u64)> {
        self.loggers.sorted_with("", 0)
    }

    /// Returns how long a slice of time is, in microseconds.
    pub fn slice_us(&self) -> i64 {
        self.slices.slice_us()
    }

    /// Returns the beginning of each slice with records and its counts by level, in the order of time.
    pub fn slices(&self) -> Vec<(Timestamp, [u64; Level::ALL.len() + 1])> {
        self.slices.all()
    }

    /// Returns how many requests were answered with 1xx to 5xx; none where no record tells of a request.
    pub fn requests(&self) -> Option<[u64; CLASSES]> {
        let classes = self.requests.classes;
        classes.iter().any(|count| *count > 0).then_some(classes)
    }

    /// Returns how long a slice of the requests' time is, and as [`Stats::slices`] their counts by class in place of level.
    pub fn request_slices(&self) -> (i64, Vec<(Timestamp, [u64; Level::ALL.len() + 1])>) {
        (self.requests.slices.slice_us(), self.requests.slices.all())
    }

    /// Returns the paths that take longest on average; where no record says how long, the most frequent.
    pub fn paths(&self) -> Vec<PathStats> {
        self.requests.paths(self.options.paths)
    }

    /// Returns the records with the longest durations, the longest first.
    pub fn slowest(&self) -> &[SlowRecord] {
        &self.slowest
    }

    /// Returns the shapes of errors, the most frequent first.
    pub fn errors(&self) -> Vec<(&str, &ErrorShape)> {
        let mut errors: Vec<(&str, &ErrorShape)> = self.shapes.iter().zip(&self.errors).collect();
        errors.sort_by_key(|(_, error)| u64::MAX - error.count);
        errors.truncate(self.options.errors);
        errors
    }

    /// Returns the statistics as one JSON object of fixed keys.
    ///
    /// `records`, `first`, `last`, `undated` (records without any time), `levels` (by name, `NONE` last), `formats` and
    /// `loggers` (`[name, count]`, the most frequent first), `slice_ms`, `slices` (`[beginning, [counts by level]]`, in the
    /// order of time, empty ones left out), `requests` (null where there are none: `total`, `1xx` to `5xx`, `slice_ms`,
    /// `slices` with counts by class, `paths`: `path`, `count`, `failed` with 5xx, `mean_ms`, `longest_ms`), `slowest`
    /// (longest first: `ms`, `field`, `message`, `timestamp`, `source`, `line`, `offset`) and `errors` (most frequent first:
    /// `shape`, `count`, `first` and `last` time, and of the first one `message`, `source`, `line`, `offset`).
    pub fn to_json(&self) -> String {
        let mut json = String::new();
        json::push(self, &mut json);
        json
    }

    fn count_format(&mut self) {
        let (name, count) = std::mem::take(&mut self.format);
        if count > 0 {
            self.formats.add(name, count);
        }
    }

    fn look_for_request(&mut self, record: &Record<'_>) {
        let Some(request) = request::of(record) else { return };
        if self.last.is_none() && !self.has_ended {
            count(&mut self.lead_requests, usize::from(request.status / 100).saturating_sub(1));
        }
        self.requests.add(&request, self.last);
    }

    fn look_for_duration(&mut self, record: &Record<'_>, source: Option<&str>) {
        let Some((micros, field)) = duration::longest(record) else { return };
        if let Some(at) = self.place_among_slowest(micros) {
            let (field, message) = (field.into_owned(), record.message.to_string());
            let slow = SlowRecord { micros, field, message, time: record.timestamp, place: place(record, source) };
            self.keep_slow(at, slow);
        }
    }

    fn look_at_error(&mut self, record: &Record<'_>, source: Option<&str>) {
        let message = told(record);
        let shape = shape(message);
        let has_lead = self.last.is_none() && !self.has_ended;
        let span = self.last.map(|last| (last, last));
        let known = self.shapes.find(&shape).and_then(|place| self.errors.get_mut((place as usize).checked_sub(1)?));
        if let Some(error) = known {
            error.count += 1;
            error.span = joined(error.span, span);
            error.has_lead |= has_lead;
        } else {
            let (message, place) = (message.to_owned(), place(record, source));
            self.count_error(&shape, ErrorShape { count: 1, span, message, place, has_lead });
        }
    }

    /// Returns where among the slowest a time belongs; what came first goes first where times are equal.
    fn place_among_slowest(&self, micros: u64) -> Option<usize> {
        let at = self.slowest.partition_point(|kept| kept.micros >= micros);
        (at < self.options.slowest).then_some(at)
    }

    fn keep_slow(&mut self, at: usize, slow: SlowRecord) {
        self.slowest.insert(at, slow);
        self.slowest.truncate(self.options.slowest);
    }

    fn count_error(&mut self, shape: &str, next: ErrorShape) {
        let index = (self.shapes.place(shape) as usize).saturating_sub(1);
        match self.errors.get_mut(index) {
            Some(error) => {
                error.count += next.count;
                error.span = joined(error.span, next.span);
                error.has_lead |= next.has_lead;
            }
            None => self.errors.push(next),
        }
    }
}

/// Returns what an error says: its message, or where that is empty the last line of its exception.
fn told<'r>(record: &'r Record<'_>) -> &'r str {
    let last = || record.exception.as_deref()?.lines().rev().find(|line| !line.trim().is_empty());
    let is_empty = record.message.trim().is_empty();
    if is_empty { last().unwrap_or_default() } else { &record.message }
}

fn place(record: &Record<'_>, source: Option<&str>) -> Place {
    Place { source: source.map(str::to_owned), line: record.line, offset: record.offset }
}

type Span = Option<(Timestamp, Timestamp)>;

/// Returns what reaches over both.
fn joined(one: Span, other: Span) -> Span {
    match (one, other) {
        (Some((first, last)), Some((next_first, next_last))) => Some((first.min(next_first), last.max(next_last))),
        (one, other) => one.or(other),
    }
}

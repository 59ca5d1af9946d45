//! Statistics of records in one pass: a sink that any number of parts can share.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::duration;
use crate::level::Level;
use crate::names::Names;
use crate::record::Record;
use crate::scan;
use crate::shape::shape;
use crate::timestamp::Timestamp;

/// What is counted, and how much of it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatsOptions {
    /// How long a slice of time is, in microseconds from 1 on: a minute.
    pub slice_us: i64,
    /// How many of the slowest operations are kept: 10.
    pub slowest: usize,
    /// How many of the most frequent errors are shown: 20.
    pub errors: usize,
}

impl Default for StatsOptions {
    fn default() -> Self {
        Self { slice_us: 60_000_000, slowest: 10, errors: 20 }
    }
}

/// Counts of records: by level, logger, format and slice of time; the slowest operations and the most frequent errors.
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
    /// By how many slices stand between 1970 and this one.
    slices: BTreeMap<i64, Counts>,
    span: Option<(Timestamp, Timestamp)>,
    /// Records before the first time: they have the time with which what comes before them ends.
    lead: Counts,
    /// Records of sources that have no time at all, or none yet.
    undated: Counts,
    /// The last time of the source that is read.
    last: Option<Timestamp>,
    /// Whether a source has ended: what comes before has nothing to say of the records that follow.
    has_ended: bool,
    slowest: Vec<Slow>,
    shapes: Names,
    /// In the order of `shapes`.
    errors: Vec<ErrorShape>,
}

/// Counts by level, in the order of [`Level::ALL`], then of the records without one.
type Counts = [u64; Level::ALL.len() + 1];

fn add_counts(to: &mut Counts, from: &Counts) {
    for (to, from) in to.iter_mut().zip(from) {
        *to += from;
    }
}

fn count_level(counts: &mut Counts, level: Option<Level>) {
    if let Some(count) = counts.get_mut(level.map_or(Level::ALL.len(), |level| level as usize)) {
        *count += 1;
    }
}

/// Where a record stands.
#[derive(Clone, Debug)]
struct Place {
    source: Option<String>,
    offset: u64,
}

#[derive(Clone, Debug)]
struct Slow {
    micros: u64,
    field: String,
    message: String,
    place: Place,
}

/// Errors whose messages have one shape.
#[derive(Clone, Debug)]
struct ErrorShape {
    count: u64,
    /// The first of them.
    message: String,
    place: Place,
}

/// How often each name was there.
#[derive(Clone, Debug, Default)]
struct Tally {
    names: Names,
    counts: Vec<u64>,
}

impl Tally {
    fn add(&mut self, name: &str, count: u64) {
        let place = self.names.place(name) as usize;
        self.counts.resize(self.names.len(), 0);
        if let Some(known) = place.checked_sub(1).and_then(|index| self.counts.get_mut(index)) {
            *known += count;
        }
    }

    fn merge(&mut self, other: &Tally) {
        for (name, count) in other.names.iter().zip(&other.counts) {
            self.add(name, *count);
        }
    }

    /// Returns each name with its count, the most frequent first; what came first goes first where counts are equal.
    fn sorted(&self) -> Vec<(&str, u64)> {
        let mut sorted: Vec<(&str, u64)> = self.names.iter().zip(self.counts.iter().copied()).collect();
        sorted.sort_by_key(|&(_, count)| u64::MAX - count);
        sorted
    }
}

impl Stats {
    /// Returns statistics of no records.
    pub fn new(options: StatsOptions) -> Self {
        Self {
            options,
            levels: Counts::default(),
            loggers: Tally::default(),
            formats: Tally::default(),
            slices: BTreeMap::new(),
            span: None,
            lead: Counts::default(),
            undated: Counts::default(),
            last: None,
            has_ended: false,
            slowest: Vec::new(),
            shapes: Names::default(),
            errors: Vec::new(),
        }
    }

    /// Counts the next record of the source that is being read.
    pub fn add(&mut self, record: &Record<'_>, source: Option<&str>) {
        count_level(&mut self.levels, record.level);
        self.formats.add(record.format, 1);
        if let Some(logger) = &record.logger {
            self.loggers.add(logger, 1);
        }
        self.last = record.carried.or(self.last);
        if let Some(time) = self.last {
            let (first, last) = self.span.unwrap_or((time, time));
            self.span = Some((first.min(time), last.max(time)));
            count_level(self.slices.entry(self.slice_of(time)).or_default(), record.level);
        } else if self.has_ended {
            count_level(&mut self.undated, record.level);
        } else {
            count_level(&mut self.lead, record.level);
        }
        let place = || Place { source: source.map(str::to_owned), offset: record.offset };
        if let Some((micros, field)) = duration::longest(record) {
            self.keep_slow(Slow { micros, field, message: record.message.to_string(), place: place() });
        }
        if record.level >= Some(Level::Error) {
            let error = || ErrorShape { count: 0, message: record.message.to_string(), place: place() };
            self.count_error(&shape(&record.message), 1, error);
        }
    }

    /// Says that the source has ended: the records that follow are another's, and carry no time on from it.
    pub fn end_source(&mut self) {
        self.last = None;
        self.has_ended = true;
    }

    /// Adds what was counted in the part of the log that follows: of the same source, unless that has ended.
    pub fn merge(&mut self, next: Stats) {
        for (to, from) in [(&mut self.levels, &next.levels), (&mut self.undated, &next.undated)] {
            add_counts(to, from);
        }
        match self.last {
            Some(time) => {
                if next.lead.iter().any(|&count| count > 0) {
                    add_counts(self.slices.entry(self.slice_of(time)).or_default(), &next.lead);
                }
            }
            None if self.has_ended => add_counts(&mut self.undated, &next.lead),
            None => add_counts(&mut self.lead, &next.lead),
        }
        for (slice, counts) in &next.slices {
            add_counts(self.slices.entry(*slice).or_default(), counts);
        }
        self.loggers.merge(&next.loggers);
        self.formats.merge(&next.formats);
        self.span = match (self.span, next.span) {
            (Some((first, last)), Some((next_first, next_last))) => Some((first.min(next_first), last.max(next_last))),
            (one, other) => one.or(other),
        };
        self.last = if next.has_ended { next.last } else { next.last.or(self.last) };
        self.has_ended |= next.has_ended;
        for slow in next.slowest {
            self.keep_slow(slow);
        }
        for (shape, error) in next.shapes.iter().zip(next.errors) {
            let count = error.count;
            self.count_error(shape, count, || ErrorShape { count: 0, ..error });
        }
    }

    /// Returns the statistics as one JSON object of fixed keys.
    ///
    /// `records`, `first`, `last`, `undated` (records without any time), `levels` (by name, `NONE` last), `formats` and
    /// `loggers` (`[name, count]`, the most frequent first), `slice_ms`, `slices` (`[beginning, [counts by level]]`, in the
    /// order of time, empty ones left out), `slowest` (longest first: `ms`, `field`, `message`, `source`, `offset`) and
    /// `errors` (most frequent first: `shape`, `count`, and of the first one `message`, `source`, `offset`).
    pub fn to_json(&self) -> String {
        let mut json = String::new();
        let _ = write!(json, "{{\"records\":{}", self.levels.iter().sum::<u64>());
        push_time("first", self.span.map(|(first, _)| first), &mut json);
        push_time("last", self.span.map(|(_, last)| last), &mut json);
        let undated: u64 = self.undated.iter().chain(&self.lead).sum();
        let _ = write!(json, ",\"undated\":{undated},\"levels\":{{");
        let names = Level::ALL.into_iter().map(Level::as_str).chain(["NONE"]);
        push_each(names.zip(&self.levels), &mut json, |(name, count), json| {
            let _ = write!(json, "\"{name}\":{count}");
        });
        json.push('}');
        for (key, tally) in [("formats", &self.formats), ("loggers", &self.loggers)] {
            let _ = write!(json, ",\"{key}\":[");
            push_each(tally.sorted().into_iter(), &mut json, |(name, count), json| {
                json.push('[');
                scan::push_string(name, json);
                let _ = write!(json, ",{count}]");
            });
            json.push(']');
        }
        let _ = write!(json, ",\"slice_ms\":{},\"slices\":[", self.options.slice_us / 1000);
        push_each(self.slices.iter(), &mut json, |(slice, counts), json| {
            let begins = Timestamp::from_micros(slice.saturating_mul(self.options.slice_us.max(1)));
            let _ = write!(json, "[\"{begins}\",[");
            push_each(counts.iter(), json, |count, json| {
                let _ = write!(json, "{count}");
            });
            json.push_str("]]");
        });
        json.push_str("],\"slowest\":[");
        push_each(self.slowest.iter(), &mut json, |slow, json| {
            let _ = write!(json, "{{\"ms\":{}.{:03},\"field\":", slow.micros / 1000, slow.micros % 1000);
            scan::push_string(&slow.field, json);
            push_record(&slow.message, &slow.place, json);
        });
        json.push_str("],\"errors\":[");
        let mut errors: Vec<(&str, &ErrorShape)> = self.shapes.iter().zip(&self.errors).collect();
        errors.sort_by_key(|(_, error)| u64::MAX - error.count);
        push_each(errors.into_iter().take(self.options.errors), &mut json, |(shape, error), json| {
            json.push_str("{\"shape\":");
            scan::push_string(shape, json);
            let _ = write!(json, ",\"count\":{}", error.count);
            push_record(&error.message, &error.place, json);
        });
        json.push_str("]}");
        json
    }

    fn slice_of(&self, time: Timestamp) -> i64 {
        time.as_micros().div_euclid(self.options.slice_us.max(1))
    }

    /// Keeps the slowest, longest first; what came first goes first where times are equal.
    fn keep_slow(&mut self, slow: Slow) {
        let place = self.slowest.partition_point(|kept| kept.micros >= slow.micros);
        if place < self.options.slowest {
            self.slowest.insert(place, slow);
            self.slowest.truncate(self.options.slowest);
        }
    }

    fn count_error(&mut self, shape: &str, count: u64, new: impl FnOnce() -> ErrorShape) {
        let index = (self.shapes.place(shape) as usize).saturating_sub(1);
        if index >= self.errors.len() {
            self.errors.push(new());
        }
        if let Some(error) = self.errors.get_mut(index) {
            error.count += count;
        }
    }
}

fn push_each<T>(all: impl Iterator<Item = T>, json: &mut String, push: impl Fn(T, &mut String)) {
    for (i, one) in all.enumerate() {
        if i > 0 {
            json.push(',');
        }
        push(one, json);
    }
}

fn push_time(key: &str, time: Option<Timestamp>, json: &mut String) {
    let _ = match time {
        Some(time) => write!(json, ",\"{key}\":\"{time}\""),
        None => write!(json, ",\"{key}\":null"),
    };
}

/// Appends a record's message and place, and closes its object.
fn push_record(message: &str, place: &Place, json: &mut String) {
    json.push_str(",\"message\":");
    scan::push_string(message, json);
    json.push_str(",\"source\":");
    match &place.source {
        Some(source) => scan::push_string(source, json),
        None => json.push_str("null"),
    }
    let _ = write!(json, ",\"offset\":{}}}", place.offset);
}

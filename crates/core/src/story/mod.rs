//! A job's whole story: what failed, where, for whom, which steps took how long, what came after it fell silent, and what
//! to look at next.

mod event;
mod evidence;
mod json;
mod next;
mod steps;

use std::collections::BTreeSet;

use crate::job_id::JobTypes;
use crate::jobs::{JobSummary, Jobs, says_error};
use crate::level::Level;
use crate::record::Record;
use crate::timestamp::Timestamp;
use steps::Steps;

pub use event::Event;
pub use evidence::Sign;
pub use next::Look;
pub use steps::Step;

/// The story of one job.
///
/// It is told its records in the order of time; where [`Story::asks_about`] names a window, also the records of all sources
/// in that window. Everything else is said by it, to any face alike.
///
/// ```
/// use jobtrail_core::{JobTypes, Outcome, ReadOptions, Story, Timestamp, parse_line};
///
/// let mut story = Story::new(JobTypes::default());
/// for line in [
///     "2026-01-05 10:00:00.000 [7] [INFO] Started MSH-0105-A7F2",
///     "2026-01-05 10:00:01.500 [7] [ERROR] MSH-0105-A7F2 failed: no vertices",
/// ] {
///     story.add(&parse_line(line, &ReadOptions::default()), "worker.log");
/// }
/// let now = Timestamp::parse("2026-01-05T11:00:00Z").unwrap();
/// assert_eq!(Outcome::Failed, story.outcome(now, 600_000_000));
/// assert_eq!("MSH-0105-A7F2 failed: no vertices", story.last_error().unwrap().message);
/// ```
#[derive(Clone, Debug)]
pub struct Story {
    jobs: Jobs,
    sources: Vec<StorySource>,
    spec_id: Option<String>,
    asset_id: Option<String>,
    first_error: Option<Event>,
    last_error: Option<Event>,
    has_grave_error: bool,
    steps: Steps,
    last: Option<Event>,
    /// Processes that spoke in the source of the last record before that.
    known_pids: BTreeSet<i64>,
    after: Vec<Event>,
    after_count: u64,
    successor: Option<Event>,
    evidence: Vec<(Sign, Event)>,
}

/// How a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is finished.
    Completed,
    /// It failed.
    Failed,
    /// It began and then said nothing for long: the sign of a crash.
    Silent,
    /// It began not long ago.
    Running,
    /// No record says how it stands.
    Unknown,
}

impl Outcome {
    /// Returns its name: `completed`, `failed`, `silent`, `running`, `unknown`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Outcome::Completed => "completed",
            Outcome::Failed => "failed",
            Outcome::Silent => "silent",
            Outcome::Running => "running",
            Outcome::Unknown => "unknown",
        }
    }
}

/// What one source has of a job.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StorySource {
    /// Its name.
    pub name: String,
    /// How many records.
    pub records: u64,
    /// The processes that wrote them.
    pub pids: BTreeSet<i64>,
}

/// How much before and behind the last word of a silent job is looked at, in microseconds: a supervisor needs a while.
const BEFORE_US: i64 = 60_000_000;
const BEHIND_US: i64 = 900_000_000;

/// How many records of each kind are kept.
const MOST: usize = 5;

impl Story {
    /// Returns a story of nothing; `types` give typed IDs their names.
    pub fn new(types: JobTypes) -> Self {
        Self {
            jobs: Jobs::new(types),
            sources: Vec::new(),
            spec_id: None,
            asset_id: None,
            first_error: None,
            last_error: None,
            has_grave_error: false,
            steps: Steps::default(),
            last: None,
            known_pids: BTreeSet::new(),
            after: Vec::new(),
            after_count: 0,
            successor: None,
            evidence: Vec::new(),
        }
    }

    /// Takes the job's next record, in the order of time.
    pub fn add(&mut self, record: &Record<'_>, source: &str) {
        self.jobs.add(record, Some(source));
        let ended = self.jobs.iter().next().is_some_and(|job| job.is_finished());
        self.steps.add(record, ended);
        if let Some(known) = self.sources.iter_mut().find(|known| known.name == source) {
            known.records += 1;
            known.pids.extend(record.pid);
        } else {
            let pids = record.pid.into_iter().collect();
            self.sources.push(StorySource { name: source.to_owned(), records: 1, pids });
        }
        let is_error = record.level >= Some(Level::Error) || says_error(record);
        for (kept, keys) in [
            (&mut self.spec_id, ["specId", "spec_id", "specID"]),
            (&mut self.asset_id, ["assetId", "asset_id", "assetID"]),
        ] {
            if kept.is_none() || is_error {
                *kept = event::find(record, &keys).or(kept.take());
            }
        }
        let event = Event::of(record, source);
        // A warning that says `failed` counts where nothing graver does: mostly it repeats it.
        let is_grave = record.level.is_none_or(|level| level >= Level::Error);
        if is_error && is_grave && !self.has_grave_error {
            self.has_grave_error = true;
            self.first_error = None;
        }
        if is_error && (is_grave || !self.has_grave_error) {
            self.first_error.get_or_insert_with(|| event.clone());
            self.last_error = Some(event.clone());
        }
        self.last = Some(event);
    }

    /// Returns the window in which records of any job tell more: of a job that fell silent, around its last word.
    pub fn asks_about(&self, now: Timestamp, silent_us: i64) -> Option<(Timestamp, Timestamp)> {
        let last = self.last.as_ref()?.time.filter(|_| self.outcome(now, silent_us) == Outcome::Silent)?.as_micros();
        let until = last.saturating_add(BEHIND_US);
        Some((Timestamp::from_micros(last.saturating_sub(BEFORE_US)), Timestamp::from_micros(until)))
    }

    /// Takes the next record, of whatever job, in the window that [`Story::asks_about`] names; each source in its order.
    pub fn add_around(&mut self, record: &Record<'_>, source: &str) {
        let Some(last) = &self.last else { return };
        let is_its_own = record.job_id.is_some()
            && self.jobs.iter().next().is_some_and(|job| record.job_id.as_deref() == Some(job.id()));
        if is_its_own {
            return;
        }
        let is_behind = record.carried >= last.time
            && (source != last.source || record.offset > last.offset || record.carried > last.time);
        let is_same_source = source == last.source;
        let sign = Sign::of_record(record);
        if is_same_source && !is_behind {
            self.known_pids.extend(record.pid);
        } else if is_same_source && record.pid == last.pid {
            self.after_count += 1;
            if self.after.len() < MOST {
                self.after.push(Event::of(record, source));
            }
        } else if is_same_source
            && self.successor.is_none()
            && sign.is_none_or(|sign| sign == Sign::Restarted)
            && record.pid.is_some_and(|pid| !self.known_pids.contains(&pid))
        {
            self.successor = Some(Event::of(record, source));
        }
        if let Some(sign) = sign
            && self.evidence.iter().filter(|(known, _)| *known == sign).count() < MOST
        {
            self.evidence.push((sign, Event::of(record, source)));
        }
    }

    /// Returns what is known of the job; none before its first record.
    pub fn summary(&self) -> Option<JobSummary<'_>> {
        self.jobs.iter().next()
    }

    /// Returns how the job stands at `now`; one that is not finished and has said nothing for `silent_us` fell silent.
    pub fn outcome(&self, now: Timestamp, silent_us: i64) -> Outcome {
        let Some(job) = self.summary() else { return Outcome::Unknown };
        match (job.status(), job.silent_us(now)) {
            (None, _) => Outcome::Unknown,
            (_, Some(silent)) if silent >= silent_us => Outcome::Silent,
            (Some("completed"), _) => Outcome::Completed,
            (Some("error"), _) => Outcome::Failed,
            _ => Outcome::Running,
        }
    }

    /// Returns the first record of ERROR and above, or without a level that says that the job failed; where there is none, the
    /// first of any level that says so.
    pub fn first_error(&self) -> Option<&Event> {
        self.first_error.as_ref()
    }

    /// Returns the last such record.
    pub fn last_error(&self) -> Option<&Event> {
        self.last_error.as_ref()
    }

    /// Returns the job's last record.
    pub fn last(&self) -> Option<&Event> {
        self.last.as_ref()
    }

    /// Returns the first few records that the process of the last one wrote behind it, and how many there are in the window.
    pub fn after(&self) -> (&[Event], u64) {
        (&self.after, self.after_count)
    }

    /// Returns the first record of a process that was not there before, in the source of the last one.
    pub fn successor(&self) -> Option<&Event> {
        self.successor.as_ref()
    }

    /// Returns the records in the window that are a sign of what became of the process, the weightiest first.
    pub fn evidence(&self) -> Vec<(Sign, &Event)> {
        let mut all: Vec<(Sign, &Event)> = self.evidence.iter().map(|(sign, event)| (*sign, event)).collect();
        all.sort_by_key(|(sign, event)| (*sign, event.time));
        all
    }

    /// Returns the sources that have the job's records, in the order of their first.
    pub fn sources(&self) -> &[StorySource] {
        &self.sources
    }

    /// Returns the steps that records name.
    pub fn steps(&self) -> &[Step] {
        self.steps.all()
    }

    /// Returns the studio service's specification: `specId`, wherever it stands in a record's fields; an error's before others'.
    pub fn spec_id(&self) -> Option<&str> {
        self.spec_id.as_deref()
    }

    /// Returns its asset: `assetId`.
    pub fn asset_id(&self) -> Option<&str> {
        self.asset_id.as_deref()
    }

    /// Returns what to look at next.
    pub fn next(&self, now: Timestamp, silent_us: i64) -> Vec<Look> {
        next::looks(self, self.outcome(now, silent_us))
    }

    /// Returns the story as one JSON object of fixed keys; `null` before the first record.
    ///
    /// Those of [`Jobs::to_json`], then `outcome`, `spec_id`, `asset_id`, `by_source` (`source`, `records`, `pids`), `steps`
    /// (`name`, `ms`), `first_error_at`, `last_error_at`, `last_at`, `after` (records of the silent job's process behind its last),
    /// `after_count`, `successor`, `evidence` and `next`. A record is an object of `timestamp`, `level`, `source`, `line`,
    /// `offset`, `speaker`, `pid`, `message`, `reason`, `exception` (the line that says what it is) and `code` (where it comes
    /// from); one of the evidence has `sign` too.
    pub fn to_json(&self, now: Timestamp, silent_us: i64) -> String {
        json::of(self, now, silent_us)
    }
}

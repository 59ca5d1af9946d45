//! A job's life, told from its records in one pass: a sink that any number of parts can share.

mod status;
mod summary;

use std::borrow::Cow;
use std::mem;

use crate::duration;
use crate::job_id::{JobId, JobTypes};
use crate::level::Level;
use crate::names::Names;
use crate::record::Record;
use crate::scan;
use crate::timestamp::Timestamp;
use status::{is_final, status};

pub(crate) use status::says_error;
pub use summary::JobSummary;

/// The jobs that records name.
///
/// A log may be cut into parts that are read apart, each into its own `Jobs`; merged in their order they are what one pass
/// gives. A part's records before its first time wait for the time that the part before it ended with.
///
/// ```
/// use jobtrail_core::{JobTypes, Jobs, ReadOptions, Reader, Timestamp};
///
/// let mut jobs = Jobs::new(JobTypes::default());
/// let mut reader = Reader::new(ReadOptions::default());
/// let log = b"2026-01-05 10:00:00.000 [1] [INFO] Started MSH-0105-A7F2\n\
///             2026-01-05 10:00:01.500 [1] [ERROR] MSH-0105-A7F2 failed: no vertices\n";
/// reader.feed(log, &mut |record| jobs.add(record, Some("worker.log")));
/// reader.finish(&mut |record| jobs.add(record, Some("worker.log")));
///
/// let json = jobs.to_json(Timestamp::parse("2026-01-05T11:00:00Z").unwrap());
/// assert!(json.starts_with(r#"[{"job_id":"MSH-0105-A7F2","type":"mesh","status":"error","is_finished":true,"#));
/// assert!(json.contains(r#""duration_ms":1500,"#));
/// ```
#[derive(Clone, Debug)]
pub struct Jobs {
    types: JobTypes,
    /// Of the records before the first time: they have the time with which what comes before them ends.
    lead: Known,
    known: Known,
    /// The last time of the source that is read.
    last: Option<Timestamp>,
    /// Whether a source has ended: what comes before has nothing to say of the records that follow.
    has_ended: bool,
}

/// Jobs in the order of their first record.
#[derive(Clone, Debug, Default)]
struct Known {
    ids: Names,
    jobs: Vec<Job>,
}

/// What is known of one job.
#[derive(Clone, Debug, Default)]
pub(crate) struct Job {
    kind: Option<String>,
    span: Option<(Timestamp, Timestamp)>,
    said: Option<Said>,
    /// As the record said that told the job's end, and when.
    duration: Option<(Option<Timestamp>, u64)>,
    levels: [u64; Level::ALL.len() + 1],
    first_error: Option<(Option<Timestamp>, String)>,
    user_id: Option<String>,
    project_id: Option<String>,
    sources: Vec<String>,
}

/// The last word on how the job is doing.
#[derive(Clone, Debug)]
struct Said {
    at: Option<Timestamp>,
    status: String,
}

impl Jobs {
    /// Returns no jobs; `types` give typed IDs their names.
    pub fn new(types: JobTypes) -> Self {
        Self { types, lead: Known::default(), known: Known::default(), last: None, has_ended: false }
    }

    /// Takes the next record of the source that is being read. Records that name no job only carry the time.
    pub fn add(&mut self, record: &Record<'_>, source: Option<&str>) {
        self.last = record.carried.or(self.last);
        let Some(id) = record.job_id.as_deref() else { return };
        let job = Job::of(id, record, source, self.last, &self.types);
        let is_lead = self.last.is_none() && !self.has_ended;
        if is_lead { &mut self.lead } else { &mut self.known }.take(id, job);
    }

    /// Says that the source has ended: the records that follow are another's, and carry no time on from it.
    pub fn end_source(&mut self) {
        self.last = None;
        self.has_ended = true;
    }

    /// Adds what is known from the part of the log that follows: of the same source, unless that has ended.
    pub fn merge(&mut self, next: Jobs) {
        let is_lead = self.last.is_none() && !self.has_ended;
        for (id, mut job) in next.lead.ids.iter().zip(next.lead.jobs) {
            job.happened_at(self.last);
            if is_lead { &mut self.lead } else { &mut self.known }.take(id, job);
        }
        self.known.merge(next.known);
        self.last = if next.has_ended { next.last } else { next.last.or(self.last) };
        self.has_ended |= next.has_ended;
    }

    /// Returns the jobs, in the order of their first record.
    ///
    /// Those of records without any time come first.
    pub fn iter(&self) -> impl Iterator<Item = JobSummary<'_>> {
        let whole = |(id, job): (_, _)| match self.known.get(id) {
            Some(known) => {
                let mut whole: Job = Clone::clone(job);
                whole.take(known.clone());
                JobSummary { id, job: Cow::Owned(whole) }
            }
            None => JobSummary { id, job: Cow::Borrowed(job) },
        };
        let known = self.known.iter().filter(|(id, _)| self.lead.get(id).is_none());
        self.lead.iter().map(whole).chain(known.map(|(id, job)| JobSummary { id, job: Cow::Borrowed(job) }))
    }

    /// Returns how many jobs there are.
    pub fn len(&self) -> usize {
        self.iter().count()
    }

    /// Returns whether there are none.
    pub fn is_empty(&self) -> bool {
        self.lead.jobs.is_empty() && self.known.jobs.is_empty()
    }

    /// Returns the jobs, in the order of their first record, as a JSON array of objects of fixed keys.
    ///
    /// `job_id`; `type` (the event's, else the typed ID's); `status` (the last that a record said: `started`,
    /// `processing`, `completed`, `error`, or a word of the log's own; null where none did); `is_finished`; `first`,
    /// `last`; `duration_ms` (what a record says, else from first to last where it is finished); `silent_ms` (from the last
    /// record to `now`, where it has a status and is not finished: the sign of a crash); `records`; `levels` (counts,
    /// lowest first, then of the records without one); `errors` (of ERROR and above); `first_error` (its message);
    /// `user_id` (or an event's `user_email`), `project_id` (the first named); `sources`.
    pub fn to_json(&self, now: Timestamp) -> String {
        let mut json = String::from("[");
        for job in self.iter() {
            if json.len() > 1 {
                json.push(',');
            }
            job.push_json(now, &mut json);
        }
        json.push(']');
        json
    }
}

impl Known {
    fn take(&mut self, id: &str, job: Job) {
        let index = (self.ids.place(id) as usize).saturating_sub(1);
        match self.jobs.get_mut(index) {
            Some(known) => known.take(job),
            None => self.jobs.push(job),
        }
    }

    fn get(&self, id: &str) -> Option<&Job> {
        self.jobs.get((self.ids.find(id)? as usize).checked_sub(1)?)
    }

    fn iter(&self) -> impl Iterator<Item = (&str, &Job)> {
        self.ids.iter().zip(&self.jobs)
    }

    fn merge(&mut self, next: Known) {
        for (id, job) in next.ids.iter().zip(next.jobs) {
            self.take(id, job);
        }
    }
}

impl Job {
    /// Returns what one record says.
    fn of(id: &str, record: &Record<'_>, source: Option<&str>, time: Option<Timestamp>, types: &JobTypes) -> Job {
        let mut levels = [0; Level::ALL.len() + 1];
        if let Some(count) = levels.get_mut(record.level.map_or(Level::ALL.len(), |level| level as usize)) {
            *count = 1;
        }
        let field = |key| record.fields.get(key).and_then(scan::text_of).map(Cow::into_owned);
        let of_event = field("job_type");
        let of_id = || Some(types.name(JobId::parse(id, types).ok()?.job_type())?.to_owned());
        let status = status(record);
        let is_final = status.as_deref().is_some_and(is_final);
        let is_error = record.level >= Some(Level::Error);
        Job {
            kind: of_event.or_else(of_id),
            span: time.map(|time| (time, time)),
            said: status.map(|status| Said { at: time, status }),
            duration: is_final.then(|| duration::longest(record)).flatten().map(|(micros, _)| (time, micros)),
            levels,
            first_error: is_error.then(|| (time, record.message.to_string())),
            user_id: record.user_id.as_deref().map(str::to_owned).or_else(|| field("user_email")),
            project_id: record.project_id.as_deref().map(str::to_owned),
            sources: source.map(str::to_owned).into_iter().collect(),
        }
    }

    /// Gives what is known from records without a time the one that is carried to them.
    fn happened_at(&mut self, at: Option<Timestamp>) {
        self.span = self.span.or(at.map(|at| (at, at)));
        let said = self.said.as_mut().map(|said| &mut said.at);
        let duration = self.duration.as_mut().map(|(at, _)| at);
        let error = self.first_error.as_mut().map(|(at, _)| at);
        for time in [said, duration, error].into_iter().flatten() {
            *time = time.or(at);
        }
    }

    /// Takes what later records say. The last word is the one of the latest time, among equals the one read last.
    fn take(&mut self, next: Job) {
        self.kind = mem::take(&mut self.kind).or(next.kind);
        self.span = match (self.span, next.span) {
            (Some((first, last)), Some((next_first, next_last))) => Some((first.min(next_first), last.max(next_last))),
            (one, other) => one.or(other),
        };
        if next.said.as_ref().is_some_and(|next| self.said.as_ref().is_none_or(|said| next.at >= said.at)) {
            self.said = next.said;
        }
        if next.duration.is_some_and(|(at, _)| self.duration.is_none_or(|(known, _)| at >= known)) {
            self.duration = next.duration;
        }
        for (count, more) in self.levels.iter_mut().zip(next.levels) {
            *count += more;
        }
        if next
            .first_error
            .as_ref()
            .is_some_and(|(at, _)| self.first_error.as_ref().is_none_or(|(known, _)| at < known))
        {
            self.first_error = next.first_error;
        }
        self.user_id = mem::take(&mut self.user_id).or(next.user_id);
        self.project_id = mem::take(&mut self.project_id).or(next.project_id);
        for source in next.sources {
            // From the end: mostly it is the one read last.
            if !self.sources.iter().rev().any(|known| *known == source) {
                self.sources.push(source);
            }
        }
    }
}

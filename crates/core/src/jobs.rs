//! A job's life, told from its records in one pass: a sink that any number of parts can share.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::mem;

use crate::duration;
use crate::job_id::{JobId, JobTypes};
use crate::level::Level;
use crate::names::Names;
use crate::record::Record;
use crate::scan;
use crate::timestamp::Timestamp;

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
struct Job {
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

    /// Returns how many jobs there are.
    pub fn len(&self) -> usize {
        self.all().jobs.len()
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
        let all = self.all();
        let mut json = String::from("[");
        for (id, job) in all.ids.iter().zip(&all.jobs) {
            if json.len() > 1 {
                json.push(',');
            }
            job.push_json(id, now, &mut json);
        }
        json.push(']');
        json
    }

    fn all(&self) -> Known {
        let mut all = self.lead.clone();
        all.merge(self.known.clone());
        all
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
            if !self.sources.contains(&source) {
                self.sources.push(source);
            }
        }
    }

    fn push_json(&self, id: &str, now: Timestamp, json: &mut String) {
        let status = self.said.as_ref().map(|said| said.status.as_str());
        let is_finished = status.is_some_and(is_final);
        json.push_str("{\"job_id\":");
        scan::push_string(id, json);
        push_text("type", self.kind.as_deref(), json);
        push_text("status", status, json);
        let _ = write!(json, ",\"is_finished\":{is_finished}");
        push_text("first", self.span.map(|(first, _)| first.to_string()).as_deref(), json);
        push_text("last", self.span.map(|(_, last)| last.to_string()).as_deref(), json);
        let lasted =
            self.span.filter(|_| is_finished).map(|(first, last)| last.as_micros().saturating_sub(first.as_micros()));
        let said = self.duration.and_then(|(_, micros)| i64::try_from(micros).ok());
        push_ms("duration_ms", said.or(lasted), json);
        let silent = self.span.filter(|_| status.is_some() && !is_finished);
        push_ms("silent_ms", silent.map(|(_, last)| now.as_micros().saturating_sub(last.as_micros()).max(0)), json);
        let _ = write!(json, ",\"records\":{},\"levels\":[", self.levels.iter().sum::<u64>());
        for (i, count) in self.levels.iter().enumerate() {
            let _ = write!(json, "{}{count}", if i == 0 { "" } else { "," });
        }
        let graves = [Level::Error, Level::Critical].map(|level| self.levels.get(level as usize).copied().unwrap_or(0));
        let _ = write!(json, "],\"errors\":{}", graves.iter().sum::<u64>());
        push_text("first_error", self.first_error.as_ref().map(|(_, message)| message.as_str()), json);
        push_text("user_id", self.user_id.as_deref(), json);
        push_text("project_id", self.project_id.as_deref(), json);
        json.push_str(",\"sources\":[");
        for (i, source) in self.sources.iter().enumerate() {
            json.push_str(if i == 0 { "" } else { "," });
            scan::push_string(source, json);
        }
        json.push_str("]}");
    }
}

fn push_text(key: &str, text: Option<&str>, json: &mut String) {
    let _ = write!(json, ",\"{key}\":");
    match text {
        Some(text) => scan::push_string(text, json),
        None => json.push_str("null"),
    }
}

/// Appends whole milliseconds: what is left of one is cut off.
fn push_ms(key: &str, micros: Option<i64>, json: &mut String) {
    let _ = match micros {
        Some(micros) => write!(json, ",\"{key}\":{}", micros / 1000),
        None => write!(json, ",\"{key}\":null"),
    };
}

const STARTED: &str = "started";
const PROCESSING: &str = "processing";
const COMPLETED: &str = "completed";
const ERROR: &str = "error";

/// Whether nothing more is expected after a status.
fn is_final(status: &str) -> bool {
    status == COMPLETED || status == ERROR
}

/// Returns what a record says of its job's status: by its own status, else by the beginning of its message.
///
/// In a message it is the first word that counts, `job` and words with a digit (IDs, numbers) passed over: `Job Started:
/// MSH-0105-A7F2`, `Processing job #123`, `MSH-0105-A7F2 failed`, `Job completed in 5ms`. An error that says whether it is
/// `recoverable` is the job's end (the desktop suite's `publishJobError`).
fn status(record: &Record<'_>) -> Option<String> {
    if let Some(status) = record.status.as_deref() {
        return Some(known_status(status).map_or_else(|| status.to_owned(), str::to_owned));
    }
    let says_recoverable = |(key, raw): (&str, &str)| {
        key == "recoverable"
            || (raw.starts_with('{')
                && scan::members(raw).is_some_and(|all| all.iter().any(|(key, _)| key == "recoverable")))
    };
    if record.level >= Some(Level::Error) && record.fields.iter().any(says_recoverable) {
        return Some(ERROR.to_owned());
    }
    let words = record.message.split(|c: char| !c.is_alphanumeric() && c != '-' && c != '_');
    let is_passed_over =
        |word: &&str| word.is_empty() || word.eq_ignore_ascii_case("job") || word.bytes().any(|b| b.is_ascii_digit());
    let first = words.take(MAX_WORDS).find(|word| !is_passed_over(word))?;
    known_status(first).map(str::to_owned)
}

/// How many words of a message are looked at.
const MAX_WORDS: usize = 8;

/// Returns the status that a word stands for.
fn known_status(word: &str) -> Option<&'static str> {
    const WORDS: [(&str, &[&str]); 4] = [
        (STARTED, &["started", "starting", "start", "began", "begun"]),
        (PROCESSING, &["processing", "running", "active"]),
        (COMPLETED, &["completed", "complete", "finished", "done", "succeeded", "success"]),
        (ERROR, &["error", "failed", "failure", "crashed", "aborted", "cancelled", "canceled"]),
    ];
    let is_known = |words: &[&str]| words.iter().any(|known| known.eq_ignore_ascii_case(word));
    WORDS.into_iter().find(|(_, words)| is_known(words)).map(|(status, _)| status)
}

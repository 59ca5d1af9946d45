//! One job as the faces show it.

use std::borrow::Cow;
use std::fmt::Write as _;

use super::Job;
use super::status::is_final;
use crate::level::Level;
use crate::scan;
use crate::timestamp::Timestamp;

/// What is known of one of [`Jobs`](super::Jobs).
#[derive(Clone, Debug)]
pub struct JobSummary<'a> {
    pub(super) id: &'a str,
    pub(super) job: Cow<'a, Job>,
}

impl JobSummary<'_> {
    /// Returns the ID, as the first record spells it.
    pub fn id(&self) -> &str {
        self.id
    }

    /// Returns the type: the event's, else the typed ID's.
    pub fn job_type(&self) -> Option<&str> {
        self.job.kind.as_deref()
    }

    /// Returns the last status that a record said: `started`, `processing`, `completed`, `error`, or a word of the log's own.
    pub fn status(&self) -> Option<&str> {
        self.job.said.as_ref().map(|said| said.status.as_str())
    }

    /// Returns whether nothing more is expected of it.
    pub fn is_finished(&self) -> bool {
        self.status().is_some_and(is_final)
    }

    /// Returns the times of its first and last record.
    pub fn span(&self) -> Option<(Timestamp, Timestamp)> {
        self.job.span
    }

    /// Returns how long it took, in microseconds: what a record says, else from first to last where it is finished.
    pub fn duration_us(&self) -> Option<i64> {
        let said = self.job.duration.and_then(|(_, micros)| i64::try_from(micros).ok());
        said.or_else(|| self.job.span.filter(|_| self.is_finished()).map(|(first, last)| between(first, last)))
    }

    /// Returns how long it has said nothing, in microseconds, where it has a status and is not finished: the sign of a crash.
    pub fn silent_us(&self, now: Timestamp) -> Option<i64> {
        let (_, last) = self.job.span.filter(|_| self.status().is_some() && !self.is_finished())?;
        Some(between(last, now).max(0))
    }

    /// Returns how many records name it, by level, lowest first, then of those without one.
    pub fn levels(&self) -> &[u64; Level::ALL.len() + 1] {
        &self.job.levels
    }

    /// Returns how many records name it.
    pub fn records(&self) -> u64 {
        self.job.levels.iter().sum()
    }

    /// Returns how many of them are of ERROR and above.
    pub fn errors(&self) -> u64 {
        [Level::Error, Level::Critical]
            .map(|level| self.job.levels.get(level as usize).copied().unwrap_or(0))
            .iter()
            .sum()
    }

    /// Returns the first error's message.
    pub fn first_error(&self) -> Option<&str> {
        self.job.first_error.as_ref().map(|(_, message)| message.as_str())
    }

    /// Returns the first user named: an ID, or an event's `user_email`.
    pub fn user_id(&self) -> Option<&str> {
        self.job.user_id.as_deref()
    }

    /// Returns the first project named.
    pub fn project_id(&self) -> Option<&str> {
        self.job.project_id.as_deref()
    }

    /// Returns the sources that name it, in the order of their first record.
    pub fn sources(&self) -> &[String] {
        &self.job.sources
    }

    /// Returns the job as one JSON object of the keys that [`Jobs::to_json`](super::Jobs::to_json) names.
    pub fn to_json(&self, now: Timestamp) -> String {
        let mut json = String::new();
        self.push_json(now, &mut json);
        json
    }

    pub(crate) fn push_json(&self, now: Timestamp, json: &mut String) {
        json.push_str("{\"job_id\":");
        scan::push_string(self.id, json);
        push_text("type", self.job_type(), json);
        push_text("status", self.status(), json);
        let _ = write!(json, ",\"is_finished\":{}", self.is_finished());
        push_text("first", self.span().map(|(first, _)| first.to_string()).as_deref(), json);
        push_text("last", self.span().map(|(_, last)| last.to_string()).as_deref(), json);
        push_ms("duration_ms", self.duration_us(), json);
        push_ms("silent_ms", self.silent_us(now), json);
        let _ = write!(json, ",\"records\":{},\"levels\":[", self.records());
        for (i, count) in self.levels().iter().enumerate() {
            let _ = write!(json, "{}{count}", if i == 0 { "" } else { "," });
        }
        let _ = write!(json, "],\"errors\":{}", self.errors());
        push_text("first_error", self.first_error(), json);
        push_text("user_id", self.user_id(), json);
        push_text("project_id", self.project_id(), json);
        json.push_str(",\"sources\":[");
        for (i, source) in self.sources().iter().enumerate() {
            json.push_str(if i == 0 { "" } else { "," });
            scan::push_string(source, json);
        }
        json.push_str("]}");
    }
}

fn between(first: Timestamp, last: Timestamp) -> i64 {
    last.as_micros().saturating_sub(first.as_micros())
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

//! What to look at next.

use super::{Outcome, Story};
use crate::timestamp::Timestamp;

/// A look worth taking. Faces make commands or links of it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Look {
    /// The records of a source around the failure, of other jobs too.
    AroundFailure {
        /// The source.
        source: String,
        /// From when.
        since: Timestamp,
        /// Until when.
        until: Timestamp,
    },
    /// Whether other jobs failed like that.
    SameError {
        /// Words of the message that name nothing of this job's own.
        text: String,
    },
    /// What the process did that ran the job and went silent.
    Process {
        /// The source in which it speaks.
        source: String,
        /// Its number.
        pid: Option<i64>,
        /// From when.
        since: Timestamp,
    },
    /// The logs of the machine: service manager, kernel, out-of-memory killer.
    System {
        /// From when.
        since: Timestamp,
        /// Until when.
        until: Timestamp,
        /// The process that ran the job.
        pid: Option<i64>,
    },
}

impl Look {
    /// Returns its name: `around_failure`, `same_error`, `process`, `system`.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Look::AroundFailure { .. } => "around_failure",
            Look::SameError { .. } => "same_error",
            Look::Process { .. } => "process",
            Look::System { .. } => "system",
        }
    }
}

/// How much before and behind a moment is looked at, in microseconds.
const BEFORE_US: i64 = 30_000_000;
const BEHIND_US: i64 = 10_000_000;
const LONG_BEHIND_US: i64 = 300_000_000;

pub(super) fn looks(story: &Story, outcome: Outcome) -> Vec<Look> {
    let around = |time: Timestamp, behind_us: i64| {
        let micros = time.as_micros();
        (
            Timestamp::from_micros(micros.saturating_sub(BEFORE_US)),
            Timestamp::from_micros(micros.saturating_add(behind_us)),
        )
    };
    let mut looks = Vec::new();
    if outcome == Outcome::Silent {
        if let Some(last) = &story.last
            && let Some(time) = last.time
        {
            let (since, until) = around(time, LONG_BEHIND_US);
            looks.push(Look::Process { source: last.source.clone(), pid: last.pid, since });
            looks.push(Look::System { since, until, pid: last.pid });
        }
        return looks;
    }
    let Some(failure) = &story.last_error else { return looks };
    if let Some(time) = failure.time {
        let (since, until) = around(time, BEHIND_US);
        looks.push(Look::AroundFailure { source: failure.source.clone(), since, until });
    }
    if let Some(text) = plain_words(failure.exception.as_ref().or(failure.reason.as_ref()).unwrap_or(&failure.message))
    {
        looks.push(Look::SameError { text });
    }
    looks
}

/// Returns the longest run of words that hold no number, ID or quote, of two words at least.
fn plain_words(message: &str) -> Option<String> {
    let line = message.lines().next().unwrap_or_default();
    let is_own = |c: char| c.is_ascii_digit() || matches!(c, '"' | '\'' | '`' | '[' | ']' | '=' | '/' | '\\' | '#');
    let mut longest = "";
    let mut begin = 0;
    let mut at = 0;
    for word in line.split_inclusive(' ') {
        if word.contains(is_own) {
            longest = longer(longest, line.get(begin..at).unwrap_or_default());
            begin = at + word.len();
        }
        at += word.len();
    }
    let longest = longer(longest, line.get(begin..).unwrap_or_default()).trim_matches([' ', ':', ',', '.', '-']);
    (longest.len() >= 8).then(|| longest.to_owned())
}

fn longer<'t>(one: &'t str, other: &'t str) -> &'t str {
    if other.trim().len() > one.trim().len() { other } else { one }
}

//! Which old logs have to go, by age, size and number: first a plan as data, then its execution, which looks at each file
//! again and takes none that is in use.
//!
//! Only three kinds of files are ever deleted: the rotated files of a log, the monthly event files of the mesh service
//! (`jobs_2026-01.jsonl`) once their month is over, and the studio service's logs of single jobs
//! (`projects/P/files/logs/jobs/ID.jsonl`) once the job is over. Live logs go only where they are asked for. Nothing is
//! deleted through a symbolic link, or because of its name alone: it must read as text.

mod execute;
mod jobs;
mod kind;
mod plan;

pub use execute::{Fate, delete};
pub use kind::Kind;
pub use plan::{Keep, Planned, PrunePlan, Reason, Verdict, plan};

use std::time::Duration;

const DAY: Duration = Duration::from_hours(24);

/// How long logs of errors are kept in every profile.
const ERRORS_KEPT: Duration = DAY.saturating_mul(90);

/// Which old logs are kept. A file goes if any of the rules says so; without a rule all stay.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Retention {
    /// Files that were last written to longer ago than this go.
    pub max_age: Option<Duration>,
    /// The same for logs of errors alone (`errors.log`); where there is none, `max_age` holds for them too.
    pub max_age_errors: Option<Duration>,
    /// The oldest go until all old files together have no more bytes than this.
    pub keep_bytes: Option<u64>,
    /// So many old files of each log stay, the newest: rotated files of one log, event files or job logs of one folder.
    pub keep_files: Option<usize>,
    /// Live logs that were last written to longer ago than their age allows go too.
    pub live: bool,
}

impl Retention {
    /// Returns the image service's retention: `development` keeps 7 days, `staging` 14, `production` 90, and each keeps
    /// logs of errors for 90; `None` for another name.
    ///
    /// ```
    /// use jobtrail_files::Retention;
    ///
    /// let staging = Retention::profile("staging").unwrap();
    /// assert_eq!(Some(14 * 86_400), staging.max_age.map(|age| age.as_secs()));
    /// assert_eq!(None, Retention::profile("home"));
    /// ```
    pub fn profile(name: &str) -> Option<Self> {
        let days = match name {
            "development" => 7,
            "staging" => 14,
            "production" => 90,
            _ => return None,
        };
        Some(Self { max_age: Some(DAY * days), max_age_errors: Some(ERRORS_KEPT), ..Self::default() })
    }

    /// Returns whether there is no rule by which anything could go.
    pub fn keeps_all(&self) -> bool {
        (self.max_age, self.max_age_errors, self.keep_bytes, self.keep_files) == (None, None, None, None)
    }

    /// Returns how old a file of this log may become.
    fn age_of(&self, base: &str) -> Option<Duration> {
        if is_of_errors(base) { self.max_age_errors.or(self.max_age) } else { self.max_age }
    }
}

/// Whether a log's name says that it holds errors alone: `errors.log`, `error.log`, `api-errors.log`.
fn is_of_errors(base: &str) -> bool {
    let stem = base.split_once('.').map_or(base, |(stem, _)| stem);
    stem.rsplit(['-', '_']).next().is_some_and(|word| matches!(word.to_ascii_lowercase().as_str(), "error" | "errors"))
}

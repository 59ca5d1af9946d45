//! What a file below a root is to those who keep logs in order: told by its name and place alone.

use std::path::Path;

use jobtrail_core::{Date, date_in_name};

use crate::name::{LogName, Turn};

/// What may be deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// An old file of a rotated log: `worker.log.2.gz`.
    Rotated,
    /// The mesh service's events of one month: `jobs_2026-01.jsonl`.
    Events,
    /// The studio service's log of one job: `projects/P/files/logs/jobs/ID.jsonl`.
    Job,
    /// A log that may still be written.
    Live,
}

impl Kind {
    /// Returns the word for it: `rotated`, `events`, `job`, `live`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rotated => "rotated",
            Self::Events => "events",
            Self::Job => "job",
            Self::Live => "live",
        }
    }

    /// Returns what the file at a path is; `path` begins at the root of the file system. `None` for what is not ours to
    /// judge: hidden files, and numbers behind a log's name that are no rotation.
    pub(super) fn of(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_str()?;
        let log = LogName::parse(name).filter(|_| !name.starts_with('.'))?;
        match &log.turn {
            Turn::Numbered(_) => Some(Self::Rotated),
            // 8 digits may be anything: a day is one of the calendar.
            Turn::Dated(_) => date_in_name(name.get(log.base.len()..)?).map(|_| Self::Rotated),
            Turn::Live if month_of_events(log.base).is_some() => Some(Self::Events),
            Turn::Live if is_job_log(path, log.base) => Some(Self::Job),
            Turn::Live => Some(Self::Live),
        }
    }
}

/// Returns the month of `jobs_2026-01.jsonl`, as its first day.
pub(super) fn month_of_events(base: &str) -> Option<Date> {
    let month = base.strip_prefix("jobs_")?.strip_suffix(".jsonl")?;
    let (year, of_year) = month.split_once('-')?;
    let is_number = |text: &str, digits| text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(year, 4) || !is_number(of_year, 2) {
        return None;
    }
    Date::new(year.parse().ok()?, of_year.parse().ok()?, 1)
}

/// Whether a path ends `projects/P/files/logs/jobs/ID.jsonl`.
fn is_job_log(path: &Path, base: &str) -> bool {
    let mut above = path.ancestors().skip(1).map(|folder| folder.file_name().and_then(|name| name.to_str()));
    let mut next_is = |name: &str| above.next().flatten() == Some(name);
    let is_in_place = next_is("jobs") && next_is("logs") && next_is("files");
    let has_project = above.next().flatten().is_some();
    let is_below_projects = above.next().flatten() == Some("projects");
    base.strip_suffix(".jsonl").is_some() && is_in_place && has_project && is_below_projects
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_places_say_what_may_be_deleted() {
        let cases = [
            ("/x/worker.log.1", Some(Kind::Rotated)),
            ("/x/worker.log.12.gz", Some(Kind::Rotated)),
            ("/x/worker.log.20260105", Some(Kind::Rotated)),
            ("/x/worker.log-2026-01-05.zst", Some(Kind::Rotated)),
            ("/x/worker.log.99999999", None),
            ("/x/worker.log.2026-13-45", None),
            ("/x/jobs_2026-01.jsonl", Some(Kind::Events)),
            ("/x/jobs_2026-01.jsonl.gz", Some(Kind::Events)),
            ("/x/jobs_2026-13.jsonl", Some(Kind::Live)),
            ("/x/jobs_2026-1.jsonl", Some(Kind::Live)),
            ("/data/projects/p/files/logs/jobs/j-1.jsonl", Some(Kind::Job)),
            ("/data/projects/p/files/logs/jobs/j-1.log", Some(Kind::Live)),
            ("/data/files/logs/jobs/j-1.jsonl", Some(Kind::Live)),
            ("/x/worker.log", Some(Kind::Live)),
            ("/x/worker.log.gz", Some(Kind::Live)),
            ("/x/.worker.log.1", None),
            ("/x/.worker.ctl", None),
            ("/x/notes.txt", None),
            ("/x/worker.log.bak", None),
        ];
        for (path, expected) in cases {
            assert_eq!(expected, Kind::of(Path::new(path)), "{path}");
        }
    }
}

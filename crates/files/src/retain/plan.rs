//! What would be deleted below some directories, and what speaks against it.

use std::collections::HashMap;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::Retention;
use super::jobs::open_status;
use super::kind::{Kind, month_of_events};
use crate::blocks::{head_of, is_binary};
use crate::date::instant;
use crate::discover::{LogFile, discover};
use crate::error::{FileError, Problem};
use crate::name::LogName;
use crate::platform::FileId;

/// How long a job's log must have been silent, whatever else is said of the job.
const QUIET: Duration = Duration::from_hours(1);

/// Why a file has to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// It was last written to longer ago than this.
    OlderThan(Duration),
    /// There are more than so many newer ones of its log.
    MoreThan(usize),
    /// All old files together have more than so many bytes, and it is the oldest of those left.
    Beyond(u64),
}

/// What speaks against deleting a file that would have to go.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Keep {
    /// Events of the present month, or of one to come.
    Current,
    /// A job's log that was written to within the last hour.
    Fresh,
    /// The job's file does not say that it is over; the status that it gives, empty where it gives none.
    OpenJob(String),
    /// Its content is not text.
    Binary,
    /// It cannot be read, so that nobody knows what it is; the code of the [`FileError`].
    Unreadable(&'static str),
}

impl fmt::Display for Keep {
    /// Says it in a sentence without an end: `it is of this month`. A status is shown as it stands in the job's file.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Current => "it is of this month",
            Self::Fresh => "it was written to within the last hour",
            Self::OpenJob(status) if status.is_empty() => "nobody knows whether the job is over",
            Self::OpenJob(status) => return write!(f, "the job is `{status}`"),
            Self::Binary => "it is not text",
            Self::Unreadable(_) => "it cannot be read",
        })
    }
}

/// What the rules make of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It stays: no rule is against it.
    Stays,
    /// It goes.
    Goes(Reason),
    /// It would go, but something speaks against it.
    Kept(Reason, Keep),
}

/// One file that the rules were asked about.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Planned {
    /// Where it is.
    pub path: PathBuf,
    /// Its name: relative to its root, as everywhere a source's is.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// Its size on the disk in bytes.
    pub size_bytes: u64,
    /// When it was last written to.
    pub modified: SystemTime,
    /// What becomes of it.
    pub verdict: Verdict,
    pub(super) id: FileId,
    /// Where the live file of its log is or would be.
    pub(super) live: PathBuf,
}

impl Planned {
    /// Returns how long before `now` the file was last written to; nothing, if it is from the future.
    pub fn age(&self, now: SystemTime) -> Duration {
        now.duration_since(self.modified).unwrap_or_default()
    }
}

/// What would be deleted.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct PrunePlan {
    /// Every file that the rules were asked about, the oldest first; those of one log in its order.
    pub files: Vec<Planned>,
    /// Directories and files that could not be looked at.
    pub problems: Vec<Problem>,
}

impl PrunePlan {
    /// Returns the files that go, the oldest first.
    pub fn going(&self) -> impl Iterator<Item = &Planned> {
        self.files.iter().filter(|file| matches!(file.verdict, Verdict::Goes(_)))
    }

    /// Returns how many bytes the files that go have.
    pub fn bytes(&self) -> u64 {
        self.going().map(|file| file.size_bytes).sum()
    }
}

/// Plans what goes below some directories. Deletes nothing: [`delete`](super::delete()) does.
///
/// The age of a file is the time since it was last written to, by the file system, at `now`. Problems: a root that is
/// no directory or itself a symbolic link (`outside_root`), and what cannot be listed. Never fails as a whole.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use jobtrail_files::{Fate, Retention, delete, plan};
///
/// let folder = tempfile::tempdir().unwrap();
/// std::fs::write(folder.path().join("worker.log"), "[INFO] new\n").unwrap();
/// std::fs::write(folder.path().join("worker.log.1"), "[INFO] old\n").unwrap();
/// let rules = Retention { max_age: Some(Duration::from_secs(86_400)), ..Retention::default() };
/// let in_a_week = SystemTime::now() + Duration::from_secs(7 * 86_400);
///
/// let plan = plan(&[folder.path().to_path_buf()], &rules, in_a_week);
///
/// assert_eq!(vec!["worker.log.1"], plan.going().map(|file| file.name.as_str()).collect::<Vec<_>>());
/// assert!(plan.going().all(|file| matches!(delete(file), Fate::Deleted)));
/// ```
pub fn plan(roots: &[PathBuf], rules: &Retention, now: SystemTime) -> PrunePlan {
    let mut plan = PrunePlan::default();
    let mut directories = Vec::new();
    for root in roots {
        match check_root(root) {
            Ok(()) => directories.push(root.clone()),
            Err(error) => plan.problems.push(Problem { name: root.display().to_string(), error }),
        }
    }
    let mut found = discover(&directories);
    plan.problems.append(&mut found.problems);
    let mut files: Vec<(SystemTime, Planned)> = Vec::new();
    for set in found.sets {
        // The set's own order holds within it, whenever a slow writer or a copy touched a file.
        let mut newest = SystemTime::UNIX_EPOCH;
        for file in set.files.into_iter().filter_map(|file| candidate(file, &set.path)) {
            newest = newest.max(file.modified);
            files.push((newest, file));
        }
    }
    files.sort_by_key(|(newest, _)| *newest);
    plan.files = files.into_iter().map(|(_, file)| file).collect();
    by_age_and_number(&mut plan.files, rules, now);
    if let Some(most) = rules.keep_bytes {
        by_size(&mut plan.files, most, now);
    }
    plan
}

/// A root is a directory under its own name, so that what is deleted is where the user said.
fn check_root(root: &Path) -> Result<(), FileError> {
    // With `.` behind it a name is that of what a link leads to.
    let named = root.components().collect::<PathBuf>();
    let metadata = fs::symlink_metadata(&named)?;
    if metadata.is_symlink() {
        return Err(FileError::OutsideRoot);
    }
    if metadata.is_dir() { Ok(()) } else { Err(FileError::NotFound) }
}

/// Returns what may be asked about; nothing for links, pipes and what is no log of a kind that we know.
fn candidate(file: LogFile, live: &Path) -> Option<Planned> {
    let metadata = fs::symlink_metadata(&file.path).ok()?;
    let id = FileId::of(&metadata);
    if !metadata.is_file() || file.id != Some(id) {
        return None;
    }
    let folder = file.path.parent()?.canonicalize().ok()?;
    let kind = Kind::of(&folder.join(file.path.file_name()?))?;
    Some(Planned {
        path: file.path,
        name: file.name,
        kind,
        size_bytes: file.size_bytes,
        modified: file.modified,
        verdict: Verdict::Stays,
        id,
        live: live.to_path_buf(),
    })
}

/// Asks the rules for age and number about the files, which come the oldest first.
fn by_age_and_number(files: &mut [Planned], rules: &Retention, now: SystemTime) {
    let mut newer: HashMap<(PathBuf, Kind), usize> = HashMap::new();
    for file in files.iter_mut().rev() {
        let base = file.live.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let max_age = rules.age_of(base).filter(|_| file.kind != Kind::Live || rules.live);
        let mut reason = max_age.filter(|max_age| file.age(now) > *max_age).map(Reason::OlderThan);
        if let Some(most) = rules.keep_files.filter(|_| file.kind != Kind::Live) {
            let newer = newer.entry(log_of(file)).or_default();
            reason = reason.or((*newer >= most).then_some(Reason::MoreThan(most)));
            *newer += 1;
        }
        if let Some(reason) = reason {
            file.verdict = verdict(file, reason, now);
        }
    }
}

/// Lets the oldest go until the old files have no more bytes than this. What must stay counts, and a newer one goes for it.
fn by_size(files: &mut [Planned], most: u64, now: SystemTime) {
    let counts = |file: &&mut Planned| file.kind != Kind::Live && !matches!(file.verdict, Verdict::Goes(_));
    let mut bytes: u64 = files.iter_mut().filter(counts).map(|file| file.size_bytes).sum();
    for file in files.iter_mut().filter(counts).filter(|file| file.verdict == Verdict::Stays) {
        if bytes <= most {
            return;
        }
        file.verdict = verdict(file, Reason::Beyond(most), now);
        if matches!(file.verdict, Verdict::Goes(_)) {
            bytes -= file.size_bytes;
        }
    }
}

fn verdict(file: &Planned, reason: Reason, now: SystemTime) -> Verdict {
    match objection(file, now) {
        Some(keep) => Verdict::Kept(reason, keep),
        None => Verdict::Goes(reason),
    }
}

/// The log that a file is counted with: rotated files with those of one live file, others with those of their folder.
fn log_of(file: &Planned) -> (PathBuf, Kind) {
    let log = match file.kind {
        Kind::Rotated | Kind::Live => file.live.clone(),
        Kind::Events | Kind::Job => file.path.parent().map(Path::to_path_buf).unwrap_or_default(),
    };
    (log, file.kind)
}

/// Returns what speaks against deleting a file.
fn objection(file: &Planned, now: SystemTime) -> Option<Keep> {
    match file.kind {
        Kind::Events if is_of_this_month(&file.path, now) => return Some(Keep::Current),
        Kind::Job if file.age(now) < QUIET => return Some(Keep::Fresh),
        Kind::Job => {
            if let Some(status) = open_status(&file.path) {
                return Some(Keep::OpenJob(status));
            }
        }
        Kind::Rotated | Kind::Events | Kind::Live => {}
    }
    match head_of(&file.path) {
        Ok((_, head)) if is_binary(&head) => Some(Keep::Binary),
        Ok(_) => None,
        Err(error) => Some(Keep::Unreadable(error.code())),
    }
}

fn is_of_this_month(path: &Path, now: SystemTime) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).and_then(LogName::parse);
    let month = name.and_then(|name| month_of_events(name.base));
    let today = instant(now).date();
    month.is_none_or(|month| (month.year, month.month) >= (today.year, today.month))
}

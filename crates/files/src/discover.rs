//! Which logs there are: files and directories that were asked for become logs, each with its rotated files.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::error::{FileError, Problem};
use crate::name::{LogName, Turn};
use crate::platform::FileId;
use crate::rotated::order;
use crate::walk::walk;

/// One file of a log.
#[derive(Clone, Debug)]
pub struct LogFile {
    /// Where it is.
    pub path: PathBuf,
    /// Its source name: relative to the root it was found under, parted by `/`.
    pub name: String,
    /// Which file it was when it was found; `None` for a pipe.
    pub id: Option<FileId>,
    /// Its size on the disk in bytes.
    pub size_bytes: u64,
    /// When it was last written to.
    pub modified: SystemTime,
    /// Its place in its rotated set; a file that was named alone is live.
    pub turn: Turn,
}

impl LogFile {
    /// Returns whether its name says that it is compressed.
    pub fn is_packed(&self) -> bool {
        self.path.extension().is_some_and(|end| end == "gz" || end == "zst")
    }
}

/// One log: its rotated files and the live one, oldest first.
#[derive(Clone, Debug)]
pub struct LogSet {
    /// The source name of the live file, whether it is there or not: `backend/worker.log`.
    pub name: String,
    /// Where the live file is or would be.
    pub path: PathBuf,
    /// The files, oldest first. Never empty.
    pub files: Vec<LogFile>,
    /// Whether the whole set was asked for, not one file of it.
    pub whole: bool,
}

/// What was found under the paths that were asked for.
#[derive(Debug, Default)]
pub struct Found {
    /// The logs, in the order of the paths and below them of the names.
    pub sets: Vec<LogSet>,
    /// What could not be read.
    pub problems: Vec<Problem>,
    /// Directories that hold no log, as the user wrote them, and whether they hold nothing at all.
    pub without_logs: Vec<(String, Holds)>,
}

/// What a directory without logs holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// No file but hidden ones.
    Nothing,
    /// Other files.
    OtherFiles,
}

/// Finds the logs of these files and directories. A file is taken whatever its name; a directory is walked.
///
/// Never fails: what cannot be read becomes a [`Problem`]. Source names are relative to the directory that was
/// asked for; where several were, its own name stands in front.
pub fn discover(paths: &[PathBuf]) -> Found {
    let mut found = Found::default();
    let prefixes = prefixes(paths);
    for (path, prefix) in paths.iter().zip(prefixes) {
        let shown = path.display().to_string();
        match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => {
                walk(path, &prefix, &shown, &mut found);
            }
            Ok(metadata) => found.sets.push(single(path, &metadata)),
            Err(error) => found.problems.push(Problem { name: shown, error: error.into() }),
        }
    }
    join_rotated(&mut found.sets);
    part_equal_names(&mut found.sets);
    drop_repeated(&mut found.sets);
    found
}

/// What stands in front of the names below each path: nothing where it is the only directory.
fn prefixes(paths: &[PathBuf]) -> Vec<String> {
    let is_directory: Vec<bool> = paths.iter().map(|path| path.is_dir()).collect();
    let names: Vec<String> = paths.iter().map(|path| own_name(path)).collect();
    let roots = || names.iter().zip(&is_directory).filter(|(_, is_directory)| **is_directory).map(|(name, _)| name);
    let is_only = roots().count() < 2;
    let prefix = |(path, name): (&PathBuf, &String)| match roots().filter(|root| *root == name).count() {
        _ if is_only => String::new(),
        0 | 1 => format!("{name}/"),
        _ => format!("{}/", path.display().to_string().trim_end_matches('/')),
    };
    paths.iter().zip(&names).map(prefix).collect()
}

/// Files that were named one by one (`worker.log*`) and belong to one log become one set, oldest first.
fn join_rotated(sets: &mut Vec<LogSet>) {
    let mut joined: Vec<LogSet> = Vec::new();
    for mut set in std::mem::take(sets) {
        let place = set_of(&set);
        let same = joined.iter_mut().find(|known| !known.whole && place.is_some() && set_of(known) == place);
        match same {
            Some(known) if !set.whole => {
                known.files.append(&mut set.files);
                for file in &mut known.files {
                    let name = file.path.file_name().and_then(OsStr::to_str).and_then(LogName::parse);
                    file.turn = name.map_or(Turn::Live, |name| name.turn);
                }
                order(&mut known.files);
                if let Some((directory, base)) = place {
                    known.path = directory.join(&base);
                    known.name = base;
                }
            }
            _ => joined.push(set),
        }
    }
    *sets = joined;
}

/// The directory and the live file's name of the log that a set belongs to; `None` for a name that is no log's.
fn set_of(set: &LogSet) -> Option<(PathBuf, String)> {
    let name = set.path.file_name()?.to_str()?;
    Some((set.path.parent()?.to_path_buf(), LogName::parse(name)?.base.to_owned()))
}

/// A file that was asked for twice, by itself and by its directory, is read once.
fn drop_repeated(sets: &mut Vec<LogSet>) {
    let mut seen = HashSet::new();
    for set in sets.iter_mut() {
        set.files.retain(|file| file.id.is_none_or(|id| seen.insert(id)));
    }
    sets.retain(|set| !set.files.is_empty());
}

/// Checks that `relative` names something under `root`, through symbolic links too, and returns its real path.
///
/// Errors: `outside_root` for an absolute path, a `..` or a link that leads out; `not_found`, `unreadable`, `io`.
pub fn resolve(root: &Path, relative: &Path) -> Result<PathBuf, FileError> {
    use std::path::Component;
    if relative.components().any(|part| !matches!(part, Component::Normal(_) | Component::CurDir)) {
        return Err(FileError::OutsideRoot);
    }
    let root = root.canonicalize()?;
    let real = root.join(relative).canonicalize()?;
    if real.starts_with(&root) { Ok(real) } else { Err(FileError::OutsideRoot) }
}

fn own_name(path: &Path) -> String {
    let name = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned());
    name(path).or_else(|| name(&path.canonicalize().ok()?)).unwrap_or_else(|| path.display().to_string())
}

fn single(path: &Path, metadata: &Metadata) -> LogSet {
    let name = own_name(path);
    let file = log_file(path.to_path_buf(), name.clone(), metadata, Turn::Live);
    LogSet { name, path: path.to_path_buf(), files: vec![file], whole: false }
}

pub(crate) fn log_file(path: PathBuf, name: String, metadata: &Metadata, turn: Turn) -> LogFile {
    LogFile {
        path,
        name,
        id: metadata.is_file().then(|| FileId::of(metadata)),
        size_bytes: if metadata.is_file() { metadata.len() } else { 0 },
        modified: metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH),
        turn,
    }
}

/// Describes the file at a path as a log of its own.
pub(crate) fn log_file_at(path: &Path) -> Result<LogFile, FileError> {
    Ok(log_file(path.to_path_buf(), own_name(path), &fs::metadata(path)?, Turn::Live))
}

/// Two files of one name from different directories are shown with the paths they were asked for by.
fn part_equal_names(sets: &mut [LogSet]) {
    let mut seen = HashSet::new();
    let doubled: HashSet<String> =
        sets.iter().filter(|set| !seen.insert(set.name.clone())).map(|set| set.name.clone()).collect();
    for set in sets.iter_mut().filter(|set| !set.whole && doubled.contains(&set.name)) {
        set.name = set.path.display().to_string();
        for file in &mut set.files {
            file.name = file.path.display().to_string();
        }
    }
}

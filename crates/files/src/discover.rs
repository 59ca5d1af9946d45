//! Which logs there are: walks directories, puts rotated sets in order, and notes what it could not read.
//! Opens a log only to see whether `worker.log.1.gz` repeats `worker.log.1`.

use std::collections::{BTreeMap, HashSet};
use std::ffi::OsStr;
use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::blocks::head_of;
use crate::error::{FileError, Problem};
use crate::name::{LogName, Turn};
use crate::platform::FileId;

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

/// Which symbolic links count as files of a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Links {
    /// None: the set was found below a root that it must not leave.
    None,
    /// That of the live file: the user named it.
    Live,
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
    let several = paths.iter().filter(|path| path.is_dir()).count() > 1;
    for path in paths {
        let shown = path.display().to_string();
        match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => {
                let prefix = if several { format!("{}/", own_name(path)) } else { String::new() };
                walk(path, &prefix, &shown, &mut found);
            }
            Ok(metadata) => found.sets.push(single(path, &metadata)),
            Err(error) => found.problems.push(Problem { name: shown, error: error.into() }),
        }
    }
    part_equal_names(&mut found.sets);
    found
}

/// Lists the set of one live log anew: its rotated files, oldest first, then itself where it is there.
///
/// Compressed files that only repeat a plain one (a `gzip` under way) are left out. Errors: those of the directory.
pub(crate) fn rotated_set(live: &Path, name: &str, links: Links) -> Result<Vec<LogFile>, FileError> {
    let directory = live.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let base = live.file_name().and_then(OsStr::to_str).unwrap_or_default();
    let folder = name.rfind('/').map_or("", |at| &name[..=at]);
    let mut listing = list_set(directory, base, folder, links)?;
    // A rename under way may hide a file from one listing or show it twice: two equal ones are a true picture.
    for _ in 0..8 {
        let again = list_set(directory, base, folder, links)?;
        let same =
            again.len() == listing.len() && again.iter().zip(&listing).all(|(a, b)| (a.id, &a.path) == (b.id, &b.path));
        listing = again;
        if same {
            break;
        }
    }
    order(&mut listing);
    Ok(listing)
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

fn log_file(path: PathBuf, name: String, metadata: &Metadata, turn: Turn) -> LogFile {
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
            file.name.clone_from(&set.name);
        }
    }
}

struct Walk<'a> {
    root: &'a Path,
    sets: BTreeMap<(PathBuf, String), (String, Vec<LogFile>)>,
    links: Vec<(PathBuf, String)>,
    problems: Vec<Problem>,
    holds: Holds,
}

fn walk(root: &Path, prefix: &str, shown: &str, found: &mut Found) {
    let mut walk = Walk { root, sets: BTreeMap::new(), links: Vec::new(), problems: Vec::new(), holds: Holds::Nothing };
    let mut waiting = vec![(root.to_path_buf(), prefix.to_owned())];
    while let Some((directory, folder)) = waiting.pop() {
        let entries = match fs::read_dir(&directory) {
            Ok(entries) => entries,
            Err(error) => {
                let name = if directory == root { shown.to_owned() } else { folder };
                walk.problems.push(Problem { name, error: error.into() });
                continue;
            }
        };
        for entry in entries {
            match entry {
                Ok(entry) => walk.take(&entry, &directory, &folder, &mut waiting),
                Err(error) => walk.problems.push(Problem { name: folder.clone(), error: error.into() }),
            }
        }
    }
    walk.take_links();
    if walk.sets.is_empty() && walk.problems.is_empty() {
        found.without_logs.push((shown.to_owned(), walk.holds));
    }
    found.problems.append(&mut walk.problems);
    for ((directory, base), (folder, mut files)) in walk.sets {
        order(&mut files);
        found.sets.push(LogSet { name: format!("{folder}{base}"), path: directory.join(base), files, whole: true });
    }
}

impl Walk<'_> {
    fn take(&mut self, entry: &fs::DirEntry, directory: &Path, folder: &str, waiting: &mut Vec<(PathBuf, String)>) {
        let file_name = entry.file_name();
        let name = file_name.to_string_lossy();
        let path = entry.path();
        let kind = match entry.file_type() {
            Ok(kind) => kind,
            Err(error) => {
                self.problems.push(Problem { name: format!("{folder}{name}"), error: error.into() });
                return;
            }
        };
        if kind.is_dir() {
            if is_walked(&name) {
                waiting.push((path, format!("{folder}{name}/")));
            }
            return;
        }
        if !name.starts_with('.') {
            self.holds = Holds::OtherFiles;
        }
        if kind.is_symlink() {
            if LogName::parse(&name).is_some() {
                self.links.push((path, format!("{folder}{name}")));
            }
        } else if kind.is_file() {
            self.take_file(path, directory, folder, &name);
        }
    }

    fn take_file(&mut self, path: PathBuf, directory: &Path, folder: &str, name: &str) {
        let Some(LogName { base, turn, .. }) = LogName::parse(name) else { return };
        let shown = format!("{folder}{name}");
        match fs::symlink_metadata(&path) {
            Ok(metadata) => {
                let set = self.sets.entry((directory.to_path_buf(), base.to_owned()));
                let file = log_file(path, shown, &metadata, turn);
                set.or_insert_with(|| (folder.to_owned(), Vec::new())).1.push(file);
            }
            // Gone since it was listed: a rotation, not a fault.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => self.problems.push(Problem { name: shown, error: error.into() }),
        }
    }

    /// Links come last: one that leads to a log already found would show it twice.
    fn take_links(&mut self) {
        let known: HashSet<FileId> =
            self.sets.values().flat_map(|(_, files)| files.iter().filter_map(|file| file.id)).collect();
        for (path, shown) in std::mem::take(&mut self.links) {
            let relative = path.strip_prefix(self.root).unwrap_or(&path);
            let metadata = resolve(self.root, relative).and_then(|real| Ok(fs::metadata(real)?));
            match metadata {
                Ok(metadata) if !metadata.is_file() || known.contains(&FileId::of(&metadata)) => {}
                Ok(_) => {
                    let directory = path.parent().unwrap_or(self.root).to_path_buf();
                    let folder = shown.rfind('/').map_or("", |at| &shown[..=at]).to_owned();
                    let name = shown.get(folder.len()..).unwrap_or_default().to_owned();
                    self.take_linked(path, &directory, &folder, &name);
                }
                Err(error) => self.problems.push(Problem { name: shown, error }),
            }
        }
    }

    fn take_linked(&mut self, path: PathBuf, directory: &Path, folder: &str, name: &str) {
        let (Some(LogName { base, turn, .. }), Ok(metadata)) = (LogName::parse(name), fs::metadata(&path)) else {
            return;
        };
        let set = self.sets.entry((directory.to_path_buf(), base.to_owned()));
        let file = log_file(path, format!("{folder}{name}"), &metadata, turn);
        set.or_insert_with(|| (folder.to_owned(), Vec::new())).1.push(file);
    }
}

/// Hidden directories and those of package managers hold other people's logs.
fn is_walked(name: &str) -> bool {
    !name.starts_with('.') && !matches!(name, "node_modules" | "__pycache__")
}

fn list_set(directory: &Path, base: &str, folder: &str, links: Links) -> Result<Vec<LogFile>, FileError> {
    let mut files: Vec<LogFile> = Vec::new();
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let name = entry.file_name();
        let Some(name) = name.to_str() else { continue };
        let turn = match LogName::parse(name) {
            _ if name == base => Turn::Live,
            Some(log) if log.base == base => log.turn,
            _ => continue,
        };
        let metadata = match links {
            Links::Live if name == base => fs::metadata(entry.path()),
            _ => fs::symlink_metadata(entry.path()),
        };
        match metadata {
            Ok(metadata) if metadata.is_file() => {
                files.push(log_file(entry.path(), format!("{folder}{name}"), &metadata, turn));
            }
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(error.into()),
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

/// Puts the files of one set in order, oldest first, and drops a compressed file that repeats a plain one.
fn order(files: &mut Vec<LogFile>) {
    files.sort_by(|a, b| {
        a.turn.age_order(&b.turn).then(b.is_packed().cmp(&a.is_packed())).then_with(|| a.path.cmp(&b.path))
    });
    let mixed = files.iter().any(|file| matches!(file.turn, Turn::Dated(_)))
        && files.iter().any(|file| matches!(file.turn, Turn::Numbered(_)));
    if mixed {
        // Dates and numbers do not compare; when they were last written is the best there is.
        files.sort_by_key(|file| (file.turn == Turn::Live, file.modified));
    }
    let repeated: Vec<PathBuf> = files
        .windows(2)
        .filter_map(|pair| match pair {
            [packed, plain] if packed.turn == plain.turn && packed.is_packed() && !plain.is_packed() => {
                repeats(packed, plain).then(|| packed.path.clone())
            }
            _ => None,
        })
        .collect();
    files.retain(|file| !repeated.contains(&file.path));
}

fn repeats(packed: &LogFile, plain: &LogFile) -> bool {
    match (head_of(&packed.path), head_of(&plain.path)) {
        (Ok((_, packed)), Ok((_, plain))) => packed == plain,
        // Half written or unreadable: the plain one has it all.
        (Err(_), Ok(_)) => true,
        _ => false,
    }
}

//! A directory and those below it, looked through for logs. Never leaves the root through a symbolic link, says what it
//! could not read and goes on.

use std::collections::{BTreeMap, HashSet};
use std::fs::{self, DirEntry, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use crate::discover::{Found, Holds, LogSet, log_file, resolve};
use crate::error::{FileError, Problem};
use crate::name::LogName;
use crate::platform::FileId;
use crate::rotated::order;

/// How often a directory whose files are being renamed is listed before what was seen last is taken.
const LISTINGS: usize = 40;

/// Adds the logs below `root` to `found`, their names behind `prefix`; `shown` is how the user wrote the root.
pub(crate) fn walk(root: &Path, prefix: &str, shown: &str, found: &mut Found) {
    let mut walk = Walk { root, logs: Vec::new(), links: Vec::new(), problems: Vec::new(), holds: Holds::Nothing };
    let mut waiting = vec![(root.to_path_buf(), prefix.to_owned())];
    while let Some((directory, folder)) = waiting.pop() {
        match stable_listing(&directory) {
            Ok(entries) => {
                for entry in entries {
                    walk.take(entry, &folder, &mut waiting);
                }
            }
            Err(error) => {
                let name = if directory == root { shown.to_owned() } else { folder };
                walk.problems.push(Problem { name, error: error.into() });
            }
        }
    }
    walk.take_links();
    if walk.logs.is_empty() && walk.problems.is_empty() {
        found.without_logs.push((shown.to_owned(), walk.holds));
    }
    found.problems.append(&mut walk.problems);
    found.sets.extend(sets(walk.logs));
}

/// One name in a directory.
struct Entry {
    path: PathBuf,
    name: String,
    kind: Result<Kind, FileError>,
}

enum Kind {
    Directory,
    Link,
    File(Metadata),
    Other,
}

/// A log file, and the folder part of its source name.
struct Log {
    path: PathBuf,
    folder: String,
    name: String,
    metadata: Metadata,
}

struct Walk<'a> {
    root: &'a Path,
    logs: Vec<Log>,
    links: Vec<(PathBuf, String, String)>,
    problems: Vec<Problem>,
    holds: Holds,
}

impl Walk<'_> {
    fn take(&mut self, entry: Entry, folder: &str, waiting: &mut Vec<(PathBuf, String)>) {
        let Entry { path, name, kind } = entry;
        let is_log = LogName::parse(&name).is_some();
        if !matches!(kind, Ok(Kind::Directory)) && !name.starts_with('.') {
            self.holds = Holds::OtherFiles;
        }
        match kind {
            Ok(Kind::Directory) if is_walked(&name) => waiting.push((path, format!("{folder}{name}/"))),
            Ok(Kind::Link) if is_log => self.links.push((path, folder.to_owned(), name)),
            Ok(Kind::File(metadata)) if is_log => {
                self.logs.push(Log { path, folder: folder.to_owned(), name, metadata });
            }
            Ok(_) => {}
            Err(error) => self.problems.push(Problem { name: format!("{folder}{name}"), error }),
        }
    }

    /// Links come last: one that leads to a log already found would show it twice.
    fn take_links(&mut self) {
        let known: HashSet<FileId> = self.logs.iter().map(|log| FileId::of(&log.metadata)).collect();
        for (path, folder, name) in std::mem::take(&mut self.links) {
            let relative = path.strip_prefix(self.root).unwrap_or(&path);
            match resolve(self.root, relative).and_then(|real| Ok(fs::metadata(real)?)) {
                Ok(metadata) if !metadata.is_file() || known.contains(&FileId::of(&metadata)) => {}
                Ok(metadata) => self.logs.push(Log { path, folder, name, metadata }),
                Err(error) => self.problems.push(Problem { name: format!("{folder}{name}"), error }),
            }
        }
    }
}

/// Puts the files of each log together, in the order of their directories and names.
fn sets(logs: Vec<Log>) -> Vec<LogSet> {
    let mut sets: BTreeMap<(PathBuf, String), LogSet> = BTreeMap::new();
    for Log { path, folder, name, metadata } in logs {
        let Some(LogName { base, turn, .. }) = LogName::parse(&name) else { continue };
        let live = path.with_file_name(base);
        let place = (path.parent().unwrap_or(Path::new("")).to_path_buf(), base.to_owned());
        let set = sets.entry(place).or_insert_with(|| LogSet {
            name: format!("{folder}{base}"),
            path: live,
            files: Vec::new(),
            whole: true,
        });
        set.files.push(log_file(path, format!("{folder}{name}"), &metadata, turn));
    }
    let mut sets: Vec<LogSet> = sets.into_values().collect();
    for set in &mut sets {
        order(&mut set.files);
    }
    sets
}

/// Lists a directory until two listings agree: a rename under way may hide a file from one, or show it twice.
fn stable_listing(directory: &Path) -> io::Result<Vec<Entry>> {
    let mut entries = listing(directory)?;
    if !entries.iter().any(|entry| LogName::parse(&entry.name).is_some()) {
        return Ok(entries);
    }
    for _ in 1..LISTINGS {
        let again = listing(directory)?;
        let is_same = identities(&again).eq(identities(&entries));
        entries = again;
        if is_same {
            break;
        }
    }
    Ok(entries)
}

fn identities(entries: &[Entry]) -> impl Iterator<Item = (&str, Option<FileId>)> {
    entries.iter().filter(|entry| LogName::parse(&entry.name).is_some()).map(|entry| match &entry.kind {
        Ok(Kind::File(metadata)) => (entry.name.as_str(), Some(FileId::of(metadata))),
        _ => (entry.name.as_str(), None),
    })
}

fn listing(directory: &Path) -> io::Result<Vec<Entry>> {
    let mut entries = Vec::new();
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        match kind_of(&entry, &name) {
            // Gone since it was listed: a rotation, not a fault.
            Err(FileError::NotFound) => {}
            kind => entries.push(Entry { path: entry.path(), name, kind }),
        }
    }
    entries.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(entries)
}

fn kind_of(entry: &DirEntry, name: &str) -> Result<Kind, FileError> {
    let kind = entry.file_type()?;
    Ok(if kind.is_dir() {
        Kind::Directory
    } else if kind.is_symlink() {
        Kind::Link
    } else if kind.is_file() && LogName::parse(name).is_some() {
        Kind::File(fs::symlink_metadata(entry.path())?)
    } else {
        Kind::Other
    })
}

/// Hidden directories and those of package managers hold other people's logs.
fn is_walked(name: &str) -> bool {
    !name.starts_with('.') && !matches!(name, "node_modules" | "__pycache__")
}

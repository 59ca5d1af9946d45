//! Deletes one planned file, if it is still the one that was planned and nobody has it open for writing.
//!
//! Each of our writers holds a shared lock on the file that it has open, and on the control file while it renames; who
//! deletes holds both alone (ARCHITECTURE.md, "What survives what").

use std::fmt;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use super::plan::Planned;
use crate::error::FileError;
use crate::platform::FileId;

/// How long a rotation under way is waited for.
const PATIENCE: Duration = Duration::from_millis(500);

/// What became of a file that was to go.
#[derive(Debug)]
#[non_exhaustive]
pub enum Fate {
    /// It is deleted.
    Deleted,
    /// It was no longer there.
    Gone,
    /// Another file has its name by now, or it was written to.
    Changed,
    /// A writer has it open, compresses it, or renames it.
    InUse,
    /// It could not be deleted.
    Failed(FileError),
}

impl fmt::Display for Fate {
    /// Says it in a sentence without an end: `a writer has it open`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Deleted => "deleted",
            Self::Gone => "it is gone already",
            Self::Changed => "it has changed since it was looked at",
            Self::InUse => "a writer has it open",
            Self::Failed(error) => return write!(f, "{error}"),
        })
    }
}

/// Deletes a file as planned. Never fails as a whole: what stands in the way is said.
///
/// Looked at again right before: its name must still be that of the very file, unchanged in size and time; a symbolic
/// link is not followed.
pub fn delete(file: &Planned) -> Fate {
    match try_delete(file) {
        Ok(fate) => fate,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Fate::Gone,
        Err(error) => Fate::Failed(error.into()),
    }
}

fn try_delete(file: &Planned) -> io::Result<Fate> {
    let began = Instant::now();
    let control = loop {
        match lock_control(&file.live)? {
            Some(Lock::Others) if began.elapsed() < PATIENCE => thread::sleep(Duration::from_millis(5)),
            Some(Lock::Others) => return Ok(Fate::InUse),
            Some(Lock::Ours(control)) => break Some(control),
            None => break None,
        }
    };
    let fate = delete_locked(file);
    if let Some(control) = control {
        // Aloud: a process forked meanwhile has a copy of the descriptor.
        let _ = control.unlock();
    }
    fate
}

fn delete_locked(file: &Planned) -> io::Result<Fate> {
    if !is_as_planned(file)? {
        return Ok(Fate::Changed);
    }
    let open = File::open(&file.path)?;
    match open.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Ok(Fate::InUse),
        // Where there are no locks our writers have none either.
        Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {}
        Err(TryLockError::Error(error)) => return Err(error),
    }
    let is_the_same = FileId::of(&open.metadata()?) == file.id && is_as_planned(file)?;
    let fate = if is_the_same { fs::remove_file(&file.path).map(|()| Fate::Deleted) } else { Ok(Fate::Changed) };
    let _ = open.unlock();
    fate
}

fn is_as_planned(file: &Planned) -> io::Result<bool> {
    let now = fs::symlink_metadata(&file.path)?;
    Ok(now.is_file()
        && FileId::of(&now) == file.id
        && now.len() == file.size_bytes
        && now.modified().is_ok_and(|modified| modified == file.modified))
}

/// Whose the lock of a log's control file is.
enum Lock {
    Ours(File),
    Others,
}

/// Tries the lock that our writers hold while they rename; `None` where the log has no control file.
fn lock_control(live: &Path) -> io::Result<Option<Lock>> {
    let path = control_path(live);
    let file = match File::open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    match file.try_lock() {
        Ok(()) => Ok(Some(Lock::Ours(file))),
        Err(TryLockError::WouldBlock) => Ok(Some(Lock::Others)),
        Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// `logs/worker.log` to `logs/.worker.ctl`, as the writer names it.
fn control_path(live: &Path) -> PathBuf {
    let whole = live.file_name().unwrap_or_default();
    let stem = match live.extension() {
        Some(extension) if extension == "log" => live.file_stem().unwrap_or(whole),
        _ => whole,
    };
    let mut name = std::ffi::OsString::from(".");
    name.push(stem);
    name.push(".ctl");
    live.with_file_name(name)
}

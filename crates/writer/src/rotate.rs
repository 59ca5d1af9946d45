//! Rotation by size: `x.log` becomes `x.log.1`, `x.log.1` becomes `x.log.2`, and so on, one process at a time.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use crate::log_file::LogFile;
use crate::platform;

/// Between two looks at a rotation by another process.
const POLL: Duration = Duration::from_micros(200);

/// What came of an attempt to rotate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rotation {
    /// The file was renamed by us.
    Done,
    /// Someone else had renamed it, or its size is below the limit after all.
    NotNeeded,
    /// Someone else holds the lock and has not given it back in time: the record goes into the file as it is.
    Busy,
}

/// Rotates the log if, under the lock, `log` is still the named file and `incoming` bytes still do not fit. Waits for
/// another's rotation no longer than `patience`.
pub(crate) fn rotate(
    path: &Path,
    log: &LogFile,
    incoming: u64,
    max_bytes: u64,
    backup_count: u32,
    patience: Duration,
) -> io::Result<Rotation> {
    let control = control_path(path);
    let deadline = Instant::now() + patience;
    loop {
        if let Some(lock) = Lock::acquire(&control, log.mode())? {
            let result = shift_if_needed(path, log, incoming, max_bytes, backup_count);
            lock.release()?;
            return result;
        }
        // Whoever holds it is renaming; most often the name means a new file after a moment.
        if fs::metadata(path).is_ok_and(|named| !log.is(&named)) {
            return Ok(Rotation::NotNeeded);
        }
        if Instant::now() >= deadline {
            return Ok(Rotation::Busy);
        }
        thread::sleep(POLL);
    }
}

fn shift_if_needed(
    path: &Path,
    log: &LogFile,
    incoming: u64,
    max_bytes: u64,
    backup_count: u32,
) -> io::Result<Rotation> {
    match fs::metadata(path) {
        Ok(named) if log.is(&named) && !fits(named.len(), incoming, max_bytes) => {}
        Ok(_) => return Ok(Rotation::NotNeeded),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Rotation::NotNeeded),
        Err(error) => return Err(error),
    }
    // The chain moves up only as far as its first gap. So a rotation that was killed half way is carried on by the
    // next one, and no file is overwritten but the last when there is no gap.
    let gap = (1..backup_count).find(|&number| !numbered(path, number).exists()).unwrap_or(backup_count);
    for number in (1..gap).rev() {
        move_on(&numbered(path, number), &numbered(path, number + 1))?;
    }
    move_on(path, &numbered(path, 1))?;
    Ok(Rotation::Done)
}

/// Whether `incoming` bytes may still go into a file of `size` bytes. A record larger than the limit gets a file of
/// its own.
pub(crate) fn fits(size: u64, incoming: u64, max_bytes: u64) -> bool {
    size == 0 || size.saturating_add(incoming) <= max_bytes
}

/// Renames; a file that someone took away meanwhile leaves nothing to do.
fn move_on(from: &Path, to: &Path) -> io::Result<()> {
    match fs::rename(from, to) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        result => result,
    }
}

/// `x.log`, 3 to `x.log.3`.
fn numbered(path: &Path, number: u32) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{number}"));
    PathBuf::from(name)
}

/// `logs/worker.log` to `logs/.worker.ctl`; a name that does not end in `.log` is kept whole.
fn control_path(path: &Path) -> PathBuf {
    let whole = path.file_name().unwrap_or_default();
    let stem = match path.extension() {
        Some(extension) if extension == "log" => path.file_stem().unwrap_or(whole),
        _ => whole,
    };
    let mut name = OsString::from(".");
    name.push(stem);
    name.push(".ctl");
    path.with_file_name(name)
}

/// The lock that one process holds while it renames.
struct Lock {
    file: File,
}

impl Lock {
    /// Takes the lock, or gives none when another holds it.
    fn acquire(path: &Path, mode: Option<u32>) -> io::Result<Option<Self>> {
        loop {
            let file = open_control(path, mode)?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Ok(None),
                Err(TryLockError::Error(error)) => return Err(error),
            }
            // Someone may have deleted the lock file between opening and locking it: a lock without a name excludes
            // nobody, so only the named one counts.
            match fs::metadata(path) {
                Ok(named) if platform::same_file(&file.metadata()?, &named) => return Ok(Some(Self { file })),
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
    }

    /// Gives the lock back. Said aloud and not left to closing: a child forked meanwhile holds the same open file.
    fn release(self) -> io::Result<()> {
        self.file.unlock()
    }
}

fn open_control(path: &Path, mode: Option<u32>) -> io::Result<File> {
    loop {
        match OpenOptions::new().read(true).write(true).open(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            opened => return opened,
        }
        match platform::create_new(path, mode) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
            Ok(file) => {
                platform::set_mode(&file, mode)?;
                return Ok(file);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_old_files_and_of_the_lock() {
        assert_eq!(Path::new("logs/worker.log.12"), numbered(Path::new("logs/worker.log"), 12));
        assert_eq!(Path::new("logs/.worker.ctl"), control_path(Path::new("logs/worker.log")));
        assert_eq!(Path::new(".jobs.jsonl.ctl"), control_path(Path::new("jobs.jsonl")));
    }

    #[test]
    fn an_empty_file_takes_any_record() {
        assert!(fits(0, 500, 100) && fits(60, 40, 100) && !fits(61, 40, 100));
    }
}

//! The writer: what a caller holds. It decides when to reopen, rotate, wait and warn; the other files do it.

use std::fmt::{self, Debug, Formatter};
use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::backlog::{Backlog, LIMIT_BYTES};
use crate::log_file::LogFile;
use crate::rotate::{self, Rotation};

/// How often one record is written again after a short write, or after its file lost its last name.
const TRIES: usize = 4;

/// How long an append waits for another process to finish its rotation.
const PATIENCE: Duration = Duration::from_millis(20);

/// After waiting in vain, how long no append waits again.
const IMPATIENCE: Duration = Duration::from_secs(1);

/// A disk that fails and works by turns is warned of this often at most.
const WARN_EVERY: Duration = Duration::from_mins(1);

/// How a log is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Size in bytes at which the file is renamed; 0: never. Processes that append at the same moment may pass it
    /// by a few records.
    pub max_bytes: u64,
    /// How many old files are kept (`x.log.1` is the newest); 0: never renamed, as in Python's `RotatingFileHandler`.
    pub backup_count: u32,
    /// Permission bits of a file that has to be made. None: those of the file that was there, else the umask's.
    pub mode: Option<u32>,
}

impl Default for Options {
    /// 10 MB and five old files.
    fn default() -> Self {
        Self { max_bytes: 10 * 1024 * 1024, backup_count: 5, mode: None }
    }
}

/// What became of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It is in the log; killing the process does not lose it.
    Written,
    /// The log cannot be written now; it waits in memory and is written in its turn.
    Buffered,
    /// The log cannot be written and the buffer is full: the record is lost, and counted.
    Dropped,
}

/// What a writer has done since it was opened. Counts of records, except where said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stats {
    /// In the log.
    pub written: u64,
    /// Waiting in memory now.
    pub buffered: u64,
    /// Lost, the buffer being full.
    pub dropped: u64,
    /// Renames by this writer.
    pub rotated: u64,
    /// Failed tries to open, write or rotate, short writes included.
    pub errors: u64,
}

/// Receives the writer's warnings, one line each without its end. It is called with no lock held.
pub type Warn = Box<dyn Fn(&str) + Send + Sync>;

/// A log open for appending, for any number of threads, beside writers in any number of processes.
pub struct Writer {
    path: PathBuf,
    options: Options,
    warn: Warn,
    state: Mutex<State>,
}

impl Writer {
    /// Opens the log, making it and its folder where they are missing. Never fails: a problem becomes a warning on
    /// standard error, and records wait until it is gone.
    pub fn open(path: &Path, options: Options) -> Self {
        Self::with_warn(path, options, Box::new(to_standard_error))
    }

    /// Opens the log as [`Writer::open`] does, with warnings given to `warn`.
    pub fn with_warn(path: &Path, options: Options, warn: Warn) -> Self {
        let writer = Self { path: path.to_path_buf(), options, warn, state: Mutex::new(State::default()) };
        writer.locked(|work| {
            if let Err(error) = work.reopen() {
                work.failed(&error);
            }
        });
        writer
    }

    /// Appends one whole record, its line end included, with one write. Never fails, and waits for another
    /// process's rotation for 20 milliseconds at most; see [`Outcome`].
    pub fn append(&self, record: &[u8]) -> Outcome {
        self.locked(|work| work.append(record))
    }

    /// Tries at once to write what waits. True when nothing waits any more.
    pub fn flush(&self) -> bool {
        self.locked(|work: &mut Work<'_>| work.drain())
    }

    /// What has been done so far.
    pub fn stats(&self) -> Stats {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        Stats { buffered: state.backlog.len() as u64, ..state.stats }
    }

    /// Runs `act` under the lock and gives its warnings after it.
    fn locked<T>(&self, act: impl FnOnce(&mut Work<'_>) -> T) -> T {
        let mut warnings = Vec::new();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let result =
            act(&mut Work { path: &self.path, options: self.options, state: &mut state, warnings: &mut warnings });
        drop(state);
        for warning in &warnings {
            (self.warn)(warning);
        }
        result
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        if self.stats().buffered > 0 {
            self.flush();
        }
    }
}

impl Debug for Writer {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer").field("path", &self.path).field("options", &self.options).finish_non_exhaustive()
    }
}

#[derive(Debug, Default)]
struct State {
    file: Option<LogFile>,
    mode: Option<u32>,
    backlog: Backlog,
    stats: Stats,
    /// Records dropped since the log could last be written.
    dropped_in_a_row: u64,
    /// When the last warning of a log that cannot be written was given.
    warned_at: Option<Instant>,
    /// Another process did not finish its rotation in time (it is stopped, say): not waited for until then.
    impatient_until: Option<Instant>,
    /// The warning that rotation does not work has been given.
    warned_of_rotation: bool,
    /// The warning that a renamed file is still written has been given.
    warned_of_reopening: bool,
}

/// A writer's state while its lock is held.
struct Work<'w> {
    path: &'w Path,
    options: Options,
    state: &'w mut State,
    warnings: &'w mut Vec<String>,
}

impl Work<'_> {
    fn append(&mut self, record: &[u8]) -> Outcome {
        if self.state.backlog.is_failing() && !(self.state.backlog.is_due(Instant::now()) && self.drain()) {
            return self.keep(record);
        }
        match self.put(record) {
            Ok(()) => {
                self.worked();
                Outcome::Written
            }
            Err(error) => {
                self.failed(&error);
                self.keep(record)
            }
        }
    }

    /// Writes what waits, oldest first; true when nothing is left.
    fn drain(&mut self) -> bool {
        let waiting = self.state.backlog.len();
        while let Some(record) = self.state.backlog.take() {
            if let Err(error) = self.put(&record) {
                self.state.backlog.put_back(record);
                self.failed(&error);
                return false;
            }
        }
        if waiting > 0 {
            self.worked();
        }
        true
    }

    /// Writes one record into the file that bears the log's name.
    fn put(&mut self, record: &[u8]) -> io::Result<()> {
        let size = self.current_size()?;
        if self.options.max_bytes > 0
            && self.options.backup_count > 0
            && !rotate::fits(size, record.len() as u64, self.options.max_bytes)
        {
            self.rotate(record.len() as u64)?;
        }
        for _ in 0..TRIES {
            let Some(file) = &mut self.state.file else { return Err(ErrorKind::NotFound.into()) };
            if !file.write_once(record)? {
                self.state.stats.errors += 1;
            } else if file.has_a_name() {
                self.state.stats.written += 1;
                return Ok(());
            } else {
                self.reopen()?; // deleted between our look and our write: what went there nobody can read
            }
        }
        Err(io::Error::other("the record was cut or its file deleted at every try"))
    }

    /// The size of the file under the log's name, which is open after this.
    fn current_size(&mut self) -> io::Result<u64> {
        let named = fs::metadata(self.path);
        match (&self.state.file, named) {
            (Some(file), Ok(named)) if file.is(&named) => Ok(if named.is_file() { named.len() } else { 0 }),
            // The name cannot be looked at (rights dropped after opening): what is open still takes records.
            (Some(_), Err(error)) if error.kind() == ErrorKind::PermissionDenied => Ok(0),
            _ => self.reopen(),
        }
    }

    /// Opens what bears the log's name now and gives its size.
    fn reopen(&mut self) -> io::Result<u64> {
        match LogFile::open(self.path, self.options.mode.or(self.state.mode)) {
            Ok(file) => {
                let size = file.opened_len();
                self.state.mode = file.mode();
                self.state.file = Some(file);
                self.state.warned_of_reopening = false;
                Ok(size)
            }
            // The old file was renamed and no new one can be made (no descriptor left, a folder that cannot be
            // written): the old one is still a place that readers know.
            Err(error) if self.state.file.as_ref().is_some_and(LogFile::has_a_name) => {
                self.state.stats.errors += 1;
                if !std::mem::replace(&mut self.state.warned_of_reopening, true) {
                    let path = self.path.display();
                    self.warnings.push(format!("cannot open `{path}` anew, its renamed file is written: {error}"));
                }
                Ok(0)
            }
            Err(error) => {
                self.state.file = None;
                Err(error)
            }
        }
    }

    /// Renames the full file if that is still to be done, and opens the new one. A rename that does not work is
    /// warned of once; the file then grows.
    fn rotate(&mut self, incoming: u64) -> io::Result<()> {
        let Some(file) = &self.state.file else { return Ok(()) };
        let now = Instant::now();
        let patience =
            if self.state.impatient_until.is_some_and(|until| now < until) { Duration::ZERO } else { PATIENCE };
        let Options { max_bytes, backup_count, .. } = self.options;
        match rotate::rotate(self.path, file, incoming, max_bytes, backup_count, patience) {
            Ok(Rotation::Busy) => {
                if !patience.is_zero() {
                    self.state.impatient_until = Some(now + IMPATIENCE);
                }
                return Ok(());
            }
            Ok(Rotation::NotNeeded) => {}
            Ok(Rotation::Done) => {
                self.state.stats.rotated += 1;
                self.state.warned_of_rotation = false;
            }
            Err(error) => {
                self.state.stats.errors += 1;
                if !std::mem::replace(&mut self.state.warned_of_rotation, true) {
                    self.warnings.push(format!("cannot rotate `{}`, it grows: {error}", self.path.display()));
                }
            }
        }
        self.current_size().map(drop)
    }

    fn keep(&mut self, record: &[u8]) -> Outcome {
        if self.state.backlog.push(record) {
            return Outcome::Buffered;
        }
        self.state.stats.dropped += 1;
        self.state.dropped_in_a_row += 1;
        Outcome::Dropped
    }

    fn failed(&mut self, error: &io::Error) {
        self.state.stats.errors += 1;
        let now = Instant::now();
        let is_first = self.state.backlog.failed(now);
        if is_first && self.state.warned_at.is_none_or(|at| now.duration_since(at) > WARN_EVERY) {
            self.state.warned_at = Some(now);
            self.warnings.push(format!(
                "cannot write `{}`, up to {LIMIT_BYTES} bytes wait in memory: {error}",
                self.path.display()
            ));
        }
    }

    fn worked(&mut self) {
        self.state.backlog.worked();
        let dropped = std::mem::take(&mut self.state.dropped_in_a_row);
        if dropped > 0 {
            self.warnings.push(format!("`{}` is written again; {dropped} records were lost", self.path.display()));
        }
    }
}

/// The warning of [`Writer::open`]. Where standard error itself is broken there is nobody left to tell.
fn to_standard_error(warning: &str) {
    drop(writeln!(io::stderr(), "jobtrail: {warning}"));
}

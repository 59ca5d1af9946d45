//! The writer: what a caller holds, for threads and for the children of a fork.

use std::fmt::{self, Debug, Formatter};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock, PoisonError, TryLockError};
use std::thread;

use crate::fs::{Fs, RealFs};
use crate::mapped::{DRAIN_EVERY, Front};
use crate::options::{Durability, Options, Outcome, Stats};
use crate::shared::fork_id;
use crate::state::State;
use crate::sync::{Mutex, MutexGuard};
use crate::work::Work;

/// Receives the writer's warnings, one line each without its end. It is called with no lock held.
pub type Warn = Box<dyn Fn(&str) + Send + Sync>;

/// A log open for appending, for any number of threads, beside writers in any number of processes.
///
/// A child of a fork may go on with its parent's writer: it begins with a state of its own, and what waited in the
/// parent stays the parent's.
pub struct Writer {
    shared: Arc<Shared>,
}

/// What the writer's thread, if it has one, sees too.
struct Shared {
    path: PathBuf,
    options: Options,
    fs: Arc<dyn Fs>,
    warn: Warn,
    epoch: Epoch,
}

/// What one process knows; a child of a fork adds its own, because a thread that it does not have may hold the lock of
/// its parent's.
struct Epoch {
    process: u64,
    state: Mutex<State>,
    /// Taken alone, or with the state's lock held; never the other way round.
    front: Mutex<Front>,
    next: OnceLock<Box<Epoch>>,
}

impl Writer {
    /// Opens the log, making it and its folder where they are missing. Never fails: a problem becomes a warning on
    /// standard error, and records wait until it is gone.
    pub fn open(path: &Path, options: Options) -> Self {
        Self::with_warn(path, options, Box::new(to_standard_error))
    }

    /// Opens the log as [`Writer::open`] does, with warnings given to `warn`.
    pub fn with_warn(path: &Path, options: Options, warn: Warn) -> Self {
        Self::with_fs(path, options, warn, Arc::new(RealFs))
    }

    pub(crate) fn with_fs(path: &Path, options: Options, warn: Warn, fs: Arc<dyn Fs>) -> Self {
        let epoch = Epoch::new(fork_id(), path);
        let shared = Arc::new(Shared { path: path.to_path_buf(), options, fs, warn, epoch });
        shared.locked(|work: &mut Work<'_>| work.begin());
        Self { shared }
    }

    /// Appends one whole record, its line end included, with one write. Never fails, and waits for another
    /// process's rotation for half a second at most, every ten seconds at most; see [`Outcome`].
    pub fn append(&self, record: &[u8]) -> Outcome {
        if self.shared.options.durability != Durability::Mapped {
            return self.shared.locked(|work| work.append_now(record));
        }
        if lock(&self.shared.epoch().front).push(record) {
            return Outcome::Written;
        }
        let (outcome, needs_thread) = self.shared.locked(|work| (work.append_mapped(record), work.needs_thread()));
        if needs_thread {
            self.start_thread();
        }
        outcome
    }

    /// Appends one whole record if that is one short call at most and waits for nothing: no lock, no rotation, no other
    /// process, no disk. None: the record is to be appended by [`append`](Self::append). For callers who hold something
    /// that others wait for, such as Python's interpreter.
    #[inline]
    pub fn append_at_once(&self, record: &[u8]) -> Option<Outcome> {
        let epoch = self.shared.epoch();
        match self.shared.options.durability {
            Durability::Disk => None,
            Durability::Mapped => try_lock(&epoch.front)?.push(record).then_some(Outcome::Written),
            Durability::Process => {
                let mut state = try_lock(&epoch.state)?;
                let mut warnings = Vec::new(); // which are given where waiting is allowed
                let mut work = self.shared.work(epoch, &mut state, &mut warnings);
                work.append_at_once(record).then_some(Outcome::Written)
            }
        }
    }

    /// Writes what waits and lets go of the file, for whom the writer may stay. A record that comes later opens it anew, and
    /// is written at once: the process may be at its end.
    pub fn close(&self) {
        self.shared.locked(|work: &mut Work<'_>| work.close());
    }

    /// Starts the thread that empties the ring, in this process. It ends with the writer.
    fn start_thread(&self) {
        let shared = Arc::downgrade(&self.shared);
        let run = move || {
            loop {
                thread::sleep(DRAIN_EVERY);
                let Some(shared) = shared.upgrade() else { return };
                shared.locked(|work: &mut Work<'_>| work.tick());
            }
        };
        if let Err(error) = thread::Builder::new().name("jobtrail-ring".to_owned()).spawn(run) {
            let path = self.shared.path.display();
            (self.shared.warn)(&format!("no thread for `{path}`: records are seen when they fill the memory: {error}"));
        }
    }

    /// Tries at once to write what waits, and to write again what went into a file that was deleted meanwhile. True when
    /// nothing waits any more.
    pub fn flush(&self) -> bool {
        self.shared.locked(|work: &mut Work<'_>| work.flush())
    }

    /// What has been done so far, in this process.
    pub fn stats(&self) -> Stats {
        let epoch = self.shared.epoch();
        let stats = lock(&epoch.state).stats();
        Stats { written: stats.written + lock(&epoch.front).written, ..stats }
    }
}

impl Shared {
    /// Runs `act` under the lock and gives its warnings after it.
    fn locked<T>(&self, act: impl FnOnce(&mut Work<'_>) -> T) -> T {
        let mut warnings = Vec::new();
        let epoch = self.epoch();
        let mut state = lock(&epoch.state);
        let result = act(&mut self.work(epoch, &mut state, &mut warnings));
        drop(state);
        for warning in &warnings {
            (self.warn)(warning);
        }
        result
    }

    fn work<'w>(&'w self, epoch: &'w Epoch, state: &'w mut State, warnings: &'w mut Vec<String>) -> Work<'w> {
        Work {
            fs: &*self.fs,
            shared_fs: &self.fs,
            path: &self.path,
            options: &self.options,
            state,
            front: &epoch.front,
            warnings,
        }
    }

    /// This process's own part.
    fn epoch(&self) -> &Epoch {
        let process = fork_id();
        let mut epoch = &self.epoch;
        while epoch.process != process {
            epoch = epoch.next.get_or_init(|| Box::new(Epoch::new(process, &self.path)));
        }
        epoch
    }
}

impl Epoch {
    fn new(process: u64, path: &Path) -> Self {
        Self { process, state: Mutex::new(State::new(path)), front: Mutex::default(), next: OnceLock::new() }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.shared.locked(|work: &mut Work<'_>| work.end());
    }
}

impl Debug for Writer {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer")
            .field("path", &self.shared.path)
            .field("options", &self.shared.options)
            .finish_non_exhaustive()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// None: someone else holds it.
fn try_lock<T>(mutex: &Mutex<T>) -> Option<MutexGuard<'_, T>> {
    match mutex.try_lock() {
        Ok(guard) => Some(guard),
        Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
        Err(TryLockError::WouldBlock) => None,
    }
}

/// The warning of [`Writer::open`]. Where standard error itself is broken there is nobody left to tell.
fn to_standard_error(warning: &str) {
    drop(writeln!(io::stderr(), "jobtrail: {warning}"));
}

//! The system with faults that a test writes down: which call fails, how, after how many that work, and how often.
#![cfg_attr(feature = "shuttle", allow(dead_code, reason = "the scheduler's tests need no faults"))]

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, ErrorKind};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::{Fs, Hold, RealFs, Stat};
use crate::sync;

/// A call that a script can change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Call {
    Open,
    Create,
    CreateControl,
    Write,
    Sync,
    Rename,
    Lock,
}

/// What happens instead of the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Act {
    /// This error.
    Fail(ErrorKind),
    /// A write of so many bytes.
    Short(usize),
    /// It takes so long.
    Slow(Duration),
    /// The process is stopped before the call, until someone lets it go on.
    Stop,
    /// Another removes the file that was made.
    Gone,
}

/// The real system under a script.
#[derive(Debug, Default)]
pub(crate) struct Scripted {
    script: Mutex<Vec<Line>>,
    /// Seconds that the clock is set forward or back.
    clock: Mutex<i64>,
    is_remote: bool,
    /// Files that are memory are not there.
    has_no_memory: bool,
    /// How often something was written, and how often asked of a file or a name.
    calls: [AtomicUsize; 2],
}

#[derive(Debug)]
struct Line {
    call: Call,
    after: usize,
    times: usize,
    act: Act,
}

impl Scripted {
    /// A file system without atomic append.
    pub(crate) fn remote() -> Self {
        Self { is_remote: true, ..Self::default() }
    }

    /// A system without shared memory.
    pub(crate) fn without_memory() -> Self {
        Self { has_no_memory: true, ..Self::default() }
    }

    /// Lets `after` calls through and changes the `times` that follow.
    pub(crate) fn plan(&self, call: Call, after: usize, times: usize, act: Act) {
        self.script.lock().unwrap_or_else(PoisonError::into_inner).push(Line { call, after, times, act });
    }

    /// How many writes there were so far, and how many questions about a file.
    pub(crate) fn calls(&self) -> [usize; 2] {
        [&self.calls[0], &self.calls[1]].map(|count| count.load(Ordering::Relaxed))
    }

    fn asked(&self) {
        sync::point();
        self.calls[1].fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn set_clock(&self, seconds: i64) {
        *self.clock.lock().unwrap_or_else(PoisonError::into_inner) = seconds;
    }

    fn act(&self, call: Call) -> io::Result<Option<usize>> {
        sync::point();
        let mut script = self.script.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(line) = script.iter_mut().find(|line| line.call == call && line.times > 0) else { return Ok(None) };
        if line.after > 0 {
            line.after -= 1;
            return Ok(None);
        }
        line.times -= 1;
        let act = line.act;
        drop(script);
        match act {
            Act::Fail(kind) => Err(kind.into()),
            Act::Short(len) => Ok(Some(len)),
            Act::Gone => Ok(Some(0)),
            Act::Slow(time) => {
                std::thread::sleep(time);
                Ok(None)
            }
            Act::Stop => {
                stop();
                Ok(None)
            }
        }
    }
}

#[cfg(unix)]
fn stop() {
    use rustix::process::{Signal, getpid, kill_process};

    kill_process(getpid(), Signal::STOP).unwrap_or_default();
    // Any thread may take the signal; this one is stopped in here.
    std::thread::sleep(Duration::from_millis(100));
}

#[cfg(not(unix))]
fn stop() {}

impl Fs for Scripted {
    fn open(&self, path: &Path) -> io::Result<File> {
        self.act(Call::Open)?;
        RealFs.open(path)
    }

    fn create(&self, path: &Path, mode: Option<u32>) -> io::Result<File> {
        self.act(Call::Create)?;
        RealFs.create(path, mode)
    }

    fn open_control(&self, path: &Path) -> io::Result<File> {
        sync::point();
        RealFs.open_control(path)
    }

    fn create_control(&self, path: &Path, mode: Option<u32>) -> io::Result<File> {
        let is_gone = self.act(Call::CreateControl)?.is_some();
        let file = RealFs.create_control(path, mode)?;
        if is_gone {
            RealFs.remove(path)?;
        }
        Ok(file)
    }

    fn stat(&self, path: &Path) -> io::Result<Stat> {
        self.asked();
        RealFs.stat(path)
    }

    fn stat_open(&self, file: &File) -> io::Result<Stat> {
        self.asked();
        RealFs.stat_open(file)
    }

    fn write(&self, file: &File, bytes: &[u8]) -> io::Result<usize> {
        self.calls[0].fetch_add(1, Ordering::Relaxed);
        let len = self.act(Call::Write)?.unwrap_or(bytes.len());
        RealFs.write(file, bytes.get(..len).unwrap_or(bytes))
    }

    fn end_of_write(&self, file: &File) -> io::Result<u64> {
        self.asked();
        RealFs.end_of_write(file)
    }

    fn read_at(&self, file: &File, bytes: &mut [u8], at: u64) -> io::Result<usize> {
        self.asked();
        RealFs.read_at(file, bytes, at)
    }

    fn sync(&self, file: &File) -> io::Result<()> {
        self.act(Call::Sync)?;
        RealFs.sync(file)
    }

    fn memory_folder(&self) -> Option<&Path> {
        if self.has_no_memory { None } else { RealFs.memory_folder() }
    }

    fn user(&self) -> Option<u32> {
        RealFs.user()
    }

    fn is_remote(&self, _file: &File) -> bool {
        self.is_remote
    }

    fn try_lock(&self, file: &File, hold: Hold) -> io::Result<bool> {
        self.act(Call::Lock)?;
        RealFs.try_lock(file, hold)
    }

    fn unlock(&self, file: &File) -> io::Result<()> {
        sync::point();
        RealFs.unlock(file)
    }

    fn lock_for_process(&self, file: &File) -> io::Result<bool> {
        RealFs.lock_for_process(file)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.act(Call::Rename)?;
        RealFs.rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        sync::point();
        RealFs.remove(path)
    }

    fn create_folder(&self, path: &Path) -> io::Result<()> {
        RealFs.create_folder(path)
    }

    fn names(&self, folder: &Path) -> io::Result<Vec<OsString>> {
        sync::point();
        RealFs.names(folder)
    }

    fn now(&self) -> Duration {
        RealFs.now()
    }

    fn unix_seconds(&self) -> i64 {
        RealFs.unix_seconds() + *self.clock.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn sleep(&self, time: Duration) {
        sync::pause(time);
    }
}

//! The seam between the writer and the system: every call on a file, the clocks and the pause go through [`Fs`], which
//! the real system implements, and in tests one that follows a script of faults.

mod kept;
mod platform;
mod real;
#[cfg(test)]
pub(crate) mod scripted;

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::path::Path;
use std::time::Duration;

pub(crate) use kept::Kept;
pub(crate) use platform::was_closed;
pub(crate) use real::RealFs;

/// What is known of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stat {
    /// Which file it is: the device's and the file's number.
    pub(crate) id: [u64; 2],
    pub(crate) len: u64,
    /// How many names it has; 0 once it is deleted.
    pub(crate) names: u64,
    /// The user it belongs to, where that is known.
    pub(crate) owner: Option<u32>,
    /// Permission bits, where there are such.
    pub(crate) mode: Option<u32>,
    pub(crate) is_file: bool,
    /// Seconds since 1970: the last write, and the making where it is known.
    pub(crate) modified: i64,
    pub(crate) created: Option<i64>,
}

/// How a lock on a file excludes others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hold {
    /// Beside others that share.
    Shared,
    /// Beside nobody.
    Alone,
}

/// What the writer asks of the system.
pub(crate) trait Fs: Send + Sync {
    /// Opens a file that is there, for appending, and for reading where that is allowed.
    fn open(&self, path: &Path) -> io::Result<File>;
    /// Makes a file that was not there, and opens it for appending, with exactly this mode where one is given.
    fn create(&self, path: &Path, mode: Option<u32>) -> io::Result<File>;
    /// Opens a file for reading and writing.
    fn open_control(&self, path: &Path) -> io::Result<File>;
    /// Makes such a file that was not there.
    fn create_control(&self, path: &Path, mode: Option<u32>) -> io::Result<File>;
    /// What stands under a name.
    fn stat(&self, path: &Path) -> io::Result<Stat>;
    /// The same of an open file.
    fn stat_open(&self, file: &File) -> io::Result<Stat>;
    /// One write; it may be short.
    fn write(&self, file: &File, bytes: &[u8]) -> io::Result<usize>;
    /// Where the last write ended: right behind its last byte, whoever wrote after it.
    fn end_of_write(&self, file: &File) -> io::Result<u64>;
    /// Reads at a place.
    fn read_at(&self, file: &File, bytes: &mut [u8], at: u64) -> io::Result<usize>;
    /// Returns when the disk has the file's bytes.
    fn sync(&self, file: &File) -> io::Result<()>;
    /// Where the system keeps the names of shared memory, if it does.
    fn memory_folder(&self) -> Option<&Path>;
    /// The user that this process acts as, where there are users.
    fn user(&self) -> Option<u32>;
    /// Whether the file is on a file system whose appending is not atomic among machines or at all.
    fn is_remote(&self, file: &File) -> bool;
    /// Takes a lock on the open file, or says that another has it.
    fn try_lock(&self, file: &File, hold: Hold) -> io::Result<bool>;
    /// Gives it back, for copies of the descriptor in forked children too.
    fn unlock(&self, file: &File) -> io::Result<()>;
    /// Takes a lock that ends with this process and that a forked child does not have, or says that another has it.
    fn lock_for_process(&self, file: &File) -> io::Result<bool>;
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    fn remove(&self, path: &Path) -> io::Result<()>;
    fn create_folder(&self, path: &Path) -> io::Result<()>;
    /// The names in a folder.
    fn names(&self, folder: &Path) -> io::Result<Vec<OsString>>;
    /// Time that passes and is never set back; its beginning is anywhere. May lag by some milliseconds.
    fn now(&self) -> Duration;
    /// Seconds since 1970, as the host's clock has it.
    fn unix_seconds(&self) -> i64;
    fn sleep(&self, time: Duration);
}

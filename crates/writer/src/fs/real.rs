//! The system as it is.

use std::ffi::OsString;
use std::fs::{self, File, TryLockError};
use std::io::{self, ErrorKind, Seek, Write};
use std::path::Path;
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::{Fs, Hold, Stat, platform};

#[derive(Debug)]
pub(crate) struct RealFs;

impl Fs for RealFs {
    fn open(&self, path: &Path) -> io::Result<File> {
        match platform::options().read(true).append(true).open(path) {
            Err(error) if error.kind() == ErrorKind::PermissionDenied => platform::options().append(true).open(path),
            opened => opened,
        }
        .map(platform::apart)
    }

    fn create(&self, path: &Path, mode: Option<u32>) -> io::Result<File> {
        platform::create_new(platform::options().read(true).append(true), path, mode).map(platform::apart)
    }

    fn open_control(&self, path: &Path) -> io::Result<File> {
        platform::options().read(true).write(true).open(path).map(platform::apart)
    }

    fn create_control(&self, path: &Path, mode: Option<u32>) -> io::Result<File> {
        platform::create_new(platform::options().read(true).write(true), path, mode).map(platform::apart)
    }

    fn stat(&self, path: &Path) -> io::Result<Stat> {
        fs::metadata(path).map(|metadata| platform::stat_of(&metadata))
    }

    fn stat_open(&self, file: &File) -> io::Result<Stat> {
        file.metadata().map(|metadata| platform::stat_of(&metadata))
    }

    fn write(&self, mut file: &File, bytes: &[u8]) -> io::Result<usize> {
        file.write(bytes)
    }

    fn end_of_write(&self, mut file: &File) -> io::Result<u64> {
        file.stream_position()
    }

    fn read_at(&self, file: &File, bytes: &mut [u8], at: u64) -> io::Result<usize> {
        platform::read_at(file, bytes, at)
    }

    fn sync(&self, file: &File) -> io::Result<()> {
        file.sync_data()
    }

    fn memory_folder(&self) -> Option<&Path> {
        platform::memory_folder()
    }

    fn user(&self) -> Option<u32> {
        platform::user()
    }

    fn is_remote(&self, file: &File) -> bool {
        platform::is_remote(file)
    }

    fn try_lock(&self, file: &File, hold: Hold) -> io::Result<bool> {
        let taken = match hold {
            Hold::Shared => file.try_lock_shared(),
            Hold::Alone => file.try_lock(),
        };
        match taken {
            Ok(()) => Ok(true),
            Err(TryLockError::WouldBlock) => Ok(false),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    fn unlock(&self, file: &File) -> io::Result<()> {
        file.unlock()
    }

    fn lock_for_process(&self, file: &File) -> io::Result<bool> {
        platform::lock_for_process(file)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn create_folder(&self, path: &Path) -> io::Result<()> {
        fs::create_dir_all(path)
    }

    fn names(&self, folder: &Path) -> io::Result<Vec<OsString>> {
        fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.file_name())).collect()
    }

    fn now(&self) -> Duration {
        platform::coarse_now()
    }

    fn unix_seconds(&self) -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
    }

    fn sleep(&self, time: Duration) {
        thread::sleep(time);
    }
}

//! What differs between operating systems: a file's identity and mode, reading at a place, descriptors, the cheap clock.

pub(crate) use here::was_closed;
pub(super) use here::{apart, create_new, lock_for_process, options, read_at, stat_of, user};
pub(super) use linux_or_not::{coarse_now, is_remote, memory_folder};

#[cfg(unix)]
mod here {
    use std::fs::{File, Metadata, OpenOptions, Permissions};
    use std::io;
    use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt, PermissionsExt};
    use std::path::Path;
    use std::time::UNIX_EPOCH;

    use crate::fs::Stat;

    /// Descriptors of ours have a number from here on, where the process may have so many.
    const FIRST_NUMBER: i32 = 512;

    pub(crate) fn options() -> OpenOptions {
        OpenOptions::new()
    }

    /// Returns the file under a number that the program's own files are not given: what it opens has the lowest free one,
    /// and a program that closes all numbers it knows of, without a word to us, would have ours next.
    pub(crate) fn apart(file: File) -> File {
        match rustix::io::fcntl_dupfd_cloexec(&file, FIRST_NUMBER) {
            Ok(other) => File::from(other),
            Err(_) => file,
        }
    }

    /// Whether a call failed because the program has closed our descriptor.
    pub(crate) fn was_closed(error: &io::Error) -> bool {
        error.raw_os_error() == Some(rustix::io::Errno::BADF.raw_os_error())
    }

    pub(crate) fn stat_of(metadata: &Metadata) -> Stat {
        let created = metadata.created().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        Stat {
            id: [metadata.dev(), metadata.ino()],
            len: metadata.len(),
            names: metadata.nlink(),
            owner: Some(metadata.uid()),
            mode: Some(metadata.mode() & 0o7777),
            is_file: metadata.is_file(),
            modified: metadata.mtime(),
            created: created.and_then(|since| i64::try_from(since.as_secs()).ok()),
        }
    }

    /// Makes a file that was not there, with this mode whatever the umask takes away.
    pub(crate) fn create_new(options: &mut OpenOptions, path: &Path, mode: Option<u32>) -> io::Result<File> {
        let Some(mode) = mode else { return options.create_new(true).open(path) };
        let file = options.create_new(true).mode(mode).open(path)?;
        if file.metadata()?.mode() & 0o7777 != mode {
            file.set_permissions(Permissions::from_mode(mode))?;
        }
        Ok(file)
    }

    #[expect(clippy::unnecessary_wraps, reason = "other systems have none")]
    pub(crate) fn user() -> Option<u32> {
        Some(rustix::process::geteuid().as_raw())
    }

    pub(crate) fn lock_for_process(file: &File) -> io::Result<bool> {
        use rustix::fs::{FlockOperation, fcntl_lock};
        use rustix::io::Errno;

        match fcntl_lock(file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(true),
            Err(Errno::AGAIN | Errno::ACCESS) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    pub(crate) fn read_at(file: &File, bytes: &mut [u8], at: u64) -> io::Result<usize> {
        file.read_at(bytes, at)
    }
}

#[cfg(windows)]
mod here {
    use std::fs::{File, FileTimes, Metadata, OpenOptions};
    use std::io;
    use std::os::windows::fs::{FileExt, FileTimesExt, MetadataExt};
    use std::path::Path;
    use std::time::SystemTime;

    use crate::fs::Stat;

    /// Between 1601 and 1970, in units of 100 nanoseconds.
    const TO_UNIX: u64 = 116_444_736_000_000_000;

    /// Handles have no numbers that are given again at once.
    pub(crate) fn apart(file: File) -> File {
        file
    }

    pub(crate) fn was_closed(_error: &io::Error) -> bool {
        false
    }

    pub(crate) fn options() -> OpenOptions {
        OpenOptions::new() // shares reading, writing and deleting (and so renaming) already
    }

    /// The time of making stands for the file's number, which the standard library does not give.
    pub(crate) fn stat_of(metadata: &Metadata) -> Stat {
        let seconds = |time: u64| i64::try_from(time.saturating_sub(TO_UNIX) / 10_000_000).unwrap_or(i64::MAX);
        Stat {
            id: [0, metadata.creation_time()],
            len: metadata.file_size(),
            names: 1,
            owner: None,
            mode: None,
            is_file: metadata.is_file(),
            modified: seconds(metadata.last_write_time()),
            created: Some(seconds(metadata.creation_time())),
        }
    }

    /// Makes a file that was not there. Its time of making is set: the system would give it that of a file which had
    /// the name a moment ago.
    pub(crate) fn create_new(options: &mut OpenOptions, path: &Path, _mode: Option<u32>) -> io::Result<File> {
        let file = options.create_new(true).open(path)?;
        let _ = file.set_times(FileTimes::new().set_created(SystemTime::now()));
        Ok(file)
    }

    /// Not known here.
    pub(crate) fn user() -> Option<u32> {
        None
    }

    /// There is no fork here.
    pub(crate) fn lock_for_process(file: &File) -> io::Result<bool> {
        match file.try_lock() {
            Ok(()) => Ok(true),
            Err(std::fs::TryLockError::WouldBlock) => Ok(false),
            Err(std::fs::TryLockError::Error(error)) => Err(error),
        }
    }

    pub(crate) fn read_at(file: &File, bytes: &mut [u8], at: u64) -> io::Result<usize> {
        file.seek_read(bytes, at)
    }
}

#[cfg(target_os = "linux")]
mod linux_or_not {
    use std::fs::File;
    use std::path::Path;
    use std::time::Duration;

    use rustix::fs::fstatfs;
    use rustix::time::{ClockId, clock_gettime};

    /// NFS, SMB and CIFS, FUSE, 9P, AFS, Ceph, Lustre, GFS2, OCFS2, and the shared folders of virtual machines.
    const REMOTE: [i128; 12] = [
        0x6969,
        0x517B,
        0xFF53_4D42,
        0xFE53_4D42,
        0x6573_5546,
        0x0102_1997,
        0x5346_414F,
        0x00C3_6400,
        0x0BD0_0BD0,
        0x0116_1970,
        0x7461_636F,
        0x786F_4256,
    ];

    #[expect(clippy::unnecessary_wraps, reason = "other systems have none")]
    pub(crate) fn memory_folder() -> Option<&'static Path> {
        Some(Path::new("/dev/shm"))
    }

    pub(crate) fn is_remote(file: &File) -> bool {
        // The kernel's magic numbers have 32 bits, which some architectures extend by their sign.
        fstatfs(file).is_ok_and(|found| REMOTE.contains(&(i128::from(found.f_type) & 0xFFFF_FFFF)))
    }

    pub(crate) fn coarse_now() -> Duration {
        Duration::try_from(clock_gettime(ClockId::MonotonicCoarse)).unwrap_or_default()
    }
}

#[cfg(not(target_os = "linux"))]
mod linux_or_not {
    use std::fs::File;
    use std::path::Path;
    use std::sync::LazyLock;
    use std::time::{Duration, Instant};

    /// None that outlives its names.
    pub(crate) fn memory_folder() -> Option<&'static Path> {
        None
    }

    /// Not known here.
    pub(crate) fn is_remote(_file: &File) -> bool {
        false
    }

    pub(crate) fn coarse_now() -> Duration {
        static BEGAN: LazyLock<Instant> = LazyLock::new(Instant::now);
        BEGAN.elapsed()
    }
}

//! Memory shared by processes, and a word that a fork wipes. The one file of this crate with unsafe code: everything
//! else asks it for atomics by number and for copies of bytes, both of which are in bounds whatever is asked.
#![expect(unsafe_code, reason = "shared memory is reached through pointers; each block says why it is sound")]

use std::process;
use std::ptr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

#[cfg(target_os = "linux")]
use memmap2::MmapOptions;

use crate::sync;

pub(crate) use here::Mapping;

/// The size of an atomic in bytes.
const WORD: usize = size_of::<AtomicU64>();

/// What other processes store in shared memory is arbitrary: readers check what they read. The bytes beyond the atomics
/// are copied in and out and never borrowed, and who may touch which of them when is the atomics' matter.
impl Mapping {
    /// The atomic at this place, counted in atomics; a place beyond the end is the last one.
    #[inline]
    pub(crate) fn atomic(&self, index: usize) -> &AtomicU64 {
        sync::point();
        let index = index.min(self.len() / WORD - 1);
        // SAFETY: shared memory begins at a page, so every eighth byte is aligned; whoever makes a mapping makes sure of
        // one atomic at least, and the line above keeps the place inside. The memory lives as long as `self`, and no
        // reference to it but those of atomics is ever made.
        #[expect(clippy::cast_ptr_alignment, reason = "a page is aligned for anything")]
        unsafe {
            AtomicU64::from_ptr(self.start().cast::<u64>().add(index))
        }
    }

    /// Copies bytes into the memory from `at` on, as many as there is room for.
    #[inline]
    pub(crate) fn store(&self, at: usize, bytes: &[u8]) {
        let at = at.min(self.len());
        let len = bytes.len().min(self.len() - at);
        // SAFETY: both ends are inside: `at + len` is no more than the memory's length, `len` no more than the slice's.
        // A slice of ours cannot overlap shared memory, to which no slice is ever made.
        unsafe { ptr::copy_nonoverlapping(bytes.as_ptr(), self.start().add(at), len) }
    }

    /// Copies bytes out of the memory from `at` on, as many as there are.
    #[inline]
    pub(crate) fn load(&self, at: usize, bytes: &mut [u8]) {
        let at = at.min(self.len());
        let len = bytes.len().min(self.len() - at);
        // SAFETY: as in `store`, the other way round; any bytes are a valid `u8`.
        unsafe { ptr::copy_nonoverlapping(self.start().add(at), bytes.as_mut_ptr(), len) }
    }
}

/// A segment of System V: memory without a file, that nobody can cut while it is in use. Storing into a mapped file that
/// someone cuts kills the process.
#[cfg(unix)]
mod here {
    use std::fs::File;
    use std::io::{self, ErrorKind};
    use std::ptr;

    use super::WORD;

    /// Memory that all processes share which open it under its number, until it is removed.
    #[derive(Debug)]
    pub(crate) struct Mapping {
        id: libc::c_int,
        start: *mut u8,
        len: usize,
    }

    // SAFETY: the memory is the process's, not a thread's, and `start` never changes; what is done with the memory at
    // once by several threads goes through atomics, as with several processes.
    unsafe impl Send for Mapping {}
    // SAFETY: as above.
    unsafe impl Sync for Mapping {}

    impl Mapping {
        /// Makes memory of zeros under a number that no other memory has; [`ErrorKind::AlreadyExists`] where one has.
        pub(crate) fn create(_file: &File, number: u64, len: usize, mode: u32) -> io::Result<Self> {
            let bits = libc::c_int::try_from(mode & 0o666).unwrap_or_default();
            // SAFETY: takes numbers only.
            let id = unsafe { libc::shmget(key(number), len.max(WORD), libc::IPC_CREAT | libc::IPC_EXCL | bits) };
            Self::attach(id, len.max(WORD))
        }

        /// The memory of this number; [`ErrorKind::NotFound`] where there is none, or not as much. It must belong to one
        /// of these users: any may make some under any number.
        pub(crate) fn open(_file: &File, number: u64, len: usize, owners: &[Option<u32>]) -> io::Result<Self> {
            // SAFETY: takes numbers only.
            let id = unsafe { libc::shmget(key(number), 0, 0) };
            let memory = Self::attach(id, len.max(WORD))?;
            // SAFETY: the struct is plain numbers, for which zeros are sound.
            let mut stat: libc::shmid_ds = unsafe { std::mem::zeroed() };
            // SAFETY: `stat` is a place for one struct of the kind that this command fills.
            if unsafe { libc::shmctl(id, libc::IPC_STAT, &raw mut stat) } < 0 {
                return Err(io::Error::last_os_error());
            }
            if stat.shm_segsz < len {
                return Err(ErrorKind::NotFound.into());
            }
            // The one who made it stays the same when it is given away.
            let owned = [stat.shm_perm.uid, stat.shm_perm.cuid].map(|user| owners.contains(&Some(user)));
            if owned == [true, true] { Ok(memory) } else { Err(ErrorKind::PermissionDenied.into()) }
        }

        fn attach(id: libc::c_int, len: usize) -> io::Result<Self> {
            if id < 0 {
                return Err(io::Error::last_os_error());
            }
            // SAFETY: the system chooses the place, so nothing of ours is mapped over.
            let start = unsafe { libc::shmat(id, ptr::null(), 0) };
            if start.addr() == usize::MAX {
                return Err(io::Error::last_os_error());
            }
            Ok(Self { id, start: start.cast(), len })
        }

        /// Takes its number away; the memory goes with its last user.
        pub(crate) fn remove(&self) {
            // SAFETY: this command looks at no struct.
            unsafe { libc::shmctl(self.id, libc::IPC_RMID, ptr::null_mut()) };
        }

        #[inline]
        pub(super) fn start(&self) -> *mut u8 {
            self.start
        }

        #[inline]
        pub(super) fn len(&self) -> usize {
            self.len
        }
    }

    impl Drop for Mapping {
        fn drop(&mut self) {
            // SAFETY: attached by us, detached once, and a forked child has an attachment of its own; no reference
            // outlives `self`.
            unsafe { libc::shmdt(self.start.cast_const().cast()) };
        }
    }

    /// The system's name for the number, which is never that of private memory.
    fn key(number: u64) -> libc::key_t {
        let mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_le_bytes();
        let [.., a, b, c, d] = mixed;
        libc::key_t::from_le_bytes([a, b, c, d | 1])
    }
}

/// A mapped file, which this system lets nobody cut meanwhile.
#[cfg(not(unix))]
mod here {
    use std::fs::File;
    use std::io::{self, ErrorKind, Write};

    use memmap2::{MmapOptions, MmapRaw};

    use super::WORD;

    /// A file's first bytes as memory that all processes share which open it.
    #[derive(Debug)]
    pub(crate) struct Mapping {
        raw: MmapRaw,
    }

    impl Mapping {
        /// Makes the file so long, by writing it: storing into a hole of a full disk would kill the process.
        pub(crate) fn create(mut file: &File, number: u64, len: usize, _mode: u32) -> io::Result<Self> {
            file.write_all(&vec![0; len.max(WORD)])?;
            Self::open(file, number, len, &[])
        }

        /// The memory of a file that is long enough; [`ErrorKind::NotFound`] where it is not.
        pub(crate) fn open(file: &File, _number: u64, len: usize, _owners: &[Option<u32>]) -> io::Result<Self> {
            if file.metadata()?.len() < len.max(WORD) as u64 {
                return Err(ErrorKind::NotFound.into());
            }
            Ok(Self { raw: MmapOptions::new().len(len.max(WORD)).map_raw(file)? })
        }

        /// The file's name is its own, and taken away with it.
        #[expect(clippy::unused_self, reason = "on other systems the memory has a name beside the file's")]
        pub(crate) fn remove(&self) {}

        #[inline]
        pub(super) fn start(&self) -> *mut u8 {
            self.raw.as_mut_ptr()
        }

        #[inline]
        pub(super) fn len(&self) -> usize {
            self.raw.len()
        }
    }
}

/// A number that differs between a process and the children it forks. Within one process it never changes.
pub(crate) fn fork_id() -> u64 {
    static MARK: OnceLock<Option<&'static AtomicU64>> = OnceLock::new();
    static LAST: AtomicU64 = AtomicU64::new(0);

    let Some(mark) = MARK.get_or_init(wiped_on_fork) else { return u64::from(process::id()) };
    match mark.load(Ordering::Relaxed) {
        0 => {
            let next = LAST.fetch_add(1, Ordering::Relaxed) + 1;
            mark.compare_exchange(0, next, Ordering::Relaxed, Ordering::Relaxed).map_or_else(|now| now, |_| next)
        }
        id => id,
    }
}

/// A word that is 0 again in a forked child; none where the system has no such memory.
#[cfg(target_os = "linux")]
fn wiped_on_fork() -> Option<&'static AtomicU64> {
    use rustix::mm::{Advice, madvise};

    let page = Box::leak(Box::new(MmapOptions::new().len(4096).map_anon().ok()?));
    // SAFETY: the page is our own and stays mapped for ever; wiping it in a child changes nothing here.
    unsafe { madvise(page.as_mut_ptr().cast(), page.len(), Advice::LinuxWipeOnFork) }.ok()?;
    // SAFETY: aligned, as a page is, zeroed, never unmapped, and borrowed by nobody else: the box is leaked.
    Some(unsafe { AtomicU64::from_ptr(page.as_mut_ptr().cast()) })
}

#[cfg(not(target_os = "linux"))]
fn wiped_on_fork() -> Option<&'static AtomicU64> {
    None
}

/// Runs something in a forked child, and waits for its end. For tests: after a fork of a program with threads only the
/// calling one goes on, so a lock that another held stays taken.
#[cfg(all(test, unix, not(feature = "shuttle")))]
pub(crate) fn in_forked_child(act: impl FnOnce()) {
    // SAFETY: the child does what a forked child of a user's program does with a writer, and ends without returning.
    let child = unsafe { libc::fork() };
    if child == 0 {
        act();
        // SAFETY: ends the process at once, without the parent's clean-up.
        unsafe { libc::_exit(0) }
    }
    assert!(child > 0, "fork failed");
    let mut status = 0;
    // SAFETY: `status` is a place for one integer.
    let waited = unsafe { libc::waitpid(child, &raw mut status, 0) };
    assert_eq!((child, 0), (waited, status), "the child failed");
}

#[cfg(all(test, not(feature = "shuttle")))]
mod tests {
    use std::io::{self, ErrorKind};

    use super::*;

    #[test]
    fn memory_opened_twice_is_one_memory_and_no_place_is_outside() {
        let file = tempfile::tempfile().unwrap();
        let number = u64::from(process::id()) << 32;
        let owners = [crate::fs::Fs::user(&crate::fs::RealFs)];
        let left = Mapping::create(&file, number, 4096, 0o600).unwrap();
        let right = Mapping::open(&file, number, 4096, &owners).unwrap();

        left.atomic(3).store(7, Ordering::Release);

        assert_eq!(7, right.atomic(3).load(Ordering::Acquire));
        right.atomic(usize::MAX).store(1, Ordering::Release);
        assert_eq!(fork_id(), fork_id());
        left.remove();
    }

    #[cfg(unix)]
    #[test]
    fn memory_of_a_stranger_or_too_little_of_it_is_refused_and_none_is_made_twice() {
        let file = tempfile::tempfile().unwrap();
        let number = (u64::from(process::id()) << 32) + 1;
        let own = crate::fs::Fs::user(&crate::fs::RealFs);
        let memory = Mapping::create(&file, number, 4096, 0o600).unwrap();

        let kind = |result: io::Result<Mapping>| result.err().map(|error| error.kind());
        assert_eq!(Some(ErrorKind::AlreadyExists), kind(Mapping::create(&file, number, 4096, 0o600)));
        assert_eq!(Some(ErrorKind::NotFound), kind(Mapping::open(&file, number, 8192, &[own])));
        let stranger = own.map(|user| user.wrapping_add(1));
        assert_eq!(Some(ErrorKind::PermissionDenied), kind(Mapping::open(&file, number, 4096, &[stranger])));
        memory.remove();
        assert_eq!(Some(ErrorKind::NotFound), kind(Mapping::open(&file, number, 4096, &[own])));
    }
}

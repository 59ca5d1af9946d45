//! Memory shared by processes, and a word that a fork wipes. The one file of this crate with unsafe code: everything
//! else asks it for atomics by number and for copies of bytes, both of which are in bounds whatever is asked.
#![expect(unsafe_code, reason = "mapped memory is reached through pointers; each block says why it is sound")]

use std::fs::File;
use std::io;
use std::process;
use std::ptr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use memmap2::{MmapOptions, MmapRaw};

use crate::sync;

/// The size of an atomic in bytes.
const WORD: usize = size_of::<AtomicU64>();

/// A file's first bytes as memory that all processes share which map it.
///
/// What other processes store there is arbitrary: readers check what they read. The bytes beyond the atomics are
/// copied in and out and never borrowed, and who may touch which of them when is the atomics' matter.
#[derive(Debug)]
pub(crate) struct Mapping {
    raw: MmapRaw,
}

impl Mapping {
    /// Maps the first `len` bytes of the file, which has to be that long.
    pub(crate) fn new(file: &File, len: usize) -> io::Result<Self> {
        if len < WORD {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        Ok(Self { raw: MmapOptions::new().len(len).map_raw(file)? })
    }

    /// The atomic at this place, counted in atomics; a place beyond the end is the last one.
    pub(crate) fn atomic(&self, index: usize) -> &AtomicU64 {
        sync::point();
        let index = index.min(self.raw.len() / WORD - 1);
        // SAFETY: a mapping begins at a page, so every eighth byte is aligned; `new` made sure of one atomic at least,
        // and the line above keeps the place inside. The memory lives as long as `self`, and no reference to it but
        // those of atomics is ever made.
        #[expect(clippy::cast_ptr_alignment, reason = "a page is aligned for anything")]
        unsafe {
            AtomicU64::from_ptr(self.raw.as_mut_ptr().cast::<u64>().add(index))
        }
    }

    /// Copies bytes into the mapping from `at` on, as many as there is room for.
    pub(crate) fn store(&self, at: usize, bytes: &[u8]) {
        let at = at.min(self.raw.len());
        let len = bytes.len().min(self.raw.len() - at);
        // SAFETY: both ends are inside: `at + len` is no more than the mapping's length, `len` no more than the slice's.
        // A slice of ours cannot overlap a mapping, to which no slice is ever made.
        unsafe { ptr::copy_nonoverlapping(bytes.as_ptr(), self.raw.as_mut_ptr().add(at), len) }
    }

    /// Copies bytes out of the mapping from `at` on, as many as there are.
    pub(crate) fn load(&self, at: usize, bytes: &mut [u8]) {
        let at = at.min(self.raw.len());
        let len = bytes.len().min(self.raw.len() - at);
        // SAFETY: as in `store`, the other way round; any bytes are a valid `u8`.
        unsafe { ptr::copy_nonoverlapping(self.raw.as_ptr().add(at), bytes.as_mut_ptr(), len) }
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
    use super::*;

    #[test]
    fn two_mappings_of_a_file_are_one_memory_and_no_place_is_outside() {
        let file = tempfile::tempfile().unwrap();
        file.set_len(4096).unwrap();
        let (left, right) = (Mapping::new(&file, 4096).unwrap(), Mapping::new(&file, 4096).unwrap());

        left.atomic(3).store(7, Ordering::Release);

        assert_eq!(7, right.atomic(3).load(Ordering::Acquire));
        right.atomic(usize::MAX).store(1, Ordering::Release);
        assert_eq!(fork_id(), fork_id());
    }
}

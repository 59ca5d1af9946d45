//! A ring of records in shared memory: where a process puts its records before they are written to the log, and from
//! where another finishes that if the process is killed.
//!
//! The memory has no file that could be cut; a file of no bytes bears its number and its locks, where the system keeps
//! shared memory, under the names of the log's folder and the log. Without such a place it is beside the log.
//!
//! The bytes from tail to head are records that wait, each behind its length. Before some of them are written, the ring
//! says up to where, into which file, and how long that file was: so whoever finds the ring of a dead process can tell
//! what of it stands in the log already. A process holds a lock on its ring that its children do not inherit.

mod settle;

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::chain;
use crate::control::memory_place;
use crate::fs::{Fs, Hold, Kept};
use crate::left_over;
use crate::shared::{Mapping, fork_id};
use crate::work::{POLL, TRIES};
pub(crate) use settle::settle_all;

/// Bytes of records that a ring holds.
pub(crate) const CAPACITY: usize = 1 << 20;

/// Where records begin in the memory.
const DATA: usize = 4096;

/// Bytes of a record's length.
const PREFIX: usize = 4;

const MAGIC: u64 = u64::from_le_bytes(*b"jobring2");

const ENDING: &str = ".ring";

/// Only its owner may read what has not been written to a log that others may read.
const MODE: u32 = 0o600;

/// Places of the ring's atomics.
mod place {
    pub(super) const MAGIC: usize = 0;
    pub(super) const HEAD: usize = 1;
    pub(super) const TAIL: usize = 2;
    pub(super) const UP_TO: usize = 3;
    pub(super) const DEVICE: usize = 4;
    pub(super) const NUMBER: usize = 5;
    pub(super) const LENGTH: usize = 6;
    pub(super) const OWN_NUMBER: usize = 7;
}

/// The numbers of this process's rings, mixed with the number of its fork: their locks do not exclude itself, and to
/// close another descriptor of one would end its lock. No lock guards them, because a forked child could find it taken.
static OURS: [AtomicU64; 64] = [const { AtomicU64::new(0) }; 64];

/// Makes the numbers of rings differ that are made in one moment.
static COUNT: AtomicU64 = AtomicU64::new(0);

/// The ring of one process, or of a dead one whose work we finish.
#[derive(Debug)]
pub(crate) struct Ring {
    path: PathBuf,
    number: u64,
    mapping: Mapping,
    /// Holds the locks.
    file: Kept,
}

/// Some records that are to be written together.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    pub(crate) bytes: Vec<u8>,
    /// Where each record ends: in the bytes, and in the ring.
    pub(crate) ends: Vec<(usize, u64)>,
    /// Where the first one begins in the ring.
    begin: u64,
}

impl Ring {
    /// Makes a ring for this process.
    pub(crate) fn create(fs: &dyn Fs, log: &Path) -> io::Result<Self> {
        left_over::sweep_once(fs);
        for _ in 0..TRIES {
            let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            let nanoseconds = u64::try_from(since.as_nanos()).unwrap_or_default();
            let number = nanoseconds ^ (u64::from(std::process::id()) << 40) ^ COUNT.fetch_add(1, Ordering::Relaxed);
            // Ours before it is there, and locked before it is valid: nobody takes it over in between.
            claim(number)?;
            let path = path_of(fs, log, number);
            match Self::begin(fs, &path, number) {
                Ok(Some(ring)) => return Ok(ring),
                Ok(None) => release(number),
                Err(error) => {
                    release(number);
                    let _ = fs.remove(&path);
                    if error.kind() != ErrorKind::AlreadyExists {
                        return Err(error);
                    }
                }
            }
        }
        Err(io::Error::other("each new one is removed by someone"))
    }

    /// None: removed before it was locked, by another who took it for one that its process died over.
    fn begin(fs: &dyn Fs, path: &Path, number: u64) -> io::Result<Option<Self>> {
        let file = fs.create_control(path, Some(MODE))?;
        lock(fs, &file)?;
        if !is_named(fs, &file, path) {
            return Ok(None);
        }
        let mapping = Mapping::create(&file, number, DATA + CAPACITY, MODE)?;
        mapping.atomic(place::OWN_NUMBER).store(number, Ordering::Release);
        mapping.atomic(place::MAGIC).store(MAGIC, Ordering::Release);
        Ok(Some(Self { path: path.to_path_buf(), number, mapping, file: Kept::new(file) }))
    }

    /// Whether there is any ring of the log but those of this process, a dead one's or not.
    pub(crate) fn are_others(fs: &dyn Fs, log: &Path) -> bool {
        let (folder, prefix) = place_of(fs, log);
        let names = fs.names(&folder).unwrap_or_default();
        names.iter().filter_map(|name| number_of(name, &prefix)).any(|number| !is_ours(number))
    }

    /// Takes over the rings of dead processes, if they are the log's owner's or ours.
    pub(crate) fn orphans(fs: &dyn Fs, log: &Path) -> Vec<Self> {
        let (folder, prefix) = place_of(fs, log);
        let names = fs.names(&folder).unwrap_or_default();
        let numbers = names.iter().filter_map(|name| number_of(name, &prefix)).filter(|&number| !is_ours(number));
        let mut owners = None;
        let mut take_over = |number| {
            let owners = owners.get_or_insert_with(|| [fs.stat(log).ok().and_then(|log| log.owner), fs.user()]);
            Self::take_over(fs, path_in(&folder, &prefix, number), number, owners)
        };
        numbers.filter_map(&mut take_over).collect()
    }

    fn take_over(fs: &dyn Fs, path: PathBuf, number: u64, owners: &[Option<u32>]) -> Option<Self> {
        let file = fs.open_control(&path).ok()?;
        // The first lock excludes others who take it over, in this process too; the second one is its owner's.
        let is_locked = fs.try_lock(&file, Hold::Alone).ok()? && fs.lock_for_process(&file).ok()?;
        // Removed by another who finished it, between our opening and locking it.
        if !is_locked || !is_named(fs, &file, &path) {
            return None;
        }
        let mapping = match Mapping::open(&file, number, DATA + CAPACITY, owners) {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let _ = fs.remove(&path); // its process died over making it
                return None;
            }
            opened => opened.ok()?,
        };
        if mapping.atomic(place::OWN_NUMBER).load(Ordering::Acquire) != number
            || mapping.atomic(place::MAGIC).load(Ordering::Acquire) != MAGIC
        {
            // Died over making it, or the memory is another's who has a number that is the same to the system.
            if mapping.atomic(place::MAGIC).load(Ordering::Acquire) == 0 {
                mapping.remove();
            }
            let _ = fs.remove(&path);
            return None;
        }
        Some(Self { path, number, mapping, file: Kept::new(file) })
    }

    /// Whether those who look for it would find it: neither its file nor the log's folder was removed or replaced.
    pub(crate) fn can_be_found(&self, fs: &dyn Fs, log: &Path) -> bool {
        self.path == path_of(fs, log, self.number) && is_named(fs, &self.file, &self.path)
    }

    /// Puts a record in; false when there is no room for it. One thread at a time, beside one that takes records out.
    #[inline]
    pub(crate) fn push(&self, record: &[u8]) -> bool {
        let (tail, head) = (self.load(place::TAIL), self.load(place::HEAD));
        let Ok(len) = u32::try_from(record.len()) else { return false };
        let need = (PREFIX + record.len()) as u64;
        if head.saturating_sub(tail) + need > CAPACITY as u64 {
            return false;
        }
        self.copy_in(head, &len.to_le_bytes());
        self.copy_in(head + PREFIX as u64, record);
        self.at(place::HEAD).store(head + need, Ordering::Release);
        true
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.load(place::TAIL) == self.load(place::HEAD)
    }

    /// Where the oldest record begins that waits, and where the newest one ends.
    pub(crate) fn tail(&self) -> u64 {
        self.load(place::TAIL)
    }

    pub(crate) fn head(&self) -> u64 {
        self.load(place::HEAD)
    }

    /// Finds where the records end that wait, from the oldest on: one at least, if there is any, and no more than
    /// `most` bytes.
    pub(crate) fn measure(&self, batch: &mut Batch, most: usize) {
        let (mut at, head) = (self.tail(), self.head());
        batch.begin = at;
        batch.ends.clear();
        let mut end = 0;
        while let Some(len) = self.len_of(at, head) {
            end += len;
            if end > most && !batch.ends.is_empty() {
                break;
            }
            at += (PREFIX + len) as u64;
            batch.ends.push((end, at));
        }
    }

    /// Copies the first `count` of the records that were measured, and forgets the others.
    pub(crate) fn fill(&self, batch: &mut Batch, count: usize) {
        batch.ends.truncate(count);
        let len = batch.ends.last().map_or(0, |(end, _)| *end);
        batch.bytes.resize(len, 0);
        let (mut at, mut begin) = (batch.begin, 0);
        for &(end, next) in &batch.ends {
            self.copy_out(at + PREFIX as u64, batch.bytes.get_mut(begin..end).unwrap_or_default());
            (at, begin) = (next, end);
        }
    }

    /// Says what is about to be written, and where at the earliest.
    pub(crate) fn intend(&self, batch: &Batch, file: [u64; 2], len: u64) {
        let Some(&(_, up_to)) = batch.ends.last() else { return };
        self.at(place::DEVICE).store(file[0], Ordering::Release);
        self.at(place::NUMBER).store(file[1], Ordering::Release);
        self.at(place::LENGTH).store(len, Ordering::Release);
        self.at(place::UP_TO).store(up_to, Ordering::Release);
    }

    /// Says that everything before this place in the ring stands in the log.
    pub(crate) fn done(&self, up_to: u64) {
        self.at(place::TAIL).store(up_to, Ordering::Release);
        self.at(place::UP_TO).store(0, Ordering::Release);
    }

    /// Removes the ring, which is empty.
    pub(crate) fn remove(&self, fs: &dyn Fs) {
        self.mapping.remove();
        let _ = fs.remove(&self.path);
    }

    fn batch_up_to(&self, up_to: u64) -> Batch {
        let mut batch = Batch::default();
        self.measure(&mut batch, CAPACITY);
        let count = batch.ends.iter().take_while(|(_, end)| *end <= up_to).count();
        self.fill(&mut batch, count);
        batch
    }

    /// The length of the record at this place. None where there is none, or what stands there is none.
    fn len_of(&self, at: u64, head: u64) -> Option<usize> {
        let waiting = usize::try_from(head.checked_sub(at)?).ok().filter(|&waiting| waiting <= CAPACITY)?;
        let mut prefix = [0; PREFIX];
        if waiting < PREFIX {
            return None;
        }
        self.copy_out(at, &mut prefix);
        usize::try_from(u32::from_le_bytes(prefix)).ok().filter(|len| PREFIX + len <= waiting)
    }

    fn at(&self, index: usize) -> &AtomicU64 {
        self.mapping.atomic(index)
    }

    fn load(&self, index: usize) -> u64 {
        self.at(index).load(Ordering::Acquire)
    }

    fn copy_in(&self, at: u64, bytes: &[u8]) {
        let (place, first) = split(at, bytes.len());
        let (left, right) = bytes.split_at(first);
        self.mapping.store(DATA + place, left);
        self.mapping.store(DATA, right);
    }

    fn copy_out(&self, at: u64, bytes: &mut [u8]) {
        let (place, first) = split(at, bytes.len());
        let (left, right) = bytes.split_at_mut(first);
        self.mapping.load(DATA + place, left);
        self.mapping.load(DATA, right);
    }
}

impl Drop for Ring {
    fn drop(&mut self) {
        release(self.number);
    }
}

/// Removes a dead process's ring of whatever log, if it is ours and nothing waits in it.
pub(crate) fn remove_empty(fs: &dyn Fs, path: PathBuf, number: u64) {
    if !is_ours(number)
        && let Some(ring) = Ring::take_over(fs, path, number, &[fs.user()])
        && ring.is_empty()
    {
        ring.remove(fs);
    }
}

/// Locks a new ring; whoever looks just now whether it is a dead one's gives it back at once.
fn lock(fs: &dyn Fs, file: &File) -> io::Result<()> {
    for _ in 0..1000 {
        if fs.lock_for_process(file)? {
            return Ok(());
        }
        fs.sleep(POLL);
    }
    Err(ErrorKind::WouldBlock.into())
}

/// Enters the number of a ring of this process.
fn claim(number: u64) -> io::Result<()> {
    let entry = mixed(number);
    let is_free = |place: &&AtomicU64| place.compare_exchange(0, entry, Ordering::AcqRel, Ordering::Acquire).is_ok();
    OURS.iter().find(is_free).map(|_| ()).ok_or_else(|| io::Error::other("too many rings in one process"))
}

fn release(number: u64) {
    for place in &OURS {
        let _ = place.compare_exchange(mixed(number), 0, Ordering::AcqRel, Ordering::Acquire);
    }
}

fn is_ours(number: u64) -> bool {
    OURS.iter().any(|place| place.load(Ordering::Acquire) == mixed(number))
}

/// Differs in a forked child, whose rings these are not.
fn mixed(number: u64) -> u64 {
    number ^ fork_id().rotate_left(32)
}

/// The number in a ring's name.
fn number_of(name: &OsStr, prefix: &OsStr) -> Option<u64> {
    let number = name.as_encoded_bytes().strip_prefix(prefix.as_encoded_bytes())?.strip_suffix(ENDING.as_bytes())?;
    u64::from_str_radix(std::str::from_utf8(number).ok()?, 16).ok()
}

/// Where a place of the ring is in its bytes, and how many of `len` bytes fit before they go on at its beginning.
fn split(at: u64, len: usize) -> (usize, usize) {
    let place = usize::try_from(at % CAPACITY as u64).unwrap_or_default();
    (place, len.min(CAPACITY - place))
}

/// Where the ring of this number is.
fn path_of(fs: &dyn Fs, log: &Path, number: u64) -> PathBuf {
    let (folder, prefix) = place_of(fs, log);
    path_in(&folder, &prefix, number)
}

fn path_in(folder: &Path, prefix: &OsStr, number: u64) -> PathBuf {
    let mut name = prefix.to_owned();
    name.push(format!("{number:x}{ENDING}"));
    folder.join(name)
}

/// Whether the open file still stands under this name.
fn is_named(fs: &dyn Fs, file: &File, path: &Path) -> bool {
    fs.stat_open(file).is_ok_and(|open| fs.stat(path).is_ok_and(|named| named.id == open.id))
}

/// In which folder the files of a log's rings are, and how their names begin.
fn place_of(fs: &dyn Fs, log: &Path) -> (PathBuf, OsString) {
    if let Some((folder, mut stem)) = memory_place(fs, log) {
        stem.push('.');
        return (folder.to_path_buf(), stem.into());
    }
    let mut name = OsString::from(".");
    name.push(log.file_name().unwrap_or_default());
    name.push(".");
    (chain::folder_of(log).to_path_buf(), name)
}

#[cfg(all(test, not(feature = "shuttle")))]
mod tests {
    use super::*;
    use crate::fs::RealFs;
    use crate::fs::scripted::{Act, Call, Scripted};

    #[test]
    fn records_come_out_as_they_went_in_over_the_rings_end() {
        let folder = tempfile::tempdir().unwrap();
        let ring = Ring::create(&RealFs, &folder.path().join("x.log")).unwrap();

        for round in 0..300_u32 {
            let record = vec![b'a' + u8::try_from(round % 26).unwrap(); 5000 + round as usize];
            assert!(ring.push(&record));
            let batch = ring.batch_up_to(ring.head());
            assert_eq!(record, batch.bytes);
            ring.done(batch.ends[0].1);
        }

        assert!(ring.is_empty());
        assert!(!ring.push(&vec![0; CAPACITY]));
        while ring.push(&[b'x'; 1000]) {}
        assert_eq!(CAPACITY / 1004, ring.batch_up_to(ring.head()).ends.len());
        ring.remove(&RealFs);
    }

    #[test]
    fn a_ring_that_its_process_died_over_making_is_removed_and_one_in_use_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("x.log");
        let files = [1, 2].map(|number| path_of(&RealFs, &log, number));
        for file in &files {
            std::fs::write(file, "").unwrap();
        }
        let number = u64::from(std::process::id()) << 32;
        let begun = path_of(&RealFs, &log, number);
        let memory = Mapping::create(&File::create(&begun).unwrap(), number, DATA + CAPACITY, MODE).unwrap();
        let own = Ring::create(&RealFs, &log).unwrap();

        assert_eq!(0, Ring::orphans(&RealFs, &log).len());

        assert!(own.path.exists() && !begun.exists() && files.iter().all(|file| !file.exists()));
        let again = Mapping::create(&own.file, number, DATA + CAPACITY, MODE).unwrap(); // the number is free
        drop(memory);
        again.remove();
        own.remove(&RealFs);
    }

    #[test]
    fn a_ring_whose_file_or_folder_is_gone_cannot_be_found() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("deep/x.log");
        std::fs::create_dir(folder.path().join("deep")).unwrap();
        let ring = Ring::create(&RealFs, &log).unwrap();
        assert!(ring.can_be_found(&RealFs, &log));

        std::fs::rename(folder.path().join("deep"), folder.path().join("gone")).unwrap();
        std::fs::create_dir(folder.path().join("deep")).unwrap();

        assert!(!ring.can_be_found(&RealFs, &log));
        assert!(ring.can_be_found(&RealFs, &folder.path().join("gone/x.log")));
        std::fs::remove_file(&ring.path).unwrap();
        assert!(!ring.can_be_found(&RealFs, &folder.path().join("gone/x.log")));
        ring.remove(&RealFs);
    }

    #[test]
    fn a_ring_removed_while_it_is_made_is_made_again() {
        let folder = tempfile::tempdir().unwrap();
        let fs = Scripted::default();
        fs.plan(Call::CreateControl, 0, 2, Act::Gone);

        let ring = Ring::create(&fs, &folder.path().join("x.log")).unwrap();

        assert!(ring.path.exists());
        assert!(ring.push(b"one\n"));
        ring.remove(&fs);
    }
}

//! The control file beside the log, whose lock says who may rename; and a page of memory, which all writers share: which
//! file is the newest, and how many of its bytes are taken.
//!
//! The memory is a hint. Whatever stands there, a record goes whole into a file that was under the log's name; what a
//! wrong value can cost is a rotation too early or too late. It is no file, because cutting a mapped file kills those who
//! map it. Two files of no bytes say whose it is and who uses it: they are where the system keeps shared memory, under the
//! folder's identity and the log's name, for as long as a writer lives. The control file is made at the first rotation.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::chain::folder_of;
use crate::fs::{Fs, Hold, Kept, Stat, was_closed};
use crate::left_over;
use crate::shared::Mapping;

/// How much memory.
const LEN: usize = 4096;

/// How the names of the files of shared memory begin.
pub(crate) const NAMES_BEGIN: &str = "jobtrail-";

/// What the memory begins with: its name and version.
const MAGIC: u64 = u64::from_le_bytes(*b"jobtrl02");

/// Bits of the word that hold a size; a generation is above them.
const SIZE_BITS: u32 = 40;

/// As a size: a new file is being made.
const UNKNOWN: u64 = (1 << SIZE_BITS) - 1;

/// Places of the memory's atomics.
mod place {
    pub(super) const MAGIC: usize = 0;
    pub(super) const WORD: usize = 1;
    pub(super) const DEVICE: usize = 2;
    pub(super) const NUMBER: usize = 3;
    pub(super) const USERS: usize = 4;
    pub(super) const PERIOD: usize = 5;
}

/// What came of asking for room in the newest file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Claim {
    /// The bytes are ours to write.
    Granted,
    /// They do not fit, or the next file is being made.
    Full,
    /// Another file is the newest now.
    Moved,
}

/// A file whose lock one writer holds at a time, opened when it is first needed; with the page, if it is the page's.
#[derive(Debug)]
pub(crate) struct Control {
    path: PathBuf,
    /// In the system's folder, where anyone may make a file: the users who may have made it.
    owners: Option<[Option<u32>; 2]>,
    has_page: bool,
    open: Option<Open>,
}

#[derive(Debug)]
struct Open {
    file: Kept,
    stat: Stat,
    page: Option<Page>,
}

/// The memory, and its file. A shared lock on that says that it is in use.
#[derive(Debug)]
struct Page {
    path: PathBuf,
    file: Kept,
    id: [u64; 2],
    mapping: Mapping,
}

impl Control {
    /// The control file of a log.
    pub(crate) fn beside(log: &Path) -> Self {
        Self { path: control_path(log), owners: None, has_page: false, open: None }
    }

    /// The page of a log that belongs to `owner`, and its lock. None where the system has no memory for it.
    pub(crate) fn in_memory(fs: &dyn Fs, log: &Path, owner: Option<u32>) -> Option<Self> {
        Some(Self { path: memory_path(fs, log)?, owners: Some([owner, fs.user()]), has_page: true, open: None })
    }

    /// The lock of those who write from rings, one at a time. None where the system has no place for it.
    pub(crate) fn of_rings(fs: &dyn Fs, log: &Path, owner: Option<u32>) -> Option<Self> {
        let (folder, stem) = memory_place(fs, log)?;
        let path = folder.join(stem + ".turn");
        Some(Self { path, owners: Some([owner, fs.user()]), has_page: false, open: None })
    }

    /// Takes the file away, if nobody holds its lock. Whoever takes that next makes a new one.
    pub(crate) fn remove(&mut self, fs: &dyn Fs) {
        if self.open.is_some() && matches!(self.try_lock(fs, None), Ok(true)) {
            let _ = fs.remove(&self.path);
            self.unlock(fs);
        }
    }

    /// Takes the lock, or says that another has it. The file is made where it is missing.
    pub(crate) fn try_lock(&mut self, fs: &dyn Fs, mode: Option<u32>) -> io::Result<bool> {
        loop {
            self.open_file(fs, mode)?;
            let Some(open) = &self.open else { return Err(ErrorKind::NotFound.into()) };
            match fs.try_lock(&open.file, Hold::Alone) {
                Ok(true) => {}
                Ok(false) => {
                    self.map(fs, false);
                    return Ok(false);
                }
                Err(error) if was_closed(&error) => {
                    self.open = None;
                    continue;
                }
                Err(error) => return Err(error),
            }
            // Someone may have deleted the file between opening and locking it: a lock without a name excludes
            // nobody, so only the named one counts.
            match fs.stat(&self.path) {
                Ok(named) if named.id == open.stat.id => {
                    self.map(fs, true);
                    return Ok(true);
                }
                Err(error) if error.kind() != ErrorKind::NotFound => {
                    self.unlock(fs);
                    return Err(error);
                }
                _ => {
                    self.unlock(fs);
                    self.open = None;
                }
            }
        }
    }

    /// Gives the lock back. Said aloud and not left to closing: a child forked meanwhile holds the same open file.
    pub(crate) fn unlock(&self, fs: &dyn Fs) {
        if let Some(open) = &self.open {
            // A lock that cannot be given back goes with the descriptor; nothing better can be done about it.
            let _ = fs.unlock(&open.file);
        }
    }

    /// The shared memory, once the lock was tried, unless there can be none.
    pub(crate) fn memory(&self) -> Option<Memory<'_>> {
        self.open.as_ref()?.page.as_ref().map(|page| Memory(&page.mapping))
    }

    /// Forgets a page whose file was deleted or replaced from outside: others may have another one.
    pub(crate) fn check(&mut self, fs: &dyn Fs, log: &Path) {
        let Some(open) = &mut self.open else { return };
        let is_named = fs.stat(&self.path).is_ok_and(|named| named.id == open.stat.id);
        if !is_named || memory_path(fs, log).as_ref() != Some(&self.path) {
            self.end(fs);
        } else if let Some(page) = &open.page
            && !fs.stat(&page.path).is_ok_and(|named| named.id == page.id)
        {
            open.page = None;
        }
    }

    /// Gives everything back, and removes the page if nobody else uses it.
    pub(crate) fn end(&mut self, fs: &dyn Fs) {
        let Some(open) = self.open.take() else { return };
        let Some(page) = open.page else { return };
        if matches!(fs.try_lock(&page.file, Hold::Alone), Ok(true)) {
            page.mapping.remove();
            let _ = fs.remove(&page.path);
            // The page's name is made of this one's identity, so a new one of either is a new pair.
            let _ = fs.remove(&self.path);
        }
        let _ = fs.unlock(&page.file);
    }

    fn open_file(&mut self, fs: &dyn Fs, mode: Option<u32>) -> io::Result<()> {
        if self.open.is_none() {
            let file = open_or_create(fs, &self.path, mode)?;
            let stat = fs.stat_open(&file)?;
            if self.owners.is_some_and(|owners| !owners.contains(&stat.owner)) {
                return Err(ErrorKind::PermissionDenied.into());
            }
            self.open = Some(Open { file: Kept::new(file), stat, page: None });
        }
        Ok(())
    }

    /// Maps the page if it is wanted; whoever holds the lock also makes it where it is missing.
    fn map(&mut self, fs: &dyn Fs, locked: bool) {
        if self.has_page
            && let Some(open) = &mut self.open
            && open.page.is_none()
        {
            open.page = open_page(fs, &open.stat, locked);
        }
    }
}

fn open_page(fs: &dyn Fs, control: &Stat, locked: bool) -> Option<Page> {
    let path = page_path(fs, control)?;
    let file = match fs.open_control(&path) {
        Err(error) if locked && error.kind() == ErrorKind::NotFound => fs.create_control(&path, control.mode).ok()?,
        opened => opened.ok()?,
    };
    // In use from now on, unless its last user has just removed it: then the next try makes a new one.
    if !fs.try_lock(&file, Hold::Shared).ok()? {
        return None;
    }
    let found = fs.stat_open(&file).ok()?;
    let named = fs.stat(&path).ok()?;
    if found.id != named.id || found.owner != control.owner || found.mode != control.mode || !found.is_file {
        return None;
    }
    let mapping = match Mapping::open(&file, page_number(control), LEN, &[control.owner]) {
        Err(error) if locked && error.kind() == ErrorKind::NotFound && fs.user() == control.owner => {
            left_over::sweep_once(fs);
            Mapping::create(&file, page_number(control), LEN, control.mode.unwrap_or_default()).ok()?
        }
        opened => opened.ok()?,
    };
    let magic = mapping.atomic(place::MAGIC);
    if magic.load(Ordering::Acquire) != MAGIC {
        if !locked {
            return None;
        }
        magic.store(MAGIC, Ordering::Release);
    }
    Some(Page { path, file: Kept::new(file), id: found.id, mapping })
}

/// Where the file of a page is, and the number of its memory: both are named by the file of its lock.
fn page_path(fs: &dyn Fs, control: &Stat) -> Option<PathBuf> {
    Some(fs.memory_folder()?.join(format!("{NAMES_BEGIN}{:x}.page", control.id[1])))
}

fn page_number(control: &Stat) -> u64 {
    control.id[1] ^ control.id[0].rotate_left(32) ^ MAGIC
}

/// Removes a page and its lock if nobody uses them.
pub(crate) fn remove_unused(fs: &dyn Fs, path: &Path) {
    let Ok(lock) = fs.open_control(path) else { return };
    let Ok(control) = fs.stat_open(&lock) else { return };
    let Some(page_path) = page_path(fs, &control) else { return };
    if !matches!(fs.try_lock(&lock, Hold::Alone), Ok(true)) {
        return;
    }
    match fs.open_control(&page_path) {
        Ok(page) if matches!(fs.try_lock(&page, Hold::Alone), Ok(true)) => {
            if let Ok(mapping) = Mapping::open(&page, page_number(&control), LEN, &[control.owner]) {
                mapping.remove();
            }
            let _ = fs.remove(&page_path);
            let _ = fs.remove(path);
            let _ = fs.unlock(&page);
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let _ = fs.remove(path);
        }
        _ => {}
    }
    let _ = fs.unlock(&lock);
}

/// The memory that the writers of one log share.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Memory<'m>(&'m Mapping);

impl Memory<'_> {
    /// The generation of this file, if it is the newest.
    pub(crate) fn generation_of(self, id: [u64; 2]) -> Option<u64> {
        let word = self.word().load(Ordering::Acquire);
        let stored = [place::DEVICE, place::NUMBER].map(|at| self.0.atomic(at).load(Ordering::Acquire));
        let again = self.word().load(Ordering::Acquire);
        let sound = stored == id && word >> SIZE_BITS == again >> SIZE_BITS && again & UNKNOWN != UNKNOWN;
        sound.then_some(word >> SIZE_BITS)
    }

    /// Says which file is the newest, and begins a generation with it. Only with the lock held.
    pub(crate) fn publish(self, id: [u64; 2], len: u64, period: i64) {
        let next = ((self.word().load(Ordering::Acquire) >> SIZE_BITS) + 1) << SIZE_BITS;
        // Between these two stores nobody believes the others.
        self.word().store(next | UNKNOWN, Ordering::Release);
        let values = [(place::DEVICE, id[0]), (place::NUMBER, id[1]), (place::USERS, 0)];
        for (at, value) in values {
            self.0.atomic(at).store(value, Ordering::Release);
        }
        self.0.atomic(place::PERIOD).store(period.cast_unsigned(), Ordering::Release);
        self.word().store(next | len.min(UNKNOWN - 1), Ordering::Release);
    }

    /// Asks for room for `len` bytes in the file of this generation.
    pub(crate) fn claim(self, generation: u64, len: u64, max_bytes: u64) -> Claim {
        let word = self.word();
        let mut now = word.load(Ordering::Acquire);
        loop {
            let size = now & UNKNOWN;
            if now >> SIZE_BITS != generation {
                return Claim::Moved;
            }
            if size == UNKNOWN || !fits(size, len, max_bytes) {
                return Claim::Full;
            }
            let next = now - size + size.saturating_add(len).min(UNKNOWN - 1);
            match word.compare_exchange_weak(now, next, Ordering::AcqRel, Ordering::Acquire) {
                Ok(_) => return Claim::Granted,
                Err(other) => now = other,
            }
        }
    }

    /// Asks for room in the file of this generation for the first of several records, as many as there is room for, and
    /// gives how many. The first numbers of `ends` say where each ends.
    pub(crate) fn claim_some(self, generation: u64, ends: &[(usize, u64)], max_bytes: u64) -> usize {
        let word = self.word();
        let mut now = word.load(Ordering::Acquire);
        loop {
            let size = now & UNKNOWN;
            if now >> SIZE_BITS != generation || size == UNKNOWN {
                return 0;
            }
            // A record larger than the limit gets a file of its own, as `fits` has it.
            let fits = |&(end, _): &(usize, u64)| max_bytes == 0 || size.saturating_add(end as u64) <= max_bytes;
            let count = ends.partition_point(fits).max(usize::from(size == 0 && !ends.is_empty()));
            let Some(end) = count.checked_sub(1).and_then(|last| ends.get(last)).map(|(end, _)| *end as u64) else {
                return 0;
            };
            let next = now - size + size.saturating_add(end).min(UNKNOWN - 1);
            match word.compare_exchange_weak(now, next, Ordering::AcqRel, Ordering::Acquire) {
                Ok(_) => return count,
                Err(other) => now = other,
            }
        }
    }

    /// Takes room in the file of this generation, whether there is any or not.
    pub(crate) fn take(self, generation: u64, len: u64) {
        self.claim(generation, len, 0);
    }

    /// How many bytes are taken of the file of this generation.
    pub(crate) fn size(self, generation: u64) -> Option<u64> {
        let word = self.word().load(Ordering::Acquire);
        (word >> SIZE_BITS == generation && word & UNKNOWN != UNKNOWN).then_some(word & UNKNOWN)
    }

    /// Corrects the size of the file of this generation; another's change in the same moment goes first.
    pub(crate) fn correct(self, generation: u64, len: u64) {
        let word = self.word();
        let now = word.load(Ordering::Acquire);
        if now >> SIZE_BITS == generation && now & UNKNOWN != UNKNOWN {
            let next = (now & !UNKNOWN) | len.min(UNKNOWN - 1);
            let _ = word.compare_exchange(now, next, Ordering::AcqRel, Ordering::Acquire);
        }
    }

    /// The period in which the newest file was begun.
    pub(crate) fn period(self) -> i64 {
        self.0.atomic(place::PERIOD).load(Ordering::Acquire).cast_signed()
    }

    pub(crate) fn set_period(self, period: i64) {
        self.0.atomic(place::PERIOD).store(period.cast_unsigned(), Ordering::Release);
    }

    /// Counts one more writer of the newest file, and how many there are in all: none but us, if we are known to be
    /// `alone`. A writer that was killed stays counted until the next file.
    pub(crate) fn add_user(self, alone: bool) {
        if alone {
            self.0.atomic(place::USERS).store(1, Ordering::Release);
        } else {
            // Two at least: the other one may not share this memory.
            self.0.atomic(place::USERS).fetch_max(1, Ordering::AcqRel);
            self.0.atomic(place::USERS).fetch_add(1, Ordering::AcqRel);
        }
    }

    /// Whether nobody else has the newest file open.
    pub(crate) fn is_alone(self) -> bool {
        self.0.atomic(place::USERS).load(Ordering::Acquire) == 1
    }

    fn word(&self) -> &AtomicU64 {
        self.0.atomic(place::WORD)
    }
}

/// Whether `incoming` bytes may still go into a file of `size` bytes. A record larger than the limit gets a file of
/// its own.
pub(crate) fn fits(size: u64, incoming: u64, max_bytes: u64) -> bool {
    max_bytes == 0 || size == 0 || size.saturating_add(incoming) <= max_bytes
}

fn open_or_create(fs: &dyn Fs, path: &Path, mode: Option<u32>) -> io::Result<File> {
    loop {
        match fs.open_control(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            opened => return opened,
        }
        match fs.create_control(path, mode) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            created => return created,
        }
    }
}

/// The lock of a log's page: one to a folder and a name, for processes that see the same folder.
fn memory_path(fs: &dyn Fs, log: &Path) -> Option<PathBuf> {
    let (folder, stem) = memory_place(fs, log)?;
    Some(folder.join(stem + ".lock"))
}

/// Where the files of a log's memory are, and how their names begin.
pub(crate) fn memory_place<'f>(fs: &'f dyn Fs, log: &Path) -> Option<(&'f Path, String)> {
    let folder = fs.memory_folder()?;
    let [device, number] = fs.stat(folder_of(log)).ok()?.id;
    let name = log.file_name()?.as_encoded_bytes();
    // FNV-1a: names as long as a file's may be do not fit.
    let hash = name
        .iter()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
    Some((folder, format!("{NAMES_BEGIN}{device:x}-{number:x}-{hash:x}")))
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

#[cfg(all(test, not(feature = "shuttle")))]
mod tests {
    use super::*;
    use crate::fs::RealFs;

    #[test]
    fn the_control_file_is_hidden_beside_the_log() {
        assert_eq!(Path::new("logs/.worker.ctl"), control_path(Path::new("logs/worker.log")));
        assert_eq!(Path::new(".jobs.jsonl.ctl"), control_path(Path::new("jobs.jsonl")));
    }

    #[test]
    fn an_empty_file_takes_any_record() {
        assert!(fits(0, 500, 100) && fits(60, 40, 100) && !fits(61, 40, 100));
    }

    #[test]
    fn room_is_granted_up_to_the_limit_and_to_one_generation() {
        let folder = tempfile::tempdir().unwrap();
        let mut control = Control::in_memory(&RealFs, &folder.path().join("x.log"), None).unwrap();
        assert!(control.try_lock(&RealFs, None).unwrap());
        let memory = control.memory().unwrap();
        memory.publish([1, 2], 10, 0);
        let generation = memory.generation_of([1, 2]).unwrap();

        let claims = [60, 31, 30].map(|len| memory.claim(generation, len, 100));

        assert_eq!([Claim::Granted, Claim::Full, Claim::Granted], claims);
        assert_eq!(0, memory.claim_some(generation, &[(1, 0), (2, 0)], 100));
        assert_eq!(2, memory.claim_some(generation, &[(3, 0), (5, 0), (9, 0)], 105));
        assert_eq!(Some(105), memory.size(generation));
        assert_eq!(None, memory.generation_of([1, 3]));
        memory.publish([1, 3], 0, 0);
        assert_eq!(Claim::Moved, memory.claim(generation, 1, 100));
        assert_eq!(Some(generation + 1), memory.generation_of([1, 3]));
        let path = control.path.clone();
        control.unlock(&RealFs);
        assert!(path.exists());
        control.end(&RealFs);
        assert!(!path.exists());
    }
}

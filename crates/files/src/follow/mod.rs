//! One growing file, across renaming, truncation, removal and being made again. Gives bytes, not lines;
//! [`crate::watch`] makes records of them.

mod resume;

use std::collections::HashMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use jobtrail_core::Cursor;

use crate::blocks::{BLOCK_BYTES, Blocks, HEAD_BYTES, head_of};
use crate::discover::{LogFile, log_file_at};
use crate::error::FileError;
use crate::name::Turn;
use crate::platform::{FileId, read_full_at};
use crate::rotated::{Links, rotated_set};

pub use resume::Resumed;

/// How long a rotated file is still read after it last grew: a slow process may not have noticed the rotation.
const LINGER: Duration = Duration::from_secs(30);

/// How many rotated files are kept open at most.
const MAX_LINGERING: usize = 64;

/// How often one poll lists a set that rotates faster than it can be opened; the next poll goes on from there.
const LISTINGS: usize = 20;

/// What a follower saw.
#[derive(Debug, PartialEq, Eq)]
pub enum Event<'a> {
    /// A file begins.
    Opened {
        /// The number of this file among those this follower has read, from 0 upward.
        generation: u64,
        /// Where it was when it was opened.
        path: &'a Path,
        /// What came before it.
        after: After,
    },
    /// The next bytes of a file.
    Bytes {
        /// The file they belong to.
        generation: u64,
        /// The place of the first byte in it; for a compressed file in what it unfolds to.
        offset: u64,
        /// The bytes, never empty; they may end inside a line.
        bytes: &'a [u8],
    },
    /// Nothing more will come from this file.
    Closed {
        /// The file that is done.
        generation: u64,
    },
}

/// Why a file begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum After {
    /// It is the first one.
    Start,
    /// The one before was renamed or removed.
    Rotation,
    /// The same file was cut and written anew.
    Truncation,
}

/// Receives what a follower saw.
pub type EventSink<'a> = dyn FnMut(Event<'_>) + 'a;

/// Follows the file that stands at a path, whichever that is at the moment.
///
/// Loses nothing to a rotation by renaming: the old file is read to its end before the new one, files that came
/// and went between two polls are found by their place in the rotated set, and a rotated file is read on while
/// some process still writes to it. What is cut off by a truncation before it was read is lost to any reader.
pub struct Follower {
    path: PathBuf,
    links: Links,
    current: Option<Open>,
    lingering: Vec<Open>,
    /// The first bytes of the files of the set that were seen, so that none is given twice.
    seen: HashMap<FileId, Vec<u8>>,
    /// Files opened for a rotation whose order is not certain yet.
    pending: Vec<(FileId, PathBuf, Source)>,
    /// What was wrong with an old file that could not be opened; told once those behind it were read.
    skipped: Option<FileError>,
    next_generation: u64,
    buffer: Vec<u8>,
}

enum Source {
    Plain(File),
    /// From this byte of what it unfolds to.
    Packed(Box<Blocks>, u64),
}

struct Open {
    file: File,
    path: PathBuf,
    id: FileId,
    generation: u64,
    offset: u64,
    head: Vec<u8>,
    announced: Option<After>,
    grew: Instant,
}

impl Follower {
    /// Follows the file alone, from byte `offset` on; the older files of its set are taken as known.
    ///
    /// The path need not exist yet. Errors: `unreadable`, `io`.
    pub fn new(path: &Path, offset: u64) -> Result<Self, FileError> {
        let mut follower = Self { links: Links::Live, ..Self::whole_set(path) };
        follower.current = match File::open(path) {
            Ok(file) => Some(follower.begin(file, path.to_path_buf(), offset, After::Start)?),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error.into()),
        };
        // Listed after the live file was opened: what is listed as older than that one was there before us.
        let known = rotated_set(path, "", Links::Live).unwrap_or_default();
        let place = follower.place_of_current(&known).unwrap_or(known.len());
        follower.remember(known.iter().take(place));
        Ok(follower)
    }

    /// Follows the whole rotated set: the first poll gives its old files, oldest first, then the live one.
    ///
    /// Symbolic links are not followed, so that it never leaves its directory.
    pub fn whole_set(path: &Path) -> Self {
        Self {
            path: path.to_path_buf(),
            links: Links::None,
            current: None,
            lingering: Vec::new(),
            seen: HashMap::new(),
            pending: Vec::new(),
            skipped: None,
            next_generation: 0,
            buffer: Vec::new(),
        }
    }

    /// Gives everything new since the last call, oldest first. Never waits; call it every few milliseconds.
    ///
    /// Errors: `unreadable` (a new file that this user may not read), `io`. The follower stays usable.
    pub fn poll(&mut self, sink: &mut EventSink<'_>) -> Result<(), FileError> {
        let lingered = self.read_lingering(sink);
        self.read_current(sink)?;
        lingered?;
        self.drop_idle(sink);
        let live = match self.links {
            Links::Live => fs::metadata(&self.path),
            Links::None => fs::symlink_metadata(&self.path),
        };
        match live {
            Ok(metadata) if !metadata.is_file() => Ok(()),
            Ok(metadata) if self.current.as_ref().is_some_and(|now| now.id == FileId::of(&metadata)) => Ok(()),
            Ok(_) => self.rotate(sink),
            // Between two files, or removed: whoever still writes to the open one is still read.
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Gives what is left and closes every file.
    ///
    /// Errors: `io`.
    pub fn finish(&mut self, sink: &mut EventSink<'_>) -> Result<(), FileError> {
        let polled = self.poll(sink);
        for open in self.lingering.drain(..).chain(self.current.take()) {
            open.close(sink);
        }
        polled
    }

    /// Returns how far the log has been read, for [`Follower::resume`]; `None` while no file of it is open.
    ///
    /// Files that were rotated are done as far as the cursor tells: what a slow process may still write to one is not found
    /// after resuming.
    pub fn cursor(&self) -> Option<Cursor> {
        let current = self.current.as_ref();
        // A file without a byte cannot be told from others: the end of the one before it is the same place.
        let open = current.filter(|open| !open.head.is_empty()).or(self.lingering.last()).or(current)?;
        Some(Cursor::of(&open.head, open.offset))
    }

    /// Returns the cursor for byte `offset` of a file that is being read; `None` where that file is closed.
    pub fn cursor_at(&self, generation: u64, offset: u64) -> Option<Cursor> {
        let open = self.current.iter().chain(&self.lingering).find(|open| open.generation == generation)?;
        Some(Cursor::of(&open.head, offset))
    }

    fn begin(&mut self, file: File, path: PathBuf, offset: u64, after: After) -> Result<Open, FileError> {
        let id = FileId::of(&file.metadata()?);
        let generation = self.take_generation();
        let announced = Some(after);
        let mut open = Open { file, path, id, generation, offset, head: Vec::new(), announced, grew: Instant::now() };
        open.extend_head()?;
        Ok(open)
    }

    fn take_generation(&mut self) -> u64 {
        self.next_generation += 1;
        self.next_generation - 1
    }

    fn read_current(&mut self, sink: &mut EventSink<'_>) -> Result<(), FileError> {
        let Some(current) = &mut self.current else { return Ok(()) };
        let length = current.file.metadata()?.len();
        if length == current.offset && current.announced.is_none() {
            return Ok(());
        }
        if current.was_truncated(length)? {
            if current.announced.is_none() {
                sink(Event::Closed { generation: current.generation });
            }
            current.generation = self.next_generation;
            self.next_generation += 1;
            current.offset = 0;
            current.head.clear();
            current.announced = Some(After::Truncation);
        }
        Ok(current.read(&mut self.buffer, sink)?)
    }

    /// One that cannot be read keeps none of the others from being read.
    fn read_lingering(&mut self, sink: &mut EventSink<'_>) -> io::Result<()> {
        let mut result = Ok(());
        for open in &mut self.lingering {
            result = result.and(open.read(&mut self.buffer, sink));
        }
        result
    }

    fn drop_idle(&mut self, sink: &mut EventSink<'_>) {
        let too_many = self.lingering.len().saturating_sub(MAX_LINGERING);
        let mut at = 0;
        for open in std::mem::take(&mut self.lingering) {
            at += 1;
            if at <= too_many || open.grew.elapsed() > LINGER {
                open.close(sink);
            } else {
                self.lingering.push(open);
            }
        }
    }

    /// Goes over to the file that stands at the path now, through all that came and went since the last look.
    fn rotate(&mut self, sink: &mut EventSink<'_>) -> Result<(), FileError> {
        for _ in 0..LISTINGS {
            let listing = list(&self.path, self.links)?;
            // No live file at the moment: it is being renamed. The next poll sees its successor.
            if !listing.last().is_some_and(|file| file.turn == Turn::Live && file.path == self.path) {
                return Ok(());
            }
            if self.open_newer(&listing)? {
                return self.go_through(&listing, sink);
            }
        }
        Ok(())
    }

    /// Opens what is newer than the current file; false if something was renamed meanwhile.
    ///
    /// What was opened stays open, so that a set which rotates all the time is caught up with.
    fn open_newer(&mut self, listing: &[LogFile]) -> Result<bool, FileError> {
        let newer: Vec<&LogFile> = match self.place_of_current(listing) {
            Some(place) => listing.iter().skip(place + 1).collect(),
            None => listing.iter().filter(|file| !self.is_known(file)).collect(),
        };
        for file in newer {
            let Some(id) = file.id else { continue };
            if self.pending.iter().any(|(pending, ..)| *pending == id) {
                continue;
            }
            let blocks = match Blocks::open(&file.path) {
                Ok(blocks) => blocks,
                Err(FileError::NotFound) => return Ok(false),
                Err(error) if file.turn == Turn::Live => return Err(error),
                Err(error) => {
                    self.skipped = Some(error);
                    continue;
                }
            };
            if blocks.id() != Some(id) {
                return Ok(false);
            }
            let source = match blocks.into_plain_file() {
                Ok(file) => Source::Plain(file),
                Err(blocks) => Source::Packed(blocks, 0),
            };
            self.pending.push((id, file.path.clone(), source));
        }
        Ok(true)
    }

    fn go_through(&mut self, listing: &[LogFile], sink: &mut EventSink<'_>) -> Result<(), FileError> {
        let after = if self.current.is_some() { After::Rotation } else { After::Start };
        // A file that cannot be read to its end is told of at last; those behind it are read all the same.
        let mut result = self.skipped.take().map_or(Ok(()), Err);
        if let Some(mut old) = self.current.take() {
            result = result.and(old.read(&mut self.buffer, sink).map_err(FileError::from));
            self.lingering.push(old);
        }
        let mut pending = std::mem::take(&mut self.pending);
        // A file that has left the listing since it was opened was the oldest: it fell off the end of the set.
        pending.sort_by_key(|(id, ..)| listing.iter().position(|file| file.id == Some(*id)).map_or(0, |at| at + 1));
        for (id, path, source) in pending {
            // It may have been renamed since it was opened.
            let listed = listing.iter().find(|file| file.id == Some(id));
            let path = listed.map_or(path, |file| file.path.clone());
            match source {
                Source::Packed(blocks, from) => {
                    result = result.and(self.read_packed(*blocks, from, &path, after, sink));
                }
                Source::Plain(file) => {
                    let is_live = listing.last().is_some_and(|live| live.id == Some(id));
                    let mut open = self.begin(file, path, 0, after)?;
                    result = result.and(open.read(&mut self.buffer, sink).map_err(FileError::from));
                    if is_live && self.current.is_none() {
                        self.current = Some(open);
                    } else {
                        self.lingering.push(open);
                    }
                }
            }
        }
        self.seen.clear();
        self.remember(listing.iter());
        result
    }

    fn read_packed(
        &mut self,
        mut blocks: Blocks,
        from: u64,
        path: &Path,
        after: After,
        sink: &mut EventSink<'_>,
    ) -> Result<(), FileError> {
        let generation = self.take_generation();
        sink(Event::Opened { generation, path, after });
        let mut offset = 0;
        let result = loop {
            match blocks.next() {
                Ok(Some(bytes)) => {
                    let known = usize::try_from(from.saturating_sub(offset)).unwrap_or(usize::MAX).min(bytes.len());
                    if let Some(new) = bytes.get(known..).filter(|new| !new.is_empty()) {
                        sink(Event::Bytes { generation, offset: offset + known as u64, bytes: new });
                    }
                    offset += bytes.len() as u64;
                }
                Ok(None) => break Ok(()),
                Err(error) => break Err(error),
            }
        };
        sink(Event::Closed { generation });
        result
    }

    fn place_of_current(&self, listing: &[LogFile]) -> Option<usize> {
        let current = self.current.as_ref()?;
        let by_id = listing.iter().position(|file| file.id == Some(current.id));
        // Compressed meanwhile: another file with the same beginning.
        by_id.or_else(|| listing.iter().position(|file| file.is_packed() && current.is_same_head(file)))
    }

    fn is_known(&self, file: &LogFile) -> bool {
        let Ok((id, head)) = head_of(&file.path) else { return false };
        if file.is_packed() {
            return self.seen.values().any(|seen| !seen.is_empty() && *seen == head);
        }
        // A number may be given to a new file once the old one is gone, so the content has to agree too.
        id.and_then(|id| self.seen.get(&id)).is_some_and(|seen| head.starts_with(seen))
    }

    fn remember<'f>(&mut self, files: impl Iterator<Item = &'f LogFile>) {
        for file in files {
            if let Ok((Some(id), head)) = head_of(&file.path) {
                self.seen.insert(id, head);
            }
        }
    }
}

/// Lists a set. In a directory that cannot be listed the live file is all that is to be had.
fn list(path: &Path, links: Links) -> Result<Vec<LogFile>, FileError> {
    rotated_set(path, "", links).or_else(|_| Ok(vec![log_file_at(path)?]))
}

impl Open {
    fn read(&mut self, buffer: &mut Vec<u8>, sink: &mut EventSink<'_>) -> io::Result<()> {
        if let Some(after) = self.announced.take() {
            sink(Event::Opened { generation: self.generation, path: &self.path, after });
        }
        buffer.resize(BLOCK_BYTES, 0);
        loop {
            let count = read_full_at(&self.file, buffer, self.offset)?;
            let Some(bytes) = buffer.get(..count).filter(|bytes| !bytes.is_empty()) else { break };
            sink(Event::Bytes { generation: self.generation, offset: self.offset, bytes });
            self.offset += count as u64;
            self.grew = Instant::now();
        }
        self.extend_head()
    }

    /// Whether the file is shorter than what was read of it, or begins otherwise than it did.
    fn was_truncated(&self, length: u64) -> io::Result<bool> {
        if length < self.offset {
            return Ok(true);
        }
        let mut now = [0; HEAD_BYTES];
        let window = now.get_mut(..self.head.len()).unwrap_or_default();
        let count = read_full_at(&self.file, window, 0)?;
        Ok(now.get(..count) != Some(self.head.as_slice()))
    }

    fn extend_head(&mut self) -> io::Result<()> {
        if self.head.len() < HEAD_BYTES {
            let mut head = vec![0; HEAD_BYTES];
            let count = read_full_at(&self.file, &mut head, 0)?;
            head.truncate(count);
            self.head = head;
        }
        Ok(())
    }

    fn is_same_head(&self, file: &LogFile) -> bool {
        !self.head.is_empty() && head_of(&file.path).is_ok_and(|(_, head)| head == self.head)
    }

    fn close(self, sink: &mut EventSink<'_>) {
        if self.announced.is_none() {
            sink(Event::Closed { generation: self.generation });
        }
    }
}

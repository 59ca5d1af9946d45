//! The open log file: opening it under its name, saying to the others that it is in use, one write a record.

use std::fs::File;
use std::io::{self, ErrorKind};
use std::path::Path;
use std::time::Duration;

use crate::fs::{Fs, Hold, Kept, Stat};
use crate::work::POLL;

/// How often opening is tried while other processes rename the file under our hands.
const TRIES: usize = 8;

/// An unfinished line that is this old is nobody's write in progress.
pub(crate) const SETTLED: Duration = Duration::from_millis(20);

/// A killed writer's record ends at a multiple of this, if it was cut: systems copy and allocate in larger steps.
const CUT_STEP: u64 = 512;

/// A log opened for appending.
#[derive(Debug)]
pub(crate) struct LogFile {
    file: Kept,
    opened: Stat,
    /// Nobody else had it open when it was opened.
    alone: bool,
    /// The last line has no end yet (a torn write, of ours or of one killed by a power cut).
    torn: bool,
    /// Whether the last line has an end was not to be seen at opening, because others are writing.
    unsure: bool,
}

/// What came of one write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wrote {
    /// The whole record.
    All,
    /// The whole record, behind a newline that closes an unfinished line.
    AllAnew,
    /// Only a part: the record has to be written again.
    Part,
}

impl LogFile {
    /// Opens the log, and makes it and its folder where they are missing, with `mode` if one is known.
    pub(crate) fn open(fs: &dyn Fs, path: &Path, mode: Option<u32>) -> io::Result<Self> {
        let mut denied = None;
        for _ in 0..TRIES {
            match fs.open(path) {
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                // Another user may just be making it, and give it its mode or, below, its name in a moment.
                Err(error) if error.kind() == ErrorKind::PermissionDenied => {
                    denied = Some(error);
                    fs.sleep(POLL);
                    continue;
                }
                opened => return Self::new(fs, opened?),
            }
            match fs.create(path, mode) {
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) if error.kind() == ErrorKind::PermissionDenied => {
                    denied = Some(error);
                    fs.sleep(POLL);
                }
                Err(error) if error.kind() == ErrorKind::NotFound => {
                    fs.create_folder(path.parent().unwrap_or_else(|| Path::new(".")))?;
                }
                created => return Self::new(fs, created?),
            }
        }
        Err(denied.unwrap_or_else(|| io::Error::other("the file comes and goes while it is opened")))
    }

    fn new(fs: &dyn Fs, file: File) -> io::Result<Self> {
        let opened = fs.stat_open(&file)?;
        let alone = opened.is_file && mark_used(fs, &file);
        // While others write, an unfinished line is most likely one of theirs in the middle of its write.
        let torn = alone && is_torn(fs, &file);
        Ok(Self { file: Kept::new(file), opened, alone, torn, unsure: opened.is_file && !alone })
    }

    pub(crate) fn file(&self) -> &File {
        &self.file
    }

    pub(crate) fn id(&self) -> [u64; 2] {
        self.opened.id
    }

    /// What it was when it was opened.
    pub(crate) fn opened(&self) -> &Stat {
        &self.opened
    }

    pub(crate) fn was_alone(&self) -> bool {
        self.alone
    }

    /// Whether the file still has a name.
    pub(crate) fn has_a_name(&self, fs: &dyn Fs) -> bool {
        fs.stat_open(&self.file).is_ok_and(|now| now.names > 0)
    }

    /// Whether its descriptor is still its own; see [`Kept`].
    pub(crate) fn is_open(&self) -> bool {
        self.file.is_ours()
    }

    /// Says that we are done with it: it may be compressed or deleted. Said aloud and not left to closing, because a
    /// forked child has a copy of the descriptor; and not said by that child, because the lock is the parent's too.
    pub(crate) fn release(self, fs: &dyn Fs) {
        if self.is_open() {
            let _ = fs.unlock(&self.file);
        }
    }

    /// Writes the record with one `write`, an unfinished line before it closed first.
    pub(crate) fn write_once(&mut self, fs: &dyn Fs, record: &[u8]) -> io::Result<Wrote> {
        let closed;
        let bytes = if self.torn {
            closed = [b"\n", record].concat();
            closed.as_slice()
        } else {
            record
        };
        let written = loop {
            match fs.write(&self.file, bytes) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                result => break result?,
            }
        };
        if written == 0 && !bytes.is_empty() {
            return Err(ErrorKind::WriteZero.into());
        }
        if written == bytes.len() {
            return Ok(if std::mem::take(&mut self.torn) { Wrote::AllAnew } else { Wrote::All });
        }
        // Just the closing newline written is a closed line.
        self.torn = !(self.torn && written == 1);
        Ok(Wrote::Part)
    }

    /// Writes several records with one `write`, an unfinished line before them closed first, and gives how many of their
    /// bytes were written. `is_end` tells where a record ends.
    pub(crate) fn write_part(
        &mut self,
        fs: &dyn Fs,
        records: &[u8],
        is_end: impl Fn(usize) -> bool,
    ) -> io::Result<usize> {
        if self.torn && self.write_once(fs, b"")? == Wrote::Part {
            return Ok(0);
        }
        let written = loop {
            match fs.write(&self.file, records) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                result => break result?,
            }
        };
        if written == 0 && !records.is_empty() {
            return Err(ErrorKind::WriteZero.into());
        }
        self.torn = !is_end(written);
        Ok(written)
    }

    /// Whether the file, so long now, seems to end in the cut record of a writer that was killed.
    pub(crate) fn ends_in_half(&self, fs: &dyn Fs, len: u64) -> bool {
        let mut last = [b'\n'];
        let is_suspect = len > 0 && len.is_multiple_of(CUT_STEP);
        is_suspect && matches!(fs.read_at(&self.file, &mut last, len - 1), Ok(1)) && last != [b'\n']
    }

    /// Whether a record that begins at `start` stands behind the cut record of a writer that was killed, in its line.
    pub(crate) fn is_glued(&mut self, fs: &dyn Fs, start: u64) -> bool {
        let mut before = [b'\n'];
        let is_suspect = std::mem::take(&mut self.unsure) || start.is_multiple_of(CUT_STEP);
        start > 0 && is_suspect && matches!(fs.read_at(&self.file, &mut before, start - 1), Ok(1)) && before != [b'\n']
    }
}

/// Holds a lock on the file that tells others not to compress or delete it, for as long as it is open; true if nobody
/// else held one. A file system or a stranger that does not let us lock it does not keep us from writing.
fn mark_used(fs: &dyn Fs, file: &File) -> bool {
    for _ in 0..TRIES {
        let alone = matches!(fs.try_lock(file, Hold::Alone), Ok(true));
        match fs.try_lock(file, Hold::Shared) {
            Ok(true) => return alone,
            Ok(false) => fs.sleep(POLL), // a sibling asks just now whether it is alone
            Err(_) => return false,
        }
    }
    false
}

/// Whether the last line has no end, and nobody is just writing it: a reader can see the first pages of a sibling's
/// write before the others, so an unfinished line counts only if it stays as it is for a while. No where it cannot be
/// read.
fn is_torn(fs: &dyn Fs, file: &File) -> bool {
    let unfinished_len = || -> io::Result<Option<u64>> {
        let len = fs.stat_open(file)?.len;
        let mut last = [b'\n'];
        if len > 0 {
            fs.read_at(file, &mut last, len - 1)?;
        }
        Ok((last != [b'\n']).then_some(len))
    };
    let Ok(Some(len)) = unfinished_len() else { return false };
    fs.sleep(SETTLED);
    matches!(unfinished_len(), Ok(Some(later)) if later == len)
}

//! The open log file: opening it under its name, noticing that the name means another file, one write a record.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::thread;
use std::time::Duration;

use crate::platform;

/// How often opening is tried while other processes rename the file under our hands.
const TRIES: usize = 8;

/// An unfinished line that is this old is nobody's write in progress.
const SETTLED: Duration = Duration::from_millis(20);

/// A log opened for appending.
#[derive(Debug)]
pub(crate) struct LogFile {
    file: File,
    identity: Metadata,
    /// The last line has no end yet (a torn write, of ours or of one killed by a power cut).
    torn: bool,
}

impl LogFile {
    /// Opens the log, and makes it and its folder where they are missing, with `mode` if one is known.
    pub(crate) fn open(path: &Path, mode: Option<u32>) -> io::Result<Self> {
        for _ in 0..TRIES {
            match open_existing(path) {
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                opened => return Self::new(opened?),
            }
            match platform::create_new(path, mode) {
                Ok(file) => {
                    platform::set_mode(&file, mode)?;
                    return Self::new(file);
                }
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) if error.kind() == ErrorKind::NotFound => {
                    fs::create_dir_all(path.parent().unwrap_or_else(|| Path::new(".")))?;
                }
                Err(error) => return Err(error),
            }
        }
        Err(io::Error::other("the file comes and goes while it is opened"))
    }

    fn new(mut file: File) -> io::Result<Self> {
        let identity = file.metadata()?;
        let torn = identity.is_file() && is_torn(&mut file);
        Ok(Self { file, identity, torn })
    }

    /// Whether `named` (what stands under the log's name now) is this file.
    pub(crate) fn is(&self, named: &Metadata) -> bool {
        platform::is_still(&self.file, &self.identity, named)
    }

    /// Whether the file still has a name.
    pub(crate) fn has_a_name(&self) -> bool {
        self.file.metadata().is_ok_and(|now| platform::names(&now) > 0)
    }

    /// The permission bits it was opened with.
    pub(crate) fn mode(&self) -> Option<u32> {
        platform::mode_of(&self.identity)
    }

    /// Length at opening, in bytes.
    pub(crate) fn opened_len(&self) -> u64 {
        self.identity.len()
    }

    /// Writes the record with one `write`, an unfinished line before it closed first. True: all of it; false: the
    /// write was short, and the record has to be written again.
    pub(crate) fn write_once(&mut self, record: &[u8]) -> io::Result<bool> {
        let closed;
        let bytes = if self.torn {
            closed = [b"\n", record].concat();
            closed.as_slice()
        } else {
            record
        };
        let written = loop {
            match self.file.write(bytes) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                result => break result?,
            }
        };
        if written == 0 && !bytes.is_empty() {
            return Err(ErrorKind::WriteZero.into());
        }
        let whole = written == bytes.len();
        // Just the closing newline written is a closed line.
        self.torn = !(whole || self.torn && written == 1);
        Ok(whole)
    }
}

/// Opened for reading too where that is allowed, to see how the last line ends.
fn open_existing(path: &Path) -> io::Result<File> {
    match OpenOptions::new().read(true).append(true).open(path) {
        Err(error) if error.kind() == ErrorKind::PermissionDenied => OpenOptions::new().append(true).open(path),
        opened => opened,
    }
}

/// Whether the last line has no end, and nobody is just writing it: a reader can see the first pages of a sibling's
/// write before the others, so an unfinished line counts only if it stays as it is for a while. No where it cannot be
/// read. Appending never looks at the position moved here.
fn is_torn(file: &mut File) -> bool {
    let mut unfinished_len = || -> io::Result<Option<u64>> {
        let len = file.seek(SeekFrom::End(0))?;
        let mut last = [b'\n'];
        if len > 0 {
            file.seek(SeekFrom::Start(len - 1))?;
            file.read_exact(&mut last)?;
        }
        Ok((last != [b'\n']).then_some(len))
    };
    let Ok(Some(len)) = unfinished_len() else { return false };
    thread::sleep(SETTLED);
    matches!(unfinished_len(), Ok(Some(later)) if later == len)
}

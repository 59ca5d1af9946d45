//! Compression of old files: into a hidden file first, which then takes the old one's place.
//!
//! Whatever moment it is broken off at, each record stands in a whole file: a hidden file that nobody finished is
//! removed or written anew, and if an old file and its compressed form both stand there, the plain one goes when the
//! other has been found to say the same.

use std::ffi::OsString;
use std::fs::{File, FileTimes};
use std::io::{self, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use crate::chain::{self, lock_unused, named};
use crate::control::Control;
use crate::fs::{Fs, Stat};
use crate::options::Compression;
use crate::work::POLL;

/// How long a finished file waits for the control lock before it is given up until the next rotation.
const PATIENCE: Duration = Duration::from_secs(10);

/// Bytes read at a time.
const BLOCK: usize = 64 * 1024;

const ENDING_OF_HIDDEN: &str = ".tmp";

impl Compression {
    fn ending(self) -> &'static str {
        match self {
            Self::Gzip => ".gz",
            Self::Zstd => ".zst",
        }
    }

    fn write(self, mut from: &File, to: &File) -> io::Result<()> {
        match self {
            Self::Gzip => {
                let mut encoder = flate2::write::GzEncoder::new(to, flate2::Compression::default());
                io::copy(&mut from, &mut encoder)?;
                encoder.finish()?.flush()
            }
            Self::Zstd => {
                let mut encoder = zstd::Encoder::new(to, zstd::DEFAULT_COMPRESSION_LEVEL)?;
                io::copy(&mut from, &mut encoder)?;
                encoder.finish()?.flush()
            }
        }
    }
}

/// Compresses the old files that no writer has open, oldest first.
pub(crate) fn compress(fs: &dyn Fs, path: &Path, control: &mut Control, kind: Compression) -> io::Result<()> {
    let old = chain::old_files(fs, path)?;
    let mut ids = Vec::new();
    for (&number, endings) in old.iter().rev() {
        if endings.contains(&"")
            && let Ok(found) = fs.stat(&named(path, number, ""))
        {
            ids.push(found.id);
        }
    }
    remove_left_overs(fs, path, &ids)?;
    for id in ids {
        // Its number may be another one by now.
        let Some(number) = number_of(fs, path, id)? else { continue };
        let Some(file) = lock_unused(fs, path, &named(path, number, "")) else { continue };
        let result = fs
            .stat_open(&file)
            .and_then(|found| if found.id == id { replace(fs, path, control, kind, &file, &found) } else { Ok(()) });
        // Said aloud: a child forked meanwhile has a copy of the descriptor.
        let _ = fs.unlock(&file);
        result?;
    }
    Ok(())
}

/// Puts the compressed form of an old file, which is locked, in its place.
fn replace(
    fs: &dyn Fs,
    path: &Path,
    control: &mut Control,
    kind: Compression,
    file: &File,
    found: &Stat,
) -> io::Result<()> {
    let hidden = hidden_path(path, found.id);
    let result = write_hidden(fs, &hidden, kind, file, found).and_then(|()| {
        in_turn(fs, control, found.mode, || {
            let Some(number) = number_of(fs, path, found.id)? else { return Ok(()) };
            let plain = named(path, number, "");
            let compressed = named(path, number, kind.ending());
            if fs.stat(&compressed).is_ok() {
                // Broken off here before, or someone else's work: it is believed when it says the same.
                return if says_the_same(&plain, &compressed, kind) { fs.remove(&plain) } else { Ok(()) };
            }
            fs.rename(&hidden, &compressed)?;
            fs.remove(&plain)
        })
    });
    let _ = fs.remove(&hidden);
    result
}

fn write_hidden(fs: &dyn Fs, hidden: &Path, kind: Compression, file: &File, found: &Stat) -> io::Result<()> {
    let _ = fs.remove(hidden);
    let to = fs.create_control(hidden, found.mode)?;
    kind.write(file, &to)?;
    if let Ok(since) = u64::try_from(found.modified) {
        to.set_times(FileTimes::new().set_modified(UNIX_EPOCH + Duration::from_secs(since)))?;
    }
    // The plain file goes after this; a power cut must not find the other one unwritten.
    fs.sync(&to)
}

/// Does something while no other process renames.
pub(crate) fn in_turn(
    fs: &dyn Fs,
    control: &mut Control,
    mode: Option<u32>,
    act: impl FnOnce() -> io::Result<()>,
) -> io::Result<()> {
    let deadline = fs.now() + PATIENCE;
    while !control.try_lock(fs, mode)? {
        if fs.now() >= deadline {
            return Err(io::Error::new(io::ErrorKind::TimedOut, "another process does not give the lock back"));
        }
        fs.sleep(POLL);
    }
    let result = act();
    control.unlock(fs);
    result
}

/// The number of the plain old file that is this one.
fn number_of(fs: &dyn Fs, path: &Path, id: [u64; 2]) -> io::Result<Option<u32>> {
    let old = chain::old_files(fs, path)?;
    Ok(old.into_keys().find(|&number| fs.stat(&named(path, number, "")).is_ok_and(|found| found.id == id)))
}

/// Removes hidden files of compressions that were broken off and whose old file is gone since.
fn remove_left_overs(fs: &dyn Fs, path: &Path, ids: &[[u64; 2]]) -> io::Result<()> {
    let wanted: Vec<PathBuf> = ids.iter().map(|&id| hidden_path(path, id)).collect();
    let mut prefix = OsString::from(".");
    prefix.push(path.file_name().unwrap_or_default());
    prefix.push(".");
    let folder = chain::folder_of(path);
    for name in fs.names(folder)? {
        let bytes = name.as_encoded_bytes();
        let is_hidden = bytes.starts_with(prefix.as_encoded_bytes()) && bytes.ends_with(ENDING_OF_HIDDEN.as_bytes());
        let file = folder.join(&name);
        if is_hidden && !wanted.iter().any(|wanted| wanted.file_name() == file.file_name()) {
            let _ = fs.remove(&file);
        }
    }
    Ok(())
}

/// `logs/x.log` to `logs/.x.log.1a2b.tmp`
fn hidden_path(path: &Path, id: [u64; 2]) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(format!(".{:x}{ENDING_OF_HIDDEN}", id[1]));
    path.with_file_name(name)
}

/// Whether the compressed file holds exactly the plain one's bytes.
fn says_the_same(plain: &Path, compressed: &Path, kind: Compression) -> bool {
    let (Ok(plain), Ok(compressed)) = (File::open(plain), File::open(compressed)) else { return false };
    let same = match kind {
        Compression::Gzip => are_equal(plain, flate2::read::GzDecoder::new(compressed)),
        Compression::Zstd => zstd::Decoder::new(compressed).and_then(|decoder| are_equal(plain, decoder)),
    };
    same.unwrap_or(false)
}

fn are_equal(left: impl Read, right: impl Read) -> io::Result<bool> {
    let (mut left, mut right) = (BufReader::with_capacity(BLOCK, left), BufReader::with_capacity(BLOCK, right));
    let (mut ours, mut theirs) = (vec![0; BLOCK], vec![0; BLOCK]);
    loop {
        let read = read_block(&mut left, &mut ours)?;
        if read != read_block(&mut right, &mut theirs)? || ours.get(..read) != theirs.get(..read) {
            return Ok(false);
        }
        if read == 0 {
            return Ok(true);
        }
    }
}

/// Fills the block as far as there are bytes.
fn read_block(from: &mut impl Read, block: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(rest) = block.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match from.read(rest)? {
            0 => break,
            read => filled += read,
        }
    }
    Ok(filled)
}

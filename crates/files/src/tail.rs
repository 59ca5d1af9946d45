//! The end of a file, cut where a line begins.

use std::fs::File;
use std::path::Path;

use crate::blocks::BLOCK_BYTES;
use crate::error::FileError;
use crate::platform::read_full_at;

/// Returns the offset and the bytes of the last whole lines of a file that fit into `max_bytes`, and an unfinished
/// last line with them.
///
/// A single line longer than that is given whole, up to 1 MiB; past it the tail is empty and starts at the file's
/// end. A cut inside a line is never given: redaction needs the key that stands before a secret.
/// Offsets are in bytes. An empty file gives `(0, [])`. Errors: `not_found`, `unreadable`, `io`.
pub fn tail(path: &Path, max_bytes: u64) -> Result<(u64, Vec<u8>), FileError> {
    let file = File::open(path)?;
    let end = file.metadata()?.len();
    let (start, bytes) = last_lines(&file, end, max_bytes)?;
    if !bytes.is_empty() || max_bytes == 0 {
        return Ok((start, bytes));
    }
    let (start, mut bytes) = last_lines(&file, end, max_bytes.max(BLOCK_BYTES as u64))?;
    let body = bytes.strip_suffix(b"\n").unwrap_or(&bytes);
    let cut = body.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    bytes.drain(..cut);
    Ok((start + cut as u64, bytes))
}

fn last_lines(file: &File, end: u64, max_bytes: u64) -> std::io::Result<(u64, Vec<u8>)> {
    let start = end.saturating_sub(max_bytes);
    // One byte more than asked for: it says whether the window itself begins at a line.
    let from = start.saturating_sub(1);
    let mut bytes = vec![0; usize::try_from(end - from).unwrap_or(usize::MAX)];
    let filled = read_full_at(file, &mut bytes, from)?;
    bytes.truncate(filled);
    if start == 0 {
        return Ok((0, bytes));
    }
    let cut = bytes.iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |at| at + 1);
    bytes.drain(..cut);
    Ok((from + cut as u64, bytes))
}

//! One piece of a file, read record by record and block by block.

use std::fs::File;
use std::io;
use std::ops::{ControlFlow, Range};

use jobtrail_core::{ReadOptions, Reader, Record, Seen, Timestamp};

use super::Scan;
use super::pieces::Piece;
use crate::blocks::BLOCK_BYTES;
use crate::platform::read_full_at;

/// What comes next of a piece.
pub(crate) enum Step<'r> {
    Record(&'r Record<'r>),
    /// So many bytes have been read, and the records that they complete given.
    Block(u64),
}

/// What a piece says at its end.
pub(crate) struct PieceEnd {
    pub(crate) seen: Seen,
    /// The last time of the source.
    pub(crate) carried: Option<Timestamp>,
    pub(crate) lines: u64,
    /// Whether nothing of the file comes behind it: it became shorter or cannot be read.
    pub(crate) is_cut: bool,
    pub(crate) error: Option<io::Error>,
}

impl Scan<'_> {
    /// Returns the number of the file's first line, where it is known.
    pub(super) fn first_line(&self) -> Option<u64> {
        self.options.start_line.or((self.options.start_offset == 0).then_some(1))
    }

    /// Reads a piece, its lines counted from `line`, until `take` breaks behind a block: then it has no end.
    pub(crate) fn read(
        &self,
        piece: &Piece,
        line: u64,
        buffer: &mut Vec<u8>,
        take: &mut dyn FnMut(Step<'_>) -> ControlFlow<()>,
    ) -> Option<PieceEnd> {
        let mut reader =
            Reader::planned(self.piece_options(piece, line), self.plan.clone()).knowing(&self.profile).passing_over();
        let mut at = piece.range.start;
        loop {
            let (bytes, is_cut, error) = match read_block(self.file, buffer, at..piece.range.end) {
                Ok((bytes, is_cut)) => (bytes, is_cut, None),
                Err(error) => (&[][..], true, Some(error)),
            };
            at += bytes.len() as u64;
            let is_end = is_cut || at >= piece.range.end;
            // A break is answered behind the block: a reader cannot stop within it.
            let mut give = |record: &Record<'_>| {
                let _ = take(Step::Record(record));
            };
            reader.feed(bytes, &mut give);
            if is_end {
                reader.finish(&mut give);
            }
            if take(Step::Block(bytes.len() as u64)).is_break() {
                return None;
            }
            if is_end {
                let lines = reader.next_line().map_or(0, |next| next - line);
                return Some(PieceEnd { seen: reader.seen(), carried: reader.carried(), lines, is_cut, error });
            }
        }
    }

    /// Begins to read on at a border, or at the file's beginning.
    pub(crate) fn reader_at(&self, start: u64) -> Reader {
        let options = self.piece_options(&Piece { range: start..self.end, follows: start == 0 }, 1);
        Reader::planned(options, self.plan.clone()).knowing(&self.profile).passing_over()
    }

    /// Returns how many records stand between two borders, as far as the plan does not pass over them.
    pub(crate) fn records_in(&self, range: Range<u64>) -> u64 {
        let piece = Piece { range, follows: false };
        let end = self.read(&piece, 1, &mut Vec::new(), &mut |_| ControlFlow::Continue(()));
        end.map_or(0, |end| end.seen.records)
    }

    fn piece_options(&self, piece: &Piece, line: u64) -> ReadOptions {
        let options = self.options;
        let is_first = piece.range.start == 0;
        ReadOptions {
            start_offset: options.start_offset + piece.range.start,
            start_line: self.first_line().filter(|_| piece.follows).map(|_| line),
            carried: options.carried.filter(|_| is_first),
            // With the date: stamps without a year are dated by the day at which reading began, wherever they stand.
            ..options.clone()
        }
    }
}

/// Returns the next block of a range, and whether the file ends in it.
fn read_block<'b>(file: &File, buffer: &'b mut Vec<u8>, range: Range<u64>) -> io::Result<(&'b [u8], bool)> {
    // A piece ends a little behind its nominal size: that is no block of its own.
    const LARGEST: usize = BLOCK_BYTES + BLOCK_BYTES / 4;
    let left = usize::try_from(range.end - range.start).unwrap_or(usize::MAX);
    let wanted = if left <= LARGEST { left } else { BLOCK_BYTES };
    if buffer.len() < wanted {
        buffer.resize(wanted, 0);
    }
    let window = buffer.get_mut(..wanted).unwrap_or_default();
    let filled = read_full_at(file, window, range.start)?;
    Ok((window.get(..filled).unwrap_or_default(), filled < wanted))
}

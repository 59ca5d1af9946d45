//! Where a file can be cut, and its pieces.

use std::collections::VecDeque;
use std::fs::File;
use std::ops::Range;

use jobtrail_core::{Profile, Timestamp};

use crate::platform::read_full_at;

/// How much is read at first to find a border; nearly always enough.
const FIRST_SEARCH_BYTES: usize = 8 << 10;

/// Finds the places at which a file can be cut.
pub(super) struct Borders<'a> {
    pub(super) file: &'a File,
    pub(super) profile: &'a Profile,
    pub(super) max_search_bytes: usize,
}

impl Borders<'_> {
    /// Returns the first border not before byte `at`, with its time; none where there is none nearby.
    pub(super) fn find(&self, at: u64) -> Option<(u64, Timestamp)> {
        // One byte more: it says whether a line begins at `at`.
        let from = at.saturating_sub(1);
        let mut wanted = FIRST_SEARCH_BYTES.min(self.max_search_bytes);
        loop {
            let mut window = vec![0; wanted];
            // What cannot be read is no border; whoever reads the piece tells of it.
            let filled = read_full_at(self.file, &mut window, from).ok()?;
            window.truncate(filled);
            let skipped = if at == 0 { Some(0) } else { window.iter().position(|byte| *byte == b'\n').map(|i| i + 1) };
            let found = skipped.and_then(|skipped| {
                let (border, time) = self.profile.border(window.get(skipped..)?)?;
                Some((from + (skipped + border) as u64, time))
            });
            if found.is_some() || filled < wanted || wanted == self.max_search_bytes {
                return found;
            }
            wanted = (wanted * 8).min(self.max_search_bytes);
        }
    }
}

/// A part of a file that begins at its first byte or at a border, and ends at one or at the file's end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) range: Range<u64>,
    /// Whether everything before it is read too.
    pub(crate) follows: bool,
}

/// The pieces of a file, one after the other.
pub(super) struct Pieces<'a> {
    borders: Borders<'a>,
    /// What is still to be cut; each begins and ends where a piece may.
    runs: VecDeque<Range<u64>>,
    piece_bytes: u64,
    read_to: u64,
}

impl<'a> Pieces<'a> {
    pub(super) fn new(borders: Borders<'a>, runs: Vec<Range<u64>>, piece_bytes: u64) -> Self {
        Self { borders, runs: runs.into(), piece_bytes, read_to: 0 }
    }
}

impl Iterator for Pieces<'_> {
    type Item = Piece;

    fn next(&mut self) -> Option<Piece> {
        let run = self.runs.front_mut()?;
        let start = run.start;
        let mut end = run.end;
        // Where no border is found, the next is looked for twice as far on: a source without any is not searched for long.
        let mut step = self.piece_bytes;
        let mut at = start + step;
        while at < run.end {
            if let Some((border, _)) = self.borders.find(at) {
                end = border.min(run.end);
                break;
            }
            step = step.saturating_mul(2);
            at = at.saturating_add(step);
        }
        run.start = end;
        if run.is_empty() {
            self.runs.pop_front();
        }
        let follows = start == self.read_to;
        if follows {
            self.read_to = end;
        }
        Some(Piece { range: start..end, follows })
    }
}

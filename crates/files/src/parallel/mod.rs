//! One large plain file, read by several threads at once, or only where a time range may have matches.
//!
//! A file is cut at borders: lines at which reading may begin as if all before them had been read. So the records are
//! those of one pass, in its order. A source without dates has no borders and is read by one thread.

mod pieces;
mod reading;
#[cfg(test)]
mod tests;
mod window;
mod work;

use std::fs::File;
use std::num::NonZeroUsize;
use std::ops::Range;
use std::thread;

use jobtrail_core::{Plan, Profile, ReadOptions};

use crate::blocks::is_binary;
use crate::platform::read_full_at;
use pieces::Borders;

pub(crate) use pieces::Piece;
pub(crate) use reading::Step;
pub(crate) use work::{Given, Make, Part, add_seen};

/// More threads than this only wait for memory.
const MAX_THREADS: usize = 8;

/// What a source begins with says how the rest is read.
const HEAD_BYTES: usize = 64 << 10;

/// How large files are split among threads. The default takes one thread a processor, 8 at most.
#[derive(Clone, Copy, Debug)]
pub struct Split {
    pub(crate) threads: usize,
    /// Smaller files are read as they come.
    pub(crate) min_bytes: u64,
    pub(crate) piece_bytes: u64,
    /// How far behind a place a border is looked for.
    pub(crate) max_search_bytes: usize,
    /// How many records of a block are handed from one thread to another. To own more costs as much as to read them.
    pub(crate) max_owned: u64,
    /// How much is read at first of a file that is read from its end.
    pub(crate) last_bytes: u64,
}

impl Default for Split {
    fn default() -> Self {
        Self::among(thread::available_parallelism().map_or(1, NonZeroUsize::get).min(MAX_THREADS))
    }
}

impl Split {
    /// Splits among this many threads; 0 is as 1.
    pub const fn among(threads: usize) -> Self {
        Self {
            threads,
            min_bytes: 8 << 20,
            piece_bytes: 1 << 20,
            max_search_bytes: 256 << 10,
            max_owned: 2048,
            last_bytes: 64 << 10,
        }
    }
}

impl Split {
    /// Whether so many bytes are read sooner by several threads.
    pub(crate) fn is_worth_sharing(&self, bytes: u64) -> bool {
        self.threads > 1 && bytes >= 2 * self.piece_bytes
    }
}

/// What is to be read of one plain file, and how.
pub(crate) struct Scan<'a> {
    file: &'a File,
    options: &'a ReadOptions,
    plan: &'a Plan,
    split: Split,
    /// The file ends where it ended when reading began.
    end: u64,
    profile: Profile,
}

impl<'a> Scan<'a> {
    /// Begins to read a file; `None` where splitting it is no gain, or where it is not a log.
    pub(crate) fn begin(file: &'a File, options: &'a ReadOptions, plan: &'a Plan, split: Split) -> Option<Self> {
        let end = file.metadata().ok()?.len();
        let is_bounded = plan.filter().window() != (None, None);
        // Within a piece lines are counted from its own beginning.
        if end < split.min_bytes || (split.threads < 2 && !is_bounded) {
            return None;
        }
        Self::over(file, options, plan, split)
    }

    /// Begins to read a file of any size; `None` where that can only be done from its beginning, or where it is not a log.
    pub(crate) fn over(file: &'a File, options: &'a ReadOptions, plan: &'a Plan, split: Split) -> Option<Self> {
        let end = file.metadata().ok()?.len();
        if plan.filter().needs_line() {
            return None;
        }
        let mut head = vec![0; HEAD_BYTES];
        let filled = read_full_at(file, &mut head, 0).ok()?;
        head.truncate(filled);
        if is_binary(&head) {
            return None;
        }
        Some(Self { file, options, plan, split, end, profile: Profile::learn(&head, options) })
    }

    /// Returns how long the file was when reading began.
    pub(crate) fn bytes(&self) -> u64 {
        self.end
    }

    /// Returns the scan with other options: they say how the file begins.
    pub(crate) fn beginning<'b>(&'b self, options: &'b ReadOptions) -> Scan<'b> {
        Scan { options, profile: self.profile.clone(), ..*self }
    }

    pub(crate) fn file(&self) -> &File {
        self.file
    }

    /// Returns the runs of bytes that are worth reading.
    pub(crate) fn runs(&self) -> Vec<Range<u64>> {
        window::runs(&self.borders(), self.end, self.split.piece_bytes, self.plan.filter().window())
    }

    /// Returns the last border before `end`, at least `step` bytes before it, or further on where none is near; `first` where
    /// there is none behind that.
    pub(crate) fn border_before(&self, end: u64, step: u64, first: u64) -> u64 {
        let borders = self.borders();
        let mut step = step.max(1);
        loop {
            let at = end.saturating_sub(step);
            if at <= first {
                return first;
            }
            if let Some((border, _)) = borders.find(at).filter(|(border, _)| *border < end) {
                return border;
            }
            step = step.saturating_mul(4);
        }
    }

    /// Whether the file begins with a line at which reading could begin anywhere.
    pub(crate) fn begins_with_border(&self) -> bool {
        self.borders().find(0).is_some_and(|(border, _)| border == 0)
    }

    fn borders(&self) -> Borders<'_> {
        Borders { file: self.file, profile: &self.profile, max_search_bytes: self.split.max_search_bytes }
    }
}

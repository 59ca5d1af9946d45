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
use std::thread;

use jobtrail_core::{Plan, Profile, ReadOptions};

use crate::blocks::is_binary;
use crate::platform::read_full_at;
use pieces::{Borders, Pieces};

pub(crate) use work::{Given, Make};

/// More threads than this only wait for memory.
const MAX_THREADS: usize = 8;

/// What a source begins with says how the rest is read.
const HEAD_BYTES: usize = 64 << 10;

/// How large files are split among threads. The default takes one thread a processor, 8 at most.
#[derive(Clone, Copy, Debug)]
pub struct Split {
    threads: usize,
    /// Smaller files are read as they come.
    min_bytes: u64,
    piece_bytes: u64,
    /// How far behind a place a border is looked for.
    max_search_bytes: usize,
    /// How many records of a block are handed from one thread to another. To own more costs as much as to read them.
    pub(crate) max_owned: u64,
}

impl Default for Split {
    fn default() -> Self {
        Self::among(thread::available_parallelism().map_or(1, NonZeroUsize::get).min(MAX_THREADS))
    }
}

impl Split {
    /// Splits among this many threads; 0 is as 1.
    pub const fn among(threads: usize) -> Self {
        Self { threads, min_bytes: 8 << 20, piece_bytes: 1 << 20, max_search_bytes: 256 << 10, max_owned: 2048 }
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
        if end < split.min_bytes || (split.threads < 2 && !is_bounded) || plan.filter().needs_line() {
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

    /// Returns the pieces that are worth reading.
    fn pieces(&self) -> Pieces<'_> {
        let borders =
            Borders { file: self.file, profile: &self.profile, max_search_bytes: self.split.max_search_bytes };
        let runs = window::runs(&borders, self.end, self.split.piece_bytes, self.plan.filter().window());
        Pieces::new(borders, runs, self.split.piece_bytes)
    }
}

//! The lines of the last records so far.

use std::collections::VecDeque;

use jobtrail_core::Record;

use super::lines::Lines;
use super::style::Style;

/// The lines of at most so many records, the last ones, each with lines of its own.
#[derive(Debug)]
pub(crate) struct Held {
    lines: VecDeque<Lines>,
    most: usize,
}

impl Held {
    /// Holds none so far, and never more than `most`.
    pub(crate) fn new(most: usize) -> Self {
        Self { lines: VecDeque::new(), most }
    }

    /// Adds a record; the first one makes room for it where there are too many.
    pub(crate) fn push(&mut self, style: &Style, source: &str, record: &Record<'_>) {
        if self.most == 0 {
            return;
        }
        let is_full = self.lines.len() == self.most;
        let mut lines = if is_full { self.lines.pop_front() } else { None }.unwrap_or_default();
        lines.clear();
        style.push(source, record, &mut lines);
        self.lines.push_back(lines);
    }

    /// Lets go of all records.
    pub(crate) fn clear(&mut self) {
        self.lines.clear();
    }

    /// Returns how many records are held.
    pub(crate) fn len(&self) -> usize {
        self.lines.len()
    }

    /// Returns the lines of each record, in their order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Lines> {
        self.lines.iter()
    }
}

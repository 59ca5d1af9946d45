//! `view -C`: records before and behind each match, as grep has lines; groups that are apart are parted by `--`.

use std::ops::ControlFlow;

use jobtrail_core::Record;
use jobtrail_files::{Around, Near};

use crate::print::{Held, Printer, Style};

/// Prints matches and the records around them.
pub(super) struct Context<'a> {
    style: &'a Style,
    around: Around,
    /// The last records that were not printed.
    before: Held,
    /// How many more are printed behind the last match.
    left: usize,
    /// Whether what is held goes on from what was printed last.
    is_joined: bool,
    has_printed: bool,
}

impl<'a> Context<'a> {
    pub(super) fn new(style: &'a Style, around: Around) -> Self {
        let before = Held::new(around.before);
        Self { style, around, before, left: 0, is_joined: false, has_printed: false }
    }

    /// Takes the next record and how it stands to the matches.
    pub(super) fn take(
        &mut self,
        source: &str,
        record: &Record<'_>,
        near: Near,
        printer: &mut Printer<'_>,
    ) -> ControlFlow<()> {
        if near.is_apart {
            self.before.clear();
            (self.left, self.is_joined) = (0, false);
        }
        if near.is_match {
            if self.has_printed && !self.is_joined {
                printer.part()?;
            }
            for lines in self.before.iter() {
                printer.print(lines, 0)?;
            }
            self.before.clear();
            self.left = self.around.after;
        } else if self.left > 0 {
            self.left -= 1;
        } else {
            self.is_joined &= self.before.len() < self.around.before;
            self.before.push(self.style, source, record);
            return ControlFlow::Continue(());
        }
        (self.is_joined, self.has_printed) = (true, true);
        printer.take(source, record)
    }
}

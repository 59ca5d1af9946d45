//! Records to standard output, all of them or the last ones.

use std::io::{self, Write};
use std::mem;
use std::ops::ControlFlow;

use jobtrail_core::{Record, Timestamp};

use super::csv;
use super::held::Held;
use super::lines::{Columns, Lines};
use super::out::Out;
use super::screen::Screen;
use super::style::{Output, Style};

/// Prints records.
pub(crate) struct Printer<'a> {
    out: Out<'a>,
    style: &'a Style,
    /// Makes the lines for a person.
    screen: Option<Screen>,
    /// With `-n`: the lines of the last records so far.
    held: Option<Held>,
    is_header_due: bool,
    seen: Columns,
    /// Room for the lines of one record, and for those of many.
    lines: Lines,
    joined: String,
}

impl<'a> Printer<'a> {
    /// Prints in this style only so many of the `last` records, where that is said.
    pub(crate) fn new(stdout: &'a mut dyn Write, style: &'a Style, last: Option<usize>) -> Self {
        Self {
            out: Out::new(stdout),
            held: last.map(Held::new),
            is_header_due: style.output == Output::Csv,
            style,
            screen: style.looks().map(Screen::new),
            seen: Columns::default(),
            lines: Lines::default(),
            joined: String::new(),
        }
    }

    /// Prints a record, or keeps it while only the last ones are wanted.
    pub(crate) fn take(&mut self, source: &str, record: &Record<'_>) -> ControlFlow<()> {
        if let Some(held) = &mut self.held {
            held.push(self.style, source, record);
            return ControlFlow::Continue(());
        }
        let mut lines = mem::take(&mut self.lines);
        lines.clear();
        self.style.push(source, record, &mut lines);
        let flow = self.print(&lines, 0);
        self.lines = lines;
        flow
    }

    /// Prints at once the lines that records were made into, which stand behind so many lines of their log.
    pub(crate) fn print(&mut self, lines: &Lines, lines_before: u64) -> ControlFlow<()> {
        if !lines.text.is_empty() && mem::take(&mut self.is_header_due) {
            self.out.push(csv::HEADER);
        }
        let goes_on = if let Some(screen) = &mut self.screen {
            self.joined.clear();
            for (source, record) in &lines.records {
                screen.push(source, record, lines_before, &mut self.joined);
            }
            self.out.push(&self.joined)
        } else if lines.is_whole(lines_before) {
            lines.note(&mut self.seen);
            self.out.push(&lines.text)
        } else {
            self.joined.clear();
            lines.join(lines_before, &mut self.seen, &mut self.joined);
            self.out.push(&self.joined)
        };
        if goes_on { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    }

    /// Parts what comes from what was printed, where the form has lines for people.
    pub(crate) fn part(&mut self) -> ControlFlow<()> {
        let is_for_people = matches!(self.style.output, Output::Text | Output::Raw);
        if !is_for_people || self.out.push("--\n") { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    }

    /// Prints the records kept so far; from now on each is printed as it comes.
    pub(crate) fn go_live(&mut self) {
        let held = self.held.take();
        for lines in held.iter().flat_map(Held::iter) {
            if self.print(lines, 0).is_break() {
                break;
            }
        }
    }

    /// Ages are seen from this time on.
    pub(crate) fn it_is(&mut self, now: Timestamp) {
        if let Some(screen) = &mut self.screen {
            screen.it_is(now);
        }
    }

    /// Writes out what waits.
    pub(crate) fn flush(&mut self) {
        if !self.out.is_empty() {
            self.out.flush();
        }
    }

    /// Whether the next record will probably be written at once.
    pub(crate) fn is_about_to_write(&self) -> bool {
        self.held.is_none() && self.out.is_nearly_full(4096)
    }

    /// Whether nobody reads any more.
    pub(crate) fn is_closed(&self) -> bool {
        self.out.is_closed()
    }

    /// Prints what is left; a reader that went away is no error.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        self.go_live();
        self.out.flush();
        self.out.into_failure().map_or(Ok(()), Err)
    }
}

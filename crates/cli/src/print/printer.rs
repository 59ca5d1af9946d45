//! Records to standard output in the form that was asked for, all of them or the last ones.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::ops::ControlFlow;

use clap::ValueEnum;
use jobtrail_core::{Record, Zone, write_json};

use super::clean::{visible, visible_json};
use super::csv;
use super::out::Out;
use super::text::TextStyle;

/// The name of standard input among the sources; in JSON it is null.
pub(crate) const STDIN: &str = "-";

/// The forms in which records are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Output {
    Text,
    Json,
    Raw,
    Csv,
}

/// How records are printed.
#[derive(Clone, Debug)]
pub(crate) struct Style {
    pub(crate) output: Output,
    pub(crate) is_colored: bool,
    /// Control characters never reach a terminal.
    pub(crate) is_terminal: bool,
    /// Only so many of the last records.
    pub(crate) last: Option<usize>,
    /// The zone that times are shown in; UTC where none was asked for. Only text shows it.
    pub(crate) zone: Option<Zone>,
}

/// Prints records.
pub(crate) struct Printer<'a> {
    out: Out<'a>,
    style: Style,
    text: TextStyle,
    /// With `-n`: the last records so far.
    held: Option<VecDeque<(String, Record<'static>)>>,
    is_header_due: bool,
    line: String,
}

impl<'a> Printer<'a> {
    pub(crate) fn new(stdout: &'a mut dyn Write, style: Style, shows_source: bool) -> Self {
        Self {
            out: Out::new(stdout),
            text: TextStyle::new(style.is_colored, shows_source, style.zone.clone()),
            held: style.last.map(|_| VecDeque::new()),
            is_header_due: style.output == Output::Csv,
            style,
            line: String::new(),
        }
    }

    /// Prints a record, or keeps it while only the last ones are wanted.
    pub(crate) fn take(&mut self, source: &str, record: &Record<'_>) -> ControlFlow<()> {
        let Some(held) = &mut self.held else { return self.print(source, record) };
        held.push_back((source.to_owned(), record.to_static()));
        if held.len() > self.style.last.unwrap_or_default() {
            held.pop_front();
        }
        ControlFlow::Continue(())
    }

    /// Prints the records kept so far; from now on each is printed as it comes.
    pub(crate) fn go_live(&mut self) {
        for (source, record) in self.held.take().unwrap_or_default() {
            if self.print(&source, &record).is_break() {
                break;
            }
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

    fn print(&mut self, source: &str, record: &Record<'_>) -> ControlFlow<()> {
        self.line.clear();
        match self.style.output {
            Output::Text => self.text.push(source, record, &mut self.line),
            Output::Json => {
                write_json(record, (source != STDIN).then_some(source), &mut self.line);
                if self.style.is_terminal {
                    self.line = visible_json(&self.line).into_owned();
                }
                self.line.push('\n');
            }
            Output::Raw => {
                self.line.push_str(&record.text);
                self.line.push('\n');
            }
            Output::Csv => {
                if std::mem::take(&mut self.is_header_due) {
                    self.line.push_str(csv::HEADER);
                }
                csv::push(source, record, &mut self.line);
            }
        }
        if self.style.is_terminal && matches!(self.style.output, Output::Raw | Output::Csv) {
            self.line = self.line.split('\n').map(visible).collect::<Vec<_>>().join("\n");
        }
        if self.out.push(&self.line) { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    }
}

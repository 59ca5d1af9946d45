//! How records are printed: one style for all threads that make lines of records.

use clap::ValueEnum;
use jobtrail_core::{Record, Zone, write_json};

use super::clean::{visible, visible_json};
use super::lines::{Lines, digits};
use super::screen::Looks;
use super::{csv, text};

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
    /// How text looks that a person reads; none where it is for a program.
    pub(crate) looks: Option<Looks>,
    /// Control characters never reach a terminal.
    pub(crate) is_terminal: bool,
    /// Whether each line of text names its source.
    pub(crate) shows_source: bool,
    /// The zone that times are shown in; UTC where none was asked for. Only text shows it.
    pub(crate) zone: Option<Zone>,
}

impl Style {
    /// Returns how records look, where a screen makes their lines.
    pub(crate) fn looks(&self) -> Option<Looks> {
        let looks = self.looks.clone().filter(|_| self.output == Output::Text)?;
        Some(Looks { shows_source: self.shows_source, zone: self.zone.clone(), ..looks })
    }

    /// Appends a record with its line ends.
    pub(crate) fn push(&self, source: &str, record: &Record<'_>, lines: &mut Lines) {
        let begin = lines.text.len();
        match self.output {
            Output::Text if self.looks.is_some() => lines.records.push((source.to_owned(), record.to_static())),
            Output::Text => text::push(self, source, record, lines),
            Output::Json => {
                write_json(record, (source != STDIN).then_some(source), &mut lines.text);
                if self.is_terminal {
                    lines.change(begin, |json| visible_json(json).into_owned());
                }
                lines.text.push('\n');
            }
            Output::Raw => {
                lines.text.push_str(&record.text);
                lines.text.push('\n');
            }
            Output::Csv => csv::push(source, record, &mut lines.text),
        }
        if self.is_terminal && matches!(self.output, Output::Raw | Output::Csv) {
            lines.change(begin, |text| text.split('\n').map(visible).collect::<Vec<_>>().join("\n"));
        }
        // Both forms end with the numbers of line and offset.
        let behind_line = match self.output {
            Output::Json => ",\"offset\":}\n".len(),
            Output::Csv => ",\n".len(),
            Output::Text | Output::Raw => return,
        };
        if let Some(line) = record.line {
            lines.counts_on(line, behind_line + digits(record.offset));
        }
    }
}

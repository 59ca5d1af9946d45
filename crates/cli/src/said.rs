//! What a command that reads logs tells on standard error beside what it prints, and the exit code that follows from it.

use std::io::{self, Write};

use jobtrail_files::{Found, Holds, ReadReport, Undated};

use crate::io::{Io, say};
use crate::print::STDIN;
use crate::{ERROR, FOUND, NOTHING};

/// How many sources are named before the rest is only counted.
const NAMED: usize = 3;

/// Who is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Audience {
    /// People: also that nothing matches.
    People,
    /// Programs.
    #[default]
    Programs,
    /// Nobody.
    Nobody,
}

/// Everything worth telling, collected over all inputs.
#[derive(Debug, Default)]
pub(crate) struct Said {
    had_error: bool,
    told_to: Audience,
    has_zoneless_stamps: bool,
    records: u64,
    matched: u64,
    /// What was asked of the records, where that is more than to match.
    asked: Option<&'static str>,
    hint: Option<String>,
    errors: Vec<String>,
    notes: Vec<String>,
    undated: Vec<Undated>,
    plain: Vec<String>,
    empty: Vec<String>,
}

impl Said {
    /// `had_error`: something was wrong before the reading began. `is_for_people`: say when nothing matches.
    pub(crate) fn new(had_error: bool, is_for_people: bool) -> Self {
        Self {
            had_error,
            told_to: if is_for_people { Audience::People } else { Audience::Programs },
            ..Self::default()
        }
    }

    /// Says this, too, if nothing matches.
    pub(crate) fn hint(&mut self, hint: Option<String>) {
        self.hint = hint;
    }

    /// What is said of inputs that are read once more: nothing.
    pub(crate) fn quiet() -> Self {
        Self { told_to: Audience::Nobody, ..Self::default() }
    }

    /// Adds something worth knowing.
    pub(crate) fn note(&mut self, text: String) {
        self.notes.push(text);
    }

    /// Explains directories without logs.
    pub(crate) fn explain(&mut self, found: &Found) {
        for (directory, holds) in &found.without_logs {
            self.notes.push(match holds {
                Holds::Nothing => format!("no logs in `{directory}`: no jobs have run yet this month"),
                Holds::OtherFiles => format!(
                    "no logs in `{directory}`: none of its files is named *.log, *.jsonl or *.ndjson, rotated or \
                     compressed (`.1`, `.20260105`, `.gz`, `.zst`); name a file to read it all the same"
                ),
            });
        }
    }

    /// Adds what a reading has to report.
    pub(crate) fn add(&mut self, mut report: ReadReport) {
        self.records += report.records;
        self.matched += report.matched;
        self.has_zoneless_stamps |= report.has_zoneless_stamps;
        self.errors.extend(report.problems.iter().map(|problem| match problem.name.as_str() {
            STDIN => format!("standard input: {}", problem.error),
            _ => problem.to_string(),
        }));
        self.undated.append(&mut report.undated);
        self.plain.append(&mut report.plain);
        self.empty.append(&mut report.empty);
    }

    /// Says how many things came out of the records, and what was asked of them: `names a job`. None is nothing found.
    pub(crate) fn counted(&mut self, count: usize, asked: &'static str) {
        if self.matched > 0 {
            self.asked = Some(asked);
        }
        self.matched = count as u64;
    }

    /// Whether any record came from a format whose stamps name no zone.
    pub(crate) fn has_zoneless_stamps(&self) -> bool {
        self.has_zoneless_stamps && self.told_to != Audience::Nobody
    }

    /// Adds how the printing went.
    pub(crate) fn printed(&mut self, result: io::Result<()>) {
        if let Err(error) = result {
            self.errors.push(format!("cannot write: {error}"));
        }
    }

    /// Tells the errors so far, once each.
    pub(crate) fn tell(&mut self, io: &mut Io<'_>) {
        self.tell_on(&mut *io.stderr);
    }

    /// Tells the errors so far, once each.
    pub(crate) fn tell_on(&mut self, stderr: &mut dyn Write) {
        if self.told_to == Audience::Nobody {
            return;
        }
        for error in self.errors.drain(..) {
            self.had_error = true;
            say(stderr, "error", &error);
        }
        for note in self.notes.drain(..) {
            say(stderr, "note", &note);
        }
    }

    /// Tells the rest and returns the exit code.
    pub(crate) fn conclude(mut self, io: &mut Io<'_>) -> u8 {
        self.tell(io);
        for source in self.undated.iter().take(NAMED) {
            let Undated { name, records, .. } = source;
            io.note(&format!("left out {}: none of its {records} records has a time", shown(name)));
        }
        let rest: u64 = self.undated.iter().skip(NAMED).map(|source| source.records).sum();
        say_rest(self.undated.len(), &format!("left out without a time ({rest} records)"), io);
        for name in self.plain.iter().take(NAMED) {
            io.note(&format!("{} is in no known log format: its lines are read as plain text", shown(name)));
        }
        say_rest(self.plain.len(), "read as plain text", io);
        if self.records == 0 {
            let is_events = |name: &String| name.rsplit('/').next().is_some_and(|name| name.starts_with("jobs_"));
            if !self.empty.is_empty() && self.empty.iter().all(is_events) {
                io.note("no jobs have run yet this month");
            }
            for name in self.empty.iter().take(NAMED) {
                io.note(&format!("{} is empty", shown(name)));
            }
            say_rest(self.empty.len(), "empty", io);
        } else if self.matched == 0 && self.told_to == Audience::People && self.undated.is_empty() {
            io.note(&format!("none of {} records {}", self.records, self.asked.unwrap_or("matches")));
            if let Some(hint) = self.hint.take() {
                io.note(&hint);
            }
        }
        match self {
            Self { had_error: true, .. } => ERROR,
            Self { matched: 0, .. } => NOTHING,
            _ => FOUND,
        }
    }
}

fn say_rest(count: usize, what: &str, io: &mut Io<'_>) {
    if count > NAMED {
        io.note(&format!("{} more sources: {what}", count - NAMED));
    }
}

fn shown(name: &str) -> String {
    if name == STDIN { "standard input".to_owned() } else { format!("`{name}`") }
}

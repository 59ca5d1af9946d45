//! Which lines go on with the record before them: indented text, tracebacks, and key blocks that must stay together.

use crate::format::{self, TWO_LINES};
use crate::lines;
use crate::search;

/// The longest key block taken as one record, so that a lost `END` line cannot swallow the rest of a log.
const MAX_KEY_BLOCK_LINES: u32 = 400;

/// What is known of the record that following lines may go on with.
#[derive(Clone, Debug)]
pub(super) struct Open {
    /// Whether a format took its first line.
    headed: bool,
    /// Whether it has no line but its first one so far.
    is_one_line: bool,
    trace: Trace,
    /// Lines left of an open private key block; 0 outside one.
    key_block_lines: u32,
}

/// Where in a stack trace the last line stood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Trace {
    None,
    /// Behind `Traceback (most recent call last):`; the exception's line is still to come.
    Frames,
    /// Behind the line that names the exception; its message may run on, and a chained trace may follow.
    Named,
}

impl Open {
    /// Begins a record with its first line, which has a key only where that is said to be possible.
    pub(super) fn new(first_line: &str, headed: bool, may_have_key: bool) -> Self {
        let trace = match headed {
            true if first_line.starts_with("Fatal Python error: ") => Trace::Named, // its threads' lines have no mark
            false if begins_trace(first_line) => Trace::Frames,
            _ => Trace::None,
        };
        let key_block_lines = if may_have_key { key_block_lines(first_line, 0) } else { 0 };
        Open { headed, is_one_line: true, trace, key_block_lines }
    }

    /// Begins a record with a line that is one whole object.
    pub(super) fn object() -> Self {
        Open { headed: true, is_one_line: false, trace: Trace::None, key_block_lines: 0 }
    }

    /// Whether a line is the second one of this record, by the format of the first.
    pub(super) fn takes_second(&mut self, format: &str, line: &str) -> bool {
        let takes = self.is_one_line && format == TWO_LINES && format::second_line(line).is_some();
        self.is_one_line &= !takes;
        takes
    }

    /// Whether a line that no format takes goes on with this record.
    pub(super) fn takes(&mut self, line: &str) -> bool {
        self.is_one_line = false;
        let takes = self.key_block_lines > 0 || self.goes_on(line);
        if takes {
            self.key_block_lines = key_block_lines(line, self.key_block_lines);
        }
        takes
    }

    fn goes_on(&mut self, line: &str) -> bool {
        if line.starts_with([' ', '\t', '}', ']', ')']) || line.trim().is_empty() {
            return true;
        }
        if begins_trace(line) {
            // A trace of its own begins a record, unless a record that can have one stands before it.
            let goes_on = self.headed || self.trace != Trace::None;
            self.trace = Trace::Frames;
            return goes_on;
        }
        match self.trace {
            Trace::Frames => {
                self.trace = Trace::Named;
                true
            }
            Trace::Named if self.headed || chains(line) || is_frame(line) => true,
            Trace::None if chains(line) => true, // a trace of Java has no line that begins it
            Trace::None if self.headed && is_frame(line) => true, // nor has one of PHP or Ruby
            _ if self.headed && names_exception(line) => {
                self.trace = Trace::Named;
                true
            }
            _ => false,
        }
    }
}

/// Returns how many lines are left of an open private key block behind a line, so that its lines stay in one record and it
/// is masked whole.
fn key_block_lines(line: &str, left: u32) -> u32 {
    if !lines::may_have_dashes(line.as_bytes()) {
        left.saturating_sub(1)
    } else if search::find(line, "-----END ").is_some() {
        0
    } else if search::find(line, "-----BEGIN ").is_some() && search::find(line, "PRIVATE KEY").is_some() {
        MAX_KEY_BLOCK_LINES
    } else {
        left.saturating_sub(1)
    }
}

/// The lines with which a trace begins: of Python, Go, Rust, PHP and .NET.
fn begins_trace(line: &str) -> bool {
    let starts = [
        "Traceback (most recent call last)",
        "goroutine ",
        "panic: ",
        "fatal error: ",
        "thread '",
        "Stack trace:",
        "[stacktrace]",
        "Unhandled exception",
    ];
    begins_with_any(line, &starts)
}

/// The lines that join one trace to the next (Python's exception chaining, Java's causes), and those of a trace that are
/// not indented: what Go calls and PHP's and Ruby's frames.
fn chains(line: &str) -> bool {
    let starts = [
        "During handling of the above exception",
        "The above exception was the direct cause",
        "Caused by: ",
        "Suppressed: ",
        "created by ",
        "exit status ",
        "stack backtrace:",
        "note: run with",
        "--- End of",
    ];
    begins_with_any(line, &starts)
}

fn is_frame(line: &str) -> bool {
    let call = line.bytes().take_while(|byte| !matches!(byte, b' ' | b'(')).count();
    let bytes = line.as_bytes();
    matches!(bytes, [b'#', b'0'..=b'9', ..])
        || call > 0 && bytes.get(call) == Some(&b'(') && bytes.last() == Some(&b')')
        || search::find(line, ":in `").is_some()
}

fn begins_with_any(line: &str, starts: &[&str]) -> bool {
    starts.iter().any(|start| line.starts_with(start))
}

/// Whether a line begins with the name of an exception: `java.io.IOException: ...`, `TypeError: ...`.
fn names_exception(line: &str) -> bool {
    let name = line.split([':', ' ']).next().unwrap_or_default();
    let is_name =
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'$'));
    is_name && ["Exception", "Error", "Throwable"].iter().any(|end| name.ends_with(end)) || chains(line)
}

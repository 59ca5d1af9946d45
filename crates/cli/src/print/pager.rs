//! Long output for a person goes to a pager. Short output does not, and nothing is lost where there is no pager.

use std::cell::Cell;
use std::io::{self, Write};
use std::mem;
use std::process::{Child, Command, Stdio};
use std::rc::Rc;

/// The pager of this environment, and the screen it would fill.
pub(crate) struct Pager<'a> {
    /// The program and its arguments; none: everything is printed as it is.
    pub(crate) command: Option<Vec<String>>,
    /// What `LESS` is set to for it.
    pub(crate) less: Option<&'static str>,
    pub(crate) rows: usize,
    pub(crate) columns: usize,
    /// Starts a program, which reads from a pipe.
    pub(crate) start: &'a dyn Fn(&mut Command) -> io::Result<Child>,
    /// Whether the user asked for an end (Ctrl-C) while the pager runs.
    pub(crate) stopped: &'a dyn Fn() -> bool,
    /// Set while a pager has the screen.
    pub(crate) is_running: Rc<Cell<bool>>,
}

/// Standard output, or the pager before it once a screen is full.
pub(crate) struct Paged<'a> {
    stdout: &'a mut dyn Write,
    pager: Pager<'a>,
    state: State,
    note: Option<String>,
}

enum State {
    /// Less than a screen so far, which waits: the text, and the rows it takes.
    Held(Vec<u8>, usize),
    Paging(Child),
    Printing,
}

impl<'a> Paged<'a> {
    pub(crate) fn new(stdout: &'a mut dyn Write, pager: Pager<'a>) -> Self {
        let state = if pager.command.is_some() { State::Held(Vec::new(), 0) } else { State::Printing };
        Self { stdout, pager, state, note: None }
    }

    /// Waits until the pager has been left. Returns what is worth telling.
    pub(crate) fn finish(mut self) -> Option<String> {
        if let State::Paging(child) = &mut self.state {
            drop(child.stdin.take());
            // How it ended is its own affair.
            let _ = child.wait();
            self.pager.is_running.set(false);
        }
        self.note
    }

    /// Starts the pager, or prints what waits where that fails.
    fn start(&mut self, held: &[u8]) -> io::Result<()> {
        let Some((program, arguments)) = self.pager.command.as_deref().and_then(<[String]>::split_first) else {
            return self.print(held);
        };
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::piped());
        if let Some(less) = self.pager.less {
            command.env("LESS", less);
        }
        match (self.pager.start)(&mut command) {
            Ok(mut child) => {
                self.pager.is_running.set(true);
                let written = child.stdin.as_mut().map_or(Ok(()), |stdin| stdin.write_all(held));
                self.state = State::Paging(child);
                written
            }
            Err(error) => {
                self.note = Some(format!("the pager `{program}` does not start: {error} (`--no-pager` does without)"));
                self.print(held)
            }
        }
    }

    fn print(&mut self, held: &[u8]) -> io::Result<()> {
        self.state = State::Printing;
        self.stdout.write_all(held)
    }
}

impl Write for Paged<'_> {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        match &mut self.state {
            State::Printing => self.stdout.write(text),
            // Nobody wants more of it: as if the pager had been left.
            State::Paging(_) if (self.pager.stopped)() => Err(io::ErrorKind::BrokenPipe.into()),
            State::Paging(child) => child.stdin.as_mut().map_or(Ok(text.len()), |stdin| stdin.write(text)),
            State::Held(held, rows) => {
                held.extend_from_slice(text);
                *rows += rows_of(text, self.pager.columns);
                if *rows >= self.pager.rows {
                    let held = mem::take(held);
                    self.start(&held)?;
                }
                Ok(text.len())
            }
        }
    }

    /// Whoever flushes wants the text to be seen now: then it is not known to be long, and is printed.
    fn flush(&mut self) -> io::Result<()> {
        match &mut self.state {
            State::Printing => self.stdout.flush(),
            State::Paging(child) => child.stdin.as_mut().map_or(Ok(()), Write::flush),
            State::Held(held, _) if held.is_empty() => Ok(()),
            State::Held(held, _) => {
                let held = mem::take(held);
                self.print(&held)?;
                self.stdout.flush()
            }
        }
    }
}

/// How many rows of a screen lines of text take.
fn rows_of(text: &[u8], columns: usize) -> usize {
    text.split_inclusive(|byte| *byte == b'\n').map(|line| cells_of(line).div_ceil(columns.max(1)).max(1)).sum()
}

/// About how many cells a line takes: its characters without the codes that colour it.
fn cells_of(line: &[u8]) -> usize {
    let mut is_code = false;
    let mut cells = 0;
    for byte in line {
        let ends_code = is_code && *byte == b'm';
        is_code = (is_code || *byte == 0x1b) && !ends_code;
        // Not the bytes behind the first of a character.
        cells += usize::from(!is_code && !ends_code && (byte & 0xc0) != 0x80 && *byte != b'\n');
    }
    cells
}

/// Splits the command line of a pager into words, as a shell does with quotes; none where it is blank.
pub(crate) fn words(command: &str) -> Option<Vec<String>> {
    let mut words: Vec<String> = Vec::new();
    let mut quote = None;
    let mut is_between = true;
    let mut chars = command.chars();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (None, c) if c.is_whitespace() => is_between = true,
            (Some(open), c) if c == open => quote = None,
            (None, '\'' | '"') => {
                quote = Some(c);
                if mem::take(&mut is_between) {
                    words.push(String::new());
                }
            }
            (quote, c) => {
                let c = if c == '\\' && quote != Some('\'') { chars.next().unwrap_or(c) } else { c };
                if mem::take(&mut is_between) {
                    words.push(String::new());
                }
                if let Some(word) = words.last_mut() {
                    word.push(c);
                }
            }
        }
    }
    (!words.is_empty()).then_some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_split_as_a_shell_does() {
        assert_eq!(Some(vec!["less".to_owned(), "-R".to_owned()]), words(" less  -R "));
        let quoted = words(r#""/opt/my pager" 'a"b' c\ d"#);
        assert_eq!(Some(["/opt/my pager", "a\"b", "c d"].map(str::to_owned).to_vec()), quoted);
        assert_eq!(None, words("  "));
    }

    #[test]
    fn rows_are_counted_as_a_screen_shows_them() {
        assert_eq!(4, rows_of("\x1b[31m12345\x1b[0m\n123456\n\n".as_bytes(), 5));
        assert_eq!(1, rows_of("größe\n".as_bytes(), 5));
    }
}

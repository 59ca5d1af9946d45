//! All that a command may touch of the process it runs in. Tests and Python hand in their own.

use std::env;
use std::io::{self, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{SystemTime, UNIX_EPOCH};

use jobtrail_core::Timestamp;
use jobtrail_files::FileId;

use crate::print::visible;

/// The streams, clock, directory and environment of a command.
pub struct Io<'a> {
    /// Standard input; taken by the command that reads it.
    pub stdin: Box<dyn Read + Send>,
    /// Standard output.
    pub stdout: &'a mut dyn Write,
    /// Standard error.
    pub stderr: &'a mut dyn Write,
    /// Whether something is piped or redirected into standard input.
    pub stdin_is_piped: bool,
    /// Whether a person reads standard output.
    pub stdout_is_terminal: bool,
    /// Whether a person reads standard error.
    pub stderr_is_terminal: bool,
    /// Gives the time.
    pub now: &'a dyn Fn() -> Timestamp,
    /// What relative paths are relative to; empty for the process's own.
    pub current_dir: PathBuf,
    /// Looks up a variable of the environment.
    pub variable: &'a dyn Fn(&str) -> Option<String>,
    /// Says when following has to end; asked every few milliseconds.
    pub stopped: &'a dyn Fn() -> bool,
    /// Says how many columns the terminal has that standard output is, at the moment; none where it is no terminal.
    pub columns: &'a dyn Fn() -> Option<usize>,
    /// Which file standard output goes to, if it goes to one: to read that too would never end.
    pub stdout_file: Option<FileId>,
    /// Says how many rows that terminal has.
    pub rows: &'a dyn Fn() -> Option<usize>,
    /// Starts a pager on this process's terminal. From then on Ctrl-C is the pager's, and `stopped` tells of it.
    pub start: &'a dyn Fn(&mut Command) -> io::Result<Child>,
}

/// How wide a terminal is taken to be that does not say it.
const USUAL_WIDTH: usize = 80;

const USUAL_HEIGHT: usize = 24;

/// Nothing is laid out for less than this.
const LEAST_WIDTH: usize = 20;

impl Io<'_> {
    /// Calls `work` with this process's own streams, clock, directory and environment.
    pub fn with_process<T>(work: impl FnOnce(&mut Io<'_>) -> T) -> T {
        let (mut stdout, mut stderr) = (io::stdout().lock(), io::stderr());
        let (stdout_is_terminal, stderr_is_terminal) = (stdout.is_terminal(), stderr.is_terminal());
        work(&mut Io {
            stdin: Box::new(io::stdin()),
            stdout: &mut stdout,
            stderr: &mut stderr,
            stdin_is_piped: stdin_is_piped(),
            stdout_is_terminal,
            stderr_is_terminal,
            now: &now,
            current_dir: PathBuf::new(),
            variable: &|name| env::var(name).ok(),
            stopped: &|| stdout_has_no_reader() || INTERRUPTED.get().is_some_and(|flag| flag.load(Ordering::Relaxed)),
            columns: &|| terminal_size::terminal_size_of(io::stdout()).map(|(width, _)| usize::from(width.0)),
            stdout_file: stdout_file(),
            rows: &|| terminal_size::terminal_size_of(io::stdout()).map(|(_, height)| usize::from(height.0)),
            start: &start,
        })
    }

    /// Says on standard error what went wrong.
    pub(crate) fn error(&mut self, text: &str) {
        self.say("error", text);
    }

    /// Says something on standard error that is worth knowing.
    pub(crate) fn note(&mut self, text: &str) {
        self.say("note", text);
    }

    /// Whether the environment lets a terminal be coloured (<https://no-color.org>).
    pub(crate) fn allows_color(&self) -> bool {
        (self.variable)("NO_COLOR").is_none_or(|value| value.is_empty())
            && (self.variable)("TERM").is_none_or(|terminal| terminal != "dumb")
    }

    /// Whether characters beyond ASCII can be drawn with: not in a locale that has none, on a dumb terminal, or under `NO_UTF8`.
    pub(crate) fn shows_utf8(&self) -> bool {
        let variable = |name| (self.variable)(name).filter(|value| !value.is_empty());
        let locale =
            ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(variable).map(|name| name.to_ascii_lowercase());
        locale.is_none_or(|name| name.contains("utf-8") || name.contains("utf8"))
            && variable("NO_UTF8").is_none()
            && variable("TERM").is_none_or(|terminal| terminal != "dumb")
    }

    /// Returns how many columns a line may take: `COLUMNS`, else as many as the terminal has, else 80.
    pub(crate) fn width(&self) -> usize {
        let asked = (self.variable)("COLUMNS").and_then(|columns| columns.parse().ok()).filter(|columns| *columns > 0);
        asked.or_else(|| (self.columns)().filter(|columns| *columns > 0)).unwrap_or(USUAL_WIDTH).max(LEAST_WIDTH)
    }

    /// Returns how many rows a screen has: `LINES`, else as many as the terminal has, else 24.
    pub(crate) fn height(&self) -> usize {
        let asked = (self.variable)("LINES").and_then(|rows| rows.parse().ok()).filter(|rows| *rows > 0);
        asked.or_else(|| (self.rows)().filter(|rows| *rows > 0)).unwrap_or(USUAL_HEIGHT)
    }

    /// Whether text for this output is coloured by itself: on a terminal, unless the environment says otherwise.
    pub(crate) fn is_colored(&self, is_terminal: bool) -> bool {
        let is_set = |name| (self.variable)(name).is_some_and(|value| !value.is_empty() && value != "0");
        let is_forced = is_set("FORCE_COLOR") || is_set("CLICOLOR_FORCE");
        if is_forced { !is_set("NO_COLOR") } else { is_terminal && self.allows_color() }
    }

    /// Returns a path as the process can open it.
    pub(crate) fn resolve(&self, path: &Path) -> PathBuf {
        if self.current_dir.as_os_str().is_empty() { path.to_path_buf() } else { self.current_dir.join(path) }
    }

    fn say(&mut self, kind: &str, text: &str) {
        say(&mut *self.stderr, kind, text);
    }
}

/// Writes a message of one kind (`error`, `note`) whose text may come from a log or a file's name.
pub(crate) fn say(stderr: &mut dyn Write, kind: &str, text: &str) {
    let text: Vec<String> = text.lines().map(|line| visible(line).into_owned()).collect();
    // Where standard error is closed there is nobody to tell.
    let _ = writeln!(stderr, "{kind}: {}", text.join("\n"));
}

/// Set by Ctrl-C once a pager runs: until then it ends the process.
static INTERRUPTED: OnceLock<Arc<AtomicBool>> = OnceLock::new();

#[cfg(unix)]
fn start(command: &mut Command) -> io::Result<Child> {
    let child = command.spawn()?;
    signal_hook::flag::register(signal_hook::consts::SIGINT, Arc::clone(INTERRUPTED.get_or_init(Arc::default)))?;
    Ok(child)
}

#[cfg(windows)]
fn start(command: &mut Command) -> io::Result<Child> {
    command.spawn()
}

fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}

/// The file that standard output was redirected to.
#[cfg(unix)]
fn stdout_file() -> Option<FileId> {
    use std::os::fd::AsFd;
    let file = std::fs::File::from(io::stdout().as_fd().try_clone_to_owned().ok()?);
    file.metadata().ok().filter(std::fs::Metadata::is_file).map(|metadata| FileId::of(&metadata))
}

#[cfg(windows)]
fn stdout_file() -> Option<FileId> {
    None
}

/// A pipe, a socket or a file: something to read. Not a terminal, nor `/dev/null` as services have it.
#[cfg(unix)]
fn stdin_is_piped() -> bool {
    use std::os::fd::AsFd;
    use std::os::unix::fs::FileTypeExt;
    let copy = io::stdin().as_fd().try_clone_to_owned().map(std::fs::File::from);
    copy.and_then(|file| file.metadata()).is_ok_and(|metadata| {
        let kind = metadata.file_type();
        kind.is_fifo() || kind.is_socket() || kind.is_file()
    })
}

/// Whether the pipe that standard output was has been closed: a follower would only notice at its next line.
#[cfg(unix)]
fn stdout_has_no_reader() -> bool {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    let stdout = io::stdout();
    let mut watched = [PollFd::new(&stdout, PollFlags::empty())];
    let at_once = Timespec { tv_sec: 0, tv_nsec: 0 };
    poll(&mut watched, Some(&at_once)).is_ok_and(|_| watched.iter().any(|fd| fd.revents().contains(PollFlags::ERR)))
}

#[cfg(windows)]
fn stdout_has_no_reader() -> bool {
    false
}

#[cfg(windows)]
fn stdin_is_piped() -> bool {
    !io::stdin().is_terminal()
}

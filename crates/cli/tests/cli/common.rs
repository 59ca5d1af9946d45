//! Runs the command line in this process or as a program.

use std::ffi::OsString;
use std::fs::File;
use std::io::{Cursor, ErrorKind, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use jobtrail_cli::Io;
use jobtrail_core::Timestamp;

/// What a run gave.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: u8,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    /// The lines of standard output as JSON.
    pub(crate) fn json(&self) -> Vec<serde_json::Value> {
        self.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

/// Where, when and on what a command runs in this process.
pub(crate) struct Setting {
    pub(crate) stdin: Option<Vec<u8>>,
    /// Whether standard input is what somebody types, not a pipe.
    pub(crate) is_typed: bool,
    pub(crate) now: &'static str,
    pub(crate) current_dir: PathBuf,
    pub(crate) is_terminal: bool,
    pub(crate) columns: Option<usize>,
    pub(crate) rows: Option<usize>,
    /// Where a pager's screen goes; without it none can be started.
    pub(crate) pager_screen: Option<PathBuf>,
    pub(crate) variables: Vec<(&'static str, &'static str)>,
}

impl Default for Setting {
    fn default() -> Self {
        Self {
            stdin: None,
            is_typed: false,
            now: "2026-01-05T15:00:00Z",
            current_dir: PathBuf::new(),
            is_terminal: false,
            columns: None,
            rows: None,
            pager_screen: None,
            variables: Vec::new(),
        }
    }
}

/// Runs the library.
pub(crate) fn run_in(setting: Setting, args: &[&str]) -> Run {
    let Setting { stdin, is_typed, now, current_dir, is_terminal, columns, rows, pager_screen, variables } = setting;
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let now = Timestamp::parse(now).unwrap();
    let mut io = Io {
        stdin_is_piped: stdin.is_some() && !is_typed,
        stdin: Box::new(Cursor::new(stdin.unwrap_or_default())),
        stdout: &mut stdout,
        stderr: &mut stderr,
        stdout_is_terminal: is_terminal,
        stderr_is_terminal: is_terminal,
        now: &|| now,
        current_dir,
        variable: &|name| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()),
        stopped: &|| false,
        columns: &|| columns,
        stdout_file: None,
        rows: &|| rows,
        start: &|command| match &pager_screen {
            Some(screen) => command.stdout(File::create(screen)?).spawn(),
            None => Err(ErrorKind::NotFound.into()),
        },
    };
    let args = std::iter::once("jobtrail").chain(args.iter().copied()).map(OsString::from);
    let code = jobtrail_cli::run(args, &mut io);
    Run { code, stdout: String::from_utf8(stdout).unwrap(), stderr: String::from_utf8(stderr).unwrap() }
}

/// Runs the library with text piped in.
pub(crate) fn run_on(stdin: &str, args: &[&str]) -> Run {
    run_in(Setting { stdin: Some(stdin.as_bytes().to_vec()), ..Setting::default() }, args)
}

/// Runs the library without standard input.
pub(crate) fn run(args: &[&str]) -> Run {
    run_in(Setting::default(), args)
}

/// Returns the program, ready to be run.
pub(crate) fn program(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_jobtrail"));
    // What the user of this machine has set must not change what is tested.
    command
        .args(args)
        .env("JOBTRAIL_NO_CONFIG", "1")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Runs the program with bytes piped in.
pub(crate) fn run_program(stdin: &[u8], args: &[&str]) -> Run {
    let mut child = program(args).stdin(Stdio::piped()).spawn().unwrap();
    let mut pipe = child.stdin.take().unwrap();
    let bytes = stdin.to_vec();
    let writer = std::thread::spawn(move || pipe.write_all(&bytes));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    Run {
        code: u8::try_from(output.status.code().unwrap()).unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

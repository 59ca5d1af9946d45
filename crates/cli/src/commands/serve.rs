//! `jobtrail serve`: the log panel is served by the Python package; this starts it.

use std::ffi::OsString;
use std::io;
use std::process::{Command, Stdio};

use crate::ERROR;
use crate::io::Io;
use crate::refusal::Refusal;

/// Serve the log panel for a web browser (needs Python and `pip install "jobtrail[serve]"`)
#[derive(Debug, clap::Args)]
#[command(disable_help_flag = true)]
pub(crate) struct Arguments {
    /// Directories, and options as `python3 -m jobtrail.serve --help` lists them
    #[arg(value_name = "DIR", trailing_var_arg = true, allow_hyphen_values = true)]
    words: Vec<OsString>,
}

const INTERPRETERS: [&str; 2] = ["python3", "python"];

pub(crate) fn run(arguments: &Arguments, io: &mut Io<'_>) -> Result<u8, Refusal> {
    let Some(python) = INTERPRETERS.into_iter().find(|python| can_serve(python)) else {
        io.error("serving the panel needs the Python package: pip install \"jobtrail[serve]\"");
        return Ok(ERROR);
    };
    let mut server = Command::new(python);
    server.args(["-m", "jobtrail.serve"]).args(&arguments.words);
    if !io.current_dir.as_os_str().is_empty() {
        server.current_dir(&io.current_dir);
    }
    hand_over(server).map_err(|error| Refusal::because(format!("`{python}` does not start: {error}")))
}

/// Becomes the server, so that a signal for this process is one for the server.
#[cfg(unix)]
fn hand_over(mut server: Command) -> io::Result<u8> {
    Err(std::os::unix::process::CommandExt::exec(&mut server))
}

#[cfg(windows)]
fn hand_over(mut server: Command) -> io::Result<u8> {
    Ok(server.status()?.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(ERROR))
}

fn can_serve(python: &str) -> bool {
    let probe = Command::new(python)
        .args(["-c", "import jobtrail.serve"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    probe.is_ok_and(|status| status.success())
}

//! `jobtrail man`: the manual's pages, from the same declaration as `--help`.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::Command;
use clap_mangen::Man;

use crate::io::Io;
use crate::refusal::Refusal;
use crate::similar::most_similar;
use crate::{FOUND, PROGRAM};

/// Print the manual, or write its pages into a directory
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  jobtrail man | man -l -
  jobtrail man view | man -l -
  jobtrail man --dir ~/.local/share/man/man1")]
pub(crate) struct Arguments {
    /// The command whose page is printed [default: that of the whole program]
    #[arg(value_name = "COMMAND")]
    command: Option<String>,
    /// Write all pages into this directory: jobtrail.1, jobtrail-view.1, ...
    #[arg(long, value_name = "DIR", conflicts_with = "command")]
    dir: Option<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments, command: Command, io: &mut Io<'_>) -> Result<u8, Refusal> {
    if let Some(dir) = &arguments.dir {
        let dir = io.resolve(dir);
        let written = write_all(command, &dir);
        let refuse = |error| Refusal::because(format!("cannot write the manual to `{}`: {error}", dir.display()));
        return written.map(|()| FOUND).map_err(refuse);
    }
    let command = match &arguments.command {
        Some(name) => {
            let names = || command.get_subcommands().map(Command::get_name);
            let hint = most_similar(name, names()).map(|name| format!(": `{name}` is one")).unwrap_or_default();
            let inner = command.find_subcommand(name).cloned();
            named(inner.ok_or_else(|| Refusal::because(format!("`{name}` is no command{hint}")))?, name)
        }
        None => command,
    };
    let mut page = Vec::new();
    // Writing to memory does not fail, and a reader that went away needs nothing more.
    let _ =
        Man::new(command).render(&mut page).and_then(|()| io.stdout.write_all(&page)).and_then(|()| io.stdout.flush());
    Ok(FOUND)
}

fn write_all(command: Command, dir: &Path) -> io::Result<()> {
    fs::create_dir_all(dir)?;
    let inner: Vec<Command> = command.get_subcommands().cloned().collect();
    for inner in inner {
        let name = inner.get_name().to_owned();
        let mut page = Vec::new();
        Man::new(named(inner, &name)).render(&mut page)?;
        fs::write(dir.join(format!("{PROGRAM}-{name}.1")), page)?;
    }
    let mut page = Vec::new();
    Man::new(command).render(&mut page)?;
    fs::write(dir.join(format!("{PROGRAM}.1")), page)
}

/// Names a command as it stands on a page of its own.
fn named(command: Command, name: &str) -> Command {
    command.name(format!("{PROGRAM}-{name}")).bin_name(format!("{PROGRAM} {name}")).version(env!("CARGO_PKG_VERSION"))
}

//! `jobtrail completions`: what a shell needs to complete this command line.

use clap::{Command, ValueEnum};
use clap_complete::Shell;

use crate::io::Io;
use crate::{FOUND, PROGRAM};

/// Print a script that completes commands, options and their values in a shell
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  source <(jobtrail completions bash)                                       in ~/.bashrc
  jobtrail completions zsh > \"${fpath[1]}/_jobtrail\"
  jobtrail completions fish > ~/.config/fish/completions/jobtrail.fish
  jobtrail completions powershell >> $PROFILE")]
pub(crate) struct Arguments {
    /// The shell
    #[arg(value_enum)]
    shell: ShellName,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ShellName {
    Bash,
    Zsh,
    Fish,
    Powershell,
    Elvish,
}

pub(crate) fn run(arguments: &Arguments, mut command: Command, io: &mut Io<'_>) -> u8 {
    let shell = match arguments.shell {
        ShellName::Bash => Shell::Bash,
        ShellName::Zsh => Shell::Zsh,
        ShellName::Fish => Shell::Fish,
        ShellName::Powershell => Shell::PowerShell,
        ShellName::Elvish => Shell::Elvish,
    };
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, PROGRAM, &mut script);
    // A reader that went away needs nothing more.
    let _ = io.stdout.write_all(&script).and_then(|()| io.stdout.flush());
    FOUND
}

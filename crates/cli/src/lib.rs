//! The jobtrail command line as a library: [`run`] takes arguments and an [`Io`] and gives an exit code.
//!
//! The `jobtrail` program and the Python package's command run the same entry. Each subcommand is one file of `commands/`; none
//! of them touches the process's streams, clock or environment except through [`Io`].

mod ages;
mod commands;
mod config;
mod inputs;
mod io;
mod job_types;
mod looks;
mod misspelt;
mod print;
mod progress;
mod reading;
mod redaction;
mod refusal;
mod said;
mod selection;
mod similar;
mod target;
mod zones;

use std::ffi::OsString;

use clap::{ArgMatches, CommandFactory, FromArgMatches, Parser, Subcommand};

use commands::{completions, export, formats, help, id, job, jobs, man, prune, redact, serve, stats, view};
use config::{Settings, with_variables_in_help};
pub use io::Io;

/// Exit code: something was found, or done.
pub const FOUND: u8 = 0;
/// Exit code: nothing was found.
pub const NOTHING: u8 = 1;
/// Exit code: an error; what could be done was done.
pub const ERROR: u8 = 2;

/// The program's name.
const PROGRAM: &str = "jobtrail";

/// Lines longer than this are hard to read.
const WIDEST_HELP: usize = 100;

const EXAMPLES: &str = "\
Examples:
  jobtrail view backend/logs 'job:MSH-0105-A7F2 level>=warning since:2h'
  jobtrail view -f worker.log -l error
  journalctl -u worker | jobtrail view -g timeout
  jobtrail view logs -o json | jq .message
  jobtrail jobs backend/logs --failed
  jobtrail job MSH-0105-A7F2 backend/logs
  jobtrail stats backend/logs since:today
  jobtrail redact < worker.log > shareable.log
  jobtrail id explain MSH-0105-A7F2

Exit codes: 0 found, 1 nothing found, 2 error (what could be read was still shown).";

/// Reads, follows, searches and redacts job logs.
#[derive(Debug, Parser)]
#[command(name = PROGRAM, version, after_help = EXAMPLES, disable_help_subcommand = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    settings: config::Places,
}

#[derive(Debug, Subcommand)]
enum Command {
    View(view::Arguments),
    Jobs(jobs::Arguments),
    Job(job::Arguments),
    Stats(stats::Arguments),
    Redact(redact::Arguments),
    Export(export::Arguments),
    Id(id::Arguments),
    Formats(formats::Arguments),
    Prune(prune::Arguments),
    Config(commands::config::Arguments),
    Serve(serve::Arguments),
    Completions(completions::Arguments),
    Man(man::Arguments),
    Help(help::Arguments),
}

/// Returns the declaration of the command line.
fn declared() -> clap::Command {
    let build = if cfg!(debug_assertions) { "a build for tests" } else { "optimised" };
    let (os, arch) = (std::env::consts::OS, std::env::consts::ARCH);
    let (formats, rules) = (jobtrail_core::formats().count(), jobtrail_core::Redactor::rules().count());
    let version = env!("CARGO_PKG_VERSION");
    with_variables_in_help(Arguments::command())
        .long_version(format!("{version}\n{os} {arch}, {build}; {formats} forms of lines, {rules} rules of redaction"))
}

/// Runs the command line `args` (the program's name first) and returns its exit code: 0 found, 1 nothing found,
/// 2 error.
///
/// Never panics on any input and prints nothing but through `io`. A closed output ends it silently.
pub fn run(args: impl IntoIterator<Item = OsString>, io: &mut Io<'_>) -> u8 {
    let args: Vec<OsString> = args.into_iter().collect();
    let width = io.width().min(WIDEST_HELP);
    if args.len() <= 1 {
        return help::guide(io);
    }
    let command = declared().term_width(width);
    // Where the settings are stands among the arguments, so these are read twice, at first whatever is wrong in them.
    let settings = match command.clone().ignore_errors(true).try_get_matches_from(&args) {
        Ok(matches) => Settings::gather(&matches, &command, io),
        // Help and version need no settings.
        Err(_) => Ok(Settings::default()),
    };
    let settings = match settings {
        Ok(settings) => settings,
        Err(refusal) => return say_refusal(&refusal.to_string(), io),
    };
    let mut command = settings.apply(command);
    let matches = match command.try_get_matches_from_mut(&args) {
        Ok(matches) => matches,
        Err(error) => return say_usage(&error, io),
    };
    let arguments = match Arguments::from_arg_matches(&matches).map_err(|error| error.format(&mut command)) {
        Ok(arguments) => arguments,
        Err(error) => return say_usage(&error, io),
    };
    settings.tell(io);
    let result = match &arguments.command {
        Command::View(arguments) => view::run(arguments, io),
        Command::Jobs(arguments) => jobs::run(arguments, io),
        Command::Export(arguments) => export::run(arguments, io),
        Command::Job(arguments) => job::run(arguments, io),
        Command::Stats(arguments) => stats::run(arguments, io),
        Command::Redact(arguments) => redact::run(arguments, io),
        Command::Id(arguments) => id::run(arguments, io),
        Command::Formats(arguments) => Ok(formats::run(arguments, io)),
        Command::Prune(arguments) => prune::run(arguments, io),
        Command::Config(arguments) => Ok(commands::config::run(arguments, &settings, io)),
        Command::Serve(arguments) => serve::run(arguments, io),
        Command::Completions(arguments) => Ok(completions::run(arguments, declared(), io)),
        Command::Man(arguments) => man::run(arguments, declared(), io),
        Command::Help(arguments) => help::run(arguments, declared().term_width(width), io),
    };
    result.unwrap_or_else(|refusal| {
        let set_in =
            refusal.of_option().and_then(|(option, given)| settings.origin_of(&names(&matches), option, given));
        say_refusal(&set_in.map_or(refusal.to_string(), |place| format!("{refusal} (set in {place})")), io)
    })
}

fn say_refusal(text: &str, io: &mut Io<'_>) -> u8 {
    io.error(text);
    ERROR
}

/// Returns the names of the command that was called and of those in it.
fn names(matches: &ArgMatches) -> Vec<&str> {
    let mut names = Vec::new();
    let mut inner = matches.subcommand();
    while let Some((name, matches)) = inner {
        names.push(name);
        inner = matches.subcommand();
    }
    names
}

/// Runs a command line on this process's streams, clock and environment.
pub fn run_process(args: impl IntoIterator<Item = OsString>) -> u8 {
    Io::with_process(|io| run(args, io))
}

/// Prints help, the version, or what is wrong with the arguments.
fn say_usage(error: &clap::Error, io: &mut Io<'_>) -> u8 {
    let is_help = !error.use_stderr();
    let is_terminal = if is_help { io.stdout_is_terminal } else { io.stderr_is_terminal };
    let text = error.render();
    let text = if io.is_colored(is_terminal) { text.ansi().to_string() } else { text.to_string() };
    // Where nobody reads the help there is nobody to tell.
    let _ = if is_help { io.stdout.write_all(text.as_bytes()) } else { io.stderr.write_all(text.as_bytes()) };
    let _ = if is_help { io.stdout.flush() } else { io.stderr.flush() };
    if is_help { FOUND } else { ERROR }
}

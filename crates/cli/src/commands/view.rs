//! `jobtrail view`: records of files, directories and standard input, filtered, printed and followed.

use std::cell::RefCell;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use clap::ValueEnum;
use jobtrail_core::{Filter, ReadOptions};
use jobtrail_files::{Found, Pauses, Watch, discover, read_found, read_merged, read_stream};

use crate::inputs::Input;
use crate::io::Io;
use crate::print::{Output, Printer, STDIN, Style};
use crate::progress::Progress;
use crate::refusal::Refusal;
use crate::said::Said;
use crate::selection::{Selected, Selection};
use crate::zones;

const EXAMPLES: &str = "\
Queries:
  level>=warning  level:error,critical  job:MSH-0105-A7F2  since:2h  until:14:30
  timeout  \"connection lost\"  /time.*out/  -logger:health  duration_ms>500  (a OR b)

Examples:
  jobtrail view                                   the logs under this directory
  jobtrail view backend/logs 'level>=error since:today'
  jobtrail view worker.log -j MSH-0105-A7F2 -n 20
  jobtrail view -f logs -l warning                follow, across rotation
  jobtrail view logs --sort -o json > all.jsonl   several logs in the order of time";

/// Show, filter and follow logs
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(flatten)]
    selection: Selection,
    /// Only the last N of them
    #[arg(short = 'n', long = "last", value_name = "N")]
    last: Option<usize>,
    /// Go on with what is written from now on, across rotation
    #[arg(short, long, conflicts_with = "sort")]
    follow: bool,
    /// Merge several logs in the order of time
    #[arg(long)]
    sort: bool,
    /// How records are printed: for people, as a JSON object a record, as their own text, as a table
    #[arg(short, long, value_enum, default_value_t = Output::Text)]
    output: Output,
    /// Colour the text; by itself on a terminal, unless `NO_COLOR` is set
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = Color::Auto)]
    color: Color,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Color {
    Auto,
    Always,
    Never,
}

/// How often followed files are looked at: with many of them less often, so that looking stays a small share.
const LOOK_EVERY: Duration = Duration::from_millis(10);
const LOOK_AT_LEAST_EVERY: Duration = Duration::from_millis(40);
const LOOK_SHARE: u32 = 20;

/// How long `-n` waits at most for a log to fall silent before it prints the last records and goes on live.
const CAUGHT_UP_AT_LAST: Duration = Duration::from_secs(2);

pub(crate) fn run(arguments: &Arguments, io: &mut Io<'_>) -> Result<u8, Refusal> {
    let Selected { sources, has_missing, options, filter, zone, is_zone_guessed } = arguments.selection.resolve(io)?;
    let style = Style {
        output: arguments.output,
        is_colored: match arguments.color {
            Color::Auto => io.stdout_is_terminal && io.allows_color(),
            Color::Always => true,
            Color::Never => false,
        },
        is_terminal: io.stdout_is_terminal,
        last: arguments.last,
        zone,
    };
    let mut said = Said::new(has_missing, arguments.output == Output::Text);
    if arguments.follow && !sources.is_empty() {
        follow(&sources, options, filter, style, &mut said, io)?;
    } else {
        show(&sources, arguments.sort, &options, &filter, style, &mut said, io);
    }
    said.tell(io);
    if is_zone_guessed && said.has_zoneless_stamps() && zones::host_is_not_utc(io) {
        io.note("times without a zone are read as UTC, this machine is set to another zone: `--tz local`");
    }
    Ok(said.conclude(io))
}

/// Reads everything once.
fn show(
    inputs: &[Input],
    sort: bool,
    options: &ReadOptions,
    filter: &Filter,
    style: Style,
    said: &mut Said,
    io: &mut Io<'_>,
) {
    let found: Vec<Option<Found>> = inputs
        .iter()
        .map(|input| match input {
            Input::Stdin => None,
            Input::Paths(paths) => Some(discover(paths)),
        })
        .collect();
    let files = found.iter().flatten().flat_map(|found| &found.sets).flat_map(|set| &set.files);
    let total_bytes = files.clone().map(|file| file.size_bytes).sum();
    let shows_source = files.count() + found.iter().filter(|found| found.is_none()).count() > 1;
    let is_bar_shown = io.stderr_is_terminal;
    let mut stdin = std::mem::replace(&mut io.stdin, Box::new(std::io::empty()));
    {
        let progress = RefCell::new(Progress::new(is_bar_shown.then_some(&mut *io.stderr), total_bytes));
        let printer = RefCell::new(Printer::new(&mut *io.stdout, style, shows_source));
        let mut sink = |source: &str, record: &jobtrail_core::Record<'_>| {
            let mut printer = printer.borrow_mut();
            if printer.is_about_to_write() {
                progress.borrow_mut().clear();
            }
            printer.take(source, record)
        };
        let mut count = |bytes| progress.borrow_mut().add(bytes);
        for found in found {
            let report = match found {
                Some(found) if sort => {
                    said.explain(&found);
                    read_merged(found, options, filter, &mut count, &mut sink)
                }
                Some(found) => {
                    said.explain(&found);
                    read_found(found, options, filter, &mut count, &mut sink)
                }
                None => {
                    let stream = std::mem::replace(&mut stdin, Box::new(std::io::empty()));
                    let mut idle = || {
                        printer.borrow_mut().flush();
                    };
                    read_stream(stream, STDIN, Pauses::Wait, options, filter, &mut idle, &mut sink)
                }
            };
            said.add(report);
            if printer.borrow().is_closed() {
                break;
            }
        }
        progress.borrow_mut().clear();
        said.printed(printer.into_inner().finish());
    }
}

/// Reads everything and goes on with what is written, until told to stop or nobody reads any more.
fn follow(
    inputs: &[Input],
    options: ReadOptions,
    filter: Filter,
    style: Style,
    said: &mut Said,
    io: &mut Io<'_>,
) -> Result<(), Refusal> {
    let mut paths: Vec<PathBuf> = Vec::new();
    for input in inputs {
        match input {
            Input::Stdin if inputs.len() == 1 => {
                follow_stdin(&options, &filter, style, said, io);
                return Ok(());
            }
            Input::Stdin => return Err(Refusal::because("standard input and files cannot be followed at once")),
            Input::Paths(more) => paths.extend_from_slice(more),
        }
    }
    let found = discover(&paths);
    said.explain(&found);
    let shows_source = paths.iter().any(|path| path.is_dir()) || paths.len() > 1;
    let mut watch = Watch::new(&paths, options, filter);
    let mut printer = Printer::new(&mut *io.stdout, style, shows_source);
    let begun = Instant::now();
    loop {
        let looked = Instant::now();
        let is_last = (io.stopped)() || !watch.has_something_to_follow();
        let report = watch.poll(&mut |source, record| printer.take(source, record));
        if watch.has_caught_up() || begun.elapsed() >= CAUGHT_UP_AT_LAST {
            printer.go_live();
        }
        printer.flush();
        said.add(report);
        said.tell_on(&mut *io.stderr);
        if is_last || printer.is_closed() {
            break;
        }
        thread::sleep((looked.elapsed() * LOOK_SHARE).clamp(LOOK_EVERY, LOOK_AT_LEAST_EVERY));
    }
    said.add(watch.finish(&mut |source, record| printer.take(source, record)));
    said.printed(printer.finish());
    Ok(())
}

fn follow_stdin(options: &ReadOptions, filter: &Filter, style: Style, said: &mut Said, io: &mut Io<'_>) {
    let stream = std::mem::replace(&mut io.stdin, Box::new(std::io::empty()));
    let printer = RefCell::new(Printer::new(&mut *io.stdout, style, false));
    let mut idle = || {
        let mut printer = printer.borrow_mut();
        printer.go_live();
        printer.flush();
    };
    let mut sink = |source: &str, record: &jobtrail_core::Record<'_>| printer.borrow_mut().take(source, record);
    said.add(read_stream(stream, STDIN, Pauses::Give, options, filter, &mut idle, &mut sink));
    said.printed(printer.into_inner().finish());
}

//! `jobtrail view`: records of files, directories and standard input, filtered, printed and followed.

use std::cell::RefCell;
use std::ffi::OsString;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use clap::ValueEnum;
use jobtrail_core::{Filter, JobId, JobTypes, Level, Query, ReadOptions, check_job_ref};
use jobtrail_files::{Found, Pauses, Watch, discover, read_found, read_merged, read_stream};

use crate::inputs::{self, Input, no_such_path};
use crate::io::Io;
use crate::printer::{Printer, STDIN, Style};
use crate::progress::Progress;
use crate::refusal::Refusal;
use crate::said::Said;
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
    /// Log files, directories or `-` for standard input, then a query; by default the logs under this directory, or
    /// standard input where something is piped in
    #[arg(value_name = "PATH|QUERY")]
    words: Vec<OsString>,
    /// Only records that match this query; several are joined by AND
    #[arg(short, long, value_name = "QUERY", allow_hyphen_values = true)]
    query: Vec<String>,
    /// Only records of this level and above
    #[arg(short, long)]
    level: Option<String>,
    /// Only records of this job
    #[arg(short, long, value_name = "ID", allow_hyphen_values = true)]
    job: Option<String>,
    /// Only records since a time (2026-01-05, 14:30, RFC 3339), a day (today, yesterday) or an age (90s, 15m, 2h, 7d)
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// Only records up to a time, written as for --since
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// Only records that contain this text, in any case
    #[arg(short = 'g', long = "grep", value_name = "TEXT", allow_hyphen_values = true)]
    text: Vec<String>,
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
    /// The zone of times that name none, in logs and in queries, and of the times shown: a name (Europe/Berlin), an
    /// offset (+02:00) or `local` [default: UTC]
    #[arg(long, value_name = "ZONE", allow_hyphen_values = true)]
    tz: Option<String>,
    /// Show secrets and personal paths
    #[arg(long)]
    no_redact: bool,
    /// Colour the text; by itself on a terminal, unless `NO_COLOR` is set
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = Color::Auto)]
    color: Color,
}

/// The forms in which records are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Output {
    Text,
    Json,
    Raw,
    Csv,
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
    let words = inputs::split(&arguments.words, io);
    let query = query_of(arguments, words.query.as_deref())?;
    let zone = zones::named(arguments.tz.as_deref().unwrap_or("UTC"), io)?;
    let filter = query.resolve((io.now)(), &zone);
    let mut options = ReadOptions { zone: zone.clone(), ..ReadOptions::default() };
    if arguments.no_redact {
        options.redactor = None;
    }
    for missing in &words.missing {
        io.error(&no_such_path(missing));
    }
    let style = Style {
        output: arguments.output,
        is_colored: match arguments.color {
            Color::Auto => io.stdout_is_terminal && io.allows_color(),
            Color::Always => true,
            Color::Never => false,
        },
        is_terminal: io.stdout_is_terminal,
        last: arguments.last,
        zone: arguments.tz.is_some().then_some(zone),
    };
    let mut said = Said::new(!words.missing.is_empty(), arguments.output == Output::Text);
    let is_zone_guessed = arguments.tz.is_none() && asks_for_relative_time(arguments, words.query.as_deref());
    if arguments.follow && !words.sources.is_empty() {
        follow(&words.sources, options, filter, style, &mut said, io)?;
    } else {
        show(&words.sources, arguments.sort, &options, &filter, style, &mut said, io);
    }
    said.tell(io);
    if is_zone_guessed && said.has_zoneless_stamps() && zones::host_is_not_utc(io) {
        io.note("times without a zone are read as UTC, this machine is set to another zone: `--tz local`");
    }
    Ok(said.conclude(io))
}

/// Joins the query and the options that are short for one.
fn query_of(arguments: &Arguments, positional: Option<&str>) -> Result<Query, Refusal> {
    let mut query = Query::default();
    for text in positional.into_iter().chain(arguments.query.iter().map(String::as_str)) {
        query = query.and(&parse(text)?);
    }
    if let Some(level) = &arguments.level {
        let level = Level::parse(level)
            .ok_or_else(|| Refusal::option("--level", level, "one of trace, debug, info, warning, error, critical"))?;
        query = query.and(&parse(&format!("level>={}", level.as_str()))?);
    }
    if let Some(job) = &arguments.job {
        query = query.and(&parse(&format!("job:\"{}\"", checked_job(job)?))?);
    }
    for (name, time) in [("since", &arguments.since), ("until", &arguments.until)] {
        if let Some(time) = time {
            let moment = Query::parse(&format!("{name}:{}", quoted(time)));
            query = query.and(&moment.map_err(|error| Refusal::option(&format!("--{name}"), time, error.expected()))?);
        }
    }
    for text in &arguments.text {
        query = query.and(&parse(&quoted(text))?);
    }
    Ok(query)
}

/// Whether any `since` or `until` means the clock on the wall: an age, a time of day, today.
fn asks_for_relative_time(arguments: &Arguments, positional: Option<&str>) -> bool {
    let is_relative = |time: &str| {
        let time = time.trim_start_matches('"');
        time.bytes().take_while(u8::is_ascii_digit).count() < "2026".len()
    };
    let in_query = |query: &str| ["since:", "until:"].iter().any(|name| query.split(name).skip(1).any(is_relative));
    arguments.since.iter().chain(&arguments.until).any(|time| is_relative(time))
        || positional.is_some_and(in_query)
        || arguments.query.iter().any(|query| in_query(query))
}

fn parse(text: &str) -> Result<Query, Refusal> {
    Query::parse(text).map_err(|error| Refusal::query(text, &error))
}

/// Returns a phrase of the query language.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Checks a job's ID. One that begins with a known type and has three parts has to be a whole typed ID.
fn checked_job(id: &str) -> Result<String, Refusal> {
    check_job_ref(id)?;
    let types = JobTypes::default();
    let parts: Vec<&str> = id.split('-').collect();
    match parts.as_slice() {
        [code, _, _] if types.name(&code.to_ascii_uppercase()).is_some() => {
            Ok(JobId::parse(id, &types)?.as_str().to_owned())
        }
        _ => Ok(id.to_owned()),
    }
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
        let mut sink = |source: &str, record: jobtrail_core::Record<'_>| {
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
    let mut sink = |source: &str, record: jobtrail_core::Record<'_>| printer.borrow_mut().take(source, record);
    said.add(read_stream(stream, STDIN, Pauses::Give, options, filter, &mut idle, &mut sink));
    said.printed(printer.into_inner().finish());
}

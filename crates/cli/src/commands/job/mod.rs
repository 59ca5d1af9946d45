//! `jobtrail job ID`: a job's whole story: what failed, where, for whom, what to look at next, and all its records.

mod around;
mod commands;
mod near;
mod text;

use std::io::{self, Cursor, Read};
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex};

use jobtrail_core::{JobFile, Record, Story, Wants, write_json};

use crate::ages;
use crate::inputs::{Input, quoted};
use crate::io::Io;
use crate::looks::usual_looks;
use crate::print::{Canvas, Out, Output, Printer, STDIN, Style, visible_json};
use crate::reading::{Make, gather};
use crate::refusal::Refusal;
use crate::said::Said;
use crate::selection::{Selected, Selection};

const EXAMPLES: &str = "\
The story comes first: what failed, where, for which project and user, steps, and what to look at next; then every record
of the job, of all logs, in the order of time. A job that started and fell silent is looked into: what its process said
behind its last word, restarts, out-of-memory kills and crashes near that time.

`-o json` prints one object: `job`, the story, and `records`, as `view -o json` has them.

Examples:
  jobtrail job MSH-0105-A7F2                      in the logs under this directory
  jobtrail job 4711 data/logs -n 20               its last 20 records
  jobtrail job MSH-0105-A7F2 logs --system        the machine's logs too, if it fell silent
  jobtrail job 4711 -o json | jq .job.next
  docker logs worker 2>&1 | jobtrail job 4711";

/// Tell a job's whole story: what failed, where, what to look at next, and its records
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES, mut_arg("job", |arg| arg.hide(true)))]
pub(crate) struct Arguments {
    /// The job's ID: typed (MSH-0105-A7F2), a UUID, a number, or a name, in any case
    #[arg(value_name = "ID", allow_hyphen_values = true)]
    id: String,
    #[command(flatten)]
    selection: Selection,
    /// Only the last N of its records; the story is of all
    #[arg(short = 'n', long = "last", value_name = "N")]
    last: Option<usize>,
    /// How long a job that is not finished may say nothing (90s, 15m, 2h) before it is silent
    #[arg(long, value_name = "AGE", default_value = "10m")]
    silent_for: String,
    /// Look for signs of a crash in the machine's logs too: kern.log, syslog and messages in /var/log, or in DIR
    #[arg(long, value_name = "DIR", num_args = 0..=1, require_equals = true, default_missing_value = "/var/log")]
    system: Option<std::path::PathBuf>,
    /// How it is printed: for people, as one JSON object, or the records alone as their own text or as a table
    #[arg(short, long, value_enum, default_value_t = Output::Text)]
    output: Output,
}

/// A record with the name of its source.
pub(super) type Found = (Arc<str>, Record<'static>);

pub(crate) fn run(arguments: &Arguments, io: &mut Io<'_>) -> Result<u8, Refusal> {
    let now = (io.now)();
    let silent_us = ages::option("--silent-for", &arguments.silent_for)?;
    let selected = arguments.selection.resolve_for_job(&arguments.id, io)?;
    let mut said = Said::new(selected.has_missing, false);
    let kept = keep_stdin(&selected.sources, io);
    let mut records = collect(&selected, &mut said, io);
    records.sort_by_key(|(_, record)| record.carried);
    if records.is_empty() {
        rewind(kept, io);
        near::offer(&arguments.id, &selected, &mut said, io);
        return Ok(said.conclude(io));
    }
    let mut story = Story::new(selected.options.job_types.clone());
    for (source, record) in &records {
        story.add(record, source);
    }
    if let Some(window) = story.asks_about(now, silent_us) {
        rewind(kept, io);
        around::look(&mut story, window, &selected, arguments.system.as_deref(), &mut said, io);
    }
    let files = around::files(&selected.sources);
    let job_file = around::job_file(&story, &files, &selected.options);
    let shown = records.len().saturating_sub(arguments.last.unwrap_or(usize::MAX));
    let shown = records.get(shown..).unwrap_or_default();
    if arguments.output == Output::Json {
        said.printed(print_json(&story.to_json(now, silent_us), job_file.as_ref(), shown, io));
        return Ok(said.conclude(io));
    }
    if arguments.output == Output::Text {
        let paths = paths(&selected.sources);
        let zone = selected.zone.as_ref();
        let told = text::Told { story: &story, now, silent_us, zone, files: &files, paths: &paths, job_file };
        let crashes = around::crash_files(&story, &files, &selected.options);
        let mut text = String::new();
        told.push(&crashes, &Canvas::of(io), &mut text);
        let mut out = Out::new(io.stdout);
        out.push(&text);
        out.flush();
        said.printed(out.into_failure().map_or(Ok(()), Err));
    }
    said.printed(print(&selected, arguments.output, story.sources().len() > 1, shown, io));
    Ok(said.conclude(io))
}

/// Reads the job's records of all inputs.
fn collect(selected: &Selected, said: &mut Said, io: &mut Io<'_>) -> Vec<Found> {
    let mut records: Vec<Found> = Vec::new();
    let mut make = Make {
        fresh: &Vec::new,
        add: &|part: &mut Vec<Record<'static>>, _, record| part.push(record.to_static()),
        take: &mut |source, part, lines_before| {
            let known = records.last().map(|(name, _)| name).filter(|name| ***name == *source);
            let source = known.map_or_else(|| Arc::from(source), Arc::clone);
            for mut record in part {
                record.line = record.line.map(|line| line + lines_before);
                records.push((Arc::clone(&source), record));
            }
        },
    };
    gather(selected, Wants::All, &mut make, said, io);
    records
}

/// Returns the paths that were asked for, each behind a space; none for the current directory.
fn paths(sources: &[Input]) -> String {
    let mut all = String::new();
    for input in sources {
        if let Input::Paths(paths) = input {
            let shown = paths.iter().map(|path| path.display().to_string());
            let named = shown.filter(|path| path != "." && !path.ends_with("/."));
            named.for_each(|path| all.extend([" ", &quoted(&path)]));
        }
    }
    all
}

/// Prints records as `view` does.
fn print(
    selected: &Selected,
    output: Output,
    shows_source: bool,
    records: &[Found],
    io: &mut Io<'_>,
) -> io::Result<()> {
    let style = Style {
        output,
        looks: usual_looks(io),
        is_terminal: io.stdout_is_terminal,
        shows_source,
        zone: selected.zone.clone(),
    };
    let mut printer = Printer::new(&mut *io.stdout, &style, None);
    for (source, record) in records {
        if let ControlFlow::Break(()) = printer.take(source, record) {
            break;
        }
    }
    printer.finish()
}

fn print_json(story: &str, job_file: Option<&(String, JobFile)>, records: &[Found], io: &mut Io<'_>) -> io::Result<()> {
    let is_terminal = io.stdout_is_terminal;
    let mut out = Out::new(io.stdout);
    let mut push = |text: &str| out.push(&if is_terminal { visible_json(text) } else { text.into() });
    push("{\"job\":");
    let story = story.strip_suffix('}').unwrap_or(story);
    push(story);
    push(",\"job_file\":");
    push(&job_file.map_or_else(|| "null".to_owned(), |(path, file)| file.to_json(path)));
    push("},\"records\":[");
    let mut line = String::new();
    for (at, (source, record)) in records.iter().enumerate() {
        line.clear();
        line.push_str(if at > 0 { "," } else { "" });
        write_json(record, (**source != *STDIN).then_some(source), &mut line);
        if !push(&line) {
            break;
        }
    }
    push("]}\n");
    out.flush();
    out.into_failure().map_or(Ok(()), Err)
}

/// What has been read of standard input, as far as it is kept to be read again.
type Kept = Option<Arc<Mutex<Vec<u8>>>>;

/// No more of standard input is kept.
const MOST_KEPT_BYTES: usize = 64 << 20;

struct Keeping {
    stream: Box<dyn Read + Send>,
    kept: Arc<Mutex<Vec<u8>>>,
}

impl Read for Keeping {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.stream.read(buffer)?;
        if let Ok(mut kept) = self.kept.lock()
            && kept.len() + read <= MOST_KEPT_BYTES
        {
            kept.extend_from_slice(buffer.get(..read).unwrap_or_default());
        }
        Ok(read)
    }
}

/// Has standard input kept while it is read, if it is among the inputs: it may be looked at twice.
fn keep_stdin(sources: &[Input], io: &mut Io<'_>) -> Kept {
    sources.contains(&Input::Stdin).then(|| {
        let kept = Arc::new(Mutex::new(Vec::new()));
        let stream = std::mem::replace(&mut io.stdin, Box::new(io::empty()));
        io.stdin = Box::new(Keeping { stream, kept: Arc::clone(&kept) });
        kept
    })
}

/// Gives standard input again what was kept of it.
fn rewind(kept: Kept, io: &mut Io<'_>) {
    if let Some(kept) = kept {
        let bytes = kept.lock().map(|mut kept| std::mem::take(&mut *kept)).unwrap_or_default();
        io.stdin = Box::new(Cursor::new(bytes));
    }
}

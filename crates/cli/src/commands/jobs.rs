//! `jobtrail jobs`: each job of the logs in a row: what became of it, when, and what went wrong first.

use std::cmp::Reverse;
use std::fmt::Write;

use clap::ValueEnum;
use jobtrail_core::{JobId, JobSummary, JobTypes, Jobs, Level, Timestamp, Wants, Zone};

use crate::ages;
use crate::io::Io;
use crate::print::{
    Canvas, Cell, Column, Form, Out, age, duration, moment, push_cell, push_table, visible, visible_json,
};
use crate::reading::{Make, gather};
use crate::refusal::Refusal;
use crate::said::Said;
use crate::selection::{Selected, Selection};

const EXAMPLES: &str = "\
A job that started and then said nothing for --silent-for is `silent`: the sign of a crash.

Examples:
  jobtrail jobs backend/logs                      newest first
  jobtrail jobs backend/logs --failed -n 10       the last ten that failed or fell silent
  jobtrail jobs --type mesh --user a@b.co --since today
  jobtrail jobs --sort duration -n 5              the slowest
  jobtrail jobs -o json | jq -r 'select(.errors > 0).job_id'";

/// List the jobs of logs: status, start, duration, errors
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(flatten)]
    selection: Selection,
    /// Only jobs of this status: started, processing, completed, error, silent, running (not finished, not silent), or
    /// a word of the log's own; several parted by commas
    #[arg(long, value_name = "STATUS", value_delimiter = ',')]
    status: Vec<String>,
    /// Only jobs that failed or fell silent: --status error,silent
    #[arg(long, conflicts_with = "status")]
    failed: bool,
    /// Only jobs of this type, by name (mesh) or by the code in the ID (MSH)
    #[arg(long = "type", value_name = "TYPE")]
    only_type: Option<String>,
    /// Only jobs of this user
    #[arg(long, value_name = "USER")]
    user: Option<String>,
    /// Only the first N of them
    #[arg(short = 'n', value_name = "N")]
    count: Option<usize>,
    /// What comes first: the latest start, the longest, the most errors
    #[arg(long, value_enum, default_value_t = Order::Started)]
    sort: Order,
    /// How long a job that is not finished may say nothing (90s, 15m, 2h) before it is silent
    #[arg(long, value_name = "AGE", default_value = "10m")]
    silent_for: String,
    /// How they are printed: for people, as a JSON object a job, as a table
    #[arg(short, long, value_enum, default_value_t = Form::Text)]
    output: Form,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Order {
    Started,
    Duration,
    Errors,
}

pub(crate) fn run(arguments: &Arguments, io: &mut Io<'_>) -> Result<u8, Refusal> {
    let now = (io.now)();
    let silent_us = ages::option("--silent-for", &arguments.silent_for)?;
    let selected = arguments.selection.resolve(io)?;
    let mut said = Said::new(selected.has_missing, arguments.output == Form::Text);
    said.hint(selected.hint.clone());
    let jobs = known(&selected, &mut said, io);
    let mut shown: Vec<JobSummary<'_>> = jobs
        .iter()
        .filter(|job| arguments.wants(job, word(job, now, silent_us), &selected.options.job_types))
        .collect();
    match arguments.sort {
        Order::Started => shown.sort_by_key(|job| Reverse(job.span())),
        Order::Duration => shown.sort_by_key(|job| Reverse((job.duration_us(), job.span()))),
        Order::Errors => shown.sort_by_key(|job| Reverse((job.errors(), job.span()))),
    }
    let whole = shown.len();
    let words: Vec<&str> = shown.iter().map(|job| word(job, now, silent_us)).collect();
    let tally = tally(&words);
    shown.truncate(arguments.count.unwrap_or(usize::MAX));
    let mut text = String::new();
    match arguments.output {
        Form::Text if shown.is_empty() => {}
        Form::Text => {
            push_rows(&shown, now, silent_us, selected.zone.as_ref(), &Canvas::of(io), &mut text);
            let _ = write!(text, "\n{tally}\n");
        }
        Form::Json => shown.iter().for_each(|job| push_line(&job.to_json(now), io, &mut text)),
        Form::Csv => push_csv(&shown, now, io, &mut text),
    }
    let mut out = Out::new(io.stdout);
    out.push(&text);
    out.flush();
    said.printed(out.into_failure().map_or(Ok(()), Err));
    said.counted(whole, if jobs.is_empty() { "names a job" } else { "names a job like that" });
    Ok(said.conclude(io))
}

/// Reads the jobs of all inputs.
fn known(selected: &Selected, said: &mut Said, io: &mut Io<'_>) -> Jobs {
    let types = &selected.options.job_types;
    let mut jobs = Jobs::new(types.clone());
    let mut last = None;
    gather(
        selected,
        Wants::All,
        &mut Make {
            fresh: &|| Jobs::new(types.clone()),
            add: &|jobs: &mut Jobs, source, record| jobs.add(record, Some(source)),
            take: &mut |source, part, _| {
                if last.as_deref().is_some_and(|last: &str| last != source) {
                    jobs.end_source();
                }
                if last.as_deref() != Some(source) {
                    last = Some(source.to_owned());
                }
                jobs.merge(part);
            },
        },
        said,
        io,
    );
    jobs
}

impl Arguments {
    fn wants(&self, job: &JobSummary<'_>, word: &str, types: &JobTypes) -> bool {
        let is = |text: Option<&str>, wanted: &str| text.is_some_and(|text| text.eq_ignore_ascii_case(wanted));
        let has_status = |wanted: &str| match wanted.to_ascii_lowercase().as_str() {
            "silent" | "crashed" => word == SILENT,
            "running" => job.silent_us(Timestamp::from_micros(0)).is_some() && word != SILENT,
            "failed" => word == "error",
            wanted => is(job.status(), wanted) && word != SILENT,
        };
        let wanted_type = |wanted: &str| {
            let code = JobId::parse(job.id(), types).ok().map(|id| id.job_type().to_owned());
            is(job.job_type(), wanted) || is(code.as_deref(), wanted)
        };
        (!self.failed || has_status("error") || has_status("silent"))
            && (self.status.is_empty() || self.status.iter().any(|status| has_status(status)))
            && self.only_type.as_deref().is_none_or(wanted_type)
            && self.user.as_deref().is_none_or(|user| is(job.user_id(), user))
    }
}

/// What a job is called that has said nothing for too long.
const SILENT: &str = "silent";

/// Returns a job's status in one word; empty where none is known.
fn word<'j>(job: &'j JobSummary<'_>, now: Timestamp, silent_us: i64) -> &'j str {
    let is_silent = job.silent_us(now).is_some_and(|silent| silent >= silent_us);
    if is_silent { SILENT } else { job.status().unwrap_or_default() }
}

const fn column(title: &'static str, is_right: bool, spare: u8) -> Column {
    Column { title, is_right, spare }
}

const COLUMNS: [Column; 8] = [
    column("JOB", false, 0),
    column("TYPE", false, 3),
    column("STATUS", false, 0),
    column("STARTED", false, 1),
    column("DURATION", true, 2),
    column("RECORDS", true, 4),
    column("ERRORS", true, 5),
    column("FIRST ERROR", false, 0),
];

fn push_rows(
    jobs: &[JobSummary<'_>],
    now: Timestamp,
    silent_us: i64,
    zone: Option<&Zone>,
    canvas: &Canvas,
    text: &mut String,
) {
    let micros = |micros: i64| u64::try_from(micros).unwrap_or_default();
    let row = |job: &JobSummary<'_>| {
        let word = word(job, now, silent_us);
        let status = match job.silent_us(now).filter(|_| word == SILENT) {
            Some(silent) => format!("{SILENT} {}", age(micros(silent))),
            None => word.to_owned(),
        };
        vec![
            Cell::of(job.id()),
            Cell::of(job.job_type().unwrap_or_default()),
            Cell::of(&status).colored(color_of(word)),
            Cell::of(&job.span().map(|(first, _)| moment(first, zone, 0)).unwrap_or_default()),
            Cell::of(&job.duration_us().map(|took| duration(micros(took))).unwrap_or_default()),
            Cell::of(&job.records().to_string()),
            Cell::of(&job.errors().to_string()).colored(if job.errors() > 0 { RED } else { "" }),
            Cell::of(job.first_error().unwrap_or_default()),
        ]
    };
    let rows: Vec<Vec<Cell>> = jobs.iter().map(row).collect();
    push_table(&COLUMNS, &rows, canvas, text);
}

const RED: &str = "\x1b[31m";

fn color_of(word: &str) -> &'static str {
    match word {
        "completed" => "\x1b[32m",
        "error" => RED,
        SILENT => "\x1b[33m",
        "started" | "processing" => "\x1b[36m",
        _ => "",
    }
}

/// Returns `12 jobs: 7 completed, 3 error, 2 silent`.
fn tally(words: &[&str]) -> String {
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for word in words {
        let word = if word.is_empty() { "of no known status" } else { word };
        match counts.iter_mut().find(|(known, _)| *known == word) {
            Some((_, count)) => *count += 1,
            None => counts.push((word, 1)),
        }
    }
    counts.sort_by_key(|(_, count)| Reverse(*count));
    let parts: Vec<String> = counts.iter().map(|(word, count)| format!("{count} {}", visible(word))).collect();
    let jobs = if words.len() == 1 { "job" } else { "jobs" };
    format!("{} {jobs}: {}", words.len(), parts.join(", "))
}

fn push_line(json: &str, io: &Io<'_>, text: &mut String) {
    if io.stdout_is_terminal {
        text.push_str(&visible_json(json));
    } else {
        text.push_str(json);
    }
    text.push('\n');
}

fn push_csv(jobs: &[JobSummary<'_>], now: Timestamp, io: &Io<'_>, text: &mut String) {
    let levels: Vec<String> = Level::ALL.iter().map(|level| level.as_str().to_ascii_lowercase()).collect();
    text.push_str("job_id,type,status,is_finished,first,last,duration_ms,silent_ms,records,errors,");
    text.push_str(&levels.join(","));
    text.push_str(",none,first_error,user_id,project_id,sources\n");
    for job in jobs {
        let ms = |micros: Option<i64>| micros.map(|micros| (micros / 1000).to_string()).unwrap_or_default();
        let mut cells: Vec<String> = vec![
            job.id().to_owned(),
            job.job_type().unwrap_or_default().to_owned(),
            job.status().unwrap_or_default().to_owned(),
            job.is_finished().to_string(),
            job.span().map(|(first, _)| first.to_string()).unwrap_or_default(),
            job.span().map(|(_, last)| last.to_string()).unwrap_or_default(),
            ms(job.duration_us()),
            ms(job.silent_us(now)),
            job.records().to_string(),
            job.errors().to_string(),
        ];
        cells.extend(job.levels().iter().map(u64::to_string));
        let texts = [job.first_error(), job.user_id(), job.project_id()];
        cells.extend(texts.map(|text| text.unwrap_or_default().to_owned()));
        cells.push(job.sources().join(";"));
        for (at, cell) in cells.iter().enumerate() {
            text.push_str(if at > 0 { "," } else { "" });
            if io.stdout_is_terminal { push_cell(&visible(cell), text) } else { push_cell(cell, text) }
        }
        text.push('\n');
    }
}

//! A job's story as people read it: a headline, what is known in a line each, and commands that show more.

use std::fmt::Write;
use std::path::PathBuf;

use jobtrail_core::{Event, JobFile, JobSummary, Level, Outcome, Sign, Story, Timestamp, Zone};

use super::around::CrashFile;
use super::commands;
use crate::inputs::quoted;
use crate::print::{Canvas, STDIN, age, clipped, duration, moment, visible};

/// What there is to tell, and how.
pub(super) struct Told<'a> {
    pub(super) story: &'a Story,
    pub(super) now: Timestamp,
    pub(super) silent_us: i64,
    pub(super) zone: Option<&'a Zone>,
    pub(super) files: &'a [(String, PathBuf)],
    /// The paths that were asked for, as a shell takes them, each behind a space.
    pub(super) paths: &'a str,
    pub(super) job_file: Option<(String, JobFile)>,
}

const BOLD: &str = "\x1b[1m";
const DIM: &str = "\x1b[2m";
const RED: &str = "\x1b[31m";
const GREEN: &str = "\x1b[32m";
const YELLOW: &str = "\x1b[33m";
const CYAN: &str = "\x1b[36m";
const RESET: &str = "\x1b[0m";

/// The width of the names of the lines, with the space before and behind them.
const NAME_WIDTH: usize = 12;

/// How many steps and signs are shown.
const MOST: usize = 8;

/// Lines of text, cut to the terminal.
struct Lines<'a> {
    text: &'a mut String,
    width: usize,
    is_colored: bool,
}

impl Lines<'_> {
    /// Appends `  name      value`; a line without a name goes on with the one before it.
    fn push(&mut self, name: &str, value: &str, color: &str) {
        let value = visible(value.lines().next().unwrap_or_default()).replace('\t', " ");
        let value = clipped(&value, self.width.saturating_sub(NAME_WIDTH).max(8));
        if self.is_colored {
            let _ = write!(self.text, "  {DIM}{name:9}{RESET} ");
            let _ = if color.is_empty() {
                writeln!(self.text, "{value}")
            } else {
                writeln!(self.text, "{color}{value}{RESET}")
            };
        } else {
            let _ = writeln!(self.text, "  {name:9} {value}");
        }
    }
}

impl Told<'_> {
    /// Appends the story and an empty line.
    pub(super) fn push(&self, crashes: &[CrashFile], canvas: &Canvas, text: &mut String) {
        let Some(job) = self.story.summary() else { return };
        let is_colored = canvas.is_colored;
        let width = canvas.width().unwrap_or(usize::MAX);
        self.push_headline(&job, is_colored, text);
        let mut lines = Lines { text, width, is_colored };
        self.push_failure(&mut lines);
        if self.outcome() == Outcome::Silent {
            self.push_silence(crashes, &mut lines);
        }
        self.push_facts(&job, &mut lines);
        self.push_job_file(&mut lines);
        self.push_next(lines.text, is_colored);
        text.push('\n');
    }

    fn outcome(&self) -> Outcome {
        self.story.outcome(self.now, self.silent_us)
    }

    /// Appends `MSH-0105-A7F2, mesh: failed after 1.5 s`.
    fn push_headline(&self, job: &JobSummary<'_>, is_colored: bool, text: &mut String) {
        let micros = |micros: i64| u64::try_from(micros).unwrap_or_default();
        let took = job.duration_us().map(|took| duration(micros(took))).unwrap_or_default();
        let silent = age(micros(job.silent_us(self.now).unwrap_or_default()));
        let (color, said) = match self.outcome() {
            Outcome::Failed => (RED, format!("failed after {took}")),
            Outcome::Completed if job.errors() > 0 => {
                (GREEN, format!("completed in {took}, with {}", plural(job.errors(), "error")))
            }
            Outcome::Completed => (GREEN, format!("completed in {took}")),
            Outcome::Silent => (YELLOW, format!("started, then silent for {silent}")),
            Outcome::Running => (CYAN, format!("running, last word {silent} ago")),
            Outcome::Unknown => ("", "no record says how it stands".to_owned()),
        };
        let kind = job.job_type().map(|kind| format!(", {kind}")).unwrap_or_default();
        let name = visible(&format!("{}{kind}", job.id())).into_owned();
        let _ = if is_colored {
            writeln!(text, "{BOLD}{name}{RESET}: {color}{said}{RESET}")
        } else {
            writeln!(text, "{name}: {said}")
        };
    }

    /// Appends what went wrong and where.
    fn push_failure(&self, lines: &mut Lines<'_>) {
        let Some(last) = self.story.last_error() else { return };
        let what = last.exception.as_ref().or(last.reason.as_ref()).unwrap_or(&last.message);
        lines.push("what", what, RED);
        if *what != last.message {
            lines.push("", &last.message, "");
        }
        lines.push("where", &place(last), "");
        if let Some(first) =
            self.story.first_error().filter(|first| (&first.source, first.offset) != (&last.source, last.offset))
        {
            let what = first.exception.as_ref().or(first.reason.as_ref()).unwrap_or(&first.message);
            lines.push("first", &format!("{}{what}", self.time(first)), RED);
            lines.push("", &place(first), "");
        }
    }

    /// Appends what came behind the last word of a job that fell silent.
    fn push_silence(&self, crashes: &[CrashFile], lines: &mut Lines<'_>) {
        let Some(last) = self.story.last() else { return };
        lines.push("last word", &format!("{}{}", self.time(last), last.message), YELLOW);
        lines.push("", &place(last), "");
        let process = last.pid.map_or_else(|| "the same source".to_owned(), |pid| format!("process {pid}"));
        match self.story.after() {
            (_, 0) => lines.push("then", &format!("{process} said nothing more within a quarter of an hour"), YELLOW),
            (events, count) => {
                lines.push("then", &format!("{process} went on, with {}:", plural(count, "record")), "");
                for event in events {
                    lines.push("", &format!("{}{}", self.time(event), event.message), "");
                }
            }
        }
        if let Some(next) = self.story.successor() {
            let pid = next.pid.map(|pid| pid.to_string()).unwrap_or_default();
            lines.push("", &format!("{}a new process, {pid}: {}", self.time(next), next.message), YELLOW);
        }
        for crash in crashes {
            let pid = crash.pid.map(|pid| format!("process {pid}: ")).unwrap_or_default();
            lines.push("crash", &format!("{pid}{}", crash.first_line), RED);
            lines.push("", &crash.path.display().to_string(), "");
        }
        let evidence = self.story.evidence();
        for (at, (sign, event)) in evidence.iter().take(MOST).enumerate() {
            let message = format!("{}{}: {}", self.time(event), name(*sign), event.message);
            lines.push(if at == 0 { "signs" } else { "" }, &message, if *sign == Sign::Restarted { "" } else { RED });
            lines.push("", &place(event), "");
        }
        if evidence.is_empty() && crashes.is_empty() {
            lines.push("signs", "none here of a kill, a crash or a restart near that time", "");
        }
    }

    fn push_facts(&self, job: &JobSummary<'_>, lines: &mut Lines<'_>) {
        let named = [
            ("project", job.project_id()),
            ("user", job.user_id()),
            ("spec", self.story.spec_id()),
            ("asset", self.story.asset_id()),
        ];
        let named: Vec<String> = named.iter().filter_map(|(name, id)| Some(format!("{name} {}", (*id)?))).collect();
        if !named.is_empty() {
            lines.push("for", &named.join(", "), "");
        }
        if let Some((first, last)) = job.span() {
            let lasted = u64::try_from(last.as_micros().saturating_sub(first.as_micros())).unwrap_or_default();
            let times = format!("{} to {}", moment(first, self.zone, 3), moment(last, self.zone, 3));
            lines.push("when", &format!("{times} ({})", duration(lasted)), "");
        }
        let graves = Level::ALL
            .into_iter()
            .zip(job.levels())
            .rev()
            .filter(|(level, count)| *level >= Level::Warning && **count > 0);
        let graves: Vec<String> =
            graves.map(|(level, count)| plural(*count, &level.as_str().to_ascii_lowercase())).collect();
        let graves = if graves.is_empty() { String::new() } else { format!("; {}", graves.join(", ")) };
        let from: Vec<String> = self
            .story
            .sources()
            .iter()
            .map(|source| {
                let pids: Vec<String> = source.pids.iter().map(i64::to_string).collect();
                let name = if source.name == STDIN { "standard input" } else { &source.name };
                match (self.story.sources().len(), pids.len()) {
                    (1, 0) => name.to_owned(),
                    (1, 1) => format!("{name}, process {}", pids.join(", ")),
                    (1, _) => format!("{name}, processes {}", pids.join(", ")),
                    (_, 0) => format!("{name} ({})", source.records),
                    (_, _) => format!("{name} ({}, pid {})", source.records, pids.join(", ")),
                }
            })
            .collect();
        lines.push("records", &format!("{} in {}{graves}", job.records(), from.join(", ")), "");
        for (at, step) in self.story.steps().iter().take(MOST).enumerate() {
            let took = step.micros.map_or_else(|| "not ended".to_owned(), duration);
            lines.push(if at == 0 { "steps" } else { "" }, &format!("{took:>8}  {}", step.name), "");
        }
        let rest = self.story.steps().len().saturating_sub(MOST);
        if rest > 0 {
            lines.push("", &format!("and {rest} more"), "");
        }
    }

    fn push_job_file(&self, lines: &mut Lines<'_>) {
        let Some((path, file)) = &self.job_file else { return };
        lines.push("job file", path, "");
        let texts =
            [("status", &file.status), ("type", &file.job_type), ("error", &file.error), ("log", &file.log_path)];
        let mut parts: Vec<String> =
            texts.iter().filter_map(|(name, text)| Some(format!("{name} {}", (*text).as_ref()?))).collect();
        for (name, keys) in [("input", &file.input), ("output", &file.output)] {
            if !keys.is_empty() {
                parts.push(format!("{name}: {}", keys.join(", ")));
            }
        }
        lines.push("", &parts.join("; "), "");
    }

    /// Appends the commands that show more.
    fn push_next(&self, text: &mut String, is_colored: bool) {
        let looks = self.story.next(self.now, self.silent_us);
        let mut all: Vec<commands::Suggestion> =
            looks.iter().flat_map(|look| commands::of(look, self.files, self.paths)).collect();
        if let Some(command) = self.own_log() {
            all.push(commands::Suggestion { command, shows: "the job's own log, which is not among those read" });
        }
        if all.is_empty() {
            return;
        }
        text.push_str("\nLook next:\n");
        for commands::Suggestion { command, shows } in all {
            let shown = visible(&command);
            let _ = if is_colored {
                writeln!(text, "  {shown}\n      {DIM}{shows}{RESET}")
            } else {
                writeln!(text, "  {shown}\n      {shows}")
            };
        }
    }

    /// Returns the command that shows the log which the job's file names, where it is there and has not been read.
    fn own_log(&self) -> Option<String> {
        let (path, file) = self.job_file.as_ref()?;
        // `<root>/projects/<project>/jobs/<job>.json`
        let root = std::path::Path::new(path).ancestors().nth(4)?;
        let log = jobtrail_files::resolve(root, std::path::Path::new(file.log_path.as_ref()?)).ok()?;
        let is_read = self.files.iter().any(|(_, path)| path.canonicalize().is_ok_and(|path| path == log));
        let shown = root.join(file.log_path.as_ref()?);
        (!is_read).then(|| format!("jobtrail view {}", quoted(&shown.display().to_string())))
    }

    fn time(&self, event: &Event) -> String {
        event.time.map(|time| format!("{} ", moment(time, self.zone, 3))).unwrap_or_default()
    }
}

/// Returns `worker.log:12, job_processor, process 1234, ~/app/jobs.py:42 in run`.
fn place(event: &Event) -> String {
    let source = if event.source == STDIN { "standard input" } else { &event.source };
    let mut place = event.line.map_or_else(|| source.to_owned(), |line| format!("{source}:{line}"));
    if let Some(speaker) = &event.speaker {
        let _ = write!(place, ", {speaker}");
    }
    if let Some(pid) = event.pid {
        let _ = write!(place, ", process {pid}");
    }
    if let Some(code) = &event.code {
        let _ = write!(place, ", {code}");
    }
    place
}

fn plural(count: u64, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

fn name(sign: Sign) -> &'static str {
    match sign {
        Sign::OutOfMemory => "out of memory",
        Sign::Killed => "killed",
        Sign::Crashed => "crashed",
        Sign::DiskFull => "disk full",
        _ => "restarted",
    }
}

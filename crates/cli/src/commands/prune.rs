//! `jobtrail prune`: deletes old logs by age, size and number, after saying which.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use clap::ValueEnum;
use jobtrail_core::Timestamp;
use jobtrail_files::{Fate, Planned, PrunePlan, Reason, Retention, Verdict, delete, plan};

use crate::io::Io;
use crate::print::{json_text, visible};
use crate::refusal::Refusal;
use crate::{ERROR, FOUND, NOTHING};

const NOTES: &str = "\
What may go: rotated files of a log (`worker.log.2.gz`), event files of months that are over
(`jobs_2026-01.jsonl`), and logs of single jobs that are over and silent for an hour
(`projects/P/files/logs/jobs/ID.jsonl`). Live logs only with --live, and only by age. Never: other
files, hidden ones, what is not text, what a writer has open, and anything behind a symbolic link.
The age of a file is the time since it was last written to.

Examples:
  jobtrail prune logs --older-than 30d --dry-run
  jobtrail prune logs --keep-bytes 500MB --yes
  jobtrail prune data --profile production        90 days, as `errors.log` in every profile";

/// Delete old logs by age, size and number
#[derive(Debug, clap::Args)]
#[command(after_help = NOTES)]
pub(crate) struct Arguments {
    /// The directories whose logs are looked at, with those below them [default: this directory]
    #[arg(value_name = "DIR")]
    directories: Vec<PathBuf>,
    /// Delete files that were last written to longer ago than this: 12h, 30d, 8w
    #[arg(long, value_name = "AGE")]
    older_than: Option<String>,
    /// Delete the oldest until all old files together have no more than this: 500MB, 2GiB
    #[arg(long, value_name = "SIZE")]
    keep_bytes: Option<String>,
    /// Keep so many old files of each log, the newest
    #[arg(long, value_name = "N")]
    keep_files: Option<usize>,
    /// Keep 7, 14 or 90 days of logs, and 90 of logs of errors
    #[arg(long, value_enum, conflicts_with = "older_than")]
    profile: Option<Profile>,
    /// Delete live logs too that nobody has written to for that long
    #[arg(long)]
    live: bool,
    /// Only say what would be deleted
    #[arg(short = 'n', long)]
    dry_run: bool,
    /// Do not ask
    #[arg(short, long)]
    yes: bool,
    /// How it is told: for people, or as a JSON object a file
    #[arg(short, long, value_enum, default_value_t = Output::Text)]
    output: Output,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Profile {
    Development,
    Staging,
    Production,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Output {
    Text,
    Json,
}

pub(crate) fn run(arguments: &Arguments, io: &mut Io<'_>) -> Result<u8, Refusal> {
    let rules = arguments.rules()?;
    let may_ask = !io.stdin_is_piped && io.stderr_is_terminal;
    if !arguments.dry_run && !arguments.yes && !may_ask {
        return Err(Refusal::because("nobody is here to be asked: `--dry-run` says what would go, `--yes` deletes it"));
    }
    let roots = if arguments.directories.is_empty() { vec![PathBuf::from(".")] } else { arguments.directories.clone() };
    let roots: Vec<PathBuf> = roots.iter().map(|root| io.resolve(root)).collect();
    let now = system_time((io.now)());
    let plan = plan(&roots, &rules, now);
    let mut telling = Telling { now, output: arguments.output, text: String::new(), had_error: false };
    for problem in &plan.problems {
        let hint = if problem.error.code() == "outside_root" { ": a symbolic link is not followed" } else { "" };
        telling.had_error = true;
        io.error(&format!("`{}`: {}{hint}", problem.name, problem.error));
    }
    let count = plan.going().count();
    if count == 0 {
        telling.kept(&plan);
        telling.print(io);
        if arguments.output == Output::Text && !telling.had_error {
            io.note(&format!("nothing to delete: {} old or live files looked at", plan.files.len()));
        }
        return Ok(if telling.had_error { ERROR } else { NOTHING });
    }
    if arguments.dry_run || !arguments.yes {
        for file in plan.going() {
            telling.file(file, "would delete");
        }
        telling.kept(&plan);
        telling.total("would delete", count, plan.bytes());
        telling.print(io);
    }
    if arguments.dry_run || !(arguments.yes || is_confirmed(count, plan.bytes(), io)) {
        return Ok(if telling.had_error { ERROR } else { FOUND });
    }
    Ok(carry_out(&plan, telling, arguments.yes, io))
}

impl Arguments {
    fn rules(&self) -> Result<Retention, Refusal> {
        let profile = self.profile.and_then(|profile| {
            Retention::profile(match profile {
                Profile::Development => "development",
                Profile::Staging => "staging",
                Profile::Production => "production",
            })
        });
        let mut rules = Retention { keep_files: self.keep_files, live: self.live, ..profile.unwrap_or_default() };
        if let Some(age) = &self.older_than {
            let wanted = || Refusal::option("--older-than", age, "a number with s, m, h, d or w, such as 30d");
            rules.max_age = Some(duration(age).ok_or_else(wanted)?);
        }
        if let Some(size) = &self.keep_bytes {
            let wanted =
                || Refusal::option("--keep-bytes", size, "a number of bytes, maybe with kB, MB, GB, KiB, MiB or GiB");
            rules.keep_bytes = Some(bytes(size).ok_or_else(wanted)?);
        }
        if rules.keeps_all() {
            return Err(Refusal::because(
                "nothing says what is old: name `--older-than`, `--keep-bytes`, `--keep-files` or `--profile`",
            ));
        }
        if self.live && rules.max_age.is_none() {
            return Err(Refusal::because("live logs go by their age alone: name `--older-than` or `--profile`"));
        }
        Ok(rules)
    }
}

/// Deletes as planned and returns the exit code.
fn carry_out(plan: &PrunePlan, mut telling: Telling, tells_files: bool, io: &mut Io<'_>) -> u8 {
    let (mut deleted, mut freed) = (0, 0);
    for file in plan.going() {
        let fate = delete(file);
        let told = match &fate {
            Fate::Deleted => {
                deleted += 1;
                freed += file.size_bytes;
                "deleted".to_owned()
            }
            Fate::Failed(error) => {
                telling.had_error = true;
                io.error(&format!("cannot delete `{}`: {error}", file.name));
                continue;
            }
            _ => format!("kept: {fate}"),
        };
        if tells_files || !matches!(fate, Fate::Deleted) {
            telling.file(file, &told);
        }
        telling.print(io);
    }
    if tells_files {
        telling.kept(plan);
    }
    telling.total("deleted", deleted, freed);
    telling.print(io);
    match () {
        () if telling.had_error => ERROR,
        () if deleted == 0 => NOTHING,
        () => FOUND,
    }
}

/// Asks whoever sits at the terminal.
fn is_confirmed(count: usize, size_bytes: u64, io: &mut Io<'_>) -> bool {
    let _ =
        write!(io.stderr, "Delete {} ({})? [y/N] ", files(count), size(size_bytes)).and_then(|()| io.stderr.flush());
    let mut answer = String::new();
    let stdin = std::mem::replace(&mut io.stdin, Box::new(std::io::empty()));
    let is_read = BufReader::new(stdin).read_line(&mut answer).is_ok();
    is_read && matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes")
}

/// What is told on standard output.
struct Telling {
    now: SystemTime,
    output: Output,
    text: String,
    had_error: bool,
}

impl Telling {
    /// One file, what is done with it, and why.
    fn file(&mut self, file: &Planned, action: &str) {
        let (reason, keep) = match &file.verdict {
            Verdict::Stays => return,
            Verdict::Goes(reason) => (*reason, None),
            Verdict::Kept(reason, keep) => (*reason, Some(keep)),
        };
        let (action, aside) = action.split_once(": ").map_or((action, None), |(action, aside)| (action, Some(aside)));
        let aside = keep.map(|keep| visible(&keep.to_string()).into_owned()).or(aside.map(str::to_owned));
        let written = Timestamp::from_micros(micros(file.modified));
        let _ = match self.output {
            Output::Text => writeln!(
                self.text,
                "{action:12}  {:>9}  {:>10}  {}  ({}{})",
                size(file.size_bytes),
                age(file.age(self.now)),
                visible(&file.name),
                because(reason),
                aside.map(|aside| format!(", but {aside}")).unwrap_or_default(),
            ),
            Output::Json => writeln!(
                self.text,
                "{{\"action\":{},\"file\":{},\"kind\":{},\"size_bytes\":{},\"modified\":\"{written}\",\"reason\":{},\
                 \"kept_because\":{}}}",
                json_text(action),
                json_text(&file.path.to_string_lossy()),
                json_text(file.kind.as_str()),
                file.size_bytes,
                json_text(&because(reason)),
                aside.map_or("null".to_owned(), |aside| json_text(&aside)),
            ),
        };
    }

    /// The files that a rule is against and that stay all the same.
    fn kept(&mut self, plan: &PrunePlan) {
        for file in plan.files.iter().filter(|file| matches!(file.verdict, Verdict::Kept(..))) {
            self.file(file, "kept");
        }
    }

    fn total(&mut self, action: &str, count: usize, size_bytes: u64) {
        if self.output == Output::Text {
            let _ = writeln!(self.text, "{action} {}, {}", files(count), size(size_bytes));
        }
    }

    /// Prints what is to be told; a reader that went away needs nothing more.
    fn print(&mut self, io: &mut Io<'_>) {
        let _ = io.stdout.write_all(self.text.as_bytes()).and_then(|()| io.stdout.flush());
        self.text.clear();
    }
}

fn because(reason: Reason) -> String {
    match reason {
        Reason::OlderThan(limit) => format!("older than {}", age(limit)),
        Reason::MoreThan(most) => format!("more than {most} of this log"),
        Reason::Beyond(most) => format!("more than {} of old files", size(most)),
        _ => "old".to_owned(),
    }
}

fn files(count: usize) -> String {
    if count == 1 { "1 file".to_owned() } else { format!("{count} files") }
}

/// `12.3 MB`: three digits or so, powers of 1000.
fn size(bytes: u64) -> String {
    const UNITS: [(u64, &str); 3] = [(1_000_000_000, "GB"), (1_000_000, "MB"), (1000, "kB")];
    let unit = UNITS.into_iter().find(|(unit, _)| bytes >= *unit);
    unit.map_or(format!("{bytes} B"), |(unit, name)| {
        let tenths = bytes / (unit / 10);
        format!("{}.{} {name}", tenths / 10, tenths % 10)
    })
}

/// `41 days`: the largest unit of which there are at least two.
fn age(age: Duration) -> String {
    const UNITS: [(u64, &str); 3] = [(86_400, "days"), (3600, "hours"), (60, "minutes")];
    let seconds = age.as_secs();
    let unit = UNITS.into_iter().find(|(unit, _)| seconds >= 2 * unit);
    unit.map_or(format!("{seconds} seconds"), |(unit, name)| format!("{} {name}", seconds / unit))
}

/// Reads `30d`.
fn duration(text: &str) -> Option<Duration> {
    let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit())?);
    let seconds: u64 = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 86_400,
        "w" => 7 * 86_400,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(seconds).map(Duration::from_secs)
}

/// Reads `500MB`, `2GiB`, `1G` (as GiB, like other tools), `1000`.
fn bytes(text: &str) -> Option<u64> {
    let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()));
    let factor: u64 = match unit.trim_start().to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "kb" => 1000,
        "mb" => 1_000_000,
        "gb" => 1_000_000_000,
        "k" | "kib" => 1 << 10,
        "m" | "mib" => 1 << 20,
        "g" | "gib" => 1 << 30,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(factor)
}

fn system_time(time: Timestamp) -> SystemTime {
    UNIX_EPOCH + Duration::from_micros(u64::try_from(time.as_micros()).unwrap_or_default())
}

fn micros(time: SystemTime) -> i64 {
    i64::try_from(time.duration_since(UNIX_EPOCH).unwrap_or_default().as_micros()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_and_sizes_are_read_and_shown() {
        assert_eq!(Some(Duration::from_hours(720)), duration("30d"));
        assert_eq!(Some(Duration::ZERO), duration("0s"));
        for bad in ["30", "d", "-1d", "1.5d", "30 days", "99999999999999999999d", "18446744073709551615w"] {
            assert_eq!(None, duration(bad), "{bad}");
        }
        assert_eq!(
            [Some(500_000_000), Some(2 << 30), Some(1 << 30), Some(0), Some(3_000_000)],
            ["500MB", "2GiB", "1G", "0", "3 mb"].map(bytes)
        );
        for bad in ["", "MB", "-1", "1.5GB", "1TB", "99999999999999GiB"] {
            assert_eq!(None, bytes(bad), "{bad}");
        }
        assert_eq!(["999 B", "1.0 kB", "12.3 MB"], [999, 1000, 12_345_678].map(size));
        assert_eq!(
            ["90 seconds", "2 minutes", "47 hours", "2 days"],
            [90, 120, 172_799, 172_800].map(|s| age(Duration::from_secs(s)))
        );
    }
}

//! Which logs a command reads and which of their records it takes: the words and options that `view` and all that sums
//! records up share.

use std::ffi::{OsStr, OsString};

use clap::ValueHint;
use clap::builder::{PossibleValue, TypedValueParser};
use jobtrail_core::{Filter, JobId, JobTypes, Level, Query, ReadOptions, Zone, check_job_ref};

use crate::inputs::{self, Input, no_such_path};
use crate::io::Io;
use crate::job_types::JobTypesOption;
use crate::misspelt;
use crate::redaction::Redaction;
use crate::refusal::Refusal;
use crate::zones;

/// The words and options of a command line that select records.
#[derive(Debug, clap::Args)]
pub(crate) struct Selection {
    /// Log files, directories or `-` for standard input, then a query; by default the logs under this directory, or
    /// standard input where something is piped in
    #[arg(value_name = "PATH|QUERY", value_hint = ValueHint::AnyPath)]
    words: Vec<OsString>,
    /// Only records that match this query; several are joined by AND
    #[arg(short, long, value_name = "QUERY", allow_hyphen_values = true, help_heading = "Which records")]
    query: Vec<String>,
    /// Only records of this level and above: trace, debug, info, warning, error, critical
    #[arg(short, long, value_parser = LevelName, hide_possible_values = true, help_heading = "Which records")]
    level: Option<String>,
    /// Only records of this job
    #[arg(short, long, value_name = "ID", allow_hyphen_values = true, help_heading = "Which records")]
    job: Option<String>,
    /// Only records since a time (2026-01-05, 14:30, RFC 3339), a day (today, yesterday) or an age (90s, 15m, 2h, 7d)
    #[arg(long, value_name = "TIME", help_heading = "Which records")]
    since: Option<String>,
    /// Only records up to a time, written as for --since
    #[arg(long, value_name = "TIME", help_heading = "Which records")]
    until: Option<String>,
    /// Only records that contain this text, in any case
    #[arg(short = 'g', long = "grep", value_name = "TEXT", allow_hyphen_values = true, help_heading = "Which records")]
    text: Vec<String>,
    /// The zone of times that name none, in logs and in queries, and of the times shown: a name (Europe/Berlin), an
    /// offset (+02:00) or `local` [default: UTC]
    #[arg(long, value_name = "ZONE", allow_hyphen_values = true)]
    tz: Option<String>,
    #[command(flatten)]
    job_types: JobTypesOption,
    /// Show secrets and personal paths
    #[arg(long, help_heading = "Redaction")]
    no_redact: bool,
    #[command(flatten)]
    redaction: Redaction,
}

/// Takes any text, as levels have many spellings, and offers the usual ones where a shell completes.
#[derive(Clone)]
struct LevelName;

impl TypedValueParser for LevelName {
    type Value = String;

    fn parse_ref(&self, _: &clap::Command, _: Option<&clap::Arg>, value: &OsStr) -> Result<String, clap::Error> {
        Ok(value.to_string_lossy().into_owned())
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(["trace", "debug", "info", "warning", "error", "critical"].into_iter().map(PossibleValue::new)))
    }
}

/// What a [`Selection`] comes to, here and now.
#[derive(Clone)]
pub(crate) struct Selected {
    /// What is read, in order.
    pub(crate) sources: Vec<Input>,
    /// Whether a path was named that is not there; that has been said.
    pub(crate) has_missing: bool,
    pub(crate) options: ReadOptions,
    pub(crate) filter: Filter,
    /// The zone that was asked for.
    pub(crate) zone: Option<Zone>,
    /// Whether a time is meant by the clock on the wall, and nobody said of which zone.
    pub(crate) is_zone_guessed: bool,
    /// What may be wrong with the query if nothing matches.
    pub(crate) hint: Option<String>,
}

impl Selection {
    /// Tells paths from a query, reads the query and says which paths are not there. Errors: whatever is wrong in the
    /// options.
    pub(crate) fn resolve(&self, io: &mut Io<'_>) -> Result<Selected, Refusal> {
        self.resolve_with(None, io)
    }

    /// Does what [`Selection::resolve`] does for the records of one job.
    pub(crate) fn resolve_for_job(&self, id: &str, io: &mut Io<'_>) -> Result<Selected, Refusal> {
        self.resolve_with(Some(id), io)
    }

    fn resolve_with(&self, job: Option<&str>, io: &mut Io<'_>) -> Result<Selected, Refusal> {
        let words = inputs::split(&self.words, io);
        let job_types = self.job_types.types()?;
        let query = self.joined_query(words.query.as_deref(), job, &job_types)?;
        let tz = self.tz.as_deref().unwrap_or("UTC");
        let zone = zones::named(tz, io).map_err(|error| Refusal::from(error).about("--tz", tz))?;
        let filter = query.resolve((io.now)(), &zone);
        let redactor = if self.no_redact { None } else { Some(self.redaction.redactor()?) };
        let options = ReadOptions { zone: zone.clone(), redactor, job_types, ..ReadOptions::default() };
        for missing in &words.missing {
            io.error(&no_such_path(missing));
        }
        Ok(Selected {
            sources: words.sources,
            has_missing: !words.missing.is_empty(),
            options,
            filter,
            zone: self.tz.is_some().then_some(zone),
            is_zone_guessed: self.tz.is_none() && self.asks_for_relative_time(words.query.as_deref()),
            hint: misspelt::hint(&query.to_string()),
        })
    }

    /// Joins the query and the options that are short for one.
    fn joined_query(
        &self,
        positional: Option<&str>,
        job: Option<&str>,
        job_types: &JobTypes,
    ) -> Result<Query, Refusal> {
        let mut query = Query::default();
        for text in positional.into_iter().chain(self.query.iter().map(String::as_str)) {
            query = query.and(&parse(text)?);
        }
        if let Some(level) = &self.level {
            let level = Level::parse(level).ok_or_else(|| {
                Refusal::option("--level", level, "one of trace, debug, info, warning, error, critical")
            })?;
            query = query.and(&parse(&format!("level>={}", level.as_str()))?);
        }
        for job in self.job.iter().map(String::as_str).chain(job) {
            query = query.and(&parse(&format!("job:\"{}\"", checked_job(job, job_types)?))?);
        }
        for (name, time) in [("since", &self.since), ("until", &self.until)] {
            if let Some(time) = time {
                let moment = Query::parse(&format!("{name}:{}", quoted(time)));
                let wrong =
                    |error: jobtrail_core::QueryError| Refusal::option(&format!("--{name}"), time, error.expected());
                query = query.and(&moment.map_err(wrong)?);
            }
        }
        for text in &self.text {
            query = query.and(&parse(&quoted(text))?);
        }
        Ok(query)
    }

    /// Whether any `since` or `until` means the clock on the wall: an age, a time of day, today.
    fn asks_for_relative_time(&self, positional: Option<&str>) -> bool {
        let is_relative = |time: &str| {
            let time = time.trim_start_matches('"');
            time.bytes().take_while(u8::is_ascii_digit).count() < "2026".len()
        };
        let in_query = |query: &str| ["since:", "until:"].iter().any(|name| query.split(name).skip(1).any(is_relative));
        self.since.iter().chain(&self.until).any(|time| is_relative(time))
            || positional.is_some_and(in_query)
            || self.query.iter().any(|query| in_query(query))
    }
}

fn parse(text: &str) -> Result<Query, Refusal> {
    Query::parse(text).map_err(|error| Refusal::query(text, &error))
}

/// Returns a phrase of the query language.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Checks a job's ID. One that begins with a known type and has three parts has to be a whole typed ID.
pub(crate) fn checked_job(id: &str, types: &JobTypes) -> Result<String, Refusal> {
    check_job_ref(id)?;
    let parts: Vec<&str> = id.split('-').collect();
    match parts.as_slice() {
        [code, _, _] if types.name(&code.to_ascii_uppercase()).is_some() => {
            Ok(JobId::parse(id, types)?.as_str().to_owned())
        }
        _ => Ok(id.to_owned()),
    }
}

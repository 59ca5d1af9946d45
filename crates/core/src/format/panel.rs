//! The mesh service's lines for people: `panel`, what its log panel shows, and `events-console`, what its back end
//! prints for each job event.
//!
//! Specification: the service's job-logging guide. `[14:30:01] [INFO] text`, `[INFO] text`, `[JOB] MSH-0105-A7F2`;
//! `[JOB LOG] MSH-0105-A7F2 | MESH | started | bracket.step | Strategy: fast`.

use std::borrow::Cow;

use nom::branch::alt;
use nom::bytes::complete::tag;
use nom::character::complete::char;
use nom::combinator::{map, opt};
use nom::sequence::terminated;
use nom::{IResult, Parser};

use super::header::{bracketed_level, bracketed_time, message};
use crate::job_id::check_job_ref;
use crate::level::Level;
use crate::record::{Parsed, Record};
use crate::search;

pub(super) const FORMATS: &[(&str, &str)] = &[
    ("panel", "[14:30:01] [INFO] Job Started: MSH-0105-A7F2"),
    ("events-console", "[JOB LOG] MSH-0105-A7F2 | MESH | started | bracket.step | Strategy: fast"),
];

pub(super) fn parse(line: &str) -> Option<Parsed<'_>> {
    console(line).or_else(|| panel(line))
}

fn panel(line: &str) -> Option<Parsed<'_>> {
    let (_, (stamp, label, message)) = (opt(terminated(bracketed_time, char(' '))), label, message).parse(line).ok()?;
    let (level, job_id) = match label {
        Label::Level(level) => (Some(level), None),
        Label::Job => (None, Some(message.trim()).filter(|id| check_job_ref(id).is_ok()).map(Cow::Borrowed)),
    };
    let record = Record { level, job_id, message: Cow::Borrowed(message), format: "panel", ..Record::default() };
    Some(Parsed { stamp, record })
}

enum Label {
    Level(Level),
    /// The line names the stream's job.
    Job,
}

fn label(input: &str) -> IResult<&str, Label> {
    alt((map(bracketed_level, Label::Level), map(tag("[JOB]"), |_| Label::Job))).parse(input)
}

fn console(line: &str) -> Option<Parsed<'_>> {
    const BAR: &str = " | ";
    let (job_id, message) = search::split_once(line.strip_prefix("[JOB LOG] ")?, BAR)?;
    let (kind, rest) = search::split_once(message, BAR)?;
    let mut record = Record { job_id: Some(Cow::Borrowed(job_id)), format: "events-console", ..Record::default() };
    let (status, details) =
        search::split_once(rest, BAR).map_or((rest, None), |(status, details)| (status, Some(details)));
    record.status = Some(Cow::Borrowed(status));
    record.message = Cow::Borrowed(message);
    if kind != "UPDATE" {
        record.fields.push_text("job_type", &kind.to_ascii_lowercase());
    }
    if let Some((file_name, last)) = details.and_then(|details| search::rsplit_once(details, BAR)) {
        record.fields.push_text("filename", file_name);
        if let Some(strategy) = last.strip_prefix("Strategy: ") {
            record.fields.push_text("strategy", strategy);
        } else if let Some(user) = last.strip_prefix("User: ") {
            record.fields.push_text("user_email", user);
        }
    }
    Some(Parsed { stamp: None, record })
}

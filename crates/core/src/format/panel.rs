//! The mesh service's lines for people: `panel`, what its log panel shows, and `events-console`, what its back end
//! prints for each job event.
//!
//! Specification: the service's job-logging guide. `[14:30:01] [INFO] text`, `[INFO] text`, `[JOB] MSH-0105-A7F2`;
//! `[JOB LOG] MSH-0105-A7F2 | MESH | started | bracket.step | Strategy: fast`.

use std::borrow::Cow;

use super::pattern::{Example, Rows};
use crate::job_id::is_job_ref;
use crate::record::Record;
use crate::search;

pub(super) const ROWS: Rows = "\
panel [%T] [%l] %m
panel [%l] %m
panel [<%T] [>JOB] %m
events-console [JOB LOG] *i | %m*- | %r
";

pub(super) const EXAMPLES: &[Example] = &[
    ("panel", "[14:30:01] [INFO] Job Started: MSH-0105-A7F2"),
    ("events-console", "[JOB LOG] MSH-0105-A7F2 | MESH | started | bracket.step | Strategy: fast"),
];

/// Reads what a job's own line says of it.
pub(super) fn finish<'a>(record: &mut Record<'a>, message: &'a str) {
    match record.format {
        "panel" if record.level.is_none() => {
            record.job_id = Some(message.trim()).filter(|id| is_job_ref(id)).map(Cow::Borrowed);
        }
        "events-console" => event(record, message),
        _ => {}
    }
}

fn event<'a>(record: &mut Record<'a>, message: &'a str) {
    const BAR: &str = " | ";
    let Some((kind, rest)) = search::split_once(message, BAR) else { return };
    let (status, details) =
        search::split_once(rest, BAR).map_or((rest, None), |(status, details)| (status, Some(details)));
    record.status = Some(Cow::Borrowed(status));
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
}

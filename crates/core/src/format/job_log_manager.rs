//! The desktop suite's console lines, printed when its Redis is away: `redis-console`.
//!
//! Specification: the suite's `JobLogManager`: `[JobLogManager] [<jobId>] INFO: <message>`.

use std::borrow::Cow;

use nom::Parser;
use nom::bytes::complete::tag;
use nom::character::complete::char;
use nom::sequence::{delimited, terminated};

use super::header::{level, message, until};
use crate::record::{Parsed, Record};

pub(super) const FORMATS: &[(&str, &str)] =
    &[("redis-console", "[JobLogManager] [job-42] INFO: Processing data (45%)")];

pub(super) fn parse(line: &str) -> Option<Parsed<'_>> {
    let job_id = delimited(tag("[JobLogManager] ["), until("]"), tag("] "));
    let (_, (job_id, level, message)) = (job_id, terminated(level, char(':')), message).parse(line).ok()?;
    let record = Record {
        level: Some(level),
        logger: Some(Cow::Borrowed("JobLogManager")),
        job_id: Some(Cow::Borrowed(job_id)),
        message: Cow::Borrowed(message),
        format: "redis-console",
        ..Record::default()
    };
    Some(Parsed { stamp: None, record })
}

//! The image service's plain lines: `service`.
//!
//! Specification: Python `logging` with `%(asctime)s - %(name)s - %(levelname)s - %(message)s`.

use std::borrow::Cow;

use nom::Parser;
use nom::bytes::complete::tag;
use nom::combinator::opt;
use nom::sequence::{preceded, terminated};

use super::header::{date_time, level, message, until};
use crate::record::{Parsed, Record};

pub(super) const FORMATS: &[(&str, &str)] =
    &[("service", "2025-11-11 22:30:45 - job_processor - INFO - Processing job #123")];

pub(super) fn parse(line: &str) -> Option<Parsed<'_>> {
    let name = terminated(until(" - "), tag(" - "));
    let mut header = (terminated(date_time, tag(" - ")), name, level, opt(preceded(tag(" -"), message)));
    let (rest, (stamp, logger, level, message)) = header.parse(line).ok()?;
    if !rest.is_empty() {
        return None;
    }
    let record = Record {
        level: Some(level),
        logger: Some(Cow::Borrowed(logger)),
        message: Cow::Borrowed(message.unwrap_or_default()),
        format: "service",
        ..Record::default()
    };
    Some(Parsed { stamp: Some(stamp), record })
}

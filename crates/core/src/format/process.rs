//! The desktop image tool's host and worker lines: `process`, the file form, and `console`, the form on standard error.
//!
//! Specification: the tool's logging guide. `YYYY-MM-DD HH:MM:SS.mmm [pid] [LEVEL] message` in files,
//! `[HH:MM:SS] [pid] [LEVEL] message` on the console, where the level may be coloured.

use std::borrow::Cow;

use nom::Parser;
use nom::branch::alt;
use nom::character::complete::char;
use nom::combinator::map;
use nom::sequence::terminated;

use super::header::{bracketed_level, bracketed_pid, bracketed_time, date_time, message};
use crate::record::{Parsed, Record};

pub(super) const FORMATS: &[(&str, &str)] = &[
    ("process", "2025-10-19 05:52:25.123 [1234] [INFO] Executor ready"),
    ("console", "[05:52:25] [1234] [WARNING] Low disk space"),
];

pub(super) fn parse(line: &str) -> Option<Parsed<'_>> {
    let stamp = alt((map(date_time, |stamp| ("process", stamp)), map(bracketed_time, |stamp| ("console", stamp))));
    let mut header = (terminated(stamp, char(' ')), terminated(bracketed_pid, char(' ')), bracketed_level, message);
    let (_, ((format, stamp), pid, level, message)) = header.parse(line).ok()?;
    let record =
        Record { level: Some(level), pid: Some(pid), message: Cow::Borrowed(message), format, ..Record::default() };
    Some(Parsed { stamp: Some(stamp), record })
}

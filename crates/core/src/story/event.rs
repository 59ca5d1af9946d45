//! A record that matters to a job's story: what it says, and where to find it.

use std::borrow::Cow;

use crate::level::Level;
use crate::record::Record;
use crate::scan;
use crate::timestamp::Timestamp;

/// A record of the story.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Event {
    /// When: its own time, else that of the record before it.
    pub time: Option<Timestamp>,
    /// How grave it is.
    pub level: Option<Level>,
    /// The source in which it stands.
    pub source: String,
    /// The number of its first line, where that is known.
    pub line: Option<u64>,
    /// The byte at which it begins.
    pub offset: u64,
    /// Who says it: the logger, else the component.
    pub speaker: Option<String>,
    /// The process that says it.
    pub pid: Option<i64>,
    /// Its message; where that is empty, the line of its exception that says what it is.
    pub message: String,
    /// What its fields give as the reason: `error`, `reason` and the like, wherever they stand.
    pub reason: Option<String>,
    /// The line of its exception that says what it is: `ValueError: bad tile`.
    pub exception: Option<String>,
    /// Where in the program it comes from: the innermost frame of its exception, else its fields for file, function and line.
    pub code: Option<String>,
}

impl Event {
    pub(super) fn of(record: &Record<'_>, source: &str) -> Self {
        let exception = record.exception.as_deref().and_then(said_by).map(str::to_owned);
        let is_empty = record.message.trim().is_empty();
        Self {
            time: record.carried,
            level: record.level,
            source: source.to_owned(),
            line: record.line,
            offset: record.offset,
            speaker: record.logger.as_deref().or(record.component.as_deref()).map(str::to_owned),
            pid: record.pid,
            message: exception.clone().filter(|_| is_empty).unwrap_or_else(|| record.message.to_string()),
            reason: find(record, &REASONS),
            exception,
            code: record.exception.as_deref().and_then(frame).or_else(|| place_in_fields(record)),
        }
    }
}

const REASONS: [&str; 8] =
    ["error", "reason", "error_message", "errorMessage", "err", "cause", "failure", "exit_reason"];

/// Returns the text under the first of some keys that stands in a record's fields, or in an object there.
pub(super) fn find(record: &Record<'_>, keys: &[&str]) -> Option<String> {
    let members: Vec<(Cow<'_, str>, &str)> = record.fields.iter().map(|(key, raw)| (Cow::Borrowed(key), raw)).collect();
    find_in(&members, keys, 3)
}

fn find_in(members: &[(Cow<'_, str>, &str)], keys: &[&str], depth: usize) -> Option<String> {
    let named = members.iter().filter(|(key, _)| keys.contains(&&**key)).find_map(|(_, raw)| text(raw));
    if named.is_some() || depth == 0 {
        return named;
    }
    let mut inner = members.iter().filter(|(_, raw)| raw.starts_with('{'));
    inner.find_map(|(_, raw)| find_in(&scan::members(raw)?, keys, depth - 1))
}

/// Returns what a value says: a text that is not empty, a number, or an object's own message.
fn text(raw: &str) -> Option<String> {
    let text = match raw.as_bytes().first()? {
        b'"' => scan::text_of(raw)?.into_owned(),
        b'{' => {
            let members = scan::members(raw)?;
            let message = members.iter().find(|(key, _)| matches!(&**key, "message" | "msg"))?;
            scan::text_of(message.1)?.into_owned()
        }
        b'0'..=b'9' => raw.to_owned(),
        _ => return None,
    };
    (!text.trim().is_empty()).then_some(text)
}

/// Returns the line of an exception that says what it is: the last one that stands at the left edge, so Python's last line,
/// the JVM's last `Caused by:`, the first of Node's.
fn said_by(exception: &str) -> Option<&str> {
    let is_said = |line: &&str| {
        let is_heading =
            line.starts_with("Traceback (") || line.ends_with("exception occurred:") || line.ends_with("first):");
        !line.trim().is_empty()
            && !line.starts_with([' ', '\t'])
            && !is_heading
            && !line.starts_with("The above exception")
    };
    let last = exception.lines().rev().find(is_said)?;
    Some(last.strip_prefix("Caused by: ").unwrap_or(last).trim_end())
}

/// Returns the innermost frame of an exception: Python's last, the first of those that begin with `at`.
fn frame(exception: &str) -> Option<String> {
    let python = exception.lines().rev().map(str::trim_start).find_map(|line| {
        let (file, rest) = line.strip_prefix("File \"")?.split_once("\", line ")?;
        let (line, function) = rest.split_once(", in ").unwrap_or((rest, ""));
        Some(if function.is_empty() {
            format!("{file}:{line}")
        } else {
            format!("{file}:{line} in {}", function.trim_end())
        })
    });
    python.or_else(|| {
        let at = exception.lines().find_map(|line| line.trim_start().strip_prefix("at "))?;
        Some(at.trim_end().to_owned())
    })
}

/// Returns `jobs.py:42 in run` of a record's own fields.
fn place_in_fields(record: &Record<'_>) -> Option<String> {
    let field = |keys: &[&str]| keys.iter().find_map(|key| text(record.fields.get(key)?));
    let file = field(&["pathname", "file", "filename", "caller", "module"])?;
    let function = field(&["function", "funcName", "func"]);
    let line = field(&["line", "lineno", "line_number"])?;
    Some(function.map_or_else(|| format!("{file}:{line}"), |function| format!("{file}:{line} in {function}")))
}

//! A request to a web server, as access lines and the records of web frameworks tell of it.

use std::borrow::Cow;

use crate::duration;
use crate::record::Record;
use crate::scan;
use crate::search;

/// What was asked for and how it was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Request<'r> {
    /// The path, without what stands behind `?` or `#`.
    pub(crate) path: Cow<'r, str>,
    /// The status: 100 to 599.
    pub(crate) status: u16,
    /// How long it took, in microseconds.
    pub(crate) micros: Option<u64>,
}

/// Returns the request that a record tells of: by `"GET /x HTTP/1.1" 200` in the message, or by fields for path and status,
/// also within `req`, `request`, `res`, `response` or `http`.
pub(crate) fn of<'r>(record: &'r Record<'_>) -> Option<Request<'r>> {
    let (path, status, micros) = match in_message(&record.message) {
        Some((path, status, rest)) => (Cow::Borrowed(path), status, at_end(rest)),
        None => in_fields(record)?,
    };
    let path = match path {
        Cow::Borrowed(path) => Cow::Borrowed(without_query(path)),
        Cow::Owned(path) => Cow::Owned(without_query(&path).to_owned()),
    };
    let micros = micros.or_else(|| duration::longest(record).map(|(micros, _)| micros));
    Some(Request { path, status, micros })
}

fn without_query(path: &str) -> &str {
    path.split(['?', '#']).next().unwrap_or(path)
}

/// Reads `"GET /x HTTP/1.1" 200`. Returns the path, the status and what stands behind.
fn in_message(message: &str) -> Option<(&str, u16, &str)> {
    let at = search::find(message, " HTTP/")?;
    let (_, asked) = message.get(..at)?.rsplit_once('"')?;
    let (method, path) = asked.split_once(' ')?;
    let is_method = (3..=10).contains(&method.len()) && method.bytes().all(|byte| byte.is_ascii_uppercase());
    let (_, behind) = message.get(at..)?.split_once('"').filter(|_| is_method)?;
    let status = behind.trim_start();
    let digits = status.get(..3)?;
    let rest = status.get(3..).filter(|rest| !rest.starts_with(|c: char| c.is_alphanumeric()))?;
    Some((path, known_status(digits)?, rest))
}

fn known_status(digits: &str) -> Option<u16> {
    let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|status| is_number && (100..600).contains(status))
}

/// Returns the time at the end of an access line: `0.123` (nginx's `$request_time`), `rt=0.123`, in seconds.
fn at_end(rest: &str) -> Option<u64> {
    let word = rest.rsplit(' ').next()?;
    let number = ["rt=", "request_time="].iter().find_map(|key| word.strip_prefix(key)).unwrap_or(word);
    let (seconds, fraction) = number.split_once('.')?;
    let is_time = (3..=6).contains(&fraction.len()) && seconds.len() < 7;
    let digits = seconds.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit());
    let micros: u64 = format!("{fraction:0<6}").parse().ok().filter(|_| is_time && digits)?;
    Some(seconds.parse::<u64>().ok()? * 1_000_000 + micros)
}

const PATHS: [&str; 6] = ["path", "url", "uri", "route", "endpoint", "request_path"];
const STATUSES: [&str; 5] = ["status_code", "statusCode", "status", "http_status", "response_code"];
const GROUPS: [&str; 5] = ["req", "request", "res", "response", "http"];
/// What pino-http calls it, in milliseconds.
const RESPONSE_TIME: &str = "responseTime";

/// Path, status and time.
type Told<'r> = (Cow<'r, str>, u16, Option<u64>);

fn in_fields<'r>(record: &'r Record<'_>) -> Option<Told<'r>> {
    let mut path = None;
    let mut status = record.status.as_deref().and_then(known_status);
    let mut micros = None;
    let mut take = |key: &str, raw: &'r str| {
        if path.is_none() && PATHS.contains(&key) {
            path = scan::text_of(raw).filter(|path| path.starts_with('/') || path.contains("://"));
        } else if status.is_none() && STATUSES.contains(&key) {
            status = known_status(raw.trim_matches('"'));
        } else if key == RESPONSE_TIME {
            micros = raw.split('.').next().and_then(|ms| ms.parse::<u64>().ok()).and_then(|ms| ms.checked_mul(1000));
        }
    };
    for (key, raw) in record.fields.iter() {
        take(key, raw);
        if GROUPS.contains(&key) && raw.starts_with('{') {
            for (inner, raw) in scan::members(raw).unwrap_or_default() {
                take(&inner, raw);
            }
        }
    }
    Some((path?, status?, micros))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{ReadOptions, parse_line};

    #[test]
    fn requests_are_told_from_other_records() {
        for (line, expected) in [
            (
                r#"10.0.0.1 - - [05/Jan/2026:14:30:01 +0000] "GET /a?x=1 HTTP/1.1" 200 12 "-" "curl" 0.250"#,
                Some(("/a", 200, Some(250_000))),
            ),
            (
                r#"10.0.0.1 - - [05/Jan/2026:14:30:01 +0000] "POST /b HTTP/2.0" 503 - "-" "curl" rt=1.5000"#,
                Some(("/b", 503, Some(1_500_000))),
            ),
            (r#"INFO:     127.0.0.1:5 - "GET /jobs/7 HTTP/1.1" 404 Not Found"#, Some(("/jobs/7", 404, None))),
            (
                r#"{"level":30,"time":1767623407000,"req":{"method":"GET","url":"/x"},"res":{"statusCode":500},"responseTime":12.5,"msg":"done"}"#,
                Some(("/x", 500, Some(12_000))),
            ),
            (
                r#"{"timestamp":"2026-01-05T14:00:00Z","level":"INFO","message":"served","path":"/y","status_code":200,"duration_ms":7}"#,
                Some(("/y", 200, Some(7000))),
            ),
            (r#"{"timestamp":"2026-01-05T14:00:00Z","level":"INFO","message":"m","path":"y","status_code":200}"#, None),
            (
                r#"{"timestamp":"2026-01-05T14:00:00Z","level":"INFO","message":"m","path":"/y","status":"started"}"#,
                None,
            ),
            (r#"[INFO] sent "GET /x HTTP/1.1" again"#, None),
            (r#"[INFO] " HTTP/"#, None),
            ("[INFO] ready", None),
        ] {
            let record = parse_line(line, &ReadOptions::default());

            let found = of(&record).map(|found| (found.path.into_owned(), found.status, found.micros));
            assert_eq!(expected.map(|(path, status, micros)| (path.to_owned(), status, micros)), found, "{line}");
        }
    }
}

//! Lines of `key=value` pairs: `logfmt`.
//!
//! Specification: Heroku's logfmt as Go's `go-kit/log`, logrus' `TextFormatter` and slog's `TextHandler` write it: values with
//! spaces in quotes, escaped as in JSON. A line is read as the object that its pairs make.

use super::json;
use super::pattern::Example;
use crate::record::Parsed;
use crate::scan;

pub(super) const EXAMPLES: &[Example] =
    &[("logfmt", r#"time=2026-01-05T14:30:01.123Z level=info msg="job started" job_id=7"#)];

/// Reads a line of pairs that say when or how grave; none where it is of another form.
pub(super) fn parse(line: &str) -> Option<Parsed<'static>> {
    let object = object(line)?;
    let Parsed { stamp, record } = json::parse(&object)?;
    if stamp.is_none() && record.level.is_none() {
        return None;
    }
    let mut record = record.to_static();
    record.format = "logfmt";
    Some(Parsed { stamp, record })
}

/// Returns the object that a line's pairs make. A key without a value is true.
fn object(line: &str) -> Option<String> {
    let is_key = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'@' | b'/');
    let mut object = String::new();
    let mut rest = line.trim_end();
    while !rest.is_empty() {
        let (key, behind) = rest.split_at_checked(rest.as_bytes().iter().take_while(|byte| is_key(byte)).count())?;
        let is_first = object.is_empty();
        object.push(if is_first { '{' } else { ',' });
        scan::push_string(key, &mut object);
        object.push(':');
        let length = match behind.strip_prefix('=') {
            None if is_first => return None,
            None => {
                object.push_str("true");
                0
            }
            Some(value) => {
                let bytes = value.as_bytes();
                let end = if value.starts_with('"') { scan::text_end(bytes, 1)?.0 + 1 } else { word_length(bytes) };
                let value = value.get(..end)?;
                let is_bare = value.starts_with('"') || scan::scalar_end(bytes, 0) == Some(end);
                match is_bare {
                    // A level is a word, never a number.
                    true if json::is_level(key) && !value.starts_with('"') => return None,
                    true => object.push_str(value),
                    false => scan::push_string(value, &mut object),
                }
                end + 1
            }
        };
        rest = behind.get(length..)?;
        if key.is_empty() || !(rest.is_empty() || rest.starts_with(' ')) {
            return None;
        }
        rest = rest.trim_start_matches(' ');
    }
    object.push('}');
    Some(object)
}

fn word_length(value: &[u8]) -> usize {
    value.iter().position(|byte| *byte == b' ').unwrap_or(value.len())
}

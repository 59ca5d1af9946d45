//! One record from a text that is fit to be shown already.

use std::borrow::Cow;

use crate::format::{self, Memory};
use crate::job_id::JobTypes;
use crate::job_mention;
use crate::record::{Parsed, Record};

/// Returns the record that the lines of `text` stand for, without any time.
pub(crate) fn read_text<'t>(text: &'t str, job_types: &JobTypes) -> Record<'t> {
    let line = first_line(text);
    let Parsed { mut record, .. } = format::parse(line, &mut Memory::of_one_line());
    complete(text, line, &mut record, job_types);
    record
}

pub(super) fn first_line(text: &str) -> &str {
    memchr::memchr(b'\n', text.as_bytes()).and_then(|end| text.get(..end)).unwrap_or(text)
}

/// Adds to a record that was read from `line`, the first one of `text`, what stands behind it: continuation lines, and a job
/// that the message names.
pub(super) fn complete<'t>(text: &'t str, line: &str, record: &mut Record<'t>, job_types: &JobTypes) {
    let continuation = text.get(line.len()..).unwrap_or_default();
    let continuation = continuation.strip_prefix('\n').unwrap_or_default().trim_end();
    let continuation = format::complete(record, continuation);
    if !continuation.is_empty() {
        record.exception = Some(match record.exception.take() {
            None => Cow::Borrowed(continuation),
            Some(own) => Cow::Owned(format!("{own}\n{continuation}")),
        });
    }
    complete_line(text, record, job_types);
}

/// Adds to a record that was read from `text`, its only line, a job that the message names.
pub(super) fn complete_line<'t>(text: &'t str, record: &mut Record<'t>, job_types: &JobTypes) {
    if record.job_id.is_none() {
        let place = job_mention::find(&record.message, job_types);
        record.job_id = place.and_then(|place| match &record.message {
            Cow::Borrowed(message) => message.get(place).map(Cow::Borrowed),
            Cow::Owned(message) => message.get(place).map(|id| Cow::Owned(id.to_owned())),
        });
    }
    record.text = Cow::Borrowed(text);
}

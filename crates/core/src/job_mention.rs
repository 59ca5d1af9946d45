//! Finds the job that a message talks about: a typed ID, `job_id=123`, `job 123`, `Job #123`.

use crate::job_id::{self, JobTypes, check_job_ref};

/// Returns the first job ID that stands in a message, never part of a longer token.
///
/// A typed ID counts wherever it stands. Behind `job_id`, `jobId` or `job` and `=` or `:` any ID counts; behind `job`
/// and a space only a number, with or without `#`, so that "job done" names no job.
pub(crate) fn find<'m>(message: &'m str, types: &JobTypes) -> Option<&'m str> {
    let bytes = message.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        if byte.is_ascii_alphanumeric() {
            let rest = message.get(at..).unwrap_or_default();
            if let Some(length) = job_id::at_start(rest, types) {
                return rest.get(..length);
            }
            if let Some(id) = behind_key(rest) {
                return Some(id);
            }
            at += bytes.iter().skip(at).take_while(|b| is_token(**b)).count();
        } else if is_token(byte) {
            at += bytes.iter().skip(at).take_while(|b| is_token(**b)).count();
        } else {
            at += 1;
        }
    }
    None
}

/// Reads `job_id=ID`, `job: ID`, `job 123` or `Job #123` at the start of `text`.
fn behind_key(text: &str) -> Option<&str> {
    let rest = strip_word(text, "job")?;
    let (rest, named) = ["_id", "Id", "-id", "ID", "_ID", "id"]
        .into_iter()
        .find_map(|suffix| Some((rest.strip_prefix(suffix)?, true)))
        .unwrap_or((rest, false));
    if let Some(value) = rest.strip_prefix(['=', ':']) {
        let value = value.strip_prefix(' ').filter(|_| named).unwrap_or(value).trim_start_matches(['"', '\'', '#']);
        let id = value.get(..value.bytes().take_while(|b| is_token(*b)).count())?.trim_end_matches('.');
        return check_job_ref(id).is_ok().then_some(id);
    }
    let value = rest.strip_prefix(' ')?;
    let value = value.strip_prefix('#').unwrap_or(value);
    let id = value.get(..value.bytes().take_while(|b| is_token(*b)).count())?.trim_end_matches('.');
    (!id.is_empty() && id.bytes().all(|b| b.is_ascii_digit())).then_some(id)
}

fn strip_word<'t>(text: &'t str, word: &str) -> Option<&'t str> {
    let (start, rest) = text.split_at_checked(word.len())?;
    start.eq_ignore_ascii_case(word).then_some(rest)
}

/// Whether a byte belongs to a token; any byte of a character beyond ASCII does.
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.') || byte >= 0x80
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_job_in_the_message_is_found_and_no_part_of_a_longer_token() {
        let cases = [
            ("Job Started: MSH-0105-A7F2", Some("MSH-0105-A7F2")),
            ("(IMP-0105-77AA) done, then MSH-0105-A7F2", Some("IMP-0105-77AA")),
            ("Processing job #123", Some("123")),
            ("job 77 took 12 s.", Some("77")),
            ("Job #7.", Some("7")),
            ("started job_id=abc-1, next", Some("abc-1")),
            ("JOB_ID=abc-1 jobid=2", Some("abc-1")),
            ("jobId: 123e4567-e89b-42d3-a456-426614174000", Some("123e4567-e89b-42d3-a456-426614174000")),
            ("job done", None),
            ("job 12ms", None),
            ("xMSH-0105-A7F2", None),
            ("MSH-0105-A7F2-1", None),
            ("XYZ-0105-A7F2", None),
            ("MSH-1305-A7F2", None),
            ("cronjob 12", None),
            ("/jobs/job", None),
            ("", None),
        ];
        for (message, expected) in cases {
            assert_eq!(expected, find(message, &JobTypes::default()), "{message}");
        }
    }
}

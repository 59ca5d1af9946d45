//! Finds the job that a message talks about: a typed ID, `job_id=123`, `job 123`, `Job #123`.

use std::ops::Range;

use crate::job_id::{self, JobTypes, is_job_ref};

/// Returns where the first job ID stands in a message, never part of a longer token.
///
/// A typed ID counts wherever it stands. Behind `job_id`, `jobId`, `Job ID` or `job` and `=` or `:` any ID counts; behind
/// `job` and a space only a number, with or without `#`, so that "job done" and "job 50% done" name no job.
pub(crate) fn find(message: &str, types: &JobTypes) -> Option<Range<usize>> {
    let bytes = message.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        if byte | 0x20 == b'j'
            && let Some(place) = behind_key(message, at)
        {
            return Some(place);
        }
        if byte.is_ascii_uppercase()
            && let Some(length) = job_id::at_start(message.get(at..)?, types)
        {
            return Some(at..at + length);
        }
        at += match byte {
            b' ' => 1,
            _ => token_length(bytes, at).max(if byte == 0xe2 { 3 } else { 1 }),
        };
    }
    None
}

/// Reads `job_id=ID`, `job:ID`, `job: 123`, `job 123` or `Job #123` at a place of a text. Returns where the ID stands.
fn behind_key(text: &str, at: usize) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let [_, b'o' | b'O', b'b' | b'B', rest @ ..] = bytes.get(at..)? else { return None };
    let mut at = at + "job".len();
    let named = match rest {
        [b'_' | b'-' | b' ', b'i' | b'I', b'd' | b'D', ..] => "_id".len(),
        [b'i' | b'I', b'd' | b'D', ..] => "id".len(),
        _ => 0,
    };
    if named > 0 {
        at = behind_any(bytes, at + named, b"\"'");
        at += usize::from(matches!(bytes.get(at..), Some([b' ', b'=', ..]))); // `job_id = 7`
    }
    let value_at = behind_any(bytes, at, b"=:");
    let mut start = value_at + usize::from(bytes.get(value_at) == Some(&b' '));
    let is_apart = start > value_at;
    let is_assigned = value_at > at && (named > 0 || !is_apart);
    start = behind_any(bytes, behind_any(bytes, start, b"\"'#"), b"\"'#");
    if !is_assigned {
        return number(bytes, start).filter(|_| is_apart);
    }
    let mut end = start + token_length(bytes, start);
    while end > start && bytes.get(end - 1) == Some(&b'.') {
        end -= 1;
    }
    let counts = |id| is_job_ref(id) && !matches!(id, "None" | "null" | "undefined");
    text.get(start..end).is_some_and(counts).then_some(start..end)
}

/// Returns the place behind one of some bytes that may stand at a place.
#[cfg_attr(target_family = "wasm", inline(never))]
fn behind_any(bytes: &[u8], at: usize, any: &[u8]) -> usize {
    at + usize::from(bytes.get(at).is_some_and(|byte| any.iter().any(|each| each == byte)))
}

/// Returns where the number ends that the token at a place is, neither a share nor a time of day.
fn number(bytes: &[u8], start: usize) -> Option<Range<usize>> {
    let rest = bytes.get(start..)?;
    let length = digits(rest);
    let behind = rest.get(length..)?;
    let is_other = match behind {
        [b' ' | b',' | b')', ..] | [] => false,
        [b'%' | b'/', ..] | [b':', b'0'..=b'9', ..] => true,
        _ => token_length(behind, behind.iter().take_while(|byte| **byte == b'.').count()) > 0,
    };
    (length > 0 && !is_other).then_some(start..start + length)
}

/// Returns how many digits a text begins with. Eight bytes are looked at in one step: numbers are of any length, and a loop
/// that ends at another place each time is guessed wrong.
fn digits(text: &[u8]) -> usize {
    let (steps, _) = text.as_chunks::<8>();
    let mut length = 0;
    for step in steps {
        let digits = u64::from_le_bytes(*step) ^ u64::from_le_bytes([b'0'; 8]);
        // What runs over into the next byte begins in one that is marked.
        let marks = (digits.wrapping_add(u64::from_le_bytes([0x76; 8])) | digits) & u64::from_le_bytes([0x80; 8]);
        length += marks.trailing_zeros() as usize / 8;
        if marks != 0 {
            return length;
        }
    }
    length + text.iter().skip(length).take_while(|byte| byte.is_ascii_digit()).count()
}

/// Returns how long the token at a place is. Any character beyond ASCII belongs to one, but for typographic punctuation.
#[inline(never)]
fn token_length(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    let belongs = |(at, byte): (usize, &u8)| match byte {
        0xe2 => !matches!(rest.get(at + 1), Some(0x80 | 0x81)),
        0x80.. => true,
        _ => byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'),
    };
    rest.iter().enumerate().take_while(|each| belongs(*each)).count()
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
            (r#"sent {"job_id": "abc-1"}"#, Some("abc-1")),
            ("{'jobId': 7, 'x': 1}", Some("7")),
            ("Job ID: abc-1", Some("abc-1")),
            ("job id 12 is gone", Some("12")),
            ("job_id = 7", Some("7")),
            ("job: 12 done", Some("12")),
            ("job 12: done", Some("12")),
            ("(job 12)", Some("12")),
            ("job 12\u{2026}", Some("12")),
            ("\u{201c}MSH-0105-A7F2\u{201d}", Some("MSH-0105-A7F2")),
            ("job 12\u{e9}", None),
            ("job 1234567\u{e9}", None),
            ("job 1234567 is long", Some("1234567")),
            ("job 12345678 is longer", Some("12345678")),
            ("job 123456789012345678901", Some("123456789012345678901")),
            ("job 12345678/2 is a share", None),
            ("\u{fc}job 12", None),
            ("GET /api/jobs/MSH-0105-A7F2/logs?x=1", Some("MSH-0105-A7F2")),
            ("https://host/run?job_id=77&x=1", Some("77")),
            ("https://host/run?xjob_id=77&x=1", None),
            ("wrote MSH-0105-A7F2.log", Some("MSH-0105-A7F2")),
            ("job_id=None", None),
            ("job_id: null", None),
            ("job id is gone", None),
            ("job: done", None),
            ("job 50% done", None),
            ("job 3/10 done", None),
            ("job 12:30", None),
            ("job 1.5", None),
            ("jobs 12", None),
            ("job-12 job_12 job12", None),
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
            let found = find(message, &JobTypes::default()).and_then(|place| message.get(place));

            assert_eq!(expected, found, "{message}");
        }
    }
}

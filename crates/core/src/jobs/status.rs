//! What a record says of its job's status.

use crate::level::Level;
use crate::record::Record;
use crate::scan;

const STARTED: &str = "started";
const PROCESSING: &str = "processing";
const COMPLETED: &str = "completed";
const ERROR: &str = "error";

/// Whether nothing more is expected after a status.
pub(crate) fn is_final(status: &str) -> bool {
    status == COMPLETED || status == ERROR
}

/// Returns what a record says of its job's status: by its own status, else by the beginning of its message.
///
/// In a message it is the first word that counts, `job` and words with a digit (IDs, numbers) passed over: `Job Started:
/// MSH-0105-A7F2`, `Processing job #123`, `MSH-0105-A7F2 failed`, `Job completed in 5ms`. An error that says whether it is
/// `recoverable` is the job's end (the desktop suite's `publishJobError`).
pub(crate) fn status(record: &Record<'_>) -> Option<String> {
    if let Some(status) = record.status.as_deref() {
        return Some(known_status(status).map_or_else(|| status.to_owned(), str::to_owned));
    }
    let says_recoverable = |(key, raw): (&str, &str)| {
        key == "recoverable"
            || (raw.starts_with('{')
                && scan::members(raw).is_some_and(|all| all.iter().any(|(key, _)| key == "recoverable")))
    };
    if record.level >= Some(Level::Error) && record.fields.iter().any(says_recoverable) {
        return Some(ERROR.to_owned());
    }
    let words = record.message.split(|c: char| !c.is_alphanumeric() && c != '-' && c != '_');
    let is_passed_over =
        |word: &&str| word.is_empty() || word.eq_ignore_ascii_case("job") || word.bytes().any(|b| b.is_ascii_digit());
    let first = words.take(MAX_WORDS).find(|word| !is_passed_over(word))?;
    known_status(first).map(str::to_owned)
}

/// Whether a record says that its job failed.
pub(crate) fn says_error(record: &Record<'_>) -> bool {
    status(record).as_deref() == Some(ERROR)
}

/// How many words of a message are looked at.
const MAX_WORDS: usize = 8;

/// Returns the status that a word stands for.
fn known_status(word: &str) -> Option<&'static str> {
    const WORDS: [(&str, &[&str]); 4] = [
        (STARTED, &["started", "starting", "start", "began", "begun"]),
        (PROCESSING, &["processing", "running", "active"]),
        (COMPLETED, &["completed", "complete", "finished", "done", "succeeded", "success"]),
        (ERROR, &["error", "failed", "failure", "crashed", "aborted", "cancelled", "canceled"]),
    ];
    let is_known = |words: &[&str]| words.iter().any(|known| known.eq_ignore_ascii_case(word));
    WORDS.into_iter().find(|(_, words)| is_known(words)).map(|(status, _)| status)
}

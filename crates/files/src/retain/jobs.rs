//! Whether the studio service's job is over: its own file says so.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use jobtrail_core::{ReadOptions, parse_line};

/// A job's file holds its input and output; what is larger is not read for its status.
const MAX_JOB_BYTES: u64 = 4 << 20;

/// The words for a job that is over.
const OVER: [&str; 15] = [
    "aborted",
    "cancelled",
    "canceled",
    "complete",
    "completed",
    "crashed",
    "done",
    "error",
    "expired",
    "failed",
    "finished",
    "killed",
    "succeeded",
    "success",
    "timeout",
];

/// Returns the status that speaks against deleting a job's log: anything that does not say that the job is over, an
/// empty text where its file cannot be read. `None` where it is over, or where the job itself is gone.
pub(super) fn open_status(log: &Path) -> Option<String> {
    let file = job_file(log)?;
    let mut text = String::new();
    let read = match File::open(file) {
        Ok(file) => file.take(MAX_JOB_BYTES).read_to_string(&mut text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return None,
        Err(error) => Err(error),
    };
    if read.is_err() {
        return Some(String::new());
    }
    // Over several lines it is the same object on one: no string of JSON has a line end.
    let line = text.replace(['\n', '\r'], " ");
    let options = ReadOptions { redactor: None, ..ReadOptions::default() };
    let record = parse_line(line.trim(), &options);
    let raw = record.fields.get("status").map(|raw| raw.trim_matches('"').to_owned());
    let status = record.status.map(std::borrow::Cow::into_owned).or(raw).unwrap_or_default();
    (!OVER.contains(&status.to_ascii_lowercase().as_str())).then_some(status)
}

/// `projects/P/files/logs/jobs/ID.jsonl` to `projects/P/jobs/ID.json`.
fn job_file(log: &Path) -> Option<PathBuf> {
    let id = log.file_name()?.to_str()?.split_once(".jsonl")?.0;
    let project = log.ancestors().nth(4)?;
    Some(project.join("jobs").join(format!("{id}.json")))
}

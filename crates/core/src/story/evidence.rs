//! Signs of what becomes of processes: killed for memory, killed, crashed, without room on the disk, begun again.

use crate::record::Record;
use crate::search;

/// What a record is a sign of, the weightiest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Sign {
    /// The system killed a process because memory ran out, or a program could get none.
    OutOfMemory,
    /// A process was killed.
    Killed,
    /// A process crashed.
    Crashed,
    /// A disk has no room.
    DiskFull,
    /// A service was stopped or began anew.
    Restarted,
}

/// What each is a sign by, wherever it stands in a record, in any case.
const SIGNS: [(Sign, &[&str]); 5] = [
    (
        Sign::OutOfMemory,
        &[
            "out of memory",
            "oom-kill",
            "oom_kill",
            "oom killer",
            "oomkilled",
            "outofmemory",
            "killed process",
            "memoryerror",
            "std::bad_alloc",
            "cannot allocate memory",
            "allocation failed - javascript heap",
        ],
    ),
    (
        Sign::Killed,
        &[
            "sigkill",
            "signal 9",
            "code -9",
            "exitcode -9",
            "code 137",
            "code: 137",
            "status=9/kill",
            "workerlosterror",
            "worker exited prematurely",
            "worker timeout",
            "heartbeat missed",
            "missed heartbeat",
        ],
    ),
    (
        Sign::Crashed,
        &[
            "segfault",
            "segmentation fault",
            "sigsegv",
            "sigabrt",
            "sigbus",
            "signal 11",
            "signal 6",
            "code -11",
            "code 139",
            "core dumped",
            "fatal python error",
            "general protection fault",
            "panicked at",
            "bus error",
        ],
    ),
    (Sign::DiskFull, &["no space left on device", "enospc", "disk quota exceeded"]),
    (
        Sign::Restarted,
        &[
            "logger initialized for",
            "started server process",
            "application startup complete",
            "booting worker",
            "starting worker",
            "worker started",
            "starting gunicorn",
            "restarting",
            "restarted",
            "shutting down",
            "sigterm",
            "signal 15",
            "main process exited",
            "scheduled restart job",
        ],
    ),
];

impl Sign {
    /// Returns its name: `out_of_memory`, `killed`, `crashed`, `disk_full`, `restarted`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Sign::OutOfMemory => "out_of_memory",
            Sign::Killed => "killed",
            Sign::Crashed => "crashed",
            Sign::DiskFull => "disk_full",
            Sign::Restarted => "restarted",
        }
    }

    /// Returns the weightiest that a text is a sign of.
    pub fn of(text: &str) -> Option<Sign> {
        let text = text.to_ascii_lowercase();
        let stands = |needle: &&'static str| {
            let mut from = 0;
            while let Some(at) = search::find(text.get(from..).unwrap_or_default(), needle) {
                let end = from + at + needle.len();
                // Not `signal 90` for `signal 9`.
                if !text.as_bytes().get(end).is_some_and(u8::is_ascii_digit) {
                    return true;
                }
                from = end;
            }
            false
        };
        let whole = text.trim();
        if whole == "killed" {
            return Some(Sign::Killed);
        }
        SIGNS.iter().find(|(_, needles)| needles.iter().any(stands)).map(|(sign, _)| *sign)
    }

    pub(super) fn of_record(record: &Record<'_>) -> Option<Sign> {
        const MOST_BYTES: usize = 4096;
        let text = record.text.get(..record.text.floor_char_boundary(MOST_BYTES)).unwrap_or_default();
        Sign::of(if record.message.trim() == "Killed" { &record.message } else { text })
    }
}

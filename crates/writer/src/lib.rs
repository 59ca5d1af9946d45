//! Appends whole records to a log file that many processes and threads share, and rotates it by size and by time.
//!
//! Three things carry every promise, and nothing else does: `O_APPEND` (one record is one `write`), locks (one process
//! renames at a time, and no file is compressed or deleted that a writer has open) and the identity of the file (a
//! process sees that the name now means another file and opens it anew). So a record whose [`Writer::append`] returned
//! [`Outcome::Written`] stands in the log or in an old file of it, whichever process rotated meanwhile and whoever is
//! killed next. Memory that the processes share tells them which file is the newest and how full it is, so that no
//! record asks the system for it; its loss or corruption costs a rotation's exactness, never a line.
//!
//! A file renamed or removed from outside is noticed within 100 milliseconds or 64 KB, at the next record. What went
//! into a removed file meanwhile is written again, by a process that lives on.
//!
//! A fault of the disk is never a fault of the caller: records wait in a bounded buffer, one warning is given, and
//! writing goes on by itself when the disk does.
//!
//! ```
//! use jobtrail_writer::{Options, Outcome, Writer};
//!
//! let folder = tempfile::tempdir().unwrap();
//! let writer = Writer::open(&folder.path().join("worker.log"), Options::default());
//! assert_eq!(Outcome::Written, writer.append(b"2026-01-05 14:30:01.000 [1] [INFO] ready\n"));
//! ```
//!
//! A network file system is recognised and served one locked record at a time. Not promised: rotation from outside by
//! copying (`copytruncate`), or with a compression that begins at once, which lose lines for any writer.

mod backlog;
mod chain;
mod compress;
mod control;
mod fs;
mod left_over;
mod log_file;
mod mapped;
mod newest;
mod options;
mod period;
mod ring;
mod rotate;
mod shared;
mod state;
mod sync;
#[cfg(all(test, unix))]
mod tests;
mod tidy;
mod work;
mod writer;

pub use options::{Compression, Control, Durability, Options, Outcome, Period, Stats};
pub use writer::{Warn, Writer};

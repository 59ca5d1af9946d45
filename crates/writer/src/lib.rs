//! Appends whole records to a log file that many processes and threads share, and rotates it by size.
//!
//! Three things carry every promise, and nothing else does: `O_APPEND` (one record is one `write`), a lock file
//! beside the log (one process renames at a time) and the identity of the file (a process sees that the name now
//! means another file and opens it anew). So a record whose [`Writer::append`] returned [`Outcome::Written`] stands
//! in a file that had a name after the write, whichever process rotated meanwhile and whoever is killed next.
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
//! Not promised: a log on a network file system, and rotation from outside by copying (`copytruncate`), which
//! loses lines for any writer.

mod backlog;
mod log_file;
mod platform;
mod rotate;
mod writer;

pub use writer::{Options, Outcome, Stats, Warn, Writer};

//! How a log is kept, and what a caller learns of a record and of the writer.

use std::time::Duration;

/// How a log is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Size in bytes at which the file is renamed; 0: never. No file passes it, but one of a single larger record.
    pub max_bytes: u64,
    /// How many old files are kept (`x.log.1` is the newest); 0: never renamed, as in Python's `RotatingFileHandler`.
    pub backup_count: u32,
    /// Renames the file when a new day, week or month has begun, beside its size.
    pub every: Option<Period>,
    /// Old files whose last record is older than this are deleted at the next rotation.
    pub max_age: Option<Duration>,
    /// The oldest files are deleted at a rotation until all old ones together have no more bytes than this; 0: any.
    pub max_total_bytes: u64,
    /// How old files are compressed, by a thread beside the one that writes.
    pub compress: Option<Compression>,
    /// What a record has survived when its append returns.
    pub durability: Durability,
    /// How writers agree on the file's size.
    pub control: Control,
    /// Permission bits of a file that has to be made. None: those of the file that was there, else the umask's.
    pub mode: Option<u32>,
}

impl Default for Options {
    /// 10 MB and five old files, one write a record.
    fn default() -> Self {
        Self {
            max_bytes: 10 * 1024 * 1024,
            backup_count: 5,
            every: None,
            max_age: None,
            max_total_bytes: 0,
            compress: None,
            durability: Durability::Process,
            control: Control::Shared,
            mode: None,
        }
    }
}

impl Options {
    /// Whether the file is ever renamed.
    pub(crate) fn rotates(&self) -> bool {
        self.backup_count > 0 && (self.max_bytes > 0 || self.every.is_some())
    }
}

/// When a file is too old to be written on, in UTC. Processes that share a log must agree on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Period {
    /// At midnight.
    Daily,
    /// At midnight before Monday.
    Weekly,
    /// At midnight before the first of a month.
    Monthly,
    /// Each time so many seconds have passed since `from`, a time in seconds since 1970; 0 seconds are one.
    Every {
        /// How long a period lasts.
        seconds: u32,
        /// Any moment at which one begins, past or to come.
        from: i64,
    },
}

/// How old files are compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Compression {
    /// `x.log.1.gz`
    Gzip,
    /// `x.log.1.zst`
    Zstd,
}

/// What a record has survived when its append returns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Durability {
    /// The death of the process: the record is written, and the system has it.
    Process,
    /// The death of the process: the record is in memory that outlives it, and in the log within 20 milliseconds, or when
    /// the next process opens it. The fastest, by far.
    Mapped,
    /// A power cut: the record is written, and the disk has said that it has it.
    Disk,
}

/// How writers agree on the file's size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Control {
    /// By a word in memory that they share: the limit is exact, and costs no call to the system.
    Shared,
    /// By the place where each one's last record ended. The limit may be passed by one record of each writer.
    Files,
}

/// What became of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It is in the log; killing the process does not lose it.
    Written,
    /// The log cannot be written now; it waits in memory and is written in its turn.
    Buffered,
    /// The log cannot be written and the buffer is full: the record is lost, and counted.
    Dropped,
}

/// What a writer has done since it was opened. Counts of records, except where said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stats {
    /// In the log.
    pub written: u64,
    /// Waiting in memory now.
    pub buffered: u64,
    /// Lost, the buffer being full.
    pub dropped: u64,
    /// Renames by this writer.
    pub rotated: u64,
    /// Failed tries to open, write or rotate, short writes included.
    pub errors: u64,
}

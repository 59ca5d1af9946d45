//! What can go wrong with one file, and the note of which file it was. Log lines are never errors.

use std::fmt;
use std::io;

/// Why one file or directory could not be read.
#[derive(Debug)]
#[non_exhaustive]
pub enum FileError {
    /// There is no such file or directory.
    NotFound,
    /// It is there, but this user may not read it.
    Unreadable,
    /// A symbolic link or `..` leads out of the directory that was asked for.
    OutsideRoot,
    /// The content is not text.
    Binary,
    /// The disk, or a damaged archive; what came before the damage was given.
    Io(io::Error),
}

impl FileError {
    /// Returns the stable code: `not_found`, `unreadable`, `outside_root`, `unsupported` or `io`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::Unreadable => "unreadable",
            Self::OutsideRoot => "outside_root",
            Self::Binary => "unsupported",
            Self::Io(_) => "io",
        }
    }
}

impl From<io::Error> for FileError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Self::NotFound,
            io::ErrorKind::PermissionDenied => Self::Unreadable,
            _ => Self::Io(error),
        }
    }
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound => f.write_str("no such file or directory"),
            Self::Unreadable => f.write_str("permission denied"),
            Self::OutsideRoot => f.write_str("leads out of the directory, not followed"),
            Self::Binary => f.write_str("is binary, not a log"),
            Self::Io(error) if error.kind() == io::ErrorKind::UnexpectedEof => f.write_str("ends in the middle"),
            Self::Io(error) => write!(f, "{error}"),
        }
    }
}

impl std::error::Error for FileError {}

/// One thing that could not be read while the rest was.
#[derive(Debug)]
pub struct Problem {
    /// The file or directory: as the user wrote it, or relative to the root that was walked.
    pub name: String,
    /// What is wrong with it.
    pub error: FileError,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`: {}", self.name, self.error)
    }
}

//! The files of one log that is rotated: listed while they may be renamed, in order, oldest first. Opens a file only to
//! see whether `worker.log.1.gz` repeats `worker.log.1`.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use crate::blocks::head_of;
use crate::discover::{LogFile, log_file};
use crate::error::FileError;
use crate::name::{LogName, Turn};

/// How often a set whose files are being renamed is listed before what was seen last is taken.
const LISTINGS: usize = 40;

/// Which symbolic links count as files of a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Links {
    /// None: the set was found below a root that it must not leave.
    None,
    /// That of the live file: the user named it.
    Live,
}

/// Lists the set of one live log anew: its rotated files, oldest first, then itself where it is there.
///
/// Compressed files that only repeat a plain one (a `gzip` under way) are left out. Errors: those of the directory.
pub(crate) fn rotated_set(live: &Path, name: &str, links: Links) -> Result<Vec<LogFile>, FileError> {
    let directory = live.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let base = live.file_name().and_then(OsStr::to_str).unwrap_or_default();
    let folder = name.rfind('/').map_or("", |at| &name[..=at]);
    let mut listing = list_set(directory, base, folder, links)?;
    // A rename under way may hide a file from one listing or show it twice: two equal ones are a true picture.
    for _ in 0..LISTINGS {
        let again = list_set(directory, base, folder, links)?;
        let same =
            again.len() == listing.len() && again.iter().zip(&listing).all(|(a, b)| (a.id, &a.path) == (b.id, &b.path));
        listing = again;
        if same {
            break;
        }
    }
    order(&mut listing);
    Ok(listing)
}

fn list_set(directory: &Path, base: &str, folder: &str, links: Links) -> Result<Vec<LogFile>, FileError> {
    let mut files: Vec<LogFile> = Vec::new();
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let name = entry.file_name();
        let Some(name) = name.to_str() else { continue };
        let turn = match LogName::parse(name) {
            _ if name == base => Turn::Live,
            Some(log) if log.base == base => log.turn,
            _ => continue,
        };
        let metadata = match links {
            Links::Live if name == base => fs::metadata(entry.path()),
            _ => fs::symlink_metadata(entry.path()),
        };
        match metadata {
            Ok(metadata) if metadata.is_file() => {
                files.push(log_file(entry.path(), format!("{folder}{name}"), &metadata, turn));
            }
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(error.into()),
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

/// Puts the files of one set in order, oldest first, and drops a compressed file that repeats a plain one.
pub(crate) fn order(files: &mut Vec<LogFile>) {
    files.sort_by(|a, b| {
        a.turn.age_order(&b.turn).then(b.is_packed().cmp(&a.is_packed())).then_with(|| a.path.cmp(&b.path))
    });
    let mixed = files.iter().any(|file| matches!(file.turn, Turn::Dated(_)))
        && files.iter().any(|file| matches!(file.turn, Turn::Numbered(_)));
    if mixed {
        // Dates and numbers do not compare; when they were last written is the best there is.
        files.sort_by_key(|file| (file.turn == Turn::Live, file.modified));
    }
    let repeated: Vec<PathBuf> = files
        .windows(2)
        .filter_map(|pair| match pair {
            [packed, plain] if packed.turn == plain.turn && packed.is_packed() && !plain.is_packed() => {
                repeats(packed, plain).then(|| packed.path.clone())
            }
            _ => None,
        })
        .collect();
    files.retain(|file| !repeated.contains(&file.path));
}

fn repeats(packed: &LogFile, plain: &LogFile) -> bool {
    match (head_of(&packed.path), head_of(&plain.path)) {
        (Ok((_, packed)), Ok((_, plain))) => packed == plain,
        // Half written or unreadable: the plain one has it all.
        (Err(_), Ok(_)) => true,
        _ => false,
    }
}

//! The old files of a log: `x.log.1` is the newest, `x.log.2` the one before, each perhaps compressed. Moving them on,
//! and deleting what is too many, too old or too much. Everything here is done with the control lock held.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use crate::fs::{Fs, Hold};
use crate::options::Options;
use crate::ring;

/// How the names of compressed files end.
const ENDINGS: [&str; 2] = [".gz", ".zst"];

/// The old files that are there: by number, the ends of their names. More than one end to a number means that a
/// compression was broken off between its last two steps, or that someone compresses from outside.
pub(crate) type Chain = BTreeMap<u32, Vec<&'static str>>;

/// Lists the old files of the log.
pub(crate) fn old_files(fs: &dyn Fs, path: &Path) -> io::Result<Chain> {
    let mut chain = Chain::new();
    let Some(log) = path.file_name() else { return Ok(chain) };
    for name in fs.names(folder_of(path))? {
        if let Some((number, ending)) = number_of(&name, log.as_encoded_bytes()) {
            chain.entry(number).or_default().push(ending);
        }
    }
    Ok(chain)
}

/// Moves the log on to number 1 and the old files before it, and gives what stands there then.
pub(crate) fn move_on(fs: &dyn Fs, path: &Path) -> io::Result<Chain> {
    let mut chain = old_files(fs, path)?;
    // The chain moves up only as far as its first gap. So a rotation that was killed half way is carried on by the
    // next one, and nothing is overwritten.
    let gap = (1..u32::MAX).find(|number| !chain.contains_key(number)).unwrap_or(u32::MAX);
    for number in (1..gap).rev() {
        for ending in chain.remove(&number).unwrap_or_default() {
            rename(fs, &named(path, number, ending), &named(path, number + 1, ending))?;
            chain.entry(number + 1).or_default().push(ending);
        }
    }
    rename(fs, path, &named(path, 1, ""))?;
    chain.insert(1, vec![""]);
    Ok(chain)
}

/// Deletes the old files that are too many, too old or too large together, oldest first; not one that a writer still
/// has open: it goes at the rotation after that writer has moved on. What cannot be deleted now is tried again then.
pub(crate) fn retain(fs: &dyn Fs, path: &Path, options: &Options, chain: &Chain) {
    let mut room = if options.max_total_bytes == 0 { u64::MAX } else { options.max_total_bytes };
    let needs_stat = options.max_total_bytes > 0 || options.max_age.is_some();
    let oldest = options
        .max_age
        .map_or(i64::MIN, |age| fs.unix_seconds().saturating_sub(i64::try_from(age.as_secs()).unwrap_or(i64::MAX)));
    for (&number, endings) in chain {
        for ending in endings {
            let file = named(path, number, ending);
            let stat = if needs_stat { fs.stat(&file).ok() } else { None };
            let left = stat.map_or(Some(room), |stat| room.checked_sub(stat.len));
            let is_kept =
                number <= options.backup_count && left.is_some() && stat.is_none_or(|stat| stat.modified >= oldest);
            if !is_kept && lock_unused(fs, path, &file).is_some() {
                let _ = fs.remove(&file);
            }
            // Whatever is older than the first file that does not fit goes too.
            room = left.unwrap_or(0);
        }
    }
}

/// The file, locked, if no writer has it open.
pub(crate) fn lock_unused(fs: &dyn Fs, log: &Path, path: &Path) -> Option<File> {
    // A dead process may have meant to write into it; while it is ours alone, nobody completes what is there.
    ring::settle_all(fs, log);
    let file = fs.open(path).ok()?;
    if !matches!(fs.try_lock(&file, Hold::Alone), Ok(true)) {
        return None;
    }
    // And one that has died since: its ring still asks how far it came.
    ring::settle_all(fs, log);
    Some(file)
}

/// `x.log`, 3, `.gz` to `x.log.3.gz`.
pub(crate) fn named(path: &Path, number: u32, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{number}{ending}"));
    PathBuf::from(name)
}

/// The folder that holds the log.
pub(crate) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."))
}

/// Renames; a file that someone took away meanwhile leaves nothing to do.
fn rename(fs: &dyn Fs, from: &Path, to: &Path) -> io::Result<()> {
    match fs.rename(from, to) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        result => result,
    }
}

/// The number and end of an old file's name, if it is one of this log.
fn number_of(name: &OsString, log: &[u8]) -> Option<(u32, &'static str)> {
    let rest = name.as_encoded_bytes().strip_prefix(log)?.strip_prefix(b".")?;
    let rest = std::str::from_utf8(rest).ok()?;
    let ending = ENDINGS.into_iter().find(|ending| rest.ends_with(ending)).unwrap_or_default();
    let digits = rest.strip_suffix(ending)?;
    let number = digits.parse().ok().filter(|&number: &u32| number > 0 && number < u32::MAX)?;
    (digits == number.to_string()).then_some((number, ending))
}

#[cfg(all(test, not(feature = "shuttle")))]
mod tests {
    use super::*;

    #[test]
    fn names_of_old_files() {
        assert_eq!(Path::new("logs/worker.log.12"), named(Path::new("logs/worker.log"), 12, ""));
        let number = |name: &str| number_of(&OsString::from(name), b"x.log");
        assert_eq!(Some((3, "")), number("x.log.3"));
        assert_eq!(Some((12, ".gz")), number("x.log.12.gz"));
        for other in ["x.log", "x.log.", "x.log.0", "x.log.01", "x.log.+1", "x.log.1.bz2", "y.log.1", "x.log.20260105x"]
        {
            assert_eq!(None, number(other), "{other}");
        }
    }
}

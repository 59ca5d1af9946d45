//! What killed processes left of their shared memory, where no later writer of the same log has taken it over or away. A
//! system has room for some thousand pieces of it, which all its programs share, so it is removed when memory is made
//! for any log: a word that nobody uses, and a ring in which nothing waits.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::control;
use crate::fs::{Fs, Hold};
use crate::ring;

/// What is younger may belong to someone who is just making it.
const OLD_SECONDS: i64 = 60;

/// Removes it, once in a process.
pub(crate) fn sweep_once(fs: &dyn Fs) {
    static DONE: AtomicBool = AtomicBool::new(false);

    if !DONE.swap(true, Ordering::Relaxed) {
        sweep(fs);
    }
}

pub(crate) fn sweep(fs: &dyn Fs) {
    let Some(folder) = fs.memory_folder() else { return };
    for name in fs.names(folder).unwrap_or_default() {
        let Some(name) = name.to_str().filter(|name| name.starts_with(control::NAMES_BEGIN)) else { continue };
        let path = folder.join(name);
        let is_ours_and_old = fs.stat(&path).is_ok_and(|found| {
            found.is_file && found.owner == fs.user() && fs.unix_seconds() - found.modified > OLD_SECONDS
        });
        if !is_ours_and_old {
            continue;
        }
        match name.rsplit_once('.') {
            Some((_, "lock")) => control::remove_unused(fs, &path),
            Some((_, "turn")) => remove_unlocked(fs, &path),
            Some((stem, "ring")) => {
                let number = stem.rsplit_once('.').and_then(|(_, number)| u64::from_str_radix(number, 16).ok());
                if let Some(number) = number {
                    ring::remove_empty(fs, path, number);
                }
            }
            _ => {}
        }
    }
}

fn remove_unlocked(fs: &dyn Fs, path: &Path) {
    if let Ok(file) = fs.open_control(path)
        && matches!(fs.try_lock(&file, Hold::Alone), Ok(true))
    {
        let _ = fs.remove(path);
        let _ = fs.unlock(&file);
    }
}

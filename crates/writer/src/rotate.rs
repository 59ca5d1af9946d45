//! Rotation, one process at a time: under the control lock it is asked again whether the file is full.

use std::io::{self, ErrorKind};
use std::time::Duration;

use crate::chain;
use crate::control::fits;
use crate::work::{POLL, Work};

/// What came of an attempt to rotate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rotation {
    /// The file was renamed by us, and the new one is open.
    Done,
    /// Someone else had renamed it, or there is room after all.
    NotNeeded,
    /// Someone else holds the lock and has not given it back in time: the record goes into the file as it is.
    Busy,
}

/// What is found under the lock.
enum Need {
    Yes,
    No,
    /// All room is taken and nothing is written yet: whoever took it is about to write, or was killed.
    NotYet,
}

/// Rotates the log if, under the lock, the open file is still the named one and `incoming` bytes still do not fit, or it
/// is `too_old`. Waits for another's rotation no longer than `patience`.
pub(crate) fn rotate(work: &mut Work<'_>, incoming: u64, too_old: bool, patience: Duration) -> io::Result<Rotation> {
    let deadline = work.fs.now() + patience;
    loop {
        let is_late = work.fs.now() >= deadline;
        let mode = work.state.file.as_ref().and_then(|file| file.opened().mode);
        if work.state.control.try_lock(work.fs, mode)? {
            let result = under_lock(work, incoming, too_old, is_late);
            work.state.control.unlock(work.fs);
            if let Some(rotation) = result? {
                return Ok(rotation);
            }
        }
        // Whoever holds it is renaming; most often there is a new file after a moment.
        if has_moved(work) {
            return Ok(Rotation::NotNeeded);
        }
        if is_late {
            return Ok(Rotation::Busy);
        }
        work.fs.sleep(POLL);
    }
}

fn under_lock(work: &mut Work<'_>, incoming: u64, too_old: bool, is_late: bool) -> io::Result<Option<Rotation>> {
    match need(work, incoming, too_old, is_late)? {
        Need::No => return Ok(Some(Rotation::NotNeeded)),
        Need::NotYet => return Ok(None),
        Need::Yes => {}
    }
    move_on(work)?;
    Ok(Some(Rotation::Done))
}

/// Moves the files on and opens the new one, which stands in the shared memory before the lock is given back.
pub(crate) fn move_on(work: &mut Work<'_>) -> io::Result<()> {
    let old = chain::move_on(work.fs, work.path)?;
    let reopened = work.reopen();
    chain::retain(work.fs, work.path, work.options, &old);
    reopened
}

fn need(work: &Work<'_>, incoming: u64, too_old: bool, is_late: bool) -> io::Result<Need> {
    let Some(file) = &work.state.file else { return Ok(Need::No) };
    let named = match work.fs.stat(work.path) {
        Ok(named) if named.id == file.id() => named,
        Ok(_) => return Ok(Need::No),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Need::No),
        Err(error) => return Err(error),
    };
    if too_old {
        if named.len == 0 {
            work.begin_period();
        }
        return Ok(if work.is_too_old() { Need::Yes } else { Need::No });
    }
    let max_bytes = work.options.max_bytes;
    let (Some(generation), Some(memory)) = (work.state.generation, work.state.memory()) else {
        return Ok(if fits(named.len, incoming, max_bytes) { Need::No } else { Need::Yes });
    };
    Ok(match memory.size(generation) {
        Some(size) if fits(size, incoming, max_bytes) => Need::No,
        None => Need::No, // reopening finds the newest file, or finishes a beginning that was broken off
        _ if named.len > 0 => Need::Yes,
        _ if is_late => {
            memory.correct(generation, 0);
            Need::No
        }
        _ => Need::NotYet,
    })
}

/// Whether the newest file is another one by now.
fn has_moved(work: &Work<'_>) -> bool {
    let Some(file) = &work.state.file else { return true };
    match (work.state.generation, work.state.memory()) {
        (Some(_), Some(memory)) => memory.generation_of(file.id()) != work.state.generation,
        _ => work.fs.stat(work.path).is_ok_and(|named| named.id != file.id()),
    }
}

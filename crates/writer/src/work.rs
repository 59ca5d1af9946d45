//! What a writer does while its lock is held: it decides when to look, reopen, rotate, wait and warn.

use std::io::{self, ErrorKind};
use std::mem;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::backlog::LIMIT_BYTES;
use crate::control::{Claim, Control, Memory, fits};
use crate::fs::{Fs, Stat, was_closed};
use crate::log_file::Wrote;
use crate::mapped::Front;
use crate::options::{Durability, Options, Outcome};
use crate::rotate::{self, Rotation};
use crate::state::State;
use crate::sync::Mutex;

/// How often one record is written again after a short write, or tried in the file that has just become the newest.
pub(crate) const TRIES: usize = 8;

/// How long an append waits for another process to finish its rotation: on a busy machine that may not be run for long.
pub(crate) const PATIENCE: Duration = Duration::from_millis(500);

/// After waiting in vain, how long no append waits again: the other process may be stopped.
pub(crate) const IMPATIENCE: Duration = Duration::from_secs(10);

/// After a rotation that failed, how long it is not tried again.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// Between two looks at a lock or a file that another process is about to change.
pub(crate) const POLL: Duration = Duration::from_micros(50);

/// How long a writer on a file system without atomic append waits for its turn.
const TURN: Duration = Duration::from_secs(1);

/// A write that takes longer is one for which the disk was waited for, and so may be the next ones, for a while.
const SLOW: Duration = Duration::from_millis(5);
const SLOW_FOR: Duration = Duration::from_secs(1);

/// A disk that fails and works by turns is warned of this often at most.
const WARN_EVERY: Duration = Duration::from_mins(1);

/// The file is looked at under its name this often, or after so many bytes.
const LOOK_EVERY: Duration = Duration::from_millis(100);
const LOOK_AFTER_BYTES: usize = 64 * 1024;

/// A writer's state while its lock is held.
pub(crate) struct Work<'w> {
    pub(crate) fs: &'w dyn Fs,
    /// The same, for a thread to keep.
    pub(crate) shared_fs: &'w Arc<dyn Fs>,
    pub(crate) path: &'w Path,
    pub(crate) options: &'w Options,
    pub(crate) state: &'w mut State,
    pub(crate) front: &'w Mutex<Front>,
    pub(crate) warnings: &'w mut Vec<String>,
}

impl Work<'_> {
    /// Opens the log; a fault makes the first record wait.
    pub(crate) fn begin(&mut self) {
        // Before the file's end is looked at: a record that a process was killed over may be completed here.
        self.settle_orphans();
        if let Err(error) = self.reopen() {
            self.failed(&error);
        }
        self.finish_orphans();
        self.tidy();
    }

    /// Has the old files put in order, and warns once if that did not work.
    pub(crate) fn tidy(&mut self) {
        self.state.tidy.wake(self.shared_fs, self.path, self.options);
        if let Some(error) = self.state.tidy.take_fault()
            && !mem::replace(&mut self.state.said.tidy, true)
        {
            self.warnings.push(format!("cannot put the old files of `{}` in order: {error}", self.path.display()));
        }
    }

    /// Writes the record, or keeps it if that does not work.
    pub(crate) fn append_now(&mut self, record: &[u8]) -> Outcome {
        if self.state.backlog.is_failing() && !(self.state.backlog.is_due(self.fs.now()) && self.drain()) {
            return self.keep(record);
        }
        match self.put(record) {
            Ok(()) => {
                if self.state.backlog.is_failing() {
                    self.worked();
                }
                self.state.stats.written += 1;
                Outcome::Written
            }
            Err(error) => {
                self.failed(&error);
                self.keep(record)
            }
        }
    }

    /// Writes the record if nothing else is to be done first; false if it does not stand in the log.
    pub(crate) fn append_at_once(&mut self, record: &[u8]) -> bool {
        let began = self.fs.now();
        let is_simple = self.state.file.as_ref().is_some_and(|file| file.opened().is_file) // a pipe may be full
            && !self.state.remote
            && !self.state.backlog.is_failing()
            && self.state.backlog.len() == 0
            && !self.is_look_due(began)
            && began >= self.state.slow_until
            && self.has_room(record.len() as u64);
        if !is_simple {
            return false;
        }
        let written = self.write_whole(record);
        let ended = self.fs.now();
        if ended.saturating_sub(began) > SLOW {
            self.state.slow_until = ended + SLOW_FOR;
        }
        match written {
            Ok(true) => {
                self.state.recent.extend_from_slice(record);
                self.state.stats.written += 1;
                true
            }
            Ok(false) => {
                self.state.stats.errors += 1;
                false
            }
            Err(_) => false, // nothing was written; whoever tries again will say why
        }
    }

    /// Takes room for so many bytes in the open file, if there is any.
    fn has_room(&self, len: u64) -> bool {
        if !self.options.rotates() {
            return true;
        }
        match (self.state.generation, self.state.memory()) {
            (Some(generation), Some(memory)) => memory.claim(generation, len, self.options.max_bytes) == Claim::Granted,
            _ => fits(self.state.size, len, self.options.max_bytes),
        }
    }

    /// Writes what waits, and looks whether what was written has a name; true when nothing is left.
    pub(crate) fn flush(&mut self) -> bool {
        self.let_go_if_closed();
        let is_empty = self.empty_ring();
        if !self.state.recent.is_empty()
            && let Err(error) = self.look()
        {
            self.failed(&error);
        }
        self.drain() && is_empty
    }

    /// The same as `end`, and no ring is made any more.
    pub(crate) fn close(&mut self) {
        self.end();
        self.state.is_closed = true;
    }

    /// Writes what waits, and says that the file is not in use by us any more.
    pub(crate) fn end(&mut self) {
        self.end_ring();
        if self.options.durability == Durability::Mapped {
            self.finish_orphans(); // of children that ended without a word
        }
        self.flush();
        if let Some(file) = self.state.file.take() {
            file.release(self.fs);
        }
        self.state.generation = None;
        if let Some(mut turn) = self.state.turn.take() {
            turn.remove(self.fs);
        }
        if let Some(mut shared) = self.state.shared.take() {
            shared.end(self.fs);
        }
    }

    /// Writes what waits, oldest first; true when nothing is left.
    pub(crate) fn drain(&mut self) -> bool {
        let waiting = self.state.backlog.len();
        while let Some(record) = self.state.backlog.take() {
            if let Err(error) = self.put(&record) {
                self.state.backlog.put_back(record);
                self.failed(&error);
                return false;
            }
            self.state.stats.written += 1;
        }
        if waiting > 0 {
            self.worked();
        }
        true
    }

    /// Writes one record into the file that bore the log's name at the last look.
    fn put(&mut self, record: &[u8]) -> io::Result<()> {
        if self.state.remote {
            return self.put_in_turn(record);
        }
        self.look_if_due()?;
        for _ in 0..TRIES {
            self.make_room(record.len() as u64)?;
            match self.write_whole(record) {
                Ok(true) => {
                    if self.options.durability == Durability::Disk {
                        self.sync()?;
                    }
                    self.state.recent.extend_from_slice(record);
                    return Ok(());
                }
                Ok(false) => self.state.stats.errors += 1,
                Err(error) if was_closed(&error) => self.look()?,
                Err(error) => return Err(error),
            }
        }
        Err(io::Error::other("the record was cut at every try"))
    }

    /// Writes one record while nobody else writes: lock, look, write, hand over.
    fn put_in_turn(&mut self, record: &[u8]) -> io::Result<()> {
        let deadline = self.fs.now() + TURN;
        while !self.state.control.try_lock(self.fs, self.state.mode)? {
            if self.fs.now() >= deadline {
                return Err(io::Error::new(ErrorKind::TimedOut, "another writer does not give the lock back"));
            }
            self.fs.sleep(POLL);
        }
        let result = self.put_alone(record);
        self.state.control.unlock(self.fs);
        result
    }

    fn put_alone(&mut self, record: &[u8]) -> io::Result<()> {
        self.let_go_if_closed();
        let named = self.fs.stat(self.path);
        let (Some(file), Ok(named)) = (&self.state.file, named) else { return self.reopen_and_write(record) };
        if named.id != file.id() {
            return self.reopen_and_write(record);
        }
        self.state.size = named.len;
        if self.options.rotates() && (self.is_too_old() || !self.fits(record)) {
            rotate::move_on(self)?;
            self.state.stats.rotated += 1;
            self.tidy();
        }
        self.write_and_sync(record)
    }

    fn reopen_and_write(&mut self, record: &[u8]) -> io::Result<()> {
        self.reopen()?;
        self.write_and_sync(record)
    }

    fn write_and_sync(&mut self, record: &[u8]) -> io::Result<()> {
        for _ in 0..TRIES {
            if self.write_whole(record)? {
                return self.sync(); // other machines see what ours has handed over
            }
            self.state.stats.errors += 1;
        }
        Err(io::Error::other("the record was cut at every try"))
    }

    fn fits(&self, record: &[u8]) -> bool {
        fits(self.state.size, record.len() as u64, self.options.max_bytes)
    }

    /// One write. False: the record does not stand there in a line of its own.
    pub(crate) fn write_whole(&mut self, record: &[u8]) -> io::Result<bool> {
        let Some(file) = &mut self.state.file else { return Err(ErrorKind::NotFound.into()) };
        let wrote = file.write_once(self.fs, record)?;
        let len = record.len() as u64;
        if !file.opened().is_file || wrote == Wrote::Part {
            return Ok(wrote != Wrote::Part);
        }
        // Alone in a file whose size is kept in memory, nothing has to be asked: nobody else can have left half a line.
        let memory = self.state.shared.as_ref().and_then(Control::memory);
        let is_alone = self.state.generation.is_some() && memory.is_some_and(Memory::is_alone);
        if is_alone {
            self.state.size += len;
            return Ok(true);
        }
        self.state.size = self.fs.end_of_write(file.file())?;
        let start = self.state.size.saturating_sub(len);
        Ok(wrote == Wrote::AllAnew || !file.is_glued(self.fs, start))
    }

    fn sync(&self) -> io::Result<()> {
        match &self.state.file {
            Some(file) if file.opened().is_file => self.fs.sync(file.file()),
            _ => Ok(()),
        }
    }

    pub(crate) fn look_if_due(&mut self) -> io::Result<()> {
        if self.is_look_due(self.fs.now()) { self.look() } else { Ok(()) }
    }

    fn is_look_due(&self, now: Duration) -> bool {
        self.state.file.is_none() || self.state.recent.len() >= LOOK_AFTER_BYTES || now >= self.state.look_at
    }

    /// Looks whether the log's name still means the open file, and whether that file is as long as is believed.
    fn look(&mut self) -> io::Result<()> {
        self.state.look_at = self.fs.now() + LOOK_EVERY;
        self.let_go_if_closed();
        match (&self.state.file, self.fs.stat(self.path)) {
            (Some(file), Ok(named)) if file.id() == named.id => self.looked(&named),
            // The name cannot be looked at (rights dropped after opening): what is open still takes records.
            (Some(_), Err(error)) if error.kind() == ErrorKind::PermissionDenied => {}
            (Some(file), _) => {
                let lost = if file.has_a_name(self.fs) { Vec::new() } else { mem::take(&mut self.state.recent) };
                if let Err(error) = self.reopen() {
                    // They wait with the others, if there is room for them.
                    if !lost.is_empty() && !self.state.backlog.push(&lost) {
                        self.state.dropped_in_a_row += 1;
                    }
                    return Err(error);
                }
                if !lost.is_empty() {
                    // Nobody can read them where they went.
                    self.make_room(lost.len() as u64)?;
                    if !self.write_whole(&lost)? {
                        self.state.stats.errors += 1;
                        self.write_whole(&lost)?;
                    }
                }
            }
            (None, _) => self.reopen()?,
        }
        self.state.recent.clear();
        if self.state.recent.capacity() > 4 * LOOK_AFTER_BYTES {
            self.state.recent = Vec::new();
        }
        if self.options.rotates() {
            if let Some(shared) = &mut self.state.shared {
                shared.check(self.fs, self.path);
            }
            if self.state.generation.is_none() || self.state.memory().is_none() {
                self.attach();
            }
            if self.is_too_old() {
                self.rotate(0)?;
            }
        }
        Ok(())
    }

    /// Takes in how long the file is now.
    /// Lets go of the file if the program has closed its descriptor. False: nothing of the kind.
    pub(crate) fn let_go_if_closed(&mut self) -> bool {
        let closed = self.state.file.take_if(|file| !file.is_open());
        self.state.generation = self.state.generation.filter(|_| closed.is_none());
        closed.map(|file| file.release(self.fs)).is_some()
    }

    fn looked(&mut self, named: &Stat) {
        let was_cut = named.len < self.state.looked_size;
        self.state.looked_size = named.len;
        if !named.is_file {
            return;
        }
        self.state.size = named.len;
        if let (Some(generation), Some(memory)) = (self.state.generation, self.state.memory()) {
            // What is taken is written a little later, so more may be taken than there is, but never less.
            if was_cut || memory.size(generation).is_some_and(|size| size < named.len) {
                memory.correct(generation, named.len);
            }
        }
    }

    /// Makes sure that the open file has room for so many bytes, by rotation if need be. Where that cannot be had, the
    /// file grows.
    pub(crate) fn make_room(&mut self, len: u64) -> io::Result<()> {
        if !self.options.rotates() {
            return Ok(());
        }
        let mut deadline = None;
        loop {
            if self.state.file.as_ref().is_none_or(|file| !file.opened().is_file) {
                return Ok(());
            }
            match (self.state.generation, self.state.memory()) {
                (Some(generation), Some(memory)) => match memory.claim(generation, len, self.options.max_bytes) {
                    Claim::Granted => return Ok(()),
                    Claim::Full => {}
                    Claim::Moved => {
                        self.reopen()?;
                        continue;
                    }
                },
                _ if fits(self.state.size, len, self.options.max_bytes) => return Ok(()),
                _ => {}
            }
            // Others may fill one new file after the other before it is our turn, but not for ever.
            let now = self.fs.now();
            if now > *deadline.get_or_insert(now + PATIENCE) || !self.rotate(len)? {
                if let (Some(generation), Some(memory)) = (self.state.generation, self.state.memory()) {
                    memory.take(generation, len);
                }
                return Ok(());
            }
        }
    }

    /// Renames the full file if that is still to be done, and opens the new one; false if it could not be. A rename that
    /// does not work is warned of once.
    fn rotate(&mut self, incoming: u64) -> io::Result<bool> {
        let now = self.fs.now();
        if now < self.state.rotation_at {
            return Ok(false);
        }
        let patience = if now < self.state.impatient_until { Duration::ZERO } else { PATIENCE };
        let too_old = self.is_too_old();
        match rotate::rotate(self, incoming, too_old, patience) {
            Ok(Rotation::Busy) => {
                if !patience.is_zero() {
                    self.state.impatient_until = self.fs.now() + IMPATIENCE;
                }
                return Ok(false);
            }
            Ok(Rotation::NotNeeded) => {}
            Ok(Rotation::Done) => {
                self.state.stats.rotated += 1;
                self.state.said.rotation = false;
                self.tidy();
                return Ok(true); // reopened already
            }
            Err(error) => {
                self.state.stats.errors += 1;
                self.state.rotation_at = self.fs.now() + RETRY_AFTER;
                if !mem::replace(&mut self.state.said.rotation, true) {
                    self.warnings.push(format!("cannot rotate `{}`, it grows: {error}", self.path.display()));
                }
                self.reopen()?;
                return Ok(false);
            }
        }
        self.reopen()?;
        Ok(true)
    }

    pub(crate) fn keep(&mut self, record: &[u8]) -> Outcome {
        if self.state.backlog.push(record) {
            return Outcome::Buffered;
        }
        self.state.stats.dropped += 1;
        self.state.dropped_in_a_row += 1;
        Outcome::Dropped
    }

    pub(crate) fn failed(&mut self, error: &io::Error) {
        self.state.stats.errors += 1;
        let now = self.fs.now();
        let is_first = self.state.backlog.failed(now);
        if is_first && self.state.warned_at.is_none_or(|at| now.saturating_sub(at) > WARN_EVERY) {
            self.state.warned_at = Some(now);
            self.warnings.push(format!(
                "cannot write `{}`, up to {LIMIT_BYTES} bytes wait in memory: {error}",
                self.path.display()
            ));
        }
    }

    pub(crate) fn worked(&mut self) {
        self.state.backlog.worked();
        let dropped = mem::take(&mut self.state.dropped_in_a_row);
        if dropped > 0 {
            self.warnings.push(format!("`{}` is written again; {dropped} records were lost", self.path.display()));
        }
    }
}

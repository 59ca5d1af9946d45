//! Records by way of a ring: a store into memory that outlives the process, and later one write for many.

use std::io;
use std::mem;
use std::path::Path;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use crate::control::Control;
use crate::fs::Fs;
use crate::log_file::LogFile;
use crate::options::Outcome;
use crate::ring::{self, Batch, Ring};
use crate::sync::MutexGuard;
use crate::work::{IMPATIENCE, PATIENCE, POLL, Work};

/// A ring is emptied this often.
pub(crate) const DRAIN_EVERY: Duration = Duration::from_millis(10);

/// So often somebody looks for rings of the dead.
const LOOK_FOR_ORPHANS_EVERY: Duration = Duration::from_secs(1);

/// The most bytes of one write.
const BATCH: usize = 64 * 1024;

/// How long a cut record at the end of the file is waited for: another process may be about to complete it.
const CUT_PATIENCE: Duration = Duration::from_millis(100);

/// The part of a writer that appending by way of a ring needs, with a lock of its own: an append waits for nobody who
/// writes to the log, unless the ring is full.
#[derive(Debug, Default)]
pub(crate) struct Front {
    /// None: whoever appends goes by way of the writer's state.
    ring: Option<Arc<Ring>>,
    pub(crate) written: u64,
}

impl Front {
    /// Puts the record into the ring; false where that is not so simple.
    #[inline]
    pub(crate) fn push(&mut self, record: &[u8]) -> bool {
        let is_in = self.ring.as_ref().is_some_and(|ring| ring.push(record));
        self.written += u64::from(is_in);
        is_in
    }
}

impl Work<'_> {
    /// Puts the record into this process's ring after making it, or making room in it; where there can be none, writes it.
    pub(crate) fn append_mapped(&mut self, record: &[u8]) -> Outcome {
        // Who comes meanwhile waits for the lock that we hold, and overtakes nothing.
        self.front().ring = None;
        if self.state.ring.is_none() {
            self.begin_ring();
        }
        let mut is_in = self.push(record);
        if !is_in {
            self.empty_ring_if_due();
            is_in = self.push(record);
        }
        let waits = self.state.backlog.len() > 0 || self.state.ring.as_ref().is_some_and(|ring| !ring.is_empty());
        let outcome = match (is_in, waits) {
            (true, _) => Outcome::Written,
            (false, true) => self.keep(record),
            (false, false) => self.append_now(record), // too large for a ring, or there is none
        };
        self.open_front();
        outcome
    }

    /// Only while the front is closed.
    fn push(&mut self, record: &[u8]) -> bool {
        let is_in = self.state.backlog.len() == 0 && self.state.ring.as_ref().is_some_and(|ring| ring.push(record));
        self.state.stats.written += u64::from(is_in);
        is_in
    }

    /// Lets records go into the ring without asking here, unless older ones wait elsewhere.
    fn open_front(&self) {
        self.front().ring = self.state.ring.clone().filter(|_| self.state.backlog.len() == 0);
    }

    fn front(&self) -> MutexGuard<'_, Front> {
        self.front.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes what waits in the ring now; true when nothing of it is left.
    pub(crate) fn empty_ring(&mut self) -> bool {
        self.state.ring.clone().is_none_or(|ring| self.write_from(&ring))
    }

    /// The same, and what waits behind it, unless the last try failed a moment ago.
    fn empty_ring_if_due(&mut self) {
        if (!self.state.backlog.is_failing() || self.state.backlog.is_due(self.fs.now())) && self.empty_ring() {
            self.drain();
        }
    }

    /// What the thread beside the writers does every few milliseconds.
    pub(crate) fn tick(&mut self) {
        self.empty_ring_if_due();
        if self.state.ring.is_some() {
            self.open_front();
        }
        if self.fs.now() >= self.state.orphans_at {
            self.finish_orphans();
            // Someone cleared the place where its file was, or the log's folder is another one: the next record has a
            // new ring made.
            if self.state.ring.as_ref().is_some_and(|ring| !ring.can_be_found(self.fs, self.path)) {
                self.end_ring();
                self.state.turn = None;
            }
        }
    }

    /// Writes what dead processes left in their rings.
    pub(crate) fn finish_orphans(&mut self) {
        self.state.orphans_at = self.fs.now() + LOOK_FOR_ORPHANS_EVERY;
        if !Ring::are_others(self.fs, self.path) {
            return;
        }
        // First the turn, then the rings: whose turn it is may be waiting for a ring to be settled.
        let is_our_turn = self.take_turn();
        for ring in Ring::orphans(self.fs, self.path) {
            ring.settle(self.fs, self.path);
            if self.write_in_turn(&ring) {
                ring.remove(self.fs);
            }
        }
        self.end_turn(is_our_turn);
    }

    /// Settles what dead processes intended to write, so that the end of the log is what it will be.
    pub(crate) fn settle_orphans(&mut self) {
        if Ring::are_others(self.fs, self.path) {
            let is_our_turn = self.take_turn();
            ring::settle_all(self.fs, self.path);
            self.end_turn(is_our_turn);
        }
    }

    /// Waits until no other process writes from its ring, so that a record which one of them is killed over can be
    /// completed before anyone writes behind it. False where that cannot be had: then nobody waits for it either.
    fn take_turn(&mut self) -> bool {
        if self.state.turn.is_none() {
            let Ok(log) = self.fs.stat(self.path) else { return false };
            self.state.turn = Control::of_rings(self.fs, self.path, log.owner);
        }
        let mode = self.state.mode;
        let Some(turn) = &mut self.state.turn else { return false };
        let mut deadline = None;
        loop {
            match turn.try_lock(self.fs, mode) {
                Ok(true) => return true,
                Ok(false) => {}
                Err(_) => return false,
            }
            let now = self.fs.now();
            if now < self.state.turn_impatient_until {
                return false;
            }
            if now > *deadline.get_or_insert(now + PATIENCE) {
                self.state.turn_impatient_until = now + IMPATIENCE;
                return false;
            }
            self.fs.sleep(POLL);
        }
    }

    fn end_turn(&self, is_ours: bool) {
        if let Some(turn) = self.state.turn.as_ref().filter(|_| is_ours) {
            turn.unlock(self.fs);
        }
    }

    /// Empties the ring and removes it; what cannot be written now is left for whoever comes next.
    pub(crate) fn end_ring(&mut self) {
        self.front().ring = None;
        self.empty_ring();
        if let Some(ring) = self.state.ring.take_if(|ring| ring.is_empty()) {
            ring.remove(self.fs);
        }
    }

    fn begin_ring(&mut self) {
        if self.state.said.ring || self.state.is_closed || self.state.remote || self.state.file.is_none() {
            return;
        }
        match Ring::create(self.fs, self.path) {
            Ok(ring) => self.state.ring = Some(Arc::new(ring)),
            Err(error) => {
                self.state.said.ring = true;
                let path = self.path.display();
                self.warnings.push(format!("no shared memory for `{path}`, each record is written at once: {error}"));
            }
        }
    }

    /// Writes what is in the ring by now; true when nothing of it is left.
    fn write_from(&mut self, ring: &Ring) -> bool {
        if ring.is_empty() {
            return true;
        }
        let is_our_turn = self.take_turn();
        let is_empty = self.write_in_turn(ring);
        self.end_turn(is_our_turn);
        is_empty
    }

    fn write_in_turn(&mut self, ring: &Ring) -> bool {
        let up_to = ring.head();
        let mut batch = mem::take(&mut self.state.batch);
        let mut result = Ok(true);
        while matches!(result, Ok(true)) && ring.tail() < up_to {
            result = self.write_batch(ring, &mut batch);
        }
        self.state.batch = batch;
        match result {
            Err(error) => self.failed(&error),
            Ok(true) if self.state.backlog.is_failing() => self.worked(),
            Ok(_) => {}
        }
        ring.tail() >= up_to
    }

    /// One write; false if there is nothing that is a record.
    fn write_batch(&mut self, ring: &Ring, batch: &mut Batch) -> io::Result<bool> {
        self.look_if_due()?;
        if self.let_go_if_closed() {
            self.look_if_due()?;
        }
        ring.measure(batch, BATCH);
        let Some(&(first_end, _)) = batch.ends.first() else { return Ok(false) };
        let mut count = self.claim_some(&batch.ends);
        if count == 0 {
            self.make_room(first_end as u64)?;
            count = 1;
        }
        ring.fill(batch, count);
        let Some(file) = &mut self.state.file else { return Err(io::ErrorKind::NotFound.into()) };
        let is_file = file.opened().is_file;
        if is_file {
            ring.intend(batch, file.id(), end_of(self.fs, file, self.path)?);
        }
        let written = file.write_part(self.fs, &batch.bytes, |part| batch.ends.iter().any(|(end, _)| *end == part))?;
        if let Some(&(_, done)) = batch.ends.iter().rev().find(|(end, _)| *end <= written) {
            ring.done(done);
        }
        if is_file && written == batch.bytes.len() {
            self.state.size = self.fs.end_of_write(file.file())?;
            if file.is_glued(self.fs, self.state.size.saturating_sub(written as u64)) {
                let record = batch.bytes.get(..first_end).unwrap_or_default();
                self.write_whole(record)?;
            }
        } else if written < batch.bytes.len() {
            self.state.stats.errors += 1;
        }
        batch.bytes.truncate(written);
        if self.state.recent.is_empty() {
            mem::swap(&mut self.state.recent, &mut batch.bytes);
        } else {
            self.state.recent.append(&mut batch.bytes);
        }
        Ok(true)
    }

    /// Takes room for as many records as there is some for, at once, and gives how many.
    fn claim_some(&mut self, ends: &[(usize, u64)]) -> usize {
        if !self.options.rotates() {
            return ends.len();
        }
        match (self.state.generation, self.state.memory()) {
            (Some(generation), Some(memory)) => memory.claim_some(generation, ends, self.options.max_bytes),
            _ => 0,
        }
    }

    /// Whether the ring's thread has yet to be started in this process; from now on it has not.
    pub(crate) fn needs_thread(&mut self) -> bool {
        !mem::replace(&mut self.state.has_thread, true)
    }
}

/// Where the file ends; if it is a killed process's cut record that it ends in, behind the rest of that.
fn end_of(fs: &dyn Fs, file: &LogFile, path: &Path) -> io::Result<u64> {
    let mut len = fs.stat_open(file.file())?.len;
    let mut deadline = None;
    while file.ends_in_half(fs, len) {
        let now = fs.now();
        if now > *deadline.get_or_insert(now + CUT_PATIENCE) {
            break;
        }
        ring::settle_all(fs, path);
        fs.sleep(POLL);
        len = fs.stat_open(file.file())?.len;
    }
    Ok(len)
}

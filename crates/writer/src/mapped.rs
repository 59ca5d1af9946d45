//! Records by way of a ring: a store into memory that outlives the process, and later one write for many.

use std::io;
use std::mem;
use std::time::Duration;

use crate::control::Claim;
use crate::options::Outcome;
use crate::ring::Ring;
use crate::work::Work;

/// A ring is emptied this often.
pub(crate) const DRAIN_EVERY: Duration = Duration::from_millis(10);

/// So often somebody looks for rings of the dead.
const LOOK_FOR_ORPHANS_EVERY: Duration = Duration::from_secs(1);

/// The most bytes of one write.
const BATCH: usize = 64 * 1024;

impl Work<'_> {
    /// Puts the record into this process's ring; where there can be none, writes it.
    pub(crate) fn append_mapped(&mut self, record: &[u8]) -> Outcome {
        if self.state.ring.as_ref().is_some_and(|ring| ring.push(record)) {
            self.state.stats.written += 1;
            return Outcome::Written;
        }
        if self.state.ring.is_none() {
            self.begin_ring();
        }
        // Full, or too large for it: nothing may overtake what waits.
        self.empty_ring_if_due();
        match &self.state.ring {
            Some(ring) if ring.push(record) => {
                self.state.stats.written += 1;
                Outcome::Written
            }
            Some(ring) if !ring.is_empty() => self.keep(record),
            _ => self.append_now(record),
        }
    }

    /// Writes what waits in the ring.
    pub(crate) fn empty_ring(&mut self) {
        if let Some(ring) = self.state.ring.take() {
            self.write_from(&ring);
            self.state.ring = Some(ring);
        }
    }

    /// The same, unless the last try failed a moment ago.
    fn empty_ring_if_due(&mut self) {
        if !self.state.backlog.is_failing() || self.state.backlog.is_due(self.fs.now()) {
            self.empty_ring();
        }
    }

    /// What the thread beside the writers does every few milliseconds.
    pub(crate) fn tick(&mut self) {
        self.empty_ring_if_due();
        if self.fs.now() >= self.state.orphans_at {
            self.finish_orphans();
            // Someone cleared the place where its file was, or the log's folder is another one: the next record has a
            // new ring made.
            if self.state.ring.as_ref().is_some_and(|ring| !ring.can_be_found(self.fs, self.path)) {
                self.end_ring();
            }
        }
    }

    /// Writes what dead processes left in their rings.
    pub(crate) fn finish_orphans(&mut self) {
        self.state.orphans_at = self.fs.now() + LOOK_FOR_ORPHANS_EVERY;
        for ring in Ring::orphans(self.fs, self.path) {
            ring.settle(self.fs, self.path);
            if self.write_from(&ring) {
                ring.remove(self.fs);
            }
        }
    }

    /// Empties the ring and removes it; what cannot be written now is left for whoever comes next.
    pub(crate) fn end_ring(&mut self) {
        self.empty_ring();
        if let Some(ring) = self.state.ring.take_if(|ring| ring.is_empty()) {
            ring.remove(self.fs);
        }
    }

    fn begin_ring(&mut self) {
        if self.state.said.ring || self.state.remote || self.state.file.is_none() {
            return;
        }
        match Ring::create(self.fs, self.path) {
            Ok(ring) => self.state.ring = Some(ring),
            Err(error) => {
                self.state.said.ring = true;
                let path = self.path.display();
                self.warnings.push(format!("no shared memory for `{path}`, each record is written at once: {error}"));
            }
        }
    }

    /// True when nothing is left.
    fn write_from(&mut self, ring: &Ring) -> bool {
        while !ring.is_empty() {
            match self.write_batch(ring) {
                Ok(true) => {}
                Ok(false) => return false,
                Err(error) => {
                    self.failed(&error);
                    return false;
                }
            }
        }
        if self.state.backlog.is_failing() {
            self.worked();
        }
        true
    }

    /// One write; false if there is nothing that is a record.
    fn write_batch(&mut self, ring: &Ring) -> io::Result<bool> {
        self.look_if_due()?;
        let mut first = Ok(());
        let mut len = 0;
        let batch = ring.batch(|record_len, is_first| {
            len += record_len;
            if is_first {
                first = self.make_room(record_len as u64);
                return first.is_ok();
            }
            len <= BATCH && self.claim_more(record_len as u64)
        });
        first?;
        let Some(&(first_end, _)) = batch.ends.first() else { return Ok(false) };
        let Some(file) = &mut self.state.file else { return Err(io::ErrorKind::NotFound.into()) };
        let is_file = file.opened().is_file;
        if is_file {
            ring.intend(&batch, file.id(), self.fs.stat_open(file.file())?.len);
        }
        let written = file.write_part(self.fs, &batch.bytes, |part| batch.ends.iter().any(|(end, _)| *end == part))?;
        if let Some(&(_, done)) = batch.ends.iter().rev().find(|(end, _)| *end <= written) {
            ring.done(done);
        }
        self.state.recent.extend_from_slice(batch.bytes.get(..written).unwrap_or_default());
        if is_file && written == batch.bytes.len() {
            self.state.size = self.fs.end_of_write(file.file())?;
            if file.is_glued(self.fs, self.state.size.saturating_sub(written as u64)) {
                let record = batch.bytes.get(..first_end).unwrap_or_default();
                self.write_whole(record)?;
            }
        } else if written < batch.bytes.len() {
            self.state.stats.errors += 1;
        }
        Ok(true)
    }

    /// Takes room for one more record of a batch, if there is any.
    fn claim_more(&mut self, len: u64) -> bool {
        if !self.options.rotates() {
            return true;
        }
        match (self.state.generation, self.state.memory()) {
            (Some(generation), Some(memory)) => memory.claim(generation, len, self.options.max_bytes) == Claim::Granted,
            _ => false,
        }
    }

    /// Whether the ring's thread has yet to be started in this process; from now on it has not.
    pub(crate) fn needs_thread(&mut self) -> bool {
        !mem::replace(&mut self.state.has_thread, true)
    }
}

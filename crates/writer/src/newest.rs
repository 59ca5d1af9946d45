//! Going on in the newest file: what bears the log's name is opened and found, or entered, in the shared memory.

use std::io;
use std::mem;

use crate::log_file::LogFile;
use crate::options::Control;
use crate::work::{PATIENCE, POLL, TRIES, Work};

impl Work<'_> {
    /// Opens what bears the log's name now. `locked`: the control lock is held by us.
    pub(crate) fn reopen(&mut self, locked: bool) -> io::Result<()> {
        for _ in 0..TRIES {
            let mode = self.options.mode.or(self.state.mode);
            let file = match LogFile::open(self.fs, self.path, mode) {
                Ok(file) => file,
                // The old file was renamed and no new one can be made (no descriptor left, a folder that cannot be
                // written): the old one is still a place that readers know.
                Err(error) if self.state.file.as_ref().is_some_and(|file| file.has_a_name(self.fs)) => {
                    self.state.stats.errors += 1;
                    self.state.generation = None;
                    if !mem::replace(&mut self.state.said.reopening, true) {
                        let path = self.path.display();
                        self.warnings.push(format!("cannot open `{path}` anew, its renamed file is written: {error}"));
                    }
                    return Ok(());
                }
                Err(error) => {
                    self.state.generation = None;
                    if let Some(file) = self.state.file.take() {
                        file.release(self.fs);
                    }
                    return Err(error);
                }
            };
            if self.adopt(file, locked) {
                return Ok(());
            }
        }
        Ok(()) // it is renamed faster than it can be opened: what is open has a name
    }

    /// Goes on in this file; false if it has lost the log's name meanwhile.
    fn adopt(&mut self, file: LogFile, locked: bool) -> bool {
        let opened = *file.opened();
        if self.state.file.is_none() && opened.is_file && self.fs.is_remote(file.file()) {
            self.state.remote = true;
            if !mem::replace(&mut self.state.said.remote, true) {
                self.warnings.push(format!(
                    "`{}` is on a file system without atomic append: each record takes a lock, which is slow",
                    self.path.display()
                ));
            }
        }
        let id = file.id();
        if let Some(old) = self.state.file.replace(file) {
            old.release(self.fs);
        }
        self.state.size = opened.len;
        self.state.looked_size = opened.len;
        self.state.mode = opened.mode;
        self.state.said.reopening = false;
        self.state.period = self.options.every.map(|every| {
            let now = self.fs.unix_seconds();
            let begun = if opened.len == 0 { now } else { opened.created.unwrap_or(now).min(opened.modified) };
            every.number(begun)
        });
        self.state.generation = None;
        if !opened.is_file {
            return true;
        }
        if self.options.rotates() && !self.state.remote {
            self.attach(locked);
        }
        // Marked as in use before this look: whoever deletes old files looks for the mark after the renaming.
        !matches!(self.fs.stat(self.path), Ok(named) if named.id != id)
    }

    /// Finds the open file's generation in the shared memory, or enters it there if it is the newest.
    pub(crate) fn attach(&mut self, locked: bool) {
        self.state.generation = None;
        let Some(file) = &self.state.file else { return };
        if self.options.control != Control::Shared || !file.opened().is_file {
            return;
        }
        let (id, alone) = (file.id(), file.was_alone());
        let begun = self.state.period.unwrap_or_default();
        let deadline = self.fs.now() + PATIENCE;
        loop {
            if let Some(memory) = self.state.control.memory()
                && let Some(generation) = memory.generation_of(id)
            {
                self.state.generation = Some(generation);
                memory.add_user(alone);
                return;
            }
            let held = locked || matches!(self.state.control.try_lock(self.fs, self.state.mode), Ok(true));
            if held {
                let named = self.fs.stat(self.path).ok().filter(|named| named.id == id);
                let is_ours = match (self.state.control.memory(), named) {
                    (Some(memory), Some(named)) => {
                        if memory.generation_of(id).is_none() {
                            memory.publish(id, named.len, begun);
                        }
                        true
                    }
                    _ => false,
                };
                if !locked {
                    self.state.control.unlock(self.fs);
                }
                if is_ours {
                    continue;
                }
                return;
            }
            if self.fs.now() >= deadline || self.fs.now() < self.state.impatient_until {
                return;
            }
            self.fs.sleep(POLL);
        }
    }

    /// Whether a new day, week or month has begun since the open file was.
    pub(crate) fn is_too_old(&self) -> bool {
        let (Some(every), true) = (self.options.every, self.options.rotates()) else { return false };
        let now = every.number(self.fs.unix_seconds());
        match (self.state.generation, self.state.control.memory()) {
            (Some(_), Some(memory)) => {
                if memory.period() > now + 1 {
                    memory.set_period(now); // begun while the clock was far ahead
                }
                memory.period() < now
            }
            _ => self.state.period.is_some_and(|begun| begun < now),
        }
    }

    /// Says that the open file, which is empty, begins now.
    pub(crate) fn begin_period(&self) {
        if let (Some(every), Some(memory)) = (self.options.every, self.state.control.memory()) {
            memory.set_period(every.number(self.fs.unix_seconds()));
        }
    }
}

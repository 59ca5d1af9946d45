//! Going on in the newest file: what bears the log's name is opened and found, or entered, in the shared memory.

use std::io;
use std::mem;

use crate::control;
use crate::log_file::LogFile;
use crate::options::Control;
use crate::work::{PATIENCE, POLL, TRIES, Work};

impl Work<'_> {
    /// Opens what bears the log's name now.
    pub(crate) fn reopen(&mut self) -> io::Result<()> {
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
            if self.adopt(file) {
                return Ok(());
            }
        }
        Ok(()) // it is renamed faster than it can be opened: what is open has a name
    }

    /// Goes on in this file; false if it has lost the log's name meanwhile.
    fn adopt(&mut self, file: LogFile) -> bool {
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
            self.attach();
        }
        // Marked as in use before this look: whoever deletes old files looks for the mark after the renaming.
        !matches!(self.fs.stat(self.path), Ok(named) if named.id != id)
    }

    /// Finds the open file's generation in the shared memory, or enters it there if it is the newest.
    pub(crate) fn attach(&mut self) {
        self.state.generation = None;
        let Some(file) = &self.state.file else { return };
        if self.options.control != Control::Shared || !file.opened().is_file {
            return;
        }
        let (id, alone, mode) = (file.id(), file.was_alone(), file.opened().mode);
        let owner = file.opened().owner;
        let begun = self.state.period.unwrap_or_default();
        let deadline = self.fs.now() + PATIENCE;
        loop {
            if let Some(memory) = self.state.memory()
                && let Some(generation) = memory.generation_of(id)
            {
                memory.add_user(alone);
                self.state.generation = Some(generation);
                return;
            }
            if self.state.shared.is_none() {
                self.state.shared = control::Control::in_memory(self.fs, self.path, owner);
            }
            let Some(shared) = &mut self.state.shared else { return };
            match shared.try_lock(self.fs, mode) {
                Ok(true) => {
                    let named = self.fs.stat(self.path).ok().filter(|named| named.id == id);
                    let (Some(memory), Some(named)) = (shared.memory(), named) else {
                        shared.unlock(self.fs);
                        return;
                    };
                    if memory.generation_of(id).is_none() {
                        memory.publish(id, named.len, begun);
                    }
                    shared.unlock(self.fs);
                    continue;
                }
                Ok(false) => {}
                Err(_) => return,
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
        match (self.state.generation, self.state.memory()) {
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
        if let (Some(every), Some(memory)) = (self.options.every, self.state.memory()) {
            memory.set_period(every.number(self.fs.unix_seconds()));
        }
    }
}

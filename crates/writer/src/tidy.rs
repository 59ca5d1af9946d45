//! The thread that keeps old files in order beside the one that writes: it deletes what is too old or too much, and
//! compresses. There is none while there is nothing to do.

use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use crate::chain;
use crate::compress;
use crate::control::Control;
use crate::fs::Fs;
use crate::options::Options;

/// Tells whether the thread runs and whether it is to look again, and what it could not do.
#[derive(Debug, Default)]
pub(crate) struct Tidy {
    runs: AtomicBool,
    again: AtomicBool,
    fault: Mutex<Option<io::Error>>,
}

impl Tidy {
    /// Has the old files put in order soon, if the options ask for anything that a rotation does not do at once.
    pub(crate) fn wake(self: &Arc<Self>, fs: &Arc<dyn Fs>, path: &Path, options: &Options) {
        let is_needed = options.compress.is_some() || options.max_age.is_some() || options.max_total_bytes > 0;
        if !options.rotates() || !is_needed {
            return;
        }
        self.again.store(true, Ordering::Release);
        if self.runs.swap(true, Ordering::AcqRel) {
            return;
        }
        let (tidy, fs, path, options) = (Arc::clone(self), Arc::clone(fs), path.to_path_buf(), *options);
        let spawned =
            thread::Builder::new().name("jobtrail-tidy".to_owned()).spawn(move || tidy.run(&*fs, &path, &options));
        if let Err(error) = spawned {
            self.runs.store(false, Ordering::Release);
            self.note(error);
        }
    }

    /// What could not be done since it was asked last.
    pub(crate) fn take_fault(&self) -> Option<io::Error> {
        self.fault.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn note(&self, error: io::Error) {
        *self.fault.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
    }

    fn run(&self, fs: &dyn Fs, path: &Path, options: &Options) {
        loop {
            while self.again.swap(false, Ordering::AcqRel) {
                if let Err(error) = tidy_up(fs, path, options) {
                    self.note(error);
                }
            }
            self.runs.store(false, Ordering::Release);
            // Woken between the two lines above: whoever sets `runs` first goes on.
            if !self.again.load(Ordering::Acquire) || self.runs.swap(true, Ordering::AcqRel) {
                return;
            }
        }
    }
}

fn tidy_up(fs: &dyn Fs, path: &Path, options: &Options) -> io::Result<()> {
    let mut control = Control::beside(path);
    compress::in_turn(fs, &mut control, None, || {
        chain::retain(fs, path, options, &chain::old_files(fs, path)?);
        Ok(())
    })?;
    match options.compress {
        Some(kind) => compress::compress(fs, path, &mut control, kind),
        None => Ok(()),
    }
}

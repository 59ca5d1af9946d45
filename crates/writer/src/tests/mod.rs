//! Tests of the writer as a whole behind the seam: faults by script, stopped and forked processes, interleavings.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at what it did not expect")]

#[cfg(not(feature = "shuttle"))]
mod at_once;
#[cfg(not(feature = "shuttle"))]
mod faults;
#[cfg(not(feature = "shuttle"))]
mod left_over;
#[cfg(not(feature = "shuttle"))]
mod old_files;
#[cfg(feature = "shuttle")]
mod schedules;
#[cfg(not(feature = "shuttle"))]
mod stopped;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use crate::fs::Fs;
use crate::options::Options;
use crate::writer::Writer;

/// A log in a folder of its own, and the warnings of its writer.
struct Log {
    folder: tempfile::TempDir,
    fs: Arc<dyn Fs>,
    warnings: Arc<Mutex<Vec<String>>>,
}

impl Log {
    fn new(fs: Arc<dyn Fs>) -> Self {
        Self { folder: tempfile::tempdir().unwrap(), fs, warnings: Arc::default() }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("x.log")
    }

    fn writer(&self, options: Options) -> Writer {
        let warnings = Arc::clone(&self.warnings);
        let warn = Box::new(move |warning: &str| warnings.lock().unwrap().push(warning.to_owned()));
        Writer::with_fs(&self.path(), options, warn, Arc::clone(&self.fs))
    }

    #[cfg(not(feature = "shuttle"))]
    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.folder.path().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    #[cfg(not(feature = "shuttle"))]
    fn warnings(&self) -> Vec<String> {
        self.warnings.lock().unwrap().clone()
    }
}

/// The lines of the log and its old files, sorted.
fn lines(path: &Path) -> Vec<String> {
    let name = path.file_name().unwrap().to_str().unwrap();
    let mut lines = Vec::new();
    for entry in fs::read_dir(path.parent().unwrap()).unwrap() {
        let entry = entry.unwrap().path();
        if entry.file_name().unwrap().to_str().unwrap().starts_with(name) {
            lines.extend(fs::read_to_string(entry).unwrap().lines().map(str::to_owned));
        }
    }
    lines.sort_unstable();
    lines
}

//! An open file that is closed by us alone: a program may close all descriptors that it finds, as daemons do, and open files
//! of its own under their numbers.

use std::fs::File;
use std::io;
use std::mem;
use std::ops::Deref;
use std::sync::Arc;

use super::platform;

/// A file that stays open, and which one it is.
#[derive(Debug)]
pub(crate) struct Kept {
    /// Shared with nobody, but for a number that is not ours any more: what is never given back is never closed.
    file: Arc<File>,
    id: io::Result<[u64; 2]>,
}

impl Kept {
    pub(crate) fn new(file: File) -> Self {
        let id = id_of(&file);
        Self { file: Arc::new(file), id }
    }

    /// Whether the descriptor is still that of the file.
    pub(crate) fn is_ours(&self) -> bool {
        matches!((&self.id, id_of(&self.file)), (Ok(id), Ok(now)) if *id == now)
    }
}

impl Deref for Kept {
    type Target = File;

    fn deref(&self) -> &File {
        &self.file
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        if !self.is_ours() {
            mem::forget(Arc::clone(&self.file));
        }
    }
}

fn id_of(file: &File) -> io::Result<[u64; 2]> {
    file.metadata().map(|metadata| platform::stat_of(&metadata).id)
}

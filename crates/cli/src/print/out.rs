//! Standard output in blocks; a reader that has gone away ends the work silently.

use std::io::{self, Write};
use std::mem;

const BLOCK_BYTES: usize = 1 << 16;

/// Collects text and writes it in blocks of 64 KiB, or when told to.
pub(crate) struct Out<'a> {
    writer: &'a mut dyn Write,
    waiting: Vec<u8>,
    failed: Option<io::Error>,
}

impl<'a> Out<'a> {
    pub(crate) fn new(writer: &'a mut dyn Write) -> Self {
        Self { writer, waiting: Vec::with_capacity(BLOCK_BYTES + (1 << 12)), failed: None }
    }

    /// Adds text; returns whether it makes sense to go on. A block of it is written as it stands.
    pub(crate) fn push(&mut self, text: &str) -> bool {
        if text.len() >= BLOCK_BYTES {
            return self.flush() && self.write(text.as_bytes());
        }
        self.waiting.extend_from_slice(text.as_bytes());
        self.waiting.len() < BLOCK_BYTES || self.flush()
    }

    /// Whether a push of so many bytes would write.
    pub(crate) fn is_nearly_full(&self, bytes: usize) -> bool {
        self.waiting.len() + bytes >= BLOCK_BYTES
    }

    /// Whether nothing waits.
    pub(crate) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Writes what waits; returns whether it makes sense to go on.
    pub(crate) fn flush(&mut self) -> bool {
        let waiting = mem::take(&mut self.waiting);
        let goes_on = self.write(&waiting);
        self.waiting = waiting;
        self.waiting.clear();
        goes_on
    }

    fn write(&mut self, bytes: &[u8]) -> bool {
        if self.failed.is_none() {
            self.failed = self.writer.write_all(bytes).and_then(|()| self.writer.flush()).err();
        }
        self.failed.is_none()
    }

    /// Returns what is worth telling: any failure but a reader that went away.
    pub(crate) fn into_failure(self) -> Option<io::Error> {
        self.failed.filter(|error| error.kind() != io::ErrorKind::BrokenPipe)
    }

    /// Whether nothing more can be written.
    pub(crate) fn is_closed(&self) -> bool {
        self.failed.is_some()
    }
}

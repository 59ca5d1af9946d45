//! Standard output in blocks; a reader that has gone away ends the work silently.

use std::io::{self, Write};

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

    /// Adds text; returns whether it makes sense to go on.
    pub(crate) fn push(&mut self, text: &str) -> bool {
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
        if self.failed.is_none() {
            let written = self.writer.write_all(&self.waiting).and_then(|()| self.writer.flush());
            self.failed = written.err();
        }
        self.waiting.clear();
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

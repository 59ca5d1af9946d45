//! What the beginning of a source tells of the rest.

use super::{ReadOptions, Reader};
use crate::format::{LEARNED_BYTES, Memory};

/// What is known of a source before it is read: the formats of its first lines and the order of their keys.
///
/// It is immutable and never changes what is read: it lets each of several readers of one source begin at full speed.
#[derive(Clone, Debug, Default)]
pub struct Profile {
    memory: Memory,
}

impl Profile {
    /// Returns what the first 64 KiB of a source tell; more of it is not looked at.
    pub fn learn(head: &[u8], options: &ReadOptions) -> Profile {
        let mut reader = Reader::new(ReadOptions { redactor: None, ..options.clone() });
        reader.feed(head.get(..LEARNED_BYTES).unwrap_or(head), &mut |_| ());
        Profile { memory: reader.into_memory() }
    }

    pub(super) fn memory(&self) -> Memory {
        self.memory.clone()
    }
}

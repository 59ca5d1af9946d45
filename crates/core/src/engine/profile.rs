//! What the beginning of a source tells of the rest.

use super::skip;
use super::{ReadOptions, Reader};
use crate::format::{LEARNED_BYTES, Memory};
use crate::timestamp::Timestamp;
use crate::zone::Zone;

/// What is known of a source before it is read: the formats of its first lines and the order of their keys.
///
/// It is immutable and never changes what is read: it lets each of several readers of one source begin at full speed.
#[derive(Clone, Debug)]
pub struct Profile {
    memory: Memory,
    zone: Zone,
}

impl Profile {
    /// Returns what the first 64 KiB of a source tell; more of it is not looked at.
    pub fn learn(head: &[u8], options: &ReadOptions) -> Profile {
        let mut reader = Reader::new(ReadOptions { redactor: None, ..options.clone() });
        reader.feed(head.get(..LEARNED_BYTES).unwrap_or(head), &mut |_| ());
        Profile { memory: reader.into_memory(), zone: options.zone.clone() }
    }

    /// Returns where, in whole lines of the source, reading may begin as if all before them had been read: a line that a
    /// format takes and that has a date, with its time. None where the first 64 lines hold no such line.
    ///
    /// Several readers may share a source between such places: together they give what one gives. A source without
    /// dates has none.
    pub fn border(&self, lines: &[u8]) -> Option<(usize, Timestamp)> {
        skip::border(lines, &self.zone, &mut self.memory.clone())
    }

    #[cfg(test)]
    pub(super) fn knows_layouts(&self) -> bool {
        self.memory.knows_layouts()
    }

    pub(super) fn memory(&self) -> Memory {
        self.memory.clone()
    }
}

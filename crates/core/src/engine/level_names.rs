//! The names of levels, found in raw bytes many places in one step.

use crate::level::Level;
use crate::search::{STEP, first_marked, is_alphanumeric, steps};

/// The names of some levels, to be found where they are words of their own.
#[derive(Clone, Debug)]
pub(super) struct LevelNames {
    levels: Vec<Level>,
    names: Vec<Name>,
    /// The letters that the names begin with, in lower case.
    initials: Vec<u8>,
}

#[derive(Clone, Copy, Debug)]
struct Name {
    text: &'static [u8],
    /// Its first letters in lower case, as one number, and where they stand in it.
    start: u32,
    mask: u32,
}

impl Name {
    fn new(text: &'static [u8]) -> Self {
        let mut start = [0; 4];
        let mut mask = [0; 4];
        for ((letter, start), mask) in text.iter().zip(&mut start).zip(&mut mask) {
            (*start, *mask) = (letter | 0x20, u8::MAX);
        }
        Self { text, start: u32::from_le_bytes(start), mask: u32::from_le_bytes(mask) }
    }

    /// Whether `rest` begins with the name as a word. A digit may follow: glog's initials stand in front of one, and Apache
    /// writes `trace2`.
    fn begins(&self, rest: &[u8]) -> bool {
        let behind = rest.get(self.text.len());
        rest.get(..self.text.len()).is_some_and(|word| word.eq_ignore_ascii_case(self.text))
            && !behind.is_some_and(u8::is_ascii_alphabetic)
    }
}

/// A search for more initials than this would stop at most words.
const MAX_INITIALS: usize = 8;

impl LevelNames {
    /// Returns what finds the names of these levels; none where there are too many.
    pub(super) fn new(levels: &[Level]) -> Option<Self> {
        let names: Vec<Name> = levels.iter().flat_map(|level| level.names()).map(|name| Name::new(name)).collect();
        let mut initials: Vec<u8> = Vec::new();
        for initial in names.iter().filter_map(|name| name.text.first()).map(u8::to_ascii_lowercase) {
            if !initials.contains(&initial) {
                initials.push(initial);
            }
        }
        (initials.len() <= MAX_INITIALS).then(|| Self { levels: levels.to_vec(), names, initials })
    }

    pub(super) fn has(&self, level: Level) -> bool {
        self.levels.contains(&level)
    }

    /// Returns the first place from `from` on where one of the names begins.
    pub(super) fn find(&self, block: &[u8], from: usize) -> Option<usize> {
        match self.initials.len() {
            0 => None,
            1 | 2 => self.find_by::<2>(block, from),
            3 | 4 => self.find_by::<4>(block, from),
            _ => self.find_by::<MAX_INITIALS>(block, from),
        }
    }

    fn find_by<const N: usize>(&self, block: &[u8], from: usize) -> Option<usize> {
        let filler = self.initials.first().copied().unwrap_or_default();
        let initials: [u8; N] = std::array::from_fn(|i| self.initials.get(i).copied().unwrap_or(filler));
        if from == 0 && self.is_at(block, 0) {
            return Some(0);
        }
        let mut at = from.max(1);
        for (before, own) in steps(block, at - 1).iter().zip(steps(block, at)) {
            let mut marks = [0; STEP];
            for ((mark, before), own) in marks.iter_mut().zip(before).zip(own) {
                let own = own | 0x20;
                let is_initial = initials.iter().fold(0, |any, initial| any | u8::from(own == *initial));
                let is_inside =
                    u8::from((before | 0x20).wrapping_sub(b'a') < 26) | u8::from(before.wrapping_sub(b'0') < 10);
                *mark = is_initial & (is_inside ^ 1);
            }
            let found = first_marked(&marks, at, |at| self.is_at(block, at));
            if found.is_some() {
                return found;
            }
            at += STEP;
        }
        (at..block.len()).find(|at| !is_alphanumeric(block, at.checked_sub(1)) && self.is_at(block, *at))
    }

    /// Whether the word that begins at `at` is one of the names.
    fn is_at(&self, block: &[u8], at: usize) -> bool {
        let rest = block.get(at..).unwrap_or_default();
        match rest.first_chunk() {
            Some(start) => {
                // Setting this bit makes letters lower case; what else it changes is told apart by the whole name.
                let start = u32::from_le_bytes(*start) | 0x2020_2020;
                self.names.iter().any(|name| start & name.mask == name.start && name.begins(rest))
            }
            None => self.names.iter().any(|name| name.begins(rest)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_of_levels_are_found_as_words_of_their_own() {
        let names = LevelNames::new(&[Level::Warning, Level::Error, Level::Critical]).unwrap();
        for at in 0..80 {
            for name in ["ERROR", "w", "Fatal", "emergency"] {
                let block = format!("{}[{name}] {}", "xserved yerror-x ".repeat(5).get(..at).unwrap(), "-".repeat(40));

                assert_eq!(Some(at + 1), names.find(block.as_bytes(), 0), "{name} at {at}");
                assert_eq!(None, names.find(block.as_bytes(), at + 2), "{name} at {at}");
            }
        }
        assert_eq!(Some(0), names.find(b"E 1", 0));
        assert_eq!(None, names.find("errors served, caf\u{e9} pale Fa".as_bytes(), 0));
        assert!(LevelNames::new(&Level::ALL).is_none());
    }
}

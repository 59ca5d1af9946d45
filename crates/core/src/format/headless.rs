//! Lines that no format takes, remembered: the lines of one trace are those of the next.

use std::mem;

use crate::hash;

/// Short lines that no format takes, the last two of each place; the place follows from their bytes.
#[derive(Clone, Debug, Default)]
pub(super) struct Headless {
    /// Empty before the first one.
    places: Vec<[Vec<u8>; 2]>,
}

const PLACES: usize = 64;

/// A longer line is not kept.
const MAX_BYTES: usize = 160;

impl Headless {
    /// Whether surely no format takes a line.
    pub(super) fn has(&self, line: &str) -> bool {
        let known = self.places.get(place(line)).map(<[_; 2]>::as_slice).unwrap_or_default();
        !line.is_empty() && known.iter().any(|known| known == line.as_bytes())
    }

    /// Says that no format takes a line.
    pub(super) fn add(&mut self, line: &str) {
        if line.len() > MAX_BYTES {
            return;
        }
        self.places.resize(PLACES, Default::default());
        if let Some([last, before]) = self.places.get_mut(place(line)) {
            mem::swap(last, before);
            last.clear();
            last.extend_from_slice(line.as_bytes());
        }
    }
}

/// Lines that differ in nothing but their middle share a place: to look at all of each line would take longer than that
/// saves.
fn place(line: &str) -> usize {
    let bytes = line.as_bytes();
    let [high, ..] = hash::mixed(hash::ends(bytes), bytes.len() as u64).to_be_bytes();
    usize::from(high) % PLACES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_added_is_known() {
        let mut headless = Headless::default();
        let lines = ["Traceback (most recent call last):", "ValueError: a", "ValueError: b", "x", "\u{e9}"];
        assert!(!headless.has("") && !headless.has("x"));

        for line in lines {
            headless.add(line);
            assert!(headless.has(line), "{line}");
        }
        assert!(!headless.has("") && !headless.has("ValueError: c"));

        let long = "x".repeat(MAX_BYTES + 1);
        headless.add(&long);
        assert!(!headless.has(&long));
    }
}

//! The plain form of `trigger.rs`, for its test: where something to hide can begin, by a table of bytes.

use super::cards;
use super::trigger::is_dense;

/// Returns the first place from `from` on at which something to hide may begin.
pub(super) fn next_trigger(bytes: &[u8], from: usize) -> Option<usize> {
    let previous = from.checked_sub(1).and_then(|i| bytes.get(i));
    let mut before = previous.map_or(0, |byte| class(*byte));
    bytes
        .get(from..)?
        .iter()
        .enumerate()
        .position(|(i, byte)| {
            let own = class(*byte);
            // Numbers, times and UUIDs are no tokens by these places, and of a card's kind by others.
            let rest = bytes.get(from + i..).unwrap_or_default();
            let is_no_number = is_dense(rest) || cards::may_begin(rest);
            let begins = own & BEGINS != 0 && before & WORD == 0 && is_no_number;
            before = own;
            begins || own & MARK != 0
        })
        .map(|skipped| from + skipped)
}

/// A byte that goes on with a word: no token begins behind it.
const WORD: u8 = 1;
/// A byte that a token can begin with, at the beginning of a word.
const BEGINS: u8 = 2;
/// A byte that something begins with wherever it stands.
const MARK: u8 = 4;

const CLASSES: [u8; 256] = classes();

const fn classes() -> [u8; 256] {
    let mut table = [0; 256];
    let mut i = 0;
    while i < table.len() {
        #[expect(clippy::cast_possible_truncation, reason = "the table has 256 places")]
        let byte = i as u8;
        if byte.is_ascii_alphanumeric() || byte == b'_' {
            table[i] |= WORD;
        }
        if byte.is_ascii_alphanumeric() || byte == b'$' {
            table[i] |= BEGINS;
        }
        if matches!(byte, b':' | b'=' | b'/' | b'\\' | b'-' | b'[' | b' ' | b'>' | b'"' | b'\'' | b'`') {
            table[i] |= MARK;
        }
        i += 1;
    }
    table
}

fn class(byte: u8) -> u8 {
    CLASSES.get(usize::from(byte)).copied().unwrap_or_default()
}

mod tests {
    use super::super::find::{find, find_by_table};
    use super::super::pieces::{Random, TEXTS, text, vectors};
    use super::super::{Paths, RedactOptions};

    #[test]
    fn the_look_at_many_bytes_finds_what_the_look_at_each_finds() {
        let lines = vectors();
        let mut random = Random(0x5EED);
        for paths in [Paths::Home, Paths::Strict, Paths::Off] {
            let options = RedactOptions { paths, roots: vec!["/srv/data".to_owned()], ..RedactOptions::default() };
            let made: Vec<String> = (0..TEXTS).map(|_| text(&mut random, &lines)).collect();
            for text in lines.iter().chain(&made) {
                assert_eq!(find_by_table(text, &options), find(text, &options), "{text:?}");
            }
        }
    }
}

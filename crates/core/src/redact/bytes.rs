//! Classes of bytes, and how far a run of one goes: one table and one loop for the whole redactor.

/// A set of classes: a byte is in it when it is in one of them.
pub(super) type Class = u16;

/// Each class by its letter in a pattern of `shapes.rs`, and its bytes beside letters and digits; those are given by
/// [`LETTERS`].
const CLASSES: [(u8, &[u8]); 15] = [
    (b'n', b""),
    (b'x', b""),
    (b'l', b""),
    (b'u', b""),
    (b'a', b""),
    (b'w', b"_-"),
    (b'd', b"_-."),
    (b'm', b"_-.="),
    (b'b', b"+/=_-"),
    (b'p', b"/_-@"),
    (b'q', b"-"),
    (b't', b"_-.~"),
    (b's', b"./"),
    (b'h', b"./+$=,*@:_-"),
    (b'g', b"_-.+/=~:@"),
];

/// Which letters a class has: its letter here, and whether digits, `a-f`, `A-F`, `g-z`, `G-Z` are in it. The others have all.
const LETTERS: [(u8, [bool; 5]); 5] = [
    (b'n', [true, false, false, false, false]),
    (b'x', [true, true, true, false, false]),
    (b'q', [true, true, true, false, false]),
    (b'l', [true, true, false, true, false]),
    (b'u', [true, false, true, false, true]),
];

/// `A-Z a-z 0-9`.
pub(super) const ALNUM: Class = class(b'a');
/// What stands in a key: `A-Z a-z 0-9 _ - .`, which is also a JWT's alphabet.
pub(super) const KEY: Class = class(b'd');
/// `A-Z a-z 0-9 + / = _ -`.
pub(super) const BASE64: Class = class(b'b');
/// What any long token is made of.
pub(super) const LONG: Class = class(b'g');
pub(super) const DIGIT: Class = class(b'n');
/// `A-Z a-z 0-9 _`: what goes on with a word.
pub(super) const WORD: Class = 1 << 15;

/// Returns the class of a pattern's letter; no byte is in that of another letter.
pub(super) const fn class(letter: u8) -> Class {
    let mut i = 0;
    while i < CLASSES.len() {
        if CLASSES[i].0 == letter {
            return 1 << i;
        }
        i += 1;
    }
    0
}

const TABLE: [Class; 128] = table();

const fn table() -> [Class; 128] {
    let mut table = [0; 128];
    let mut i = 0;
    while i < CLASSES.len() {
        let mut has = [true; 5];
        let mut k = 0;
        while k < LETTERS.len() {
            if LETTERS[k].0 == CLASSES[i].0 {
                has = LETTERS[k].1;
            }
            k += 1;
        }
        let mut byte = 0;
        while byte < 128_u8 {
            let kind = match byte {
                b'0'..=b'9' => 0,
                b'a'..=b'f' => 1,
                b'A'..=b'F' => 2,
                b'g'..=b'z' => 3,
                b'G'..=b'Z' => 4,
                _ => 5,
            };
            if kind < 5 && has[kind] {
                table[byte as usize] |= 1 << i | if has[4] { WORD } else { 0 };
            }
            byte += 1;
        }
        let mut k = 0;
        while k < CLASSES[i].1.len() {
            table[CLASSES[i].1[k] as usize] |= 1 << i;
            k += 1;
        }
        i += 1;
    }
    table[b'_' as usize] |= WORD;
    table
}

/// Whether a byte is in a class.
pub(super) fn is(byte: u8, class: Class) -> bool {
    TABLE.get(usize::from(byte)).is_some_and(|of| of & class != 0)
}

/// Returns how many bytes of a class stand in `bytes` from `at` on, `limit` at most.
pub(super) fn run(bytes: &[u8], at: usize, limit: usize, class: Class) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    let rest = rest.get(..limit).unwrap_or(rest);
    rest.iter().position(|byte| !is(*byte, class)).unwrap_or(rest.len())
}

/// Returns how many bytes of a class stand right before `end`, `limit` at most.
pub(super) fn run_before(bytes: &[u8], end: usize, limit: usize, class: Class) -> usize {
    let before = bytes.get(end.saturating_sub(limit)..end).unwrap_or_default();
    before.iter().rev().position(|byte| !is(*byte, class)).unwrap_or(before.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_has_its_bytes_and_no_others() {
        for (letter, bytes) in [(b'n', "059"), (b'x', "09afAF"), (b'l', "09az"), (b'u', "09AZ"), (b'a', "09azAZ")] {
            for byte in bytes.bytes() {
                assert!(is(byte, class(letter)), "{} {}", char::from(letter), char::from(byte));
            }
        }
        for (letter, bytes) in [(b'n', "a"), (b'x', "gG_"), (b'l', "A"), (b'u', "a"), (b'a', "_-\u{e9}"), (b'w', ".")] {
            for byte in bytes.bytes() {
                assert!(!is(byte, class(letter)), "{} {byte}", char::from(letter));
            }
        }
        assert!(is(b'_', WORD) && is(b'Z', WORD) && is(b'7', WORD) && !is(b'-', WORD));
    }

    #[test]
    fn a_run_ends_at_its_limit_and_at_the_texts_ends() {
        assert_eq!(3, run(b"ab1 ", 0, 9, ALNUM));
        assert_eq!(2, run(b"ab1 ", 0, 2, ALNUM));
        assert_eq!(0, run(b"ab1", 7, 9, ALNUM));
        assert_eq!(2, run_before(b" ab1", 3, 9, ALNUM));
        assert_eq!(1, run_before(b"ab1", 3, 1, ALNUM));
        assert_eq!(3, run_before(b"ab1", 3, 9, ALNUM));
    }
}

//! Classes of bytes, and how far a run of one goes: one table and one loop for the whole redactor.

use super::steps;

/// A set of classes: a byte is in it when it is in one of them.
pub(super) type Class = u32;

const DIGITS: u8 = 1;
/// `a-f`, and `A-F`.
const HEX: [u8; 2] = [2, 4];
/// `g-z`, and `G-Z`.
const REST: [u8; 2] = [8, 16];
const ALL: u8 = 31;
/// What is no ASCII.
const HIGH: u8 = 32;

/// Each class by its letter, in a pattern of `shapes.rs` where it is one; its kinds of letters and digits; its other bytes.
const CLASSES: [(u8, u8, &[u8]); 32] = [
    (b'n', DIGITS, b""),
    (b'x', DIGITS | HEX[0] | HEX[1], b""),
    (b'q', DIGITS | HEX[0] | HEX[1], b"-"),
    (b'l', DIGITS | HEX[0] | REST[0], b""),
    (b'u', DIGITS | HEX[1] | REST[1], b""),
    (b'a', ALL, b""),
    (b'w', ALL, b"_-"),
    (b'd', ALL, b"_-."),
    (b'm', ALL, b"_-.="),
    (b'b', ALL, b"+/=_-"),
    (b'p', ALL, b"/_-@"),
    (b't', ALL, b"_-.~"),
    (b's', ALL, b"./"),
    (b'h', ALL, b"./+$=,*@:_-"),
    (b'g', ALL, b"_-.+/=~:@"),
    (b'_', ALL, b"_"),
    (b'~', ALL, b"+/=_-.~|"),
    (b'^', ALL, b"+/=\\-:,. \t\n\r\x0c"),
    (b':', ALL, b"_-. \t\"'`\\]"),
    (b'/', ALL | HIGH, b"._-+@"),
    (b'\\', 0, b"\\"),
    (b' ', 0, b" \t"),
    (b'|', 0, b"\"'`,;&()[]{}<>|\\ \t\n\r\x0c"),
    (b'?', 0, b"/?#\"'<>`\\ \t\n\r\x0c"),
    (b'!', 0, b"\"'`,\\[] \t\n\r\x0c"),
    (b';', 0, b":"),
    (b'.', 0, b","),
    (b')', 0, b".\"\\"),
    (b'%', 0, b"."),
    (b'-', 0, b":["),
    (b'$', 0, b" \t\n\r\x0c"),
    (b',', 0, b"\"'`,;[{(\\ \t\n\r\x0c"),
];

pub(super) const DIGIT: Class = class(b'n');
/// What stands in a key: `A-Z a-z 0-9 _ - .`, which is also a JWT's alphabet.
pub(super) const KEY: Class = class(b'd');
/// What any long token is made of.
pub(super) const LONG: Class = class(b'g');
/// `A-Z a-z 0-9 _`: what goes on with a word.
pub(super) const WORD: Class = class(b'_');
/// What credentials of one word are made of.
pub(super) const CREDENTIALS: Class = class(b'~');
/// What a private key block is made of.
pub(super) const KEY_BLOCK: Class = class(b'^');
/// What can stand between the beginning of a key and its separator.
pub(super) const BEFORE_SEPARATOR: Class = class(b':');
/// What a name in a path is made of.
pub(super) const NAME: Class = class(b'/');
pub(super) const BACKSLASH: Class = class(b'\\');
/// A space or a tab.
pub(super) const BLANK: Class = class(b' ');
/// White space, line ends too.
pub(super) const SPACE: Class = class(b'$');
pub(super) const DOT: Class = class(b'%');
/// A colon, or what begins a mask.
pub(super) const COLON_OR_MASK: Class = class(b'-');
/// `A-Z a-z 0-9 _ -`.
pub(super) const BASE64_URL: Class = class(b'w');
/// What may stand behind the last word of a sentence in a string.
pub(super) const ENDS_SENTENCE: Class = class(b')');
pub(super) const COMMA: Class = class(b'.');
pub(super) const COLON: Class = class(b';');
/// What ends a bare value.
pub(super) const ENDS_VALUE: Class = class(b'|');
/// What ends the authority of a URL.
pub(super) const ENDS_AUTHORITY: Class = class(b'?');
/// What ends the credentials behind a scheme.
pub(super) const ENDS_CREDENTIALS: Class = class(b'!');
/// What ends a word in a list.
pub(super) const ENDS_ITEM: Class = class(b',');

/// Returns the class of a letter; no byte is in that of another letter.
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

const TABLE: [Class; 256] = table();

const fn table() -> [Class; 256] {
    let mut table = [0; 256];
    let mut i = 0;
    while i < CLASSES.len() {
        let (_, kinds, others) = CLASSES[i];
        let mut byte = 0;
        while byte < table.len() {
            let kind = match byte {
                0x30..=0x39 => DIGITS,
                0x61..=0x66 => HEX[0],
                0x41..=0x46 => HEX[1],
                0x67..=0x7A => REST[0],
                0x47..=0x5A => REST[1],
                128.. => HIGH,
                _ => 0,
            };
            if kinds & kind != 0 {
                table[byte] |= 1 << i;
            }
            byte += 1;
        }
        let mut k = 0;
        while k < others.len() {
            table[others[k] as usize] |= 1 << i;
            k += 1;
        }
        i += 1;
    }
    table
}

/// Returns a part of a text; an empty one where it ends before, or in the middle of a character.
#[inline(never)]
pub(super) fn part(text: &str, start: usize, end: usize) -> &str {
    text.get(start..end.min(text.len())).unwrap_or_default()
}

/// Whether a byte is in a class.
pub(super) fn is(byte: u8, class: Class) -> bool {
    TABLE.get(usize::from(byte)).is_some_and(|of| of & class != 0)
}

/// Returns how many bytes of a class stand in `bytes` from `at` on, `limit` at most.
pub(super) fn run(bytes: &[u8], at: usize, limit: usize, class: Class) -> usize {
    stretch(bytes, at, limit, class, false)
}

/// Returns how many bytes stand in `bytes` from `at` on before the first one of a class, `limit` at most.
pub(super) fn until(bytes: &[u8], at: usize, limit: usize, class: Class) -> usize {
    stretch(bytes, at, limit, class, true)
}

#[inline(never)]
fn stretch(bytes: &[u8], at: usize, limit: usize, class: Class, ends: bool) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    let rest = rest.get(..limit).unwrap_or(rest);
    let length = rest.iter().position(|byte| is(*byte, class) == ends).unwrap_or(rest.len());
    steps::count(length);
    length
}

/// Returns how many bytes of a class stand right before `end`, `limit` at most.
#[inline(never)]
pub(super) fn run_before(bytes: &[u8], end: usize, limit: usize, class: Class) -> usize {
    let before = bytes.get(end.saturating_sub(limit)..end).unwrap_or_default();
    let length = before.iter().rev().position(|byte| !is(*byte, class)).unwrap_or(before.len());
    steps::count(length);
    length
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
        assert_eq!(3, run(b"ab1 ", 0, 9, class(b'a')));
        assert_eq!(2, run(b"ab1 ", 0, 2, class(b'a')));
        assert_eq!(0, run(b"ab1", 7, 9, class(b'a')));
        assert_eq!(2, run_before(b" ab1", 3, 9, class(b'a')));
        assert_eq!(1, run_before(b"ab1", 3, 1, class(b'a')));
        assert_eq!(3, run_before(b"ab1", 3, 9, class(b'a')));
    }
}

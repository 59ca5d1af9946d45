//! The rows of all families as one text, and which of them can take a line at all: told from its first bytes and from those
//! behind a date and time, so that most lines are tried by one pattern.
//!
//! It is worked out when the program is built. A row that is left out could not have taken the line.

use super::FAMILIES;
use super::pattern::Rows;

/// A set of rows, a bit each.
pub(super) type Set = u128;

/// The rows of all families: for each a name, a space, a pattern and a line end.
pub(super) const ROWS: Rows = match str::from_utf8(&BYTES) {
    Ok(rows) => rows,
    Err(_) => "",
};

const BYTES: [u8; LENGTH] = {
    let mut bytes = [0; LENGTH];
    let mut at = 0;
    let mut family = 0;
    while family < FAMILIES.len() {
        let rows = FAMILIES[family].as_bytes();
        let mut from = 0;
        while from < rows.len() {
            bytes[at] = rows[from];
            at += 1;
            from += 1;
        }
        family += 1;
    }
    bytes
};

const LENGTH: usize = {
    let mut length = 0;
    let mut family = 0;
    while family < FAMILIES.len() {
        length += FAMILIES[family].len();
        family += 1;
    }
    length
};

const COUNT: usize = {
    let mut count = 0;
    let mut at = 0;
    while at < LENGTH {
        count += (BYTES[at] == b'\n') as usize;
        at += 1;
    }
    assert!(count <= Set::BITS as usize, "a set has no bit for each row");
    count
};

/// Where the pattern of each row begins.
pub(super) const PATTERNS: [u16; COUNT] = {
    let mut starts = [0; COUNT];
    let mut row = 0;
    let mut is_name = true;
    let mut at: u16 = 0;
    while (at as usize) < LENGTH {
        match BYTES[at as usize] {
            b' ' if is_name => {
                is_name = false;
                starts[row] = at + 1;
                row += 1;
            }
            b'\n' => is_name = true,
            _ => {}
        }
        at += 1;
    }
    starts
};

/// What stands at a place of a line. What has no class of its own shares the last one.
const CLASSES: usize = 16;

/// The sets of rows that can go on with a byte of each class.
pub(super) struct ByClass([Set; CLASSES]);

impl ByClass {
    /// Returns the rows that can go on with a byte; all of them at the end of a line.
    #[inline]
    pub(super) fn rows(&self, byte: Option<&u8>) -> Set {
        byte.and_then(|byte| self.0.get(usize::from(*CLASS_OF.get(usize::from(*byte)).unwrap_or(&15))))
            .copied()
            .unwrap_or(Set::MAX)
    }

    const fn new(place: Place) -> Self {
        let mut sets = [0; CLASSES];
        let mut row = 0;
        while row < COUNT {
            let classes = allowed(PATTERNS[row] as usize, place);
            let mut class = 0;
            while class < CLASSES {
                if classes & (1 << class) != 0 {
                    sets[class] |= 1 << row;
                }
                class += 1;
            }
            row += 1;
        }
        Self(sets)
    }
}

/// A place of a line that tells which rows can take it.
#[derive(Clone, Copy)]
enum Place {
    First,
    /// Behind the first byte, of rows without a date and time there or at the beginning.
    Second,
    /// Behind the date and time with which the line begins, or that stands behind its first byte.
    BehindStamp,
    NextBehindStamp,
}

pub(super) static FIRST: ByClass = ByClass::new(Place::First);
pub(super) static SECOND: ByClass = ByClass::new(Place::Second);
pub(super) static BEHIND_STAMP: ByClass = ByClass::new(Place::BehindStamp);
pub(super) static NEXT_BEHIND_STAMP: ByClass = ByClass::new(Place::NextBehindStamp);

/// The rows whose lines begin with a date and time, and those that have one behind their first byte.
pub(super) const STAMPED: [Set; 2] = {
    let mut sets = [0; 2];
    let mut row = 0;
    while row < COUNT {
        if let Some(at) = stamp_at(PATTERNS[row] as usize) {
            sets[at] |= 1 << row;
        }
        row += 1;
    }
    sets
};

/// Where a date and time stands in each line that a pattern takes, if it does at the beginning or behind the first byte.
const fn stamp_at(pattern: usize) -> Option<usize> {
    if is_date_time(pattern) {
        return Some(0);
    }
    if BYTES[pattern] == b'[' && is_date_time(pattern + 1) { Some(1) } else { None }
}

const fn is_date_time(at: usize) -> bool {
    BYTES[at] == b'%' && matches!(BYTES[at + 1], b'd' | b'D')
}

const ANY: u16 = u16::MAX;

/// The classes of bytes that a line can have at a place.
const fn allowed(pattern: usize, place: Place) -> u16 {
    let behind_stamp = match stamp_at(pattern) {
        Some(at) => Some(pattern + at + "%d".len()),
        None => None,
    };
    match (place, behind_stamp) {
        (Place::First, _) if begins(pattern) == ANY => WORD,
        (Place::First, _) => begins(pattern),
        (Place::Second, None) => match (BYTES[pattern], BYTES[pattern + 1]) {
            (b'%', b'U') => UPPER,
            (b'%', b'C' | b'N' | b'S') => LOWER,
            (b'%', b'q') => DIGIT,
            (mark, _) if is_literal(mark) => begins(pattern + 1),
            _ => ANY,
        },
        (Place::BehindStamp, Some(at)) => begins(at),
        (Place::NextBehindStamp, Some(at)) if is_literal(BYTES[at]) => begins(at + 1),
        _ => ANY,
    }
}

const fn is_literal(mark: u8) -> bool {
    !matches!(mark, b'%' | b'*' | b'{' | b'=' | b'<' | b'>' | b'_' | b'\n')
}

/// The classes of bytes with which what stands at `at` in the patterns can begin.
const fn begins(at: usize) -> u16 {
    match (BYTES[at], BYTES[at + 1]) {
        // What may be left out, or what follows it.
        (b'<', _) => {
            let mut behind = at;
            while BYTES[behind] != b'>' {
                behind += 1;
            }
            begins(at + 1) | begins(behind + 1)
        }
        (b'_', _) => SPACE | begins(at + 1),
        (b'%', b'C' | b'N' | b'S' | b'U' | b'q') => UPPER,
        (b'%', b'l') => UPPER | LOWER,
        (b'%', b'p') => DIGIT | bit(b'-'),
        (b'%', b'!') => bit(b'<'),
        (b'%', b'M' | b'g' | b'i' | b'k' | b'm' | b'n' | b'o' | b'r' | b't' | b'w' | b'z')
        | (b'{' | b'*' | b'>' | b'\n', _) => ANY,
        (b'%', _) => DIGIT,
        (b'=', first) | (first, _) => bit(first),
    }
}

const DIGIT: u16 = bit(b'0');
const UPPER: u16 = bit(b'A');
const LOWER: u16 = bit(b'a');
const SPACE: u16 = bit(b' ');

/// What a word at the beginning of a line begins with.
const WORD: u16 = DIGIT | UPPER | LOWER | bit(b'-') | bit(b':') | bit(b'/');

const fn bit(byte: u8) -> u16 {
    1 << CLASS_OF[byte as usize]
}

const CLASS_OF: [u8; 128] = {
    let mut classes = [0; 128];
    let mut byte = 0;
    while byte < 128 {
        classes[byte as usize] = class(byte);
        byte += 1;
    }
    classes
};

const fn class(byte: u8) -> u8 {
    match byte {
        b'0'..=b'9' => 0,
        b'A'..=b'Z' => 1,
        b'a'..=b'z' => 2,
        b' ' | b'\t' => 3,
        b'[' => 4,
        b'-' => 5,
        b'|' => 6,
        b',' => 7,
        b':' => 8,
        b'<' => 9,
        b'(' => 10,
        b'/' | b'.' | b'_' => 11,
        b'"' => 12,
        b'{' | b'}' => 13,
        b'#' => 14,
        _ => 15,
    }
}

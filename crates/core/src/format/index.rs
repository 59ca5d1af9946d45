//! The rows of all families as one text, and which of them can take a line at all: told from its first bytes and from those
//! behind a date and time, so that most lines are tried by one pattern.
//!
//! It is worked out when the program is built. A row that is left out could not have taken the line.

use super::FAMILIES;
use super::pattern::Rows;

/// A set of rows, a bit each.
type Set = u128;

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
const PATTERNS: [u16; COUNT] = {
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

/// The sets of rows that can begin with a byte of each class.
static FIRST: [Set; CLASSES] = {
    let mut sets = [0; CLASSES];
    let mut row = 0;
    while row < COUNT {
        let classes = first(PATTERNS[row] as usize);
        let mut class = 0;
        while class < CLASSES {
            if classes & (1 << class) != 0 {
                sets[class] |= 1 << row;
            }
            class += 1;
        }
        row += 1;
    }
    sets
};

/// The classes of the two bytes behind the date and time with which the lines of a row begin; of those behind the first
/// byte where they begin otherwise.
static BEHIND: [[u16; 2]; COUNT] = {
    let mut classes = [[ANY; 2]; COUNT];
    let mut row = 0;
    while row < COUNT {
        classes[row] = behind(PATTERNS[row] as usize);
        row += 1;
    }
    classes
};

/// The rows that can take a line, in their order.
pub(super) struct Candidates {
    rows: Set,
    /// Those of them that the bytes behind tell apart, and the classes of these.
    told: Set,
    bits: [u16; 2],
}

impl Candidates {
    /// Returns the rows for a line that has a date and time, if any, at `date_time`: where it begins and ends.
    pub(super) fn new(line: &[u8], date_time: Option<(usize, usize)>) -> Self {
        let class = |at: usize| line.get(at).map_or(ANY, |byte| 1 << class_of(*byte));
        let rows = line.first().and_then(|first| FIRST.get(class_of(*first))).copied().unwrap_or_default();
        let [at_start, behind_first] = STAMPED;
        let (others, told, behind) = match date_time {
            None => (at_start | behind_first, Set::MAX, 1),
            Some((0, behind)) => (behind_first, at_start, behind),
            Some((_, behind)) => (at_start, behind_first, behind),
        };
        Self { rows: rows & !others, told, bits: [class(behind), class(behind + 1)] }
    }
}

impl Iterator for Candidates {
    /// Where a row's pattern begins in [`ROWS`].
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        loop {
            let row = self.rows.trailing_zeros();
            let place = row as usize;
            let (pattern, [near, far]) = (PATTERNS.get(place)?, BEHIND.get(place)?);
            self.rows &= self.rows - 1;
            let [first, second] = self.bits;
            if near & first != 0 && far & second != 0 || self.told >> row & 1 == 0 {
                return Some(usize::from(*pattern));
            }
        }
    }
}

/// The rows whose lines begin with a date and time, and those that have one behind their first byte.
const STAMPED: [Set; 2] = {
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

/// The classes of a line's first byte.
const fn first(pattern: usize) -> u16 {
    let classes = begins(pattern);
    if classes == ANY { WORD } else { classes }
}

/// The classes of the two bytes behind the date and time, or the first byte.
const fn behind(pattern: usize) -> [u16; 2] {
    if let Some(at) = stamp_at(pattern) {
        let behind = pattern + at + "%d".len();
        return [begins(behind), if is_literal(BYTES[behind]) { begins(behind + 1) } else { ANY }];
    }
    let second = match (BYTES[pattern], BYTES[pattern + 1]) {
        (b'%', b'U') => UPPER,
        (b'%', b'C' | b'N' | b'S' | b'X') => LOWER,
        (b'%', b'q') => DIGIT,
        (mark, _) if is_literal(mark) => begins(pattern + 1),
        _ => ANY,
    };
    [second, ANY]
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
        (b'%', b'C' | b'N' | b'S' | b'U' | b'X' | b'q') => UPPER,
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

fn class_of(byte: u8) -> usize {
    CLASS_OF.get(usize::from(byte)).map_or(CLASSES - 1, |class| usize::from(*class))
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

//! How a token is told by its shape: found by its prefix where a word begins, verified by the characters and the
//! length behind it. It ends at the first character outside its alphabet. The shapes themselves are in `shapes.rs`.

use super::shapes::SHAPES;

/// The characters that a token is made of.
#[derive(Clone, Copy, Debug)]
pub(super) enum Alphabet {
    /// `A-Z 0-9`.
    Upper,
    /// `0-9 a-f`, in any case.
    Hex,
    /// `A-Z a-z 0-9`.
    Alnum,
    /// `A-Z a-z 0-9 _ -`.
    Base64Url,
    /// `A-Z a-z 0-9 _ - .`.
    Dotted,
    /// `A-Z a-z 0-9 + / = _ -`.
    Base64,
    /// `A-Z a-z 0-9 / _ - @`, the path of a webhook.
    Path,
    /// `0-9 a-f -`.
    Uuid,
}

impl Alphabet {
    pub(super) const fn has(self, byte: u8) -> bool {
        match self {
            Alphabet::Upper => byte.is_ascii_uppercase() || byte.is_ascii_digit(),
            Alphabet::Hex => byte.is_ascii_hexdigit(),
            Alphabet::Alnum => byte.is_ascii_alphanumeric(),
            Alphabet::Base64Url => byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'),
            Alphabet::Dotted => byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'),
            Alphabet::Base64 => byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'_' | b'-'),
            Alphabet::Path => byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'_' | b'-' | b'@'),
            Alphabet::Uuid => byte.is_ascii_hexdigit() || byte == b'-',
        }
    }
}

/// A kind of token.
#[derive(Debug)]
pub(super) struct Shape {
    /// The id that the mask shows.
    pub(super) rule: &'static str,
    pub(super) prefix: &'static str,
    pub(super) alphabet: Alphabet,
    /// How many characters stand behind the prefix.
    pub(super) length: (usize, usize),
}

pub(super) const fn shape(
    rule: &'static str,
    prefix: &'static str,
    alphabet: Alphabet,
    shortest: usize,
    longest: usize,
) -> Shape {
    Shape { rule, prefix, alphabet, length: (shortest, longest) }
}

/// For each first byte, the rows of [`SHAPES`] that begin with it: first row, and the row behind the last.
const ROWS: [(u16, u16); 256] = rows();

const fn rows() -> [(u16, u16); 256] {
    let mut table = [(0, 0); 256];
    let mut row = 0_u16;
    while (row as usize) < SHAPES.len() {
        let first = SHAPES[row as usize].prefix.as_bytes()[0] as usize;
        if table[first].1 == 0 {
            table[first].0 = row;
        }
        row += 1;
        table[first].1 = row;
    }
    table
}

/// A set of three bytes by their hash: which a token begins with, a JWT, or the scheme in front of credentials.
const BEGINNINGS: [u64; 64] = beginnings();

const fn beginnings() -> [u64; 64] {
    let mut set = [0; 64];
    let mut row = 0;
    while row < SHAPES.len() {
        let prefix = SHAPES[row].prefix.as_bytes();
        if prefix.len() > 2 {
            add(&mut set, [prefix[0], prefix[1], prefix[2]]);
        } else {
            let mut third = 0;
            while third < 128 {
                if SHAPES[row].alphabet.has(third) {
                    add(&mut set, [prefix[0], prefix[1], third]);
                }
                third += 1;
            }
        }
        row += 1;
    }
    add(&mut set, *b"eyJ");
    let mut case = 0;
    while case < 8 {
        let [x, y, z] = [(case & 1) << 5, (case & 2) << 4, (case & 4) << 3];
        add(&mut set, [b'b' ^ x, b'e' ^ y, b'a' ^ z]);
        add(&mut set, [b'b' ^ x, b'a' ^ y, b's' ^ z]);
        case += 1;
    }
    set
}

const fn add(set: &mut [u64; 64], bytes: [u8; 3]) {
    let (word, bit) = place(bytes);
    set[word] |= 1 << bit;
}

/// Where three bytes stand in the set.
const fn place([a, b, c]: [u8; 3]) -> (usize, u32) {
    let hash = u32::from_le_bytes([a, b, c, 0]).wrapping_mul(0x9E37_79B1) >> 20;
    ((hash >> 6) as usize, hash & 63)
}

/// Whether the first three bytes are in the set: most words are no token by them.
fn may_begin(rest: &[u8]) -> bool {
    let place = rest.first_chunk().copied().map(place);
    place.and_then(|(word, bit)| Some(BEGINNINGS.get(word)? >> bit & 1 == 1)).unwrap_or_default()
}

/// Whether a token, or `bearer` or `basic`, may begin with `rest`.
pub(super) fn may_begin_token(rest: &[u8]) -> bool {
    may_begin(rest) && (rest.starts_with(b"eyJ") || matches!(rest, [b'b' | b'B', ..]) || shape_at(rest).is_some())
}

/// Returns whether a shape begins with this byte.
#[cfg(test)]
pub(super) const fn begins_shape(byte: u8) -> bool {
    ROWS[byte as usize].1 > 0
}

/// Returns the shape that a token at the start of `bytes` has, and the token's length.
pub(super) fn shape_at(bytes: &[u8]) -> Option<(&'static Shape, usize)> {
    let first = *bytes.first().filter(|_| may_begin(bytes))?;
    let &(from, to) = ROWS.get(usize::from(first))?;
    let rows = SHAPES.get(usize::from(from)..usize::from(to))?;
    let begins = |shape: &&Shape| bytes.starts_with(shape.prefix.as_bytes());
    rows.iter().filter(begins).find_map(|shape| {
        let (shortest, longest) = shape.length;
        let rest = bytes.iter().skip(shape.prefix.len());
        let length = rest.take(longest + 1).take_while(|b| shape.alphabet.has(**b)).count();
        (shortest..=longest).contains(&length).then_some((shape, shape.prefix.len() + length))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_is_found_at_its_shortest_and_not_one_character_shorter() {
        for shape in SHAPES {
            let token =
                |length: usize| format!("{}{}", shape.prefix, "7A".repeat(length / 2 + 1).get(..length).unwrap());
            let found = |length| shape_at(token(length).as_bytes()).map(|(found, _)| found.rule);

            assert_eq!(Some(shape.rule), found(shape.length.0), "{}", shape.prefix);
            assert_eq!(None, found(shape.length.0 - 1).filter(|rule| *rule == shape.rule), "{}", shape.prefix);
        }
    }

    #[test]
    fn rows_with_the_same_first_byte_stand_together() {
        let firsts: Vec<u8> = SHAPES.iter().map(|shape| shape.prefix.as_bytes()[0]).collect();

        assert!(firsts.is_sorted());
    }
}

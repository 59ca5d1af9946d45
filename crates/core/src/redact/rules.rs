//! How a token is told by its shape: where a word begins, by its first three bytes or by a byte further on, then by the
//! whole pattern. The shapes themselves are in `shapes.rs`, what a pattern takes in `pattern.rs`.

use std::sync::OnceLock;

use super::bytes::{self, LONG};
use super::pattern::{self, Part};
use super::shapes::SHAPES;

/// The table of shapes, ready to be looked up. Built once, when text is first looked at.
#[derive(Debug)]
pub(super) struct Shapes {
    rows: Vec<Row>,
    /// For each hash of three bytes the first row, as its place in `links` and one more, that a token with this beginning may
    /// have; 0 where there is none: most words are no token by it.
    heads: Vec<u16>,
    links: Vec<Link>,
    /// Rows whose beginning says nothing.
    inner: Vec<Inner>,
}

#[derive(Clone, Copy, Debug)]
struct Row {
    rule: &'static str,
    /// What the pattern begins with, before anything that is not fixed.
    prefix: &'static str,
    /// The pattern behind that.
    rest: &'static str,
}

#[derive(Clone, Copy, Debug)]
struct Link {
    /// The three bytes, as other three have the same hash.
    beginning: [u8; 3],
    row: u16,
    next: u16,
}

/// A row that is known by a byte further on: at this place of the token stands this byte.
#[derive(Clone, Copy, Debug)]
struct Inner {
    row: u16,
    place: usize,
    byte: u8,
    /// What stands behind that byte, where it is fixed too.
    next: Option<u8>,
}

const HEADS: usize = 4096;

/// How many beginnings a row may have; with more of them the lookup would say yes to any word.
const MOST_BEGINNINGS: usize = 256;

/// The shortest token that is known by an inner byte.
const SHORTEST_INNER: usize = 32;

/// Returns each rule's id with each of its patterns.
pub(super) fn patterns() -> impl Iterator<Item = (&'static str, &'static str)> {
    SHAPES
        .lines()
        .filter_map(|line| line.split_once(' '))
        .flat_map(|(rule, patterns)| patterns.split(' ').map(move |pattern| (rule, pattern)))
}

/// Returns the table, ready for use.
pub(super) fn shapes() -> &'static Shapes {
    static TABLE: OnceLock<Shapes> = OnceLock::new();
    TABLE.get_or_init(Shapes::new)
}

impl Shapes {
    fn new() -> Self {
        let mut shapes = Shapes { rows: Vec::new(), heads: vec![0; HEADS], links: Vec::new(), inner: Vec::new() };
        for (rule, pattern) in patterns() {
            let fixed = pattern.bytes().position(|byte| matches!(byte, b'%' | b'[')).unwrap_or(pattern.len());
            let (prefix, rest) = (bytes::part(pattern, 0, fixed), bytes::part(pattern, fixed, usize::MAX));
            shapes.add(Row { rule, prefix, rest }, pattern);
        }
        shapes
    }

    fn add(&mut self, new: Row, pattern: &str) {
        let row = u16::try_from(self.rows.len()).unwrap_or_default();
        self.rows.push(new);
        let mut beginnings: Vec<[u8; 3]> = vec![[0; 3]];
        let mut rest = pattern.as_bytes();
        let mut place = 0;
        while let Some((part, behind)) = pattern::split_first(rest) {
            rest = behind;
            let (choices, times) = match part {
                Part::One([byte]) if place > 2 && beginnings.len() > MOST_BEGINNINGS => {
                    let next = rest.first().copied().filter(u8::is_ascii_alphanumeric);
                    self.inner.push(Inner { row, place, byte: *byte, next });
                    return;
                }
                Part::One(set) => (set.to_vec(), 1),
                Part::Run(run) => ((0..128).filter(|byte| bytes::is(*byte, run.class)).collect(), run.shortest),
            };
            for at in place..place.saturating_add(times).min(3) {
                let each = beginnings.iter().flat_map(|beginning| choices.iter().map(move |byte| (*beginning, *byte)));
                // More beginnings than count are not looked at, so they are not made.
                let longer = each.take(MOST_BEGINNINGS + 1).map(|(mut beginning, byte)| {
                    if let Some(slot) = beginning.get_mut(at) {
                        *slot = byte;
                    }
                    beginning
                });
                beginnings = longer.collect();
            }
            place = place.saturating_add(times);
        }
        for beginning in beginnings {
            if let Some(head) = self.heads.get_mut(place_of(beginning)) {
                self.links.push(Link { beginning, row, next: *head });
                *head = u16::try_from(self.links.len()).unwrap_or_default();
            }
        }
    }

    /// Whether a token may begin with `bytes`.
    pub(super) fn may_begin(&self, bytes: &[u8]) -> bool {
        bytes.starts_with(b"eyJ") || self.at(bytes).is_some()
    }

    /// The same, were each digit another one. It says yes more often than it must.
    pub(super) fn may_begin_with_other_digits(&self, bytes: &[u8]) -> bool {
        let first: [u8; 3] = bytes.first_chunk().copied().unwrap_or_default();
        let may_be = |place: usize, wanted: u8| {
            bytes.get(place).is_some_and(|byte| *byte == wanted || byte.is_ascii_digit() && wanted.is_ascii_digit())
        };
        let may_have = |inner: &Inner| {
            may_be(inner.place, inner.byte) && inner.next.is_none_or(|next| may_be(inner.place + 1, next))
        };
        first.iter().any(u8::is_ascii_digit)
            || first == *b"eyJ"
            || self.links.iter().any(|link| link.beginning == first)
            || may_be_long(bytes) && self.inner.iter().any(may_have)
    }

    /// Returns the rule and the length of the token at the start of `bytes`: of the longest that any pattern takes.
    pub(super) fn at(&self, bytes: &[u8]) -> Option<(&'static str, usize)> {
        let mut found: Option<(&'static str, usize)> = None;
        let mut try_row = |row: u16| {
            if let Some(row) = self.rows.get(usize::from(row))
                && row.prefix.as_bytes().get(3).is_none_or(|fourth| bytes.get(3) == Some(fourth))
                && bytes.starts_with(row.prefix.as_bytes())
                && let Some(rest) = bytes.get(row.prefix.len()..)
                && let Some(length) = pattern::length(row.rest.as_bytes(), rest)
                && found.is_none_or(|(_, longest)| longest <= row.prefix.len() + length)
            {
                found = Some((row.rule, row.prefix.len() + length));
            }
        };
        let first = bytes.first_chunk().copied().unwrap_or_default();
        let mut link = self.heads.get(place_of(first)).copied().unwrap_or_default();
        while let Some(Link { beginning, row, next }) = usize::from(link).checked_sub(1).and_then(|i| self.links.get(i))
        {
            if *beginning == first {
                try_row(*row);
            }
            link = *next;
        }
        if may_be_long(bytes) {
            for inner in &self.inner {
                let next = || inner.next.is_none() || bytes.get(inner.place + 1).copied() == inner.next;
                if bytes.get(inner.place) == Some(&inner.byte) && next() {
                    try_row(inner.row);
                }
            }
        }
        found
    }
}

/// Whether a long word may begin here that is no UUID: most are none by these places.
fn may_be_long(bytes: &[u8]) -> bool {
    let is_long =
        [SHORTEST_INNER - 1, 27, 20, 12].iter().all(|place| bytes.get(*place).is_some_and(|b| bytes::is(*b, LONG)));
    let is_uuid = || bytes.get(8) == Some(&b'-') && bytes.get(13) == Some(&b'-') && bytes.get(36) != Some(&b':');
    is_long && !is_uuid()
}

/// Where three bytes stand in the table.
fn place_of([a, b, c]: [u8; 3]) -> usize {
    (u32::from_le_bytes([a, b, c, 0]).wrapping_mul(0x9E37_79B1) >> 20) as usize
}

#[cfg(test)]
mod tests {
    use super::super::made;
    use super::super::pieces::Random;
    use super::*;

    #[test]
    fn every_pattern_can_be_read_and_its_tokens_are_found() {
        let mut random = Random(0xA11);
        for (rule, pattern) in patterns() {
            let mut rest = pattern.as_bytes();
            while let Some((_, behind)) = pattern::split_first(rest) {
                rest = behind;
            }
            assert!(rest.is_empty(), "{pattern} is written wrong");
            for _ in 0..20 {
                let token = made::token(pattern, &mut random);

                assert!(token.len() >= 14, "{token} is too short for the look at many bytes");
                assert_eq!(Some(token.len()), pattern::length(pattern.as_bytes(), token.as_bytes()), "{rule} {token}");
                assert_eq!(
                    Some(token.len()),
                    shapes().at(token.as_bytes()).map(|(_, length)| length),
                    "{rule} {token}"
                );
            }
        }
    }

    #[test]
    fn the_rules_stand_in_order_and_once() {
        let rules: Vec<&str> = SHAPES.lines().filter_map(|line| line.split(' ').next()).collect();

        assert!(rules.is_sorted_by(|a, b| a < b));
        assert!(rules.len() >= 300, "{} kinds", rules.len());
    }
}

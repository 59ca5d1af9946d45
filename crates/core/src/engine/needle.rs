//! One text that records must hold, found in raw bytes.

use memchr::memmem;

use crate::query::RawText;
use crate::search::{Finder, is_alphanumeric};

/// A text to be found.
#[derive(Debug)]
pub(super) struct Needle {
    search: Search,
    length: usize,
    is_token: bool,
}

#[derive(Debug)]
enum Search {
    /// As it stands: it has no other case.
    Exact(Box<memmem::Finder<'static>>),
    AnyCase(Finder),
}

impl Needle {
    pub(super) fn new(raw: &RawText) -> Self {
        let is_exact = raw.is_exact || !raw.text.iter().any(u8::is_ascii_alphabetic);
        let search = if is_exact {
            Search::Exact(Box::new(memmem::Finder::new(&raw.text).into_owned()))
        } else {
            Search::AnyCase(Finder::new(&raw.text))
        };
        Self { search, length: raw.text.len(), is_token: raw.is_token }
    }

    /// Returns the first place from `from` on where the text stands.
    pub(super) fn find(&self, block: &[u8], from: usize) -> Option<usize> {
        let mut from = from;
        loop {
            let at = match &self.search {
                Search::Exact(finder) => from + finder.find(block.get(from..)?)?,
                Search::AnyCase(finder) => finder.find(block, from)?,
            };
            if !self.is_token || self.is_token_at(block, at) {
                return Some(at);
            }
            from = at + 1;
        }
    }

    /// Whether what stands at `at` is no part of a longer word; the letter of an escape such as `\n` may stand before it.
    fn is_token_at(&self, block: &[u8], at: usize) -> bool {
        let is_escape = at.checked_sub(2).and_then(|i| block.get(i)) == Some(&b'\\');
        (is_escape || !is_alphanumeric(block, at.checked_sub(1))) && !is_alphanumeric(block, Some(at + self.length))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_no_part_of_a_longer_one() {
        for text in ["7", "x7"] {
            let needle = Needle::new(&RawText { text: text.into(), is_token: true, is_exact: false });
            let found = |block: &str| needle.find(block.replace('7', text).as_bytes(), 0);

            assert_eq!(None, found("17 7a b7"));
            assert_eq!(Some(5), found("a\\n\\n7"));
            assert_eq!(Some(0), found("7"));
        }
    }
}

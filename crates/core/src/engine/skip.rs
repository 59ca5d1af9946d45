//! Passing over records that cannot match: finds the next place in a block worth reading, and where to begin there.
//!
//! Reading may begin anew only at a line that a format takes and that has a date: such a line always begins a record,
//! and dates carry on from it. So what is read is what one pass over everything would have given there.

use std::borrow::Cow;

use crate::format::{self, Memory};
use crate::lines;
use crate::query::RawText;
use crate::stamp::Stamp;

/// How many lines are looked at for one that reading can begin at.
const MAX_LINES_BACK: usize = 64;

/// What a record's raw bytes must hold to be worth reading.
#[derive(Clone, Debug)]
pub(super) struct Needles(Vec<Needle>);

#[derive(Clone, Debug)]
struct Needle {
    /// In ASCII lower case.
    text: Vec<u8>,
    is_token: bool,
    /// The place of its rarest byte.
    rare: usize,
}

impl Needles {
    /// Takes texts of which one must be there. A record with an escape code is always worth reading: the code may stand
    /// inside the text.
    pub(super) fn new(texts: &[RawText]) -> Self {
        let escape = RawText { text: vec![0x1b], is_token: false };
        Self(texts.iter().chain([&escape]).map(Needle::new).collect())
    }
}

impl Needle {
    fn new(raw: &RawText) -> Self {
        // The commonest bytes of logs, the rarest first; what is not among them is rarer still.
        const COMMON: &[u8] = b"zqxjkvbwypgfmhuc,dl_.rsinoat9876543e210-:\" ";
        let text = raw.text.to_ascii_lowercase();
        let commonness = |byte: u8| COMMON.iter().position(|common| *common == byte).map_or(0, |place| place + 1);
        let rare = text.iter().enumerate().min_by_key(|(_, byte)| commonness(**byte)).map_or(0, |(place, _)| place);
        Self { text, is_token: raw.is_token, rare }
    }

    /// Whether the text stands at `at`, in any case.
    fn is_at(&self, block: &[u8], at: usize) -> bool {
        let end = at + self.text.len();
        let is_there = block.get(at..end).is_some_and(|found| found.eq_ignore_ascii_case(&self.text));
        if !is_there || !self.is_token {
            return is_there;
        }
        let is_alphanumeric =
            |place: Option<usize>| place.and_then(|i| block.get(i)).is_some_and(u8::is_ascii_alphanumeric);
        let is_escape = at.checked_sub(2).and_then(|i| block.get(i)) == Some(&b'\\');
        (is_escape || !is_alphanumeric(at.checked_sub(1))) && !is_alphanumeric(Some(end))
    }

    /// Returns the first place from `from` on where the text stands.
    fn find(&self, block: &[u8], from: usize) -> Option<usize> {
        let rare = self.text.get(self.rare).copied()?;
        let mut from = from;
        loop {
            let rest = block.get(from + self.rare..)?;
            let at = from + memchr::memchr2(rare, rare.to_ascii_uppercase(), rest)?;
            if self.is_at(block, at) {
                return Some(at);
            }
            from = at + 1;
        }
    }
}

/// Looks ahead in one block.
pub(super) struct Ahead<'b> {
    /// Whole lines.
    block: &'b [u8],
    /// Each needle with the next place where it stands; none where it stands nowhere any more.
    hits: Vec<(&'b Needle, Option<usize>)>,
}

impl<'b> Ahead<'b> {
    /// Looks at a block from `from` on.
    pub(super) fn new(needles: &'b Needles, block: &'b [u8], from: usize) -> Self {
        Self { block, hits: needles.0.iter().map(|needle| (needle, needle.find(block, from))).collect() }
    }

    /// Returns the line behind the one at `from` at which reading has to begin anew, nothing before it being worth
    /// reading; none where reading simply goes on.
    pub(super) fn next(&mut self, from: usize, memory: &mut Memory) -> Option<usize> {
        for (needle, hit) in &mut self.hits {
            if hit.is_some_and(|hit| hit < from) {
                *hit = needle.find(self.block, from);
            }
        }
        let hit = self.hits.iter().filter_map(|(_, hit)| *hit).min();
        let mut end = hit.unwrap_or_else(|| self.block.len().saturating_sub(1));
        for _ in 0..MAX_LINES_BACK {
            let start = memchr::memrchr(b'\n', self.block.get(from..end)?).map(|i| from + i + 1)?;
            let rest = self.block.get(start..)?;
            let length = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
            if begins_anew(rest.get(..length)?, memory) {
                return Some(start);
            }
            end = start - 1;
        }
        None
    }
}

fn begins_anew(line: &[u8], memory: &mut Memory) -> bool {
    let Cow::Borrowed(text) = lines::shown(line) else { return false };
    format::headed(text, memory)
        .is_some_and(|header| matches!(header.stamp, Some(Stamp::Instant(_) | Stamp::Local(..))))
}

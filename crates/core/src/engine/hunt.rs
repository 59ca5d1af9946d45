//! Searching raw bytes for what a match must have, many bytes in one step. The loops go over arrays of a fixed size, which
//! the compiler turns into vector instructions on every target.

use memchr::memmem::Finder;

use crate::level::Level;
use crate::query::RawText;

/// How many places are looked at in one step.
const STEP: usize = 32;

/// A text to be found in any ASCII case.
#[derive(Clone, Debug)]
pub(crate) struct Needle {
    /// In ASCII lower case.
    text: Vec<u8>,
    is_token: bool,
    search: Search,
}

#[derive(Clone, Debug)]
enum Search {
    /// As it stands: it has no other case.
    Exact(Box<Finder<'static>>),
    /// By the two bytes that are rarest in logs.
    Folded([Anchor; 2]),
}

/// A byte of a text.
#[derive(Clone, Copy, Debug)]
struct Anchor {
    at: usize,
    byte: u8,
    /// What makes a letter lower case; nothing else is changed.
    fold: u8,
}

impl Needle {
    pub(crate) fn new(raw: &RawText) -> Self {
        let text = raw.text.to_ascii_lowercase();
        let has_case = !raw.is_exact && text.iter().any(u8::is_ascii_alphabetic);
        let search = if has_case {
            Search::Folded(rarest(&text))
        } else {
            Search::Exact(Box::new(Finder::new(&raw.text).into_owned()))
        };
        Self { text, is_token: raw.is_token, search }
    }

    /// Returns the first place from `from` on where the text stands.
    pub(crate) fn find(&self, block: &[u8], from: usize) -> Option<usize> {
        match &self.search {
            Search::Exact(finder) => {
                let mut at = from;
                loop {
                    at += finder.find(block.get(at..)?)?;
                    if self.is_at(block, at) {
                        return Some(at);
                    }
                    at += 1;
                }
            }
            Search::Folded(anchors) => self.find_folded(block, from, anchors),
        }
    }

    fn find_folded(&self, block: &[u8], from: usize, [first, second]: &[Anchor; 2]) -> Option<usize> {
        let mut at = from;
        for (firsts, seconds) in steps(block, at + first.at).iter().zip(steps(block, at + second.at)) {
            let mut marks = [0; STEP];
            for ((mark, a), b) in marks.iter_mut().zip(firsts).zip(seconds) {
                *mark = u8::from(a | first.fold == first.byte) & u8::from(b | second.fold == second.byte);
            }
            if let Some(found) = marked(marks).map(|i| at + i).find(|at| self.is_at(block, *at)) {
                return Some(found);
            }
            at += STEP;
        }
        (at..block.len()).find(|at| self.is_at(block, *at))
    }

    /// Whether the text stands at `at`, in any case.
    fn is_at(&self, block: &[u8], at: usize) -> bool {
        let end = at + self.text.len();
        let is_there = block.get(at..end).is_some_and(|found| found.eq_ignore_ascii_case(&self.text));
        if !is_there || !self.is_token {
            return is_there;
        }
        let is_escape = at.checked_sub(2).and_then(|i| block.get(i)) == Some(&b'\\');
        (is_escape || !is_alphanumeric(block, at.checked_sub(1))) && !is_alphanumeric(block, Some(end))
    }
}

/// Returns the two bytes of a text that are rarest in logs.
fn rarest(text: &[u8]) -> [Anchor; 2] {
    // The commonest bytes of logs, the rarest first; what is not among them is rarer still.
    const COMMON: &[u8] = b"zqxjkvbwypgfmhuc,dl_.rsinoat9876543e210-:\" ";
    let commonness = |byte: u8| COMMON.iter().position(|common| *common == byte).map_or(0, |place| place + 1);
    let rarest_but = |taken: Option<usize>| {
        let others = text.iter().enumerate().filter(|(at, _)| Some(*at) != taken);
        let (at, byte) = others.min_by_key(|(_, byte)| commonness(**byte))?;
        Some(Anchor { at, byte: *byte, fold: if byte.is_ascii_lowercase() { 0x20 } else { 0 } })
    };
    let first = rarest_but(None).unwrap_or(Anchor { at: 0, byte: 0, fold: 0 });
    [first, rarest_but(Some(first.at)).unwrap_or(first)]
}

/// The names of some levels, to be found where they are words of their own.
#[derive(Clone, Debug)]
pub(super) struct LevelNames {
    levels: Vec<Level>,
    names: Vec<Name>,
    /// The letters that the names begin with, in lower case.
    initials: Vec<u8>,
}

#[derive(Clone, Copy, Debug)]
struct Name {
    text: &'static [u8],
    /// Its first letters in lower case, as one number, and where they stand in it.
    start: u32,
    mask: u32,
}

impl Name {
    fn new(text: &'static [u8]) -> Self {
        let mut start = [0; 4];
        let mut mask = [0; 4];
        for ((letter, start), mask) in text.iter().zip(&mut start).zip(&mut mask) {
            (*start, *mask) = (letter | 0x20, u8::MAX);
        }
        Self { text, start: u32::from_le_bytes(start), mask: u32::from_le_bytes(mask) }
    }

    /// Whether `rest` begins with the name as a word.
    fn begins(&self, rest: &[u8]) -> bool {
        rest.get(..self.text.len()).is_some_and(|word| word.eq_ignore_ascii_case(self.text))
            && !rest.get(self.text.len()).is_some_and(u8::is_ascii_alphanumeric)
    }
}

/// A search for more initials than this would stop at most words.
const MAX_INITIALS: usize = 8;

impl LevelNames {
    /// Returns what finds the names of these levels; none where there are too many.
    pub(super) fn new(levels: &[Level]) -> Option<Self> {
        let names: Vec<Name> = levels.iter().flat_map(|level| level.names()).map(|name| Name::new(name)).collect();
        let mut initials: Vec<u8> = Vec::new();
        for initial in names.iter().filter_map(|name| name.text.first()).map(u8::to_ascii_lowercase) {
            if !initials.contains(&initial) {
                initials.push(initial);
            }
        }
        (initials.len() <= MAX_INITIALS).then(|| Self { levels: levels.to_vec(), names, initials })
    }

    pub(super) fn has(&self, level: Level) -> bool {
        self.levels.contains(&level)
    }

    /// Returns the first place from `from` on where one of the names begins.
    pub(super) fn find(&self, block: &[u8], from: usize) -> Option<usize> {
        match self.initials.len() {
            0 => None,
            1 | 2 => self.find_by::<2>(block, from),
            3 | 4 => self.find_by::<4>(block, from),
            _ => self.find_by::<MAX_INITIALS>(block, from),
        }
    }

    fn find_by<const N: usize>(&self, block: &[u8], from: usize) -> Option<usize> {
        let filler = self.initials.first().copied().unwrap_or_default();
        let initials: [u8; N] = std::array::from_fn(|i| self.initials.get(i).copied().unwrap_or(filler));
        if from == 0 && self.is_at(block, 0) {
            return Some(0);
        }
        let mut at = from.max(1);
        for (before, own) in steps(block, at - 1).iter().zip(steps(block, at)) {
            let mut marks = [0; STEP];
            for ((mark, before), own) in marks.iter_mut().zip(before).zip(own) {
                let own = own | 0x20;
                let is_initial = initials.iter().fold(0, |any, initial| any | u8::from(own == *initial));
                let is_inside =
                    u8::from((before | 0x20).wrapping_sub(b'a') < 26) | u8::from(before.wrapping_sub(b'0') < 10);
                *mark = is_initial & (is_inside ^ 1);
            }
            if let Some(found) = marked(marks).map(|i| at + i).find(|at| self.is_at(block, *at)) {
                return Some(found);
            }
            at += STEP;
        }
        (at..block.len()).find(|at| !is_alphanumeric(block, at.checked_sub(1)) && self.is_at(block, *at))
    }

    /// Whether the word that begins at `at` is one of the names.
    fn is_at(&self, block: &[u8], at: usize) -> bool {
        let rest = block.get(at..).unwrap_or_default();
        match rest.first_chunk() {
            Some(start) => {
                // Setting this bit makes letters lower case; what else it changes is told apart by the whole name.
                let start = u32::from_le_bytes(*start) | 0x2020_2020;
                self.names.iter().any(|name| start & name.mask == name.start && name.begins(rest))
            }
            None => self.names.iter().any(|name| name.begins(rest)),
        }
    }
}

/// The bytes from `at` on, step by step, as long as there are enough for one.
fn steps(block: &[u8], at: usize) -> &[[u8; STEP]] {
    block.get(at..).unwrap_or_default().as_chunks().0
}

/// The places of the ones among zeros.
fn marked(marks: [u8; STEP]) -> impl Iterator<Item = usize> {
    const WORD: usize = size_of::<u64>();
    let words = marks.as_chunks::<WORD>().0;
    let is_any = words.iter().fold(0, |any, word| any | u64::from_le_bytes(*word)) != 0;
    let words = if is_any { words.len() } else { 0 };
    (0..words).flat_map(move |w| {
        let mut word = marks.as_chunks::<WORD>().0.get(w).map_or(0, |word| u64::from_le_bytes(*word));
        std::iter::from_fn(move || {
            let place = (word != 0).then(|| w * WORD + word.trailing_zeros() as usize / 8);
            word &= word.wrapping_sub(1);
            place
        })
    })
}

fn is_alphanumeric(block: &[u8], at: Option<usize>) -> bool {
    at.and_then(|at| block.get(at)).is_some_and(u8::is_ascii_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn needle(text: &str, is_token: bool) -> Needle {
        Needle::new(&RawText { text: text.into(), is_token, is_exact: false })
    }

    #[test]
    fn a_text_is_found_wherever_it_stands() {
        for length in [1, 2, 3, 13] {
            let text = "A7f2-msh-0105".get(..length).unwrap();
            for at in 0..100 {
                let block = format!("{}{}{}", "-".repeat(at), text.to_ascii_uppercase(), ".".repeat(100 - at));

                assert_eq!(Some(at), needle(text, true).find(block.as_bytes(), 0), "{text} at {at}");
                assert_eq!(Some(at), needle(text, false).find(block.as_bytes(), at), "{text} at {at}");
                assert_eq!(None, needle(text, false).find(block.as_bytes(), at + 1), "{text} at {at}");
            }
        }
    }

    #[test]
    fn a_token_is_no_part_of_a_longer_one() {
        let found = |text: &str| needle("7", true).find(text.as_bytes(), 0);

        assert_eq!(None, found("17 77 7a x7"));
        assert_eq!(Some(5), found("a\\n\\n7"));
        assert_eq!(Some(0), found("7"));
    }

    #[test]
    fn the_names_of_levels_are_found_as_words_of_their_own() {
        let names = LevelNames::new(&[Level::Warning, Level::Error, Level::Critical]).unwrap();
        for at in 0..80 {
            for name in ["ERROR", "w", "Fatal", "emergency"] {
                let block = format!("{}[{name}] {}", "xserved yerror-x ".repeat(5).get(..at).unwrap(), "-".repeat(40));

                assert_eq!(Some(at + 1), names.find(block.as_bytes(), 0), "{name} at {at}");
                assert_eq!(None, names.find(block.as_bytes(), at + 2), "{name} at {at}");
            }
        }
        assert_eq!(Some(0), names.find(b"E 1", 0));
        assert_eq!(None, names.find("errors served, caf\u{e9} pale Fa".as_bytes(), 0));
        assert!(LevelNames::new(&Level::ALL).is_none());
    }
}

//! Texts in texts: in any ASCII case many bytes in one step, and short ones as they stand.
//!
//! The loops of a step go over arrays of a fixed size, which the compiler turns into vector instructions on every target.

/// How many places are looked at in one step.
pub(crate) const STEP: usize = 32;

/// Finds a text in any ASCII case.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Finder {
    /// In ASCII lower case.
    text: Vec<u8>,
    /// The two bytes that are rarest in logs.
    rarest: [Anchor; 2],
}

/// A byte of a text.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Anchor {
    at: usize,
    byte: u8,
    /// What makes a letter lower case; nothing else is changed.
    fold: u8,
}

impl Finder {
    pub(crate) fn new(text: &[u8]) -> Self {
        let text = text.to_ascii_lowercase();
        Self { rarest: rarest(&text), text }
    }

    /// Returns the text in ASCII lower case.
    pub(crate) fn text(&self) -> &[u8] {
        &self.text
    }

    /// Returns the first place from `from` on where the text stands.
    pub(crate) fn find(&self, block: &[u8], from: usize) -> Option<usize> {
        if self.text.is_empty() {
            return (from <= block.len()).then_some(from);
        }
        let [first, second] = self.rarest;
        let mut at = from;
        for (firsts, seconds) in steps(block, at + first.at).iter().zip(steps(block, at + second.at)) {
            let mut marks = [0; STEP];
            for ((mark, a), b) in marks.iter_mut().zip(firsts).zip(seconds) {
                *mark = u8::from(a | first.fold == first.byte) & u8::from(b | second.fold == second.byte);
            }
            let found = first_marked(&marks, at, |at| self.is_at(block, at));
            if found.is_some() {
                return found;
            }
            at += STEP;
        }
        (at..block.len()).find(|at| self.is_at(block, *at))
    }

    /// Whether the text stands at `at`.
    fn is_at(&self, block: &[u8], at: usize) -> bool {
        block.get(at..at + self.text.len()).is_some_and(|found| found.eq_ignore_ascii_case(&self.text))
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

/// The bytes from `at` on, step by step, as long as there are enough for one.
pub(crate) fn steps(block: &[u8], at: usize) -> &[[u8; STEP]] {
    block.get(at..).unwrap_or_default().as_chunks().0
}

/// Returns the first place, counted from `at`, that is marked with a 1 and of which `holds`.
#[inline]
pub(crate) fn first_marked(marks: &[u8; STEP], at: usize, holds: impl Fn(usize) -> bool) -> Option<usize> {
    const WORD: usize = size_of::<u64>();
    for (place, word) in marks.as_chunks::<WORD>().0.iter().enumerate() {
        let mut word = u64::from_le_bytes(*word);
        while word != 0 {
            let found = at + place * WORD + word.trailing_zeros() as usize / 8;
            if holds(found) {
                return Some(found);
            }
            word &= word - 1;
        }
    }
    None
}

/// Whether a letter or digit stands at a place.
pub(crate) fn is_alphanumeric(block: &[u8], at: Option<usize>) -> bool {
    at.and_then(|at| block.get(at)).is_some_and(u8::is_ascii_alphanumeric)
}

/// Returns the first place where a short text stands as it is.
pub(crate) fn find(text: &str, wanted: &str) -> Option<usize> {
    let first = *wanted.as_bytes().first()?;
    let bytes = text.as_bytes();
    memchr::memchr_iter(first, bytes)
        .find(|at| bytes.get(*at..).is_some_and(|rest| rest.starts_with(wanted.as_bytes())))
}

/// Splits a text at the last place where a short separator stands.
pub(crate) fn rsplit_once<'t>(text: &'t str, separator: &str) -> Option<(&'t str, &'t str)> {
    let first = *separator.as_bytes().first()?;
    let stands = |at: &usize| text.as_bytes().get(*at..).is_some_and(|rest| rest.starts_with(separator.as_bytes()));
    let at = memchr::memrchr_iter(first, text.as_bytes()).find(stands)?;
    Some((text.get(..at)?, text.get(at + separator.len()..)?))
}

/// Splits a text at the first place where a short separator stands.
pub(crate) fn split_once<'t>(text: &'t str, separator: &str) -> Option<(&'t str, &'t str)> {
    let at = find(text, separator)?;
    Some((text.get(..at)?, text.get(at + separator.len()..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_found_wherever_it_stands() {
        for length in [1, 2, 3, 13] {
            let text = "A7f2-msh-0105".get(..length).unwrap();
            for at in 0..100 {
                let block = format!("{}{}{}", "-".repeat(at), text.to_ascii_uppercase(), ".".repeat(100 - at));
                let finder = Finder::new(text.as_bytes());

                assert_eq!(Some(at), finder.find(block.as_bytes(), 0), "{text} at {at}");
                assert_eq!(Some(at), finder.find(block.as_bytes(), at), "{text} at {at}");
                assert_eq!(None, finder.find(block.as_bytes(), at + 1), "{text} at {at}");
            }
        }
        assert_eq!(Some(2), Finder::new(b"").find(b"abc", 2));
        assert_eq!(None, Finder::new(b"abcd").find(b"abc", 0));
    }

    #[test]
    fn a_short_text_splits_another() {
        assert_eq!(Some(("a", "b | c")), split_once("a | b | c", " | "));
        assert_eq!(Some(("a | b", "c")), rsplit_once("a | b | c", " | "));
        assert_eq!(None, split_once("a |b", " | "));
        assert_eq!(None, rsplit_once("a |b", " | "));
        assert_eq!(None, find("a", ""));
    }
}

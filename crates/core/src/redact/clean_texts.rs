//! Texts that hide nothing, remembered by all but their digits: a program logs the same few sentences with other numbers in
//! them.

use super::trigger::{goes_on, is_dense};
use super::{Redactor, bytes, cards, rules};
use crate::hash;

/// Texts that a redactor was asked about, each in a place that follows from its bytes.
///
/// ```
/// use jobtrail_core::{CleanTexts, Redactor};
///
/// let mut texts = CleanTexts::new(&Redactor::default());
/// assert!(texts.has("request 17 served in 12 ms"));
/// assert!(texts.has("request 18 served in 95 ms"));
/// assert!(!texts.has("request 18 with password=hunter2"));
/// ```
#[derive(Debug)]
pub struct CleanTexts {
    redactor: Redactor,
    /// Of the text that is asked about.
    outline: [u8; LONGEST],
    /// Made when the first text is asked about.
    places: Vec<Place>,
}

#[derive(Clone, Debug, Default)]
struct Place {
    /// The hash of the last text that came here and was not known.
    seen: u64,
    /// What is known: a text with each digit a zero.
    outline: Vec<u8>,
    /// Whether all texts of this outline hide nothing.
    is_clean: bool,
}

const PLACES: usize = 256;

/// A longer text is not remembered, and none with a control character.
const LONGEST: usize = 512;

/// How many bytes are taken at once. A shorter text is looked at faster than it is remembered.
const STEP: usize = 16;

impl CleanTexts {
    /// Returns a memory without texts, for what this redactor hides.
    pub fn new(redactor: &Redactor) -> Self {
        Self { redactor: redactor.clone(), outline: [0; LONGEST], places: Vec::new() }
    }

    /// Whether a text surely hides nothing: [`Redactor::is_surely_clean`], mostly in less time where a text was asked about
    /// before, twice or more, that differs from it by digits alone.
    pub fn has(&mut self, text: &str) -> bool {
        let bytes = text.as_bytes();
        let Some(hash) = self.draw(bytes) else { return self.redactor.is_surely_clean(text) };
        if self.places.is_empty() {
            self.places.resize(PLACES, Place::default());
        }
        let outline = self.outline.get(..bytes.len()).unwrap_or_default();
        let Some(place) = self.places.get_mut(number_of(hash)) else { return self.redactor.is_surely_clean(text) };
        if place.outline == outline {
            return place.is_clean || self.redactor.is_surely_clean(text);
        }
        let is_clean = self.redactor.is_surely_clean(text);
        // Most texts that come once never come again, and to find out about their digits takes time.
        if is_clean && std::mem::replace(&mut place.seen, hash) == hash {
            place.outline.clear();
            place.outline.extend_from_slice(outline);
            place.is_clean = may_have_other_digits(bytes);
        }
        is_clean
    }

    /// Whether a text is known to hide nothing and to have no control character, such as a line end, without a look at what
    /// is not known.
    ///
    /// ```
    /// use jobtrail_core::{CleanTexts, Redactor};
    ///
    /// let mut texts = CleanTexts::new(&Redactor::default());
    /// assert!(!texts.knows("request 17 served in 12 ms"));
    /// assert!(texts.has("request 17 served in 12 ms") && texts.has("request 18 served in 95 ms"));
    /// assert!(texts.knows("request 19 served in 20 ms"));
    /// ```
    #[inline]
    pub fn knows(&mut self, text: &str) -> bool {
        let Some(hash) = self.draw(text.as_bytes()) else { return false };
        let outline = self.outline.get(..text.len()).unwrap_or_default();
        self.places.get(number_of(hash)).is_some_and(|place| place.is_clean && place.outline == outline)
    }

    /// Draws the outline of a text and returns its hash; None for one that is not remembered.
    #[inline]
    fn draw(&mut self, bytes: &[u8]) -> Option<u64> {
        const ODD: [u64; 2] = [0x9e37_79b9_7f4a_7c15, 0xc2b2_ae3d_27d4_eb4f];
        let last = bytes.last_chunk::<STEP>()?;
        let outline = self.outline.get_mut(..bytes.len())?;
        let mut hash = bytes.len() as u64;
        let mut smallest = [u8::MAX; STEP];
        let mut add = |from: &[u8; STEP], to: &mut [u8; STEP]| {
            *to = from.map(|byte| if byte.is_ascii_digit() { b'0' } else { byte });
            for (smallest, byte) in smallest.iter_mut().zip(from) {
                *smallest = (*smallest).min(*byte);
            }
            if let (Some(first), Some(last)) = (to.first_chunk(), to.last_chunk()) {
                let [first, last] = [first, last].map(|word: &[u8; 8]| u64::from_le_bytes(*word));
                hash = hash.rotate_left(11) ^ first.wrapping_mul(ODD[0]) ^ last.wrapping_mul(ODD[1]);
            }
        };
        let (whole, _) = bytes.as_chunks();
        let (drawn, _) = outline.as_chunks_mut();
        for (from, to) in whole.iter().zip(drawn) {
            add(from, to);
        }
        add(last, outline.last_chunk_mut()?);
        smallest.iter().all(|byte| *byte >= b' ').then(|| hash::mixed(hash, bytes.len() as u64))
    }
}

/// The place of a text with this hash.
fn number_of(hash: u64) -> usize {
    let [high, ..] = hash.to_be_bytes();
    usize::from(high)
}

/// Whether a text that surely hides nothing hides nothing either with other digits in the places of its own.
///
/// The triggers (`trigger.rs`) ask of a byte what is the same for all digits, but for the first digit of a card, the digits
/// of an escape, and those that the shape of a token or of a password hash names.
fn may_have_other_digits(bytes: &[u8]) -> bool {
    let before = |at: usize| at.checked_sub(1).and_then(|at| bytes.get(at));
    let may_begin = |word: &[u8]| {
        cards::may_begin_with_other_digits(word)
            || goes_on(word) && is_dense(word) && rules::shapes().may_begin_with_other_digits(word)
    };
    !bytes.contains(&b'\\')
        && !bytes.contains(&b'$')
        && !(0..bytes.len()).any(|at| {
            let word = bytes.get(at..).unwrap_or_default();
            word.first().is_some_and(u8::is_ascii_alphanumeric)
                && before(at).is_none_or(|before| !bytes::is(*before, bytes::WORD))
                && may_begin(word)
        })
}

#[cfg(test)]
mod tests {
    use super::super::pieces::{Random, TEXTS, text, vectors};
    use super::super::{Paths, RedactOptions};
    use super::*;

    /// Gives the text with other digits in the places of its own.
    fn with_other_digits(text: &str, random: &mut Random) -> String {
        text.chars().map(|c| if c.is_ascii_digit() { char::from(b"0123456789"[random.below(10)]) } else { c }).collect()
    }

    #[test]
    fn a_text_that_may_have_other_digits_hides_nothing_with_any() {
        let lines = vectors();
        let mut random = Random(0xD161);
        let mut taken = 0;
        for paths in [Paths::Home, Paths::Strict, Paths::Off] {
            let redactor = Redactor::new(RedactOptions { paths, ..RedactOptions::default() });
            for _ in 0..TEXTS {
                let text = text(&mut random, &lines);
                if !redactor.is_surely_clean(&text) || !may_have_other_digits(text.as_bytes()) {
                    continue;
                }
                for _ in 0..8 {
                    let other = with_other_digits(&text, &mut random);

                    assert!(redactor.is_surely_clean(&other), "{text:?} {other:?}");
                }
                taken += usize::from(text.bytes().any(|b| b.is_ascii_digit()));
            }
        }
        assert!(taken > 300, "{taken}");
    }

    #[test]
    fn what_is_remembered_is_what_the_redactor_says() {
        let lines = vectors();
        let mut random = Random(0x3E3);
        let sentences = [
            "served {} in 1{} ms",
            "key {}: 41{}",
            "pay 4{} 1111 1111 1111 of {}",
            "{} ya2{}.9{}bcdefghijklmnop",
            "{}={}",
        ];
        for paths in [Paths::Home, Paths::Off] {
            let redactor = Redactor::new(RedactOptions { paths, ..RedactOptions::default() });
            let mut texts = CleanTexts::new(&redactor);
            for _ in 0..TEXTS / 10 {
                let sentence = sentences[random.below(sentences.len())];
                let part = text(&mut random, &lines);
                let made = sentence.replacen("{}", part.get(..random.below(40)).unwrap_or(&part), 1);
                for _ in 0..4 {
                    let made = with_other_digits(&made.replace("{}", "70"), &mut random);

                    let is_clean = redactor.is_surely_clean(&made);
                    assert!(!texts.knows(&made) || is_clean && !made.contains(['\n', '\r']), "{made:?}");
                    assert_eq!(is_clean, texts.has(&made), "{made:?}");
                }
            }
        }
    }

    #[test]
    fn what_depends_on_its_digits_is_asked_each_time() {
        let mut texts = CleanTexts::new(&Redactor::default());
        for [clean, other] in [
            ["paid by 1111111111111111 today", "paid by 4111111111111111 today"],
            ["the line \\u0170ass\\u0177ord=hunter2 stays", "the line \\u0070ass\\u0077ord=hunter2 stays"],
            ["of ya28.abcdefghijklmnopqrstuvwxyzabcdef", "of ya29.abcdefghijklmnopqrstuvwxyzabcdef"],
            [
                "hash $9a$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy",
                "hash $2a$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy",
            ],
        ] {
            assert!((0..5).all(|_| texts.has(clean)), "{clean}");
            assert!((0..5).all(|_| !texts.has(other)), "{other}");
        }
    }

    #[test]
    fn texts_of_any_length_and_of_one_place_are_told_apart() {
        let mut texts = CleanTexts::new(&Redactor::default());
        for _ in 0..3 {
            for length in (0..40).chain(LONGEST - 2..LONGEST + 3) {
                let clean = "a ".repeat(length / 2) + &"b".repeat(length % 2);
                let hidden = format!("{clean} pwd=x{length}");

                assert!(texts.has(&clean), "{clean}");
                assert!(!texts.has(&hidden), "{hidden}");
            }
            for number in 0..2 * PLACES {
                let name: String = number.to_string().bytes().map(|digit| char::from(digit + 49)).collect();

                assert!(texts.has(&format!("the same sentence of {name}, told again")), "{name}");
            }
        }
    }
}

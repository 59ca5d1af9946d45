//! Lists of words, packed: a list of texts weighs three times as much in the browser's module.

/// A list of words by their lengths: for each length it, how many bytes its words take together, and the words.
#[derive(Clone, Copy, Debug)]
pub(super) struct Words(&'static [u8]);

/// Makes a list of words of texts, when it is compiled.
macro_rules! words {
    ($($word:literal)+) => {{
        const TEXT: &str = concat!($(" ", $word),+);
        const PACKED: [u8; $crate::redact::words::packed_length(TEXT)] = $crate::redact::words::packed(TEXT);
        $crate::redact::words::Words::new(&PACKED)
    }};
}
pub(super) use words;

const LONGEST: usize = 16;

/// Returns how long the word is that begins at `at`; 0 where none does.
const fn word_length(text: &[u8], at: usize) -> usize {
    let mut end = at;
    while end < text.len() && text[end] != b' ' && (at == 0 || text[at - 1] == b' ') {
        end += 1;
    }
    end - at
}

/// Returns how many bytes the words of a text take, each behind a space, when they are packed.
pub(super) const fn packed_length(text: &str) -> usize {
    let text = text.as_bytes();
    let mut packed = 0;
    let mut length = 1;
    while length <= LONGEST {
        let before = packed;
        let mut at = 0;
        while at < text.len() {
            packed += if word_length(text, at) == length { length } else { 0 };
            at += 1;
        }
        packed += if packed > before { 2 } else { 0 };
        length += 1;
    }
    packed
}

#[expect(clippy::cast_possible_truncation, reason = "it is asserted")]
const fn byte(number: usize) -> u8 {
    assert!(number < 256, "too many words of one length");
    number as u8
}

pub(super) const fn packed<const LENGTH: usize>(text: &str) -> [u8; LENGTH] {
    let text = text.as_bytes();
    let mut packed = [0; LENGTH];
    let mut end = 0;
    let mut length = 1;
    while length <= LONGEST {
        let head = end;
        let mut at = 0;
        while at < text.len() {
            if word_length(text, at) == length {
                end += if end == head { 2 } else { 0 };
                let mut i = 0;
                while i < length {
                    packed[end] = text[at + i];
                    end += 1;
                    i += 1;
                }
            }
            at += 1;
        }
        if end > head {
            packed[head] = byte(length);
            packed[head + 1] = byte(end - head - 2);
        }
        length += 1;
    }
    packed
}

impl Words {
    pub(super) const fn new(packed: &'static [u8]) -> Self {
        Self(packed)
    }

    /// Whether a word is in the list.
    pub(super) fn has(self, word: &str) -> bool {
        self.find(word.as_bytes()) == Some(word.as_bytes())
    }

    /// Whether a word is in the list, in any ASCII case.
    pub(super) fn has_in_any_case(self, word: &[u8]) -> bool {
        self.find(word).is_some()
    }

    /// Returns the list's word that a word is in any ASCII case.
    fn find(self, word: &[u8]) -> Option<&'static [u8]> {
        let mut rest = self.0;
        while let [length, bytes, behind @ ..] = rest
            && let Some((words, behind)) = behind.split_at_checked(usize::from(*bytes))
        {
            if usize::from(*length) == word.len() {
                return words.chunks_exact(word.len()).find(|other| other.eq_ignore_ascii_case(word));
            }
            rest = behind;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_has_its_words_and_no_others() {
        const LIST: Words = words!["a" "token" "key"];

        for word in ["a", "token", "key"] {
            assert!(LIST.has(word) && LIST.has_in_any_case(word.to_uppercase().as_bytes()), "{word}");
            assert!(!LIST.has(&word.to_uppercase()), "{word}");
        }
        for word in ["", " ", "ke", "keys", "tokenkey", "\u{1}a", "\u{5}token"] {
            assert!(!LIST.has(word), "{word}");
        }
    }
}

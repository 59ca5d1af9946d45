//! Lists of words, packed: a list of texts weighs three times as much in the browser's module.

/// A list of words, each behind its length.
#[derive(Clone, Copy, Debug)]
pub(super) struct Words(&'static [u8]);

/// Makes a list of words of texts, when it is compiled.
macro_rules! words {
    ($($word:literal)+) => {{
        const TEXT: &str = concat!($(" ", $word),+);
        const PACKED: [u8; TEXT.len()] = $crate::redact::words::packed(TEXT);
        $crate::redact::words::Words::new(&PACKED)
    }};
}
pub(super) use words;

/// Puts each word's length in the place of the space before it.
pub(super) const fn packed<const LENGTH: usize>(text: &str) -> [u8; LENGTH] {
    let text = text.as_bytes();
    let mut packed = [0; LENGTH];
    let mut space = 0;
    let mut i = 0;
    while i < LENGTH {
        if text[i] == b' ' {
            space = i;
        } else {
            packed[i] = text[i];
            packed[space] += 1;
        }
        i += 1;
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
        while let Some((length, behind)) = rest.split_first()
            && let Some((other, behind)) = behind.split_at_checked(usize::from(*length))
        {
            if other.eq_ignore_ascii_case(word) {
                return Some(other);
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

//! Words and wildcards: search without regard to ASCII case, and never inside a mask.

use crate::mask::{MASK_START, mask_length};
use crate::scan;
use crate::search::{self, Finder};

/// A word or phrase, in each spelling that can stand for it: as typed, and escaped as in JSON.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Needle {
    typed: String,
    spellings: Vec<Finder>,
}

impl Needle {
    pub(super) fn new(typed: &str) -> Self {
        let phrase = typed.to_ascii_lowercase();
        let mut escaped = String::new();
        scan::push_escaped(&phrase, &mut escaped);
        let mut ascii = String::new();
        for c in escaped.chars() {
            if c.is_ascii() {
                ascii.push(c);
            } else {
                let mut units = [0; 2];
                ascii.extend(c.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")));
            }
        }
        let mut spellings = vec![phrase, escaped, ascii];
        spellings.dedup();
        if let Some(ascii) = spellings.last().filter(|spelling| spelling.contains('/')) {
            spellings.push(ascii.replace('/', "\\/")); // as PHP writes it
        }
        let spellings = spellings.iter().map(|spelling| Finder::new(spelling.as_bytes())).collect();
        Self { typed: typed.to_owned(), spellings }
    }

    /// Returns the phrase as it was typed, without its quotes.
    pub(super) fn typed(&self) -> &str {
        &self.typed
    }

    /// Returns each spelling, in ASCII lower case.
    pub(super) fn spellings(&self) -> impl Iterator<Item = &[u8]> {
        self.spellings.iter().map(Finder::text)
    }

    /// Returns whether the phrase stands in `text` outside every mask.
    pub(super) fn is_in(&self, text: &str) -> bool {
        let mut rest = text;
        loop {
            let (clear, behind) = up_to_mask(rest);
            if self.spellings.iter().any(|spelling| spelling.find(clear.as_bytes(), 0).is_some()) {
                return true;
            }
            match behind {
                Some(behind) => rest = behind,
                None => return false,
            }
        }
    }
}

/// Returns the text before the first mask, and what follows it where there is one.
pub(super) fn up_to_mask(text: &str) -> (&str, Option<&str>) {
    let mut from = 0;
    while let Some(found) = text.get(from..).and_then(|rest| search::find(rest, MASK_START)) {
        let at = from + found;
        if let Some(length) = text.get(at..).and_then(mask_length) {
            return (text.get(..at).unwrap_or_default(), text.get(at + length..));
        }
        from = at + 1;
    }
    (text, None)
}

/// Returns the text with a character that nobody types for each mask: a wildcard can stand for it, nothing else does.
fn unmasked(text: &str) -> String {
    let mut shown = String::new();
    let mut rest = text;
    loop {
        let (clear, behind) = up_to_mask(rest);
        shown.push_str(clear);
        let Some(behind) = behind else { return shown };
        shown.push('\0');
        rest = behind;
    }
}

/// Returns whether the text holds a mask of a rule that `rule` matches.
pub(super) fn has_mask(text: &str, rule: &Glob) -> bool {
    let mut rest = text;
    while let Some((_, behind)) = search::split_once(rest, MASK_START) {
        let name = behind.split(']').next().unwrap_or_default();
        let mask = rest.get(rest.len() - behind.len() - MASK_START.len()..).unwrap_or_default();
        if mask_length(mask).is_some() && rule.matches(name) {
            return true;
        }
        rest = behind;
    }
    false
}

/// A value with `*` as wildcard, compared as a whole and without regard to ASCII case. Only a wildcard stands for a mask.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Glob {
    typed: String,
    /// The texts between the wildcards, in lower case.
    parts: Vec<String>,
}

impl Glob {
    pub(super) fn new(pattern: &str) -> Self {
        Self { typed: pattern.to_owned(), parts: pattern.to_ascii_lowercase().split('*').map(str::to_owned).collect() }
    }

    /// A value without wildcards.
    pub(super) fn literal(value: &str) -> Self {
        Self { typed: value.to_owned(), parts: vec![value.to_ascii_lowercase()] }
    }

    /// Returns the value as it was typed, without its quotes.
    pub(super) fn typed(&self) -> &str {
        &self.typed
    }

    /// Returns the texts between the wildcards, in ASCII lower case.
    pub(super) fn parts(&self) -> &[String] {
        &self.parts
    }

    /// Returns whether an asterisk in it is a wildcard.
    pub(super) fn has_wildcard(&self) -> bool {
        self.parts.len() > 1
    }

    /// Returns whether the pattern matches any value at all: `*`.
    pub(super) fn is_any(&self) -> bool {
        self.parts.len() > 1 && self.parts.iter().all(String::is_empty)
    }

    /// Returns whether the whole of `value` matches. Each part is taken at its first place, so the time is linear in
    /// the value for each part.
    pub(super) fn matches(&self, value: &str) -> bool {
        if let [whole] = self.parts.as_slice() {
            return value.eq_ignore_ascii_case(whole) && up_to_mask(value).1.is_none();
        }
        let mut value = unmasked(value);
        value.make_ascii_lowercase();
        let Some((last, parts)) = self.parts.split_last() else { return value.is_empty() };
        let Some((first, middle)) = parts.split_first() else { return value == *last };
        let Some(mut rest) = value.strip_prefix(first.as_str()) else { return false };
        for part in middle {
            match Finder::new(part.as_bytes()).find(rest.as_bytes(), 0) {
                Some(at) => rest = rest.get(at + part.len()..).unwrap_or_default(),
                None => return false,
            }
        }
        rest.ends_with(last.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_found_in_any_case_and_in_json_spelling_but_not_in_a_mask() {
        assert!(Needle::new("Lost").is_in("connection LOST"));
        assert!(Needle::new("say \"hi\"").is_in(r#"{"msg":"say \"hi\""}"#));
        assert!(Needle::new("grün").is_in(r#"{"msg": "gr\u00fcn"}"#));
        assert!(!Needle::new("token").is_in("key=[redacted:github-token] x"));
        assert!(Needle::new("x").is_in("key=[redacted:github-token] x"));
        assert!(Needle::new("redacted:").is_in("[redacted: no mask"));
    }

    #[test]
    fn a_wildcard_matches_the_whole_value() {
        for (pattern, value, expected) in [
            ("work*", "Worker-1", true),
            ("*-1", "worker-1", true),
            ("w*k*1", "worker-1", true),
            ("work", "worker", false),
            ("*", "", true),
            ("a*a", "a", false),
            ("a*c", "a=[redacted:token] c", true),
            ("a=*", "a=[redacted:token]", true),
            ("*token*", "a=[redacted:token] c", false),
            ("a=[redacted:token]", "a=[redacted:token]", false),
            ("*redacted: x", "[redacted: x", true),
        ] {
            assert_eq!(expected, Glob::new(pattern).matches(value), "{pattern} {value}");
        }
    }
}

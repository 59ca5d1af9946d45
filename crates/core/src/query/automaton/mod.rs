//! Matches patterns in linear time: a pattern becomes a set of states that may hold at once (an NFA), and where it
//! stays small a table with one state at a time (a DFA), one look-up a byte.
//!
//! Only whether a text matches is asked, never where, so there are no captures and greedy or lazy is the same.

mod dfa;
mod nfa;

use std::sync::Arc;

use super::pattern::{PatternError, is_word, parse};
use super::text::up_to_mask;
use dfa::Dfa;
use nfa::Nfa;

/// A compiled pattern. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    source: Arc<str>,
    nfa: Arc<Nfa>,
    dfa: Option<Arc<Dfa>>,
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source
    }
}

impl Pattern {
    /// Compiles what stands between the slashes.
    pub(super) fn new(source: &str) -> Result<Self, PatternError> {
        let part = parse(source)?;
        let nfa = Nfa::new(&part)
            .ok_or(PatternError { at: 0, expected: "a pattern with smaller counts: this one is too large".into() })?;
        let dfa = Dfa::new(&nfa).map(Arc::new);
        Ok(Self { source: source.into(), nfa: Arc::new(nfa), dfa })
    }

    /// Returns what stands between the slashes.
    pub(super) fn source(&self) -> &str {
        &self.source
    }

    /// Returns whether the pattern matches anywhere in `text`. A mask matches nothing, and nothing matches across one.
    pub(super) fn is_in(&self, text: &str) -> bool {
        match &self.dfa {
            Some(dfa) => dfa.is_in(text),
            None => self.nfa.is_in(text),
        }
    }
}

/// What is read in one step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Symbol {
    Byte(u8),
    /// A mask: no pattern reads it.
    Mask,
    End,
}

impl Symbol {
    fn ends_line(self) -> bool {
        matches!(self, Symbol::Byte(b'\n') | Symbol::End)
    }

    /// Whether the place before this symbol is inside a character beyond ASCII.
    fn is_inside_character(self) -> bool {
        matches!(self, Symbol::Byte(0x80..=0xbf))
    }

    fn is_word(self) -> bool {
        matches!(self, Symbol::Byte(byte) if is_word(byte))
    }
}

/// What stands before a place, as far as assertions ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Before {
    LineStart,
    Word,
    Other,
}

impl Before {
    fn after(symbol: Symbol) -> Before {
        match symbol {
            _ if symbol.ends_line() => Before::LineStart,
            _ if symbol.is_word() => Before::Word,
            _ => Before::Other,
        }
    }
}

/// Gives the symbols of a text one by one, until `step` says that it matches.
fn any_symbol(text: &str, mut step: impl FnMut(Symbol) -> bool) -> bool {
    let mut rest = text;
    loop {
        let (clear, behind) = up_to_mask(rest);
        if clear.bytes().any(|byte| step(Symbol::Byte(byte))) {
            return true;
        }
        match behind {
            Some(_) if step(Symbol::Mask) => return true,
            Some(behind) => rest = behind,
            None => return step(Symbol::End),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, text: &str) -> bool {
        Pattern::new(pattern).unwrap().is_in(text)
    }

    #[test]
    fn patterns_match_as_they_do_everywhere() {
        for (pattern, text, expected) in [
            ("conn(ection)? lost", "Connection LOST", true),
            ("^\\d{3}$", "12\n345\n6", true),
            ("^\\d{3}$", "1234", false),
            ("a.c", "a\nc", false),
            ("a.c", "aüc", true),
            ("^.$", "😀", true),
            ("[^a]", "a", false),
            ("[^a]", "ü", true),
            ("[äö]x", "öx", true),
            ("gr\\Sn", "grün", true),
            ("\\bjob\\b", "a job.", true),
            ("\\bjob\\b", "jobs", false),
            ("\\Bob", "job", true),
            ("x{2,3}y", "xxxxy", true),
            ("^x{2,3}y", "xxxxy", false),
            ("a{,2}", "a{,2}", true),
            ("[]a]+$", "]a", true),
            ("[a-]z", "-z", true),
            ("\\/api\\/", "GET /api/x", true),
            ("", "", true),
            ("^$", "", true),
            ("a|", "zzz", true),
            ("(a|b)*c", "ababc", true),
            ("(a*)*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac", false),
        ] {
            assert_eq!(expected, matches(pattern, text), "/{pattern}/ on {text:?}");
        }
    }

    #[test]
    fn nothing_matches_in_a_mask_or_across_one() {
        let text = "key=[redacted:github-token] x";

        assert!(!matches("github", text));
        assert!(!matches("key=.*x", text));
        assert!(!matches("^ x", text));
        assert!(matches(" x$", text));
    }

    #[test]
    fn table_and_nodes_agree_with_the_regex_crate() {
        let pieces = [
            "a", "b", "é", ".", "\\d", "\\w", "\\s", "\\W", "\\b", "\\B", "^", "$", "[ab]", "[^a]", "[a-c1]", "(a|b)",
            "(?:ab)", "|", "*", "+", "?", "{2}", "{1,2}", "{0,}", " ", "\\n", "1", "_",
        ];
        let texts = [
            "",
            "a",
            "ab",
            "aab b",
            "é",
            "aéb",
            "1 a_b",
            "a\nb",
            "\n",
            "ab1\nba é_",
            "bbbb",
            "  ",
            "a1a1",
            "éé",
            "b\n\na",
        ];
        let mut state = 7_u64;
        let mut compared = 0;
        for _ in 0..6_000 {
            let mut pattern = String::new();
            for _ in 0..6 {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                pattern.push_str(pieces[usize::try_from(state >> 33).unwrap() % pieces.len()]);
            }
            let Ok(ours) = Pattern::new(&pattern) else { continue };
            let ascii = pattern.replace("\\d", "[0-9]").replace("\\s", "[ \\t\\n\\r\\x0B\\x0C]");
            let ascii = ascii.replace("\\w", "[0-9A-Za-z_]").replace("\\W", "[^0-9A-Za-z_]");
            let ascii = ascii.replace("\\b", "(?-u:\\b)").replace("\\B", "(?-u:\\B)");
            let Ok(theirs) = regex::Regex::new(&format!("(?mi){ascii}")) else { continue };
            compared += 1;
            for text in texts {
                assert_eq!(theirs.is_match(text), ours.is_in(text), "/{pattern}/ on {text:?}");
                assert_eq!(theirs.is_match(text), ours.nfa.is_in(text), "nodes of /{pattern}/ on {text:?}");
            }
        }
        assert!(compared > 1_000, "{compared} patterns were compared");
    }

    #[test]
    fn a_table_too_large_is_left_to_the_nodes() {
        let pattern = Pattern::new("(a|b)*a(a|b){14}$").unwrap();

        assert!(pattern.dfa.is_none());
        assert!(pattern.is_in(&format!("{}a{}", "b".repeat(1000), "ab".repeat(7))));
        assert!(!pattern.is_in(&"b".repeat(1000)));
    }

    #[test]
    fn a_pattern_too_large_is_refused() {
        for pattern in ["(a{1000}){1000}", "((((a{9}){9}){9}){9}){9}", &"(".repeat(10_000), "x{1001}"] {
            assert!(Pattern::new(pattern).is_err());
        }
    }
}

//! One pattern of a token: what it is made of, and how long the token is that it takes. How patterns are written is told in
//! `shapes.rs`.

use super::bytes::{self, Class};

/// A part of a pattern.
#[derive(Clone, Copy, Debug)]
pub(super) enum Part<'p> {
    /// One of these bytes.
    One(&'p [u8]),
    /// A run of a class.
    Run(Run),
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Run {
    pub(super) class: Class,
    pub(super) shortest: usize,
    pub(super) longest: usize,
    /// Whether it must hold a digit and letters of both cases.
    pub(super) is_mixed: bool,
}

/// Splits a pattern's first part off; `None` at its end, or where it is written wrong.
pub(super) fn split_first(pattern: &[u8]) -> Option<(Part<'_>, &[u8])> {
    match pattern {
        [b'[', rest @ ..] => {
            let end = rest.iter().position(|byte| *byte == b']').filter(|end| *end > 0)?;
            Some((Part::One(rest.get(..end)?), rest.get(end + 1..)?))
        }
        [b'%', letter, rest @ ..] => {
            let (shortest, mut rest) = split_number(rest)?;
            let mut longest = shortest;
            match rest {
                [b'*', behind @ ..] => (longest, rest) = (usize::MAX - 1, behind),
                [b'-', behind @ ..] => (longest, rest) = split_number(behind).unwrap_or((longest, rest)),
                _ => {}
            }
            let class = bytes::class(letter.to_ascii_lowercase());
            let run = Run { class, shortest, longest, is_mixed: letter.is_ascii_uppercase() };
            (class != 0 && shortest > 0 && shortest <= longest).then_some((Part::Run(run), rest))
        }
        [b'%', ..] | [] => None,
        [_, rest @ ..] => Some((Part::One(pattern.get(..1)?), rest)),
    }
}

fn split_number(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (digits, rest) = bytes.split_at(bytes::run(bytes, 0, 4, bytes::DIGIT));
    let number = digits.iter().fold(0, |number, digit| number * 10 + usize::from(digit - b'0'));
    (!digits.is_empty()).then_some((number, rest))
}

/// Returns the length of the token at the start of `text`, if it has the pattern.
pub(super) fn length(pattern: &[u8], text: &[u8]) -> Option<usize> {
    let mut at = 0;
    let mut rest = pattern;
    let mut ends_word = false;
    while let Some((part, behind)) = split_first(rest) {
        rest = behind;
        ends_word = false;
        match part {
            Part::One(set) => {
                text.get(at).filter(|byte| set.contains(byte))?;
                at += 1;
                ends_word = true;
            }
            Part::Run(run) => {
                // What a pattern goes on with may be of the run's class: then the run's length tells its end.
                let is_fixed = run.shortest == run.longest && !rest.is_empty();
                let mut length = bytes::run(text, at, run.longest + usize::from(!is_fixed), run.class);
                if rest.is_empty() {
                    // A sentence's point or comma is no part of its last word.
                    let ends = text.get(at..at + length)?.iter().rev();
                    length -= ends.take_while(|byte| matches!(byte, b'.' | b',' | b':' | b'@' | b'*')).count();
                }
                let is_right = (run.shortest..=run.longest).contains(&length);
                text.get(at..at + length).filter(|run_text| is_right && (!run.is_mixed || is_mixed(run_text)))?;
                at += length;
            }
        }
    }
    let goes_on = ends_word && text.get(at).is_some_and(|byte| bytes::is(*byte, bytes::WORD));
    (!goes_on).then_some(at)
}

fn is_mixed(text: &[u8]) -> bool {
    [u8::is_ascii_digit, u8::is_ascii_lowercase, u8::is_ascii_uppercase].iter().all(|is| text.iter().any(is))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_takes_its_token_and_nothing_else() {
        for (pattern, text, expected) in [
            ("ab_%a4", "ab_a1B2", Some(7)),
            ("ab_%a4", "ab_a1B2 c", Some(7)),
            ("ab_%a4", "ab_a1B2c", None),
            ("ab_%a4", "ab_a1B", None),
            ("ab_%a4-6", "ab_a1B2c-", Some(8)),
            ("ab_%a4*", "ab_a1B2c3D4e5", Some(13)),
            ("ab_%a4*", "ab_a1B", None),
            ("a[bc]_%x2", "ac_0f", Some(5)),
            ("a[bc]_%x2", "ad_0f", None),
            ("%l4END", "ab12END", Some(7)),
            ("%l4END", "ab12ENDS", None),
            ("%x2-us%n1-2", "0f-us12", Some(7)),
            ("%a2:%a2", "a1:b2", Some(5)),
            ("%a2:%a2", "a1b:b2", None),
            ("k%D6*", "k.aB1xyz.", Some(8)),
            ("k%A6", "kaB1xyz", Some(7)),
            ("k%A6", "kab1xyz", None),
            ("k%d3", "k", None),
        ] {
            assert_eq!(expected, length(pattern.as_bytes(), text.as_bytes()), "{pattern} {text}");
        }
    }
}

//! What is masked only where it is asked for: e-mail addresses, IP addresses, telephone numbers, and tokens of the user's own
//! patterns. A second walk, over what the first one left.

use super::bytes::{self, DIGIT};
use super::pattern::{self, Part};
use super::{Cover, Finding, RedactOptions};
use crate::mask::mask_length;

/// The longest run before a pattern's end, so that no place of a text is looked at more often than that.
const LONGEST_RUN: usize = 256;

/// Whether a pattern can be read: it has parts, begins with no space, and only its last run is without an end.
pub(super) fn is_pattern(pattern: &str) -> bool {
    let mut rest = pattern.as_bytes();
    let mut parts = 0;
    while let Some((part, behind)) = pattern::split_first(rest) {
        if matches!(part, Part::Run(run) if run.longest > LONGEST_RUN && !behind.is_empty()) {
            return false;
        }
        rest = behind;
        parts += 1;
    }
    parts > 0 && rest.is_empty() && !pattern.starts_with([' ', '\n'])
}

/// Adds what the options ask for to what was found.
pub(super) fn find(text: &str, options: &RedactOptions, found: Vec<Finding>) -> Vec<Finding> {
    let bytes = text.as_bytes();
    let mut all = Vec::new();
    let mut known = found.into_iter().peekable();
    let mut at = 0;
    while at < bytes.len() {
        if let Some(finding) = known.next_if(|finding| finding.start <= at) {
            at = finding.end.max(at);
            all.push(finding);
            continue;
        }
        let next = known.peek().map_or(bytes.len(), |finding| finding.start);
        if let Some(length) = text.get(at..).and_then(mask_length) {
            at += length;
            continue;
        }
        let begins = bytes::run_before(bytes, at, 1, bytes::WORD) == 0;
        let hit = bytes.get(at..next).filter(|_| begins).and_then(|rest| {
            let before = at.checked_sub(1).and_then(|i| bytes.get(i)).copied().unwrap_or_default();
            extra_at(rest, before, options)
        });
        match hit {
            Some((rule, length)) => {
                if !options.spares(rule, bytes::part(text, at, at + length)) {
                    all.push(Finding { rule, start: at, end: at + length, cover: Cover::Mask });
                }
                at += length;
            }
            // A word that is none of these is none further on.
            None if begins => at += bytes::run(bytes, at, next - at, bytes::WORD).max(1),
            None => at += 1,
        }
    }
    all.extend(known);
    all
}

fn extra_at(rest: &[u8], before: u8, options: &RedactOptions) -> Option<(&'static str, usize)> {
    let custom = || options.patterns.iter().find_map(|own| pattern::length(own.as_bytes(), rest).filter(|n| *n > 0));
    let joins = matches!(before, b'.' | b'-' | b'+' | b':');
    let email = || email(rest).filter(|_| options.emails && !joins);
    let address = || ip(rest).filter(|_| options.ips && !joins);
    let phone = || phone(rest).filter(|_| options.phones && !joins);
    custom()
        .map(|length| ("custom", length))
        .or_else(|| email().map(|length| ("email", length)))
        .or_else(|| address().map(|length| ("ip", length)))
        .or_else(|| phone().map(|length| ("phone", length)))
}

/// `ann.lee+x@mail.example.com`.
fn email(rest: &[u8]) -> Option<usize> {
    const LONGEST: usize = 64;
    let user = bytes::run(rest, 0, LONGEST, bytes::NAME);
    let at = rest.get(..user)?.iter().position(|b| *b == b'@')?;
    let host = bytes::run(rest, at + 1, LONGEST, bytes::KEY);
    let host = host - bytes::run_before(rest, at + 1 + host, host, bytes::DOT);
    let last = rest.get(at + 1..at + 1 + host)?.rsplit(|b| *b == b'.').next()?;
    let is_host = last.len() >= 2 && last.len() < host && last.iter().all(u8::is_ascii_alphabetic);
    (at > 0 && is_host).then_some(at + 1 + host)
}

/// `203.0.113.7` and `2001:db8::1`.
fn ip(rest: &[u8]) -> Option<usize> {
    const LONGEST: usize = 40;
    let length = bytes::run(rest, 0, LONGEST, bytes::class(b'x') | bytes::DOT | bytes::COLON);
    let length = length - bytes::run_before(rest, length, 2, bytes::DOT);
    let address = rest.get(..length)?;
    if rest.get(length).is_some_and(|b| bytes::is(*b, bytes::WORD)) {
        return None;
    }
    let is_byte = |part: &[u8]| {
        let number = part.iter().fold(0, |number, digit| number * 10 + u32::from(digit.wrapping_sub(b'0')));
        matches!(part.len(), 1..=3) && part.iter().all(u8::is_ascii_digit) && number < 256
    };
    // A port may follow.
    let end = bytes::until(address, 0, length, bytes::COLON);
    let fours = address.get(..end)?.split(|b| *b == b'.');
    if fours.clone().count() == 4 && fours.clone().all(is_byte) {
        return Some(end);
    }
    let mut groups = 0;
    let mut gaps = 0;
    for group in address.split(|b| *b == b':') {
        if group.len() > 4 || group.contains(&b'.') {
            return None;
        }
        groups += 1;
        gaps += usize::from(group.is_empty());
    }
    let has_digit = address.iter().any(u8::is_ascii_digit);
    (has_digit && (groups == 8 && gaps == 0 || gaps == 1 && (3..=8).contains(&groups))).then_some(length)
}

/// `+1 (415) 555-2671` and `(415) 555-2671`.
fn phone(rest: &[u8]) -> Option<usize> {
    const LONGEST: usize = 24;
    let joins = |b: &u8| matches!(b, b' ' | b'-' | b'.' | b'(' | b')');
    let length = rest.iter().skip(1).take(LONGEST).take_while(|b| b.is_ascii_digit() || joins(b)).count() + 1;
    let number = rest.get(..length)?;
    let length = length - number.iter().rev().take_while(|b| !b.is_ascii_digit()).count().min(length);
    let digits = number.iter().filter(|b| b.is_ascii_digit()).count();
    let goes_on = rest.get(length).is_some_and(|b| bytes::is(*b, bytes::WORD));
    let is_phone = match number {
        [b'+', ..] => (8..=15).contains(&digits),
        [b'(', a, b, c, b')', ..] => digits == 10 && [a, b, c].iter().all(|b| bytes::is(**b, DIGIT)),
        _ => false,
    };
    (is_phone && !goes_on).then_some(length)
}

#[cfg(test)]
mod tests {
    use super::super::{RedactError, RedactOptions, Redactor};

    fn check(options: &RedactOptions, text: &str, expected: &str) {
        let redactor = Redactor::new(options.clone());
        let redacted = redactor.redact(text);

        assert_eq!(expected, redacted);
        assert_eq!(expected, redactor.redact(&redacted), "redacted twice");
    }

    #[test]
    fn what_is_asked_for_is_masked_too() {
        let all = RedactOptions {
            emails: true,
            ips: true,
            phones: true,
            patterns: vec!["CASE-%n6".to_owned(), "acme_%a8-20".to_owned()],
            ..RedactOptions::default()
        };
        for (text, expected) in [
            ("mail ann.lee+x@mail.example.com.", "mail [redacted:email]."),
            ("from 203.0.113.7:443 and 10.0.0.1", "from [redacted:ip]:443 and [redacted:ip]"),
            ("at 2001:db8::1, fe80::1ff:fe23:4567:890a", "at [redacted:ip], [redacted:ip]"),
            ("call +1 (415) 555-2671 or (415) 555-2671 now", "call [redacted:phone] or [redacted:phone] now"),
            (
                "CASE-123456 by acme_a1B2c3D4, password=x",
                "[redacted:custom] by [redacted:custom], password=[redacted:password]",
            ),
            (r#"{"phone":"+14155552671","n":1}"#, r#"{"phone":"[redacted:phone]","n":1}"#),
        ] {
            check(&all, text, expected);
            check(&RedactOptions::default(), "203.0.113.7 ann@example.com", "203.0.113.7 ann@example.com");
        }
        for text in [
            "version 1.2.3 at 12:30:45.123, 256.1.1.1 and 1.2.3.4.5",
            "std::vec a::b 00:1b:44:11:3a:b7",
            "user@host @name a@b.1",
            "2026-01-05 4111 +12 CASE-12345 CASE-1234567",
        ] {
            check(&all, text, text);
        }
    }

    #[test]
    fn rules_can_be_off_and_texts_allowed_and_the_mask_chosen() {
        let off = RedactOptions { off: vec!["password".to_owned(), "jwt".to_owned()], ..RedactOptions::default() };
        check(&off, "password=x token=y", "password=x token=[redacted:token]");
        check(&off, "password=AKIAA7A7A7A7A7A7A7A7", "password=[redacted:aws-access-key]");
        let allow = RedactOptions { allow: vec!["test".to_owned()], ..RedactOptions::default() };
        check(&allow, "password=test password=hunter2", "password=test password=[redacted:password]");
        let mask = RedactOptions { mask: Some("XXXX".to_owned()), ..RedactOptions::default() };
        check(&mask, r#"{"pin": 4821} password=hunter2"#, r#"{"pin": "XXXX"} password=XXXX"#);
    }

    #[test]
    fn wrong_options_are_told() {
        let wrong = |options: RedactOptions| options.check().map_err(|error| (error.code(), error.to_string()));
        for pattern in ["", "%", "%z3", "a%a", "[", " x", "%a1-300b", "%a5-2"] {
            let patterns = vec![pattern.to_owned()];
            assert_eq!("bad_pattern", wrong(RedactOptions { patterns, ..RedactOptions::default() }).unwrap_err().0);
        }
        let off = RedactOptions { off: vec!["nope".to_owned()], ..RedactOptions::default() };
        let text = "rule `nope`, expected an id that a mask shows, such as `jwt`".to_owned();
        assert_eq!(Err(("unknown_rule", text)), wrong(off));
        let mask = RedactOptions { mask: Some("a b".to_owned()), ..RedactOptions::default() };
        assert_eq!(Err(RedactError::Mask("a b".to_owned())), mask.check());
    }
}

//! Where the value of a key begins and ends, in JSON, in JSON inside a JSON string, and in plain text.

use std::ops::RangeInclusive;

use super::words::{Words, words};
use super::{bytes, steps};
use crate::mask::mask_length;

/// A value behind a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Value {
    /// The text between two quotes.
    Quoted(usize, usize),
    /// A bare word up to the next space or punctuation.
    Bare(usize, usize),
    /// A bare JSON number.
    Literal(usize, usize),
    /// A list behind a bare key: `X-Api-Key=[a, b]`.
    List(usize, usize),
    /// An object or array that begins here, behind a key in these quotes.
    Nested(usize, Quote),
}

/// How a text is quoted: the quote and how many backslashes stand before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Quote {
    pub(super) byte: u8,
    pub(super) backslashes: usize,
}

impl Quote {
    /// The quote of JSON that stands in no other JSON's string.
    pub(super) const JSON: Quote = Quote { byte: b'"', backslashes: 0 };
}

/// Returns the quote that stands at `at`, its backslashes first, and where the text behind it begins.
pub(super) fn quote_at(bytes: &[u8], at: usize) -> Option<(Quote, usize)> {
    let backslashes = bytes::run(bytes, at, MAX_BACKSLASHES + 1, bytes::BACKSLASH);
    let byte = bytes.get(at + backslashes).copied().filter(|b| matches!(b, b'"' | b'\'' | b'`'))?;
    (backslashes <= MAX_BACKSLASHES).then_some((Quote { byte, backslashes }, at + backslashes + 1))
}

/// JSON inside JSON inside JSON: as deep as quotes are followed.
const MAX_BACKSLASHES: usize = 7;

/// Returns where the text that begins at `start` behind `quote` ends: before the backslashes of the closing quote.
///
/// A double quote that JSON does not escape closes the outer string where the line is JSON, and ends the text too; so
/// does a line end. Nothing found: the end of the text.
pub(super) fn closing_quote(bytes: &[u8], start: usize, quote: Quote, line_is_json: bool) -> usize {
    let end = quote_end(bytes, start, quote, line_is_json);
    steps::count(end.saturating_sub(start));
    end
}

fn quote_end(bytes: &[u8], start: usize, quote: Quote, line_is_json: bool) -> usize {
    let mut backslashes = 0;
    for (i, &byte) in bytes.iter().enumerate().skip(start) {
        match byte {
            b'\\' => {
                backslashes += 1;
                continue;
            }
            b'\n' => return i,
            b'"' if line_is_json && backslashes % 2 == 0 => return i,
            _ if byte == quote.byte => {
                // An odd surplus of backslashes escapes the quote; an even one is escaped backslashes before the end.
                let closes = if backslashes < quote.backslashes {
                    true
                } else if quote.backslashes == 0 && line_is_json && byte != b'"' {
                    // Python's or a shell's text in a JSON string: its own backslashes are doubled.
                    (backslashes / 2).is_multiple_of(2)
                } else if quote.backslashes == 0 {
                    backslashes % 2 == 0
                } else {
                    (backslashes - quote.backslashes).is_multiple_of(2 * (quote.backslashes + 1))
                };
                if closes {
                    return i - backslashes.min(quote.backslashes);
                }
            }
            _ => {}
        }
        backslashes = 0;
    }
    bytes.len()
}

/// Returns the value that begins at `at`; `key_quote` is the quote of its key, where it had one.
///
/// Where the line is JSON, a double quote that is not escaped belongs to JSON itself: behind any key but one of JSON's
/// own it ends the string that the key stands in, and there is no value.
///
/// `bare` is the last bare word that was looked along, from and to: a value that stands in it ends where it ends.
pub(super) fn value_at(
    text: &str,
    at: usize,
    key_quote: Option<Quote>,
    line_is_json: bool,
    bare: &mut (usize, usize),
) -> Option<Value> {
    let bytes = text.as_bytes();
    let rest = text.get(at..)?;
    let is_template = ["${", "$(", "{{", "%("].iter().any(|start| rest.starts_with(start));
    if is_template || mask_length(rest).is_some() {
        return None;
    }
    if let Some((quote, start)) = quote_at(bytes, at + wrapper_length(bytes, at)) {
        let is_json = quote.byte == b'"' && quote.backslashes.is_multiple_of(2);
        let ends_string = is_json && line_is_json && key_quote != Some(Quote::JSON);
        let behind_quote = bytes.get(start).copied().unwrap_or(b' ');
        let opens = key_quote.is_some() || !(behind_quote.is_ascii_whitespace() || b",]}:".contains(&behind_quote));
        let is_other_level =
            key_quote.is_some_and(|key| key.byte == quote.byte && key.backslashes != quote.backslashes);
        if ends_string || !opens || is_other_level {
            return None;
        }
        let end = closing_quote(bytes, start, quote, line_is_json);
        return (end > start).then_some(Value::Quoted(start, end));
    }
    let is_json = key_quote.is_some();
    match bytes.get(at)? {
        b'{' | b'[' if let Some(key_quote) = key_quote => Some(Value::Nested(at, key_quote)),
        b'[' => list_length(text, at, line_is_json).map(|length| Value::List(at, at + length)),
        _ => {
            if !(bare.0..=bare.1).contains(&at) {
                *bare = (at, at + bytes::until(bytes, at, usize::MAX, bytes::ENDS_VALUE));
            }
            let end = bare.1;
            let length = end - at;
            let is_name =
                || bytes.iter().skip(at).take(length).all(|b| b.is_ascii_alphanumeric() || b"_.:".contains(b));
            if length == 0 || (bytes.get(end) == Some(&b'(') && is_name()) {
                return None; // nothing, or a function call in code
            }
            let is_literal = is_json && bytes.get(at).is_some_and(|b| b.is_ascii_digit() || *b == b'-');
            Some(if is_literal { Value::Literal(at, end) } else { Value::Bare(at, end) })
        }
    }
}

/// Returns the text of the YAML block scalar whose `|` or `>` stands at `at`: the lines behind it that are indented
/// further than the line that it stands in.
pub(super) fn block(text: &str, at: usize) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    let mut end = at + 1 + bytes::until(bytes, at + 1, 3, bytes::SPACE);
    if !matches!(bytes.get(at)?, b'|' | b'>') || bytes.get(end) != Some(&b'\n') {
        return None;
    }
    let before = bytes.get(..at)?.iter().rev().take_while(|byte| **byte != b'\n').count();
    let indent = bytes::run(bytes, at - before, before, bytes::BLANK);
    let start = end + bytes::run(bytes, end, usize::MAX, bytes::SPACE);
    while end < bytes.len() {
        let line = end + bytes::run(bytes, end, usize::MAX, bytes::SPACE);
        let own = bytes::run_before(bytes, line, line - end, bytes::BLANK);
        if own <= indent {
            break;
        }
        end = line + bytes.get(line..)?.iter().take_while(|byte| **byte != b'\n').count();
        steps::count(end - line);
    }
    (start < end).then_some((start, end))
}

/// Returns the length of what may stand before a value's quote: `b` or `u` of Python, `Some(` of Rust.
pub(super) fn wrapper_length(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    let wrappers: [&[u8]; 3] = [b"Some(", b"b", b"u"];
    wrappers.into_iter().find(|wrapper| rest.starts_with(wrapper)).map_or(0, <[u8]>::len)
}

/// Returns the length of the flat list in brackets at `at`, up to its closing bracket: one that ends on its line and
/// not far from here. A mask's own brackets do not count, and a quote that JSON does not escape ends it as in
/// [`closing_quote`].
fn list_length(text: &str, at: usize, line_is_json: bool) -> Option<usize> {
    const LONGEST: usize = 1024;
    let mut end = at + 1;
    while end < at + LONGEST {
        steps::count(1);
        match text.as_bytes().get(end)? {
            b']' => return Some(end - at),
            b'[' => end += mask_length(text.get(end..)?)?,
            b'\n' => return None,
            b'"' if line_is_json => return None,
            b'\\' if line_is_json => end += 2,
            _ => end += 1,
        }
    }
    None
}

/// Gives the scalar values inside the object or array that begins at `at`, and returns where it ends.
///
/// `key_quote` is the quote of its key: a double quote with fewer backslashes ends the string that the object stands
/// in, and the object with it. So does a line end: broken JSON cannot swallow a record.
pub(super) fn scalars_inside(
    text: &str,
    at: usize,
    key_quote: Quote,
    give: &mut dyn FnMut(Value, Option<Quote>),
) -> usize {
    let bytes = text.as_bytes();
    let mut depth = 0_usize;
    let mut i = at;
    while let Some(&byte) = bytes.get(i) {
        steps::count(1);
        if let Some((quote, start)) = quote_at(bytes, i) {
            let is_escaped = quote.backslashes % 2 == 1 || key_quote.backslashes == 0;
            let is_outer = quote.byte == b'"'
                && (quote.backslashes < key_quote.backslashes || key_quote.byte != b'"' || !is_escaped);
            let end = closing_quote(bytes, start, quote, true);
            if is_outer || bytes.get(end + quote.backslashes) != Some(&quote.byte) {
                return i;
            }
            i = end + quote.backslashes + 1;
            let next = bytes.iter().skip(i).find(|b| !b.is_ascii_whitespace());
            let is_masked = text.get(start..end).is_some_and(|inner| mask_length(inner) == Some(inner.len()));
            if next != Some(&b':') && end > start && !is_masked {
                give(Value::Quoted(start, end), Some(quote));
            }
            continue;
        }
        if let Some(length) = text.get(i..).and_then(mask_length) {
            i += length;
            continue;
        }
        match byte {
            b'\n' => return i,
            b'\\' => {
                // An escape that is no quote stays, with the word that it begins: `\u00e9`.
                i += bytes::run(bytes, i, usize::MAX, bytes::BACKSLASH);
                i += bytes::until(bytes, i, usize::MAX, bytes::ENDS_VALUE);
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth <= 1 => return i + 1,
            b'}' | b']' => depth -= 1,
            _ => {
                let length = bytes::until(bytes, i, usize::MAX, bytes::ENDS_VALUE | bytes::COLON);
                if length > 0 {
                    let next = bytes.get(i + length);
                    if byte.is_ascii_digit() || byte == b'-' {
                        give(Value::Literal(i, i + length), None);
                    } else if next != Some(&b':') {
                        give(Value::Bare(i, i + length), None);
                    }
                    i += length;
                    continue;
                }
            }
        }
        i += 1;
    }
    bytes.len()
}

/// Whether a value only stands for a secret, or says that there is none: `***`, `${TOKEN}`, `null`, `<hidden>`.
pub(super) fn is_placeholder(value: &str) -> bool {
    const WORDS: Words = words![
        "~" "null" "none" "nil" "true" "false" "undefined" "redacted" "hidden"
    ];
    let inner = value.trim_ascii();
    let is_variable = |name: &[u8]| match name {
        [b'{', ..] => true,
        [] => false,
        name => name.iter().all(|b| b.is_ascii_uppercase() || *b == b'_'),
    };
    let stands = match inner.as_bytes() {
        [] | [b'{', b'{', ..] => true,
        [b'$', name @ ..] => is_variable(name),
        [b'<', name @ .., b'>'] => !name.iter().any(|b| matches!(b, b'<' | b'>')),
        _ => false,
    };
    stands
        || mask_length(inner) == Some(inner.len())
        || inner.bytes().all(|b| matches!(b, b'*' | b'.' | b'-'))
        || WORDS.has_in_any_case(inner.as_bytes())
}

/// How much of a value is looked at to tell whether it is random.
const LONGEST_LOOK: usize = 256;

fn beginning(value: &[u8]) -> &[u8] {
    let looked_at = value.get(..LONGEST_LOOK).unwrap_or(value);
    steps::count(looked_at.len());
    looked_at
}

/// Whether a value looks random: long, or letters and digits mixed.
pub(super) fn looks_random(value: &str) -> bool {
    let value = beginning(value.as_bytes());
    let has_digit = || value.iter().any(u8::is_ascii_digit);
    let has_letter = || value.iter().any(u8::is_ascii_alphabetic);
    value.len() >= 24 && !value.contains(&b' ') || value.len() >= 8 && has_digit() && has_letter()
}

/// Whether a word can hardly be one of a language: long, with letters and several digits, and nothing that joins words.
pub(super) fn is_opaque(word: &[u8]) -> bool {
    let word = beginning(word);
    word.len() >= 16
        && word.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'='))
        && word.iter().any(u8::is_ascii_alphabetic)
        && word.iter().filter(|b| b.is_ascii_digit()).count() >= 3
}

/// Words of sentences about secrets.
const PROSE: Words = words![
    "any" "bool" "bytes" "denied" "expected" "expired" "failed" "incorrect" "int" "invalid" "is" "missing" "must"
    "not" "ok" "optional" "refused" "required" "str" "string" "unexpected" "unknown" "was" "wrong"
];

/// Whether a word is one that a sentence about a secret goes on with: `authorization: failed for ...`.
pub(super) fn is_prose_word(word: &str) -> bool {
    PROSE.has_in_any_case(word.as_bytes())
}

/// Whether the bare word behind `key: ` in a sentence is more likely a secret than prose: `password: hunter2`, not
/// `password: must not be empty`.
pub(super) fn is_more_than_prose(word: &str, rest: &str) -> bool {
    if is_prose_word(word) {
        return false;
    }
    let has_mark = word.bytes().any(|b| b.is_ascii_digit() || (b.is_ascii_punctuation() && b != b'-' && b != b'.'));
    let rest = rest.as_bytes();
    let end = bytes::run(rest, 0, usize::MAX, bytes::ENDS_SENTENCE);
    let end = end + bytes::run(rest, end, usize::MAX, bytes::BLANK);
    let ends_line = matches!(rest.get(end..), None | Some([] | [b'\n' | b'\r', ..]));
    has_mark || (ends_line && word.len() >= 6)
}

/// A typed job ID has 16 bits of suffix: nobody uses it as a secret, and hiding it would hide the job.
pub(super) fn is_job_id(value: &str) -> bool {
    let mut parts = value.as_bytes().split(|b| *b == b'-');
    let mut next = |lengths: RangeInclusive<usize>, is: fn(&u8) -> bool| {
        parts.next().is_some_and(|part| lengths.contains(&part.len()) && part.iter().all(is))
    };
    let has_parts =
        next(2..=8, u8::is_ascii_uppercase) && next(4..=4, u8::is_ascii_digit) && next(4..=4, u8::is_ascii_hexdigit);
    has_parts && parts.next().is_none()
}

/// Returns where the first colon stands that is in no mask.
pub(super) fn colon_in(credentials: &str) -> Option<usize> {
    let mut at = 0;
    loop {
        at += bytes::until(credentials.as_bytes(), at, usize::MAX, bytes::COLON_OR_MASK);
        if *credentials.as_bytes().get(at)? == b':' {
            return Some(at);
        }
        at += mask_length(credentials.get(at..)?).unwrap_or(1);
    }
}

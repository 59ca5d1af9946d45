//! The little JSON that records need: an object's keys with their raw values in order, and strings in and out.

mod number;

use std::borrow::Cow;

pub(crate) use number::scalar_end;

/// Returns the members of the JSON object that all of `text` is, in order, each value as its raw JSON text.
///
/// A key that stands twice is there twice. Anything that is no object gives none. What is accepted is what RFC 8259
/// says; a test holds this against `serde_json`.
pub(crate) fn members(text: &str) -> Option<Vec<(Cow<'_, str>, &str)>> {
    const USUAL: usize = 16;
    let bytes = text.as_bytes();
    let mut members = Vec::with_capacity(USUAL);
    let mut at = behind(bytes, spaces(bytes, 0), b'{')?;
    at = spaces(bytes, at);
    if bytes.get(at) == Some(&b'}') {
        return (spaces(bytes, at + 1) == bytes.len()).then_some(members);
    }
    loop {
        let key_end = string_end(bytes, at)?;
        let raw_key = text.get(at..key_end)?;
        let inner = raw_key.get(1..raw_key.len() - 1)?;
        let has_escape = inner.bytes().any(|b| b == b'\\');
        let key = if has_escape { text_of(raw_key)? } else { Cow::Borrowed(inner) };
        at = behind(bytes, spaces(bytes, key_end), b':')?;
        at = spaces(bytes, at);
        let value_end = value_end(bytes, at)?;
        members.push((key, text.get(at..value_end)?));
        at = spaces(bytes, value_end);
        match bytes.get(at)? {
            b',' => at = spaces(bytes, at + 1),
            b'}' => return (spaces(bytes, at + 1) == bytes.len()).then_some(members),
            _ => return None,
        }
    }
}

/// Returns the elements of the JSON array that all of `text` is, each as its raw JSON text.
pub(crate) fn elements(text: &str) -> Option<Vec<&str>> {
    let bytes = text.as_bytes();
    let mut elements = Vec::new();
    let mut at = spaces(bytes, behind(bytes, spaces(bytes, 0), b'[')?);
    if bytes.get(at) == Some(&b']') {
        return (spaces(bytes, at + 1) == bytes.len()).then_some(elements);
    }
    loop {
        let end = value_end(bytes, at)?;
        elements.push(text.get(at..end)?);
        at = spaces(bytes, end);
        match bytes.get(at)? {
            b',' => at = spaces(bytes, at + 1),
            b']' => return (spaces(bytes, at + 1) == bytes.len()).then_some(elements),
            _ => return None,
        }
    }
}

/// Returns whether all of `text` is one JSON object or array.
pub(crate) fn is_nested(text: &str) -> bool {
    let bytes = text.as_bytes();
    let at = spaces(bytes, 0);
    let end = matches!(bytes.get(at), Some(b'{' | b'[')).then(|| nested_end(bytes, at)).flatten();
    end.is_some_and(|end| spaces(bytes, end) == bytes.len())
}

/// Returns where the JSON value at `at` ends; none where no whole value stands there. Any depth, no recursion.
fn value_end(bytes: &[u8], at: usize) -> Option<usize> {
    match bytes.get(at)? {
        b'"' => string_end(bytes, at),
        b'{' | b'[' => nested_end(bytes, at),
        _ => scalar_end(bytes, at),
    }
}

/// Returns where the object or array at `at` ends.
pub(crate) fn nested_end(bytes: &[u8], at: usize) -> Option<usize> {
    let mut open = Vec::new();
    let mut at = at;
    loop {
        // A value begins here.
        at = match bytes.get(at)? {
            b'{' => {
                at = spaces(bytes, at + 1);
                if bytes.get(at)? != &b'}' {
                    open.push(b'}');
                    at = behind(bytes, spaces(bytes, string_end(bytes, at)?), b':')?;
                    at = spaces(bytes, at);
                    continue;
                }
                at + 1
            }
            b'[' => {
                at = spaces(bytes, at + 1);
                if bytes.get(at)? != &b']' {
                    open.push(b']');
                    continue;
                }
                at + 1
            }
            b'"' => string_end(bytes, at)?,
            _ => scalar_end(bytes, at)?,
        };
        // A value has ended: close what ends with it, and go to the next one.
        loop {
            let Some(close) = open.last() else { return Some(at) };
            at = spaces(bytes, at);
            let next = bytes.get(at)?;
            at += 1;
            if next == close {
                open.pop();
                continue;
            }
            if *next != b',' {
                return None;
            }
            at = spaces(bytes, at);
            if *close == b'}' {
                at = behind(bytes, spaces(bytes, string_end(bytes, at)?), b':')?;
                at = spaces(bytes, at);
            }
            break;
        }
    }
}

/// Returns where the string at `at` ends, its closing quote included.
fn string_end(bytes: &[u8], at: usize) -> Option<usize> {
    text_end(bytes, behind(bytes, at, b'"')?).map(|(end, _)| end + 1)
}

/// Returns where the quote stands that closes the string whose text begins at `at`, and whether the text has escapes.
#[expect(clippy::inline_always, reason = "the calls take longer than most values")]
#[inline(always)]
pub(crate) fn text_end(bytes: &[u8], at: usize) -> Option<(usize, bool)> {
    let end = at + plain_length(bytes.get(at..)?);
    match bytes.get(end)? {
        b'"' => Some((end, false)),
        b'\\' => Some((escaped_text_end(bytes, end)?, true)),
        _ => None,
    }
}

/// Returns where the quote stands that closes the string of which an escape stands at `at`.
fn escaped_text_end(bytes: &[u8], at: usize) -> Option<usize> {
    let mut at = at;
    loop {
        match bytes.get(at)? {
            b'"' => return Some(at),
            b'\\' => {
                at += match bytes.get(at + 1)? {
                    b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => 2,
                    b'u' if bytes.get(at + 2..at + 6)?.iter().all(u8::is_ascii_hexdigit) => 6,
                    _ => return None,
                }
            }
            _ => return None,
        }
        at += plain_length(bytes.get(at..)?);
    }
}

/// Returns how many bytes stand before the first quote, backslash or control character. Eight bytes are looked at in
/// one step: a byte is marked where subtracting borrows from it.
#[inline]
fn plain_length(bytes: &[u8]) -> usize {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const HIGHS: u64 = ONES << 7;
    let below = |word: u64, limit: u8| word.wrapping_sub(ONES * u64::from(limit)) & !word & HIGHS;
    let mut length = 0;
    for chunk in bytes.as_chunks::<8>().0 {
        let word = u64::from_le_bytes(*chunk);
        let quote = below(word ^ (ONES * u64::from(b'"')), 1);
        let backslash = below(word ^ (ONES * u64::from(b'\\')), 1);
        let marks = quote | backslash | below(word, 0x20);
        if marks != 0 {
            // The lowest mark is exact: a borrow runs only upward from a byte that is marked itself.
            return length + (marks.trailing_zeros() / 8) as usize;
        }
        length += 8;
    }
    let rest = bytes.iter().skip(length);
    length + rest.take_while(|b| !matches!(**b, b'"' | b'\\' | 0..0x20)).count()
}

fn spaces(bytes: &[u8], at: usize) -> usize {
    let mut at = at;
    while matches!(bytes.get(at), Some(b' ' | b'\t' | b'\n' | b'\r')) {
        at += 1;
    }
    at
}

/// Returns the place behind `byte`, where it stands at `at`.
fn behind(bytes: &[u8], at: usize, byte: u8) -> Option<usize> {
    (bytes.get(at) == Some(&byte)).then_some(at + 1)
}

/// Returns the text of a raw JSON string; none where `raw` is another kind of value.
///
/// Half of a surrogate pair, which Python writes and Rust's text cannot hold, becomes U+FFFD.
///
/// ```
/// assert_eq!(Some("a\tb"), jobtrail_core::json::text_of(r#""a\tb""#).as_deref());
/// assert_eq!(None, jobtrail_core::json::text_of("7"));
/// ```
pub fn text_of(raw: &str) -> Option<Cow<'_, str>> {
    let inner = raw.strip_prefix('"')?.strip_suffix('"')?;
    if !inner.contains('\\') {
        return Some(Cow::Borrowed(inner));
    }
    let mut text = String::with_capacity(inner.len());
    let mut rest = inner;
    while let Some((before, escape)) = rest.split_once('\\') {
        text.push_str(before);
        let (c, length) = unescape(escape);
        text.push(c);
        rest = escape.get(length..).unwrap_or_default();
    }
    text.push_str(rest);
    Some(Cow::Owned(text))
}

/// Returns the character that an escape stands for and the bytes it takes behind its backslash.
fn unescape(escape: &str) -> (char, usize) {
    let Some(kind) = escape.chars().next() else { return (char::REPLACEMENT_CHARACTER, 0) };
    let simple = match kind {
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        'b' => '\u{8}',
        'f' => '\u{c}',
        'u' => return unescape_unicode(escape),
        other => other,
    };
    (simple, kind.len_utf8())
}

fn unescape_unicode(escape: &str) -> (char, usize) {
    const LENGTH: usize = "uXXXX".len();
    let unit = |text: Option<&str>| u32::from_str_radix(text?, 16).ok();
    let Some(high) = unit(escape.get(1..LENGTH)) else { return (char::REPLACEMENT_CHARACTER, 1) };
    if (0xD800..0xDC00).contains(&high) {
        let low = escape.get(LENGTH..).and_then(|next| next.strip_prefix("\\u")).and_then(|next| unit(next.get(..4)));
        if let Some(low @ 0xDC00..=0xDFFF) = low {
            let both = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
            return (char::from_u32(both).unwrap_or(char::REPLACEMENT_CHARACTER), LENGTH + "\\uXXXX".len());
        }
    }
    (char::from_u32(high).unwrap_or(char::REPLACEMENT_CHARACTER), LENGTH)
}

/// Appends `text` to `out` as a JSON string with its quotes, escaping only what JSON says must be (RFC 8259 section 7).
///
/// ```
/// let mut json = String::new();
/// jobtrail_core::json::push_string("say \"hi\"", &mut json);
/// assert_eq!(r#""say \"hi\"""#, json);
/// ```
pub fn push_string(text: &str, out: &mut String) {
    out.push('"');
    push_escaped(text, out);
    out.push('"');
}

/// Appends `text` to `out` as it stands between the quotes of a JSON string.
pub(crate) fn push_escaped(text: &str, out: &mut String) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let is_escaped = |byte: u8| byte < 0x20 || matches!(byte, b'"' | b'\\');
    let (steps, behind) = text.as_bytes().as_chunks();
    // Most texts have nothing to escape, which is told eight bytes at a time.
    if !steps.iter().any(|step| may_need_escape(*step)) && !behind.iter().any(|byte| is_escaped(*byte)) {
        return out.push_str(text);
    }
    let mut rest = text;
    while let Some((before, from)) = rest.bytes().position(is_escaped).and_then(|at| rest.split_at_checked(at)) {
        out.push_str(before);
        let byte = from.as_bytes().first().copied().unwrap_or_default();
        match byte {
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            _ => {
                out.push_str("\\u00");
                for digit in [byte >> 4, byte & 15] {
                    out.push(char::from(HEX.get(usize::from(digit)).copied().unwrap_or(b'0')));
                }
            }
        }
        rest = from.get(1..).unwrap_or_default();
    }
    out.push_str(rest);
}

/// Whether some of eight bytes may have to be escaped in a string; false only where none has.
fn may_need_escape(step: [u8; 8]) -> bool {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    let step = u64::from_ne_bytes(step);
    let has_below = |bytes: u64, limit: u8| bytes.wrapping_sub(ONES * u64::from(limit)) & !bytes & (ONES << 7);
    let has = |byte: u8| has_below(step ^ (ONES * u64::from(byte)), 1);
    has_below(step, 0x20) | has(b'"') | has(b'\\') != 0
}

/// Appends a number in decimal: smaller in the browser's module than a formatter, and five times as fast.
pub(crate) fn push_number(number: u64, out: &mut String) {
    let mut digits = [0; 20]; // as many as the largest number has
    let mut rest = number;
    let mut count = 0;
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + (rest % 10) as u8;
        count += 1;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    let digits = digits.get(digits.len() - count..).unwrap_or_default();
    out.push_str(str::from_utf8(digits).unwrap_or_default());
}

/// Appends a raw JSON value to `out`, each half of a surrogate pair that stands alone replaced by `\ufffd`: not every
/// reader of JSON takes one.
///
/// ```
/// let mut json = String::new();
/// jobtrail_core::json::push_raw(r#"["\ud800", 7]"#, &mut json);
/// assert_eq!(r#"["\ufffd", 7]"#, json);
/// ```
pub fn push_raw(raw: &str, out: &mut String) {
    let mut rest = raw;
    while let Some((before, escape)) = rest.find('\\').and_then(|at| rest.split_at_checked(at)) {
        out.push_str(before);
        let (c, length) = unescape(escape.get(1..).unwrap_or_default());
        let whole = escape.get(..=length).unwrap_or(escape);
        out.push_str(if c == char::REPLACEMENT_CHARACTER { "\\ufffd" } else { whole });
        rest = escape.get(whole.len()..).unwrap_or_default();
    }
    out.push_str(rest);
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::value::RawValue;

    use super::*;

    #[test]
    fn strings_are_read_as_serde_json_reads_them_and_come_back() {
        for text in ["", "plain", "a\"b\\c/d", "line\nline\ttab\r\u{8}\u{c}\u{1}", "grün 😀", "\u{7f}\u{2028}"] {
            let mut ours = String::new();
            push_string(text, &mut ours);
            let ascii = serde_json::to_string(text).unwrap();

            assert_eq!(text, serde_json::from_str::<String>(&ours).unwrap());
            assert_eq!(text, text_of(&ascii).unwrap());
            assert_eq!(text, text_of(&ours).unwrap());
        }
        assert_eq!("😀 é", text_of("\"\\ud83d\\ude00 \\u00e9\"").unwrap());
    }

    #[test]
    fn half_a_surrogate_pair_is_shown_as_unreadable() {
        assert_eq!("\u{fffd}x", text_of("\"\\ud83dx\"").unwrap());
        assert_eq!("\u{fffd}A", text_of("\"\\ud83d\\u0041\"").unwrap());
    }

    #[test]
    fn a_raw_value_is_copied_as_it_stands_but_for_half_a_pair() {
        let mut out = String::new();
        push_raw(r#"{"a\\u":"\ud83d\ude00 \ud83d x \n","b":1.50}"#, &mut out);

        assert_eq!(r#"{"a\\u":"\ud83d\ude00 \ufffd x \n","b":1.50}"#, out);
    }

    #[test]
    fn members_keep_their_order_and_numbers_their_digits() {
        let members = members("{\"b\": 1.500, \"a\": {\"x\":[1,2]}, \"b\": null}").unwrap();

        let expected = [("b", "1.500"), ("a", "{\"x\":[1,2]}"), ("b", "null")];
        assert_eq!(expected.to_vec(), members.iter().map(|(k, v)| (&**k, *v)).collect::<Vec<_>>());
    }

    #[test]
    fn what_is_json_is_what_serde_json_says() {
        let pieces = [
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            "\"a\"",
            "\"\"",
            "\"b\\n\"",
            "\"\\u00e9\"",
            "\"\\u12\"",
            "\"\\x\"",
            "\"\u{1}\"",
            "\"open",
            "1",
            "-0",
            "01",
            "1.5",
            "1.",
            ".5",
            "1e9",
            "1E-2",
            "-",
            "true",
            "false",
            "null",
            "nul",
            " ",
            "\t",
            "\"ünï\"",
        ];
        let mut state = 1_u64;
        let mut accepted = 0;
        for _ in 0..400_000 {
            let mut text = String::from("{\"k\":");
            for _ in 0..9 {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                let piece = usize::try_from(state >> 33).unwrap();
                if piece % 11 == 0 {
                    break;
                }
                text.push_str(pieces[piece % pieces.len()]);
            }
            text.push('}');
            let theirs = serde_json::from_str::<BTreeMap<String, &RawValue>>(&text);
            let ours = members(&text);

            assert_eq!(theirs.is_ok(), ours.is_some(), "{text}");
            accepted += usize::from(theirs.is_ok());
            for (key, value) in theirs.unwrap_or_default() {
                let raw = ours.iter().flatten().rfind(|(known, _)| *known == key).unwrap().1;
                assert_eq!(value.get(), raw, "{text}");
            }
        }
        assert!(accepted > 5_000, "{accepted} texts were JSON");
    }

    #[test]
    fn the_elements_of_an_array_are_told_apart() {
        assert_eq!(Some(vec!["1", "[2, 3]", "\"a,\""]), elements(" [1, [2, 3] ,\"a,\"] "));
        assert_eq!(Some(vec![]), elements("[ ]"));
        for text in ["", "[", "[1", "[1,]", "[1] x", "{}", "[1 2]"] {
            assert_eq!(None, elements(text), "{text}");
        }
    }

    #[test]
    fn nesting_has_no_limit() {
        let deep = format!("{{\"a\":{}1{}}}", "[{\"b\":".repeat(10_000), "}]".repeat(10_000));

        assert_eq!(1, members(&deep).unwrap().len());
        assert_eq!(None, members(deep.get(..deep.len() - 1).unwrap()));
    }

    #[test]
    fn what_is_no_whole_object_has_no_members() {
        for text in ["", "[]", "1", "{\"a\":1", "{\"a\":1} x", "{a:1}", "null"] {
            assert_eq!(None, members(text), "{text}");
        }
    }
}

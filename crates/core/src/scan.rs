//! The little JSON that records need: an object's keys with their raw values in order, and strings in and out.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// Returns the members of the JSON object that all of `text` is, in order, each value as its raw JSON text.
///
/// A key that stands twice is there twice. Anything that is no object gives none.
pub(crate) fn members(text: &str) -> Option<Vec<(Cow<'_, str>, &str)>> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let Members(members) = Members::deserialize(&mut deserializer).ok()?;
    deserializer.end().ok()?;
    Some(members)
}

/// Returns the text of a raw JSON string; none where `raw` is another kind of value.
///
/// Half of a surrogate pair, which Python writes and Rust's text cannot hold, becomes U+FFFD.
pub(crate) fn text_of(raw: &str) -> Option<Cow<'_, str>> {
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
pub(crate) fn push_string(text: &str, out: &mut String) {
    out.push('"');
    push_escaped(text, out);
    out.push('"');
}

/// Appends `text` to `out` as it stands between the quotes of a JSON string.
pub(crate) fn push_escaped(text: &str, out: &mut String) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let mut rest = text;
    while let Some(at) = rest.bytes().position(|b| b < 0x20 || b == b'"' || b == b'\\') {
        let (before, from) = rest.split_at(at);
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

/// Appends a raw JSON value to `out`, each half of a surrogate pair that stands alone replaced by `\ufffd`: not every
/// reader of JSON takes one.
pub(crate) fn push_raw(raw: &str, out: &mut String) {
    let mut rest = raw;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        out.push_str(before);
        let (c, length) = unescape(escape.get(1..).unwrap_or_default());
        let whole = escape.get(..=length).unwrap_or(escape);
        out.push_str(if c == char::REPLACEMENT_CHARACTER { "\\ufffd" } else { whole });
        rest = escape.get(whole.len()..).unwrap_or_default();
    }
    out.push_str(rest);
}

struct Members<'a>(Vec<(Cow<'a, str>, &'a str)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::with_capacity(12);
                while let Some((Key(key), value)) = map.next_entry::<Key<'de>, &'de RawValue>()? {
                    members.push((key, value.get()));
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(InOrder)
    }
}

/// A key, borrowed where it has no escape.
struct Key<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Borrowing;

        impl<'de> Visitor<'de> for Borrowing {
            type Value = Key<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }

            fn visit_borrowed_str<E>(self, key: &'de str) -> Result<Self::Value, E> {
                Ok(Key(Cow::Borrowed(key)))
            }

            fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
                Ok(Key(Cow::Owned(key.to_owned())))
            }
        }

        deserializer.deserialize_str(Borrowing)
    }
}

#[cfg(test)]
mod tests {
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
    fn what_is_no_whole_object_has_no_members() {
        for text in ["", "[]", "1", "{\"a\":1", "{\"a\":1} x", "{a:1}", "null"] {
            assert_eq!(None, members(text), "{text}");
        }
    }
}

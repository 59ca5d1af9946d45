//! Where the key in front of a separator begins and ends, and in which quotes it stands. What it means is `keys.rs`.

use super::bytes;
use super::keys::{self, MAX_KEY_BYTES, Sensitive};
use super::value::Quote;

/// A key in front of a separator.
pub(super) struct Key<'t> {
    name: &'t str,
    /// Where the name begins.
    start: usize,
    /// The quote around it.
    pub(super) quote: Option<Quote>,
}

impl Key<'_> {
    pub(super) fn name(&self) -> &str {
        self.name
    }

    pub(super) fn start(&self) -> usize {
        self.start
    }

    /// How sensitive the key is: read as it stands, without the letter of an escape such as `\n` in front of it, or with
    /// the word before `key` (`API Key: ...`).
    pub(super) fn sensitive(&self, text: &str) -> Option<Sensitive> {
        let before = text.get(..self.start)?;
        keys::classify(self.name).or_else(|| {
            if before.ends_with('\\') {
                return keys::classify(self.name.strip_prefix(['n', 'r', 't'])?);
            }
            let is_last_word = self.name.eq_ignore_ascii_case("key") || self.name.eq_ignore_ascii_case("keys");
            let word = before.strip_suffix(' ').filter(|_| is_last_word)?;
            let length = bytes::run_before(word.as_bytes(), word.len(), MAX_KEY_BYTES, bytes::KEY);
            keys::classify(text.get(word.len() - length..self.start + self.name.len())?)
        })
    }

    /// The quote right before a bare key: of a string that the key begins, as in `-H 'Cookie: ...'`.
    pub(super) fn opened_by(&self, bytes: &[u8]) -> Option<Quote> {
        let before = bytes.get(..self.start).filter(|_| self.quote.is_none())?;
        let byte = *before.last().filter(|b| matches!(b, b'"' | b'\'' | b'`'))?;
        let backslashes = bytes::run_before(before, before.len() - 1, 8, bytes::BACKSLASH);
        Some(Quote { byte, backslashes })
    }
}

/// Returns the key that stands before the separator at `at`.
pub(super) fn key_before(text: &str, at: usize) -> Option<Key<'_>> {
    let bytes = text.as_bytes();
    let spaces = bytes::run_before(bytes, at, 32, bytes::BLANK);
    let mut end = at - spaces;
    let last = *bytes.get(end.checked_sub(1)?)?;
    let mut quote = None;
    let mut opens = None;
    if matches!(last, b'"' | b'\'' | b'`') {
        end -= 1;
        let backslashes = bytes::run_before(bytes, end, 8, bytes::BACKSLASH);
        end -= backslashes;
        quote = Some(Quote { byte: last, backslashes });
        opens = Some(last);
    } else if last == b']' {
        end -= 1; // params[password]=x
        opens = Some(b'[');
    }
    let inside = if quote.is_some() { bytes::KEY | bytes::BLANK } else { bytes::KEY };
    let length = bytes::run_before(bytes, end, MAX_KEY_BYTES + 1, inside);
    let start = end - length;
    let before = start.checked_sub(1).and_then(|i| bytes.get(i)).copied();
    let name = text.get(start..end)?;
    let is_whole = opens.is_none() || before == opens;
    let is_sentence = quote.is_some() && name.bytes().filter(|b| *b == b' ').count() > 2;
    (length > 0 && is_whole && !is_sentence).then_some(Key { name, start, quote })
}

/// Whether a byte can stand in a key.
pub(super) fn is_key(byte: u8) -> bool {
    bytes::is(byte, bytes::KEY)
}

/// Returns how sensitive the key of JSON before the separator at `at` is, some of whose letters are escapes: `"p\u0061ss"`.
pub(super) fn escaped_key(text: &str, at: usize) -> Option<Sensitive> {
    const LONGEST: usize = 6 * MAX_KEY_BYTES;
    let bytes = text.as_bytes();
    let end = (at - bytes::run_before(bytes, at, 32, bytes::BLANK)).checked_sub(1)?;
    let length = bytes::run_before(bytes, end, LONGEST, bytes::KEY | bytes::BACKSLASH | bytes::BLANK);
    let start = end - length;
    bytes.get(end).filter(|quote| **quote == b'"' && bytes.get(start.wrapping_sub(1)) == Some(quote))?;
    let mut key = [0_u8; MAX_KEY_BYTES];
    let mut count = 0;
    let mut i = start;
    while let Some(&byte) = bytes.get(i..end)?.first() {
        *key.get_mut(count)? = byte;
        i += 1;
        if byte == b'\\' {
            let [b'u', b'0', b'0', high @ b'2'..=b'7', low] = *bytes.get(i..)?.first_chunk()? else { return None };
            *key.get_mut(count)? = ((high & 7) << 4) + (low & 15) + (low >> 6) * 9;
            i += 5;
        }
        count += 1;
    }
    keys::classify(std::str::from_utf8(key.get(..count)?).ok()?).filter(|_| count < length)
}

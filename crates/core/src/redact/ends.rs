//! Where what has no pattern of its own ends: a JSON Web Token and a private key block.

use super::{bytes, steps};
use crate::search;

/// Returns the length of the JSON Web Token at the start of `bytes`, and of all that is made of its characters. One without a
/// signature has two parts of JSON, or a point at its end.
pub(super) fn jwt_length(bytes: &[u8]) -> (Option<usize>, usize) {
    let whole = bytes::run(bytes, 0, usize::MAX, bytes::KEY);
    let length = whole - bytes::run_before(bytes, whole, usize::MAX, bytes::DOT);
    let first = bytes::run(bytes, 0, length, bytes::BASE64_URL);
    let second = bytes::run(bytes, first + 1, length, bytes::BASE64_URL);
    let points = bytes.get(..length).unwrap_or_default().split(|b| *b == b'.').count() - 1;
    let is_unsigned = points == 1 && (length < whole || bytes.get(first + 1..).is_some_and(|b| b.starts_with(b"eyJ")));
    let is_jwt = first >= 8 && second >= 8 && (matches!(points, 2..=4) || is_unsigned);
    (is_jwt.then_some(length), whole)
}

/// Returns the length of the private key block that `text` begins with. One without its end line stops at the first
/// character that no key block has.
pub(super) fn key_block_length(text: &str) -> Option<usize> {
    const LONGEST_LABEL: usize = 64;
    const END: &str = "-----END ";
    let header_end =
        text.get("-----BEGIN ".len()..)?.bytes().take(LONGEST_LABEL).position(|b| b == b'-' || b == b'"')?;
    let label = text.get("-----BEGIN ".len()..)?.get(..header_end)?;
    search::find(label, "PRIVATE KEY")?;
    let mut end = "-----BEGIN ".len() + header_end;
    loop {
        let rest = text.get(end..)?;
        let length = rest.bytes().position(|byte| byte == b'-' || !bytes::is(byte, bytes::KEY_BLOCK));
        end += length.unwrap_or(rest.len());
        steps::count(length.unwrap_or(rest.len()));
        let rest = bytes::part(text, end, usize::MAX);
        if let Some(label) = rest.strip_prefix(END)
            && let Some(dashes) = search::find(
                bytes::part(label, 0, bytes::run(label.as_bytes(), 0, LONGEST_LABEL, bytes::KEY_BLOCK)),
                "-----",
            )
        {
            return Some(end + END.len() + dashes + "-----".len());
        }
        if !rest.starts_with('-') {
            return Some(end - bytes::run_before(text.as_bytes(), end, usize::MAX, bytes::BACKSLASH | bytes::SPACE));
        }
        end += 1;
    }
}

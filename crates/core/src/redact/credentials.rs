//! The schemes of `Authorization` headers and what their credentials look like.

use super::bytes;
use super::words::{Words, words};

/// The schemes of an `Authorization` header: what IANA registers, and what is common beside it.
pub(super) const SCHEMES: Words = words![
    "apikey" "aws4-hmac-sha256" "basic" "bearer" "digest" "dpop" "gnap" "hawk" "hoba" "jwt" "key" "mac" "negotiate"
    "ntlm" "oauth" "scram-sha-256" "sharedkey" "signature" "ssws" "token" "vapid"
];

/// Whether a scheme's credentials are a list of parameters: those of Bearer and its like are one word.
pub(super) fn takes_parameters(scheme: &str, credentials: &str) -> bool {
    let is_one_word = words!["bearer" "basic" "token" "apikey" "jwt" "key" "ssws"].has_in_any_case(scheme.as_bytes());
    !is_one_word || credentials.starts_with("token=")
}

/// Whether a text is a path or made of words: `Authentication`, `read/write`.
pub(super) fn is_words(text: &str) -> bool {
    let bytes = text.as_bytes();
    matches!(bytes, [b'/' | b'~', ..])
        || bytes.split(|b| b"/-_.".contains(b)).all(|word| {
            let tail = word.get(1..).unwrap_or_default();
            word.iter().all(u8::is_ascii_alphabetic)
                && (tail.iter().all(u8::is_ascii_lowercase) || word.iter().all(u8::is_ascii_uppercase))
        })
}

/// Returns the length of the one-word credentials that begin at `start`.
pub(super) fn credentials_length(bytes: &[u8], start: usize) -> usize {
    bytes::run(bytes, start, usize::MAX, bytes::CREDENTIALS)
}

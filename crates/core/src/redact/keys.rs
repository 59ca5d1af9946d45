//! Which keys are sensitive: a small grammar over the words of a key, not a list of keys.
//!
//! `DB_PASSWORD`, `dbPassword` and `db-password` are the same words. A strong word makes the key sensitive, a weak word
//! only with a value that looks random; the last word can take it back (`password_file`, `token_count`).

use super::words::{Words, words};

/// How sure a key makes us that its value is secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Strength {
    /// The value is secret whatever it looks like.
    Strong,
    /// The value is secret unless it is a number: `token: 7` counts something.
    StrongText,
    /// The value is secret where it looks random.
    Weak,
    /// The value is secret where it is one long word of letters and digits.
    Opaque,
}

/// A sensitive key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sensitive {
    /// The id that the mask shows.
    pub(super) rule: &'static str,
    pub(super) strength: Strength,
}

/// The longest key looked at, in bytes.
pub(super) const MAX_KEY_BYTES: usize = 64;

const MAX_WORDS: usize = 12;

/// Last words that make a key speak about a secret instead of being one.
const ABOUT: Words = words![
    "age" "algorithm" "at" "attempts" "budget" "category" "class" "count" "date" "description" "enabled" "error"
    "exists" "expired" "expires" "expiration" "expiry" "field" "file" "filename" "format" "hint" "id" "ids" "in"
    "index" "invalid" "kind" "label" "len" "length" "limit" "manager" "max" "message" "min" "missing" "mode" "name"
    "names" "path" "per" "policy" "position" "prefix" "provider" "ref" "remaining" "required" "reset" "rotation"
    "rule" "seconds" "set" "size" "sock" "source" "state" "status" "store" "time" "timeout" "total" "ttl" "type"
    "types" "uri" "url" "usage" "used" "valid" "version"
];

/// Endings of file names: `token.rs:10` is a place in a file.
const FILE_TYPES: Words = words![
    "cpp" "cs" "go" "java" "js" "json" "jsx" "kt" "log" "php" "py" "rb" "rs" "swift" "toml" "ts" "tsx" "txt" "yaml"
    "yml"
];

/// Words beside `token` that make it a piece of text or a place in a list: `max_tokens`, `bos_token`, `next_page_token`.
const TEXT_TOKEN: Words = words![
    "bos" "cached" "cls" "completion" "continuation" "eos" "input" "mask" "max" "min" "next" "num" "output" "pad"
    "page" "prompt" "reasoning" "sep" "special" "stop" "total" "unexpected" "unk"
];

/// Words that make a key out of the `key` behind them.
const KEY_KINDS: Words = words![
    "access" "account" "api" "app" "auth" "consumer" "encryption" "license" "master" "private" "secret" "service"
    "shared" "signing" "storage"
];

/// Words in front of `key` that make it a name of something.
const PLAIN_KEYS: Words = words![
    "cache" "candidate" "composite" "data" "dedup" "dedupe" "dict" "event" "file" "foreign" "gpg" "group" "hash"
    "host" "idempotency" "index" "job" "lock" "lookup" "map" "message" "natural" "object" "partition" "primary"
    "public" "queue" "range" "redis" "routing" "row" "s3" "search" "shard" "sort" "state" "task" "trace" "unique"
];

const PASSWORD: Words = words!["password" "passwd" "pwd" "passphrase" "passwords" "passcode"];
const PIN: Words = words!["cvv" "cvc" "pin" "otp" "totp"];
const SESSION: Words = words!["auth" "session" "sessionid" "sid" "csrf" "xsrf" "signature" "sig" "verifier"];

/// Returns whether a key is sensitive, and how.
pub(super) fn classify(key: &str) -> Option<Sensitive> {
    if key.len() > MAX_KEY_BYTES {
        return None;
    }
    let mut buffer = [0_u8; MAX_KEY_BYTES];
    let mut words = [(0, 0); MAX_WORDS];
    let count = split(key, &mut buffer, &mut words);
    let word = |i: usize| {
        let &(start, end) = words.get(..count)?.get(i)?;
        std::str::from_utf8(buffer.get(start..end)?).ok()
    };
    let last = word(count.checked_sub(1)?)?;
    if ABOUT.has(last) || FILE_TYPES.has(last) {
        return None;
    }
    (0..count).rev().find_map(|i| {
        let current = word(i)?;
        let before = i.checked_sub(1).and_then(word);
        classify_word(current, before, i + 1 == count, count == 1)
    })
}

fn classify_word(word: &str, before: Option<&str>, is_last: bool, is_only: bool) -> Option<Sensitive> {
    let found = |rule, strength| Some(Sensitive { rule, strength });
    match word {
        _ if PASSWORD.has(word) => found("password", Strength::Strong),
        // `pass: 3, fail: 1` counts tests
        "pass" | "pw" if is_only => found("password", Strength::StrongText),
        "pass" | "pw" if is_last => found("password", Strength::Strong),
        "secret" | "secrets" => found("secret", Strength::StrongText),
        "token" | "tokens" if before.is_none_or(|b| !TEXT_TOKEN.has(b)) => found("token", Strength::StrongText),
        "apikey" | "apikeys" => found("api-key", Strength::StrongText),
        "key" | "keys" if before.is_some_and(|b| b.ends_with("api")) => found("api-key", Strength::StrongText),
        "key" | "keys" if is_last && before.is_some_and(|b| KEY_KINDS.has(b)) => found("key", Strength::StrongText),
        // `sentry-key`; but a cache's, a table's or a queue's key hides nothing.
        "key" if is_last && before.is_some_and(|b| !PLAIN_KEYS.has(b)) => found("key", Strength::Opaque),
        "credential" | "credentials" | "creds" => found("credential", Strength::StrongText),
        "authorization" => found("authorization", Strength::StrongText),
        _ if is_only && PIN.has(word) => found("pin", Strength::Strong),
        "cookie" | "cookies" => found("cookie", Strength::Weak),
        _ if is_last && SESSION.has(word) => found("session", Strength::Weak),
        _ => glued(word, found),
    }
}

/// Words written together: `dbpassword`, `accesstoken`, `secretkey`.
fn glued(word: &str, found: impl Fn(&'static str, Strength) -> Option<Sensitive>) -> Option<Sensitive> {
    let ends = |ends: &[&str]| ends.iter().any(|end| word.len() > end.len() && word.ends_with(end));
    if ends(&["password", "passwd", "passphrase"]) {
        found("password", Strength::Strong)
    } else if ends(&["apikey"]) {
        found("api-key", Strength::StrongText)
    } else if ["secretkey", "privatekey", "accesskey", "authkey"].iter().any(|end| word.ends_with(end)) {
        found("key", Strength::StrongText)
    } else if ends(&["secret"]) {
        found("secret", Strength::StrongText)
    } else if ends(&["token"]) && !word.strip_suffix("token").is_some_and(|kind| TEXT_TOKEN.has(kind)) {
        found("token", Strength::StrongText)
    } else {
        None
    }
}

/// Splits a key at everything that is no letter or digit and at camelCase borders, in lower case. Returns how many
/// words there are.
fn split(key: &str, buffer: &mut [u8; MAX_KEY_BYTES], words: &mut [(usize, usize); MAX_WORDS]) -> usize {
    let bytes = key.as_bytes();
    let mut count = 0;
    let mut start = None;
    let mut close = |start: &mut Option<usize>, end: usize, count: &mut usize| {
        if let (Some(from), Some(slot)) = (start.take(), words.get_mut(*count)) {
            *slot = (from, end);
            *count += 1;
        }
    };
    for (i, &byte) in bytes.iter().enumerate() {
        if !byte.is_ascii_alphanumeric() {
            close(&mut start, i, &mut count);
            continue;
        }
        let previous = i.checked_sub(1).and_then(|k| bytes.get(k)).copied().unwrap_or_default();
        let next_is_lower = bytes.get(i + 1).is_some_and(u8::is_ascii_lowercase);
        // `userId` and `APIKey` both break before the last upper-case letter.
        let breaks = byte.is_ascii_uppercase() && (!previous.is_ascii_uppercase() || next_is_lower);
        if breaks && previous.is_ascii_alphanumeric() {
            close(&mut start, i, &mut count);
        }
        if let Some(slot) = buffer.get_mut(i) {
            *slot = byte.to_ascii_lowercase();
        }
        start.get_or_insert(i);
    }
    close(&mut start, bytes.len(), &mut count);
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_sensitive_by_its_words_in_any_spelling() {
        let sensitive = [
            ("password", "password"),
            ("DB_PASSWORD", "password"),
            ("dbPassword", "password"),
            ("smtp.pass", "password"),
            ("apiKey", "api-key"),
            ("X-API-Key", "api-key"),
            ("APIKey", "api-key"),
            ("aws_secret_access_key", "key"),
            ("client-secret", "secret"),
            ("accessToken", "token"),
            ("authtoken", "token"),
            ("Authorization", "authorization"),
            ("proxy-authorization", "authorization"),
            ("Set-Cookie", "cookie"),
            ("sessionid", "session"),
        ];
        for (key, rule) in sensitive {
            assert_eq!(Some(rule), classify(key).map(|s| s.rule), "{key}");
        }
        let harmless = [
            "",
            "-",
            "key",
            "job_id",
            "token_count",
            "max_tokens",
            "bos_token",
            "nextPageToken",
            "password_file",
            "keyboard",
            "monkey",
            "author",
            "compass",
            "passed",
            "primary_key",
            "token_type",
            "secret_name",
            "SSH_AUTH_SOCK",
        ];
        for key in harmless {
            assert_eq!(None, classify(key), "{key}");
        }
    }
}

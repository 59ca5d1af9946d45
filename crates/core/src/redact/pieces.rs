//! Texts for tests: what hides secrets, and what only looks so, in every order.

use std::{fs, sync::LazyLock};

use super::{made, rules};

/// Pieces that secrets are made of, and what stands between them.
const PIECES: &[&str] = &[
    " ",
    "  ",
    "\t",
    "\n",
    "\\n",
    "\\t",
    "\"",
    "\\\"",
    "\\\\\"",
    "'",
    "`",
    ":",
    ": ",
    "=",
    " = ",
    ",",
    ", ",
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    "/",
    "\\/",
    "//",
    "://",
    "\\",
    "\\\\",
    "\\\\\\",
    "\\\\\\\\",
    "-",
    "--",
    "---",
    "-----",
    "_",
    ".",
    "@",
    "~",
    "%",
    "\": \"",
    "\":",
    "\\\":\\\"",
    "':'",
    "]=",
    "] = ",
    "&",
    ";",
    "#",
    "+",
    "\u{e9}",
    "\u{1b}",
    "\0",
    "a",
    "B",
    "n",
    "C",
    "7",
    "password",
    "PASSWORD",
    "Passwd",
    "passphrase",
    "passcode",
    "pass",
    "pwd",
    "PW",
    "secret",
    "Secrets",
    "token",
    "accessToken",
    "tokens",
    "max_tokens",
    "apikey",
    "api_key",
    "API Key",
    "key",
    "private_key",
    "signingKey",
    "credentials",
    "creds",
    "authorization",
    "Proxy-Authorization",
    "auth",
    "cookie",
    "Set-Cookie",
    "cookies",
    "session",
    "sessionid",
    "sid",
    "csrf",
    "XSRF",
    "signature",
    "sig",
    "verifier",
    "cvv",
    "CVC",
    "pin",
    "pincode",
    "password_hash",
    "token_count",
    "secretkey",
    "Bearer ",
    "bearer ",
    "BASIC ",
    "Basic ",
    "Token ",
    "Digest ",
    "eyJ",
    "eyJhbGciOiJIUzI1NiJ9.",
    "dozjgNryP4J3jVmNHl0w5N_X",
    "hunter2",
    "s3cr3tV4lu3",
    "c2VjcmV0OnZhbHVl",
    "null",
    "${TOKEN}",
    "****",
    "<hidden>",
    "[redacted:password]",
    "[redacted:",
    "[redacted:x]",
    "-----BEGIN PRIVATE KEY-----",
    "-----END PRIVATE KEY-----",
    "-----BEGIN ",
    "MIIEvQ",
    "--password ",
    "--api-key=",
    "'--token', '",
    "/home/kim/x.py",
    "/root",
    "/Users/kim/",
    "\\/home\\/kim",
    "/usr/lib/x",
    "/usr/home/kim",
    "/mnt/c/Users/kim",
    "/c/Users/kim",
    "file:///home/kim",
    "/export/home/kim/a",
    " -I/home/kim/include",
    "/var/log/a.log",
    "C:\\Users\\kim\\a",
    "C:\\\\Users\\\\kim",
    "c:/users/kim/",
    "D:/x/y",
    "\\\\srv\\share",
    "\\\\\\\\srv\\\\share\\\\f",
    "https://",
    "postgres://u:pw@h/db",
    "https://tok:x@h",
    "http://h/p?token=1",
    "4111111111111111",
    "4111 1111 1111 1111",
    "3782-822463-10005",
    "5555555555554444",
    "30569309025904",
    "6011",
    "1234",
    "2026-01-05T12:30:45.123456Z",
    "12:30:45",
    "MSH-0105-A7F2",
    "123e4567-e89b-12d3-a456-426614174000",
    "The request took 12 ms",
    "description",
    "processing missing",
    "keyboard",
    "created",
    "second",
    "broken",
    "mapping",
    "verified",
    "p\\u0061ssword",
    "\\u006b",
    "\\u00e9",
    "Card 6759649826438453",
    "2200 0000 0000 0004",
];

/// A seeded source of numbers (xorshift), so that a failure can be repeated.
pub(super) struct Random(pub(super) u64);

impl Random {
    pub(super) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).unwrap() % limit.max(1)
    }
}

/// Lines of the vectors, whole and cut, tokens of every shape, and the pieces between them; bytes changed here and there.
pub(super) fn text(random: &mut Random, lines: &[String]) -> String {
    static SHAPES: LazyLock<Vec<(&str, &str)>> = LazyLock::new(|| rules::patterns().collect());
    let mut text = String::new();
    for _ in 0..=random.below(9) {
        match random.below(10) {
            0 => {
                let (_, pattern) = SHAPES[random.below(SHAPES.len())];
                let token = made::token(pattern, random);
                let cut = token.len() - random.below(4).saturating_sub(2);
                text.push_str(token.get(..cut).unwrap_or(&token));
            }
            1 => {
                let line = &lines[random.below(lines.len())];
                let from = line.floor_char_boundary(random.below(line.len()));
                let to = line.floor_char_boundary(from + random.below(80));
                text.push_str(line.get(from..to).unwrap_or(line));
            }
            _ => text.push_str(PIECES[random.below(PIECES.len())]),
        }
    }
    if random.below(3) == 0 {
        let at = text.floor_char_boundary(random.below(text.len()));
        text.insert(at, char::from(b"\"\\:=/[{'\n-@ a7"[random.below(14)]));
    }
    text
}

/// Returns the lines of the redactor's vectors, and the texts in them.
pub(super) fn vectors() -> Vec<String> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/vectors/redact.jsonl");
    let vectors = fs::read_to_string(path).unwrap();
    let text_of = |line| serde_json::from_str::<serde_json::Value>(line).unwrap()["in"].as_str().unwrap().to_owned();
    vectors.lines().map(str::to_owned).chain(vectors.lines().map(text_of)).collect()
}

/// How many texts a test makes: a debug build is slow.
pub(super) const TEXTS: usize = if cfg!(debug_assertions) { 12_000 } else { 1_000_000 };

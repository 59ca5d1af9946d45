//! The plain form of `trigger.rs`, for its test: where something to hide can begin, by a table of bytes.

use super::rules;

/// Returns the first place from `from` on at which something to hide may begin.
pub(super) fn next_trigger(bytes: &[u8], from: usize) -> Option<usize> {
    let previous = from.checked_sub(1).and_then(|i| bytes.get(i));
    let mut before = previous.map_or(0, |byte| class(*byte));
    bytes
        .get(from..)?
        .iter()
        .position(|byte| {
            let own = class(*byte);
            let begins = own & BEGINS != 0 && before & WORD == 0;
            before = own;
            begins || own & MARK != 0
        })
        .map(|skipped| from + skipped)
}

/// A byte that goes on with a word: no token begins behind it.
const WORD: u8 = 1;
/// A byte that a token can begin with, at the beginning of a word.
const BEGINS: u8 = 2;
/// A byte that something begins with wherever it stands.
const MARK: u8 = 4;

const CLASSES: [u8; 256] = classes();

const fn classes() -> [u8; 256] {
    let mut table = [0; 256];
    let mut i = 0;
    while i < table.len() {
        #[expect(clippy::cast_possible_truncation, reason = "the table has 256 places")]
        let byte = i as u8;
        if byte.is_ascii_alphanumeric() || byte == b'_' {
            table[i] |= WORD;
        }
        if rules::begins_shape(byte) || matches!(byte, b'e' | b'B' | b'b' | b'2'..=b'6') {
            table[i] |= BEGINS;
        }
        if matches!(byte, b':' | b'=' | b'/' | b'\\' | b'-' | b'[') {
            table[i] |= MARK;
        }
        i += 1;
    }
    table
}

fn class(byte: u8) -> u8 {
    CLASSES.get(usize::from(byte)).copied().unwrap_or_default()
}

mod tests {
    use std::{fs, iter};

    use super::super::find::{find, find_by_table};
    use super::super::shapes::SHAPES;
    use super::super::{Paths, RedactOptions};

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
    ];

    struct Random(u64);

    impl Random {
        fn below(&mut self, limit: usize) -> usize {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            usize::try_from(self.0 >> 11).unwrap() % limit.max(1)
        }
    }

    /// Lines of the vectors, whole and cut, tokens of every shape, and the pieces between them; bytes changed here and there.
    fn text(random: &mut Random, vectors: &[&str]) -> String {
        let mut text = String::new();
        for _ in 0..=random.below(9) {
            match random.below(10) {
                0 => {
                    let shape = &SHAPES[random.below(SHAPES.len())];
                    let length = (shape.length.0 + random.below(3)).saturating_sub(1);
                    text.push_str(shape.prefix);
                    text.extend(iter::repeat_n("a7", length / 2));
                }
                1 => {
                    let line = vectors[random.below(vectors.len())];
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

    #[test]
    fn the_look_at_sixteen_bytes_finds_what_the_look_at_each_finds() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/vectors/redact.jsonl");
        let vectors = fs::read_to_string(path).unwrap();
        let inputs: Vec<String> = vectors
            .lines()
            .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["in"].as_str().unwrap().to_owned())
            .collect();
        let lines: Vec<&str> = vectors.lines().chain(inputs.iter().map(String::as_str)).collect();
        let mut random = Random(0x5EED);
        let texts = if cfg!(debug_assertions) { 12_000 } else { 1_000_000 };
        for paths in [Paths::Home, Paths::Strict, Paths::Off] {
            let options = RedactOptions { paths, roots: vec!["/srv/data".to_owned()] };
            let made = iter::repeat_with(|| text(&mut random, &lines)).take(texts);
            for text in lines.iter().map(ToString::to_string).chain(made) {
                assert_eq!(find_by_table(&text, &options), find(&text, &options), "{text:?}");
            }
        }
    }
}

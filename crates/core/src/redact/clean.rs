//! What surely hides nothing in a line of JSON, so that a reader who knows its keys need not have all of it looked at.

use std::ops::Range;

use super::key::is_key;
use super::keys::{self, MAX_KEY_BYTES};
use super::trigger::Triggers;
use super::{Paths, Redactor};

impl Redactor {
    /// Whether nothing that is hidden can begin in a scalar of JSON, and nothing that begins outside goes on in it.
    ///
    /// `value` is the scalar as it stands in the text: what is between the quotes of a string, escapes and all, or a bare
    /// number or word. Where this holds of each scalar of a line that is one JSON object or array, and no key makes its
    /// value sensitive, [`find`](Self::find) finds nothing in the line. It says no more often than it must; an empty value
    /// is clean.
    ///
    /// It also holds of a text behind a head and a space, where nothing can be hidden in the head: a logger that knows its
    /// heads need not have them looked at.
    ///
    /// ```
    /// let redactor = jobtrail_core::Redactor::default();
    /// assert!(redactor.is_surely_clean("MSH-0105-A7F2: served in 12 ms"));
    /// assert!(!redactor.is_surely_clean("password=hunter2"));
    /// ```
    pub fn is_surely_clean(&self, value: &str) -> bool {
        self.is_part_surely_clean(value.as_bytes(), 0..value.len())
    }

    /// The same of a part of a text, behind a space or a quote, or of a bare number anywhere. With some text around it it
    /// takes less time.
    pub(crate) fn is_part_surely_clean(&self, text: &[u8], part: Range<usize>) -> bool {
        // Nothing goes on behind a quote that begins in front of it, but for the value of a key and of an option such as
        // `--password`, and both have their trigger in their own scalar; and for a value that is named by another one:
        // `"name": "password", "value": "x"`.
        !self.options.has_extra()
            && Triggers::within(text, part).is_some_and(|mut triggers| {
                triggers.next(0, self.options.paths).is_none() && !triggers.is_sensitive_key()
            })
    }

    /// Returns what says of the head of a line, with the space behind it, that a line of it hides nothing where what follows is
    /// [surely clean](Self::is_surely_clean).
    pub(crate) fn clean_heads(&self) -> fn(&str) -> bool {
        match self.options.paths {
            Paths::Strict => |head| is_clean_head(head, Paths::Strict),
            Paths::Home | Paths::Off => |head| is_clean_head(head, Paths::Home),
        }
    }

    /// Whether a key, as it stands between the quotes in JSON, hides nothing and makes no value sensitive, whatever stands
    /// before it.
    pub(crate) fn is_harmless_key(key: &str) -> bool {
        key.len() <= MAX_KEY_BYTES
            && key.bytes().all(|byte| is_key(byte) || byte == b' ')
            && keys::classify(key).is_none()
            && Triggers::of(key.as_bytes()).next(0, Paths::Off).is_none()
    }
}

/// Whether nothing is hidden in a head, and nothing that begins there can go on behind it: no token has a space, no card's
/// digits go on behind more than one mark, and no key stands there. What may follow is looked at too, because a token is told
/// by bytes further on.
fn is_clean_head(head: &str, paths: Paths) -> bool {
    let ends_apart = matches!(head.as_bytes(), [.., mark, b' '] if !mark.is_ascii_alphanumeric());
    ends_apart
        && ["xxxxxxxxxxxxxxxx", "1111111111111111"]
            .iter()
            .all(|behind| Triggers::of([head, behind].concat().as_bytes()).sees_nothing(paths))
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use super::super::pieces::{Random, TEXTS, text, vectors};
    use super::super::{RedactOptions, Redactor};
    use super::{Paths, is_clean_head};

    const PLAIN: [&str; 10] = [
        "Job #1822: request served in 12 ms",
        "2026-01-05T12:30:45.123456Z",
        "INFO",
        "app.mesh.worker",
        "GET /api/v1/jobs?limit=5 from https://example.com/a",
        r#"File \"/app/jobs.py\", line 50\nValueError: no vertices"#,
        "0190f5e2-7f3b-4b8e-9c0d-2f1e3d4c5b6a",
        "-12.5e3",
        "true",
        "4111",
    ];

    /// Gives a key or a scalar: what plainly hides nothing, or a text that may be anything, escaped.
    fn scalar(random: &mut Random, lines: &[String]) -> String {
        if random.below(2) == 0 {
            return PLAIN[random.below(PLAIN.len())].to_owned();
        }
        let made = text(random, lines);
        let cut = made.floor_char_boundary(random.below(40));
        let escaped = serde_json::to_string(&made[..cut]).unwrap();
        escaped[1..escaped.len() - 1].to_owned()
    }

    /// Gives a line of JSON whose scalars are surely clean and whose keys are harmless.
    fn line(random: &mut Random, lines: &[String], redactor: &Redactor) -> String {
        let numbers = ["4111111111111111", "5555555555554444", "-4", "2026", "1735689600123"];
        let words = ["password", "token", "key", "--password", "Cookie", "Bearer ", "cvv"];
        let mut text = String::from("{");
        for comma in ["", ", ", ",", " , "] {
            let mut made = |is_right: &dyn Fn(&str) -> bool| {
                (0..20).map(|_| scalar(random, lines)).find(|scalar| is_right(scalar)).unwrap_or_default()
            };
            let [key, inner] = [0, 1].map(|_| made(&|key| Redactor::is_harmless_key(key)));
            let [first, second] = [0, 1].map(|_| made(&|value| redactor.is_surely_clean(value)));
            let mut one_of = |words: &[&'static str]| {
                let word = words[random.below(words.len())];
                if redactor.is_surely_clean(word) { word } else { "0" }
            };
            let (word, number) = (one_of(&words), one_of(&numbers));
            let naming = ["name", "key", "Field", "variable"][random.below(4)];
            let holding = ["value", "val", "content", "x"][random.below(4)];
            match random.below(6) {
                4 => write!(text, r#"{comma}"{naming}":"{word}","{holding}":{number}"#),
                5 => write!(text, r#"{comma}"{naming}": "{word}", "{holding}": "{first}""#),
                0 => write!(text, r#"{comma}"{key}":["{word}","{first}", "{word}", "{second}"]"#),
                1 => write!(text, r#"{comma}"{key}": {{"{inner}": "{first}", "{key}":[{number},{number} ]}}"#),
                2 => write!(text, r#"{comma}"{key}":{number},"{inner}":"{first}""#),
                _ => write!(text, r#"{comma}"{key}": "{first}", "{inner}" : {number}"#),
            }
            .unwrap();
        }
        text + "}"
    }

    #[test]
    fn a_line_of_clean_scalars_and_harmless_keys_hides_nothing() {
        let lines = vectors();
        let mut random = Random(0xC1EA);
        for paths in [Paths::Home, Paths::Strict, Paths::Off] {
            let redactor = Redactor::new(RedactOptions { paths, ..RedactOptions::default() });
            for _ in 0..TEXTS / 20 {
                let line = line(&mut random, &lines, &redactor);

                assert!(redactor.find(&line).is_empty(), "{line} {:?}", redactor.find(&line));
            }
        }
    }

    #[test]
    fn a_clean_text_hides_nothing_behind_the_head_of_a_line() {
        let lines = vectors();
        let mut random = Random(0x4EAD);
        for paths in [Paths::Home, Paths::Strict, Paths::Off] {
            let redactor = Redactor::new(RedactOptions { paths, ..RedactOptions::default() });
            let mut clean = 0;
            for number in 0..TEXTS / 4 {
                let level = ["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"][number % 5];
                let (second, fraction, pid) = (number % 60, number % 1000, random.below(5_000_000));
                let message = text(&mut random, &lines);
                if message.contains(['\n', '\r']) || !redactor.is_surely_clean(&message) {
                    continue;
                }
                clean += 1;
                let line = format!("2025-10-19 05:52:{second:02}.{fraction:03} [{pid}] [{level}] {message}");

                assert!(redactor.find(&line).is_empty(), "{line} {:?}", redactor.find(&line));
            }
            assert!(clean > 100, "{clean}");
        }
    }

    #[test]
    fn nothing_is_hidden_behind_or_in_a_clean_head() {
        let lines = vectors();
        let mut random = Random(0x0E4D);
        let part = |random: &mut Random, longest| {
            let made =
                if random.below(3) == 0 { PLAIN[random.below(PLAIN.len())].to_owned() } else { text(random, &lines) };
            let cut = made.floor_char_boundary(random.below(longest));
            made[..cut].to_owned()
        };
        for paths in [Paths::Home, Paths::Strict, Paths::Off] {
            let redactor = Redactor::new(RedactOptions { paths, ..RedactOptions::default() });
            let (mut clean, mut refused) = (0, 0);
            for _ in 0..TEXTS {
                let mark = ["] ", "] [", "[", "- ", "-", ": ", "=", "|", "", "4111 "][random.below(10)];
                let end = ["] ", "- ", ": ", "> ", " ", "a ", "1 ", "]"][random.below(8)];
                let head = format!("{}{mark}{}{end}", part(&mut random, 12), part(&mut random, 24));
                let message = part(&mut random, 60);
                let line = format!("{head}{message}");
                if !redactor.clean_heads()(&head) {
                    refused += 1;
                } else if redactor.is_part_surely_clean(line.as_bytes(), head.len()..line.len()) {
                    clean += 1;
                    assert!(redactor.find(&line).is_empty(), "{line} {:?}", redactor.find(&line));
                }
            }
            assert!(clean > 500 && refused > 500, "{clean} {refused}");
        }
    }

    #[test]
    fn heads_that_something_may_begin_in_are_not_clean() {
        for head in ["[12] [INFO] ", "a.b.C - INFO - ", " [main] WARN o.a.z.Server: ", "] ("] {
            assert_eq!(head.ends_with(' '), is_clean_head(head, Paths::Home), "{head}");
        }
        for head in
            ["[redis] ", "[INFO] password: ", "[basic] ", "--x] ", "[INFO] 4111 ", "[/home/kim] ", "$ mysql ", ""]
        {
            assert!(!is_clean_head(head, Paths::Home), "{head}");
        }
        assert!(is_clean_head("[a/b] ", Paths::Home) && !is_clean_head("[a/b] ", Paths::Strict));
    }

    #[test]
    fn a_part_of_a_text_is_looked_at_as_if_it_stood_alone() {
        let lines = vectors();
        let mut random = Random(0x9A27);
        let redactor = Redactor::default();
        let mut clean = 0;
        for _ in 0..TEXTS / 2 {
            let [before, behind] = [text(&mut random, &lines), text(&mut random, &lines)];
            let made = text(&mut random, &lines);
            let part = &made[..made.floor_char_boundary(random.below(50))];
            let border = ["\"", " ", "'"][random.below(3)];
            let end = ["\"", " ", ",", "\n", ""][random.below(5)];
            let whole = format!("{before}{border}{part}{end}{behind}");
            let start = before.len() + border.len();

            let is_clean = redactor.is_part_surely_clean(whole.as_bytes(), start..start + part.len());
            assert_eq!(redactor.is_surely_clean(part), is_clean, "{part} in {whole}");
            clean += usize::from(is_clean && part.len() > 20);
        }
        assert!(clean > 200, "{clean}");
    }

    #[test]
    fn what_every_log_has_is_clean() {
        let redactor = Redactor::default();
        for plain in PLAIN {
            assert!(redactor.is_surely_clean(plain), "{plain}");
        }
        for key in ["timestamp", "level", "msg", "job_id", "@timestamp", "max_tokens", "service.name"] {
            assert_eq!(key != "@timestamp", Redactor::is_harmless_key(key), "{key}");
        }
    }

    #[test]
    fn what_hides_something_or_begins_it_is_not_clean() {
        let redactor = Redactor::default();
        for value in
            ["password=x", "--token", "/home/kim", "4111111111111111", "-----BEGIN PRIVATE KEY-----", "[redacted:x]"]
        {
            assert!(!redactor.is_surely_clean(value), "{value}");
        }
        for key in ["password", "dbPassword", "api key", "Cookie", "a\\\"b", "--x", "a:b"] {
            assert!(!Redactor::is_harmless_key(key), "{key}");
        }
    }
}

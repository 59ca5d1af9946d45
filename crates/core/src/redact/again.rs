//! Texts glued together from hostile pieces: what is redacted is left as it is when it is redacted again.

use super::pieces::{Random, TEXTS, text, vectors};
use super::{Paths, RedactOptions, Redactor};

/// Redacts each text twice, under every kind of paths that hides some.
fn check(texts: usize, make: &dyn Fn(&mut Random) -> String, holds: &dyn Fn(&str, &str)) {
    let mut random = Random(0xA6A1);
    for paths in [Paths::Home, Paths::Strict] {
        let redactor = Redactor::new(RedactOptions { paths, ..RedactOptions::default() });
        for _ in 0..texts {
            let text = make(&mut random);
            let redacted = redactor.redact(&text);

            assert_eq!(redacted, redactor.redact(&redacted), "{text:?}");
            holds(&text, &redacted);
        }
    }
}

#[test]
fn redacting_twice_changes_nothing_more() {
    let lines = vectors();
    check(TEXTS, &|random| text(random, &lines), &|_, _| ());
}

#[test]
fn json_stays_json_with_as_many_members() {
    const KEYS: [&str; 9] =
        ["password", "msg", "token", "Authorization", "Cookie", "name", "value", "session", "--api-key"];
    const VALUES: [&str; 8] = [
        "hunter2",
        "Bearer 0123456789abcdef",
        "Basic aGVsbG86",
        "password",
        "--token",
        "Card",
        "6759649826438453",
        "/home/kim/x",
    ];
    let lines = vectors();
    let make = |random: &mut Random| {
        let of = |words: &[&str], random: &mut Random| {
            let word =
                if random.below(2) == 0 { words[random.below(words.len())].to_owned() } else { text(random, &lines) };
            serde_json::to_string(&word).unwrap()
        };
        let members: Vec<String> =
            (0..=random.below(4)).map(|_| format!("{}: {}", of(&KEYS, random), of(&VALUES, random))).collect();
        format!("{{{}}}", members.join([", ", ",", " , "][random.below(3)]))
    };
    let members = |text: &str| {
        // Not a map: two keys may be made equal.
        let depth =
            |depth: usize, (inside, byte): (bool, char)| if inside { depth } else { depth + usize::from(byte == ':') };
        let mut inside = false;
        let mut escaped = false;
        text.chars()
            .map(|byte| {
                inside ^= byte == '"' && !escaped;
                escaped = byte == '\\' && !escaped;
                (inside, byte)
            })
            .fold(0, depth)
    };
    check(TEXTS / 4, &make, &|text, redacted| {
        assert!(serde_json::from_str::<serde_json::Value>(redacted).is_ok(), "{text} -> {redacted}");
        assert_eq!(members(text), members(redacted), "{text} -> {redacted}");
    });
}

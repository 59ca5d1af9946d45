//! No input is an error: random bytes, cut and mangled logs, and text made to be slow.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod common;

use std::fs;

use common::{Random, logs, read, root};
use jobtrail_core::{
    JobId, JobTypes, Paths, Query, RedactOptions, Redactor, Timestamp, Zone, complete, date_in_name, parse_line,
};
use serde_json::Value;

fn redactors() -> [Redactor; 2] {
    let strict =
        RedactOptions { paths: Paths::Strict, roots: vec!["/srv/data".to_owned()], ..RedactOptions::default() };
    [Redactor::default(), Redactor::new(strict)]
}

/// Lines of every vector file, with bytes changed, dropped and doubled.
fn mangled() -> Vec<String> {
    let mut random = Random(42);
    let mut texts = Vec::new();
    let files = logs().into_iter().chain(["redact.jsonl", "query.jsonl", "job_id.jsonl"].map(|name| root().join(name)));
    for line in
        files.flat_map(|file| fs::read(file).unwrap().split(|&b| b == b'\n').map(<[u8]>::to_vec).collect::<Vec<_>>())
    {
        for _ in 0..20 {
            let mut bytes = line.clone();
            for _ in 0..=random.below(4) {
                if bytes.is_empty() {
                    break;
                }
                let at = random.below(bytes.len());
                match random.below(4) {
                    0 => bytes[at] = u8::try_from(random.below(256)).unwrap(),
                    1 => drop(bytes.drain(at..(at + random.below(9)).min(bytes.len()))),
                    2 => bytes.insert(at, b"\"\\:=/[{'\n-@"[random.below(11)]),
                    _ => bytes.truncate(at),
                }
            }
            texts.push(String::from_utf8_lossy(&bytes).into_owned());
        }
    }
    texts
}

/// Whether a text is JSON; a number too large for the test's reader is.
fn is_json(text: &str) -> bool {
    serde_json::from_str::<Value>(text).map_or_else(|error| error.to_string().contains("out of range"), |_| true)
}

#[test]
fn mangled_lines_are_records_and_redact_once() {
    for text in mangled() {
        for record in read(text.as_bytes(), || 13) {
            assert!(is_json(&record), "{record}");
        }
        for redactor in redactors() {
            let once = redactor.redact(&text);

            assert_eq!(once, redactor.redact(&once), "redacting twice: {text}");
            if text.lines().count() == 1 && is_json(&text) {
                assert!(is_json(&once), "broken JSON: {text} -> {once}");
            }
        }
    }
}

#[test]
fn redaction_never_changes_time_level_pid_or_job() {
    let options = jobtrail_core::ReadOptions { redactor: None, ..jobtrail_core::ReadOptions::default() };
    for log in logs() {
        for line in String::from_utf8_lossy(&fs::read(log).unwrap()).lines() {
            let raw = parse_line(line, &options);
            let redacted = parse_line(&Redactor::default().redact(line), &options);

            assert_eq!(
                (raw.timestamp, raw.level, raw.pid, &raw.job_id, raw.format),
                (redacted.timestamp, redacted.level, redacted.pid, &redacted.job_id, redacted.format),
                "{line}"
            );
        }
    }
}

#[test]
fn words_of_the_user_are_read_or_refused() {
    let now = Timestamp::from_micros(1_767_625_200_000_000);
    for text in mangled() {
        if let Ok(query) = Query::parse(&text) {
            query.resolve(now, &Zone::UTC).matches(&parse_line(&text, &jobtrail_core::ReadOptions::default()));
        } else if let Err(error) = Query::parse(&text) {
            assert!(error.column() <= text.len() && text.is_char_boundary(error.column()), "{text}");
        }
        for cursor in [0, 1, text.len() / 2, text.len(), usize::MAX] {
            let found = complete(&text, cursor, &mut |_, offer| offer(&text));
            assert!(found.start <= found.end && text.get(found.start..found.end).is_some(), "{text}");
        }
        let _ = JobId::parse(&text, &JobTypes::default());
        let _ = Timestamp::parse(&text);
        let _ = date_in_name(&text);
    }
}

#[test]
fn text_made_to_be_slow_is_read_in_linear_time() {
    // A quadratic walk would take many minutes: that these end at all is the test.
    let pieces = [
        "\"password\":",
        "a=",
        "password=",
        "-----BEGIN ",
        "-----BEGIN PRIVATE KEY-----",
        "://",
        "://a:",
        "eyJ.",
        "eyJhbGciOi.",
        "/home/",
        "\\",
        "C:\\Users\\",
        "{\"secret\":[",
        "[redacted:",
        "\u{1b}]",
        "\u{1b}[",
        "{",
        "[",
        "\"",
        "bearer ",
        "--token ",
        "job ",
        "MSH-",
        "ghp_",
        "\"a\":\\\"",
        "Cookie: ",
        "Authorization: x ",
        "\n",
        "\r",
        " \n",
        "file:///",
        "password: a ",
        "Cookie: ${a ",
        "4111 1111 1111 ",
        "\"4111111111111111\",",
        "\\\\a\\b",
    ];
    for piece in pieces {
        let text = piece.repeat(200_000 / piece.len());
        for redactor in redactors() {
            let _ = redactor.redact(&text);
        }
        assert!(!read(text.as_bytes(), || 65_536).is_empty() || text.is_empty());
    }
}

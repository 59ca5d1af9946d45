//! The shared vectors through the command line: what it prints is what the core does, and no case is left out.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use crate::common::{Setting, run_in, run_on, run_program};
use serde_json::{Value, json};

fn vectors() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors")
}

/// The cases of a file, as many as `counts.json` says.
fn cases(name: &str) -> Vec<Value> {
    let text = fs::read_to_string(vectors().join(name)).unwrap();
    let cases: Vec<Value> =
        text.lines().filter(|line| !line.trim().is_empty()).map(|line| serde_json::from_str(line).unwrap()).collect();

    assert_eq!(counts()[name], cases.len(), "{name}");
    cases
}

fn counts() -> BTreeMap<String, usize> {
    serde_json::from_str(&fs::read_to_string(vectors().join("counts.json")).unwrap()).unwrap()
}

/// The one record of a JSON line, through the program.
fn record_of(line: &Value) -> Value {
    let run = run_program(format!("{line}\n").as_bytes(), &["view", "-o", "json", "-"]);
    assert_eq!(1, run.stdout.lines().count(), "{line}");
    serde_json::from_str(&run.stdout).unwrap()
}

#[test]
fn levels() {
    for case in cases("level.jsonl") {
        let record = record_of(&json!({"level": case["in"], "message": "m"}));

        assert_eq!(case["out"], record["level"], "{case}");
    }
}

#[test]
fn timestamps() {
    for case in cases("timestamp.jsonl") {
        // The number's own digits: a JSON library may change them.
        let record = record_of(&json!({"timestamp": case["in"], "message": "m"}));

        assert_eq!(case["out"], record["timestamp"], "{case}");
    }
}

#[test]
fn job_ids() {
    for case in cases("job_id.jsonl") {
        let run = run_in(Setting::default(), &["id", "explain", "-o", "json", "--", case["in"].as_str().unwrap()]);
        let printed: Value = serde_json::from_str(&run.stdout).unwrap();
        let check = run_in(Setting::default(), &["id", "check", "--", case["in"].as_str().unwrap()]);

        if case["out"].is_null() {
            let expected = json!({"error": case["error"]["text"], "code": case["error"]["code"]});
            assert_eq!((2, 2, expected), (run.code, check.code, printed), "{case}");
        } else {
            assert_eq!((0, 0, case["out"].clone()), (run.code, check.code, printed), "{case}");
        }
    }
}

#[test]
fn redaction() {
    for case in cases("redact.jsonl") {
        let text = case["in"].as_str().unwrap();
        let paths = case["paths"].as_str().unwrap_or("home");
        let masked = run_on(text, &["redact", "--paths", paths]);
        let checked = run_on(text, &["redact", "--check", "--paths", paths]);
        let rules: Vec<&str> = checked.stdout.lines().map(|line| line.rsplit(' ').next().unwrap()).collect();

        assert_eq!(case["out"], masked.stdout, "{case}");
        assert_eq!(case["rules"], json!(rules), "{case}");
        assert_eq!(u8::from(!rules.is_empty()), checked.code, "{case}");
    }
}

#[test]
fn queries() {
    for case in cases("query.jsonl") {
        let query = format!("--query={}", case["query"].as_str().unwrap());
        if let Some(error) = case["error"].as_object() {
            let run = run_on("", &["view", &query, "-"]);
            let caret = run.stderr.lines().nth(2).unwrap().chars().count() - "  ^".len();

            assert_eq!(2, run.code, "{case}");
            assert!(run.stderr.contains(error["expected"].as_str().unwrap()), "{case}: {}", run.stderr);
            let query = case["query"].as_str().unwrap();
            let column = usize::try_from(error["column"].as_u64().unwrap()).unwrap();
            assert_eq!(query[..column].chars().count(), caret, "{case}");
            continue;
        }
        let lines: Vec<&str> = case["lines"].as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect();
        let now = case["now"].as_str().unwrap_or("2026-01-05T15:00:00Z").to_owned();
        let offsets = |args: &[&str]| -> Vec<u64> {
            let stdin = Some(format!("{}\n", lines.join("\n")).into_bytes());
            let setting = Setting { stdin, now: now.clone().leak(), ..Setting::default() };
            run_in(setting, args).json().iter().map(|record| record["offset"].as_u64().unwrap()).collect()
        };

        let tz = case["tz"].as_str().unwrap_or("UTC");
        let all = offsets(&["view", "-o", "json", "--tz", tz, "-"]);
        let matched = offsets(&["view", "-o", "json", "--tz", tz, &query, "-"]);

        let found: Vec<usize> = matched.iter().map(|offset| all.iter().position(|o| o == offset).unwrap()).collect();
        assert_eq!(case["match"], json!(found), "{case}");
    }
}

/// What a shell or a search box offers; the program has no words for it, so this is what it would hand on.
#[test]
fn completions() {
    for case in cases("complete.jsonl") {
        let (text, cursor) = (case["text"].as_str().unwrap(), case["cursor"].as_u64().unwrap());
        let mut known = |field: &str, offer: &mut dyn FnMut(&str)| {
            case["known"][field].as_array().into_iter().flatten().for_each(|value| offer(value.as_str().unwrap()));
        };

        let found = jobtrail_core::complete(text, usize::try_from(cursor).unwrap(), &mut known).to_json();

        assert_eq!(case["out"], serde_json::from_str::<Value>(&found).unwrap(), "{case}");
    }
}

#[test]
fn formats() {
    let mut seen = 0;
    for (name, count) in counts().into_iter().filter(|(name, _)| name.starts_with("format/")) {
        let golden = fs::read_to_string(vectors().join(&name)).unwrap();
        let log = fs::read(vectors().join(&name).with_extension("log")).unwrap();

        let run = run_program(&log, &["view", "-o", "json", "-"]);

        assert_eq!(golden, run.stdout, "{name}");
        assert_eq!(count, run.stdout.lines().count(), "{name}");
        seen += 1;
    }
    assert!(seen > 5);
}

#[test]
fn no_file_of_vectors_is_left_out() {
    let known = ["level.jsonl", "timestamp.jsonl", "job_id.jsonl", "redact.jsonl", "query.jsonl", "complete.jsonl"];

    for name in counts().keys() {
        assert!(name.starts_with("format/") || known.contains(&name.as_str()), "{name} is not run by the command line");
    }
}

//! Whatever is asked, `view` gives the records that the slow way gives: parse every record, then test it.

#[path = "../../../core/tests/common/made.rs"]
mod made;

use std::fmt::Write as _;
use std::fs;

use jobtrail_core::{Filter, Query, ReadOptions, Reader, Record, Timestamp, Zone, date_in_name, write_json};
use made::Random;

use crate::common::{Setting, run_in};

const QUERIES: u64 = 200;

/// It dates the stamps that have no day or year.
const NAME: &str = "worker-2026-01-05.log";

/// Enough that a file is read in pieces by several threads.
const LARGE_BYTES: usize = 17 << 19;

const LEVELS: [&str; 8] = ["INFO", "INFO", "INFO", "INFO", "DEBUG", "WARNING", "ERROR", "CRITICAL"];
const WORDS: [&str; 8] = ["served", "failed", "mesh", "error", "slow tile", "grün", "say hi", "done"];

/// A log call, from which each form makes its lines.
struct Call {
    at: Timestamp,
    level: &'static str,
    words: [&'static str; 2],
    number: usize,
}

/// Lines of one form, 20 ms apart, of at least so many bytes.
fn corpus(seed: u64, bytes: usize, line: &dyn Fn(&Call, &mut String)) -> Vec<u8> {
    let mut random = Random(seed);
    let mut micros = 1_767_571_200_000_000; // 5 January 2026
    let mut log = String::with_capacity(bytes + 1000);
    while log.len() < bytes {
        micros += 20_000;
        let mut word = || WORDS[random.below(WORDS.len())];
        let words = [word(), word()];
        let call = Call {
            at: Timestamp::from_micros(micros),
            level: LEVELS[random.below(LEVELS.len())],
            words,
            number: random.below(130),
        };
        line(&call, &mut log);
        if random.below(40) == 0 {
            log.push_str("[INFO] without a time\n\tindented served\n");
        }
    }
    log.into_bytes()
}

fn json(call: &Call, out: &mut String) {
    let Call { at, level, words: [first, second], number } = call;
    let trace = if *level == "ERROR" { r#", "exception": "Traceback\n  File \"x.py\"\nError: value""# } else { "" };
    writeln!(
        out,
        r#"{{"timestamp": "{at}", "level": "{level}", "logger": "app.{second}", "message": "{first} {second}", "data": {{"steps": {number}}}, "job_id": {number}{trace}}}"#
    )
    .unwrap();
}

fn text(call: &Call, out: &mut String) {
    let stamp = call.at.to_string().replace('T', " ");
    let [first, second] = call.words;
    writeln!(
        out,
        "{} [{}] [{}] {first} {second} MSH-0105-A7F{}",
        &stamp[..23],
        call.number,
        call.level,
        call.number % 10
    )
    .unwrap();
    traceback(call, out);
}

fn dash(call: &Call, out: &mut String) {
    let stamp = call.at.to_string().replace('T', " ");
    let [first, second] = call.words;
    writeln!(out, "{} - app.{} - {} - {first} {second} job_id={}", &stamp[..19], call.number, call.level, call.number)
        .unwrap();
    traceback(call, out);
}

fn traceback(call: &Call, out: &mut String) {
    if call.level == "ERROR" {
        let _ =
            writeln!(out, "Traceback (most recent call last):\n  File \"x.py\", line 1\nValueError: {}", call.words[0]);
    }
}

/// Lines of every form there is, and much that breaks them.
fn mixed(bytes: usize) -> Vec<u8> {
    let mut log = Vec::new();
    for seed in 1.. {
        if log.len() >= bytes {
            break;
        }
        log.extend(made::log(seed));
        log.push(b'\n');
    }
    log
}

fn corpora(bytes: usize) -> [(&'static str, Vec<u8>); 4] {
    [
        ("json", corpus(1, bytes, &json)),
        ("text", corpus(2, bytes, &text)),
        ("dash", corpus(3, bytes, &dash)),
        ("mixed", mixed(bytes)),
    ]
}

fn filter(query: &str) -> Filter {
    let now = Timestamp::parse(Setting::default().now).unwrap();
    Query::parse(query).unwrap().resolve(now, &Zone::UTC)
}

/// The slow way: each record parsed, in pieces of so many bytes, and tested by each filter; as JSON lines.
fn slowly(log: &[u8], piece_bytes: usize, filters: &[Filter]) -> Vec<String> {
    let mut shown = vec![String::new(); filters.len()];
    let mut reader = Reader::new(ReadOptions { date: date_in_name(NAME), ..ReadOptions::default() });
    let mut test = |record: &Record<'_>| {
        for (filter, shown) in filters.iter().zip(&mut shown) {
            // What has no time is left out where one is asked for.
            if (record.carried.is_some() || !filter.needs_time()) && filter.matches(record) {
                write_json(record, Some(NAME), shown);
                shown.push('\n');
            }
        }
    };
    for piece in log.chunks(piece_bytes) {
        reader.feed(piece, &mut test);
    }
    reader.finish(&mut test);
    shown
}

/// Compares `view` with the slow way; returns how many records matched.
fn compare(name: &str, log: &[u8], queries: &[String], piece_bytes: usize) -> usize {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(NAME);
    fs::write(&path, log).unwrap();
    let filters: Vec<Filter> = queries.iter().map(|query| filter(query)).collect();
    let mut matched = 0;
    for (query, expected) in queries.iter().zip(slowly(log, piece_bytes, &filters)) {
        let run = run_in(Setting::default(), &["view", path.to_str().unwrap(), "-o", "json", "-q", query]);

        matched += expected.lines().count();
        let differs = run.stdout.lines().zip(expected.lines()).find(|(given, expected)| given != expected);
        assert_eq!(None, differs, "{name} `{query}`");
        assert_eq!(expected.len(), run.stdout.len(), "{name} `{query}`");
        assert_eq!(u8::from(expected.is_empty()), run.code, "{name} `{query}`: {}", run.stderr);
    }
    matched
}

#[test]
fn view_gives_what_parsing_and_testing_every_record_gives() {
    let queries: Vec<String> = (1..=QUERIES).map(made::query).collect();
    let mut matched = 0;
    for (at, (name, log)) in corpora(8_000).into_iter().enumerate() {
        matched += compare(name, &log, &queries, [997, 64, 1 << 20, 4096][at]);
    }
    assert!(matched > 8000, "{matched} records were compared");
}

#[test]
fn and_so_it_does_where_a_file_is_read_in_parts() {
    let queries = ["job:7 OR job:MSH-0105-A7F3 level>=warning", "-served -failed level>warning"].map(str::to_owned);

    assert!(compare("text", &corpus(2, LARGE_BYTES, &text), &queries, 1 << 20) > 1000);
}

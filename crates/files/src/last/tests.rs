//! What is read from the end is what reading everything gives at its end.

use std::fmt::Write as _;
use std::fs::File;
use std::io::Write as _;
use std::ops::ControlFlow;
use std::path::Path;

use jobtrail_core::{Filter, Plan, Query, ReadOptions, Record, Timestamp, Zone, write_json};

use super::gather_last;
use crate::discover::discover;
use crate::parallel::Split;
use crate::read::{ReadReport, read_found};

fn filter(query: &str) -> Filter {
    Query::parse(query).unwrap().resolve(Timestamp::parse("2026-01-06T00:00:00Z").unwrap(), &Zone::UTC)
}

/// What is told of a record but for its line, which is not known where reading did not begin at the start.
fn shown(source: &str, record: &Record<'_>) -> String {
    let mut record = record.to_static();
    record.line = None;
    let mut text = String::new();
    write_json(&record, Some(source), &mut text);
    text
}

fn forward(folder: &Path, query: &str) -> Vec<String> {
    let mut records = Vec::new();
    let found = discover(&[folder.to_path_buf()]);
    read_found(found, &ReadOptions::default(), &filter(query), &mut |_| (), &mut |source, record| {
        records.push(shown(source, record));
        ControlFlow::Continue(())
    });
    records
}

fn backward(folder: &Path, query: &str, last: u64, split: Split) -> (Vec<String>, ReadReport, u64) {
    let mut parts: Vec<Vec<String>> = Vec::new();
    let mut bytes = 0;
    let report = gather_last(
        discover(&[folder.to_path_buf()]),
        &ReadOptions::default(),
        &Plan::new(filter(query)),
        split,
        last,
        &mut |more| bytes += more,
        &Vec::new,
        &|records: &mut Vec<String>, source, record| records.push(shown(source, record)),
        &mut |part| parts.push(part.made),
    );
    let records: Vec<String> = parts.into_iter().rev().flatten().collect();
    let spare = records.len().saturating_sub(usize::try_from(last).unwrap());
    (records.get(spare..).unwrap().to_vec(), report, bytes)
}

/// Lines of all kinds: with dates, with times only, with neither, that go on, of JSON, and blank ones.
fn made(seed: usize, lines: usize) -> String {
    let mut log = String::new();
    for line in 0..lines {
        let second = line / 3;
        let (minute, second) = (second / 60 % 60, second % 60);
        match (line * 7 + seed * 13) % 17 {
            0 => writeln!(log, "[ERROR] without a time {line}"),
            1 | 2 => writeln!(log, "  goes on {line}"),
            3 => writeln!(log, "[10:{minute:02}:{second:02}] [INFO] a time alone {line}"),
            4 => writeln!(log, "plain text {line} password=hunter2"),
            5 => writeln!(log, "\nJan  5 10:{minute:02}:{second:02} host app[12]: without a year {line}"),
            6 => writeln!(log, "Traceback (most recent call last):\n  File \"x.py\"\nValueError: {line}"),
            7..=9 => writeln!(
                log,
                "{{\"timestamp\":\"2026-01-05T10:{minute:02}:{second:02}Z\",\"level\":\"WARNING\",\"message\":\"m{line}\"}}"
            ),
            _ => writeln!(log, "2026-01-05 10:{minute:02}:{second:02},123 - app - ERROR - line {line}"),
        }
        .unwrap();
    }
    log
}

fn packed(path: &Path, text: &str) {
    let mut encoder = flate2::write::GzEncoder::new(File::create(path).unwrap(), flate2::Compression::fast());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap();
}

#[test]
fn the_last_records_are_those_of_reading_everything() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    packed(&folder.path().join("a.log.2.gz"), &made(1, 40));
    write("a.log.1", &format!("[INFO] carries on\n{}", made(2, 60)));
    write("a.log", &format!("  belongs to nothing\n[WARNING] carries on too\n{}", made(3, 50)));
    write("b.log", "");
    write("c.log", "[INFO] a log\n[ERROR] without\n[INFO] any time\n");
    write("d.log", &made(4, 80));
    let small = |threads, last_bytes, piece_bytes| Split {
        threads,
        min_bytes: 1,
        piece_bytes,
        max_search_bytes: 300,
        max_owned: u64::MAX,
        last_bytes,
    };
    let queries = [
        "",
        "level:error",
        "goes",
        "without",
        "since:2026-01-05T10:00:05Z",
        "until:2026-01-05T10:00:07Z level>=warning",
        "line<20",
        "nothing-of-the-kind",
    ];
    for query in queries {
        let all = forward(folder.path(), query);
        for last in [0, 1, 2, 3, 7, 30, 1000] {
            for split in [small(1, 1, 1000), small(2, 40, 30), small(2, 300, 100), Split::among(2)] {
                let (records, ..) = backward(folder.path(), query, last, split);

                let spare = all.len().saturating_sub(usize::try_from(last).unwrap());
                assert_eq!(all.get(spare..).unwrap(), records, "{query} {last} {split:?}");
            }
        }
    }
}

#[test]
fn only_the_end_of_a_large_file_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let line = "2026-01-05 10:00:00,123 - app - ERROR - one of many lines that are all alike\n";
    std::fs::write(folder.path().join("a.log"), line.repeat(20_000)).unwrap();
    std::fs::write(folder.path().join("b.log"), line.repeat(20_000)).unwrap();

    let (records, report, bytes) = backward(folder.path(), "level:error", 5, Split::default());

    assert_eq!((5, 0), (records.len(), report.problems.len()));
    assert!(bytes < 100_000, "{bytes}");
}

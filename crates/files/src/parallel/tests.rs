//! Whatever a file holds, however it is cut and by how many threads it is read: the records are those of one pass.

use std::fmt::Write as _;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use jobtrail_core::{
    Filter, JobTypes, Jobs, Plan, Query, ReadOptions, Reader, Record, Stats, StatsOptions, Timestamp, Zone,
    date_in_name, write_json,
};

#[path = "../../../core/tests/common/made.rs"]
mod made;

use super::Split;
use crate::discover::discover;
use crate::gather::gather_found;
use crate::read::{ReadReport, read_split};

struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).unwrap()
    }
}

/// Splits even tiny files.
fn split(threads: usize, piece_bytes: u64, max_search_bytes: usize) -> Split {
    Split { threads, min_bytes: 1, piece_bytes, max_search_bytes, max_owned: u64::MAX, last_bytes: 1 }
}

fn filter(query: &str) -> Filter {
    Query::parse(query).unwrap().resolve(Timestamp::parse("2026-01-06T00:00:00Z").unwrap(), &Zone::UTC)
}

fn shown(source: &str, record: &Record<'_>) -> String {
    let mut json = String::new();
    write_json(record, Some(source), &mut json);
    write!(json, " {:?}", record.carried).unwrap();
    json
}

/// A folder with one file, or with one log of several.
struct Logs(tempfile::TempDir);

impl Logs {
    fn of(files: &[(&str, &[u8])]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, bytes) in files {
            fs::write(folder.path().join(name), bytes).unwrap();
        }
        Self(folder)
    }

    fn paths(&self) -> Vec<PathBuf> {
        vec![self.0.path().to_path_buf()]
    }

    fn read(&self, query: &str, split: Split) -> (Vec<String>, ReadReport) {
        let mut records = Vec::new();
        let options = ReadOptions::default();
        let report =
            read_split(discover(&self.paths()), &options, &filter(query), split, &mut |_| (), &mut |name, record| {
                records.push(shown(name, record));
                ControlFlow::Continue(())
            });
        (records, report)
    }
}

/// What one reader gives of a single file.
fn in_one_pass(bytes: &[u8], query: &str) -> Vec<String> {
    let mut records = Vec::new();
    let mut reader = Reader::planned(ReadOptions::default(), Plan::new(filter(query)));
    let mut give = |record: &Record<'_>| records.push(shown("worker.log", record));
    reader.feed(bytes, &mut give);
    reader.finish(&mut give);
    records
}

/// Lines of many kinds, a minute between two stamps; `disorder` is by how many minutes a stamp may be off.
fn log(seed: u64, lines: usize, disorder: usize) -> Vec<u8> {
    let mut random = Random(seed);
    let mut log = b"2026-01-05 00:00:00.000 [12] [INFO] begins\n".to_vec();
    for number in 0..lines {
        let minute = number + random.below(disorder + 1);
        let stamp =
            Timestamp::from_micros(1_767_571_200_000_000 + i64::try_from(minute).unwrap() * 60_000_000).to_string();
        let stamp = &stamp[..23];
        let text = match random.below(16) {
            0 => "Traceback (most recent call last):\n  File \"a.py\", line 1, in f\nValueError: no\n".to_owned(),
            1 => "-----BEGIN RSA PRIVATE KEY-----\nMIIEvQ\n\nq1w2\n-----END RSA PRIVATE KEY-----\n".to_owned(),
            2 => format!("{{\"timestamp\": \"{stamp}Z\", \"level\": \"ERROR\", \"message\": \"n{number}\"}}\n"),
            3 => format!("{stamp} [12] [ERROR] lost password=hunter{number}\r\n"),
            4 => "[INFO] without a time\n".to_owned(),
            5 if disorder > 0 => "[12:00:01] [WARNING] with half a time\n".to_owned(),
            6 => "\tindented\n\n  more of it\n".to_owned(),
            7 => format!("{stamp} [12] [INFO] grün \u{1b}[31mMSH-0105-A7F2\u{1b}[0m \u{85}\n"),
            _ => format!("{stamp} [12] [INFO] Job #{number}: step done\n"),
        };
        log.extend_from_slice(text.as_bytes());
        match random.below(60) {
            0 => log.extend_from_slice(b"\xff\xfe broken \xc3\n"),
            1 => log.extend_from_slice(&[0; 40]),
            2 => log.extend(std::iter::repeat_n(b'.', 3000).chain([b'\n'])),
            _ => {}
        }
    }
    log.truncate(log.len() - random.below(3));
    log
}

fn sources() -> Vec<Vec<u8>> {
    let made = (1..=8).map(|seed| log(seed, 150, if seed % 2 == 0 { 0 } else { 90 }));
    let undated = b"[INFO] no time\n  more\n".repeat(400);
    let mut with_a_dated_end = undated.clone();
    with_a_dated_end.extend(log(99, 40, 0));
    let endless = vec![b'x'; 20_000];
    let only_line_ends = vec![b'\n'; 9_000];
    let crlf = String::from_utf8_lossy(&log(5, 200, 0)).replace('\n', "\r\n").into_bytes();
    let mixed = (1..=8).map(mixed);
    made.chain(mixed)
        .chain([Vec::new(), b"x".to_vec(), undated, with_a_dated_end, endless, only_line_ends, crlf])
        .collect()
}

/// The lines of all formats in one log, shuffled.
fn mixed(seed: u64) -> Vec<u8> {
    let formats = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/format");
    let logs = discover(&[formats]).sets.into_iter().flat_map(|set| set.files);
    let mut logs: Vec<Vec<u8>> = logs.map(|file| fs::read(file.path).unwrap()).collect();
    logs.sort();
    let lines: Vec<&[u8]> = logs.iter().flat_map(|log| log.split_inclusive(|byte| *byte == b'\n')).collect();
    assert!(lines.len() > 100, "there are logs");
    let mut random = Random(seed);
    let mut log = b"2026-01-05 00:00:00.000 [12] [INFO] begins\n".to_vec();
    for _ in 0..80 {
        let from = random.below(lines.len());
        log.extend(lines.iter().skip(from).take(1 + random.below(6)).copied().flatten());
    }
    log
}

#[test]
fn the_records_are_those_of_one_pass() {
    let mut random = Random(7);
    for (i, bytes) in sources().into_iter().enumerate() {
        let logs = Logs::of(&[("worker.log", &bytes)]);
        for query in [
            "",
            "level:error",
            "job:MSH-0105-A7F2 OR hunter7",
            "-done",
            "ValueError",
            "line>20 line<90",
            "since:2026-01-05T01:00:00Z line<90",
        ] {
            let expected = in_one_pass(&bytes, query);
            let piece_bytes = 100 + random.below(4000) as u64;
            let split = split([1, 2, 4][random.below(3)], piece_bytes, 1 + random.below(4000));
            let split = Split { max_owned: [0, 3, 30, u64::MAX][random.below(4)], ..split };

            let (records, report) = logs.read(query, split);

            assert_eq!(expected, records, "log {i} `{query}` {split:?}");
            assert_eq!(records.len() as u64, report.matched);
            assert!(report.problems.is_empty());
        }
    }
}

#[test]
fn whatever_is_asked_the_records_are_those_that_a_test_of_each_lets_through() {
    let mut random = Random(11);
    let mut matched = 0;
    for seed in 1..=200 {
        let query = made::query(seed);
        let filter = filter(&query);
        if filter.window() != (None, None) {
            continue; // not all of such a file is read
        }
        let bytes: Vec<u8> = (0..4).flat_map(|part| made::log(4 * seed + part)).collect();
        let logs = Logs::of(&[("worker-2026-01-05.log", &bytes)]);
        let mut expected = Vec::new();
        let options = ReadOptions { date: date_in_name("2026-01-05"), ..ReadOptions::default() };
        let mut reader = Reader::new(options);
        let mut test = |record: &Record<'_>| {
            if (record.carried.is_some() || !filter.needs_time()) && filter.matches(record) {
                expected.push(shown("worker-2026-01-05.log", record));
            }
        };
        reader.feed(&bytes, &mut test);
        reader.finish(&mut test);
        for threads in [1, 2, 4] {
            let split = split(threads, 100 + random.below(4000) as u64, 1 + random.below(4000));
            let split = Split { max_owned: [0, 3, 30, u64::MAX][random.below(4)], ..split };

            assert_eq!(expected, logs.read(&query, split).0, "log {seed} `{query}` {split:?}");
        }
        matched += expected.len();
    }
    assert!(matched > 10_000, "{matched} records were compared");
}

#[test]
fn what_is_seen_is_what_one_pass_sees() {
    for (i, bytes) in sources().into_iter().enumerate() {
        let logs = Logs::of(&[("worker.log", &bytes)]);
        let whole = logs.read("", Split::among(1)).1;

        let cut = logs.read("", split(3, 700, 2000)).1;

        assert_eq!(format!("{whole:?}"), format!("{cut:?}"), "log {i}");
    }
}

#[test]
fn a_log_of_several_files_carries_its_time_and_keeps_their_order() {
    let old = log(1, 200, 0);
    let logs = Logs::of(&[
        ("worker.log.2", b"[INFO] before all times\n".repeat(300).as_slice()),
        ("worker.log.1", &old),
        ("worker.log", b"[INFO] not dated\n".repeat(300).as_slice()),
    ]);
    for query in ["", "since:2026-01-05T01:00:00Z"] {
        let expected = logs.read(query, Split::among(1)).0;

        assert_eq!(without_lines(&expected), without_lines(&logs.read(query, split(2, 900, 2000)).0), "{query}");
    }
}

#[test]
fn the_parts_of_several_threads_come_in_order_with_the_lines_before_them() {
    let bytes = log(3, 500, 0);
    let logs = Logs::of(&[("worker.log", &bytes)]);
    let (options, plan) = (ReadOptions::default(), Plan::default());
    let mut parts = 0;
    let mut records = Vec::new();

    let report = gather_found(
        discover(&logs.paths()),
        &options,
        &plan,
        split(4, 600, 2000),
        &mut |_| (),
        &Vec::new,
        &|made, _, record| made.push(record.to_static()),
        &mut |part| {
            parts += 1;
            for mut record in part.made {
                record.line = record.line.map(|line| line + part.lines_before);
                records.push(shown(part.source, &record));
            }
            ControlFlow::Continue(())
        },
    );

    assert_eq!((true, in_one_pass(&bytes, "")), (parts > 10, records.clone()));
    assert_eq!(records.len() as u64, report.matched);
}

#[test]
fn sums_of_several_threads_are_those_of_one() {
    let logs = Logs::of(&[("worker.log.1", &log(3, 300, 60)), ("worker.log", &log(4, 300, 0))]);
    let sums = |split| {
        let fresh = || (Stats::new(StatsOptions::default()), Jobs::new(JobTypes::default()));
        let (mut stats, mut jobs) = fresh();
        gather_found(
            discover(&logs.paths()),
            &ReadOptions::default(),
            &Plan::default(),
            split,
            &mut |_| (),
            &fresh,
            &|(stats, jobs), source, record| {
                stats.add(record, Some(source));
                jobs.add(record, Some(source));
            },
            &mut |mut part| {
                part.made.0.follow_lines(part.lines_before);
                stats.merge(part.made.0);
                jobs.merge(part.made.1);
                ControlFlow::Continue(())
            },
        );
        (stats.to_json(), jobs.to_json(Timestamp::from_micros(0)))
    };

    assert_eq!(sums(Split::among(1)), sums(split(3, 800, 2000)));
}

#[test]
fn the_sink_ends_the_reading() {
    let logs = Logs::of(&[("worker.log", &log(3, 500, 0)), ("zzz.log", b"[INFO] never read\n")]);
    for last in [1, 2, 77] {
        let mut taken = 0;
        let found = discover(&logs.paths());
        let report =
            read_split(found, &ReadOptions::default(), &filter(""), split(4, 600, 2000), &mut |_| (), &mut |_, _| {
                taken += 1;
                if taken < last { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
            });

        assert_eq!((last, last), (taken, report.matched));
    }
}

#[test]
fn all_bytes_count_as_progress_once() {
    let bytes = log(4, 400, 0);
    let logs = Logs::of(&[("worker.log", &bytes)]);
    for query in ["", "since:2026-01-05T04:00:00Z until:2026-01-05T04:01:00Z"] {
        let mut sum = 0;
        let found = discover(&logs.paths());
        let mut count = |bytes| sum += bytes;
        read_split(found, &ReadOptions::default(), &filter(query), split(2, 500, 2000), &mut count, &mut |_, _| {
            ControlFlow::Continue(())
        });

        assert_eq!(bytes.len() as u64, sum, "{query}");
    }
}

/// The same without line numbers, for where they are not known.
fn without_lines(records: &[String]) -> Vec<String> {
    let without = |record: &String| {
        let (before, line) = record.split_once("\"line\":").unwrap();
        format!("{before}{}", &line[line.find(',').unwrap()..])
    };
    records.iter().map(without).collect()
}

const RANGES: [&str; 7] = [
    "since:2026-01-05T02:00:00Z",
    "until:2026-01-05T02:00:00Z",
    "since:2026-01-05T02:00:00Z until:2026-01-05T02:10:00Z",
    "since:2026-01-05T03:00:00Z until:2026-01-05T03:00:00Z level:error",
    "since:2020-01-01",
    "since:2030-01-01",
    "until:2020-01-01",
];

#[test]
fn of_an_ordered_file_only_what_a_time_range_needs_is_read() {
    for seed in 1..=6 {
        let bytes = log(seed, 400, 0);
        let logs = Logs::of(&[("worker.log", &bytes)]);
        for query in RANGES {
            for threads in [1, 2] {
                let (records, report) = logs.read(query, split(threads, 500, 4000));

                let expected = in_one_pass(&bytes, query);
                assert_eq!(without_lines(&expected), without_lines(&records), "log {seed} {query}");
                assert!(report.undated.is_empty() && report.empty.is_empty());
                let all = logs.read("", Split::among(1)).1.records;
                let is_narrow = !["since:2020-01-01", RANGES[0], RANGES[1]].contains(&query);
                assert!(!is_narrow || report.records < all / 2, "log {seed} {query}: {} of {all}", report.records);
            }
        }
    }
}

#[test]
fn a_file_out_of_order_is_read_as_a_whole() {
    for seed in 1..=6 {
        let mut bytes = log(seed, 300, 0);
        bytes.extend_from_slice(b"\n");
        bytes.extend(log(seed + 50, 300, 0));
        let logs = Logs::of(&[("worker.log", &bytes)]);
        for query in RANGES {
            assert_eq!(in_one_pass(&bytes, query), logs.read(query, split(2, 500, 4000)).0, "log {seed} {query}");
        }
    }
}

#[test]
fn a_file_that_shrinks_is_read_to_where_it_ends() {
    let logs = Logs::of(&[("worker.log", &b"2026-01-05 10:00:00.000 [1] [INFO] same\n".repeat(2000))]);
    let path = logs.0.path().join("worker.log");
    let mut records = 0;

    let found = discover(&logs.paths());
    let report =
        read_split(found, &ReadOptions::default(), &filter(""), split(2, 400, 2000), &mut |_| (), &mut |_, _| {
            if records == 0 {
                fs::File::options().write(true).open(&path).unwrap().set_len(40_000).unwrap();
            }
            records += 1;
            ControlFlow::Continue(())
        });

    assert!((1000..1100).contains(&records), "{records}");
    assert!(report.problems.is_empty());
}

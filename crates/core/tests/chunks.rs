//! However the bytes of a source are cut into pieces, the records are those of one sequential pass.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod common;

use std::fs;

use common::{Random, logs, read, shuffled};
use jobtrail_core::{LogStore, Plan, Query, ReadOptions, Reader, Record, Timestamp, Zone, write_json};

#[test]
fn any_split_gives_the_records_of_one_pass() {
    let made = (1..=40).map(shuffled);
    let vectors = logs().into_iter().map(|log| fs::read(log).unwrap());
    for (i, log) in vectors.chain(made).enumerate() {
        let whole = read(&log, || usize::MAX);

        for size in [1, 7, 64, 4096] {
            assert_eq!(whole, read(&log, || size), "log {i} in pieces of {size}");
        }
        let mut random = Random(i as u64 + 1);
        assert_eq!(whole, read(&log, || random.below(200)), "log {i} in random pieces");
    }
}

#[test]
fn a_store_that_grows_by_any_pieces_holds_the_records_of_one_pass() {
    let everything = Query::default().resolve(Timestamp::from_micros(0), &Zone::UTC);
    for seed in 1..=20 {
        let log = shuffled(seed);
        let mut random = Random(seed);
        let mut store = LogStore::new(ReadOptions::default());
        let mut rest = log.as_slice();
        while !rest.is_empty() {
            let (piece, behind) = rest.split_at((1 + random.below(300)).min(rest.len()));
            store.append(piece);
            rest = behind;
        }
        store.finish();
        let rows = store.select(&everything);

        assert_eq!(format!("[{}]", read(&log, || usize::MAX).join(",")), store.window(&rows, 0, rows.len()));
    }
}

/// The records of a log that match, as wire lines, and how many were given in all; read in pieces of `size` bytes, with
/// or without passing over others.
fn matching(log: &[u8], query: &str, size: usize, passes_over: bool) -> (Vec<String>, usize) {
    let filter = Query::parse(query).unwrap().resolve(Timestamp::from_micros(0), &Zone::UTC);
    let plan = if passes_over { Plan::new(filter.clone()) } else { Plan::default() };
    let mut reader = Reader::planned(ReadOptions::default(), plan).passing_over();
    let mut found = Vec::new();
    let mut given = 0;
    let mut sink = |record: &Record<'_>| {
        given += 1;
        if filter.matches(record) {
            let mut json = String::new();
            write_json(record, None, &mut json);
            found.push(format!("{json} {:?}", record.carried));
        }
    };
    for piece in log.chunks(size) {
        reader.feed(piece, &mut sink);
    }
    reader.finish(&mut sink);
    (found, given)
}

#[test]
fn passing_over_what_cannot_match_changes_no_match() {
    let queries = [
        "MSH-0105-A7F2",
        "job:MSH-0105-A7F2",
        "job:123",
        "job:j1,123",
        "job:*-0105-*",
        "failed",
        "FAILED OR grün",
        "\"bad tile\"",
        "ValueError",
        "-failed",
        "failed level:error",
        "(slow OR failed) -metadata",
        "file",
        "nowhere",
        "~/app",
        "\"say \\\"\"",
        "ok",
        "exception:*",
        "since:1970-01-02 failed",
        "escape",
        "redacted",
        "pass",
        "/fail/",
        "INFO Executor",
        "MIIEvQ",
        "indented",
        "level:error",
        "level>=warning",
        "level>warning -job:77",
        "level:critical,warning",
        "level<error",
        "job:7",
        "level>=error job:123",
    ];
    let made = (1..=20).map(shuffled);
    let vectors = logs().into_iter().map(|log| fs::read(log).unwrap());
    let (mut matches, mut given, mut passed_over) = (0, 0, 0);
    for (i, log) in vectors.chain(made).enumerate() {
        for query in queries {
            let (every, all) = matching(&log, query, usize::MAX, false);
            matches += every.len();

            for size in [usize::MAX, 4096, 300, 64] {
                let (found, some) = matching(&log, query, size, true);
                assert_eq!(every, found, "log {i}, {query}, pieces of {size}");
                given += some;
                passed_over += all - some;
            }
        }
    }
    assert!(matches > 5_000, "{matches} matches were compared");
    assert!(passed_over > given / 20, "{passed_over} records were passed over, {given} given");
}

#[test]
fn every_byte_of_a_log_belongs_to_one_record() {
    for seed in 1..=40 {
        let log = shuffled(seed);
        let offsets: Vec<u64> = read(&log, || usize::MAX)
            .iter()
            .map(|record| serde_json::from_str::<serde_json::Value>(record).unwrap()["offset"].as_u64().unwrap())
            .collect();

        assert_eq!(Some(&0), offsets.first());
        assert!(offsets.is_sorted_by(|a, b| a < b));
        for &offset in offsets.iter().skip(1) {
            assert_eq!(b'\n', log[usize::try_from(offset).unwrap() - 1], "a record begins at a line");
        }
    }
}

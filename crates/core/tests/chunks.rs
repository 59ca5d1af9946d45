//! However the bytes of a source are cut into pieces, the records are those of one sequential pass.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod common;

use std::fs;

use common::{Random, logs, read};
use jobtrail_core::{LogStore, Query, ReadOptions, Timestamp, Zone};

/// Logs made of shuffled vector lines: formats mixed, traces cut in two, line ends and bytes broken.
fn shuffled(seed: u64) -> Vec<u8> {
    let mut random = Random(seed);
    let lines: Vec<Vec<u8>> = logs()
        .iter()
        .flat_map(|log| fs::read(log).unwrap().split_inclusive(|&b| b == b'\n').map(<[u8]>::to_vec).collect::<Vec<_>>())
        .collect();
    let mut log = Vec::new();
    for _ in 0..60 {
        let from = random.below(lines.len());
        for line in lines.iter().skip(from).take(1 + random.below(6)) {
            log.extend_from_slice(line);
        }
    }
    log
}

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

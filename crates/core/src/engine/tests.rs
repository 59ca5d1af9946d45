//! However a source is cut, whatever is known of it and whatever is wanted: the records are those of one plain pass.

use super::{Plan, Profile, ReadOptions, Reader};
use crate::format::Memory;
use crate::query::{Filter, Query};
use crate::record::Record;
use crate::timestamp::{Date, Timestamp};
use crate::wire::write_json;
use crate::zone::Zone;
use made::Random;

#[path = "../../tests/common/made.rs"]
mod made;

const LOGS: u64 = 200;

fn options() -> ReadOptions {
    ReadOptions { date: Date::new(2026, 1, 5), ..ReadOptions::default() }
}

fn told(record: &Record<'_>) -> String {
    let mut json = String::new();
    write_json(record, None, &mut json);
    format!("{json} {:?} {}", record.carried, record.text)
}

/// Reads a log in pieces whose sizes `next_size` gives.
fn read(mut reader: Reader, log: &[u8], mut next_size: impl FnMut() -> usize) -> Vec<String> {
    let mut records = Vec::new();
    let mut rest = log;
    while !rest.is_empty() {
        let (piece, behind) = rest.split_at(next_size().clamp(1, rest.len()));
        reader.feed(piece, &mut |record| records.push(told(record)));
        rest = behind;
    }
    reader.finish(&mut |record| records.push(told(record)));
    records
}

/// Reads every line with the formats themselves, no layout known.
fn plain_pass(log: &[u8]) -> Vec<Record<'static>> {
    let mut reader = Reader::new(options());
    reader.memory = Memory::of_one_line();
    let mut records = Vec::new();
    reader.feed(log, &mut |record| records.push(record.to_static()));
    reader.finish(&mut |record| records.push(record.to_static()));
    records
}

#[test]
fn pieces_and_layouts_change_no_record() {
    let mut by_layout = 0;
    for seed in 1..=LOGS {
        let log = made::log(seed);
        let expected: Vec<String> = plain_pass(&log).iter().map(told).collect();
        let profile = Profile::learn(&log, &options());
        by_layout += usize::from(profile.knows_layouts());

        for size in [1, 7, 64, 4096, 1 << 20] {
            assert_eq!(expected, read(Reader::new(options()), &log, || size), "log {seed} in pieces of {size}");
        }
        let mut random = Random(seed);
        let stored = Profile::from_json(&profile.to_json()).unwrap();
        let reader = Reader::new(stored.read_options()).knowing(&stored);
        assert_eq!(expected, read(reader, &log, || random.below(300)), "log {seed} in random pieces");
    }
    assert!(by_layout > 60, "{by_layout} logs have a layout");
}

#[test]
fn what_is_no_profile_is_told() {
    let profile = Profile::learn(b"", &options()).to_json();
    assert_eq!(r#"{"layouts":[],"offsets":[[0,0]],"date":[2026,1,5]}"#, profile);

    for (part, other) in [("layouts", "x"), ("[0,0]", "[0]"), ("1,5", "2,30"), ("2026", "99999"), ("5]", "5")] {
        assert!(Profile::from_json(&profile.replace(part, other)).is_err(), "{part}");
    }
    assert!(Profile::from_json(r#"{"layouts":[],"offsets":[]}"#).is_ok());
}

#[test]
fn parts_between_borders_hold_the_records_of_the_whole() {
    let mut parts = 0;
    for seed in 1..=LOGS {
        let log = made::log(seed);
        let expected: Vec<String> = plain_pass(&log).iter().map(told).collect();
        let profile = Profile::learn(&log, &options());
        let mut random = Random(seed);
        let mut found = Vec::new();
        let (mut at, mut line) = (0, Some(1));
        while at < log.len() {
            let wanted = at + 1 + random.below(log.len());
            let end = border_behind(&log, wanted, &profile).unwrap_or(log.len());
            let options = ReadOptions { start_offset: at as u64, start_line: line, ..options() };
            let mut reader = Reader::new(options).knowing(&profile);
            reader.feed(&log[at..end], &mut |record| found.push(told(record)));
            reader.finish(&mut |record| found.push(told(record)));
            (at, line) = (end, reader.next_line());
            parts += 1;
        }

        // What has no time takes that of the record before: of the part before, where there is none in its own.
        assert_eq!(expected, found, "log {seed}");
    }
    assert!(parts > 300, "{parts} parts were read");
}

/// The first border at or behind a place.
fn border_behind(log: &[u8], place: usize, profile: &Profile) -> Option<usize> {
    let line = place + log.get(place..)?.iter().position(|byte| *byte == b'\n')? + 1;
    Some(line + profile.border(log.get(line..)?)?.0)
}

fn filter(text: &str) -> Filter {
    Query::parse(text).unwrap().resolve(Timestamp::parse("2026-01-09T00:00:00Z").unwrap(), &Zone::UTC)
}

#[test]
fn a_plan_gives_what_testing_every_record_gives() {
    let logs: Vec<(Vec<u8>, Vec<Record<'static>>)> = (1..=LOGS)
        .map(|seed| {
            let log = made::log(seed);
            let records = plain_pass(&log);
            (log, records)
        })
        .collect();
    let (mut matches, mut decided_early) = (0, 0);
    for seed in 1..=500 {
        let query = made::query(seed);
        let filter = filter(&query);
        let mut random = Random(seed);
        for _ in 0..6 {
            let place = random.below(logs.len());
            let (log, records) = &logs[place];
            let is_match =
                |record: &&Record<'_>| (record.carried.is_some() || !filter.needs_time()) && filter.matches(record);
            let expected: Vec<String> = records.iter().filter(is_match).map(told).collect();
            let size = [7, 64, 300, 4096, 1 << 20][random.below(5)];
            let found = read(Reader::planned(options(), Plan::new(filter.clone())).passing_over(), log, || size);

            assert_eq!(expected, found, "log {}, {query}, pieces of {size}", place + 1);
            matches += found.len();
            decided_early += usize::from(filter.needs().is_some());
        }
    }
    assert!(matches > 20_000, "{matches} records matched");
    assert!(decided_early > 500, "{decided_early} searches could pass over records");
}

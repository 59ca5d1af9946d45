//! Statistics and jobs of a log that was cut into parts are those of one pass.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod common;

use std::fs;

use common::{Random, logs, shuffled};
use jobtrail_core::{JobTypes, Jobs, ReadOptions, Reader, Record, Stats, StatsOptions, Timestamp};

const NOW: Timestamp = Timestamp::from_micros(1_767_625_200_000_000);

/// Both sums of the records.
fn sums<'r>(records: impl IntoIterator<Item = &'r Record<'r>>) -> (Stats, Jobs) {
    let mut stats = Stats::new(StatsOptions::default());
    let mut jobs = Jobs::new(JobTypes::default());
    for record in records {
        stats.add(record, Some("a.log"));
        jobs.add(record, Some("a.log"));
    }
    (stats, jobs)
}

fn json((stats, jobs): &(Stats, Jobs)) -> (String, String) {
    (stats.to_json(), jobs.to_json(NOW))
}

fn merge((stats, jobs): &mut (Stats, Jobs), (next_stats, next_jobs): (Stats, Jobs)) {
    stats.merge(next_stats);
    jobs.merge(next_jobs);
}

fn records(log: &[u8]) -> Vec<Record<'static>> {
    let mut records = Vec::new();
    let mut reader = Reader::new(ReadOptions::default());
    reader.feed(log, &mut |record| records.push(record.to_static()));
    reader.finish(&mut |record| records.push(record.to_static()));
    records
}

/// As a reader gives them that begins there: nothing is carried from what stands before.
fn read_apart(records: &[Record<'static>]) -> Vec<Record<'static>> {
    let mut carried = None;
    let mut apart = records.to_vec();
    for record in &mut apart {
        carried = record.timestamp.or(carried);
        record.carried = carried;
    }
    apart
}

fn all_logs() -> impl Iterator<Item = Vec<u8>> {
    logs().into_iter().map(|log| fs::read(log).unwrap()).chain((1..=50).map(shuffled))
}

#[test]
fn the_parts_of_a_source_merge_into_the_sums_of_one_pass() {
    for (i, log) in all_logs().enumerate() {
        let records = records(&log);
        let whole = sums(&records);
        let mut random = Random(i as u64 + 1);
        for _ in 0..5 {
            let mut parts = Vec::new();
            let mut rest = records.as_slice();
            while !rest.is_empty() {
                let (part, behind) = rest.split_at((1 + random.below(rest.len())).min(rest.len()));
                parts.push(sums(&read_apart(part)));
                rest = behind;
            }
            let mut from_left = sums([]);
            for part in parts.clone() {
                merge(&mut from_left, part);
            }
            assert_eq!(json(&whole), json(&from_left), "log {i}");

            // In any order of merging neighbours.
            while parts.len() > 1 {
                let at = random.below(parts.len() - 1);
                let next = parts.remove(at + 1);
                merge(&mut parts[at], next);
            }
            assert_eq!(json(&whole), json(&parts.pop().unwrap_or_else(|| sums([]))), "log {i}");
        }
    }
}

#[test]
fn sources_that_have_ended_merge_whichever_of_them_are_summed_together() {
    let mut random = Random(7);
    for first in 1..=50 {
        let sources: Vec<Vec<Record<'static>>> = (0..4)
            .map(|i| {
                records(&shuffled(first + 50 * i)).into_iter().skip(random.below(20)).take(random.below(60)).collect()
            })
            .map(|records: Vec<_>| read_apart(&records))
            .collect();
        let mut whole = sums([]);
        let mut parts = Vec::new();
        let mut part = sums([]);
        for source in &sources {
            for record in source {
                for (stats, jobs) in [&mut whole, &mut part] {
                    stats.add(record, None);
                    jobs.add(record, None);
                }
                if random.below(30) == 0 {
                    parts.push(std::mem::replace(&mut part, sums([])));
                }
            }
            for (stats, jobs) in [&mut whole, &mut part] {
                stats.end_source();
                jobs.end_source();
            }
        }
        let mut merged = sums([]);
        for next in parts.into_iter().chain([part]) {
            merge(&mut merged, next);
        }

        assert_eq!(json(&whole), json(&merged), "{first}");
    }
}

//! Several logs as one, in the order of time.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::ops::ControlFlow;

use jobtrail_core::{Filter, Plan, ReadOptions, Record, Timestamp};

use crate::discover::Found;
use crate::read::{Progress, ReadReport, RecordSink, SetReader, read_found};

/// How many logs are merged with all of them open; more are sorted in memory.
const MAX_OPEN_LOGS: usize = 128;

/// What stands before every time.
const EARLIEST: Timestamp = Timestamp::from_micros(i64::MIN);

/// Reads logs that [`discover`](crate::discover()) found as one, in the order of time; of equal times the log found first comes first.
///
/// A record without a time stays behind the one before it in its log. Each log keeps its own order.
pub fn read_merged(
    found: Found,
    options: &ReadOptions,
    filter: &Filter,
    progress: &mut Progress<'_>,
    sink: &mut RecordSink<'_>,
) -> ReadReport {
    if found.sets.len() > MAX_OPEN_LOGS {
        return read_sorted(found, options, filter, progress, sink);
    }
    let mut report = ReadReport::of(&found);
    report.problems = found.problems;
    let plan = Plan::new(filter.clone());
    let mut sets: Vec<Merging<'_>> = Vec::new();
    for set in found.sets {
        sets.push(Merging { reading: SetReader::open(set, options, &plan, &mut report), waiting: VecDeque::new() });
    }
    let mut next = BinaryHeap::new();
    for (at, set) in sets.iter_mut().enumerate() {
        if let Some(time) = set.next_key(&mut report, progress) {
            next.push(Reverse((time, at)));
        }
    }
    while let Some(Reverse((_, at))) = next.pop() {
        let Some(set) = sets.get_mut(at) else { break };
        let Some((name, record)) = set.waiting.pop_front() else { continue };
        if sink(&name, &record).is_break() {
            break;
        }
        if let Some(time) = set.next_key(&mut report, progress) {
            next.push(Reverse((time, at)));
        }
    }
    report
}

fn read_sorted(
    found: Found,
    options: &ReadOptions,
    filter: &Filter,
    progress: &mut Progress<'_>,
    sink: &mut RecordSink<'_>,
) -> ReadReport {
    let mut records: Vec<(String, Record<'static>)> = Vec::new();
    let report = read_found(found, options, filter, progress, &mut |name, record| {
        records.push((name.to_owned(), record.to_static()));
        ControlFlow::Continue(())
    });
    records.sort_by_key(|(_, record)| record.carried);
    for (name, record) in records {
        if sink(&name, &record).is_break() {
            break;
        }
    }
    report
}

struct Merging<'a> {
    reading: SetReader<'a>,
    waiting: VecDeque<(String, Record<'static>)>,
}

impl Merging<'_> {
    /// Reads until a record waits; returns its time, the earliest there is if it has none, or `None` at the log's end.
    fn next_key(&mut self, report: &mut ReadReport, progress: &mut Progress<'_>) -> Option<Timestamp> {
        while self.waiting.is_empty() && !self.reading.is_done() {
            let waiting = &mut self.waiting;
            let _ = self.reading.step(report, progress, &mut |name, record| {
                waiting.push_back((name.to_owned(), record.to_static()));
                ControlFlow::Continue(())
            });
        }
        self.waiting.front().map(|(_, record)| record.carried.unwrap_or(EARLIEST))
    }
}

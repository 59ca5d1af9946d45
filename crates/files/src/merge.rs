//! Several logs as one, in the order of time. However many there are, few are open at once and little of each is in memory.

mod log;
#[cfg(test)]
mod tests;

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use jobtrail_core::{Filter, Plan, Profile, ReadOptions, Timestamp};

use crate::discover::Found;
use crate::read::{Progress, ReadReport, RecordSink};
use log::Log;

/// How many logs are open at once, if all of them can be read on later from where they stand.
const MAX_OPEN_LOGS: usize = 64;

/// Reads logs that [`discover`](crate::discover()) found as one, in the order of time; of equal times the log found first comes first.
///
/// A record without a time stays behind the one before it in its log. Each log keeps its own order; none comes before its
/// first time, nor a record before one that stands before it. A log is opened when its first time is reached; where too
/// many are open, the one whose next record is the latest is closed, and opened again at that record.
pub fn read_merged(
    found: Found,
    options: &ReadOptions,
    filter: &Filter,
    progress: &mut Progress<'_>,
    sink: &mut RecordSink<'_>,
) -> ReadReport {
    merge(found, options, filter, MAX_OPEN_LOGS, progress, sink)
}

fn merge(
    found: Found,
    options: &ReadOptions,
    filter: &Filter,
    max_open: usize,
    progress: &mut Progress<'_>,
    sink: &mut RecordSink<'_>,
) -> ReadReport {
    let mut report = ReadReport::of(&found);
    report.problems = found.problems;
    let plan = Plan::new(filter.clone());
    let profile = Profile::learn(&[], options);
    let mut logs: Vec<Log> = found.sets.into_iter().map(Log::new).collect();
    let mut next: BinaryHeap<Reverse<(Timestamp, usize)>> =
        logs.iter().enumerate().map(|(at, log)| Reverse((log.first_time(&profile), at))).collect();
    let mut open: Vec<usize> = Vec::new();
    while let Some(Reverse((_, at))) = next.pop() {
        let Some(log) = logs.get_mut(at) else { break };
        if let Some((name, record)) = log.next() {
            report.matched += 1;
            if sink(name, &record).is_break() {
                break;
            }
        }
        if let Some(time) = log.next_time(options, &plan, &mut report, progress) {
            next.push(Reverse((time, at)));
        }
        match (log.is_open(), open.iter().position(|known| *known == at)) {
            (true, None) => open.push(at),
            (false, Some(place)) => drop(open.swap_remove(place)),
            _ => {}
        }
        if open.len() > max_open {
            close_latest(&mut logs, &mut open, at, &profile);
        }
    }
    report
}

/// Closes the log whose next record is the latest of those that can be closed, but not the one whose turn it is.
fn close_latest(logs: &mut [Log], open: &mut Vec<usize>, turn: usize, profile: &Profile) {
    open.sort_by_key(|at| (logs.get(*at).and_then(Log::waiting_time), *at));
    let closed = open.iter().rposition(|at| *at != turn && logs.get_mut(*at).is_some_and(|log| log.park(profile)));
    if let Some(place) = closed {
        open.remove(place);
    }
}

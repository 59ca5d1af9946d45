//! Which parts of an ordered file can have records of a time range.
//!
//! The file is probed at borders. Only where all of their times are in order is anything left out, and only what lies
//! outside of the range by more than [`SLACK_MICROS`] and a whole part. What is not found: a record that stands further
//! than that from its place in time, in a file that is otherwise in order.

use std::ops::Range;

use jobtrail_core::Timestamp;

use super::pieces::Borders;

/// How far a record may stand from its place in time: threads and processes that share a log swap their lines.
const SLACK_MICROS: i64 = 10 * 60 * 1_000_000;

/// How many probes a file takes at most.
const MAX_PROBES: u64 = 1024;

/// Returns the runs of bytes that are to be read: everything, where there is no range or no order.
///
/// The first and the last part are always read: the first says what the source is, the last gives the next file its time.
pub(super) fn runs(
    borders: &Borders<'_>,
    end: u64,
    piece_bytes: u64,
    (from, until): (Option<Timestamp>, Option<Timestamp>),
) -> Vec<Range<u64>> {
    let everything = vec![Range { start: 0, end }];
    if (from, until) == (None, None) {
        return everything;
    }
    let Some(parts) = ordered_parts(borders, end, piece_bytes.max(end / MAX_PROBES)) else { return everything };
    let earliest = from.map_or(i64::MIN, |from| from.as_micros().saturating_sub(SLACK_MICROS));
    let latest = until.map_or(i64::MAX, |until| until.as_micros().saturating_add(SLACK_MICROS));
    let ends_before = |part: &Part| part.last.as_micros() < earliest;
    let begins_in_time = |part: &Part| part.first.as_micros() <= latest;
    let first = parts.partition_point(ends_before).saturating_sub(1);
    let last = parts.partition_point(begins_in_time);
    let mut runs: Vec<Range<u64>> = Vec::new();
    for (i, part) in parts.iter().enumerate() {
        if i != 0 && i + 1 != parts.len() && !(first..=last).contains(&i) {
            continue;
        }
        match runs.last_mut() {
            Some(run) if run.end == part.bytes.start => run.end = part.bytes.end,
            _ => runs.push(part.bytes.clone()),
        }
    }
    runs
}

/// A part of a file between two probes, and the times at both.
struct Part {
    bytes: Range<u64>,
    first: Timestamp,
    last: Timestamp,
}

const EARLIEST: Timestamp = Timestamp::from_micros(i64::MIN);
const LATEST: Timestamp = Timestamp::from_micros(i64::MAX);

/// Returns the parts of a file; `None` where a probe's time is before that of an earlier one.
fn ordered_parts(borders: &Borders<'_>, end: u64, part_bytes: u64) -> Option<Vec<Part>> {
    let first = borders.find(0).map_or(EARLIEST, |(_, time)| time);
    let mut parts = vec![Part { bytes: 0..end, first, last: LATEST }];
    let mut step = part_bytes;
    let mut at = step;
    while at < end {
        let Some((border, time)) = borders.find(at).filter(|(border, _)| *border < end) else {
            step = step.saturating_mul(2);
            at = at.saturating_add(step);
            continue;
        };
        let before = parts.last_mut()?;
        if time < before.first {
            return None;
        }
        (before.bytes.end, before.last) = (border, time);
        parts.push(Part { bytes: border..end, first: time, last: LATEST });
        step = part_bytes;
        at = border.saturating_add(step);
    }
    Some(parts)
}

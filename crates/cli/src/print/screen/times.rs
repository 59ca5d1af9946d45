//! Times as people read them: the clock's, how long ago something was, how long after something else.

use jobtrail_core::{Timestamp, Zone};

const SECOND: u64 = 1_000_000;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// Returns `2026-01-05 14:30:01.123Z`, or what the zone's clock shows and how far it is from UTC.
pub(super) fn local(time: Timestamp, zone: Option<&Zone>) -> String {
    let offset = zone.map_or(0, |zone| zone.offset_micros(time));
    let full = Timestamp::from_micros(time.as_micros().saturating_add(offset)).to_string();
    let (date, clock) = full.split_once('T').unwrap_or((&full, ""));
    let clock = clock.get(..CLOCK_CELLS).unwrap_or(clock);
    if zone.is_none() {
        return format!("{date} {clock}Z");
    }
    let minutes = offset.unsigned_abs() / MINUTE;
    let sign = if offset < 0 { '-' } else { '+' };
    format!("{date} {clock}{sign}{:02}:{:02}", minutes / 60, minutes % 60)
}

/// The cells of `14:30:01.123`.
pub(super) const CLOCK_CELLS: usize = 12;

/// Returns `3m ago`, `now`, or `in 5s` for what is yet to come.
pub(super) fn age(time: Timestamp, now: Timestamp) -> String {
    let micros = now.as_micros().abs_diff(time.as_micros());
    let (count, unit) = match micros {
        0..SECOND => return "now".to_owned(),
        SECOND..MINUTE => (micros / SECOND, 's'),
        MINUTE..HOUR => (micros / MINUTE, 'm'),
        HOUR..DAY => (micros / HOUR, 'h'),
        DAY.. => (micros / DAY, 'd'),
    };
    if time > now { format!("in {count}{unit}") } else { format!("{count}{unit} ago") }
}

/// Returns how much later than another time something was: `+1.203s`, `+3m12s`, `-0.500s`.
pub(super) fn distance(from: Timestamp, to: Timestamp) -> String {
    let micros = to.as_micros().abs_diff(from.as_micros());
    let sign = if to < from { '-' } else { '+' };
    match micros {
        0..MINUTE => format!("{sign}{}.{:03}s", micros / SECOND, micros % SECOND / 1000),
        MINUTE..HOUR => format!("{sign}{}m{:02}s", micros / MINUTE, micros % MINUTE / SECOND),
        HOUR..DAY => format!("{sign}{}h{:02}m", micros / HOUR, micros % HOUR / MINUTE),
        DAY.. => format!("{sign}{}d{:02}h", micros / DAY, micros % DAY / HOUR),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_and_distances_are_short() {
        let at = |text: &str| Timestamp::parse(text).unwrap_or(Timestamp::from_micros(0));
        let now = at("2026-01-05T15:00:00Z");

        let ages = ["2026-01-05T14:59:59.5Z", "2026-01-05T14:59:01Z", "2026-01-05T13:00:00Z", "2025-01-05T15:00:00Z"];
        assert_eq!(["now", "59s ago", "2h ago", "365d ago"], ages.map(|time| age(at(time), now)));
        assert_eq!("in 5m", age(at("2026-01-05T15:05:59Z"), now));
        let times =
            ["2026-01-05T15:00:01.2034Z", "2026-01-05T15:03:12Z", "2026-01-05T17:03:12Z", "2026-01-07T18:00:00Z"];
        assert_eq!(["+1.203s", "+3m12s", "+2h03m", "+2d03h"], times.map(|time| distance(now, at(time))));
        assert_eq!("-0.500s", distance(now, at("2026-01-05T14:59:59.5Z")));
    }
}

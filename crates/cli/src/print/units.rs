//! Times and spans of time as people read them.

use jobtrail_core::{Timestamp, Zone};

const MICROS_PER_SECOND: u64 = 1_000_000;

/// Returns how long something took: `450 ms`, `4.2 s`, `3m20s`, `2h05m`, `3d04h`.
pub(crate) fn duration(micros: u64) -> String {
    let (seconds, minutes, hours) = split(micros);
    match micros {
        0 => "0 ms".to_owned(),
        1..1000 => format!("0.{} ms", micros / 100),
        1000..1_000_000 => format!("{} ms", micros / 1000),
        1_000_000..60_000_000 => format!("{}.{} s", seconds, micros / 100_000 % 10),
        _ if hours == 0 => format!("{minutes}m{:02}s", seconds % 60),
        _ if hours < 24 => format!("{hours}h{:02}m", minutes % 60),
        _ => format!("{}d{:02}h", hours / 24, hours % 24),
    }
}

/// Returns how long ago something was, in its largest unit: `12s`, `45m`, `3h`, `5d`, `3y`.
pub(crate) fn age(micros: u64) -> String {
    let (seconds, minutes, hours) = split(micros);
    match hours / 24 {
        0 if minutes == 0 => format!("{seconds}s"),
        0 if hours == 0 => format!("{minutes}m"),
        0 => format!("{hours}h"),
        days @ 1..1000 => format!("{days}d"),
        days => format!("{}y", days / 365),
    }
}

/// Returns `2026-01-05 14:30:01Z` with so many digits of the second's fraction, or what a zone's clock shows and how far it
/// is from UTC.
pub(crate) fn moment(time: Timestamp, zone: Option<&Zone>, digits: usize) -> String {
    let offset = zone.map_or(0, |zone| zone.offset_micros(time));
    let full = Timestamp::from_micros(time.as_micros().saturating_add(offset)).to_string();
    let whole = "2026-01-05T14:30:01".len() + if digits > 0 { digits + 1 } else { 0 };
    let local = full.get(..whole).unwrap_or(&full).replacen('T', " ", 1);
    if zone.is_none() {
        return local + "Z";
    }
    let minutes = offset.abs() / 60_000_000;
    format!("{local}{}{:02}:{:02}", if offset < 0 { '-' } else { '+' }, minutes / 60, minutes % 60)
}

fn split(micros: u64) -> (u64, u64, u64) {
    let seconds = micros / MICROS_PER_SECOND;
    (seconds, seconds / 60, seconds / 3600)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_of_time_have_their_unit() {
        for (micros, took, ago) in [
            (0, "0 ms", "0s"),
            (400, "0.4 ms", "0s"),
            (450_000, "450 ms", "0s"),
            (4_250_000, "4.2 s", "4s"),
            (200_000_000, "3m20s", "3m"),
            (7_500_000_000, "2h05m", "2h"),
            (273_600_000_000, "3d04h", "3d"),
            (94_608_000_000_000, "1095d00h", "3y"),
        ] {
            assert_eq!((took.to_owned(), ago.to_owned()), (duration(micros), age(micros)));
        }
    }
}

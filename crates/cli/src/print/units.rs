//! Times and spans of time as people read them.

use jobtrail_core::{Timestamp, Zone};

const MICROS_PER_SECOND: u64 = 1_000_000;

/// Returns how long something took: `450 ms`, `4.2 s`, `3m20s`, `2h05m`, `3d04h`, `25y`.
pub(crate) fn duration(micros: u64) -> String {
    let (seconds, minutes, hours) = split(micros);
    match micros {
        0 => "0 ms".to_owned(),
        1..1000 => format!("0.{} ms", micros / 100),
        1000..1_000_000 => format!("{} ms", micros / 1000),
        1_000_000..60_000_000 => format!("{}.{} s", seconds, micros / 100_000 % 10),
        _ if hours == 0 => format!("{minutes}m{:02}s", seconds % 60),
        _ if hours < 24 => format!("{hours}h{:02}m", minutes % 60),
        _ if hours < 24_000 => format!("{}d{:02}h", hours / 24, hours % 24),
        _ => age(micros),
    }
}

/// Returns a length of time as a unit: `a minute`, `5 minutes`, `an hour`, `7 days`.
pub(crate) fn unit(micros: u64) -> String {
    const UNITS: [(u64, &str, &str); 4] = [
        (86_400, "a day", "days"),
        (3600, "an hour", "hours"),
        (60, "a minute", "minutes"),
        (1, "a second", "seconds"),
    ];
    let seconds = micros / MICROS_PER_SECOND;
    match UNITS.into_iter().find(|(length, ..)| seconds > 0 && micros.is_multiple_of(length * MICROS_PER_SECOND)) {
        Some((length, one, _)) if length == seconds => one.to_owned(),
        Some((length, _, many)) => format!("{} {many}", seconds / length),
        None => duration(micros),
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

/// Returns a number with its thousands apart: `1,234,567`.
pub(crate) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut apart = String::with_capacity(digits.len() * 4 / 3);
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            apart.push(',');
        }
        apart.push(digit);
    }
    apart
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
            (94_608_000_000_000, "3y", "3y"),
        ] {
            assert_eq!((took.to_owned(), ago.to_owned()), (duration(micros), age(micros)));
        }
        let units = [1, 30, 60, 90, 300, 3600, 21_600, 86_400, 604_800].map(|seconds| unit(seconds * 1_000_000));
        let expected =
            ["a second", "30 seconds", "a minute", "90 seconds", "5 minutes", "an hour", "6 hours", "a day", "7 days"];
        assert_eq!(expected.map(str::to_owned), units);
        assert_eq!(["7", "1,234,567", "100,000"].map(str::to_owned), [7, 1_234_567, 100_000].map(thousands));
    }
}

//! How long something took, as records say it in their fields.

use std::borrow::Cow;

use crate::record::Record;
use crate::scan;
use crate::search;

/// Returns the longest time that a record's fields name, in microseconds, with the name of the field.
///
/// Read are numbers, no exponents, under keys that begin with `duration` or `elapsed`, in `fields` or in an object
/// there. The key's end says the unit: `_ns`, `_us`, `_ms`, `_s`, `seconds` (also as in `durationMs`); without one they
/// are milliseconds.
pub(crate) fn longest<'r>(record: &'r Record<'_>) -> Option<(u64, Cow<'r, str>)> {
    let mut longest: Option<(u64, Cow<'r, str>)> = None;
    let is_longer =
        |longest: &Option<(u64, Cow<'r, str>)>, micros| longest.as_ref().is_none_or(|(most, _)| micros > *most);
    for (key, raw) in record.fields.iter() {
        if let Some(micros) = named(key, raw).filter(|micros| is_longer(&longest, *micros)) {
            longest = Some((micros, Cow::Borrowed(key)));
        }
        if raw.starts_with('{') && KEYS.iter().any(|key| search::find(raw, key).is_some()) {
            for (inner, raw) in scan::members(raw).unwrap_or_default() {
                if let Some(micros) = named(&inner, raw).filter(|micros| is_longer(&longest, *micros)) {
                    longest = Some((micros, inner));
                }
            }
        }
    }
    longest
}

const KEYS: [&str; 2] = ["duration", "elapsed"];

/// Units by the key's end: how many nanoseconds one is. Longer ends come before those that end them.
const UNITS: [(&str, u128); 10] = [
    ("_ns", 1),
    ("Ns", 1),
    ("_us", 1000),
    ("Us", 1000),
    ("_ms", 1_000_000),
    ("Ms", 1_000_000),
    ("_s", 1_000_000_000),
    ("_sec", 1_000_000_000),
    ("econds", 1_000_000_000),
    ("Sec", 1_000_000_000),
];

fn named(key: &str, raw: &str) -> Option<u64> {
    let rest = KEYS.iter().find_map(|known| key.strip_prefix(known))?;
    if rest.starts_with(|c: char| c.is_ascii_lowercase()) {
        return None; // another word
    }
    let unit = UNITS.iter().find(|(end, _)| rest.ends_with(end)).map_or(1_000_000, |(_, nanos)| *nanos);
    let (whole, fraction) = raw.split_once('.').unwrap_or((raw, ""));
    // Nine digits of a fraction are enough for any unit.
    let fraction = fraction.get(..fraction.len().min(9))?;
    if !whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit()) {
        return None;
    }
    let digits = fraction.bytes().chain(std::iter::repeat(b'0')).take(9);
    let billionths = digits.fold(0, |sum, digit| sum * 10 + u128::from(digit - b'0'));
    let nanos = u128::from(whole.parse::<u64>().ok()?) * unit + billionths * unit / 1_000_000_000;
    u64::try_from(nanos / 1000).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{ReadOptions, parse_line};

    #[test]
    fn durations_are_read_in_their_unit_wherever_they_stand() {
        for (fields, expected) in [
            (r#""duration_ms": 1500"#, Some((1_500_000, "duration_ms"))),
            (r#""durationMs": 12.5, "duration_us": 3"#, Some((12_500, "durationMs"))),
            (r#""data": {"step": 3, "duration_s": 2.25}"#, Some((2_250_000, "duration_s"))),
            (r#""elapsed": 7"#, Some((7000, "elapsed"))),
            (r#""durationSeconds": 1"#, Some((1_000_000, "durationSeconds"))),
            (r#""duration_ns": 1999"#, Some((1, "duration_ns"))),
            (r#""durations": 7, "duration_ms": "long", "duration": -5, "elapsed": 1e9"#, None),
            (r#""duration": 99999999999999999999"#, None),
        ] {
            let record =
                parse_line(&format!(r#"{{"level": "info", "message": "m", {fields}}}"#), &ReadOptions::default());

            let found = longest(&record).map(|(micros, key)| (micros, key.into_owned()));
            assert_eq!(expected.map(|(micros, key)| (micros, key.to_owned())), found, "{fields}");
        }
    }
}

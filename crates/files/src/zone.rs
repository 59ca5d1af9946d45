//! Time zones by their names, as the tables that core reads with: from the system's zone data, else from jiff's own.

use std::fmt;

use jiff::tz::TimeZone;
use jobtrail_core::{Timestamp, Zone};

/// A zone that is not known.
#[derive(Debug)]
pub struct ZoneError {
    name: String,
}

impl ZoneError {
    /// Returns the stable code of this error: `bad_option`.
    pub const fn code(&self) -> &'static str {
        "bad_option"
    }

    /// Returns what would be right.
    pub const fn expected(&self) -> &'static str {
        "a time zone: local, UTC, an offset (+02:00) or a name (Europe/Berlin)"
    }
}

impl fmt::Display for ZoneError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unknown time zone `{}`: expected {}", self.name, self.expected())
    }
}

impl std::error::Error for ZoneError {}

/// Returns the zone of this name: `UTC`, an offset (`+02:00`, `-0530`) or an IANA name (`Europe/Berlin`), in any case.
///
/// ```
/// use jobtrail_core::Timestamp;
///
/// let berlin = jobtrail_files::zone("Europe/Berlin").unwrap();
/// let in_july = Timestamp::parse("2026-07-01T12:00:00Z").unwrap();
/// assert_eq!(2 * 3600 * 1_000_000, berlin.offset_micros(in_july));
/// assert_eq!("bad_option", jobtrail_files::zone("Middle/Earth").unwrap_err().code());
/// ```
pub fn zone(name: &str) -> Result<Zone, ZoneError> {
    if let Some(seconds) = offset_seconds(name) {
        return Ok(Zone::fixed(seconds));
    }
    TimeZone::get(name).map(|zone| table(&zone)).map_err(|_| ZoneError { name: name.to_owned() })
}

/// Returns the zone that this machine is set to. Reads the environment (`TZ`) and the system's settings.
///
/// Fails where it is set to none that is known.
pub fn system_zone() -> Result<Zone, ZoneError> {
    TimeZone::try_system().map(|zone| table(&zone)).map_err(|_| ZoneError { name: "local".to_owned() })
}

/// The years for which offsets are looked up; before and after them the nearest one holds.
const FIRST: &str = "1900-01-01T00:00:00Z";
const LAST: &str = "2100-01-01T00:00:00Z";

fn table(zone: &TimeZone) -> Zone {
    let (Ok(first), Ok(last)) = (FIRST.parse::<jiff::Timestamp>(), LAST.parse::<jiff::Timestamp>()) else {
        return Zone::UTC;
    };
    let entry = |at: jiff::Timestamp, seconds: i32| (Timestamp::from_micros(at.as_microsecond()), seconds);
    let mut entries = vec![entry(first, zone.to_offset(first).seconds())];
    let changes = zone.following(first).take_while(|change| change.timestamp() < last);
    entries.extend(changes.map(|change| entry(change.timestamp(), change.offset().seconds())));
    Zone::from_transitions(entries)
}

/// Reads `+02:00`, `+0200`, `+02`, `-5:30` and `Z`.
fn offset_seconds(text: &str) -> Option<i32> {
    if text.eq_ignore_ascii_case("utc") || text.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let (sign, digits) = match text.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    let (hours, minutes) = match digits.split_once(':') {
        Some(parts) => parts,
        None if digits.len() > 2 => digits.split_at_checked(digits.len() - 2)?,
        None => (digits, "0"),
    };
    let is_number = |text: &str| (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(hours) || !is_number(minutes) {
        return None;
    }
    let (hours, minutes) = (hours.parse::<i32>().ok()?, minutes.parse::<i32>().ok()?);
    (hours < 24 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minutes(zone: &Zone, at: &str) -> i64 {
        zone.offset_micros(Timestamp::parse(at).unwrap()) / 60_000_000
    }

    #[test]
    fn zones_know_their_summers() {
        let berlin = zone("europe/berlin").unwrap();

        assert_eq!(
            [60, 120, 60],
            ["2026-03-29T00:59:59Z", "2026-03-29T01:00:00Z", "2090-12-01T00:00:00Z"].map(|at| minutes(&berlin, at))
        );
    }

    #[test]
    fn offsets_are_zones_too() {
        for (text, expected) in [("UTC", 0), ("z", 0), ("+02:00", 120), ("-0530", -330), ("+9", 540)] {
            assert_eq!(expected, minutes(&zone(text).unwrap(), "2026-01-01T00:00:00Z"), "{text}");
        }
        for text in ["", "+", "+25", "+2:60", "+1:2:3", "Nowhere"] {
            assert!(zone(text).is_err(), "{text}");
        }
    }
}

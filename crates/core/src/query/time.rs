//! The points in time that a query can name: RFC 3339, a date, a clock time, `today`, `yesterday`, or an age.

use crate::stamp::{self, Stamp};
use crate::timestamp::{Date, MICROS_PER_DAY, MICROS_PER_SECOND, Timestamp};
use crate::zone::Zone;

/// What the user may write; also what an error says was expected.
pub(super) const EXPECTED: &str =
    "a time: RFC 3339, a date (2026-01-05), a clock time (14:30), today, yesterday, or an age (90s, 15m, 2h, 7d)";

/// The units of an age, and what a number of them says.
pub(super) static UNITS: [(&str, &str); 6] = [
    ("m", "minutes ago"),
    ("h", "hours ago"),
    ("d", "days ago"),
    ("s", "seconds ago"),
    ("w", "weeks ago"),
    ("ms", "milliseconds ago"),
];

/// What is most asked for.
pub(super) static USUAL: [(&str, &str); 7] = [
    ("15m", "15 minutes ago"),
    ("1h", "an hour ago"),
    ("24h", "24 hours ago"),
    ("7d", "7 days ago"),
    ("today", "the whole day"),
    ("yesterday", "the whole day"),
    ("now", ""),
];

/// A point or stretch of time as it was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Moment {
    At(Timestamp),
    /// What a clock in the reader's zone shows.
    Local(Timestamp),
    Day(Date),
    /// So many days before today.
    DaysAgo(i64),
    /// The last time that the clock showed these microseconds since midnight.
    Clock(i64),
    /// So many microseconds before now.
    Ago(i64),
}

impl Moment {
    /// Returns the moment that the whole of `text` names.
    pub(super) fn parse(text: &str) -> Option<Moment> {
        match text {
            "now" => return Some(Moment::Ago(0)),
            "today" => return Some(Moment::DaysAgo(0)),
            "yesterday" => return Some(Moment::DaysAgo(1)),
            _ => {}
        }
        age(text).map(Moment::Ago).or_else(|| clock(text).map(Moment::Clock)).or_else(|| match stamp::whole(text)? {
            Stamp::Instant(instant) => Some(Moment::At(instant)),
            Stamp::Local(local) if local.micros_of_day() == 0 && !text.contains(':') => Some(Moment::Day(local.date())),
            Stamp::Local(local) => Some(Moment::Local(local)),
            Stamp::TimeOfDay(_) | Stamp::Yearless(..) => None,
        })
    }

    /// Returns the first instant of the moment, seen from `now`.
    pub(super) fn first(self, now: Timestamp, zone: &Zone) -> Timestamp {
        let local = Timestamp::from_micros(now.as_micros().saturating_add(zone.offset_micros(now)));
        match self {
            Moment::At(instant) => instant,
            Moment::Local(local) => zone.instant_of(local),
            Moment::Day(date) => zone.instant(date, 0),
            Moment::DaysAgo(days) => zone.instant(days_before(local.date(), days), 0),
            Moment::Clock(micros) => {
                let today = zone.instant(local.date(), micros);
                if today <= now { today } else { zone.instant(days_before(local.date(), 1), micros) }
            }
            Moment::Ago(micros) => Timestamp::from_micros(now.as_micros().saturating_sub(micros)),
        }
    }

    /// Returns the last instant of the moment: of a day its last microsecond.
    pub(super) fn last(self, now: Timestamp, zone: &Zone) -> Timestamp {
        let next_day = match self {
            Moment::Day(date) => Moment::Day(date.next()),
            Moment::DaysAgo(days) => Moment::DaysAgo(days - 1),
            _ => return self.first(now, zone),
        };
        Timestamp::from_micros(next_day.first(now, zone).as_micros() - 1)
    }

    /// Returns the instant of a resolved moment.
    pub(super) fn instant(self) -> Option<Timestamp> {
        if let Moment::At(instant) = self { Some(instant) } else { None }
    }
}

fn days_before(date: Date, days: i64) -> Date {
    Timestamp::from_micros(date.midnight().as_micros() - days * MICROS_PER_DAY).date()
}

/// Reads `90s`, `15m`, `2h`, `7d`, `2w`, or `500ms`.
fn age(text: &str) -> Option<i64> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at_checked(digits)?;
    let number: i64 = number.parse().ok()?;
    let micros = match unit {
        "ms" => MICROS_PER_SECOND / 1000,
        "s" => MICROS_PER_SECOND,
        "m" => 60 * MICROS_PER_SECOND,
        "h" => 3600 * MICROS_PER_SECOND,
        "d" => MICROS_PER_DAY,
        "w" => 7 * MICROS_PER_DAY,
        _ => return None,
    };
    number.checked_mul(micros)
}

/// Reads `14:30` or `14:30:01` with an optional fraction.
fn clock(text: &str) -> Option<i64> {
    let read = |text: &str| stamp::time(text.as_bytes()).filter(|(_, rest)| rest.is_empty()).map(|(micros, _)| micros);
    if text.len() == "14:30".len() { read(&format!("{text}:00")) } else { read(text) }
}

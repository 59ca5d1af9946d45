//! Instants and calendar days: microseconds since 1970 UTC, and the civil dates they stand for.
//!
//! Reading stamps out of log text is `stamp.rs`; local time is `zone.rs`.

use std::fmt;

use crate::stamp;
use crate::zone::Zone;

pub(crate) const MICROS_PER_SECOND: i64 = 1_000_000;
pub(crate) const MICROS_PER_DAY: i64 = 86_400 * MICROS_PER_SECOND;

/// An instant: microseconds since 1970-01-01T00:00:00 UTC, negative before.
///
/// Displayed as RFC 3339 in UTC with six digits.
///
/// ```
/// use jobtrail_core::Timestamp;
///
/// let instant = Timestamp::parse("2026-01-01T08:01:43.915+01:00").unwrap();
/// assert_eq!("2026-01-01T07:01:43.915000Z", instant.to_string());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// Returns the instant that many microseconds after 1970 began in UTC.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Returns the microseconds since 1970 began in UTC.
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// Returns the instant that the whole of `text` stands for: RFC 3339 with any fraction and zone, the same with a
    /// space or a comma, a date alone (its midnight), or an epoch number in seconds, milli-, micro- or nanoseconds.
    ///
    /// Without a zone the text is UTC. Digits beyond microseconds are cut off. An impossible date gives none.
    pub fn parse(text: &str) -> Option<Timestamp> {
        Self::parse_in(text, &Zone::UTC)
    }

    /// Returns what [`Timestamp::parse`] does, with a text that names no zone read in `zone`.
    pub fn parse_in(text: &str, zone: &Zone) -> Option<Timestamp> {
        stamp::whole(text.trim()).and_then(|stamp| stamp.instant(zone))
    }

    /// Appends the instant as it is displayed, several times as fast as a formatter does.
    ///
    /// ```
    /// let mut text = String::new();
    /// jobtrail_core::Timestamp::from_micros(1_500_000).push_text(&mut text);
    /// assert_eq!("1970-01-01T00:00:01.500000Z", text);
    /// ```
    pub fn push_text(self, out: &mut String) {
        let Date { year, month, day } = self.date();
        let micros = self.micros_of_day().unsigned_abs();
        let (seconds, micros) = (micros / 1_000_000, micros % 1_000_000);
        let date = (u64::from(year.unsigned_abs()) * 100 + u64::from(month)) * 100 + u64::from(day);
        let clock = (seconds / 3600 * 100 + seconds / 60 % 60) * 100 + seconds % 60;
        // Years of more than four digits, which no log has, are shown with all of their twelve.
        let [z1, z2, z3, z4, y1, y2, y3, y4, m1, m2, d1, d2] = digits(date);
        let [h1, h2, n1, n2, s1, s2, f1, f2, f3, f4, f5, f6] = digits(clock * 1_000_000 + micros);
        let text = [
            z1, z2, z3, z4, y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b'T', h1, h2, b':', n1, n2, b':', s1, s2, b'.',
            f1, f2, f3, f4, f5, f6, b'Z',
        ];
        let text = str::from_utf8(&text).unwrap_or_default();
        if year < 0 {
            out.push('-');
        }
        out.push_str(text.strip_prefix("0000").unwrap_or(text));
    }

    /// Appends the instant as a JSON value.
    pub(crate) fn push_json(time: Option<Timestamp>, out: &mut String) {
        let Some(time) = time else { return out.push_str("null") };
        out.push('"');
        time.push_text(out);
        out.push('"');
    }

    /// Returns the UTC day of the instant.
    pub fn date(self) -> Date {
        Date::from_days(self.0.div_euclid(MICROS_PER_DAY))
    }

    /// Returns the microseconds since midnight UTC.
    pub(crate) const fn micros_of_day(self) -> i64 {
        self.0.rem_euclid(MICROS_PER_DAY)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        self.push_text(&mut text);
        f.write_str(&text)
    }
}

/// Returns the last twelve digits of a number.
fn digits(mut number: u64) -> [u8; 12] {
    let mut digits = [b'0'; 12];
    for digit in digits.iter_mut().rev() {
        *digit += (number % 10) as u8;
        number /= 10;
    }
    digits
}

/// A real day of the Gregorian calendar, displayed as `2026-01-05`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    /// The year, 0 to 9999 in anything read from a log.
    pub year: i32,
    /// The month, 1 to 12.
    pub month: u8,
    /// The day of the month, from 1.
    pub day: u8,
}

impl Date {
    /// Returns the day, or none where the calendar has no such day (30 February, month 13).
    pub fn new(year: i32, month: u8, day: u8) -> Option<Date> {
        let real = (1..=12).contains(&month) && day >= 1 && day <= days_in_month(year, month);
        real.then_some(Date { year, month, day })
    }

    /// Returns the day that many days after 1970-01-01.
    ///
    /// The conversion is the usual one for a year that begins in March, so that the leap day stands last.
    pub(crate) fn from_days(days: i64) -> Date {
        let shifted = days + 719_468;
        let era = shifted.div_euclid(146_097);
        let day_of_era = shifted.rem_euclid(146_097);
        let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let march_month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * march_month + 2) / 5 + 1;
        let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        // Every i64 of microseconds lies within 300,000 years, so nothing is cut here.
        Date {
            year: i32::try_from(year).unwrap_or(i32::MAX),
            month: u8::try_from(month).unwrap_or(1),
            day: u8::try_from(day).unwrap_or(1),
        }
    }

    /// Returns the days from 1970-01-01 to this day, negative before.
    pub(crate) fn days(self) -> i64 {
        let (month, day) = (i64::from(self.month), i64::from(self.day));
        let year = i64::from(self.year) - i64::from(month <= 2);
        let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
        let march_month = (month + 9) % 12;
        let day_of_year = (153 * march_month + 2) / 5 + day - 1;
        era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
    }

    /// Returns the midnight that begins this day, in UTC.
    pub fn midnight(self) -> Timestamp {
        Timestamp(self.days() * MICROS_PER_DAY)
    }

    /// Returns the day after this one.
    #[must_use]
    pub fn next(self) -> Date {
        Date::from_days(self.days() + 1)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// Returns the day that a log file's name carries, the first of the month where it names only a month.
///
/// Read are `20260105`, `2026-01-05` and `2026-01` anywhere in the name, not inside a longer number.
///
/// ```
/// use jobtrail_core::date_in_name;
///
/// assert_eq!("2026-01-05", date_in_name("worker.log.20260105").unwrap().to_string());
/// assert_eq!("2026-01-01", date_in_name("jobs_2026-01.jsonl").unwrap().to_string());
/// assert_eq!("2026-01-05", date_in_name("worker-12-2026-01-05.log").unwrap().to_string());
/// assert_eq!(None, date_in_name("worker.log"));
/// ```
pub fn date_in_name(file_name: &str) -> Option<Date> {
    file_name.split(|c: char| !c.is_ascii_digit() && c != '-').map(|word| word.trim_matches('-')).find_map(|word| {
        let parts: Vec<&str> = word.split('-').collect();
        (0..parts.len()).find_map(|from| match *parts.get(from..)? {
            [day, ..] if day.len() == 8 => date_from_digits(day.get(..4)?, day.get(4..6)?, day.get(6..)?),
            [year, month] if year.len() == 4 && month.len() == 2 => date_from_digits(year, month, "01"),
            [year, month, day, ..] if year.len() == 4 && month.len() == 2 && day.len() == 2 => {
                date_from_digits(year, month, day)
            }
            _ => None,
        })
    })
}

fn date_from_digits(year: &str, month: &str, day: &str) -> Option<Date> {
    Date::new(year.parse().ok().filter(|year| (1970..2200).contains(year))?, month.parse().ok()?, day.parse().ok()?)
}

pub(crate) fn days_in_month(year: i32, month: u8) -> u8 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_dates_are_inverse_over_eight_centuries() {
        for days in -146_097..146_097 {
            let date = Date::from_days(days);

            assert_eq!(days, date.days());
            assert_eq!(Some(date), Date::new(date.year, date.month, date.day));
        }
    }

    #[test]
    fn an_instant_before_1970_keeps_its_fraction() {
        assert_eq!("1969-12-31T23:59:59.999999Z", Timestamp::from_micros(-1).to_string());
    }

    #[test]
    fn every_number_of_microseconds_is_displayed() {
        for micros in [i64::MIN, i64::MAX] {
            assert!(Timestamp::from_micros(micros).to_string().ends_with('Z'));
        }
    }
}

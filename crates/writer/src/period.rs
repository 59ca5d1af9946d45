//! Which day, week, month or other period a time lies in: a number that grows by one from each to the next. UTC.

use jobtrail_core::{Date, Timestamp};

use crate::options::Period;

const DAY: i64 = 24 * 60 * 60;

impl Period {
    /// The number of the period that holds this second since 1970.
    pub(crate) fn number(self, unix_seconds: i64) -> i64 {
        let day = unix_seconds.div_euclid(DAY);
        match self {
            Self::Daily => day,
            Self::Weekly => (day + 3).div_euclid(7), // the first of January 1970 was a Thursday
            Self::Monthly => month(day),
            Self::Every { seconds, from } => unix_seconds.saturating_sub(from).div_euclid(i64::from(seconds).max(1)),
        }
    }
}

/// Months since January of the year 0.
fn month(day: i64) -> i64 {
    let Date { year, month, .. } = Timestamp::from_micros(day.saturating_mul(DAY * 1_000_000)).date();
    i64::from(year) * 12 + i64::from(month) - 1
}

#[cfg(all(test, not(feature = "shuttle")))]
mod tests {
    use super::*;

    /// 2026-01-05 is a Monday; 20,458 days after 1970-01-01.
    const MONDAY: i64 = 20_458 * DAY;

    #[test]
    fn a_period_ends_at_midnight_utc() {
        let first_of_february = MONDAY + 27 * DAY;
        for (period, begin) in [(Period::Daily, MONDAY), (Period::Weekly, MONDAY), (Period::Monthly, first_of_february)]
        {
            assert_eq!(period.number(begin - 1) + 1, period.number(begin), "{period:?}");
            assert_eq!(period.number(begin), period.number(begin + DAY - 1), "{period:?}");
        }
        assert_eq!(Period::Weekly.number(MONDAY), Period::Weekly.number(MONDAY + 7 * DAY - 1));
    }

    #[test]
    fn a_period_of_seconds_begins_where_it_is_told_to() {
        let hours = |hours: i64| hours * 3600;
        let every = Period::Every { seconds: 7200, from: MONDAY + hours(1) };

        assert_eq!(every.number(MONDAY + hours(1) - 1) + 1, every.number(MONDAY + hours(1)));
        assert_eq!(every.number(MONDAY + hours(1)), every.number(MONDAY + hours(3) - 1));
        assert_eq!(every.number(MONDAY - hours(1) - 1) + 1, every.number(MONDAY - hours(1)));
        assert_eq!(every.number(MONDAY) + 500, every.number(MONDAY + hours(1000)));
        assert_eq!(Period::Every { seconds: 0, from: 0 }.number(7), Period::Every { seconds: 1, from: 0 }.number(7));
        assert_ne!(0, Period::Every { seconds: 1, from: i64::MAX }.number(i64::MIN));
    }

    #[test]
    fn months_count_on_over_years_and_leap_days() {
        let month = |year: i64, month: i64| year * 12 + month - 1;

        assert_eq!(month(1970, 1), Period::Monthly.number(0));
        assert_eq!(month(2026, 1), Period::Monthly.number(MONDAY));
        assert_eq!(month(2000, 2), Period::Monthly.number(951_782_400 + DAY - 1)); // 2000-02-29
        assert_eq!(month(2000, 3), Period::Monthly.number(951_782_400 + DAY));
        assert_eq!(month(1969, 12), Period::Monthly.number(-1));
    }
}

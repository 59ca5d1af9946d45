//! When a record was made, as the forms write it.

use std::time::{SystemTime, UNIX_EPOCH};

use pyo3::prelude::*;

use super::cell::Held;
use super::known::Known;

/// A moment: the second since 1970 and the nanoseconds within it.
#[derive(Clone, Copy)]
pub(super) struct Moment {
    second: i64,
    nanosecond: u32,
}

impl Moment {
    /// None for a clock that stands before 1970.
    #[inline]
    pub(super) fn now() -> Option<Self> {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
        Some(Self { second: i64::try_from(since.as_secs()).ok()?, nanosecond: since.subsec_nanos() })
    }

    pub(super) fn milliseconds(self) -> u32 {
        self.nanosecond / 1_000_000
    }

    pub(super) fn microseconds(self) -> u32 {
        self.nanosecond / 1_000
    }
}

/// `2025-10-19 05:52:25` and its second. One a process: the loggers of a process live in one second.
struct Stamp {
    second: i64,
    text: [u8; 19],
}

const NEVER: Stamp = Stamp { second: i64::MIN, text: [b' '; 19] };

static LOCAL: Held<Stamp> = Held::new(NEVER);
static UTC: Held<Stamp> = Held::new(NEVER);

/// Adds `2025-10-19 05:52:25` in local time, as `time.localtime` has it now; the same second is not asked for twice.
#[inline]
pub(super) fn push_local(py: Python<'_>, out: &mut String, moment: Moment, known: &Known) -> Option<()> {
    push(py, &LOCAL, ' ', out, moment, || {
        let parts = known.localtime.bind(py).call1((moment.second,)).ok()?;
        let part = |at: usize| parts.get_item(at).ok()?.extract::<i64>().ok();
        Some([part(0)?, part(1)?, part(2)?, part(3)?, part(4)?, part(5)?])
    })
}

/// Adds `2025-10-19T05:52:25` in UTC.
#[inline]
pub(super) fn push_utc(py: Python<'_>, out: &mut String, moment: Moment) -> Option<()> {
    push(py, &UTC, 'T', out, moment, || Some(civil(moment.second)))
}

#[inline]
fn push(
    py: Python<'_>,
    kept: &Held<Stamp>,
    between: char,
    out: &mut String,
    moment: Moment,
    parts: impl FnOnce() -> Option<[i64; 6]>,
) -> Option<()> {
    let is_kept = kept.with(py, |stamp| stamp.second == moment.second)?;
    if !is_kept {
        // Outside of the cell: it asks the interpreter.
        let text = text_of(parts()?, between)?;
        kept.with(py, |stamp| *stamp = Stamp { second: moment.second, text })?;
    }
    kept.with(py, |stamp| str::from_utf8(&stamp.text).map(|text| out.push_str(text)).ok())?
}

/// None outside of the years 1000 to 9999, which are not written with four digits.
fn text_of(parts: [i64; 6], between: char) -> Option<[u8; 19]> {
    let [year, month, day, hour, minute, second] = parts;
    if !(1000..=9999).contains(&year) {
        return None;
    }
    let text = format!("{year:04}-{month:02}-{day:02}{between}{hour:02}:{minute:02}:{second:02}");
    text.as_bytes().try_into().ok()
}

/// The date and time of a second since 1970, in the proleptic Gregorian calendar.
fn civil(second: i64) -> [i64; 6] {
    let (days, rest) = (second.div_euclid(86_400), second.rem_euclid(86_400));
    // Years begin in March here, so that the leap day is a year's last; 719,468 days lie before 1970 in that count.
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    [year, month, day, rest / 3600, rest / 60 % 60, rest % 60]
}

//! When a record was made, as the forms write it.

use std::time::{SystemTime, UNIX_EPOCH};

use pyo3::prelude::*;

use super::cell::Held;
use super::digits::push_three;
use super::known::Known;

/// A moment: the second since 1970 and the microsecond within it.
#[derive(Clone, Copy)]
pub(super) struct Moment {
    second: i64,
    pub(super) microsecond: u32,
}

impl Moment {
    /// None for a clock that stands before 1970.
    #[inline]
    pub(super) fn now() -> Option<Self> {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
        Some(Self { second: i64::try_from(since.as_secs()).ok()?, microsecond: since.subsec_micros() })
    }
}

/// The zone of a stamp.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Zone {
    /// As `time.localtime` has it: `2025-10-19 05:52:25.123`
    Local,
    /// `2025-10-19T05:52:25.123`
    Utc,
}

/// The last stamp that was made. One a process and zone: its loggers live in one millisecond.
struct Stamp {
    second: i64,
    millisecond: u32,
    text: String,
}

/// How long a stamp is up to the second, and with its point.
pub(super) const TO_SECONDS: usize = 19;
pub(super) const TO_POINT: usize = 20;
pub(super) const TO_MILLISECONDS: usize = 23;

static LOCAL: Held<Stamp> = Held::new(Stamp { second: i64::MIN, millisecond: 0, text: String::new() });
static UTC: Held<Stamp> = Held::new(Stamp { second: i64::MIN, millisecond: 0, text: String::new() });

/// Adds the first so many characters of the moment's stamp. The same second is not asked for twice.
#[inline]
pub(super) fn push_stamp(
    py: Python<'_>,
    out: &mut String,
    moment: Moment,
    zone: Zone,
    length: usize,
    known: &Known,
) -> Option<()> {
    let kept = if zone == Zone::Local { &LOCAL } else { &UTC };
    let millisecond = moment.microsecond / 1000;
    let is_pushed = kept.with(py, |stamp| {
        if stamp.second != moment.second {
            return Some(false);
        }
        if stamp.millisecond != millisecond {
            stamp.text.truncate(TO_POINT);
            push_three(&mut stamp.text, millisecond);
            stamp.millisecond = millisecond;
        }
        out.push_str(stamp.text.get(..length)?);
        Some(true)
    })??;
    if is_pushed {
        return Some(());
    }
    // Outside of the cell: it asks the interpreter.
    let (parts, between) = match zone {
        Zone::Local => (local(py, moment.second, known)?, ' '),
        Zone::Utc => (civil(moment.second), 'T'),
    };
    let mut text = text_of(parts, between)?;
    push_three(&mut text, millisecond);
    out.push_str(text.get(..length)?);
    kept.with(py, |stamp| *stamp = Stamp { second: moment.second, millisecond, text })
}

fn local(py: Python<'_>, second: i64, known: &Known) -> Option<[i64; 6]> {
    let parts = known.localtime.bind(py).call1((second,)).ok()?;
    let part = |at: usize| parts.get_item(at).ok()?.extract::<i64>().ok();
    Some([part(0)?, part(1)?, part(2)?, part(3)?, part(4)?, part(5)?])
}

/// None outside of the years 1000 to 9999, which are not written with four digits.
fn text_of(parts: [i64; 6], between: char) -> Option<String> {
    let [year, month, day, hour, minute, second] = parts;
    if !(1000..=9999).contains(&year) {
        return None;
    }
    Some(format!("{year:04}-{month:02}-{day:02}{between}{hour:02}:{minute:02}:{second:02}."))
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

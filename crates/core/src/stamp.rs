//! Reads the time stamps of log lines: what stands in the text, before any zone or date is added to it.

use crate::timestamp::{Date, MICROS_PER_SECOND, Timestamp};
use crate::zone::Zone;

/// A stamp as it stands in a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stamp {
    /// Says its zone, or is a count since 1970.
    Instant(Timestamp),
    /// What a clock on the wall shows, as if it showed UTC.
    Local(Timestamp),
    /// Microseconds since local midnight of a day that the line does not name.
    TimeOfDay(i64),
    /// A month and day of a year that the line does not name, and the microseconds since local midnight.
    Yearless(u8, u8, i64),
}

impl Stamp {
    /// Returns the stamp's instant with a missing zone read as `zone`; none where the date is missing.
    pub(crate) fn instant(self, zone: &Zone) -> Option<Timestamp> {
        match self {
            Stamp::Instant(instant) => Some(instant),
            Stamp::Local(local) => Some(zone.instant_of(local)),
            Stamp::TimeOfDay(_) | Stamp::Yearless(..) => None,
        }
    }

    /// Returns the stamp in a zone that stands apart from it, seconds east; without a date it stays as it is.
    pub(crate) fn in_zone(self, seconds_east: i32) -> Stamp {
        match self {
            Stamp::Local(local) => Stamp::Instant(plus(local, -i64::from(seconds_east) * MICROS_PER_SECOND)),
            other => other,
        }
    }

    /// Returns a time on the date that this is; none where it is more or less than a date.
    pub(crate) fn at(self, micros_of_day: i64) -> Option<Stamp> {
        match self {
            Stamp::Local(date) if date.micros_of_day() == 0 => Some(Stamp::Local(plus(date, micros_of_day))),
            _ => None,
        }
    }
}

fn plus(time: Timestamp, micros: i64) -> Timestamp {
    Timestamp::from_micros(time.as_micros() + micros)
}

/// Returns the stamp that all of `text` is: a date and time, a date alone (midnight), or an epoch number.
pub(crate) fn whole(text: &str) -> Option<Stamp> {
    if let Some((stamp, [])) = date_time(text.as_bytes()) {
        return Some(stamp);
    }
    if let Some((date, [])) = date(text.as_bytes()) {
        return Some(Stamp::Local(date.midnight()));
    }
    epoch(text).map(Stamp::Instant)
}

/// Reads `2026-01-05T14:30:01.123456789+01:00` and its relatives at the start of `text`: a space for the `T`, a comma
/// for the point, any number of fraction digits or none, `Z`, `+01:00`, `+0100`, `+01`, a space and a zone's name, or no zone
/// (RFC 3339 section 5.6, Python's `asctime`). Returns the stamp and what follows it.
///
/// Read as well are the day of the year and the compact forms of ISO 8601: `2026-005T14:30:01Z`, `20260105T143001Z`.
pub(crate) fn date_time(text: &[u8]) -> Option<(Stamp, &[u8])> {
    let Some((date, seconds)) = text.first_chunk().and_then(date_and_seconds) else {
        let forms = ["Y-jTH:M:Sfz", "Y-j H:M:Sfz", "YmdTHMSfz", "Ymd H:M:Sfz"];
        return forms.iter().find_map(|form| by(form, text));
    };
    let (fraction, rest) = fraction_micros(text.get("2026-01-05T14:30:01".len()..)?);
    let micros = seconds * MICROS_PER_SECOND + fraction;
    let stamp = Stamp::Local(plus(date.midnight(), micros));
    match offset_seconds(rest).or_else(|| named_zone(rest.strip_prefix(b" ")?)) {
        Some((seconds, rest)) => Some((stamp.in_zone(seconds), rest)),
        None => Some((stamp, rest)),
    }
}

/// Reads `2026-01-05T14:30:01`: the day, and the seconds since midnight. Eight bytes are looked at in one step.
pub(crate) fn date_and_seconds(text: &[u8; 19]) -> Option<(Date, i64)> {
    let day = digits_of(*text.first_chunk()?, *b"0000-00-")?;
    let clock = digits_of(*text.last_chunk()?, *b"00:00:00")?;
    let [d0, d1, b'T' | b't' | b' '] = *text.get(8..11)? else { return None };
    let (d0, d1) = (d0.wrapping_sub(b'0'), d1.wrapping_sub(b'0'));
    if d0 > 9 || d1 > 9 {
        return None;
    }
    let two = |digits: [u8; 8], at: usize| match digits.get(at..at + 2) {
        Some([tens, ones]) => tens * 10 + ones,
        _ => 0,
    };
    let year = i32::from(two(day, 0)) * 100 + i32::from(two(day, 2));
    let (hour, minute, second) = (two(clock, 0), two(clock, 3), two(clock, 6));
    let seconds = i64::from(hour) * 3600 + i64::from(minute) * 60 + i64::from(second);
    let date = Date::new(year, two(day, 5), d0 * 10 + d1)?;
    is_time(hour.into(), minute.into(), second.into()).then_some((date, seconds))
}

/// Returns the values of the digits where `form` has a zero; none where a byte is no digit there, or another than that of
/// the form elsewhere.
pub(crate) fn digits_of(text: [u8; 8], form: [u8; 8]) -> Option<[u8; 8]> {
    let per_byte = |of_digit: u8, of_other: u8| {
        u64::from_le_bytes(form.map(|byte| if byte == b'0' { of_digit } else { of_other }))
    };
    let digits = u64::from_le_bytes(text) ^ u64::from_le_bytes(form);
    // A digit stays below 16 when 6 is added. What runs over into the next byte begins in one that is marked.
    let marks = (digits.wrapping_add(per_byte(6, 0)) | digits) & per_byte(0xf0, 0xff);
    (marks == 0).then(|| digits.to_le_bytes())
}

/// Whether the clock shows this, a leap second included.
fn is_time(hour: i64, minute: i64, second: i64) -> bool {
    hour <= 23 && minute <= 59 && second <= 60
}

/// Reads `2026-01-05` at the start of `text`.
fn date(text: &[u8]) -> Option<(Date, &[u8])> {
    let (year, rest) = digits(text, 4)?;
    let (month, rest) = digits(rest.strip_prefix(b"-")?, 2)?;
    let (day, rest) = digits(rest.strip_prefix(b"-")?, 2)?;
    Some((date_of(year, month, day)?, rest))
}

fn date_of(year: i64, month: i64, day: i64) -> Option<Date> {
    Date::new(i32::try_from(year).ok()?, u8::try_from(month).ok()?, u8::try_from(day).ok()?)
}

/// Reads `14:30:01` with an optional fraction at the start of `text`: microseconds since midnight, and what follows.
///
/// Second 60 is read (a leap second, RFC 3339 section 5.7) and counts as the first of the next minute.
pub(crate) fn time(text: &[u8]) -> Option<(i64, &[u8])> {
    let [hour, minute, second] = {
        let digits = digits_of(*text.first_chunk()?, *b"00:00:00")?;
        let two = |at: usize| match digits.get(at..at + 2) {
            Some([tens, ones]) => i64::from(tens * 10 + ones),
            _ => 0,
        };
        [two(0), two(3), two(6)]
    };
    if !is_time(hour, minute, second) {
        return None;
    }
    let (fraction, rest) = fraction_micros(text.get("14:30:01".len()..)?);
    Some(((hour * 3600 + minute * 60 + second) * MICROS_PER_SECOND + fraction, rest))
}

/// Reads `.915216` or `,915`; digits beyond microseconds are cut off. Without digits nothing is taken.
pub(crate) fn fraction_micros(text: &[u8]) -> (i64, &[u8]) {
    let [b'.' | b',', rest @ ..] = text else { return (0, text) };
    let (mut micros, mut unit, mut length) = (0, MICROS_PER_SECOND, 0);
    for digit in rest.iter().map(|byte| byte.wrapping_sub(b'0')).take_while(|digit| *digit <= 9) {
        unit /= 10;
        micros += unit * i64::from(digit);
        length += 1;
    }
    (micros, if length == 0 { text } else { rest.get(length..).unwrap_or_default() })
}

/// Reads a zone: `Z`, `+01:00`, `-0800`, `+01`. Returns seconds east and what follows.
fn offset_seconds(text: &[u8]) -> Option<(i32, &[u8])> {
    let sign = match text.first()? {
        b'Z' | b'z' => return Some((0, text.get(1..)?)),
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let (hours, rest) = digits(text.get(1..)?, 2)?;
    let (minutes, rest) = digits(rest.strip_prefix(b":").unwrap_or(rest), 2).unwrap_or((0, rest));
    if hours > 18 || minutes > 59 {
        return None;
    }
    Some((sign * i32::try_from(hours * 3600 + minutes * 60).ok()?, rest))
}

/// Reads the stamp at the start of `text` whose form is spelled in letters: `Y` year, `y` its last two digits, `b` month by
/// name, `m` by number, `d` day, `e` day without a leading zero, `j` day of the year, `a` weekday, `H` `M` `S` time, `p` half of the
/// day, `f` fraction, `z` zone; the last two may be left out. What is no letter stands for itself. Returns the stamp and what follows it.
pub(crate) fn by<'t>(form: &str, text: &'t [u8]) -> Option<(Stamp, &'t [u8])> {
    let mut rest = text;
    read_by(form, &mut rest).map(|stamp| (stamp, rest))
}

/// Reads what [`by`] does. Where there is no such stamp, `rest` ends up less than [`LONGEST_WORD`] before what is not as it
/// should be.
pub(crate) fn read_by(form: &str, rest: &mut &[u8]) -> Option<Stamp> {
    let mut year = None;
    let (mut month, mut day, mut seconds, mut micros, mut east) = (0, 0, 0, 0, None);
    for letter in form.bytes() {
        let number;
        (number, *rest) = match letter {
            b'Y' => digits(rest, 4)?,
            b'j' => digits(rest, 3)?,
            b'y' | b'm' | b'd' => digits(rest, 2)?,
            b'e' => up_to_two_digits(rest.strip_prefix(b" ").unwrap_or(rest))?,
            b'H' | b'M' | b'S' => up_to_two_digits(rest)?,
            b'b' => name(rest, MONTHS)?,
            b'a' => name(rest, WEEKDAYS)?,
            b'p' => (
                i64::from(rest.strip_prefix(b"PM").is_some()),
                rest.get(2..).filter(|_| matches!(*rest, [b'A' | b'P', b'M', ..]))?,
            ),
            b'f' => fraction(rest),
            b'z' => {
                let zone = zone(rest);
                east = zone.map(|(seconds, _)| seconds);
                (0, zone.map_or(*rest, |(_, rest)| rest))
            }
            _ => (0, rest.strip_prefix(&[letter])?),
        };
        match letter {
            b'Y' => year = Some(number),
            b'y' => year = Some(if number < 70 { 2000 } else { 1900 } + number),
            b'b' | b'm' => month = number,
            b'd' | b'e' => day = number,
            b'j' => (month, day) = month_and_day(year?, number)?,
            // The hours of a half begin with 12.
            b'p' if !(3600..13 * 3600).contains(&seconds) => return None,
            b'p' => seconds = seconds % (12 * 3600) + number * 12 * 3600,
            b'f' => micros = number,
            b'H' if number > 23 => return None,
            b'M' if number > 59 => return None,
            b'S' if number > 60 => return None,
            b'H' | b'M' | b'S' => seconds = seconds * 60 + number,
            _ => {}
        }
    }
    let micros = seconds * MICROS_PER_SECOND + micros;
    // Without a year the day may be a leap day.
    let date = date_of(year.unwrap_or(2000), month, day)?;
    let stamp = match year {
        Some(_) => Stamp::Local(plus(date.midnight(), micros)),
        None => Stamp::Yearless(date.month, date.day, micros),
    };
    Some(east.map_or(stamp, |east| stamp.in_zone(east)))
}

/// More than the bytes of any piece of a form.
pub(crate) const LONGEST_WORD: usize = 16;

/// Returns the month and day of the month of a day of a year, counted from 1.
fn month_and_day(year: i64, day_of_year: i64) -> Option<(i64, i64)> {
    let date = Date::from_days(date_of(year, 1, 1)?.days() + day_of_year - 1);
    (i64::from(date.year) == year).then_some((date.month.into(), date.day.into()))
}

const MONTHS: &[u8] = b"JanFebMarAprMayJunJulAugSepOctNovDec";
const WEEKDAYS: &[u8] = b"MonTueWedThuFriSatSun";

/// Reads one of some names of three letters, counted from 1.
fn name<'t>(text: &'t [u8], names: &[u8]) -> Option<(i64, &'t [u8])> {
    let (name, rest) = text.split_at_checked(3)?;
    let (names, _) = names.as_chunks::<3>();
    let number = names.iter().zip(1..).find(|(known, _)| known.as_slice() == name)?.1;
    Some((number, rest))
}

fn up_to_two_digits(text: &[u8]) -> Option<(i64, &[u8])> {
    digits(text, 2).or_else(|| digits(text, 1))
}

/// Reads `.915216`, `,915` or milliseconds as a number, `:40`; nothing else is taken.
fn fraction(text: &[u8]) -> (i64, &[u8]) {
    let millis = text.strip_prefix(b":").and_then(|text| digits(text, 3).or_else(|| up_to_two_digits(text)));
    millis.map_or_else(|| fraction_micros(text), |(millis, rest)| (millis * 1000, rest))
}

/// Reads a zone at the start of `text`, a space before it: an offset, or a name. Returns seconds east and what follows.
pub(crate) fn zone(text: &[u8]) -> Option<(i32, &[u8])> {
    offset_seconds(text.strip_prefix(b" ").unwrap_or(text)).or_else(|| named_zone(text))
}

/// Zones by the names that logs have: the common ones of North America and Europe. `m` is Greenwich, each letter behind it an
/// hour further east.
const ZONES: &str = "\
UTC m
GMT m
WET m
WEST n
BST n
CET n
CEST o
EET o
EEST p
MSK p
AST i
ADT j
EST h
EDT i
CST g
CDT h
MST f
MDT g
PST e
PDT f
AKST d
AKDT e
HST c
";

/// Reads ` CET` or another name of [`ZONES`], the space before it or not, if it is a word of its own.
fn named_zone(text: &[u8]) -> Option<(i32, &[u8])> {
    let text = text.strip_prefix(b" ").unwrap_or(text);
    let length = text.iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
    let (name, rest) = text.split_at_checked(length)?;
    // Most words there are levels: they end otherwise.
    if !matches!(name, [.., b'T' | b'C' | b'K']) {
        return None;
    }
    let hours = row(ZONES, str::from_utf8(name).ok()?)?.bytes().next()?;
    Some(((i32::from(hours) - i32::from(b'm')) * 3600, rest))
}

/// Returns what stands behind a name in a table of lines, each a name, a space and its value.
pub(crate) fn row<'t>(mut rows: &'t str, name: &str) -> Option<&'t str> {
    loop {
        let (known, value, others) = next_row(rows)?;
        if known == name {
            return Some(value);
        }
        rows = others;
    }
}

/// Returns the first name of a table of lines, its value, and the other lines.
pub(crate) fn next_row(rows: &str) -> Option<(&str, &str, &str)> {
    let (row, others) = split_at_byte(rows, b'\n')?;
    let (name, value) = split_at_byte(row, b' ')?;
    Some((name, value, others))
}

/// Splits a text at the first such byte.
pub(crate) fn split_at_byte(text: &str, wanted: u8) -> Option<(&str, &str)> {
    let at = text.bytes().position(|byte| byte == wanted)?;
    Some((text.get(..at)?, text.get(at + 1..)?))
}

/// Reads the first `count` bytes as a number: all of them must be digits.
fn digits(text: &[u8], count: usize) -> Option<(i64, &[u8])> {
    let (digits, rest) = text.split_at_checked(count)?;
    let mut number = 0;
    for byte in digits {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        number = number * 10 + i64::from(digit);
    }
    Some((number, rest))
}

/// Reads a count since 1970 in the unit that its size tells: seconds (with an optional fraction), milli-, micro- or
/// nanoseconds. Counts under 100,000,000 seconds (March 1973) are taken for other numbers.
pub(crate) fn epoch(text: &str) -> Option<Timestamp> {
    let whole_length = text.bytes().take_while(u8::is_ascii_digit).count();
    let (whole, rest) = text.split_at_checked(whole_length)?;
    let number: i64 = whole.parse().ok()?;
    let (fraction, rest) = fraction_micros(rest.as_bytes());
    if !rest.is_empty() {
        return None;
    }
    let micros = match whole_length {
        9 | 10 => number.checked_mul(MICROS_PER_SECOND)? + fraction,
        12 | 13 => number.checked_mul(1000)?.checked_add(fraction / 1000)?,
        15 | 16 => number,
        18 | 19 => number / 1000,
        _ => return None,
    };
    Some(Timestamp::from_micros(micros))
}

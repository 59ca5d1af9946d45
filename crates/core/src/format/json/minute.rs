//! Stamps in the commonest form, `2026-01-05T14:30:01.123456Z`: most lines are of the same minute as the line before.

use crate::stamp::{self, Stamp};
use crate::timestamp::{MICROS_PER_SECOND, Timestamp};

/// The minute of the last stamp.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Minute {
    /// `2026-01-05T14:30` as one number; 0, which is no text, before the first stamp.
    text: u128,
    micros: i64,
}

impl Minute {
    /// Returns the stamp that all of `text` is; none where it is none in UTC of this form.
    pub(super) fn stamp(&mut self, text: &[u8]) -> Option<Stamp> {
        let (minute, rest) = text.split_first_chunk()?;
        let minute = u128::from_le_bytes(*minute);
        let [b':', tens @ b'0'..=b'5', ones @ b'0'..=b'9', fraction @ .., b'Z'] = rest else { return None };
        let second = i64::from((tens - b'0') * 10 + ones - b'0') * MICROS_PER_SECOND;
        let fraction = match text.last_chunk().and_then(|last| stamp::digits_of(*last, *b".000000Z")) {
            Some([_, digits @ .., _]) if fraction.len() == ".000000".len() => {
                digits.iter().fold(0, |micros, digit| micros * 10 + i64::from(*digit))
            }
            _ => match stamp::fraction_micros(fraction) {
                (fraction, []) => fraction,
                _ => return None,
            },
        };
        if minute != self.text {
            let (Stamp::Instant(instant), []) = stamp::date_time(text)? else { return None };
            *self = Self { text: minute, micros: instant.as_micros() - second - fraction };
        }
        Some(Stamp::Instant(Timestamp::from_micros(self.micros + second + fraction)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_is_what_it_is_without_the_one_before() {
        let stamps = [
            "2026-01-05T14:30:01.123456Z",
            "2026-01-05T14:30:02Z",
            "2026-01-05T14:30:59.1234567Z",
            "2026-01-05T14:31:00.5Z",
            "2026-01-05 14:31:00,250Z",
            "2026-01-05T14:31:00,5.123456Z",
            "2026-01-05T14:31:60Z",
            "2026-01-05T14:31:6",
            "2026-01-05T14:31:00.Z",
            "2026-01-05T14:31:00+01:00Z",
            "2026-13-05T14:31:00Z",
            "2026-13-05T14:31:01Z",
            "",
        ];
        let mut minute = Minute::default();
        for text in stamps.iter().chain(stamps.iter().rev()) {
            let whole = stamp::whole(text).filter(|_| text.ends_with('Z') && !text.contains(":60"));

            assert_eq!(whole, minute.stamp(text.as_bytes()), "{text}");
        }
    }
}

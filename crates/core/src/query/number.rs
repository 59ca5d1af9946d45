//! Decimal numbers compared exactly: IDs beyond 2^53 and long fractions keep every digit.

use std::cmp::Ordering;

/// A decimal number as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Number {
    is_negative: bool,
    /// Without zeros at either end; empty for zero.
    digits: String,
    /// How many of the digits stand before the point; more than there are means zeros behind them.
    point: i64,
}

impl Number {
    /// Returns the number that the whole of `text` is: digits, with an optional sign, fraction and exponent.
    pub(super) fn parse(text: &str) -> Option<Number> {
        let (is_negative, unsigned) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
            None => (unsigned, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
        let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !is_digits(whole) || !is_digits(fraction) {
            return None;
        }
        let all = format!("{whole}{fraction}");
        let leading = all.bytes().take_while(|b| *b == b'0').count();
        let digits = all.trim_matches('0').to_owned();
        let places = i64::try_from(whole.len()).ok()? - i64::try_from(leading).ok()? + i64::from(exponent);
        let point = if digits.is_empty() { 0 } else { places };
        Some(Number { is_negative: is_negative && !digits.is_empty(), digits, point })
    }

    fn sign(&self) -> i8 {
        match (self.digits.is_empty(), self.is_negative) {
            (true, _) => 0,
            (_, true) => -1,
            (_, false) => 1,
        }
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        let size = || self.point.cmp(&other.point).then_with(|| self.digits.cmp(&other.digits));
        Some(self.sign().cmp(&other.sign()).then_with(|| if self.is_negative { size().reverse() } else { size() }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_compare_as_they_do_on_paper() {
        let ascending = [
            "-1e3",
            "-12.5",
            "-12",
            "-0.01",
            "0",
            "0.001",
            "1e-2",
            "0.5",
            "1",
            "1.05",
            "1.5",
            "9.99",
            "10",
            "99",
            "1e2",
            "100.0001",
            "9007199254740992",
            "9007199254740993",
            "1e400",
        ];
        let numbers: Vec<Number> = ascending.iter().map(|text| Number::parse(text).unwrap()).collect();

        assert!(numbers.is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn spellings_of_one_number_are_equal() {
        for (one, other) in [("1", "1.0"), ("100", "1e2"), ("0.5", "5E-1"), ("-0", "0.000"), ("007", "7")] {
            assert_eq!(Number::parse(one), Number::parse(other));
        }
        for text in ["", "-", "1.", ".5", "1e", "inf", "NaN", "0x1", "1 2", "+1"] {
            assert_eq!(None, Number::parse(text), "{text}");
        }
    }
}

//! Spans of time as options name them.

use crate::refusal::Refusal;

/// Returns how many microseconds an option's age is: `90s`, `15m`, `2h`, `7d`.
pub(crate) fn option(option: &str, text: &str) -> Result<i64, Refusal> {
    parse(text).ok_or_else(|| Refusal::option(option, text, "an age: 90s, 15m, 2h, 7d"))
}

/// Returns how many microseconds a slice of time is: an age of one second or more, or `second`, `minute`, `hour`, `day`.
pub(crate) fn slice(text: &str) -> Option<i64> {
    let micros = match text {
        "second" => parse("1s"),
        "minute" => parse("1m"),
        "hour" => parse("1h"),
        "day" => parse("1d"),
        text => parse(text),
    };
    micros.filter(|micros| *micros > 0)
}

fn parse(text: &str) -> Option<i64> {
    let seconds = match text.chars().last()? {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86_400,
        _ => return None,
    };
    let number: i64 = text.get(..text.len() - 1).filter(|digits| !digits.starts_with(['+', '-']))?.parse().ok()?;
    number.checked_mul(seconds * 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_and_slices_are_read() {
        assert_eq!(Some(900_000_000), parse("15m"));
        assert_eq!([None; 6], ["", "m", "15", "-1s", "+1s", "99999999999999d"].map(parse));
        assert_eq!([Some(3_600_000_000), Some(300_000_000), None], ["hour", "5m", "0s"].map(slice));
    }
}

//! What jiff reads as RFC 3339 is the same instant here.
#![no_main]

use jobtrail_core::Timestamp;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let is_rfc_3339 = text.len() >= "2026-01-05T14:30:01Z".len()
        && text.is_ascii()
        && text.as_bytes().get(10) == Some(&b'T')
        && text.as_bytes().first().is_some_and(u8::is_ascii_digit)
        && text.ends_with('Z')
        // jiff counts a leap second as the one before it.
        && text.get(17..19) != Some("60");
    if is_rfc_3339 && let Ok(theirs) = text.parse::<jiff::Timestamp>() {
        let nanoseconds = theirs.as_nanosecond().div_euclid(1000);

        assert_eq!(Some(nanoseconds), Timestamp::parse(text).map(|ours| i128::from(ours.as_micros())), "{text}");
    }
});

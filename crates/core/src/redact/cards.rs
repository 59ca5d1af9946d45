//! Card numbers: digits in a card's groups, with a brand's prefix and length and a right check digit (ISO/IEC 7812-1).

use super::words::{Words, words};

/// The most digits a card number has.
const MAX_DIGITS: usize = 19;

/// Words in front of a number that say it is something else.
const OTHER_NUMBERS: Words = words![
    "ack" "id" "ids" "nanos" "ns" "offset" "seq" "sequence" "snowflake" "time" "timestamp" "ts"
];

/// Whether a card number may stand at the start of `rest`: in every grouping these places are digits.
pub(super) fn may_begin(rest: &[u8]) -> bool {
    matches!(rest, [b'2'..=b'6' | b'8' | b'9', ..])
        && DIGIT_PLACES.iter().all(|place| rest.get(*place).is_some_and(u8::is_ascii_digit))
}

/// The same, were each digit another one.
pub(super) fn may_begin_with_other_digits(rest: &[u8]) -> bool {
    [0].iter().chain(&DIGIT_PLACES).all(|place| rest.get(*place).is_some_and(u8::is_ascii_digit))
}

/// Some places of a card number that are digits in one run as in groups of 4-4-4-4, 4-6-5 and 4-6-4.
const DIGIT_PLACES: [usize; 7] = [1, 2, 3, 5, 7, 8, 12];

/// Returns the length of the card number that stands at `at`, which begins a word.
pub(super) fn card_at(bytes: &[u8], at: usize) -> Option<usize> {
    let before = at.checked_sub(1).and_then(|i| bytes.get(i));
    if matches!(before, Some(b'.' | b'-' | b'+' | b'%')) {
        return None; // the fraction of a number, or part of an ID
    }
    let (digits, count, length) = digits_at(bytes, at)?;
    let digits = digits.get(..count)?;
    let ends = match bytes.get(at + length) {
        Some(b'.' | b'-') => !bytes.get(at + length + 1).is_some_and(u8::is_ascii_alphanumeric),
        Some(next) => !(next.is_ascii_alphanumeric() || matches!(next, b'_' | b'%')),
        None => true,
    };
    let is_brand = is_of(&BRANDS, digits) || is_of(&RARE_BRANDS, digits) && (length > count || names_card(bytes, at));
    (ends && is_brand && has_right_check_digit(digits) && !names_other_number(bytes, at)).then_some(length)
}

/// Reads digits at `at`: in one run, or in the groups of cards (4-4-4-4, 4-6-5, 4-6-4), with one separator throughout.
/// Returns them, how many there are, and the bytes they take.
fn digits_at(bytes: &[u8], at: usize) -> Option<([u8; MAX_DIGITS], usize, usize)> {
    let mut digits = [0; MAX_DIGITS];
    let mut count = 0;
    let mut groups = [0_usize; 5];
    let mut group = 0;
    let mut separator = None;
    let mut length = 0;
    for (i, &byte) in bytes.iter().enumerate().skip(at).take(MAX_DIGITS + groups.len()) {
        match byte {
            b'0'..=b'9' => {
                *digits.get_mut(count)? = byte - b'0';
                count += 1;
                *groups.get_mut(group)? += 1;
                length = i + 1 - at;
            }
            b' ' | b'-'
                if *separator.get_or_insert(byte) == byte && bytes.get(i + 1).is_some_and(u8::is_ascii_digit) =>
            {
                // A group that no card has ends the number.
                if !matches!(groups.get(group), Some(4 | 6)) {
                    break;
                }
                group += 1;
            }
            _ => break,
        }
    }
    let is_card = matches!(groups.get(..=group)?, [13..=19] | [4, 4, 4, 4] | [4, 4, 4, 4, 1..=3] | [4, 6, 4 | 5]);
    is_card.then_some((digits, count, length))
}

/// The first six digits of a brand's cards, from and to, and a bit for each number of digits that they have, 13 lowest.
type Brand = (u32, u32, u8);

/// Visa, Diners Club, American Express, Mastercard, JCB, Discover and what is accepted with it.
const BRANDS: [Brand; 13] = [
    (400_000, 499_999, 0b100_1001),
    (300_000, 305_999, 0b000_0010),
    (360_000, 369_999, 0b000_0010),
    (380_000, 399_999, 0b000_0010),
    (340_000, 349_999, 0b000_0100),
    (370_000, 379_999, 0b000_0100),
    (510_000, 559_999, 0b000_1000),
    (222_100, 272_099, 0b000_1000),
    (352_800, 358_999, 0b000_1000),
    (644_000, 649_999, 0b000_1000),
    (601_100, 601_199, 0b100_1000),
    (620_000, 629_999, 0b100_1000),
    (650_000, 659_999, 0b100_1000),
];

/// Maestro, Dankort, Union Pay, Mir, Verve, Ru Pay and Troy. Their prefixes are those of many other numbers, so one of these is a
/// card only in groups or behind the word.
const RARE_BRANDS: [Brand; 15] = [
    (501_800, 502_099, 0b111_1111),
    (503_800, 503_899, 0b111_1111),
    (589_300, 589_399, 0b111_1111),
    (630_400, 630_499, 0b111_1111),
    (675_900, 675_999, 0b111_1111),
    (676_100, 676_399, 0b111_1111),
    (676_700, 676_799, 0b111_1111),
    (620_000, 629_999, 0b111_1000),
    (220_000, 220_499, 0b111_1000),
    (506_099, 506_198, 0b111_1000),
    (507_865, 507_964, 0b111_1000),
    (600_000, 609_999, 0b000_1000),
    (810_000, 829_999, 0b000_1000),
    (508_000, 508_999, 0b000_1000),
    (979_200, 979_299, 0b000_1000),
];

fn is_of(brands: &[Brand], digits: &[u8]) -> bool {
    let first = digits.iter().take(6).fold(0, |number, digit| number * 10 + u32::from(*digit));
    brands.iter().any(|(from, to, lengths)| (*from..=*to).contains(&first) && lengths >> (digits.len() - 13) & 1 == 1)
}

/// Whether the word `card` stands not far before the number.
fn names_card(bytes: &[u8], at: usize) -> bool {
    const LONGEST: usize = 24;
    let before = bytes.get(at.saturating_sub(LONGEST)..at).unwrap_or_default();
    // A mask of another card names none.
    before
        .windows(5)
        .any(|word| matches!(word, [card @ .., behind] if card.eq_ignore_ascii_case(b"card") && *behind != b']'))
}

/// The Luhn sum: every second digit from the right doubled.
fn has_right_check_digit(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(i, digit)| {
            let value = u32::from(*digit) << (i % 2);
            if value > 9 { value - 9 } else { value }
        })
        .sum();
    sum.is_multiple_of(10) && digits.iter().any(|digit| *digit != 0)
}

/// Whether the word before the number, behind quotes, spaces and a separator, says that it is an ID or a time.
fn names_other_number(bytes: &[u8], at: usize) -> bool {
    const LONGEST: usize = 16;
    let before = bytes.get(..at).unwrap_or_default();
    let gap = before.iter().rev().take(6).take_while(|b| matches!(b, b' ' | b'"' | b'\'' | b'=' | b':' | b'#' | b'\\'));
    let before = before.get(..before.len() - gap.count()).unwrap_or_default();
    let length = before.iter().rev().take(LONGEST).take_while(|b| b.is_ascii_alphabetic()).count();
    let word = before.get(before.len() - length..).unwrap_or_default();
    let is_camel_id = word.ends_with(b"Id") || word.ends_with(b"ID");
    is_camel_id || OTHER_NUMBERS.has_in_any_case(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Option<&str> {
        let at = text.find(|c: char| c.is_ascii_digit())?;
        text.get(at..at + card_at(text.as_bytes(), at)?)
    }

    #[test]
    fn the_networks_test_numbers_are_cards_in_every_grouping() {
        for card in [
            "4111111111111111",
            "4111 1111 1111 1111",
            "4111-1111-1111-1111",
            "4222222222222",
            "378282246310005",
            "3782 822463 10005",
            "30569309025904",
            "3056 930902 5904",
            "5555555555554444",
            "2223003122003222",
            "6011111111111117",
            "3530111333300000",
        ] {
            assert_eq!(Some(card), found(&format!("card {card}, declined")), "{card}");
        }
    }

    #[test]
    fn rare_brands_are_cards_in_groups_or_behind_the_word() {
        for card in [
            "6759649826438453",
            "6304000000000000",
            "2200000000000004",
            "6073849700024945",
            "5060990580000217499",
            "9792030000000000",
            "62000000000000000",
        ] {
            assert_eq!(Some(card), found(&format!("Card: {card}, declined")), "{card}");
            assert_eq!(None, found(&format!("part {card}, shipped")), "{card}");
        }
        assert_eq!(Some("2200 0000 0000 0004"), found("paid by 2200 0000 0000 0004"));
        assert_eq!(Some("9792-0300-0000-0000"), found("paid by 9792-0300-0000-0000"));
    }

    #[test]
    fn other_numbers_are_no_cards() {
        for text in [
            "card 4111111111111112",
            "id 4111111111111111",
            "order_id=4111111111111111",
            "{\"userId\": \"4111111111111111\"}",
            "ts=4111111111111111",
            "0.4111111111111111",
            "4111111111111111.5",
            "1734470400123456",
            "card 0000000000000000",
            "41111111111111111111",
            "4111 1111 1111",
            "4111111111111111abc",
            "9111 1111 1111 1111",
        ] {
            assert_eq!(None, found(text), "{text}");
        }
    }
}

//! Whole numbers as text.

/// All numbers of three digits, one behind the other.
const THREES: &str = match str::from_utf8(&threes()) {
    Ok(digits) => digits,
    Err(_) => "",
};

const fn threes() -> [u8; 3000] {
    let mut digits = [b'0'; 3000];
    let mut at = 3;
    while at < digits.len() {
        // One more than the number before.
        (digits[at], digits[at + 1], digits[at + 2]) = match (digits[at - 3], digits[at - 2], digits[at - 1]) {
            (first, b'9', b'9') => (first + 1, b'0', b'0'),
            (first, second, b'9') => (first, second + 1, b'0'),
            (first, second, third) => (first, second, third + 1),
        };
        at += 3;
    }
    digits
}

/// Adds a number below 1000 in three digits.
#[inline]
pub(super) fn push_three(out: &mut String, number: u32) {
    let at = 3 * number as usize;
    out.push_str(THREES.get(at..at + 3).unwrap_or_default());
}

/// Adds a number.
pub(super) fn push_number(out: &mut String, number: i64) {
    if number < 0 {
        out.push('-');
    }
    push_positive(out, number.unsigned_abs());
}

fn push_positive(out: &mut String, number: u64) {
    let last = u32::try_from(number % 1000).unwrap_or_default();
    if number >= 1000 {
        push_positive(out, number / 1000);
        push_three(out, last);
        return;
    }
    let at = 3 * last as usize;
    let zeros = usize::from(last < 10) + usize::from(last < 100);
    out.push_str(THREES.get(at + zeros..at + 3).unwrap_or_default());
}

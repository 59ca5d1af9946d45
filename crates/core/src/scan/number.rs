//! Numbers and the words of JSON, and where they end.

/// Returns where the number, `true`, `false` or `null` at `at` ends.
#[expect(clippy::inline_always, reason = "the call takes longer than most numbers")]
#[inline(always)]
pub(crate) fn scalar_end(bytes: &[u8], at: usize) -> Option<usize> {
    let rest = bytes.get(at..)?;
    // A whole number of up to seven digits needs no second look, at the text's end either.
    let start = match (rest.first_chunk(), bytes.last_chunk()) {
        (Some(first), _) => u64::from_le_bytes(*first),
        (None, Some(last)) if !rest.is_empty() => u64::from_le_bytes(*last) >> (u64::BITS as usize - 8 * rest.len()),
        _ => 0,
    };
    let digits = no_digits(start).trailing_zeros() & !7;
    let [first, ..] = start.to_le_bytes();
    let [behind, ..] = start.checked_shr(digits).unwrap_or_default().to_le_bytes();
    if matches!(first, b'1'..=b'9') && !matches!(behind, 0 | b'.' | b'e' | b'E') {
        return Some(at + (digits / 8) as usize);
    }
    Some(at + scalar_length(rest)?)
}

/// Returns the length of the number, `true`, `false` or `null` that `bytes` begin with.
fn scalar_length(bytes: &[u8]) -> Option<usize> {
    let word: &[u8] = match bytes.first()? {
        b't' => b"true",
        b'f' => b"false",
        b'n' => b"null",
        _ => return number_length(bytes),
    };
    bytes.starts_with(word).then_some(word.len())
}

/// Returns the length of the number that `bytes` begin with.
fn number_length(bytes: &[u8]) -> Option<usize> {
    let digits = |from: usize| digits_length(bytes.get(from..).unwrap_or_default());
    let sign = usize::from(bytes.first() == Some(&b'-'));
    let whole = digits(sign);
    if whole == 0 || (whole > 1 && bytes.get(sign) == Some(&b'0')) {
        return None;
    }
    let mut length = sign + whole;
    if bytes.get(length) == Some(&b'.') {
        let fraction = digits(length + 1);
        if fraction == 0 {
            return None;
        }
        length += 1 + fraction;
    }
    if matches!(bytes.get(length), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(length + 1), Some(b'+' | b'-')));
        let exponent = digits(length + 1 + sign);
        if exponent == 0 {
            return None;
        }
        length += 1 + sign + exponent;
    }
    Some(length)
}

/// Returns how many digits `bytes` begin with. Eight are looked at in one step.
#[inline]
fn digits_length(bytes: &[u8]) -> usize {
    let mut length = 0;
    for step in bytes.as_chunks::<8>().0 {
        let marks = no_digits(u64::from_le_bytes(*step));
        if marks != 0 {
            return length + (marks.trailing_zeros() / 8) as usize;
        }
        length += 8;
    }
    length + bytes.iter().skip(length).take_while(|byte| byte.is_ascii_digit()).count()
}

/// Marks the bytes that are no digits, the lowest one exactly: where a byte is none, the upper half of what is left of it
/// is not 0.
fn no_digits(word: u64) -> u64 {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    let digits = word ^ (ONES * 0x30);
    // A digit stays below 16 when 6 is added. What runs over into the next byte begins in one that is marked.
    (digits.wrapping_add(ONES * 6) | digits) & (ONES * 0xf0)
}

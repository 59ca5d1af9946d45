//! A look at many bytes in one step: which of them may begin something to hide, or stand in a sensitive key.
//!
//! The loop has no branch, so that the compiler turns it into the processor's instructions for sixteen bytes (SSE2, NEON,
//! the browser's SIMD). It says yes too often, never too seldom: `trigger.rs` looks again at each yes.

/// How many places are looked at in one step. The code for twice as many saves calls, and is too large for the browser.
#[cfg(target_family = "wasm")]
pub(super) const LANES: usize = 16;
#[cfg(not(target_family = "wasm"))]
pub(super) const LANES: usize = 32;

/// How much longer a window is than it has places.
pub(super) const BEHIND: usize = 16;

/// What is looked at: the byte before the first place, the places, and what follows them.
pub(super) type Window = [u8; LANES + BEHIND];

/// Returns a bit for each place of the window that needs a second look, the first place lowest.
#[expect(clippy::needless_bitwise_bool, reason = "a lazy operator is a branch")]
pub(super) fn candidates(window: &Window) -> u32 {
    let mut flags = [0_u8; LANES];
    for (i, flag) in flags.iter_mut().enumerate() {
        let at = |offset: usize| window[i + 1 + offset];

        // A slash, a backslash (or `|`, which differs by the bit that is set), `--`, a dash that begins an option, and `$`
        // where a password hash begins.
        let (first, second, third) = (at(0) | 0x20, at(1) | 0x20, at(2) | 0x20);
        let mark = (first == b'/')
            | (first == b'\\' | 0x20)
            | ((first == b'-') & ((second == b'-') | (is_above(second, b'_') & is_in(window[i], b' ', b'\''))))
            | (first == b'$');

        // The first letters of `trigger::is_anchor` in any case, three at once: the second letter twice less the third has a few
        // values, and most other three letters have others.
        let sum = second.wrapping_add(second).wrapping_sub(third);
        let word = (is_in(first, b'o', b's') & is_in(sum, 100, 113))
            | ((first == b'o') & (sum == 120))
            | (is_in(first, b's', b'x') & is_in(sum, 125, 128))
            | (is_in(first, b'b', b'p') & is_in(sum, 79, 81))
            | ((first == b'p') & (second == b'w'))
            | ((first == b'c') & (second == b'v'));

        // Digits where a card in groups has them.
        let digit = |offset| at(offset).wrapping_sub(b'0');
        let card = digit(0).max(digit(1)).max(digit(5)).max(digit(7)).max(digit(12)) < 10;

        *flag = u8::from(mark | word | card);
    }
    let found = if flags == [0; LANES] { 0 } else { low_bits(&flags) };
    if may_hold_token(window) { found | tokens(window) } else { found }
}

/// Compared as signed numbers, of which the largest is made the largest there is: processors compare those in one step.
fn is_in(byte: u8, least: u8, largest: u8) -> bool {
    const MOST: u8 = i8::MAX.cast_unsigned();
    byte.wrapping_add(MOST.wrapping_sub(largest)).cast_signed()
        > (MOST - (largest - least)).wrapping_sub(1).cast_signed()
}

/// Whether an ASCII character is above another one.
fn is_above(byte: u8, other: u8) -> bool {
    byte.cast_signed() > other.cast_signed()
}

/// Whether a place may have twelve bytes behind it without a space, a quote or a bracket, as tokens and cards have.
fn may_hold_token(window: &Window) -> bool {
    let mut flags = [0_u8; LANES];
    for (i, flag) in flags.iter_mut().enumerate() {
        let at = |offset: usize| window[i + 1 + offset];
        let least = at(4).min(at(5)).min(at(6)).min(at(7)).min(at(8)).min(at(9)).min(at(11));
        *flag = u8::from(is_above(least, b'*'));
    }
    flags != [0; LANES]
}

/// Returns a bit for each place where a word begins that goes on without a space, a quote or a bracket, as every token does:
/// these places see most of them. One that begins with a digit has no point or dash near, as times, UUIDs and addresses
/// have. Or digits where a card has them.
#[expect(clippy::needless_bitwise_bool, reason = "a lazy operator is a branch")]
fn tokens(window: &Window) -> u32 {
    let mut flags = [0_u8; LANES];
    for (i, flag) in flags.iter_mut().enumerate() {
        let at = |offset: usize| window[i + 1 + offset];
        let before = window[i];
        let is_in_word = is_in(before | 0x20, b'a', b'z') | is_in(before, b'0', b'9');
        let least = at(4).min(at(5)).min(at(6)).min(at(7)).min(at(8)).min(at(9)).min(at(13));
        let is_word = is_above(at(0), b'@') & is_above(least, b'*');
        let is_dense = is_above(least.min(at(2)).min(at(3)), b'.');
        let is_number = is_in(at(0), b'0', b'9') & is_dense;

        *flag = u8::from(!is_in_word & (is_word | is_number));
    }
    low_bits(&flags)
}

/// Returns the lowest bit of each byte, the first byte's lowest.
fn low_bits(flags: &[u8; LANES]) -> u32 {
    // Moves the lowest bit of each of eight bytes to a place of its own in the highest byte.
    const GATHER: u64 = 0x0102_0408_1020_4080;
    let (halves, _) = flags.as_chunks::<8>();
    halves.iter().rev().fold(0, |bits, half| {
        let [.., gathered] = u64::from_le_bytes(*half).wrapping_mul(GATHER).to_le_bytes();
        bits << 8 | u32::from(gathered)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_bit() {
        for place in 0..LANES {
            let mut window = [b' '; LANES + BEHIND];
            window[place + 1] = b'/';

            assert_eq!(1 << place, candidates(&window));
        }
    }
}

//! A look at sixteen bytes in one step: which of them may begin something to hide, or stand in a sensitive key.
//!
//! The loop has no branch, so that the compiler turns it into the processor's instructions for sixteen bytes (SSE2, NEON,
//! the browser's SIMD). It says yes too often, never too seldom: `trigger.rs` looks again at each yes.

/// How many places are looked at in one step.
pub(super) const LANES: usize = 16;

/// What is looked at: the byte before the first place, the places, and what follows them.
pub(super) type Window = [u8; 32];

/// Returns a bit for each place of the window that needs a second look, the first place lowest.
#[expect(clippy::needless_bitwise_bool, reason = "a lazy operator is a branch")]
pub(super) fn candidates(window: &Window) -> u32 {
    let mut flags = [0_u8; LANES];
    for (i, flag) in flags.iter_mut().enumerate() {
        let at = |offset: usize| window[i + 1 + offset];

        // A slash, `:/`, `:\`, `--`, two backslashes, `[r`, and `$` where a password hash begins.
        let (first, second) = (at(0), at(1));
        let mark = (first == b'/')
            | ((first == b':') & ((second == b'/') | (second == b'\\')))
            | ((first == second) & (first == b'\\'))
            | ((first == b'-') & ((second == b'-') | (at(2) == b' ')))
            | ((first == b'[') & (second == b'r'))
            | (first == b'$');

        // The first letters of `trigger::ANCHORS`, and of `bearer` and `basic`, in any case.
        let (first, second, third) = (at(0) | 0x20, at(1) | 0x20, at(2) | 0x20);
        let word = ((first == b'p')
            & (((second == b'a') & (third == b's')) | ((second == b'i') & (third == b'n')) | (second == b'w')))
            | ((first == b'c') & (((second == b'r') & (third == b'e')) | (second == b'v')))
            | ((first == b'k')
                & (((second == b'e') & ((third == b'y') | (third == b'n'))) | ((second == b'i') & (third == b'e'))))
            | ((first == b's')
                & (((second == b'e') & (third == b's'))
                    | ((second == b'r') & (third == b'f'))
                    | ((second == b'i') & ((third == b'd') | (third == b'g')))))
            | ((first == b'u') & (second == b't') & (third == b'h'))
            | ((first == b'r') & (second == b'i') & (third == b'f'))
            | ((first == b'o') & (second == b't') & (third == b'p'))
            | ((first == b'b') & (((second == b'e') & (third == b'a')) | ((second == b'a') & (third == b's'))));

        // The beginning of a word that goes on without a space, a quote or a bracket, as every token does: these
        // places see most of them. One that begins with a digit has no point or dash near, as times, UUIDs and
        // addresses have. Or digits where a card has them.
        let before = window[i];
        let is_in_word = ((before | 0x20).wrapping_sub(b'a') < 26) | (before.wrapping_sub(b'0') < 10);
        let least = at(4).min(at(5)).min(at(6)).min(at(7)).min(at(8)).min(at(9)).min(at(13));
        let is_word = (at(0) > b'@') & (least > b'*');
        let is_dense = least.min(at(2)).min(at(3)) > b'.';
        let least_digit = at(3).min(at(5)).min(at(7)).min(at(12));
        let largest_digit = at(3).max(at(5)).max(at(7)).max(at(12));
        let is_card = (least_digit >= b'0') & (largest_digit <= b'9');
        let is_number = (at(0).wrapping_sub(b'0') < 10) & (is_dense | is_card);
        let token = !is_in_word & (is_word | is_number);

        *flag = u8::from(mark | word | token);
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
            let mut window = [b' '; 32];
            window[place + 1] = b'/';

            assert_eq!(1 << place, candidates(&window));
        }
    }
}

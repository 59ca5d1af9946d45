//! Two hashes of a few lines each. Neither is a lock: whoever chooses the bytes can choose the hash.
//!
//! FNV-1a, the 64-bit form, is the same everywhere and for ever. The quick one takes eight bytes in one step, and says
//! nothing outside of this process.

/// The hash of no bytes at all.
pub(crate) const FNV_EMPTY: u64 = 0xcbf2_9ce4_8422_2325;

/// Returns the hash of the bytes that `hash` stands for with `bytes` behind them.
pub(crate) fn fnv(hash: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(hash, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Returns a number that short and long texts alike have of their own, most likely; its high bits are the best ones.
pub(crate) fn quick(bytes: &[u8]) -> u64 {
    let (words, _) = bytes.as_chunks();
    let all = words.iter().fold(bytes.len() as u64, |hash, word| mixed(hash, u64::from_le_bytes(*word)));
    mixed(all, last_word(bytes))
}

/// Returns up to sixteen bytes as two numbers: texts of one length have the same ones only where they are the same.
pub(crate) fn short(bytes: &[u8]) -> Option<[u64; 2]> {
    let last = last_word(bytes);
    let first = bytes.first_chunk().map_or(last, |first| u64::from_le_bytes(*first));
    (bytes.len() <= 2 * size_of::<u64>()).then_some([first, last])
}

/// Returns a number that follows from the first and the last bytes of a text, up to eight of each.
pub(crate) fn ends(bytes: &[u8]) -> u64 {
    let last = last_word(bytes);
    mixed(bytes.first_chunk().map_or(0, |first| u64::from_le_bytes(*first)), last)
}

pub(crate) fn mixed(hash: u64, word: u64) -> u64 {
    const ODD: u64 = 0x9e37_79b9_7f4a_7c15;
    (hash.rotate_left(32) ^ word).wrapping_mul(ODD)
}

/// Returns the last eight bytes, or all of fewer, some of them twice: to copy a few bytes takes longer.
fn last_word(bytes: &[u8]) -> u64 {
    if let Some(last) = bytes.last_chunk() {
        return u64::from_le_bytes(*last);
    }
    if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        return u64::from(u32::from_le_bytes(*first)) << 32 | u64::from(u32::from_le_bytes(*last));
    }
    bytes.iter().fold(0, |word, byte| word << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_texts_are_told_apart_by_their_length_and_two_numbers() {
        let texts = ["", "a", "ab", "ba", "abc", "abcd", "abcde", "abXde", "abcdefgh", "abcdefghi", "XbcdefghijklmnoY"];
        for (i, text) in texts.iter().enumerate() {
            for other in &texts[..i] {
                let [this, that] = [text, other].map(|text| (text.len(), short(text.as_bytes()).unwrap()));

                assert_ne!(this, that, "{text} {other}");
                assert_ne!(quick(text.as_bytes()), quick(other.as_bytes()), "{text} {other}");
            }
        }
        assert_eq!(None, short(&[b'a'; 17]));
        assert_ne!(quick(&[b'a'; 17]), quick(&[b'a'; 18]));
    }

    #[test]
    fn the_published_values_come_out_in_one_piece_or_several() {
        // http://www.isthe.com/chongo/tech/comp/fnv/ (test vectors of the reference implementation)
        assert_eq!(0x8594_4171_f739_67e8, fnv(FNV_EMPTY, b"foobar"));
        assert_eq!(0x8594_4171_f739_67e8, fnv(fnv(FNV_EMPTY, b"foo"), b"bar"));
        assert_eq!(0xaf63_dc4c_8601_ec8c, fnv(FNV_EMPTY, b"a"));
    }
}

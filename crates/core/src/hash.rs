//! FNV-1a, the 64-bit form: a hash that is the same everywhere and for ever, of a few lines. It is no lock: whoever
//! chooses the bytes can choose the hash.

/// The hash of no bytes at all.
pub(crate) const FNV_EMPTY: u64 = 0xcbf2_9ce4_8422_2325;

/// Returns the hash of the bytes that `hash` stands for with `bytes` behind them.
pub(crate) fn fnv(hash: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(hash, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_values_come_out_in_one_piece_or_several() {
        // http://www.isthe.com/chongo/tech/comp/fnv/ (test vectors of the reference implementation)
        assert_eq!(0x8594_4171_f739_67e8, fnv(FNV_EMPTY, b"foobar"));
        assert_eq!(0x8594_4171_f739_67e8, fnv(fnv(FNV_EMPTY, b"foo"), b"bar"));
        assert_eq!(0xaf63_dc4c_8601_ec8c, fnv(FNV_EMPTY, b"a"));
    }
}

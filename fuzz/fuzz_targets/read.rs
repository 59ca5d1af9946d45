//! Any bytes in any pieces become records whose raw lines, one behind the other, are the bytes again.
#![no_main]

use jobtrail_core::{ReadOptions, Reader};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let offsets = |piece: usize| {
        let mut offsets = Vec::new();
        let mut reader = Reader::new(ReadOptions::default());
        for piece in bytes.chunks(piece.max(1)) {
            reader.feed(piece, &mut |record| offsets.push((record.offset, record.message.to_string())));
        }
        reader.finish(&mut |record| offsets.push((record.offset, record.message.to_string())));
        offsets
    };
    let whole = offsets(bytes.len());
    let begins = whole.iter().map(|(offset, _)| *offset);

    assert!(begins.clone().zip(begins.skip(1)).all(|(one, next)| one < next), "records follow each other");
    assert_eq!(bytes.is_empty(), whole.is_empty());
    assert!(whole.first().is_none_or(|(offset, _)| *offset == 0), "nothing stands before the first record");
    assert_eq!(whole, offsets(usize::from(bytes.first().copied().unwrap_or(1))), "pieces change nothing");
});

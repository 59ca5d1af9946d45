//! The cursor: a place in a source that is found again after the source was renamed.

use std::fmt;

use crate::hash::{FNV_EMPTY, fnv};

/// A place in a source: which source, told by its first bytes, and the byte at which to go on.
///
/// It outlives the source's name, because a rotated log keeps its first bytes. It says nothing of what stands in the
/// source but a hash, so it may be shown and stored. Displayed as `256-0123456789abcdef-1048576`: how many first bytes
/// were looked at, their hash, the offset; no character of it needs quoting in a URL or a header.
///
/// ```
/// use jobtrail_core::Cursor;
///
/// let cursor = Cursor::of(b"2026-01-05 10:00:00.000 [1] [INFO] ready\n", 41);
/// let resumed = Cursor::parse(&cursor.to_string()).unwrap();
///
/// assert_eq!(41, resumed.offset());
/// assert!(resumed.fits(b"2026-01-05 10:00:00.000 [1] [INFO] ready\nand more since\n"));
/// assert!(!resumed.fits(b"2026-01-06 00:00:00.000 [1] [INFO] another file\n"));
/// assert_eq!("bad_option", Cursor::parse("41").unwrap_err().code());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Cursor {
    fingerprint: Fingerprint,
    offset: u64,
}

impl Cursor {
    /// How many first bytes of a source tell it from others; of a shorter source all that are there.
    pub const HEAD_BYTES: usize = 256;

    /// Returns the cursor at byte `offset` of the source that begins with `head`; more than its first
    /// [`Cursor::HEAD_BYTES`] are not looked at.
    pub fn of(head: &[u8], offset: u64) -> Self {
        let mut fingerprint = Fingerprint::default();
        fingerprint.take(0, head);
        Self { fingerprint, offset }
    }

    pub(crate) const fn new(fingerprint: Fingerprint, offset: u64) -> Self {
        Self { fingerprint, offset }
    }

    /// Returns the byte of the source, of its decompressed form, at which to go on.
    pub const fn offset(&self) -> u64 {
        self.offset
    }

    /// Returns whether a source that begins with `head` is the cursor's, perhaps grown since.
    ///
    /// A cursor that was made of an empty source fits any. Whether the source is still as long as the offset says is for
    /// the caller to see: one that was cut and filled anew with the same beginning fits too.
    pub fn fits(&self, head: &[u8]) -> bool {
        let known = head.get(..usize::from(self.fingerprint.bytes));
        known.is_some_and(|head| fnv(FNV_EMPTY, head) == self.fingerprint.hash)
    }

    /// Returns the cursor that the whole of `text` is, as [`Display`](fmt::Display) wrote it.
    ///
    /// Fails on anything else.
    pub fn parse(text: &str) -> Result<Cursor, CursorError> {
        let read = || {
            let mut parts = text.split('-');
            let (bytes, hash, offset) = (parts.next()?, parts.next()?, parts.next()?);
            let bytes = bytes.parse().ok().filter(|&bytes| usize::from(bytes) <= Self::HEAD_BYTES)?;
            let fingerprint = Fingerprint { bytes, hash: u64::from_str_radix(hash, 16).ok()? };
            Some(Self::new(fingerprint, offset.parse().ok()?))
        };
        // There is one spelling of a cursor, so that two can be compared as texts.
        read().filter(|cursor| cursor.to_string() == text).ok_or(CursorError { _private: () })
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{:016x}-{}", self.fingerprint.bytes, self.fingerprint.hash, self.offset)
    }
}

/// The first bytes of a source, as many as were seen of them, as their number and hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Fingerprint {
    bytes: u16,
    hash: u64,
}

impl Default for Fingerprint {
    fn default() -> Self {
        Self { bytes: 0, hash: FNV_EMPTY }
    }
}

impl Fingerprint {
    /// Takes the bytes of the source that stand at `offset`. Those beyond the first [`Cursor::HEAD_BYTES`] do not count,
    /// nor those behind a gap.
    pub(crate) fn take(&mut self, offset: u64, bytes: &[u8]) {
        if offset != u64::from(self.bytes) {
            return;
        }
        let wanted = Cursor::HEAD_BYTES - usize::from(self.bytes);
        let head = bytes.get(..wanted).unwrap_or(bytes);
        self.hash = fnv(self.hash, head);
        self.bytes += u16::try_from(head.len()).unwrap_or_default();
    }
}

/// Says that a text is no cursor. It does not repeat the text, which may be anything.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CursorError {
    _private: (),
}

impl CursorError {
    /// Returns the stable code of this error: `bad_option`.
    pub const fn code(&self) -> &'static str {
        "bad_option"
    }
}

impl fmt::Display for CursorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("bad cursor, expected one that was given before, such as `256-0123456789abcdef-1048576`")
    }
}

impl std::error::Error for CursorError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back_from_its_text_and_from_no_other() {
        for cursor in [Cursor::of(b"", 0), Cursor::of(b"[INFO] ready\n", 13), Cursor::of(&[b'x'; 999], u64::MAX)] {
            assert_eq!(Ok(cursor), Cursor::parse(&cursor.to_string()));
        }
        assert_eq!("0-cbf29ce484222325-0", Cursor::of(b"", 0).to_string());
        let wrong = [
            "",
            "0",
            "0-cbf29ce484222325",
            "0-cbf29ce484222325-",
            "0-cbf29ce484222325-0-0",
            "0-CBF29CE484222325-0",
            "0-bf29ce484222325-0",
            "+0-cbf29ce484222325-0",
            "0-cbf29ce484222325-00",
            "257-cbf29ce484222325-0",
            "0-cbf29ce484222325-18446744073709551616",
            "0-cbf29ce484222325-0\n",
        ];
        for text in wrong {
            assert_eq!("bad_option", Cursor::parse(text).unwrap_err().code(), "{text}");
        }
    }

    #[test]
    fn a_source_that_has_grown_fits_and_one_that_is_shorter_or_other_does_not() {
        let head = [b"[INFO] ready\n".as_slice(), &[b'.'; 500]].concat();

        for seen in [0, 1, 13, 255, 256, 257, head.len()] {
            let cursor = Cursor::of(&head[..seen], 7);
            assert!(cursor.fits(&head[..seen]) && cursor.fits(&head), "{seen}");
            assert_eq!(seen == 0, cursor.fits(&[b'o'; 999]), "{seen}");
            assert_eq!(seen == 0, cursor.fits(&head[..seen.min(256).saturating_sub(1)]), "{seen}");
        }
    }

    #[test]
    fn a_fingerprint_taken_in_pieces_is_that_of_the_whole() {
        let head = [b'a'; 300];
        let mut pieces = Fingerprint::default();
        for (i, piece) in head.chunks(7).enumerate() {
            pieces.take(i as u64 * 7, piece);
        }

        assert_eq!(Cursor::of(&head, 1), Cursor::new(pieces, 1));
    }
}

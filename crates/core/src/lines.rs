//! Bytes to text: lossy UTF-8 and the removal of ANSI escape codes and carriage returns. Line ends are the engine's.

use std::borrow::Cow;
use std::cell::OnceCell;

use crate::search;

/// Returns the text of raw log bytes as it is shown: invalid UTF-8 as U+FFFD, ANSI escape sequences, the carriage
/// return of a line end and a byte order mark in front removed. Clean text is borrowed.
pub(crate) fn shown(raw: &[u8]) -> Cow<'_, str> {
    let raw = raw.strip_prefix(b"\xef\xbb\xbf").unwrap_or(raw);
    match str::from_utf8(raw) {
        Ok(text) => without_codes(text),
        Err(_) => Cow::Owned(without_codes(&String::from_utf8_lossy(raw)).into_owned()),
    }
}

/// The lines of a block, of which it is found out once, when it is first asked, whether all are shown as they stand, and
/// whether there may be a key block among them.
pub(crate) struct Shown<'b> {
    block: &'b [u8],
    text: OnceCell<Option<&'b str>>,
    has_dashes: OnceCell<bool>,
}

impl<'b> Shown<'b> {
    pub(crate) fn new(block: &'b [u8]) -> Self {
        Self { block, text: OnceCell::new(), has_dashes: OnceCell::new() }
    }

    /// Returns what [`shown`] does of the lines that begin at a place of the block.
    fn lines(&self, from: usize, length: usize) -> Option<&'b str> {
        self.text()?.get(from..from + length)
    }

    /// Returns all lines where they are shown as they stand.
    fn text(&self) -> Option<&'b str> {
        *self.text.get_or_init(|| clean(self.block))
    }
}

/// Returns raw lines as text where every line of them is shown as it stands.
fn clean(raw: &[u8]) -> Option<&str> {
    let text = if memchr::memchr2(0x1b, b'\r', raw).is_some() { None } else { str::from_utf8(raw).ok() };
    text.filter(|text| search::find(text, "\u{feff}").is_none())
}

/// Where raw lines stand: in which block and from where on, if it is worth knowing of more than them.
pub(crate) type Place<'s, 'b> = Option<(&'s Shown<'b>, usize)>;

/// Returns what [`shown`] does of lines that stand at a place.
pub(crate) fn shown_at<'b>(raw: &'b [u8], place: Place<'_, 'b>) -> Cow<'b, str> {
    match place.and_then(|(block, from)| block.lines(from, raw.len())) {
        Some(text) => Cow::Borrowed(text),
        None => shown(raw),
    }
}

/// Returns the text that shown lines are a part of, and where they begin in it.
pub(crate) fn around<'t>(shown: &'t str, place: Place<'_, 't>) -> (&'t [u8], usize) {
    let (text, from) = place.and_then(|(block, from)| Some((block.text()?, from))).unwrap_or((shown, 0));
    (text.as_bytes(), from)
}

/// Whether the lines that stand at a place may have five dashes in a row.
pub(crate) fn may_have_dashes_at(raw: &[u8], place: Place<'_, '_>) -> bool {
    place.is_none_or(|(shown, _)| *shown.has_dashes.get_or_init(|| may_have_dashes_in(shown.block)))
        && may_have_dashes(raw)
}

/// Whether there may be five dashes in a row in a block: then there are two, or some behind the last whole step.
fn may_have_dashes_in(block: &[u8]) -> bool {
    let mut marks = [0; search::STEP];
    for (firsts, seconds) in search::steps(block, 0).iter().zip(search::steps(block, 1)) {
        for ((mark, first), second) in marks.iter_mut().zip(firsts).zip(seconds) {
            *mark |= u8::from(*first == b'-') & u8::from(*second == b'-');
        }
    }
    let rest = block.get(block.len().saturating_sub(2 * search::STEP)..).unwrap_or_default();
    marks != [0; search::STEP] || may_have_dashes(rest)
}

/// Whether there may be five dashes in a row in a line: then two of them stand at an even place of it, or behind the last
/// whole step. Eight bytes are looked at in one step.
pub(crate) fn may_have_dashes(line: &[u8]) -> bool {
    const ONES: u64 = u64::from_ne_bytes([1, 0, 1, 0, 1, 0, 1, 0]);
    let (steps, rest) = line.as_chunks();
    let mut marks = 0;
    for step in steps {
        let pairs = u64::from_le_bytes(*step) ^ u64::from_ne_bytes([b'-'; 8]);
        marks |= pairs.wrapping_sub(ONES) & !pairs & (ONES << 15);
    }
    marks != 0 || rest.contains(&b'-')
}

/// Returns raw lines without the last line feed and the carriage returns before it.
pub(crate) fn without_end(raw: &[u8]) -> &[u8] {
    let mut raw = raw.strip_suffix(b"\n").unwrap_or(raw);
    while let Some(rest) = raw.strip_suffix(b"\r") {
        raw = rest;
    }
    raw
}

/// Removes ANSI escape sequences and every `\r` that stands before a line end or the end of the text.
fn without_codes(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let mut cleaned = String::new();
    let (mut copied, mut at) = (0, 0);
    while let Some(next) = bytes.get(at..).and_then(|rest| memchr::memchr2(0x1b, b'\r', rest)) {
        let start = at + next;
        let rest = bytes.get(start..).unwrap_or_default();
        let returns = rest.iter().take_while(|byte| **byte == b'\r').count();
        at = start + if returns > 0 { returns } else { escape_length(rest) };
        if returns == 0 || matches!(bytes.get(at), None | Some(b'\n')) {
            cleaned.push_str(text.get(copied..start).unwrap_or_default());
            copied = at;
        }
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    cleaned.push_str(text.get(copied..).unwrap_or_default());
    Cow::Owned(cleaned)
}

/// Returns the length of the escape sequence that `bytes` begin with (ECMA-48): `ESC [ ... final`, an operating system
/// command `ESC ] ... BEL` or `ESC ] ... ESC \`, or ESC and one character. A sequence that never ends is its ESC alone,
/// so that no text behind it is lost.
///
/// Invariant: no look ahead passes the next ESC, which keeps the removal linear.
fn escape_length(bytes: &[u8]) -> usize {
    let first_after = |is_inside: fn(u8) -> bool| bytes.iter().skip(2).position(|&b| !is_inside(b)).map(|i| i + 2);
    let end = match bytes.get(1) {
        Some(b'[') => first_after(|b| (0x20..=0x3f).contains(&b))
            .filter(|&i| bytes.get(i).is_some_and(|b| (0x40..=0x7e).contains(b)))
            .map(|i| i + 1),
        Some(b']') => first_after(|b| b >= 0x20).and_then(|i| match bytes.get(i..) {
            Some([0x07, ..]) => Some(i + 1),
            Some([0x1b, b'\\', ..]) => Some(i + 2),
            _ => None,
        }),
        Some(0x40..=0x5f) => Some(2),
        _ => None,
    };
    end.unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_line_ends_go_and_text_stays() {
        let cases: [(&[u8], &str); 9] = [
            (b"a\r\r\nb\r\rc\r\r", "a\nb\r\rc"),
            (b"\xef\xbb\xbf{}", "{}"),
            (b"plain", "plain"),
            (b"\x1b[32mINFO\x1b[0m ok\r\n", "INFO ok\n"),
            (b"\x1b]8;;http://x\x07link\x1b]8;;\x07", "link"),
            (b"\x1b[38;5;196mred", "red"),
            (b"open \x1b[12", "open [12"),
            (b"50%\rdone", "50%\rdone"),
            (b"caf\xe9\r", "caf\u{fffd}"),
        ];
        for (raw, expected) in cases {
            assert_eq!(expected, shown(raw));
        }
    }
}

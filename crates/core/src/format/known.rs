//! Headers seen before, remembered: most lines have the header of an earlier line but for the time.

use std::mem;

use super::index::ROWS;
use super::pattern::{Catch, Caught, Inside};
use crate::level::Level;
use crate::record::Head;
use crate::stamp::{self, Stamp};
use crate::timestamp::{MICROS_PER_SECOND, Timestamp};

/// The headers of a source that begin with a date and time, in the commonest form.
///
/// Invariant: a line is read as it would be without. What stands between its time and its message is what stood there in an
/// earlier line, and nothing behind that can change what is made of it.
#[derive(Clone, Debug)]
pub(super) struct KnownHeaders {
    /// Named here, not where they are called: so a program that remembers no headers, such as the browser's module, is
    /// without all of it.
    pub(super) read: fn(&mut Self, &[u8], &mut Catch, &mut Head) -> bool,
    pub(super) learn: fn(&mut Self, &str, &Catch),
    /// Whether a header surely has nothing to hide.
    is_clean: fn(&str) -> bool,
    /// `2026-01-05 14:30:` of the last time, and what it stands for.
    minute: [u8; 17],
    micros: i64,
    headers: Vec<Header>,
    /// The one that was met or learned last.
    recent: usize,
    /// How many lines may still be learned from; each line that is known pays for a part of another.
    patience: u16,
}

#[derive(Clone, Debug)]
struct Header {
    /// Where the time begins and ends.
    time: (usize, usize),
    /// What stands between the time and the message, and the first bytes of it.
    text: Box<[u8]>,
    first: First,
    /// How far ahead of UTC its times are, where it says so.
    east_micros: Option<i64>,
    catch: Catch,
}

/// The first sixteen bytes of a header, or fewer, and where they stand in the sixteen bytes of a line.
#[derive(Clone, Copy, Debug)]
struct First {
    bytes: u128,
    mask: u128,
}

const MAX_HEADERS: usize = 32;

/// What a try to learn costs, in known lines.
const TRY: u16 = 8;
const MOST_PATIENCE: u16 = 64 * TRY;

impl KnownHeaders {
    pub(super) fn new(is_clean: fn(&str) -> bool) -> Self {
        Self {
            read: Self::read_line,
            learn: Self::learn_line,
            is_clean,
            minute: [0; 17],
            micros: 0,
            headers: Vec::new(),
            recent: 0,
            patience: MOST_PATIENCE,
        }
    }

    /// Finds the header of a line. Returns its place and the time that the line shows, in microseconds.
    #[inline]
    fn find(&mut self, line: &[u8]) -> Option<(usize, i64)> {
        let (_, recent) = self.headers.split_at_checked(self.recent)?;
        recent.first()?;
        let start = usize::from(line.first() == Some(&b'['));
        let (minute, rest) = line.get(start..)?.split_first_chunk()?;
        let (micros, rest) = seconds(rest)?;
        if *minute != self.minute {
            self.micros = minute_of(line.get(start..)?)?;
            self.minute = *minute;
        }
        let time = (start, line.len() - rest.len());
        let first = u128::from_le_bytes(*rest.first_chunk()?);
        let is_it = |header: &Header| {
            let length = header.text.len();
            first & header.first.mask == header.first.bytes
                && header.time == time
                && (length <= size_of::<u128>() || rest.starts_with(&header.text))
                && rest.get(length).is_some_and(|byte| !matches!(byte, b' ' | b'\t'))
        };
        let place =
            if recent.first().is_some_and(&is_it) { self.recent } else { self.headers.iter().position(is_it)? };
        self.recent = place;
        Some((place, self.micros + micros))
    }

    /// Reads a line whose header is known: what it catches is what the header's pattern would. Returns whether it is known.
    fn read_line(&mut self, line: &[u8], catch: &mut Catch, head: &mut Head) -> bool {
        let Some((place, micros)) = self.find(line) else { return false };
        let Some(header) = self.headers.get(place) else { return false };
        self.patience = (self.patience + 1).min(MOST_PATIENCE);
        catch.take(&header.catch);
        let time = Timestamp::from_micros(micros - header.east_micros.unwrap_or(0));
        // Each part apart: what was just written in parts cannot be read as a whole at once.
        head.stamp = Some(if header.east_micros.is_some() { Stamp::Instant(time) } else { Stamp::Local(time) });
        (head.level, head.format) = (header.catch.level, header.catch.format);
        (head.layout, head.is_caught) = (None, true);
        true
    }

    /// Returns the level that the first of some lines says, where its header is known and says one.
    pub(super) fn level(&mut self, lines: &[u8]) -> Option<Level> {
        let (place, _) = self.find(lines)?;
        self.headers.get(place)?.catch.level
    }

    /// Whether one more line may be tried to learn from; it costs patience.
    pub(super) fn may_learn(&mut self) -> bool {
        let patience = self.patience.checked_sub(TRY);
        self.patience = patience.unwrap_or(self.patience);
        patience.is_some()
    }

    /// Remembers the header of a line of which all was caught by a pattern.
    fn learn_line(&mut self, line: &str, catch: &Catch) {
        if self.may_learn()
            && let Some(header) = Header::of(line, catch, self.is_clean)
        {
            if self.headers.len() < MAX_HEADERS {
                self.recent = self.headers.len();
                self.headers.push(header);
            } else {
                self.recent = (self.recent + 1) % MAX_HEADERS;
                if let Some(old) = self.headers.get_mut(self.recent) {
                    *old = header;
                }
            }
        }
    }
}

impl Header {
    fn of(line: &str, catch: &Catch, is_clean: fn(&str) -> bool) -> Option<Self> {
        let bytes = line.as_bytes();
        let start = usize::from(bytes.first() == Some(&b'['));
        let (_, rest) = bytes.get(start..)?.split_first_chunk::<17>()?;
        let (seconds, rest) = seconds(rest)?;
        let minute = minute_of(bytes.get(start..)?)?;
        let text = rest.get(..catch.message_at().checked_sub(bytes.len() - rest.len())?)?;
        // A line that ends with its header may have lost the last of it.
        bytes.get(catch.message_at())?;
        // A zone would go on where the time ends.
        let ends_zone =
            |byte: &u8| !matches!(byte, b' ' | b'+' | b'-' | b':' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z');
        if !is_settled(line, catch) || catch.inside != Inside::Text || !text.iter().any(ends_zone) {
            return None;
        }
        let east_micros = match catch.stamp? {
            Stamp::Instant(instant) => Some(minute + seconds - instant.as_micros()),
            _ => None,
        };
        let time = (start, bytes.len() - rest.len());
        let mut catch = catch.clone();
        catch.is_clean_head = is_apart(time, text) && line.get(..catch.message_at()).is_some_and(is_clean);
        Some(Self { time, first: First::of(text), text: text.into(), east_micros, catch })
    }
}

impl First {
    fn of(text: &[u8]) -> Self {
        let (mut bytes, mut mask) = ([0; size_of::<u128>()], [0; size_of::<u128>()]);
        for ((byte, mask), known) in bytes.iter_mut().zip(&mut mask).zip(text) {
            (*byte, *mask) = (*known, u8::MAX);
        }
        Self { bytes: u128::from_le_bytes(bytes), mask: u128::from_le_bytes(mask) }
    }
}

/// Whether what stands behind the header cannot change what is made of a line: no pattern that was tried before looked so
/// far, and the one that took it begins with the line's only time and ends with a message behind a text of its own.
fn is_settled(line: &str, catch: &Catch) -> bool {
    let mut others = Catch::default();
    let mut others = Caught::new(line, &mut others);
    for other in others.candidates().take_while(|other| *other != catch.pattern) {
        // One that takes it found no record in its message.
        if others.read(other).is_some() || others.looked_to() > catch.message_at() {
            return false;
        }
    }
    let row = ROWS.as_bytes().get(catch.pattern..).unwrap_or_default();
    let mut rest = row.strip_prefix(b"[").unwrap_or(row);
    let mut is_text = false;
    loop {
        let behind_text = mem::replace(&mut is_text, false);
        rest = match rest {
            [b'%', b'm', b'\n', ..] => break behind_text,
            [b'%', b'd' | b'D', rest @ ..] if rest.len() + 3 >= row.len() => rest,
            [b'%', b'l' | b'p' | b'n' | b't' | b'k' | b'i' | b'w' | b'z' | b'#' | b'U', rest @ ..] => rest,
            [b'%' | b'\n', ..] | [] => break false,
            [mark, rest @ ..] => {
                is_text = !matches!(mark, b'}' | b'>' | b'=');
                rest
            }
        };
    }
}

/// Whether no digits of a time can make more of it and the text behind it, as far as hiding goes: a token has no space and no
/// bracket, and is longer than a fraction; the digits of a card go on behind one space, if at all.
fn is_apart((start, end): (usize, usize), text: &[u8]) -> bool {
    const LONGEST: usize = "2026-01-05 14:30:01.123456789".len();
    let ends = match text {
        [b']', ..] | [_, b' ' | b']', ..] => true,
        [b' ', next, ..] => !next.is_ascii_digit(),
        _ => false,
    };
    ends && end - start <= LONGEST
}

/// Reads `01.123` behind a minute, as [`stamp::date_time`] does.
#[inline]
fn seconds(text: &[u8]) -> Option<(i64, &[u8])> {
    let [tens @ b'0'..=b'5', ones @ b'0'..=b'9', rest @ ..] = text else { return None };
    let (fraction, rest) = match rest {
        // Milliseconds are commonest.
        [b'.' | b',', a @ b'0'..=b'9', b @ b'0'..=b'9', c @ b'0'..=b'9', rest @ ..]
            if !rest.first().is_some_and(u8::is_ascii_digit) =>
        {
            let [a, b, c] = [a, b, c].map(|digit| i64::from(digit - b'0'));
            ((a * 100 + b * 10 + c) * 1000, rest)
        }
        _ => stamp::fraction_micros(rest),
    };
    Some((i64::from((tens - b'0') * 10 + (ones - b'0')) * MICROS_PER_SECOND + fraction, rest))
}

/// Returns the microseconds at which the minute of a time begins.
fn minute_of(text: &[u8]) -> Option<i64> {
    let (date, seconds) = stamp::date_and_seconds(text.first_chunk()?)?;
    Some(date.midnight().as_micros() + (seconds - seconds % 60) * MICROS_PER_SECOND)
}

#[cfg(test)]
mod tests {
    use super::super::{Memory, formats, head, parse};
    use super::*;
    use crate::record::Record;

    /// What is read of a line: its head, and the record where it was caught.
    fn read<'l>(line: &'l str, memory: &mut Memory) -> (Option<(Option<Stamp>, &'static str)>, Record<'l>) {
        let head = head(line, memory);
        let mut record = Record::default();
        if head.is_some_and(|head| head.is_caught) {
            super::super::fill(&memory.catch, line, &mut record);
            assert_eq!(head.and_then(|head| head.level), record.level);
        } else {
            record = parse(line, &mut Memory::of_one_line()).record;
        }
        (head.map(|head| (head.stamp, head.format)), record)
    }

    #[test]
    fn a_line_is_read_as_without_the_lines_before_it() {
        let messages = [
            "started",
            "",
            " ",
            "  indented",
            "[x] started",
            "CET started",
            "+01:00 started",
            "Z started",
            "7 started",
            "a: b - c",
            "INFO started",
            "{\"a\": 1}",
            "-",
            ": x",
            "| x",
            "(a.b.C) started",
            "\u{e9}t\u{e9}",
            "(a) - x",
            "2026-01-05 14:30:01 x",
            ".5 x",
            "123",
            "started and more than sixteen bytes of it",
        ];
        let mut known = Vec::new();
        for (name, example) in formats().filter(|(_, example)| !example.starts_with('{')) {
            let mut memory = Memory::of_one_line();
            memory.remember_headers(|_| false);
            let (_, record) = read(example, &mut memory);
            let head = example.strip_suffix(&*record.message).unwrap_or(example);
            read(head.trim_end(), &mut memory);
            for message in messages {
                for at in 0..=head.len().min(60) {
                    // As it is, then each of its first bytes another digit.
                    let Some((before, [byte, behind @ ..])) = head.as_bytes().split_at_checked(at) else { continue };
                    let other = if byte.is_ascii_digit() { (byte - b'0' + 1) % 10 + b'0' } else { *byte };
                    let line = [before, &[other], behind, message.as_bytes()].concat();
                    let line = str::from_utf8(&line).unwrap();
                    known.extend(memory.known.as_mut().unwrap().find(line.as_bytes()).map(|_| name));

                    assert_eq!(read(line, &mut Memory::of_one_line()), read(line, &mut memory), "{line}");
                }
            }
        }
        assert!(known.len() > 2_000);
        known.dedup();
        assert!(
            ["process", "service", "logback", "spdlog", "monolog"].iter().all(|name| known.contains(name)),
            "{known:?}"
        );
    }

    #[test]
    fn there_is_an_end_to_learning_where_no_header_comes_twice() {
        let mut memory = Memory::of_one_line();
        memory.remember_headers(|_| false);
        for pid in 0..10_000 {
            head(&format!("2026-01-05 14:30:01.123 [{pid}] [INFO] started"), &mut memory);
        }
        let known = memory.known.as_ref().unwrap();
        assert_eq!((MAX_HEADERS, 0), (known.headers.len(), known.patience / TRY));
        let tail = " [WARNING] started";
        assert_eq!(Some("process"), head(&format!("2026-01-05 14:30:01.123 [1]{tail}"), &mut memory).map(|h| h.format));
    }
}

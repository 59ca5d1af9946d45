//! Patterns: the header of a text format as one short text, and the one matcher that reads them all.
//!
//! A pattern stands for itself but for these:
//!
//! | | |
//! | --- | --- |
//! | `%c` | the piece of that letter, see [`Caught::piece`]: a stamp, a level, a number |
//! | `%n`, `{name}` | a word without white space, up to what follows in the pattern; `{-}` is dropped, as is a dash |
//! | `*n`, `*{name}` | any text up to what follows in the pattern, white space around it dropped |
//! | `=text=` | this text, the logger |
//! | `<...>` | may be left out; is there if its first piece is |
//! | `_` | any number of spaces |
//! | `%m` | the rest of the line, the message. What follows in the pattern stands inside it. `%o`: it may be an object; `%M`: it is one, or has a header with a date |
//!
//! The letters of words: `n` logger, `T` thread and logger with a colon between, `w` logger that must look like a class, `t` thread, `k` component, `i` job. A `{name}` becomes a field. Nothing is read twice:
//! a piece that is not there ends the try, so the time is linear in the line.

use super::header;
use super::index::{Candidates, ROWS};
use crate::level::Level;
use crate::search;
use crate::stamp::{self, Stamp};

/// The formats of a family: a line for each, its name and the pattern of its header. One text is smaller than a table.
pub(super) type Rows = &'static str;

/// A format's name and a line of it.
pub(super) type Example = (&'static str, &'static str);

/// Returns the name of the format whose pattern stands at a place of [`ROWS`].
pub(super) fn name(pattern: usize) -> Option<&'static str> {
    let end = pattern.checked_sub(1)?;
    let line_end = ROWS.as_bytes().get(..end)?.iter().rposition(|byte| *byte == b'\n');
    ROWS.get(line_end.map_or(0, |line_end| line_end + 1)..end)
}

/// Returns the stamp that a letter stands for, as [`stamp::by`] reads it.
fn stamp_form(letter: u8) -> Option<&'static str> {
    Some(match letter {
        b'A' => "d/b/Y:H:M:Sz",
        b'B' => "Y-m-d-H.M.Sf",
        b'C' => "a b e H:M:Sf Y",
        b'F' => "Y.m.d",
        b'G' => "md H:M:Sf",
        b'H' => "ymd HMS",
        b'I' => "Ymd H:M:Sf",
        b'J' => "d/b/Y H:M:S",
        b'K' => "y/m/d H:M:Sf",
        b'L' => "m-d H:M:Sf",
        b'N' => "a, d b Y H:M:Sz",
        b'O' => "Y/m/d H:M:Sf",
        b'P' => "m.d H:M:S",
        b'Q' => "Ymd-H:M:Sf",
        b'R' => "d b Y H:M:Sf",
        b'S' => "b e H:M:Sf",
        b'V' => "d-b-Y H:M:Sfz",
        b'X' => "b e, Y H:M:S p",
        _ => return None,
    })
}

/// A line, and what a pattern catches of it.
pub(super) struct Caught<'l, 'c> {
    text: &'l str,
    /// Where the next piece begins.
    at: usize,
    /// Where in [`ROWS`] the piece stands that was read last.
    next: usize,
    /// The date and time at the line's beginning or behind its first byte, where it begins and ends: many patterns ask for
    /// it.
    date_time: Option<(Stamp, usize, usize)>,
    pub(super) catch: &'c mut Catch,
}

/// What a pattern caught of a line: places in it, so that it can wait until the line's record is whole.
#[derive(Clone, Debug, Default)]
pub(crate) struct Catch {
    pub(super) format: &'static str,
    /// Where the pattern stands in [`ROWS`].
    pub(super) pattern: usize,
    pub(super) stamp: Option<Stamp>,
    pub(super) level: Option<Level>,
    pub(super) pid: Option<i64>,
    /// Where the message begins.
    message_at: usize,
    /// Whether nothing in front of the message has to be hidden, whatever the message is.
    pub(super) is_clean_head: bool,
    /// What may stand in the message.
    pub(super) inside: Inside,
    /// The words by the letters or names of their places, where they begin and end, and how many there are.
    words: [(&'static str, usize, usize); MAX_WORDS],
    count: usize,
}

impl Catch {
    /// Becomes another catch; words that do not count are left as they are.
    pub(super) fn take(&mut self, other: &Self) {
        let Self { format, pattern, stamp, level, pid, message_at, is_clean_head, inside, words: _, count } = *other;
        for (word, other) in self.words.iter_mut().zip(other.words).take(count) {
            *word = other;
        }
        *self =
            Self { format, pattern, stamp, level, pid, message_at, is_clean_head, inside, words: self.words, count };
    }

    /// Returns where the message begins.
    pub(super) fn message_at(&self) -> usize {
        self.message_at
    }

    /// Returns where the message begins if nothing in front of it has to be hidden, whatever it is.
    pub(crate) fn clean_to(&self) -> Option<usize> {
        self.is_clean_head.then_some(self.message_at)
    }

    /// Returns the message of the line that this was caught of.
    pub(super) fn message<'l>(&self, line: &'l str) -> &'l str {
        line.get(self.message_at..).unwrap_or_default()
    }

    /// Returns the words of that line by the letters or names of their places.
    pub(super) fn words<'l>(&self, line: &'l str) -> impl Iterator<Item = (&'static str, &'l str)> {
        let words = self.words.get(..self.count).unwrap_or_default();
        words.iter().filter_map(move |(name, start, end)| Some((*name, line.get(*start..*end)?)))
    }
}

/// What a message may be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Inside {
    /// Just a text.
    #[default]
    Text,
    /// A text, or an object with a record's parts.
    MaybeObject,
    /// An object with a record's parts, or a line with a date of its own; else it is of another form.
    Record,
}

/// No pattern has more words.
const MAX_WORDS: usize = 8;

impl<'l, 'c> Caught<'l, 'c> {
    /// Begins with a line of which nothing is caught.
    #[inline]
    pub(super) fn new(text: &'l str, catch: &'c mut Catch) -> Self {
        let bytes = text.as_bytes();
        let start = usize::from(bytes.first() == Some(&b'['));
        let dated = bytes.get(start..).filter(|rest| rest.first().is_some_and(u8::is_ascii_digit));
        let date_time = dated.and_then(stamp::date_time);
        Self {
            text,
            at: 0,
            next: 0,
            date_time: date_time.map(|(stamp, rest)| (stamp, start, text.len() - rest.len())),
            catch,
        }
    }

    /// Returns the message.
    pub(super) fn message(&self) -> &'l str {
        self.catch.message(self.text)
    }

    /// Returns how far the line was read.
    pub(super) fn reached(&self) -> usize {
        self.at
    }

    /// Returns how far the line was looked at by the pattern that did not take it.
    pub(super) fn looked_to(&self) -> usize {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let is_number = |length| rest.get(..length).is_some_and(|text| text.iter().all(u8::is_ascii_digit));
        let through = |is_inside: fn(&u8) -> bool| rest.iter().take_while(|byte| is_inside(byte)).count() + 1;
        let (mark, letter) = match ROWS.as_bytes().get(self.next..) {
            Some([mark, letter, ..]) => (*mark, *letter),
            _ => return usize::MAX,
        };
        let ahead = match (mark, letter) {
            (b'*' | b'\n', _) => return usize::MAX,
            (b'{' | b'=', _) | (b'%', b'n' | b't' | b'k' | b'i' | b'w') => {
                through(|byte| !byte.is_ascii_whitespace()) + LONGEST_BORDER
            }
            // A zone behind a time is looked at to where it ends.
            (b'%', b'd' | b'D') if self.date_time.is_some_and(|(_, at, _)| at == self.at) => 0,
            (b'%', b'd' | b'D') if !is_number(4) => 4,
            (b'%', b'T') if !is_number(2) || rest.get(2) != Some(&b':') => 3,
            (b'%', b'l' | b'U' | b'p' | b'#' | b'q') => through(u8::is_ascii_alphanumeric),
            (b'%', b'e') => through(|byte| !byte.is_ascii_whitespace()),
            (b'%', letter) => {
                let Some(form) = stamp_form(letter) else { return usize::MAX };
                let mut behind = rest;
                stamp::read_by(form, &mut behind);
                rest.len() - behind.len() + stamp::LONGEST_WORD
            }
            _ => 1,
        };
        self.at + ahead.max(LONGEST_BORDER)
    }

    /// Returns the patterns that can take the line.
    pub(super) fn candidates(&self) -> Candidates {
        Candidates::new(self.text.as_bytes(), self.date_time.map(|(_, start, end)| (start, end)))
    }

    /// Reads the line by the pattern at a place of [`ROWS`]; none where it is of another form.
    pub(super) fn read(&mut self, pattern: usize) -> Option<()> {
        self.at = 0;
        (self.catch.stamp, self.catch.level, self.catch.pid, self.catch.is_clean_head) = (None, None, None, false);
        (self.catch.message_at, self.catch.inside, self.catch.count) = (self.text.len(), Inside::Text, 0);
        let mut next = pattern;
        let mut may_skip = false;
        loop {
            let mark = *ROWS.as_bytes().get(next)?;
            self.next = next;
            next += 1;
            match mark {
                b'\n' => return (self.at == self.text.len()).then_some(()),
                b'_' => {
                    while matches!(self.peek(), Some(b' ' | b'\t')) {
                        self.at += 1;
                    }
                }
                b'<' => {
                    may_skip = true;
                    continue;
                }
                b'>' => {}
                b'%' | b'*' | b'{' | b'=' => match self.piece(mark, next) {
                    Some(behind) => next = behind,
                    None if may_skip => next = mark_at(next, b'>') + 1,
                    None => return None,
                },
                _ if self.peek() == Some(mark) => self.at += 1,
                _ if may_skip => next = mark_at(next, b'>') + 1,
                // A message may be empty, and a line may have lost the spaces at its end.
                b' ' if self.peek().is_none() => {
                    let behind = ROWS.get(next..)?.trim_start_matches('_');
                    return matches!(behind.as_bytes(), [b'%', b'm' | b'o', b'\n', ..]).then_some(());
                }
                _ => return None,
            }
            may_skip = false;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Reads the piece whose letter or name stands at `from` in the patterns. Returns where its pattern goes on.
    fn piece(&mut self, mark: u8, from: usize) -> Option<usize> {
        let letter = *ROWS.as_bytes().get(from)?;
        if mark == b'%' && !matches!(letter, b'n' | b't' | b'k' | b'i' | b'w') {
            self.one(letter, from + 1)?;
            return Some(from + 1);
        }
        let rest = self.text.get(self.at..)?;
        let (name, behind) = match (mark, letter) {
            (b'=', _) => named(from, b'='),
            (b'{', _) => named(from, b'}'),
            (_, b'{') => named(from + 1, b'}'),
            _ => (ROWS.get(from..from + 1)?, from + 1),
        };
        if mark == b'=' {
            let word = rest.get(..name.len()).filter(|word| *word == name)?;
            self.add("n", self.at, word)?;
            self.at += name.len();
            return Some(behind);
        }
        let border = border(behind);
        let length = if mark == b'*' { text_length(rest, border)? } else { word_length(rest, border) };
        let word = rest.get(..length)?;
        let start = if mark == b'*' { self.at + word.len() - word.trim_start_matches(' ').len() } else { self.at };
        let word = if mark == b'*' { word.trim_matches(' ') } else { word };
        match name {
            "w" => self.add("n", start, Some(word).filter(|word| is_class(word))?)?,
            // What stands in brackets may be nothing.
            _ if word.is_empty() && mark == b'*' && letter == b'{' => {}
            _ => self.add(name, start, word)?,
        }
        self.at += length;
        Some(behind)
    }

    /// Keeps a word that begins at `start`.
    fn add(&mut self, name: &'static str, start: usize, word: &str) -> Option<()> {
        if word.is_empty() {
            return None;
        }
        if name == "T" {
            let (thread, logger) = search::rsplit_once(word, ":")?;
            self.add("t", start, thread)?;
            return self.add("n", start + word.len() - logger.len(), logger);
        }
        if name != "-" && word != "-" {
            *self.catch.words.get_mut(self.catch.count)? = (name, start, start + word.len());
            self.catch.count += 1;
        }
        Some(())
    }

    /// Reads the piece that a letter stands for; `behind` is where its pattern goes on.
    fn one(&mut self, letter: u8, behind: usize) -> Option<()> {
        let rest = self.text.as_bytes().get(self.at..)?;
        let (stamp, behind) = match letter {
            // A date and time; one that says its zone.
            b'd' | b'D' => {
                let (stamp, end) = match self.date_time {
                    Some((stamp, at, end)) if at == self.at => (stamp, end),
                    _ => stamp::date_time(rest).map(|(stamp, behind)| (stamp, self.text.len() - behind.len()))?,
                };
                if letter == b'D' && !matches!(stamp, Stamp::Instant(_)) {
                    return None;
                }
                self.catch.stamp = Some(stamp);
                self.at = end;
                return Some(());
            }
            // A time, on the date before it if there is one.
            b'T' => {
                let (micros, rest) = stamp::time(rest)?;
                (self.catch.stamp.and_then(|date| date.at(micros)).unwrap_or(Stamp::TimeOfDay(micros)), rest)
            }
            // A count since 1970.
            b'e' => {
                let length = word_length(self.rest()?, "");
                self.catch.stamp = Some(Stamp::Instant(stamp::epoch(self.rest()?.get(..length)?)?));
                self.at += length;
                return Some(());
            }
            // The zone of the stamp before it, if there is one.
            b'z' => {
                let Some((seconds, behind)) = stamp::zone(rest) else { return Some(()) };
                (self.catch.stamp?.in_zone(seconds), behind)
            }
            // The message.
            b'm' | b'o' | b'M' => {
                self.catch.message_at = self.at;
                self.catch.inside = match letter {
                    b'm' => Inside::Text,
                    b'o' => Inside::MaybeObject,
                    _ => Inside::Record,
                };
                if ROWS.as_bytes().get(behind) == Some(&b'\n') {
                    self.at = self.text.len();
                }
                return Some(());
            }
            // The rest.
            b'r' => {
                self.at = self.text.len();
                return Some(());
            }
            // A level, a word of its own; one spelled out in capitals.
            b'l' | b'U' => {
                if search::is_alphanumeric(self.text.as_bytes(), self.at.checked_sub(1)) {
                    return None;
                }
                let (behind, level) = header::level(rest).ok()?;
                let name = rest.get(..rest.len() - behind.len())?;
                let is_plain = name == level.as_str().as_bytes() || matches!(name, b"WARN" | b"FATAL");
                if letter == b'U' && !is_plain {
                    return None;
                }
                self.catch.level = Some(level);
                self.at += name.len();
                return Some(());
            }
            // A number of no meaning.
            b'#' => {
                self.at += number(rest)?.1;
                return Some(());
            }
            // A syslog priority (RFC 5424 section 6.2.1): `<34>`.
            b'!' => {
                let (priority, length) = number(rest.strip_prefix(b"<")?)?;
                self.catch.level = Level::from_syslog(priority & 7);
                self.at += length + 2;
                return (rest.get(length + 1) == Some(&b'>')).then_some(());
            }
            // A level's initial, in front of a digit.
            b'q' => {
                self.catch.level = Level::of(rest.get(..1)?);
                self.at += 1;
                return self.peek()?.is_ascii_digit().then_some(());
            }
            // A process number; a dash for none.
            b'p' if rest.first() == Some(&b'-') => {
                self.at += 1;
                return Some(());
            }
            b'p' => {
                let (pid, length) = number(rest)?;
                self.catch.pid = Some(pid);
                self.at += length;
                return Some(());
            }
            // What stands before a process number or colon in syslog.
            b'g' => {
                let length = tag_length(self.rest()?)?;
                self.add("n", self.at, self.rest()?.get(..length)?)?;
                self.at += length;
                return Some(());
            }
            _ => stamp::by(stamp_form(letter)?, rest)?,
        };
        self.catch.stamp = Some(stamp);
        self.at = self.text.len() - behind.len();
        Some(())
    }

    fn rest(&self) -> Option<&'l str> {
        self.text.get(self.at..)
    }
}

/// Returns the place of the next such mark of the patterns.
fn mark_at(from: usize, mark: u8) -> usize {
    from + ROWS.bytes().skip(from).take_while(|byte| *byte != mark).count()
}

/// Returns the name that goes from a place to a mark, and what stands behind the mark.
fn named(from: usize, mark: u8) -> (&'static str, usize) {
    let end = mark_at(from, mark);
    (ROWS.get(from..end).unwrap_or_default(), end + 1)
}

/// No text that has to follow a word is longer.
const LONGEST_BORDER: usize = 12;

/// Returns the text that has to follow a word whose pattern goes on at a place.
fn border(behind: usize) -> &'static str {
    let border = ROWS.get(behind..).unwrap_or_default().trim_start_matches(['>', '_']);
    let is_mark = |byte: u8| matches!(byte, b'%' | b'*' | b'{' | b'<' | b'>' | b'_' | b'\n');
    border.get(..border.bytes().position(is_mark).unwrap_or(border.len())).unwrap_or_default()
}

/// Reads a number without a sign, and its length.
fn number(text: &[u8]) -> Option<(i64, usize)> {
    const MOST_DIGITS: usize = 18;
    let (mut number, mut length) = (0, 0);
    for digit in text.iter().take(MOST_DIGITS).map(|byte| byte.wrapping_sub(b'0')).take_while(|digit| *digit <= 9) {
        number = number * 10 + i64::from(digit);
        length += 1;
    }
    let goes_on = text.get(length).is_some_and(u8::is_ascii_digit);
    (length > 0 && !goes_on).then_some((number, length))
}

/// Returns how far a text goes: to what follows it in the pattern, or at the line's end to that without its spaces.
fn text_length(text: &str, border: &str) -> Option<usize> {
    search::find(text, border).or_else(|| Some(text.strip_suffix(border.trim_end())?.len()))
}

/// Returns how far a word goes: to white space, or to the text that follows it in the pattern.
fn word_length(text: &str, border: &str) -> usize {
    let first = border.as_bytes().first();
    let ends = |(at, byte): (usize, &u8)| {
        byte.is_ascii_whitespace()
            || Some(byte) == first && text.as_bytes().get(at..).is_some_and(|rest| rest.starts_with(border.as_bytes()))
    };
    let at_end = || text.strip_suffix(border.trim_end()).map_or(text.len(), str::len);
    text.as_bytes().iter().enumerate().position(ends).unwrap_or_else(at_end)
}

/// Whether a word names a class or module, not something that a message begins with.
fn is_class(word: &str) -> bool {
    let inside = word.as_bytes().get(1..word.len().saturating_sub(1)).unwrap_or_default();
    let is_name = word.as_bytes().first().is_some_and(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'$'));
    word == "root" || word.starts_with("__") || is_name && inside.iter().any(|byte| matches!(byte, b'.' | b'$' | b':'))
}

/// Returns the length of a syslog tag (RFC 3164 section 4.1.3): up to a bracket or colon. Spaces are part of a name only in
/// front of a process number, as in `Google Chrome[35628]`, or of a version, as in `syslogd 1.4.1`.
fn tag_length(text: &str) -> Option<usize> {
    let length = text.bytes().position(|byte| matches!(byte, b'[' | b':'))?;
    let (tag, rest) = text.split_at_checked(length)?;
    let Some((_, last)) = search::rsplit_once(tag, " ") else { return Some(length) };
    let is_name = match rest.as_bytes() {
        [b'[', rest @ ..] => number(rest).is_some_and(|(_, length)| rest.get(length) == Some(&b']')),
        _ => last.as_bytes().first().is_some_and(u8::is_ascii_digit) && last.contains('.'),
    };
    is_name.then_some(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_text_behind_a_word_is_known() {
        let is_word = |behind: &usize| match ROWS.as_bytes().get(..*behind) {
            Some([.., b'%' | b'*', letter]) => b"ntkiw".contains(letter),
            Some([.., last]) => *last == b'}',
            _ => false,
        };
        let longest = (0..ROWS.len()).filter(is_word).map(|behind| border(behind).len()).max();

        assert!(longest <= Some(LONGEST_BORDER), "{longest:?}");
    }
}

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
//! | `%m` | the rest of the line, the message. What follows in the pattern stands inside it |
//!
//! The letters of words: `n` logger, `T` thread and logger with a colon between, `w` logger that must look like a class, `t` thread, `k` component, `i` job. A `{name}` becomes a field. Nothing is read twice:
//! a piece that is not there ends the try, so the time is linear in the line.

use super::header;
use crate::level::Level;
use crate::search;
use crate::stamp::{self, Stamp};

/// The formats of a family: a line for each, its name and the pattern of its header. One text is smaller than a table.
pub(super) type Rows = &'static str;

/// A format's name and a line of it.
pub(super) type Example = (&'static str, &'static str);

/// Returns the first format of some, its pattern, and the others.
pub(super) fn next_row(rows: Rows) -> Option<(&'static str, &'static str, Rows)> {
    let (name, rest) = stamp::split_at_byte(rows, b' ')?;
    let (pattern, others) = stamp::split_at_byte(rest, b'\n')?;
    Some((name, pattern, others))
}

/// The stamps that a letter stands for, as [`stamp::by`] reads them.
const STAMPS: Rows = "\
A d/b/Y:H:M:Sz
B Y-m-d-H.M.Sf
C a b e H:M:Sf Y
F Y.m.d
G md H:M:Sf
H ymd HMS
K y/m/d H:M:S
L m-d H:M:Sf
O Y/m/d H:M:Sf
P m.d H:M:S
Q Ymd-H:M:Sf
S b e H:M:Sf
";

/// A line, and what a pattern caught of it.
pub(super) struct Caught<'l> {
    text: &'l str,
    /// Where the next piece begins.
    at: usize,
    /// The date and time with which the line begins: many patterns ask for it.
    date_time: Option<(Stamp, usize)>,
    pub(super) stamp: Option<Stamp>,
    pub(super) level: Option<Level>,
    pub(super) pid: Option<i64>,
    /// The message.
    pub(super) message: &'l str,
    /// The words by the letters or names of their places.
    pub(super) words: Vec<(&'static str, &'l str)>,
}

impl<'l> Caught<'l> {
    /// Begins with a line of which nothing is caught.
    pub(super) fn new(text: &'l str) -> Self {
        let begins = text.as_bytes().first().is_some_and(u8::is_ascii_digit);
        let date_time = if begins { stamp::date_time(text) } else { None };
        Self {
            text,
            at: 0,
            date_time: date_time.map(|(stamp, rest)| (stamp, text.len() - rest.len())),
            stamp: None,
            level: None,
            pid: None,
            message: "",
            words: Vec::new(),
        }
    }

    /// Returns the line's first byte.
    pub(super) fn first(&self) -> Option<u8> {
        self.text.as_bytes().first().copied()
    }

    /// Returns whether there is a digit in the line.
    pub(super) fn has_digit(&self) -> bool {
        self.text.bytes().any(|byte| byte.is_ascii_digit())
    }

    /// Reads the line by a pattern; none where it is of another form.
    pub(super) fn read(&mut self, pattern: &'static str) -> Option<()> {
        self.words.clear();
        (self.at, self.stamp, self.level, self.pid) = (0, None, None, None);
        self.message = "";
        let mut next = 0;
        let mut may_skip = false;
        while let Some(mark) = pattern.as_bytes().get(next) {
            next += 1;
            match mark {
                b'_' => {
                    while self.peek() == Some(b' ') {
                        self.at += 1;
                    }
                }
                b'<' => {
                    may_skip = true;
                    continue;
                }
                b'>' => {}
                b'%' | b'*' | b'{' | b'=' => match self.piece(*mark, pattern, next) {
                    Some(behind) => next = behind,
                    None if may_skip => next = end_at(pattern, next, b'>').1,
                    None => return None,
                },
                _ if self.peek() == Some(*mark) => self.at += 1,
                _ if may_skip => next = end_at(pattern, next, b'>').1,
                // A message may be empty, and a line may have lost the spaces at its end.
                b' ' if self.peek().is_none() => {
                    return matches!(pattern.get(next..)?.trim_start_matches('_'), "%m").then_some(());
                }
                _ => return None,
            }
            may_skip = false;
        }
        (self.at == self.text.len()).then_some(())
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Reads the piece whose letter or name stands at `from` in the pattern. Returns where the pattern goes on.
    fn piece(&mut self, mark: u8, pattern: &'static str, from: usize) -> Option<usize> {
        let is_braced = mark == b'*' && pattern.as_bytes().get(from) == Some(&b'{');
        let from = from + usize::from(is_braced);
        let (name_end, behind) = match mark {
            b'{' => end_at(pattern, from, b'}'),
            b'=' => end_at(pattern, from, b'='),
            _ if is_braced => end_at(pattern, from, b'}'),
            _ => (from + 1, from + 1),
        };
        let name = pattern.get(from..name_end)?;
        let rest = self.text.get(self.at..)?;
        let letter = *name.as_bytes().first().unwrap_or(&b' ');
        let length = match mark {
            b'=' => {
                self.add("n", rest.get(..name.len()).filter(|word| *word == name)?)?;
                name.len()
            }
            b'%' if !matches!(letter, b'n' | b't' | b'k' | b'i' | b'w') => {
                self.one(name, rest, behind == pattern.len())?
            }
            _ => {
                let border = pattern.get(behind..).unwrap_or_default().trim_start_matches('>');
                let end = border.bytes().position(|byte| matches!(byte, b'%' | b'*' | b'{' | b'<' | b'>' | b'_'));
                let border = border.get(..end.unwrap_or(border.len()))?;
                let length = if mark == b'*' { search::find(rest, border)? } else { word_length(rest, border) };
                let word = rest.get(..length)?.trim_matches(' ');
                match name {
                    "w" => self.add("n", Some(word).filter(|word| is_class(word))?)?,
                    _ => self.add(name, word)?,
                }
                length
            }
        };
        self.at += length;
        Some(behind)
    }

    fn add(&mut self, name: &'static str, word: &'l str) -> Option<()> {
        if word.is_empty() {
            return None;
        }
        if name == "T" {
            let (thread, logger) = search::rsplit_once(word, ":")?;
            self.words.extend([("t", thread), ("n", logger)]);
        } else if name != "-" && word != "-" {
            self.words.push((name, word));
        }
        Some(())
    }

    /// Reads the piece that a letter stands for. Returns its length.
    fn one(&mut self, name: &str, rest: &'l str, is_last: bool) -> Option<usize> {
        let letter = *name.as_bytes().first()?;
        let (stamp, behind) = match letter {
            // A date and time; one that says its zone.
            b'd' | b'D' => {
                let (stamp, length) = match self.at {
                    0 => self.date_time?,
                    _ => stamp::date_time(rest).map(|(stamp, behind)| (stamp, rest.len() - behind.len()))?,
                };
                if letter == b'D' && !matches!(stamp, Stamp::Instant(_)) {
                    return None;
                }
                self.stamp = Some(stamp);
                return Some(length);
            }
            // A time, on the date before it if there is one.
            b'T' => {
                let (micros, rest) = stamp::time(rest)?;
                (self.stamp.and_then(|date| date.at(micros)).unwrap_or(Stamp::TimeOfDay(micros)), rest)
            }
            // A count since 1970.
            b'e' => {
                let length = word_length(rest, "");
                self.stamp = Some(Stamp::Instant(stamp::epoch(rest.get(..length)?)?));
                return Some(length);
            }
            // The zone of the stamp before it, if there is one.
            b'z' => {
                let Some((seconds, behind)) = stamp::zone(rest) else { return Some(0) };
                (self.stamp?.in_zone(seconds), behind)
            }
            // The message.
            b'm' => {
                self.message = rest;
                return Some(if is_last { rest.len() } else { 0 });
            }
            // The rest.
            b'r' => return Some(rest.len()),
            // A level; one spelled out in capitals.
            b'l' | b'U' => {
                let (behind, level) = header::level(rest).ok()?;
                let length = rest.len() - behind.len();
                let is_plain = |word: &str| word == level.as_str() || matches!(word, "WARN" | "FATAL");
                if letter == b'U' && !rest.get(..length).is_some_and(is_plain) {
                    return None;
                }
                self.level = Some(level);
                return Some(length);
            }
            // A level's initial, in front of a digit.
            b'q' => {
                self.level = Level::parse(rest.get(..1)?);
                return rest.as_bytes().get(1)?.is_ascii_digit().then_some(1);
            }
            // A process number; a dash for none.
            b'p' if rest.starts_with('-') => return Some(1),
            b'p' => {
                let (pid, length) = number(rest)?;
                self.pid = Some(pid);
                return Some(length);
            }
            // What stands before a process number or colon in syslog.
            b'g' => {
                let length = tag_length(rest)?;
                self.add("n", rest.get(..length)?)?;
                return Some(length);
            }
            _ => stamp::by(stamp::row(STAMPS, name)?, rest)?,
        };
        self.stamp = Some(stamp);
        Some(rest.len() - behind.len())
    }
}

/// Returns the place of the next such mark of a pattern and the one behind it.
fn end_at(pattern: &str, from: usize, mark: u8) -> (usize, usize) {
    let length = pattern.bytes().skip(from).take_while(|byte| *byte != mark).count();
    (from + length, from + length + 1)
}

/// Reads a number without a sign, and its length.
fn number(text: &str) -> Option<(i64, usize)> {
    const MOST_DIGITS: usize = 18;
    let length = text.bytes().take_while(u8::is_ascii_digit).count();
    let number =
        text.bytes().take(length).fold(0_i64, |number, digit| number.wrapping_mul(10) + i64::from(digit - b'0'));
    (1..=MOST_DIGITS).contains(&length).then_some((number, length))
}

/// Returns how far a word goes: to white space, or to the text that follows it in the pattern.
fn word_length(text: &str, border: &str) -> usize {
    let first = border.as_bytes().first();
    let ends = |(at, byte): (usize, &u8)| {
        byte.is_ascii_whitespace()
            || Some(byte) == first && text.as_bytes().get(at..).is_some_and(|rest| rest.starts_with(border.as_bytes()))
    };
    text.as_bytes().iter().enumerate().position(ends).unwrap_or(text.len())
}

/// Whether a word names a class or module, not something that a message begins with.
fn is_class(word: &str) -> bool {
    let inside = word.as_bytes().get(1..word.len().saturating_sub(1)).unwrap_or_default();
    word == "root" || word.starts_with("__") || inside.iter().any(|byte| matches!(byte, b'.' | b'$' | b':'))
}

/// Returns the length of a syslog tag (RFC 3164 section 4.1.3): up to a bracket or colon. Spaces are part of a name only in
/// front of a process number, as in `Google Chrome[35628]`.
fn tag_length(text: &str) -> Option<usize> {
    let length = text.bytes().position(|byte| matches!(byte, b'[' | b':'))?;
    let (tag, rest) = text.split_at_checked(length)?;
    let has_number = || {
        rest.get(1..)
            .is_some_and(|rest| number(rest).is_some_and(|(_, length)| rest.as_bytes().get(length) == Some(&b']')))
    };
    (!tag.contains(' ') || rest.starts_with('[') && has_number()).then_some(length)
}

/// Whether a line that a pattern takes can begin with a byte.
pub(super) const fn can_begin(pattern: &[u8], byte: u8) -> bool {
    let letter = byte.is_ascii_alphabetic();
    match pattern {
        // What may be left out, or what follows it.
        [b'<', first @ ..] => {
            let mut behind: &[u8] = first;
            while let [mark, rest @ ..] = behind {
                behind = rest;
                if *mark == b'>' {
                    break;
                }
            }
            can_begin(first, byte) || can_begin(behind, byte)
        }
        [b'%', b'C' | b'N' | b'S' | b'U' | b'q', ..] => byte.is_ascii_uppercase(),
        [b'%', b'l', ..] => letter,
        [b'%', b'n' | b't' | b'k' | b'i' | b'g', ..] | [b'{' | b'*', ..] => {
            byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'/' | b'.' | b':' | b'_')
        }
        [b'%', ..] => byte.is_ascii_digit(),
        [mark, ..] => *mark == byte,
        [] => false,
    }
}

/// Whether every line that a pattern takes has a digit: a stamp has some, where it may not be left out.
pub(super) const fn needs_digit(pattern: &[u8]) -> bool {
    let mut rest = pattern;
    let mut may_be_missing = false;
    while let [mark, behind @ ..] = rest {
        match (*mark, behind) {
            (b'\n', _) => return false,
            (b'<', _) => may_be_missing = true,
            (b'>', _) => may_be_missing = false,
            (b'%', [b'd' | b'e' | b'A'..=b'T', ..]) if !may_be_missing => return true,
            _ => {}
        }
        rest = behind;
    }
    false
}

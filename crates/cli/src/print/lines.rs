//! The lines that some records of one log become. Each thread that reads makes its own; the printer joins them.

use std::borrow::Cow;
use std::sync::{Mutex, PoisonError};

use jobtrail_core::Record;

/// Text of records that follow each other, with gaps for what only those before them decide.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    pub(super) text: String,
    /// In place of text: the records themselves, where a screen makes the lines, each by those before it.
    pub(super) records: Vec<(String, Record<'static>)>,
    gaps: Vec<Gap>,
    has: Columns,
    /// Room to make a record's text in.
    pub(super) scratch: String,
}

/// Which columns of the text form some line had so far. Lines that lack one leave room for it from then on.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Columns {
    pub(super) time: bool,
    pub(super) level: bool,
}

/// A place in the text where something goes in.
#[derive(Debug)]
struct Gap {
    at: usize,
    missing: Missing,
}

#[derive(Debug)]
enum Missing {
    /// Room of so many cells, if a line before had a time.
    Time(usize),
    /// Room of so many cells, if a line before had a level.
    Level(usize),
    /// In place of this number of a line, which stands there, one that counts the lines before the part too.
    Line(u64),
}

const ROOM: &str = "                                ";

impl Lines {
    /// Begins anew.
    pub(crate) fn clear(&mut self) {
        self.text.clear();
        self.records.clear();
        self.gaps.clear();
        self.has = Columns::default();
    }

    /// Puts something else in place of the text from a byte on.
    pub(super) fn change(&mut self, from: usize, into: impl FnOnce(&str) -> String) {
        let changed = into(self.text.get(from..).unwrap_or_default());
        self.text.truncate(from);
        self.text.push_str(&changed);
    }

    /// Whether the text is what is printed of a part behind so many lines of its log.
    pub(super) fn is_whole(&self, lines_before: u64) -> bool {
        lines_before == 0 && self.gaps.iter().all(|gap| matches!(gap.missing, Missing::Line(_)))
    }

    /// Notes that the line at the end of the text has a time.
    pub(super) fn has_time(&mut self) {
        self.has.time = true;
    }

    /// Notes that the line at the end of the text has a level.
    pub(super) fn has_level(&mut self) {
        self.has.level = true;
    }

    /// Leaves the room of a time, of so many cells.
    pub(super) fn leave_time(&mut self, cells: usize) {
        if self.has.time { self.leave(cells) } else { self.miss(Missing::Time(cells)) }
    }

    /// Leaves the room of a level, of so many cells.
    pub(super) fn leave_level(&mut self, cells: usize) {
        if self.has.level { self.leave(cells) } else { self.miss(Missing::Level(cells)) }
    }

    /// Notes that so many bytes before the end of the text the number of a line ends, which is counted from where the part of
    /// its log begins.
    pub(super) fn counts_on(&mut self, line: u64, bytes_behind: usize) {
        let at = self.text.len().saturating_sub(bytes_behind + digits(line));
        self.gaps.push(Gap { at, missing: Missing::Line(line) });
    }

    /// Takes the spaces away that the last line, which begins at `from`, ends with.
    pub(super) fn trim_end(&mut self, from: usize) {
        let end = self.text.get(from..).map_or(from, |line| from + line.trim_end_matches(' ').len());
        self.text.truncate(end);
        while self.gaps.last().is_some_and(|gap| gap.at >= end) {
            self.gaps.pop();
        }
    }

    /// Appends the text to `out`, its gaps filled by what came before it; `seen` learns of its own columns.
    pub(super) fn join(&self, lines_before: u64, seen: &mut Columns, out: &mut String) {
        let mut copied = 0;
        for gap in &self.gaps {
            out.push_str(self.text.get(copied..gap.at).unwrap_or_default());
            copied = gap.at;
            match gap.missing {
                Missing::Time(cells) if seen.time => leave(cells, out),
                Missing::Level(cells) if seen.level => leave(cells, out),
                Missing::Time(_) | Missing::Level(_) => {}
                Missing::Line(line) => {
                    push_number(line + lines_before, out);
                    copied += digits(line);
                }
            }
        }
        out.push_str(self.text.get(copied..).unwrap_or_default());
        self.note(seen);
    }

    /// Returns the text of a form in which only numbers of lines depend on what came before.
    pub(crate) fn joined(&self, lines_before: u64) -> Cow<'_, str> {
        if self.is_whole(lines_before) {
            return Cow::Borrowed(&self.text);
        }
        let mut joined = String::with_capacity(self.text.len() + 8 * self.gaps.len());
        self.join(lines_before, &mut Columns::default(), &mut joined);
        Cow::Owned(joined)
    }

    /// How many bytes there are.
    pub(crate) fn len(&self) -> usize {
        self.text.len()
    }

    /// Tells `seen` of the text's own columns.
    pub(super) fn note(&self, seen: &mut Columns) {
        seen.time |= self.has.time;
        seen.level |= self.has.level;
    }

    fn leave(&mut self, cells: usize) {
        leave(cells, &mut self.text);
    }

    fn miss(&mut self, missing: Missing) {
        self.gaps.push(Gap { at: self.text.len(), missing });
    }
}

/// Lines that have been printed, to be used again by any thread.
#[derive(Debug, Default)]
pub(crate) struct Printed(Mutex<Vec<Lines>>);

impl Printed {
    /// Returns empty lines.
    pub(crate) fn take(&self) -> Lines {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default()
    }

    /// Keeps lines that are not needed any more.
    pub(crate) fn put_back(&self, mut lines: Lines) {
        lines.clear();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(lines);
    }
}

fn leave(cells: usize, out: &mut String) {
    out.push_str(ROOM.get(..cells).unwrap_or(ROOM));
}

/// Returns how many digits a number has.
pub(super) fn digits(number: u64) -> usize {
    number.checked_ilog10().map_or(1, |log| log as usize + 1)
}

/// Appends a number's digits.
pub(super) fn push_number(number: u64, out: &mut String) {
    let mut digits = [b'0'; 20];
    let mut rest = number;
    let mut begin = digits.len();
    for (at, digit) in digits.iter_mut().enumerate().rev() {
        *digit += u8::try_from(rest % 10).unwrap_or_default();
        rest /= 10;
        begin = at;
        if rest == 0 {
            break;
        }
    }
    out.push_str(digits.get(begin..).and_then(|digits| str::from_utf8(digits).ok()).unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_left_once_a_line_before_had_what_is_lacking() {
        let mut early = Lines::default();
        early.leave_time(3);
        early.text.push_str("a\n");
        let mut late = Lines::default();
        late.leave_level(2);
        late.text.push_str("b\n");
        late.has_time();
        late.leave_time(3);
        late.text.push_str("c\n");

        let mut joined = String::new();
        let mut seen = Columns::default();
        for lines in [&early, &late, &early, &late] {
            lines.join(0, &mut seen, &mut joined);
        }

        assert_eq!("a\nb\n   c\n   a\nb\n   c\n", joined);
    }

    #[test]
    fn lines_are_counted_on_and_a_line_of_nothing_but_room_is_empty() {
        let mut lines = Lines::default();
        lines.text.push_str("7 x\n");
        lines.counts_on(7, " x\n".len());
        let begin = lines.text.len();
        lines.leave_time(3);
        lines.text.push_str("  ");
        lines.trim_end(begin);
        lines.text.push('\n');

        let mut joined = String::new();
        lines.join(100, &mut Columns { time: true, level: true }, &mut joined);

        assert_eq!("107 x\n\n", joined);
    }

    #[test]
    fn numbers_are_written_as_the_standard_library_writes_them() {
        for number in [0, 9, 10, 12_345, u64::MAX] {
            let mut text = String::new();
            push_number(number, &mut text);

            assert_eq!(number.to_string(), text);
            assert_eq!(text.len(), digits(number));
        }
    }
}

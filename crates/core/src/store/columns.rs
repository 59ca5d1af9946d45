//! The columns of a segment: what filters and counts ask for, in a few bytes a record, without its text.

use crate::level::Level;
use crate::timestamp::Timestamp;

use super::packed::{Packed, arrived, distance};
use crate::names::Place;

/// The columns that hold names.
pub(super) const NAMED: usize = 5;

/// What is kept of one record beside its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Row {
    /// Which stretch of which source it stands in.
    pub(super) origin: u32,
    /// Bytes from the beginning of the stretch.
    pub(super) offset: u32,
    /// Lines from the beginning of the stretch.
    pub(super) line: u32,
    /// The time it has or carries.
    pub(super) carried: Option<Timestamp>,
    /// Whether that time is its own.
    pub(super) is_dated: bool,
    pub(super) level: Option<Level>,
    /// In the order of [`super::Facet::NAMED`].
    pub(super) names: [Place; NAMED],
}

/// Columns of the records of one segment.
#[derive(Clone, Debug, Default)]
pub(super) struct Columns {
    /// Microseconds; [`NO_TIME`] where none is known.
    times: Vec<i64>,
    /// Where each record's text ends in the segment.
    ends: Vec<u32>,
    /// A level, and whether the time is the record's own.
    marks: Vec<u8>,
    origins: Packed,
    offsets: Packed,
    lines: Packed,
    names: [Packed; NAMED],
    /// Offset and line of the first record. Those of the others are kept as how far they are from where they would be
    /// if every record were one line, shown as it stands: mostly nowhere.
    first: (u32, u32),
}

const NO_TIME: i64 = i64::MIN;
const LEVEL: u8 = 0b0111;
const DATED: u8 = 0b1000;
/// A record's beginning that was kept anew, longer, behind others.
const OUTGROWN: u8 = 0b1_0000;

impl Columns {
    /// Returns empty columns with room for as many records.
    pub(super) fn with_capacity(rows: usize) -> Self {
        Self {
            times: Vec::with_capacity(rows),
            ends: Vec::with_capacity(rows),
            marks: Vec::with_capacity(rows),
            ..Self::default()
        }
    }

    pub(super) fn len(&self) -> usize {
        self.marks.len()
    }

    /// Adds a record whose text ends at `end`.
    pub(super) fn push(&mut self, row: &Row, end: u32) {
        if self.marks.is_empty() {
            self.first = (row.offset, row.line);
        }
        let (offset, line) = self.expected(self.len());
        self.offsets.push(distance(row.offset, offset));
        self.lines.push(distance(row.line, line));
        self.origins.push(row.origin);
        for (column, place) in self.names.iter_mut().zip(row.names) {
            column.push(place);
        }
        self.times.push(row.carried.map_or(NO_TIME, Timestamp::as_micros));
        self.marks.push(row.level.map_or(LEVEL, |level| level as u8) | if row.is_dated { DATED } else { 0 });
        self.ends.push(end);
    }

    /// Takes the last record away.
    pub(super) fn pop(&mut self) {
        self.times.pop();
        self.marks.pop();
        self.ends.pop();
        for column in [&mut self.origins, &mut self.offsets, &mut self.lines].into_iter().chain(&mut self.names) {
            column.pop();
        }
    }

    /// Returns what is kept of a record.
    pub(super) fn row(&self, index: usize) -> Row {
        let (offset, line) = self.expected(index);
        Row {
            origin: self.origins.get(index),
            offset: arrived(offset, self.offsets.get(index)),
            line: arrived(line, self.lines.get(index)),
            carried: self.carried(index),
            is_dated: self.is_dated(index),
            level: self.level(index),
            names: [0, 1, 2, 3, 4].map(|column| self.name(column, index)),
        }
    }

    pub(super) fn carried(&self, index: usize) -> Option<Timestamp> {
        Some(self.micros(index)).filter(|&micros| micros != NO_TIME).map(Timestamp::from_micros)
    }

    /// Returns the time as what it is sorted by: records without one come first.
    pub(super) fn micros(&self, index: usize) -> i64 {
        self.times.get(index).copied().unwrap_or(NO_TIME)
    }

    /// Returns whether the time is the record's own.
    pub(super) fn is_dated(&self, index: usize) -> bool {
        self.mark(index) & DATED != 0
    }

    pub(super) fn level(&self, index: usize) -> Option<Level> {
        Level::ALL.get(self.level_place(index)).copied()
    }

    /// Returns the level as its place in [`Level::ALL`]; the place behind them where there is none.
    pub(super) fn level_place(&self, index: usize) -> usize {
        usize::from(self.mark(index) & LEVEL).min(Level::ALL.len())
    }

    /// Returns the place of the name that a record has in a column.
    pub(super) fn name(&self, column: usize, index: usize) -> Place {
        self.names.get(column).map_or(0, |places| places.get(index))
    }

    /// Returns whether this is a record's beginning, of which more came.
    pub(super) fn is_outgrown(&self, index: usize) -> bool {
        self.mark(index) & OUTGROWN != 0
    }

    /// Says that more of a record came and is kept elsewhere.
    pub(super) fn outgrow(&mut self, index: usize) {
        if let Some(mark) = self.marks.get_mut(index) {
            *mark |= OUTGROWN;
        }
    }

    /// Gives each record of a column the place that `new` gives for its old one.
    pub(super) fn rename(&mut self, column: usize, new: &mut dyn FnMut(Place) -> Place) {
        if let Some(places) = self.names.get_mut(column) {
            *places = places.mapped(new);
        }
    }

    /// Returns where in the segment's text a record stands.
    pub(super) fn text(&self, index: usize) -> (usize, usize) {
        let end = |index: usize| self.ends.get(index).map_or(0, |&end| end as usize);
        (index.checked_sub(1).map_or(0, end), end(index))
    }

    /// Gives memory back that no record needs; nothing is expected to be added any more.
    pub(super) fn shrink(&mut self) {
        self.times.shrink_to_fit();
        self.ends.shrink_to_fit();
        self.marks.shrink_to_fit();
        for column in [&mut self.origins, &mut self.offsets, &mut self.lines].into_iter().chain(&mut self.names) {
            column.shrink();
        }
    }

    /// Returns the bytes of memory that are held.
    pub(super) fn size_bytes(&self) -> usize {
        let wide = self.times.capacity() * size_of::<i64>() + self.ends.capacity() * size_of::<u32>();
        let packed = [&self.origins, &self.offsets, &self.lines].into_iter().chain(&self.names);
        wide + self.marks.capacity() + packed.map(Packed::size_bytes).sum::<usize>()
    }

    fn mark(&self, index: usize) -> u8 {
        self.marks.get(index).copied().unwrap_or(LEVEL)
    }

    /// Returns the offset and line of a record before which all were one line each, shown as it stands.
    #[expect(clippy::cast_possible_truncation, reason = "distances are counted round the end of the numbers")]
    fn expected(&self, index: usize) -> (u32, u32) {
        let (start, _) = self.text(index);
        let (offset, line) = self.first;
        (offset.wrapping_add((start + index) as u32), line.wrapping_add(index as u32))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_records_shown_as_they_stand_take_thirteen_bytes() {
        let mut columns = Columns::default();
        let row = Row {
            origin: 3,
            offset: 900,
            line: 7,
            carried: Some(Timestamp::from_micros(5)),
            is_dated: true,
            level: Some(Level::Error),
            names: [1, 0, 2, 0, 0],
        };
        for i in 0..100 {
            columns.push(&Row { offset: row.offset + 41 * i, line: row.line + i, ..row }, 40 * (i + 1));
        }
        columns.shrink();

        assert_eq!(1300, columns.size_bytes());
        assert_eq!(Row { offset: 900 + 41 * 99, line: 7 + 99, ..row }, columns.row(99));
        assert_eq!((3960, 4000), columns.text(99));
    }
}

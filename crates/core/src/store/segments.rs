//! Segments: the text of records in pieces that are allocated once and never moved, each with its columns.

use super::columns::{Columns, Row};

/// A full segment's text. One text in one growing piece would hold twice its size while it moves.
const MAX_BYTES: usize = 4 * 1024 * 1024;
/// The first segment's text: a short log takes little.
const MIN_BYTES: usize = 64 * 1024;

/// Some records that came one after the other.
#[derive(Clone, Debug, Default)]
pub(super) struct Segment {
    /// The row number of its first record.
    first_row: usize,
    text: String,
    pub(super) columns: Columns,
}

impl Segment {
    /// Returns the text of a record.
    pub(super) fn text(&self, index: usize) -> &str {
        let (start, end) = self.columns.text(index);
        self.text.get(start..end).unwrap_or_default()
    }

    /// Returns the texts of all records, one behind the other with nothing between.
    pub(super) fn all_text(&self) -> &[u8] {
        self.text.as_bytes()
    }

    /// Returns each record's row number and its place in the columns.
    pub(super) fn rows(&self) -> impl Iterator<Item = (usize, usize)> + use<> {
        let first_row = self.first_row;
        (0..self.columns.len()).map(move |index| (first_row + index, index))
    }

    fn size_bytes(&self) -> usize {
        self.text.capacity() + self.columns.size_bytes()
    }
}

/// All segments, oldest first.
#[derive(Clone, Debug)]
pub(super) struct Segments {
    all: Vec<Segment>,
    /// The room for text that a segment has at most, but for a longer record.
    max_bytes: usize,
    /// The row number of the next record.
    next_row: usize,
    /// How many of the rows are beginnings of records that are kept elsewhere.
    outgrown: usize,
}

impl Default for Segments {
    fn default() -> Self {
        Self { all: Vec::new(), max_bytes: MAX_BYTES, next_row: 0, outgrown: 0 }
    }
}

impl Segments {
    /// Chooses segments small enough that dropping one of them leaves most of `max_bytes`.
    pub(super) fn limit(&mut self, max_bytes: usize) {
        const FEWEST: usize = 8;
        self.max_bytes = (max_bytes / FEWEST).clamp(MIN_BYTES, MAX_BYTES);
    }

    /// Adds a record. Returns its row number.
    pub(super) fn push(&mut self, row: &Row, text: &str) -> usize {
        // A record of 4 GiB is no record that anyone reads: what is over is not kept.
        let text = text.get(..text.floor_char_boundary(u32::MAX as usize)).unwrap_or_default();
        let has_room = |last: &Segment| last.text.capacity() - last.text.len() >= text.len();
        if !self.all.last().is_some_and(has_room) {
            self.begin_segment(text.len());
        }
        if let Some(last) = self.all.last_mut() {
            last.text.push_str(text);
            last.columns.push(row, u32::try_from(last.text.len()).unwrap_or(u32::MAX));
        }
        self.next_row += 1;
        self.next_row - 1
    }

    fn begin_segment(&mut self, text_bytes: usize) {
        let mut capacity = MIN_BYTES;
        let mut rows = 0;
        if let Some(full) = self.all.last_mut() {
            capacity = (full.text.capacity() * 2).clamp(MIN_BYTES, self.max_bytes);
            // About as many records for each byte as in the last one, and some more.
            rows = full.columns.len() * capacity.div_ceil(full.text.capacity().max(1)) / 8 * 9;
            full.columns.shrink();
        }
        self.all.pop_if(|last| last.columns.len() == 0); // its only record outgrew it
        self.all.push(Segment {
            first_row: self.next_row,
            text: String::with_capacity(capacity.max(text_bytes)),
            columns: Columns::with_capacity(rows),
        });
    }

    /// Keeps a record anew, more of it having come. Returns its row number: the same where it is the last one, else it
    /// moves behind all others, and its beginning stays for those that hold its old number.
    pub(super) fn replace(&mut self, number: usize, row: &Row, text: &str) -> usize {
        if number + 1 != self.next_row {
            if let Some((segment, index)) = self.locate_mut(number) {
                segment.columns.outgrow(index);
                self.outgrown += 1;
            }
            return self.push(row, text);
        }
        if let Some((segment, index)) = self.locate_mut(number) {
            let (start, _) = segment.columns.text(index);
            segment.text.truncate(start);
            segment.columns.pop();
            self.next_row -= 1;
        }
        self.push(row, text)
    }

    /// Returns the segment and the place in it of a row; none where it was dropped, or is not there yet.
    pub(super) fn locate(&self, number: usize) -> Option<(&Segment, usize)> {
        let segment = self.all.get(self.segment_of(number)?)?;
        Some((segment, number - segment.first_row))
    }

    fn locate_mut(&mut self, number: usize) -> Option<(&mut Segment, usize)> {
        let index = self.segment_of(number)?;
        let segment = self.all.get_mut(index)?;
        let index = number - segment.first_row;
        Some((segment, index))
    }

    fn segment_of(&self, number: usize) -> Option<usize> {
        let index = self.all.partition_point(|segment| segment.first_row <= number).checked_sub(1)?;
        (number < self.next_row).then_some(index)
    }

    /// Returns each segment, oldest first.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Segment> {
        self.all.iter()
    }

    /// Gives each row that is there of those asked for, with its segment and place. Fast where neighbours are asked for
    /// one after the other.
    pub(super) fn walk<'s>(&'s self, numbers: &[usize], give: &mut dyn FnMut(&'s Segment, usize)) {
        let mut near: Option<&Segment> = None;
        for &number in numbers {
            let index =
                |segment: &Segment| number.checked_sub(segment.first_row).filter(|&i| i < segment.columns.len());
            if near.is_none_or(|segment| index(segment).is_none()) {
                near = self.locate(number).map(|(segment, _)| segment);
            }
            if let Some((segment, index)) = near.and_then(|segment| Some((segment, index(segment)?))) {
                give(segment, index);
            }
        }
    }

    /// Returns how many records there are.
    pub(super) fn len(&self) -> usize {
        self.next_row - self.first_row() - self.outgrown
    }

    /// Returns the row number of the oldest record.
    pub(super) fn first_row(&self) -> usize {
        self.all.first().map_or(self.next_row, |oldest| oldest.first_row)
    }

    /// Drops the oldest segment, unless it is the last one. Returns whether it did.
    pub(super) fn drop_oldest(&mut self) -> bool {
        if self.all.len() < 2 {
            return false;
        }
        let oldest = self.all.remove(0);
        self.outgrown -= oldest.rows().filter(|&(_, index)| oldest.columns.is_outgrown(index)).count();
        true
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Segment> {
        self.all.iter_mut()
    }

    /// Returns the bytes of memory that are held.
    pub(super) fn size_bytes(&self) -> usize {
        self.all.iter().map(Segment::size_bytes).sum()
    }
}

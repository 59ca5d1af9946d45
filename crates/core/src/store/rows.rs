//! Which records a filter selects.

use std::borrow::Cow;

use super::segments::Segment;
use super::{Facet, LogStore};
use crate::query::Filter;
use crate::record::Record;

/// The rows that a filter selected, in the order in which they are shown.
///
/// It stays good while its store grows. Rows whose records the store has dropped since are passed over by everything
/// that takes a selection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rows(pub(super) Vec<usize>);

impl Rows {
    /// Returns how many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the store's row number at a place of this selection. Numbers are never given twice.
    pub fn get(&self, place: usize) -> Option<usize> {
        self.0.get(place).copied()
    }

    /// Returns the rows from a place on, as many as there are.
    pub(super) fn slice(&self, start: usize, count: usize) -> &[usize] {
        let rest = self.0.get(start..).unwrap_or_default();
        rest.get(..count).unwrap_or(rest)
    }
}

impl LogStore {
    /// Returns the rows whose records match, in the order of their source, or of time where there are several.
    pub fn select(&self, filter: &Filter) -> Rows {
        let mut rows = Vec::with_capacity(self.len());
        let mut record = Record::default();
        let reads = filter.reads();
        for segment in self.segments.iter() {
            for (number, index) in segment.rows().filter(|&(_, index)| !segment.columns.is_outgrown(index)) {
                if reads.record {
                    record = self.record(&segment.columns.row(index), segment.text(index));
                } else {
                    self.fill_columns(&mut record, segment, index, reads.names);
                    if reads.text {
                        record.text = Cow::Borrowed(segment.text(index));
                    }
                }
                if filter.matches(&record) {
                    rows.push(number);
                }
            }
        }
        if self.sources.len() > 1 {
            self.sort_by_time(&mut rows);
        }
        rows.shrink_to_fit();
        Rows(rows)
    }

    /// Puts what the columns know into a record: enough for most filters, and many times faster than reading its text.
    fn fill_columns<'s>(&'s self, record: &mut Record<'s>, segment: &Segment, index: usize, with_names: bool) {
        let columns = &segment.columns;
        record.carried = columns.carried(index);
        record.timestamp = record.carried.filter(|_| columns.is_dated(index));
        record.level = columns.level(index);
        if with_names {
            for (column, (facet, names)) in Facet::NAMED.into_iter().zip(&self.names).enumerate() {
                facet.set_name(record, names.get(columns.name(column, index)).map(Cow::Borrowed));
            }
        }
    }

    fn sort_by_time(&self, rows: &mut [usize]) {
        // By time, and by row where times are equal.
        let mut keys: Vec<(i64, usize)> = Vec::with_capacity(rows.len());
        let mut numbers = rows.iter();
        self.segments.walk(rows, &mut |segment, index| {
            if let Some(number) = numbers.next() {
                keys.push((segment.columns.micros(index), *number));
            }
        });
        keys.sort_unstable();
        for (row, (_, number)) in rows.iter_mut().zip(keys) {
            *row = number;
        }
    }
}

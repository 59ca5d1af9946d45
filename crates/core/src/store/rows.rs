//! Which records a filter selects.

use std::borrow::Cow;
use std::mem;

use super::columns::NAMED;
use super::segments::Segment;
use super::{Facet, LogStore};
use crate::merge::merge;
use crate::names::Place;
use crate::query::Filter;
use crate::record::Record;
use crate::search::Finder;

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
        let mut shown = [0; NAMED];
        let reads = filter.reads();
        let mut search = if reads.text || reads.record { Search::new(filter) } else { Search::default() };
        for segment in self.segments.iter() {
            search.begin();
            for (number, index) in segment.rows().filter(|&(_, index)| !segment.columns.is_outgrown(index)) {
                if search.passes_over(segment, index) {
                    continue;
                }
                if reads.record {
                    record = self.record(&segment.columns.row(index), segment.text(index));
                } else {
                    self.fill_columns(&mut record, segment, index, reads.names.then_some(&mut shown));
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
    /// `shown` says which names the record has already.
    fn fill_columns<'s>(
        &'s self,
        record: &mut Record<'s>,
        segment: &Segment,
        index: usize,
        shown: Option<&mut [Place; NAMED]>,
    ) {
        let columns = &segment.columns;
        record.carried = columns.carried(index);
        record.timestamp = record.carried.filter(|_| columns.is_dated(index));
        record.level = columns.level(index);
        let Some(shown) = shown else { return };
        for (column, (shown, names)) in shown.iter_mut().zip(&self.names).enumerate() {
            let place = columns.name(column, index);
            if place != *shown {
                *shown = place;
                if let Some(facet) = Facet::NAMED.get(column) {
                    facet.set_name(record, names.get(place).map(Cow::Borrowed));
                }
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
        sort(&mut keys);
        for (row, (_, number)) in rows.iter_mut().zip(keys) {
            *row = number;
        }
    }
}

/// Sorts places by a number, and by place where numbers are equal. Merges the runs that are in order already: records
/// come mostly by time.
pub(super) fn sort(keys: &mut Vec<(i64, usize)>) {
    let mut runs: Vec<usize> = keys.chunk_by(|one, next| one <= next).map(<[_]>::len).collect();
    let mut from = Vec::new();
    while runs.len() > 1 {
        mem::swap(keys, &mut from);
        keys.clear();
        let mut rest = from.as_slice();
        let mut take = |length: usize| {
            let (run, behind) = rest.split_at_checked(length).unwrap_or((rest, &[]));
            rest = behind;
            run
        };
        let mut merge_two = |pair: &[usize]| {
            let mut next = pair.iter().map(|length| take(*length));
            merge(next.next().unwrap_or_default(), next.next().unwrap_or_default(), |one, other| one < other, keys);
            pair.iter().sum()
        };
        runs = runs.chunks(2).map(&mut merge_two).collect();
    }
}

/// Looks for what matching records must hold in a segment's whole text at once: much faster than in each record's.
#[derive(Default)]
struct Search {
    /// Each text with the next place where it may stand in the segment; what stands there is not known yet where that is
    /// before the record that is looked at.
    texts: Vec<(Finder, usize)>,
}

impl Search {
    /// Takes what is known of the filter's matches; where nothing is, none is passed over.
    fn new(filter: &Filter) -> Self {
        let needs = filter.needs().filter(|needs| needs.levels.is_empty()).unwrap_or_default();
        // Texts of neighbours touch: nothing says whether a word ends where its record does.
        Self { texts: needs.texts.iter().map(|raw| (Finder::new(&raw.text), 0)).collect() }
    }

    /// Says that the records of another segment come.
    fn begin(&mut self) {
        for (_, next) in &mut self.texts {
            *next = 0;
        }
    }

    /// Whether a record holds none of the texts. Records are asked for in their order.
    fn passes_over(&mut self, segment: &Segment, index: usize) -> bool {
        if self.texts.is_empty() {
            return false;
        }
        let (start, end) = segment.columns.text(index);
        let all = segment.all_text();
        self.texts.iter_mut().all(|(finder, next)| {
            if *next < start || start == 0 {
                *next = finder.find(all, start).unwrap_or(usize::MAX);
            }
            *next >= end
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_sorted_however_many_runs_they_are() {
        let mut random = 1_u64;
        for count in [0, 1, 2, 3, 5, 8, 100, 1000] {
            for values in [1, 2, 10, 1_000_000] {
                let mut next = || {
                    random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    i64::try_from(random >> 33).unwrap() % values
                };
                let mut keys: Vec<(i64, usize)> = (0..count).map(|place| (next(), place)).collect();
                let mut expected = keys.clone();
                expected.sort_unstable();

                sort(&mut keys);

                assert_eq!(expected, keys);
            }
        }
    }
}

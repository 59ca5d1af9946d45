//! Columns that line up without taking more room than the last records needed.

/// The width of one column.
#[derive(Debug)]
pub(super) struct Column {
    width: usize,
    most: usize,
    is_fixed: bool,
    /// The widest value since the width was last looked at, and how many records that were.
    recent: usize,
    records: usize,
}

/// After so many records in which a column had room to spare, it is made narrower.
const MEMORY: usize = 20;

impl Column {
    /// A column without room; wider values than `most` stand out of it.
    pub(super) fn new(most: usize) -> Self {
        Self { width: 0, most, is_fixed: false, recent: 0, records: 0 }
    }

    /// A column that is as wide as it may be from its first value on.
    pub(super) fn fixed(width: usize) -> Self {
        Self { is_fixed: true, ..Self::new(width) }
    }

    /// Takes a record's value of so many cells, 0 for none, and returns how many spaces fill the column up behind it.
    pub(super) fn fill(&mut self, cells: usize) -> usize {
        let wanted = if self.is_fixed && cells > 0 { self.most } else { cells.min(self.most) };
        self.recent = self.recent.max(wanted);
        self.records += 1;
        if wanted >= self.width || self.records >= MEMORY {
            self.width = self.recent;
            self.recent = 0;
            self.records = 0;
        }
        self.width.saturating_sub(cells)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_as_wide_as_its_last_values_and_gone_when_there_are_none() {
        let mut column = Column::new(10);

        assert_eq!([0, 0, 3, 8, 0], [0, 8, 5, 0, 12].map(|cells| column.fill(cells)));
        assert_eq!(10, column.fill(0));
        for _ in 0..2 * MEMORY {
            column.fill(0);
        }
        assert_eq!(0, column.fill(0));
        let mut column = Column::fixed(8);
        assert_eq!([0, 3, 8, 0], [0, 5, 0, 8].map(|cells| column.fill(cells)));
    }
}

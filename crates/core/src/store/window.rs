//! Records of a selection as text: the wire form or the log's own.

use super::LogStore;
use super::columns::Row;
use super::rows::Rows;
use crate::engine;
use crate::record::Record;
use crate::wire;

impl LogStore {
    /// Returns `count` records of a selection from its place `start` on, as one JSON array; fewer at its end, and where
    /// records were dropped.
    pub fn window(&self, rows: &Rows, start: usize, count: usize) -> String {
        let mut json = String::from("[");
        self.segments.walk(rows.slice(start, count), &mut |segment, index| {
            if json.len() > 1 {
                json.push(',');
            }
            let row = segment.columns.row(index);
            let origin = self.origins.get(row.origin as usize);
            let source = origin.and_then(|origin| self.sources.get(origin.source)?.name.as_deref());
            wire::write_json(&self.record(&row, segment.text(index)), source, &mut json);
        });
        json.push(']');
        json
    }

    /// Returns the text of `count` records of a selection from its place `start` on, each with a line feed at its end.
    pub fn text(&self, rows: &Rows, start: usize, count: usize) -> String {
        let mut text = String::new();
        self.segments.walk(rows.slice(start, count), &mut |segment, index| {
            text.push_str(segment.text(index).trim_end_matches('\n'));
            text.push('\n');
        });
        text
    }

    /// Returns the record that reading gave: read again from its text, what came from outside the text put back.
    pub(super) fn record<'s>(&'s self, row: &Row, text: &'s str) -> Record<'s> {
        let mut record = engine::read_text(text, &self.options.job_types);
        record.carried = row.carried;
        record.level = row.level;
        record.timestamp = row.carried.filter(|_| row.is_dated);
        if let Some(origin) = self.origins.get(row.origin as usize) {
            record.offset = origin.offset + u64::from(row.offset);
            record.line = origin.line.map(|line| line + u64::from(row.line));
        }
        record
    }
}

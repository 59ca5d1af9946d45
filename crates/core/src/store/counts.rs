//! Counts of a selection, by its columns: levels and facets. No text is read.

use std::borrow::Cow;

use super::LogStore;
use super::columns::NAMED;
use super::rows::{Rows, sort};
use crate::level::Level;
use crate::names::Names;
use crate::record::Record;
use crate::scan;

/// How many counts there are by level: one each, and one of the records without.
pub(super) const LEVELS: usize = Level::ALL.len() + 1;

/// What records can be counted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Facet {
    /// The level's name.
    Level,
    /// The name inside the process.
    Logger,
    /// The process or service.
    Component,
    /// The job.
    Job,
    /// The user.
    User,
    /// The project.
    Project,
}

impl Facet {
    /// Every facet.
    pub const ALL: [Facet; 6] =
        [Facet::Level, Facet::Logger, Facet::Component, Facet::Job, Facet::User, Facet::Project];

    /// Those whose values are names, in the order of the store's columns.
    pub(super) const NAMED: [Facet; NAMED] = [Facet::Job, Facet::Logger, Facet::Component, Facet::User, Facet::Project];

    /// Returns the facet that goes by a record's key: `level`, `logger`, `component`, `job_id`, `user_id`, `project_id`.
    pub fn parse(key: &str) -> Option<Facet> {
        Facet::ALL.into_iter().find(|facet| facet.key() == key)
    }

    /// Returns the key of a record's JSON that holds what is counted.
    pub const fn key(self) -> &'static str {
        match self {
            Facet::Level => "level",
            Facet::Logger => "logger",
            Facet::Component => "component",
            Facet::Job => "job_id",
            Facet::User => "user_id",
            Facet::Project => "project_id",
        }
    }

    /// Returns what a record has here.
    pub(super) fn name<'r>(self, record: &'r Record<'_>) -> Option<&'r str> {
        match self {
            Facet::Level => record.level.map(Level::as_str),
            Facet::Logger => record.logger.as_deref(),
            Facet::Component => record.component.as_deref(),
            Facet::Job => record.job_id.as_deref(),
            Facet::User => record.user_id.as_deref(),
            Facet::Project => record.project_id.as_deref(),
        }
    }

    /// Gives a record what it has here. Levels are no names.
    pub(super) fn set_name<'r>(self, record: &mut Record<'r>, name: Option<Cow<'r, str>>) {
        match self {
            Facet::Level => {}
            Facet::Logger => record.logger = name,
            Facet::Component => record.component = name,
            Facet::Job => record.job_id = name,
            Facet::User => record.user_id = name,
            Facet::Project => record.project_id = name,
        }
    }
}

impl LogStore {
    /// Returns how many records of a selection have each level, in the order of [`Level::ALL`], then how many have none.
    pub fn count_by_level(&self, rows: &Rows) -> [usize; LEVELS] {
        let mut counts = [0; LEVELS];
        self.segments.walk(&rows.0, &mut |segment, index| {
            if let Some(count) = counts.get_mut(segment.columns.level_place(index)) {
                *count += 1;
            }
        });
        counts
    }

    /// Returns what the records of a selection have in a facet, with the number of records that have it: the most
    /// frequent first, at most `limit`; what came first goes first where numbers are equal. Records that have nothing
    /// there are not counted.
    pub fn facet(&self, rows: &Rows, facet: Facet, limit: usize) -> Vec<(&str, usize)> {
        let mut counted = Vec::new();
        self.each_value(rows, facet, limit, &mut |name, count| counted.push((name, count)));
        counted
    }

    /// Gives each value of a facet with its number of records.
    fn each_value<'s>(&'s self, rows: &Rows, facet: Facet, limit: usize, give: &mut dyn FnMut(&'s str, usize)) {
        let column = Facet::NAMED.into_iter().position(|named| named == facet);
        let names = column.and_then(|column| self.names.get(column));
        // Place 0 is no name, as in the columns.
        let mut counts: Vec<(i64, usize)> =
            (0..=names.map_or(Level::ALL.len(), Names::len)).map(|place| (0, place)).collect();
        self.segments.walk(&rows.0, &mut |segment, index| {
            let place = match column {
                Some(column) => segment.columns.name(column, index) as usize,
                None => segment.columns.level(index).map_or(0, |level| level as usize + 1),
            };
            if let Some((count, _)) = counts.get_mut(place) {
                *count -= 1; // so that the most frequent sorts first
            }
        });
        sort(&mut counts);
        let name = |place: usize| match names {
            Some(names) => names.get(u32::try_from(place).ok()?),
            None => Level::ALL.get(place.checked_sub(1)?).map(|level| level.as_str()),
        };
        let counted = counts.into_iter().filter(|&(count, place)| count < 0 && place > 0);
        for (count, place) in counted.take(limit) {
            if let (Some(name), Ok(count)) = (name(place), usize::try_from(-count)) {
                give(name, count);
            }
        }
    }

    /// Returns what [`LogStore::facet`] gives as one JSON text: `[["app.mesh",2],["app.queue",1]]`.
    pub fn facet_json(&self, rows: &Rows, facet: Facet, limit: usize) -> String {
        let mut json = String::from("[");
        self.each_value(rows, facet, limit, &mut |name, count| {
            json.push_str(if json.len() > 1 { ",[" } else { "[" });
            scan::push_string(name, &mut json);
            json.push(',');
            scan::push_number(count as u64, &mut json);
            json.push(']');
        });
        json.push(']');
        json
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::store_of;
    use super::*;
    use crate::engine::ReadOptions;

    #[test]
    fn a_facet_counts_what_is_there_most_frequent_first() {
        let (store, rows) = store_of(
            &[
                r#"{"timestamp":"2026-01-05T10:00:00Z","level":"INFO","logger":"a","message":"m","user_id":7}"#,
                r#"{"timestamp":"2026-01-05T10:00:00Z","level":"INFO","logger":"b","message":"m","job_id":"j1"}"#,
                r#"{"timestamp":"2026-01-05T10:00:00Z","level":"ERROR","logger":"b","message":"m"}"#,
                "text MSH-0105-A7F2",
                "more MSH-0105-A7F2",
            ],
            ReadOptions::default(),
        );

        assert_eq!(vec![("b", 2), ("a", 1)], store.facet(&rows, Facet::Logger, 9));
        assert_eq!(vec![("MSH-0105-A7F2", 2)], store.facet(&rows, Facet::Job, 1));
        assert_eq!(r#"[["MSH-0105-A7F2",2],["j1",1]]"#, store.facet_json(&rows, Facet::Job, 9));
        assert_eq!(vec![("INFO", 2), ("ERROR", 1)], store.facet(&rows, Facet::Level, 9));
        assert_eq!(vec![("7", 1)], store.facet(&rows, Facet::User, 9));
        assert!(store.facet(&rows, Facet::Project, 9).is_empty());
        assert!(store.facet(&Rows::default(), Facet::Logger, 9).is_empty());
        assert!(Facet::ALL.into_iter().all(|facet| Facet::parse(facet.key()) == Some(facet)));
    }
}

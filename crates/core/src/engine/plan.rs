//! A plan: which records are wanted, and how much of each.

use crate::query::Filter;

/// How much of a record is wanted. Less is faster.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wants {
    /// The times, level, format and place: nothing that redaction could change.
    Head,
    /// All but the fields.
    Columns,
    /// Everything.
    #[default]
    All,
}

/// Which records are wanted, and how much of each.
///
/// ```
/// use jobtrail_core::{Plan, Profile, Query, ReadOptions, Timestamp, Wants, Zone, scan};
///
/// let log = b"[INFO] ready\n[ERROR] lost password=hunter2\n";
/// let filter = Query::parse("level:error").unwrap().resolve(Timestamp::from_micros(0), &Zone::UTC);
/// let options = ReadOptions::default();
/// let profile = Profile::learn(log, &options);
/// let mut found = Vec::new();
/// scan(log, options, &profile, Plan::new(filter), &mut |record| found.push(record.message.to_string()));
/// assert_eq!(vec!["lost password=[redacted:password]"], found);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Plan {
    pub(super) filter: Filter,
    pub(super) wants: Wants,
}

impl Plan {
    /// Wants all of every record that matches.
    pub fn new(filter: Filter) -> Self {
        Self { filter, wants: Wants::All }
    }

    /// Wants only so much of each.
    #[must_use]
    pub fn wanting(self, wants: Wants) -> Self {
        Self { wants, ..self }
    }

    /// Returns which records are wanted.
    pub fn filter(&self) -> &Filter {
        &self.filter
    }
}

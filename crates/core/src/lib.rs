//! jobtrail's core: parses, redacts and queries job logs. Text in, records out; no file, clock, environment or thread.
//!
//! - [`parse_line`] reads one record; [`Reader`] a source in pieces; [`LogStore`] keeps records to be queried.
//! - [`Stats`] and [`Jobs`] sum records up in one pass; the sums of parts merge into that of the whole.
//! - [`Story`] tells a job whole: what failed, where, and what to look at next.
//! - [`Redactor`] masks secrets and personal paths. Reading redacts unless it is told not to.
//! - [`Query`] is the query language; resolved against a clock it is a [`Filter`] that records match or not.
//! - [`write_json`] is the one outside form of a record.
//! - [`JobId`], [`Level`], [`Timestamp`], [`Zone`] are the words that all of these speak; a [`Cursor`] is where to go on.

mod cursor;
mod duration;
mod engine;
mod format;
mod hash;
mod job_file;
mod job_id;
mod job_mention;
mod jobs;
mod level;
mod lines;
mod mask;
mod merge;
mod names;
mod query;
mod record;
mod redact;
mod request;
mod scan;
mod search;
mod shape;
mod stamp;
mod stats;
mod store;
mod story;
mod timestamp;
mod wire;
mod zone;

pub use cursor::{Cursor, CursorError};
pub use engine::{Plan, Profile, ProfileError, ReadOptions, Reader, Seen, Wants, parse_line, scan};
pub use format::{NearMiss, formats, near_misses};
pub use job_file::JobFile;
pub use job_id::{JobId, JobIdError, JobTypes, check_job_ref, generate_job_id};
pub use jobs::{JobSummary, Jobs};
pub use level::Level;
pub use query::{
    Completion, CompletionKind, Completions, FieldKind, Filter, Query, QueryError, QueryField, QueryOperator, complete,
    query_example, query_fields, query_operators,
};
pub use record::{Fields, Record};
pub use redact::{CleanTexts, Finding, Paths, RedactError, RedactOptions, Redactor};
pub use stats::{ErrorShape, PathStats, Place, SliceLength, SlowRecord, Stats, StatsOptions};
pub use store::{Facet, Histogram, LogStore, Rows};
pub use story::{Event, Look, Outcome, Sign, Step, Story, StorySource};
pub use timestamp::{Date, Timestamp, date_in_name};
pub use wire::write_json;
pub use zone::Zone;

/// Strings and values of JSON, for those who write rows of their own.
pub mod json {
    pub use crate::scan::{push_raw, push_string, text_of};
}

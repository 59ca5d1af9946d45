//! The engine: bytes of one source in, records out.
//!
//! It finds where lines and records end, makes their text fit to be shown, redacts it, reads it with the format that
//! takes it, and carries dates over stamps that have none. Any split of the same bytes gives the same records.

mod clean;
mod continuation;
mod level_names;
mod needle;
mod plan;
mod profile;
mod reader;
mod records;
mod skip;
#[cfg(test)]
mod tests;
mod text;

use crate::format::Memory;
use crate::job_id::JobTypes;
use crate::record::Record;
use crate::redact::Redactor;
use crate::timestamp::{Date, Timestamp};
use crate::zone::Zone;
use records::Records;

pub use plan::{Plan, Wants};
pub use profile::{Profile, ProfileError};
pub use reader::Reader;
pub use records::Seen;
pub(crate) use text::read_text;

/// How a source is read.
#[derive(Clone, Debug)]
pub struct ReadOptions {
    /// Redacts each record before it is read; none shows secrets. On by default.
    pub redactor: Option<Redactor>,
    /// The zone of stamps that name none. UTC by default.
    pub zone: Zone,
    /// The local day of the first stamp that has no date; without it such stamps are no timestamps.
    pub date: Option<Date>,
    /// The job types that are looked for in messages.
    pub job_types: JobTypes,
    /// The byte of the source at which reading begins.
    pub start_offset: u64,
    /// The number of the line at which reading begins, where it is known; at byte 0 it is 1.
    pub start_line: Option<u64>,
    /// The last time before the source begins: of the file before it, where it goes on with another.
    pub carried: Option<Timestamp>,
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self {
            redactor: Some(Redactor::default()),
            zone: Zone::UTC,
            date: None,
            job_types: JobTypes::default(),
            start_offset: 0,
            start_line: None,
            carried: None,
        }
    }
}

/// Returns the one record that `text` is: its first line, and as continuation every line behind it.
///
/// `options` say how, as for a [`Reader`]; redaction is on by default. Never fails: a line that no format takes is a
/// `plain` record.
pub fn parse_line(text: &str, options: &ReadOptions) -> Record<'static> {
    let mut parsed = Record::default();
    let mut records = Records::new(options.clone(), Plan::default());
    records.give(text.as_bytes(), None, &mut Memory::of_one_line(), &mut |record| parsed = record.to_static());
    if text.is_empty() {
        parsed.format = "plain";
    }
    parsed
}

/// Reads the whole of a source, or a part of it that begins and ends where records do, and gives the records that the
/// plan wants. Returns what was seen.
pub fn scan(
    block: &[u8],
    options: ReadOptions,
    profile: &Profile,
    plan: Plan,
    sink: &mut dyn FnMut(&Record<'_>),
) -> Seen {
    let mut reader = Reader::planned(options, plan).knowing(profile).passing_over();
    reader.feed(block, sink);
    reader.finish(sink);
    reader.seen()
}

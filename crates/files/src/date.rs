//! The day on which a file without dates begins: from its name, else from its modification day and the midnights
//! that its stamps pass.

use std::time::{SystemTime, UNIX_EPOCH};

use jobtrail_core::{Date, ReadOptions, Reader, Timestamp, date_in_name};

use crate::blocks::Blocks;
use crate::discover::LogFile;
use crate::error::FileError;

const PROBE_BYTES: usize = 64 << 10;

/// Returns the day of the first undated stamp of a file; `None` where no stamp lacks a date.
///
/// Errors: those of reading the file, which is read to its end where it has undated stamps and no date in its name.
pub(crate) fn first_date(file: &LogFile, options: &ReadOptions) -> Result<Option<Date>, FileError> {
    let name = file.path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    if let Some(date) = date_in_name(&name) {
        return Ok(Some(date));
    }
    if file.id.is_none() {
        return Ok(None); // a pipe: what is read of it here would be gone
    }
    let mut blocks = Blocks::open(&file.path)?;
    let last_day = local(instant(file.modified), options).date();
    let mut dated = probe(options, Some(last_day));
    let Some(bytes) = blocks.next()? else { return Ok(None) };
    if !has_undated(bytes.get(..PROBE_BYTES).unwrap_or(bytes), options, last_day) {
        return Ok(None);
    }
    let mut last = None;
    let mut keep = |record: &jobtrail_core::Record<'_>| last = record.timestamp.or(last);
    dated.feed(bytes, &mut keep);
    while let Ok(Some(bytes)) = blocks.next() {
        dated.feed(bytes, &mut keep);
    }
    dated.finish(&mut keep);
    let midnights = last.map_or(0, |last| days_between(last_day, local(last, options).date()));
    Ok(Some(days_before(last_day, midnights)))
}

/// Whether the start of a file has stamps that only a date from elsewhere makes instants.
fn has_undated(bytes: &[u8], options: &ReadOptions, day: Date) -> bool {
    let count = |date| {
        let mut count = 0_usize;
        let mut reader = probe(options, date);
        let mut add = |record: &jobtrail_core::Record<'_>| count += usize::from(record.timestamp.is_some());
        reader.feed(bytes, &mut add);
        reader.finish(&mut add);
        count
    };
    count(Some(day)) != count(None)
}

fn probe(options: &ReadOptions, date: Option<Date>) -> Reader {
    Reader::new(ReadOptions { redactor: None, date, ..options.clone() })
}

/// Returns a time of the file system as one of logs.
pub(crate) fn instant(time: SystemTime) -> Timestamp {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}

/// Returns the instant whose UTC clock shows what the zone's clock shows at `time`.
fn local(time: Timestamp, options: &ReadOptions) -> Timestamp {
    Timestamp::from_micros(time.as_micros().saturating_add(options.zone.offset_micros(time)))
}

const MICROS_PER_DAY: i64 = 86_400_000_000;

fn days_between(from: Date, to: Date) -> i64 {
    (to.midnight().as_micros() - from.midnight().as_micros()) / MICROS_PER_DAY
}

fn days_before(day: Date, days: i64) -> Date {
    Timestamp::from_micros(day.midnight().as_micros() - days.max(0) * MICROS_PER_DAY).date()
}

//! What stands around matches: the matches are found by a search, and the records near them are read then.

use std::io::Read;
use std::mem;
use std::ops::ControlFlow;

use jobtrail_core::{Filter, Plan, ReadOptions, Reader, Record, Wants};

use crate::date::first_date;
use crate::discover::Found;
use crate::parallel::{Given, Make, Scan, Split};
use crate::platform::read_full_at;
use crate::read::{Progress, ReadReport, SetReader, open_files};
use crate::stream::{Pauses, read_stream};

/// How a record stands to the matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Near {
    /// Whether it is one.
    pub is_match: bool,
    /// Whether records before it were left out, or it is the first of its file.
    pub is_apart: bool,
}

/// Takes a record that may stand near a match, with the name of its source; `Break` ends the reading.
pub type NearSink<'a> = dyn FnMut(&str, &Record<'_>, Near) -> ControlFlow<()> + 'a;

/// How many records before and behind a match are wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Around {
    /// Before it.
    pub before: usize,
    /// Behind it.
    pub after: usize,
}

/// Reads logs that [`discover`](crate::discover()) found, one after the other, and gives every match with at least so many
/// records `around` it as there are in its file; and some more, which stand near them.
///
/// Large plain files are searched by several threads, and only the records near a match are read then: they have the
/// numbers of their lines only where that was from the beginning. Everything else is read once.
pub fn read_near(
    found: Found,
    options: &ReadOptions,
    filter: &Filter,
    split: Split,
    around: Around,
    progress: &mut Progress<'_>,
    sink: &mut NearSink<'_>,
) -> ReadReport {
    let mut report = ReadReport::of(&found);
    report.problems = found.problems;
    let matching = Plan::new(filter.clone()).wanting(Wants::Head);
    let heads = Plan::default().wanting(Wants::Head);
    let everything = Plan::default();
    for set in found.sets {
        let mut carried = None;
        for (file, blocks) in open_files(set, &mut report) {
            let name = file.name.clone();
            let mut give = |record: &Record<'_>, near: Near| sink(&name, record, near);
            let plain = blocks.plain_file().filter(|_| !filter.needs_line()).and_then(|plain| plain.try_clone().ok());
            let date = first_date(&file, options).unwrap_or_default().or(options.date);
            let from_start = ReadOptions { date, carried, ..options.clone() };
            let scan = plain.as_ref().and_then(|plain| {
                let whole = Scan::over(plain, &from_start, &everything, split)?;
                Some((whole, Scan::over(plain, &from_start, &heads, split)?))
            });
            let flow;
            if let Some((whole, heads_of)) = &scan {
                let mut search = SetReader::one((file, blocks), carried, options, &matching);
                let nearby = Nearby {
                    whole,
                    heads: heads_of,
                    filter,
                    around,
                    give: &mut give,
                    region: None,
                    buffer: Vec::new(),
                };
                flow = nearby.search(&mut search, split, &mut report, progress);
                carried = search.carried();
            } else {
                let mut reading = SetReader::one((file, blocks), carried, options, &everything);
                flow = read_whole(&mut reading, filter, &mut report, progress, &mut give);
                carried = reading.carried();
            }
            if flow.is_break() {
                return report;
            }
        }
    }
    report
}

/// Reads a stream such as standard input as [`read_stream`] does, and gives every record and how it stands to the matches.
pub fn stream_near(
    stream: Box<dyn Read + Send>,
    name: &str,
    options: &ReadOptions,
    filter: &Filter,
    idle: &mut dyn FnMut(),
    sink: &mut NearSink<'_>,
) -> ReadReport {
    let mut matched = 0;
    let mut is_apart = true;
    let mut give = |name: &str, record: &Record<'_>| {
        let is_match = matches(filter, record);
        matched += u64::from(is_match);
        sink(name, record, Near { is_match, is_apart: mem::take(&mut is_apart) })
    };
    let report = read_stream(stream, name, Pauses::Wait, options, &Filter::default(), idle, &mut give);
    ReadReport { matched, ..report }
}

/// Takes a record of one file.
type Give<'a> = dyn FnMut(&Record<'_>, Near) -> ControlFlow<()> + 'a;

/// Gives every record of a source.
fn read_whole(
    reading: &mut SetReader<'_>,
    filter: &Filter,
    report: &mut ReadReport,
    progress: &mut Progress<'_>,
    give: &mut Give<'_>,
) -> ControlFlow<()> {
    let mut matched = report.matched;
    let mut flow = ControlFlow::Continue(());
    let mut is_apart = true;
    while !reading.is_done() && flow.is_continue() {
        flow = reading.step(report, progress, &mut |_, record| {
            let is_match = matches(filter, record);
            matched += u64::from(is_match);
            give(record, Near { is_match, is_apart: mem::take(&mut is_apart) })
        });
    }
    report.matched = matched;
    flow
}

/// Whether a record matches, as a reader that has the filter tells it.
fn matches(filter: &Filter, record: &Record<'_>) -> bool {
    (record.carried.is_some() || !filter.needs_time()) && filter.matches(record)
}

/// The records of one file near what a search finds in it.
struct Nearby<'a> {
    whole: &'a Scan<'a>,
    heads: &'a Scan<'a>,
    filter: &'a Filter,
    around: Around,
    give: &'a mut Give<'a>,
    region: Option<Region>,
    buffer: Vec<u8>,
}

/// Records that are read one after the other.
struct Region {
    reader: Reader,
    /// The byte up to which the reader was fed.
    read_to: u64,
    /// The byte behind the first one of the last record that was given.
    given_to: u64,
    /// How many records are still wanted behind the last match.
    owed: usize,
    is_new: bool,
    is_over: bool,
}

/// A match so near behind what was read is reached by reading on.
const NEAR_BYTES: u64 = 64 << 10;

/// How much of a region is read at once, and how much before a match at first.
const STEP_BYTES: usize = 8 << 10;

impl Nearby<'_> {
    fn search(
        mut self,
        search: &mut SetReader<'_>,
        split: Split,
        report: &mut ReadReport,
        progress: &mut Progress<'_>,
    ) -> ControlFlow<()> {
        let add = |offsets: &mut Vec<u64>, record: &Record<'_>| offsets.push(record.offset);
        let make = Make { fresh: &Vec::new, add: &add, max_records: u64::MAX };
        while !search.is_done() {
            let mut take = |_: &str, given: Given<'_, Vec<u64>>, report: &mut ReadReport| {
                let Given::Part(part) = given else { return ControlFlow::Continue(()) }; // there are never too many
                report.matched += part.records;
                part.made.into_iter().try_for_each(|offset| self.show(offset))
            };
            if let Some(flow) = search.read_split(split, report, progress, &make, &mut take) {
                flow?;
                continue;
            }
            let mut offsets = Vec::new();
            search.step(report, progress, &mut |_, record| {
                offsets.push(record.offset);
                ControlFlow::Continue(())
            })?;
            offsets.into_iter().try_for_each(|offset| self.show(offset))?;
        }
        self.pay()
    }

    /// Gives the records up to the match at a byte, and those before it that are wanted.
    fn show(&mut self, offset: u64) -> ControlFlow<()> {
        let read_to = self.region.as_ref().map(|region| region.read_to);
        if read_to.is_none_or(|read_to| offset >= read_to + NEAR_BYTES) {
            self.pay()?;
            let start = self.start_before(offset);
            if self.region.as_ref().is_none_or(|region| start > region.read_to) {
                let reader = self.whole.reader_at(start);
                self.region =
                    Some(Region { reader, read_to: start, given_to: start, owed: 0, is_new: true, is_over: false });
            }
        }
        while self.region.as_ref().is_some_and(|region| !region.is_over && region.given_to <= offset) {
            self.feed()?;
        }
        ControlFlow::Continue(())
    }

    /// Gives what is still wanted behind the last match.
    fn pay(&mut self) -> ControlFlow<()> {
        while self.region.as_ref().is_some_and(|region| !region.is_over && region.owed > 0) {
            self.feed()?;
        }
        ControlFlow::Continue(())
    }

    fn feed(&mut self) -> ControlFlow<()> {
        let Some(region) = &mut self.region else { return ControlFlow::Continue(()) };
        let left = usize::try_from(self.whole.bytes().saturating_sub(region.read_to)).unwrap_or(usize::MAX);
        self.buffer.resize(STEP_BYTES.min(left), 0);
        // What cannot be read any more is told by the search.
        let filled = read_full_at(self.whole.file(), &mut self.buffer, region.read_to).unwrap_or(0);
        let mut flow = ControlFlow::Continue(());
        let Region { reader, given_to, owed, is_new, .. } = region;
        let mut take = |record: &Record<'_>| {
            if flow.is_break() {
                return;
            }
            let is_match = matches(self.filter, record);
            *owed = if is_match { self.around.after } else { owed.saturating_sub(1) };
            *given_to = record.offset + 1;
            flow = (self.give)(record, Near { is_match, is_apart: mem::take(is_new) });
        };
        reader.feed(self.buffer.get(..filled).unwrap_or_default(), &mut take);
        if filled == 0 {
            reader.finish(&mut take);
            region.is_over = true;
        }
        region.read_to += filled as u64;
        flow
    }

    /// Returns the border from which on there are as many records before a match as are wanted; not far before what was given.
    fn start_before(&self, offset: u64) -> u64 {
        let known = self.region.as_ref().map_or(0, |region| region.read_to);
        let mut step = if self.around.before == 0 { 1 } else { STEP_BYTES as u64 };
        loop {
            let start = self.heads.border_before(offset + 1, step, 0);
            if start <= known || self.heads.records_in(start..offset) >= self.around.before as u64 {
                return start;
            }
            step = step.saturating_mul(4);
        }
    }
}

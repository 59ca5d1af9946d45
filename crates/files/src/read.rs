//! Files as records: the one way by which the command line and Python read logs.

use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::path::PathBuf;

use jobtrail_core::{Filter, Plan, ReadOptions, Reader, Record, Seen, Timestamp};

use crate::blocks::{Blocks, is_binary};
use crate::date::first_date;
use crate::discover::{Found, Holds, LogFile, LogSet, discover};
use crate::error::{FileError, Problem};
use crate::parallel::{Given, Make, Scan, Split};
use crate::rotated::{Links, rotated_set};

/// Is lent each matching record with the name of its source; `Break` ends the reading.
pub type RecordSink<'a> = dyn FnMut(&str, &Record<'_>) -> ControlFlow<()> + 'a;

/// Takes how many bytes of the files on the disk have been read since the last call.
pub type Progress<'a> = dyn FnMut(u64) + 'a;

/// How often a set that rotates while it is being opened is listed again.
const LISTINGS: usize = 20;

/// What was read and what was not.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct ReadReport {
    /// All records that were read.
    pub records: u64,
    /// Those that the filter let through.
    pub matched: u64,
    /// Files and directories that could not be read, or not to their end.
    pub problems: Vec<Problem>,
    /// Sources without any time, left out because the filter asks for one.
    pub undated: Vec<Undated>,
    /// Sources in which no line had a known form; they were given as plain text.
    pub plain: Vec<String>,
    /// Whether any record came from a format whose stamps name no zone.
    pub has_zoneless_stamps: bool,
    /// Sources without a byte.
    pub empty: Vec<String>,
    /// Directories without logs, and what they hold.
    pub without_logs: Vec<(String, Holds)>,
}

/// A source left out because none of its records has a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undated {
    /// The source.
    pub name: String,
    /// How many records it holds.
    pub records: u64,
}

/// Reads the logs of these files and directories in the order in which they are found, rotated files oldest first.
///
/// Never fails as a whole: what could not be read is in the report. `options.date` is the day of undated stamps in
/// files that neither their name nor their modification time dates.
pub fn read(paths: &[PathBuf], options: &ReadOptions, filter: &Filter, sink: &mut RecordSink<'_>) -> ReadReport {
    read_found(discover(paths), options, filter, &mut |_| {}, sink)
}

/// Reads logs that [`discover`] found, one after the other; large files by several threads.
///
/// Where the filter bounds the time, those parts of a large file are not read that lie outside, if the file is in order
/// wherever it is probed; behind them `line` is not known. A record that stands more than ten minutes from its place in
/// such a file may not be found.
pub fn read_found(
    found: Found,
    options: &ReadOptions,
    filter: &Filter,
    progress: &mut Progress<'_>,
    sink: &mut RecordSink<'_>,
) -> ReadReport {
    read_split(found, options, filter, Split::default(), progress, sink)
}

pub(crate) fn read_split(
    found: Found,
    options: &ReadOptions,
    filter: &Filter,
    split: Split,
    progress: &mut Progress<'_>,
    sink: &mut RecordSink<'_>,
) -> ReadReport {
    let plan = Plan::new(filter.clone());
    read_sets(found, options, &plan, &mut |reading, report| {
        let make = Make {
            fresh: &Vec::new,
            add: &|records: &mut Vec<Record<'static>>, record: &Record<'_>| records.push(record.to_static()),
            max_records: split.max_owned,
        };
        let mut give = |name: &str, given: Given<'_, Vec<Record<'static>>>, report: &mut ReadReport| {
            let part = match given {
                Given::Part(part) => part,
                Given::Record(record) => {
                    report.matched += 1;
                    return sink(name, record);
                }
            };
            for mut record in part.made {
                report.matched += 1;
                record.line = record.line.map(|line| line + part.lines_before);
                sink(name, &record)?;
            }
            ControlFlow::Continue(())
        };
        match reading.read_split(split, report, progress, &make, &mut give) {
            Some(flow) => flow,
            None => reading.step(report, progress, sink),
        }
    })
}

/// Reads logs one after the other, as `step` does it: a block or a whole file at a time.
pub(crate) fn read_sets(
    found: Found,
    options: &ReadOptions,
    plan: &Plan,
    step: &mut dyn FnMut(&mut SetReader<'_>, &mut ReadReport) -> ControlFlow<()>,
) -> ReadReport {
    let mut report = ReadReport::of(&found);
    report.problems = found.problems;
    for set in found.sets {
        let mut reading = SetReader::open(set, options, plan, &mut report);
        while !reading.is_done() {
            if step(&mut reading, &mut report).is_break() {
                return report;
            }
        }
    }
    report
}

impl ReadReport {
    pub(crate) fn of(found: &Found) -> Self {
        Self { without_logs: found.without_logs.clone(), ..Self::default() }
    }

    pub(crate) fn problem(&mut self, name: &str, error: FileError) {
        self.problems.push(Problem { name: name.to_owned(), error });
    }
}

impl ReadReport {
    /// Notes why a source was not read to its end.
    pub(crate) fn failed(&mut self, name: &str, error: Option<std::io::Error>) {
        if let Some(error) = error {
            self.problem(name, error.into());
        }
    }

    /// Notes what was seen of a source that is not read to its end.
    pub(crate) fn saw_part(&mut self, seen: Seen) {
        self.records += seen.records;
        self.has_zoneless_stamps |= seen.zoneless > 0;
    }

    /// Notes what was seen of a source that is read to its end.
    pub(crate) fn saw(&mut self, name: &str, seen: Seen, filter: &Filter) {
        self.saw_part(seen);
        if seen.records == 0 {
            self.empty.push(name.to_owned());
        } else if seen.timed == 0 && filter.needs_time() {
            self.undated.push(Undated { name: name.to_owned(), records: seen.records });
        } else if seen.headed == 0 {
            self.plain.push(name.to_owned());
        }
    }
}

struct FileReader {
    name: String,
    blocks: Blocks,
    options: ReadOptions,
    reader: Reader,
    disk_bytes: u64,
    is_first_block: bool,
}

impl FileReader {
    fn new(name: String, blocks: Blocks, options: ReadOptions, plan: &Plan) -> Self {
        let reader = Reader::planned(options.clone(), plan.clone()).passing_over();
        Self { name, blocks, options, reader, disk_bytes: 0, is_first_block: true }
    }
}

/// Takes what was made of a source, with its name.
pub(crate) type GivenSink<'a, S> = dyn FnMut(&str, Given<'_, S>, &mut ReadReport) -> ControlFlow<()> + 'a;

/// The files of one log, one after the other.
pub(crate) struct SetReader<'a> {
    options: &'a ReadOptions,
    plan: &'a Plan,
    waiting: VecDeque<(LogFile, Blocks)>,
    current: Option<FileReader>,
    carried: Option<Timestamp>,
}

impl<'a> SetReader<'a> {
    pub(crate) fn open(set: LogSet, options: &'a ReadOptions, plan: &'a Plan, report: &mut ReadReport) -> Self {
        let waiting = open_files(set, report);
        let mut reading = Self { options, plan, waiting, current: None, carried: None };
        reading.begin_next();
        reading
    }

    /// One file of a log, behind others of which the last time is `carried`.
    pub(crate) fn one(
        file: (LogFile, Blocks),
        carried: Option<Timestamp>,
        options: &'a ReadOptions,
        plan: &'a Plan,
    ) -> Self {
        let mut reading = Self { options, plan, waiting: VecDeque::from([file]), current: None, carried };
        reading.begin_next();
        reading
    }

    /// Returns the last time of the files that are done.
    pub(crate) fn carried(&self) -> Option<Timestamp> {
        self.carried
    }

    pub(crate) fn is_done(&self) -> bool {
        self.current.is_none()
    }

    /// Returns the name of the file that is read next; empty at the end.
    pub(crate) fn source(&self) -> &str {
        self.current.as_ref().map_or("", |file| &file.name)
    }

    fn begin_next(&mut self) {
        self.current = self.waiting.pop_front().map(|(file, blocks)| {
            // Where the date cannot be told, the undated stamps stay undated; reading the file says what is wrong.
            let date = first_date(&file, self.options).unwrap_or_default();
            let carried = self.carried;
            let options = ReadOptions { date: date.or(self.options.date), carried, ..self.options.clone() };
            FileReader::new(file.name, blocks, options, self.plan)
        });
    }

    /// Reads one block.
    pub(crate) fn step(
        &mut self,
        report: &mut ReadReport,
        progress: &mut Progress<'_>,
        sink: &mut RecordSink<'_>,
    ) -> ControlFlow<()> {
        let Some(file) = &mut self.current else { return ControlFlow::Continue(()) };
        let FileReader { name, blocks, reader, disk_bytes, is_first_block, .. } = file;
        let mut flow = ControlFlow::Continue(());
        let mut matched = 0;
        let mut give = |record: &Record<'_>| {
            if flow.is_continue() {
                matched += 1;
                flow = sink(name, record);
            }
        };
        let is_at_end = match blocks.next() {
            Ok(Some(bytes)) if *is_first_block && is_binary(bytes) => {
                report.problem(name, FileError::Binary);
                report.matched += matched;
                self.begin_next();
                return flow;
            }
            Ok(Some(bytes)) => {
                reader.feed(bytes, &mut give);
                false
            }
            Ok(None) => true,
            Err(error) => {
                report.problem(name, error);
                true
            }
        };
        if is_at_end {
            reader.finish(&mut give);
        }
        *is_first_block = false;
        progress(blocks.disk_bytes().saturating_sub(*disk_bytes));
        *disk_bytes = blocks.disk_bytes();
        report.matched += matched;
        if is_at_end {
            report.saw(name, reader.seen(), self.plan.filter());
            self.carried = reader.carried();
            self.begin_next();
        }
        flow
    }

    /// Reads the whole of a file that is begun, by several threads; `None` where it is to be read in steps.
    pub(crate) fn read_split<S: Send>(
        &mut self,
        split: Split,
        report: &mut ReadReport,
        progress: &mut Progress<'_>,
        make: &Make<'_, S>,
        take: &mut GivenSink<'_, S>,
    ) -> Option<ControlFlow<()>> {
        let FileReader { name, blocks, options, .. } = self.current.as_ref().filter(|file| file.is_first_block)?;
        let scan = Scan::begin(blocks.plain_file()?, options, self.plan, split)?;
        let mut bytes_read = 0;
        let ended = scan.run(scan.runs(), make, &mut |given| {
            if let Given::Part(part) = &given {
                bytes_read += part.bytes;
                progress(part.bytes);
            }
            take(name, given, report)
        });
        let Some(ended) = ended else { return Some(ControlFlow::Break(())) };
        progress(scan.bytes().saturating_sub(bytes_read));
        report.failed(name, ended.error);
        report.saw(name, ended.seen, self.plan.filter());
        self.carried = ended.carried;
        self.begin_next();
        Some(ControlFlow::Continue(()))
    }
}

/// Opens every file of a log before the first is read, so that a rotation meanwhile neither hides nor doubles one.
pub(crate) fn open_files(mut set: LogSet, report: &mut ReadReport) -> VecDeque<(LogFile, Blocks)> {
    let mut opened: Vec<(LogFile, Blocks)> = Vec::new();
    for _ in 0..LISTINGS {
        let mut problems = Vec::new();
        let mut is_as_listed = true;
        for file in &set.files {
            if file.id.is_some() && opened.iter().any(|(known, _)| known.id == file.id) {
                continue;
            }
            match Blocks::open(&file.path) {
                Ok(blocks) if !set.whole || blocks.id() == file.id => opened.push((file.clone(), blocks)),
                Ok(_) | Err(FileError::NotFound) if set.whole => is_as_listed = false,
                Ok(_) => {}
                Err(error) => problems.push(Problem { name: file.name.clone(), error }),
            }
        }
        if is_as_listed {
            report.problems.append(&mut problems);
            break;
        }
        match rotated_set(&set.path, &set.name, Links::None) {
            Ok(files) => set.files = files,
            Err(error) => {
                report.problem(&set.name, error);
                break;
            }
        }
    }
    // A file that has left the listing since it was opened was the oldest: it fell off the end of the set.
    opened.sort_by_key(|(file, _)| set.files.iter().position(|listed| listed.id == file.id).map_or(0, |at| at + 1));
    opened.into()
}

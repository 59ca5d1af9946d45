//! One log of many that are merged: opened when it is its turn, closed and opened again where too many are open.

use std::collections::VecDeque;
use std::mem;

use jobtrail_core::{Date, Plan, Profile, ReadOptions, Reader, Record, Seen, Timestamp};

use crate::blocks::{Blocks, is_binary};
use crate::date::first_date;
use crate::discover::{LogFile, LogSet};
use crate::error::FileError;
use crate::parallel::add_seen;
use crate::platform::read_full_at;
use crate::read::{Progress, ReadReport};
use crate::rotated::{Links, rotated_set};

/// What stands before every time.
pub(super) const EARLIEST: Timestamp = Timestamp::from_micros(i64::MIN);

/// How much of a log is looked at for its first time.
const HEAD_BYTES: usize = 8 << 10;

/// How much of a log is read at once: its records wait in memory.
const BLOCK_BYTES: usize = 16 << 10;

/// How often a set whose files are being renamed is listed for one of them.
const LISTINGS: usize = 20;

/// The records of one log, in its own order.
pub(super) struct Log {
    set: LogSet,
    /// Which of its files is read.
    file: usize,
    state: State,
    waiting: VecDeque<Record<'static>>,
    /// The last time of the files that are done.
    carried: Option<Timestamp>,
    /// What was seen of the file that is read.
    seen: Seen,
}

enum State {
    /// The file is not begun.
    Closed,
    Open(Box<Open>),
    Parked(Parked),
    /// The file is read; the last of its records may wait.
    Ended,
}

/// A file that is being read.
struct Open {
    blocks: Blocks,
    reader: Reader,
    date: Option<Date>,
    disk_bytes: u64,
    is_first_block: bool,
}

/// Where a closed file goes on: a line at which reading may begin as if all before it had been read.
struct Parked {
    offset: u64,
    line: Option<u64>,
    date: Option<Date>,
}

impl Log {
    pub(super) fn new(set: LogSet) -> Self {
        Self { set, file: 0, state: State::Closed, waiting: VecDeque::new(), carried: None, seen: Seen::default() }
    }

    /// Returns a time that no record is given before; the earliest there is where the log does not begin with a time.
    pub(super) fn first_time(&self, profile: &Profile) -> Timestamp {
        let Some(file) = self.set.files.first() else { return EARLIEST };
        let head = || {
            let blocks = Blocks::open(&file.path).ok()?;
            let mut head = vec![0; HEAD_BYTES];
            let filled = read_full_at(blocks.plain_file()?, &mut head, 0).ok()?;
            head.truncate(filled);
            time_at_start(&head, profile)
        };
        // A pipe can be opened once.
        file.id.and_then(|_| head()).unwrap_or(EARLIEST)
    }

    /// Returns the time of the next record, or the earliest there is if it has none, reading on where none waits; `None` at the
    /// log's end.
    pub(super) fn next_time(
        &mut self,
        options: &ReadOptions,
        plan: &Plan,
        report: &mut ReadReport,
        progress: &mut Progress<'_>,
    ) -> Option<Timestamp> {
        while self.waiting.is_empty() {
            match mem::replace(&mut self.state, State::Closed) {
                State::Open(open) => self.read(open, plan, report, progress),
                State::Closed => self.open(None, options, plan, report)?,
                State::Parked(place) => self.open(Some(&place), options, plan, report)?,
                State::Ended => {
                    self.file += 1;
                    self.seen = Seen::default();
                    self.waiting = VecDeque::new(); // the room for some dozen records, in each of many logs
                }
            }
        }
        self.waiting_time()
    }

    /// Returns the next record, where one waits, with the name of its source.
    pub(super) fn next(&mut self) -> Option<(&str, Record<'static>)> {
        let record = self.waiting.pop_front()?;
        Some((&self.set.files.get(self.file)?.name, record))
    }

    /// Returns the time of the record that waits.
    pub(super) fn waiting_time(&self) -> Option<Timestamp> {
        self.waiting.front().map(|record| record.carried.unwrap_or(EARLIEST))
    }

    pub(super) fn is_open(&self) -> bool {
        matches!(self.state, State::Open(_))
    }

    /// Closes the file, if it can be read on later from the next record; the records that wait are read again then.
    pub(super) fn park(&mut self, profile: &Profile) -> bool {
        let (State::Open(open), Some(next)) = (&self.state, self.waiting.front()) else { return false };
        let may_begin = || time_at_start(format!("{}\n", next.text).as_bytes(), profile).is_some();
        if open.blocks.plain_file().is_none() || !may_begin() {
            return false;
        }
        add_seen(&mut self.seen, open.reader.seen());
        self.state = State::Parked(Parked { offset: next.offset, line: next.line, date: open.date });
        self.waiting = VecDeque::new();
        true
    }

    /// Opens the next file, at its beginning or where it was parked; `None` where there is none.
    fn open(
        &mut self,
        parked: Option<&Parked>,
        options: &ReadOptions,
        plan: &Plan,
        report: &mut ReadReport,
    ) -> Option<()> {
        let file = self.set.files.get(self.file)?;
        let blocks = match open_as_listed(&self.set, file) {
            Ok(Some(blocks)) => blocks,
            Ok(None) => {
                self.state = State::Ended;
                return Some(());
            }
            Err(error) => {
                report.problem(&file.name, error);
                self.state = State::Ended;
                return Some(());
            }
        };
        let (from, options) = if let Some(&Parked { offset, line, date }) = parked {
            (offset, ReadOptions { start_offset: offset, start_line: line, date, ..options.clone() })
        } else {
            let date = first_date(file, options).unwrap_or_default().or(options.date);
            (0, ReadOptions { date, carried: self.carried, ..options.clone() })
        };
        let date = options.date;
        let reader = Reader::planned(options, plan.clone()).passing_over();
        let blocks = blocks.reading(from, BLOCK_BYTES);
        let disk_bytes = blocks.disk_bytes();
        self.state = State::Open(Box::new(Open { blocks, reader, date, disk_bytes, is_first_block: from == 0 }));
        Some(())
    }

    /// Reads a block.
    fn read(&mut self, mut open: Box<Open>, plan: &Plan, report: &mut ReadReport, progress: &mut Progress<'_>) {
        let name = self.set.files.get(self.file).map_or("", |file| &file.name);
        let Open { blocks, reader, is_first_block, disk_bytes, .. } = &mut *open;
        let waiting = &mut self.waiting;
        let mut keep = |record: &Record<'_>| waiting.push_back(record.to_static());
        let mut is_log = true;
        let is_at_end = match blocks.next() {
            Ok(Some(bytes)) if *is_first_block && is_binary(bytes) => {
                report.problem(name, FileError::Binary);
                is_log = false;
                true
            }
            Ok(Some(bytes)) => {
                reader.feed(bytes, &mut keep);
                false
            }
            Ok(None) => true,
            Err(error) => {
                report.problem(name, error);
                true
            }
        };
        if is_at_end && is_log {
            reader.finish(&mut keep);
        }
        *is_first_block = false;
        progress(blocks.disk_bytes().saturating_sub(*disk_bytes));
        *disk_bytes = blocks.disk_bytes();
        if !is_at_end {
            self.state = State::Open(open);
            return;
        }
        add_seen(&mut self.seen, reader.seen());
        if is_log {
            report.saw(name, self.seen, plan.filter());
            self.carried = reader.carried().or(self.carried);
        }
        self.state = State::Ended;
    }
}

/// Returns the time of the first of some lines, if reading may begin there.
fn time_at_start(lines: &[u8], profile: &Profile) -> Option<Timestamp> {
    profile.border(lines).filter(|(at, _)| *at == 0).map(|(_, time)| time)
}

/// Opens the very file that was listed, whatever it is called now; none where it is gone.
fn open_as_listed(set: &LogSet, file: &LogFile) -> Result<Option<Blocks>, FileError> {
    let mut path = file.path.clone();
    for _ in 0..LISTINGS {
        match Blocks::open(&path) {
            Ok(blocks) if !set.whole || blocks.id() == file.id => return Ok(Some(blocks)),
            Ok(_) | Err(FileError::NotFound) if set.whole => {}
            Ok(_) => return Ok(None),
            Err(error) => return Err(error),
        }
        let listed = rotated_set(&set.path, &set.name, Links::None)?;
        match listed.into_iter().find(|listed| listed.id == file.id) {
            Some(found) => path = found.path,
            None => return Ok(None),
        }
    }
    Ok(None)
}

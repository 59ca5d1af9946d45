//! The last records of logs, read from their ends: a file is walked back from border to border until enough matched.

#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::ops::{ControlFlow, Range};

use jobtrail_core::{Plan, ReadOptions, Record, Seen, Timestamp, Wants};

use crate::blocks::Blocks;
use crate::date::first_date;
use crate::discover::{Found, LogFile};
use crate::gather::Gathered;
use crate::parallel::{Given, Make, Part, Piece, Scan, Split, Step, add_seen};
use crate::read::{Progress, ReadReport, SetReader, open_files};

/// How much more is read each time that too little matched, and how much at most.
const GROWTH: u64 = 4;
const MOST_BYTES: u64 = 64 << 20;

/// Reads logs that [`discover`](crate::discover()) found from their end, until `last` records have matched or there is nothing
/// more, and gives what is made of the records: the last part first, and of the first one perhaps more than are needed.
///
/// The records are the last ones that [`read_found`](crate::read_found) gives. They have the numbers of their lines only
/// where reading came to the beginning of their file. What is not needed is not opened, so nothing is told of it. Compressed
/// files, sources without dates and filters that ask for the numbers of lines are read from the beginning.
#[expect(clippy::too_many_arguments, reason = "what is read, how, and what is made of it")]
pub fn gather_last<S: Send>(
    found: Found,
    options: &ReadOptions,
    plan: &Plan,
    split: Split,
    last: u64,
    progress: &mut Progress<'_>,
    fresh: &(dyn Fn() -> S + Sync),
    add: &(dyn Fn(&mut S, &str, &Record<'_>) + Sync),
    take: &mut dyn FnMut(Gathered<'_, S>),
) -> ReadReport {
    let mut report = ReadReport::of(&found);
    report.problems = found.problems;
    let mut left = last;
    for set in found.sets.into_iter().rev() {
        if left == 0 {
            break;
        }
        let mut files = open_files(set, &mut report);
        while left > 0
            && let Some((file, blocks)) = files.pop_back()
        {
            let source = file.name.clone();
            let add = |made: &mut S, record: &Record<'_>| add(made, &source, record);
            let make = Make { fresh, add: &add, max_records: u64::MAX };
            let mut back = Back { options, plan, split, make, left, progress, report: &mut report };
            let mut give = |part: Part<S>| {
                take(Gathered { source: &source, made: part.made, lines_before: part.lines_before });
            };
            // Stamps without a year are dated by the day at which the file begins, wherever they stand.
            let date = first_date(&file, options).unwrap_or_default().or(options.date);
            let dated = ReadOptions { date, ..options.clone() };
            match blocks.plain_file().and_then(|plain| Scan::over(plain, &dated, plan, split)) {
                Some(scan) => back.walk(&scan, &dated, &file.name, &files, &mut give),
                None => back.read(file, blocks, &files, &mut give),
            }
            left = back.left;
        }
    }
    report
}

/// One file, read from its end.
struct Back<'a, 'p, S> {
    options: &'a ReadOptions,
    plan: &'a Plan,
    split: Split,
    make: Make<'a, S>,
    /// How many records are still wanted.
    left: u64,
    progress: &'a mut Progress<'p>,
    report: &'a mut ReadReport,
}

impl<S: Send> Back<'_, '_, S> {
    /// Walks back through a file, in front of which stand `older` ones.
    fn walk(
        &mut self,
        scan: &Scan<'_>,
        options: &ReadOptions,
        name: &str,
        older: &VecDeque<(LogFile, Blocks)>,
        give: &mut dyn FnMut(Part<S>),
    ) {
        let mut seen = Seen::default();
        let mut step = self.split.last_bytes;
        for run in scan.runs().into_iter().rev() {
            let mut end = run.end;
            while end > run.start {
                if self.left == 0 {
                    self.report.saw_part(seen);
                    return;
                }
                let start = scan.border_before(end, step, run.start);
                if start == 0 {
                    let carried = if scan.begins_with_border() { None } else { self.carried_from(older) };
                    let options = ReadOptions { carried, ..options.clone() };
                    self.read_range(&scan.beginning(&options), start..end, name, &mut seen, give);
                } else {
                    self.read_range(scan, start..end, name, &mut seen, give);
                }
                step = step.saturating_mul(GROWTH).min(MOST_BYTES);
                end = start;
            }
        }
        self.report.saw(name, seen, self.plan.filter());
    }

    /// Reads a range of a file that begins and ends at borders.
    fn read_range(
        &mut self,
        scan: &Scan<'_>,
        range: Range<u64>,
        name: &str,
        seen: &mut Seen,
        give: &mut dyn FnMut(Part<S>),
    ) {
        let mut parts = Parts { made: VecDeque::new(), records: 0, left: self.left };
        if self.split.is_worth_sharing(range.end - range.start) {
            let ended = scan.run(vec![range], &self.make, &mut |given| {
                if let Given::Part(part) = given {
                    (self.progress)(part.bytes);
                    parts.push(part);
                }
                ControlFlow::Continue(())
            });
            if let Some(ended) = ended {
                add_seen(seen, ended.seen);
                self.report.failed(name, ended.error);
            }
        } else {
            let mut part = Part { made: (self.make.fresh)(), records: 0, lines_before: 0, bytes: 0 };
            let piece = Piece { follows: range.start == 0, range };
            let end = scan.read(&piece, 1, &mut Vec::new(), &mut |step| {
                match step {
                    Step::Record(record) => {
                        part.records += 1;
                        (self.make.add)(&mut part.made, record);
                    }
                    Step::Block(bytes) => (self.progress)(bytes),
                }
                ControlFlow::Continue(())
            });
            parts.push(part);
            if let Some(end) = end {
                add_seen(seen, end.seen);
                self.report.failed(name, end.error);
            }
        }
        self.give_all(parts, give);
    }

    /// Reads a whole file from its beginning.
    fn read(
        &mut self,
        file: LogFile,
        blocks: Blocks,
        older: &VecDeque<(LogFile, Blocks)>,
        give: &mut dyn FnMut(Part<S>),
    ) {
        let carried = if self.plan.filter().needs_time() { self.carried_from(older) } else { None };
        let mut parts = Parts { made: VecDeque::new(), records: 0, left: self.left };
        let mut reading = SetReader::one((file, blocks), carried, self.options, self.plan);
        let matched = self.report.matched;
        while !reading.is_done() {
            let mut part = Part { made: (self.make.fresh)(), records: 0, lines_before: 0, bytes: 0 };
            let _ = reading.step(self.report, self.progress, &mut |_, record| {
                part.records += 1;
                (self.make.add)(&mut part.made, record);
                ControlFlow::Continue(())
            });
            parts.push(part);
        }
        self.report.matched = matched;
        self.give_all(parts, give);
    }

    fn give_all(&mut self, parts: Parts<S>, give: &mut dyn FnMut(Part<S>)) {
        for part in parts.made.into_iter().rev() {
            self.left = self.left.saturating_sub(part.records);
            self.report.matched += part.records;
            give(part);
        }
    }

    /// Returns the last time of the files before one, which its first records carry on if they have none.
    fn carried_from(&self, older: &VecDeque<(LogFile, Blocks)>) -> Option<Timestamp> {
        let plan = Plan::default().wanting(Wants::Head);
        older.iter().rev().find_map(|(file, blocks)| {
            let date = || first_date(file, self.options).unwrap_or_default().or(self.options.date);
            if let Some(scan) = blocks.plain_file().and_then(|plain| Scan::over(plain, self.options, &plan, self.split))
            {
                let start = scan.border_before(scan.bytes(), self.split.last_bytes, 0);
                let options = ReadOptions { date: date(), ..self.options.clone() };
                let piece = Piece { range: start..scan.bytes(), follows: false };
                let end =
                    scan.beginning(&options).read(&piece, 1, &mut Vec::new(), &mut |_| ControlFlow::Continue(()))?;
                return end.carried;
            }
            let blocks = Blocks::open(&file.path).ok()?;
            let mut reading = SetReader::one((file.clone(), blocks), None, self.options, &plan);
            // What is wrong with it is told when it is read itself.
            let mut unheard = ReadReport::default();
            while !reading.is_done() {
                let _ = reading.step(&mut unheard, &mut |_| (), &mut |_, _| ControlFlow::Continue(()));
            }
            reading.carried()
        })
    }
}

/// What was made of a range of a file, as much of its end as has the records that are wanted.
struct Parts<S> {
    made: VecDeque<Part<S>>,
    records: u64,
    left: u64,
}

impl<S> Parts<S> {
    fn push(&mut self, part: Part<S>) {
        if part.records == 0 {
            return;
        }
        self.records += part.records;
        self.made.push_back(part);
        while let Some(first) = self.made.front().filter(|first| self.records - first.records >= self.left) {
            self.records -= first.records;
            self.made.pop_front();
        }
    }
}

//! Growing logs as records: followers and readers joined, new files taken up, waiting records given after a pause.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use jobtrail_core::{Filter, Plan, ReadOptions, Reader, Record, Timestamp};

use crate::blocks::is_binary;
use crate::date::first_date;
use crate::discover::{Found, LogFile, LogSet, discover, log_file_at};
use crate::error::{FileError, Problem};
use crate::follow::{Event, Follower};
use crate::read::{ReadReport, RecordSink, read_found};
use crate::stream::PAUSE;

/// How often directories are looked through for new logs, and how much more often than that takes.
const LOOK_FOR_FILES: Duration = Duration::from_millis(100);
const LOOK_SHARE: u32 = 50;

/// Follows the logs of files and directories and gives their records as they are written.
///
/// What is there already comes first, rotated files included. New logs in the directories are taken up.
pub struct Watch {
    paths: Vec<PathBuf>,
    options: ReadOptions,
    filter: Filter,
    logs: Vec<WatchedLog>,
    known: HashSet<PathBuf>,
    look_next: Instant,
    said: HashSet<(String, &'static str)>,
    /// What is there at the start and does not grow: archives, pipes, rotated files without a live one.
    still: Found,
}

struct WatchedLog {
    name: String,
    folder: String,
    follower: Follower,
    files: BTreeMap<u64, WatchedFile>,
    /// The last time of the files that are done.
    carried: Option<Timestamp>,
}

struct WatchedFile {
    name: String,
    reader: Reader,
    /// When bytes came last, as long as a record may wait in the reader.
    waiting_since: Option<Instant>,
}

impl Watch {
    /// Begins to follow; the first [`Watch::poll`] gives what is there.
    pub fn new(paths: &[PathBuf], options: ReadOptions, filter: Filter) -> Self {
        let mut watch = Self {
            paths: paths.to_vec(),
            options,
            filter,
            logs: Vec::new(),
            known: HashSet::new(),
            look_next: Instant::now(),
            said: HashSet::new(),
            still: Found::default(),
        };
        let mut found = discover(paths);
        let sets = std::mem::take(&mut found.sets);
        watch.still = found;
        for set in sets {
            watch.take_up(set);
        }
        watch
    }

    /// Gives every record since the last call and the report about what could not be read.
    ///
    /// Never waits; call it every 10 ms or so. A record is given once the next one begins or its source is silent for
    /// 40 ms. `Break` from the sink ends this call early; what it did not take is lost to it.
    pub fn poll(&mut self, sink: &mut RecordSink<'_>) -> ReadReport {
        let still = std::mem::take(&mut self.still);
        let mut report = read_found(still, &self.options, &self.filter, &mut |_| {}, sink);
        self.look_for_files(&mut report);
        for log in &mut self.logs {
            if let Err(error) = log.poll(&self.options, &self.filter, &mut report, sink) {
                report.problems.push(Problem { name: log.name.clone(), error });
            }
        }
        // A trouble that lasts is said once.
        report.problems.retain(|problem| self.said.insert((problem.name.clone(), problem.error.code())));
        report
    }

    /// Whether anything can still come: a log that grows, or a directory in which one may appear.
    pub fn has_something_to_follow(&self) -> bool {
        !self.logs.is_empty() || self.paths.iter().any(|path| path.is_dir())
    }

    /// Whether every whole line read so far has been given: no record waits for continuation lines.
    pub fn has_caught_up(&self) -> bool {
        self.still.sets.is_empty()
            && self.logs.iter().flat_map(|log| log.files.values()).all(|file| file.waiting_since.is_none())
    }

    /// Gives what still waits, unfinished lines included, and ends.
    pub fn finish(mut self, sink: &mut RecordSink<'_>) -> ReadReport {
        let mut report = self.poll(sink);
        for log in &mut self.logs {
            log.close_all(&mut report, sink);
        }
        report
    }

    fn take_up(&mut self, set: LogSet) {
        if !self.known.insert(set.path.clone()) {
            return;
        }
        let is_live = |file: &LogFile| file.path == set.path && file.id.is_some() && !file.is_packed();
        let has_live = set.files.iter().any(is_live);
        let is_link = fs::symlink_metadata(&set.path).is_ok_and(|metadata| metadata.is_symlink());
        let follower = if set.whole && has_live && !is_link {
            Some(Ok(Follower::whole_set(&set.path)))
        } else {
            let old = set.files.iter().filter(|file| !is_live(file)).cloned().collect::<Vec<_>>();
            if !old.is_empty() {
                self.still.sets.push(LogSet { files: old, ..set.clone() });
            }
            // In a directory a log that nothing is written to now may come back.
            (has_live || set.whole).then(|| Follower::new(&set.path, 0))
        };
        match follower {
            Some(Ok(follower)) => self.logs.push(WatchedLog::new(set.name, follower)),
            Some(Err(error)) => self.still.problems.push(Problem { name: set.name, error }),
            None => {}
        }
    }

    fn look_for_files(&mut self, report: &mut ReadReport) {
        let now = Instant::now();
        if now < self.look_next {
            return;
        }
        let found = discover(&self.paths);
        report.problems.extend(found.problems);
        for set in found.sets {
            if set.whole && !self.known.contains(&set.path) {
                self.take_up(set);
            }
        }
        self.look_next = Instant::now() + LOOK_FOR_FILES.max(now.elapsed() * LOOK_SHARE);
    }
}

impl WatchedLog {
    fn new(name: String, follower: Follower) -> Self {
        let folder = name.rfind('/').map_or("", |at| &name[..=at]).to_owned();
        Self { name, folder, follower, files: BTreeMap::new(), carried: None }
    }

    fn poll(
        &mut self,
        options: &ReadOptions,
        filter: &Filter,
        report: &mut ReadReport,
        sink: &mut RecordSink<'_>,
    ) -> Result<(), FileError> {
        let Self { name, folder, follower, files, carried } = self;
        let mut give = Giving { report, sink, flow: ControlFlow::Continue(()) };
        let polled = follower.poll(&mut |event| match event {
            Event::Opened { generation, path, .. } => {
                // The file before it is done as far as can be seen: its last record does not wait for the new one's.
                for file in files.values_mut() {
                    file.flush(&mut give);
                    *carried = file.reader.carried().or(*carried);
                }
                let options = ReadOptions { carried: *carried, ..options.clone() };
                files.insert(generation, WatchedFile::open(name, folder, path, options, filter));
            }
            Event::Bytes { generation, offset, bytes } => {
                let Some(file) = files.get_mut(&generation) else { return };
                if offset == 0 && is_binary(bytes) {
                    give.report.problems.push(Problem { name: file.name.clone(), error: FileError::Binary });
                    files.remove(&generation);
                    return;
                }
                file.feed(bytes, &mut give);
            }
            Event::Closed { generation } => {
                if let Some(mut file) = files.remove(&generation) {
                    file.finish(&mut give);
                }
            }
        });
        for file in files.values_mut() {
            if file.waiting_since.is_some_and(|since| since.elapsed() >= PAUSE) {
                file.flush(&mut give);
            }
        }
        polled
    }

    fn close_all(&mut self, report: &mut ReadReport, sink: &mut RecordSink<'_>) {
        let mut give = Giving { report, sink, flow: ControlFlow::Continue(()) };
        for file in self.files.values_mut() {
            file.finish(&mut give);
        }
    }
}

impl WatchedFile {
    fn open(log: &str, folder: &str, path: &Path, options: ReadOptions, filter: &Filter) -> Self {
        let own = path.file_name().map(|name| name.to_string_lossy());
        let name = own.map_or_else(|| log.to_owned(), |own| format!("{folder}{own}"));
        let date = log_file_at(path).and_then(|file| first_date(&file, &options)).unwrap_or_default();
        let options = ReadOptions { date: date.or(options.date), ..options };
        Self { name, reader: Reader::planned(options, Plan::new(filter.clone())).passing_over(), waiting_since: None }
    }

    fn feed(&mut self, bytes: &[u8], give: &mut Giving<'_, '_>) {
        self.read(give, |reader, sink| reader.feed(bytes, sink));
        self.waiting_since = Some(Instant::now());
    }

    fn flush(&mut self, give: &mut Giving<'_, '_>) {
        self.read(give, Reader::flush);
        self.waiting_since = None;
    }

    fn finish(&mut self, give: &mut Giving<'_, '_>) {
        self.read(give, Reader::finish);
    }

    fn read(&mut self, give: &mut Giving<'_, '_>, read: impl FnOnce(&mut Reader, &mut dyn FnMut(&Record<'_>))) {
        let before = self.reader.seen().records;
        read(&mut self.reader, &mut |record| give.take(&self.name, record));
        give.report.records += self.reader.seen().records - before;
    }
}

/// Where records go.
struct Giving<'a, 's> {
    report: &'a mut ReadReport,
    sink: &'a mut RecordSink<'s>,
    flow: ControlFlow<()>,
}

impl Giving<'_, '_> {
    fn take(&mut self, name: &str, record: &Record<'_>) {
        if self.flow.is_continue() {
            self.report.matched += 1;
            self.flow = (self.sink)(name, record);
        }
    }
}

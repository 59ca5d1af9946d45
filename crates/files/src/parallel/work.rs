//! The threads of one scan: each reads whole pieces; what is made of them is handed on in the order of the file.

use std::collections::VecDeque;
use std::fs::File;
use std::io;
use std::mem;
use std::ops::{ControlFlow, Range};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::sync::{Mutex, PoisonError};
use std::thread;

use jobtrail_core::{ReadOptions, Reader, Record, Seen, Timestamp};

use super::Scan;
use super::pieces::Piece;
use crate::blocks::BLOCK_BYTES;
use crate::platform::read_full_at;

/// How many pieces are begun for each thread: one is read, the others wait to be read or to be handed on.
const PIECES_PER_THREAD: usize = 3;

/// How many parts of one piece wait to be handed on: about as many as it has.
const PARTS_WAITING: usize = 16;

/// How something is made of records.
pub(crate) struct Make<'a, S> {
    /// What a part begins with.
    pub(crate) fresh: &'a (dyn Fn() -> S + Sync),
    pub(crate) add: &'a (dyn Fn(&mut S, Record<'_>) + Sync),
    /// How many records a part is made of at most. Of more than a block none is made.
    pub(crate) max_records: u64,
}

/// What was made of the next bytes of a file.
pub(crate) struct Part<S> {
    pub(crate) made: S,
    /// How many records it was made of.
    pub(crate) records: u64,
    /// How many lines of the file stand before those that the records' lines are counted from.
    pub(crate) lines_before: u64,
    pub(crate) bytes: u64,
}

/// What a scan says at its end.
#[derive(Debug, Default)]
pub(crate) struct Ended {
    pub(crate) seen: Seen,
    /// The last time of the source.
    pub(crate) carried: Option<Timestamp>,
    /// Why the file was not read to its end.
    pub(crate) error: Option<io::Error>,
}

/// What a thread says of a piece, block by block.
enum Said<S> {
    Part(Part<S>),
    End(PieceEnd),
}

struct PieceEnd {
    seen: Seen,
    carried: Option<Timestamp>,
    lines: u64,
    /// Whether nothing of the file comes behind it: it became shorter or cannot be read.
    is_cut: bool,
    error: Option<io::Error>,
}

/// A piece to be read, and where to say what was made of it.
type Task<S> = (Piece, SyncSender<Said<S>>);

impl Scan<'_> {
    /// Reads the file. `take` gets what was made in the order of the file, on the caller's thread; `Break` from it ends the
    /// reading, and nothing is returned.
    pub(crate) fn run<S: Send>(
        &self,
        make: &Make<'_, S>,
        take: &mut dyn FnMut(Part<S>) -> ControlFlow<()>,
    ) -> Option<Ended> {
        let (tasks, queue) = mpsc::channel::<Task<S>>();
        let queue = Mutex::new(queue);
        let is_over = AtomicBool::new(false);
        thread::scope(|scope| {
            let tasks = tasks; // dropped at the end of this scope, which ends the threads
            let mut threads = 0;
            for _ in 0..self.split.threads.max(1) {
                let work = || Worker { scan: self, make, is_over: &is_over }.work(&queue);
                match thread::Builder::new().spawn_scoped(scope, work) {
                    Ok(_) => threads += 1,
                    Err(error) if threads == 0 => return Some(Ended { error: Some(error), ..Ended::default() }),
                    Err(_) => break,
                }
            }
            let ended = self.collect(threads, &tasks, take);
            is_over.store(true, Ordering::Relaxed);
            ended
        })
    }

    /// Hands out the pieces and takes what was made of them, in order.
    fn collect<S>(
        &self,
        threads: usize,
        tasks: &mpsc::Sender<Task<S>>,
        take: &mut dyn FnMut(Part<S>) -> ControlFlow<()>,
    ) -> Option<Ended> {
        let mut pieces = self.pieces();
        let mut begun: VecDeque<Receiver<Said<S>>> = VecDeque::new();
        let mut ended = Ended { carried: self.options.carried, ..Ended::default() };
        let mut lines_before = self.first_line().map_or(0, |line| line - 1);
        loop {
            while begun.len() < threads * PIECES_PER_THREAD
                && let Some(piece) = pieces.next()
            {
                let (say, hear) = mpsc::sync_channel(PARTS_WAITING);
                tasks.send((piece, say)).ok()?;
                begun.push_back(hear);
            }
            let Some(piece) = begun.pop_front() else { return Some(ended) };
            let end = loop {
                // A piece without an end: its thread has panicked, which ends the scope.
                match piece.recv().ok()? {
                    Said::Part(part) => {
                        if take(Part { lines_before, ..part }).is_break() {
                            return None;
                        }
                    }
                    Said::End(end) => break end,
                }
            };
            lines_before += end.lines;
            ended.seen.records += end.seen.records;
            ended.seen.timed += end.seen.timed;
            ended.seen.zoneless += end.seen.zoneless;
            ended.seen.headed += end.seen.headed;
            ended.carried = end.carried;
            if end.is_cut {
                ended.error = end.error;
                return Some(ended);
            }
        }
    }

    /// Returns the number of the file's first line, where it is known.
    fn first_line(&self) -> Option<u64> {
        self.options.start_line.or((self.options.start_offset == 0).then_some(1))
    }
}

struct Worker<'a, S> {
    scan: &'a Scan<'a>,
    make: &'a Make<'a, S>,
    is_over: &'a AtomicBool,
}

impl<S> Worker<'_, S> {
    fn work(&self, queue: &Mutex<Receiver<Task<S>>>) {
        let mut buffer = Vec::new();
        loop {
            let task = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok((piece, say)) = task else { return };
            self.read(&piece, &mut buffer, &say);
        }
    }

    fn read(&self, piece: &Piece, buffer: &mut Vec<u8>, say: &SyncSender<Said<S>>) {
        let Scan { file, plan, profile, .. } = self.scan;
        let mut reader = Reader::planned(self.options(piece), (*plan).clone()).knowing(profile).passing_over();
        let mut making = Making { worker: self, say, made: (self.make.fresh)(), records: 0, is_heard: true };
        let mut at = piece.range.start;
        // Whoever is not listened to any more has nothing more to say.
        while making.is_heard && !self.is_over.load(Ordering::Relaxed) {
            let (bytes, is_cut, error) = match read_block(file, buffer, at..piece.range.end) {
                Ok((bytes, is_cut)) => (bytes, is_cut, None),
                Err(error) => (&[][..], true, Some(error)),
            };
            at += bytes.len() as u64;
            let is_end = is_cut || at >= piece.range.end;
            reader.feed(bytes, &mut |record| making.take(record));
            if is_end {
                reader.finish(&mut |record| making.take(record));
            }
            making.hand_on(bytes.len() as u64);
            if is_end {
                let lines = reader.next_line().map_or(0, |next| next - 1);
                let (seen, carried) = (reader.seen(), reader.carried());
                let _ = say.send(Said::End(PieceEnd { seen, carried, lines, is_cut, error }));
                return;
            }
        }
    }

    /// Lines are counted from the piece on; what stands before it is not known yet.
    fn options(&self, piece: &Piece) -> ReadOptions {
        let options = self.scan.options;
        let is_first = piece.range.start == 0;
        ReadOptions {
            start_offset: options.start_offset + piece.range.start,
            start_line: self.scan.first_line().filter(|_| piece.follows).map(|_| 1),
            carried: options.carried.filter(|_| is_first),
            date: options.date.filter(|_| is_first),
            ..options.clone()
        }
    }
}

/// What is being made of a piece.
struct Making<'a, 'w, S> {
    worker: &'a Worker<'w, S>,
    say: &'a SyncSender<Said<S>>,
    made: S,
    records: u64,
    is_heard: bool,
}

impl<S> Making<'_, '_, S> {
    fn take(&mut self, record: Record<'_>) {
        (self.worker.make.add)(&mut self.made, record);
        self.records += 1;
        if self.records == self.worker.make.max_records {
            self.hand_on(0);
        }
    }

    fn hand_on(&mut self, bytes: u64) {
        let made = mem::replace(&mut self.made, (self.worker.make.fresh)());
        let records = mem::take(&mut self.records);
        self.is_heard &= self.say.send(Said::Part(Part { made, records, lines_before: 0, bytes })).is_ok();
    }
}

/// Returns the next block of a range, and whether the file ends in it.
fn read_block<'b>(file: &File, buffer: &'b mut Vec<u8>, range: Range<u64>) -> io::Result<(&'b [u8], bool)> {
    // A piece ends a little behind its nominal size: that is no block of its own.
    const LARGEST: usize = BLOCK_BYTES + BLOCK_BYTES / 4;
    let left = usize::try_from(range.end - range.start).unwrap_or(usize::MAX);
    let wanted = if left <= LARGEST { left } else { BLOCK_BYTES };
    if buffer.len() < wanted {
        buffer.resize(wanted, 0);
    }
    let window = buffer.get_mut(..wanted).unwrap_or_default();
    let filled = read_full_at(file, window, range.start)?;
    Ok((window.get(..filled).unwrap_or_default(), filled < wanted))
}

//! The threads of one scan: each reads whole pieces; what is made of them is handed on in the order of the file.

use std::collections::VecDeque;
use std::io;
use std::mem;
use std::ops::{ControlFlow, Range};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender, SyncSender};
use std::sync::{Mutex, PoisonError};
use std::thread;

use jobtrail_core::{Record, Seen, Timestamp};

use super::Scan;
use super::pieces::{Piece, Pieces};
use super::reading::{PieceEnd, Step};

/// How many pieces are begun for each thread: one is read, the others wait to be read or to be handed on.
const PIECES_PER_THREAD: usize = 3;

/// How many parts of one piece wait to be handed on. Only a piece that is far longer than a block has more than one.
const PARTS_WAITING: usize = 2;

/// How something is made of records.
pub(crate) struct Make<'a, S> {
    /// What a part begins with.
    pub(crate) fresh: &'a (dyn Fn() -> S + Sync),
    pub(crate) add: &'a (dyn Fn(&mut S, &Record<'_>) + Sync),
    /// Of how many records of one block something may be made. Pieces that begin with more are read by the caller.
    pub(crate) max_records: u64,
}

/// What the caller gets of a file, in its order.
pub(crate) enum Given<'r, S> {
    Part(Part<S>),
    /// A record of a piece with too many of them.
    Record(&'r Record<'r>),
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

/// What a thread says of a piece.
enum Said<S> {
    Part(Part<S>),
    End(PieceEnd),
    /// It has too many records: whoever wants them reads it again, from its beginning.
    TooMany,
}

/// A piece to be read, and where to say what was made of it.
type Task<S> = (Piece, SyncSender<Said<S>>);

/// What the threads are told while they read.
#[derive(Default)]
struct Signs {
    /// Nobody listens any more.
    is_over: AtomicBool,
    /// The pieces have too many records at the moment: reading them here would be for nothing.
    is_dense: AtomicBool,
}

impl Scan<'_> {
    /// Reads runs of the file. `take` gets what was made in the order of the file, on the caller's thread; `Break` from it ends the
    /// reading, and nothing is returned.
    pub(crate) fn run<S: Send>(
        &self,
        runs: Vec<Range<u64>>,
        make: &Make<'_, S>,
        take: &mut dyn FnMut(Given<'_, S>) -> ControlFlow<()>,
    ) -> Option<Ended> {
        let (tasks, queue) = mpsc::channel::<Task<S>>();
        let queue = Mutex::new(queue);
        let signs = Signs::default();
        thread::scope(|scope| {
            let tasks = tasks; // dropped at the end of this scope, which ends the threads
            let mut threads = 0;
            for _ in 0..self.split.threads.max(1) {
                let work = || Worker { scan: self, make, signs: &signs }.work(&queue);
                match thread::Builder::new().spawn_scoped(scope, work) {
                    Ok(_) => threads += 1,
                    Err(error) if threads == 0 => return Some(Ended { error: Some(error), ..Ended::default() }),
                    Err(_) => break,
                }
            }
            let ended = self.collect(
                threads,
                Pieces::new(self.borders(), runs, self.split.piece_bytes),
                make,
                &signs,
                &tasks,
                take,
            );
            signs.is_over.store(true, Ordering::Relaxed);
            ended
        })
    }

    /// Hands out the pieces and takes what was made of them, in order.
    fn collect<S>(
        &self,
        threads: usize,
        mut pieces: Pieces<'_>,
        make: &Make<'_, S>,
        signs: &Signs,
        tasks: &Sender<Task<S>>,
        take: &mut dyn FnMut(Given<'_, S>) -> ControlFlow<()>,
    ) -> Option<Ended> {
        let mut begun: VecDeque<(Piece, Receiver<Said<S>>)> = VecDeque::new();
        let mut buffer = Vec::new();
        let mut ended = Ended { carried: self.options.carried, ..Ended::default() };
        let mut lines_before = self.first_line().map_or(0, |line| line - 1);
        loop {
            while begun.len() < threads * PIECES_PER_THREAD
                && let Some(piece) = pieces.next()
            {
                let (say, hear) = mpsc::sync_channel(PARTS_WAITING);
                tasks.send((piece.clone(), say)).ok()?;
                begun.push_back((piece, hear));
            }
            let Some((piece, said)) = begun.pop_front() else { return Some(ended) };
            let end = loop {
                // A piece without an end: its thread has panicked, which ends the scope.
                match said.recv().ok()? {
                    Said::Part(part) => {
                        if take(Given::Part(Part { lines_before, ..part })).is_break() {
                            return None;
                        }
                    }
                    Said::End(end) => break end,
                    Said::TooMany => break self.read_here(&piece, lines_before, &mut buffer, make, signs, take)?,
                }
            };
            lines_before += end.lines;
            add_seen(&mut ended.seen, end.seen);
            ended.carried = end.carried;
            if end.is_cut {
                ended.error = end.error;
                return Some(ended);
            }
        }
    }

    /// Reads a piece on the caller's thread and gives its records as they are read.
    fn read_here<S>(
        &self,
        piece: &Piece,
        lines_before: u64,
        buffer: &mut Vec<u8>,
        make: &Make<'_, S>,
        signs: &Signs,
        take: &mut dyn FnMut(Given<'_, S>) -> ControlFlow<()>,
    ) -> Option<PieceEnd> {
        let mut flow = ControlFlow::Continue(());
        let mut records = 0;
        let end = self.read(piece, lines_before + 1, buffer, &mut |step| {
            match step {
                Step::Record(record) if flow.is_continue() => {
                    records += 1;
                    flow = take(Given::Record(record));
                }
                Step::Block(bytes) if flow.is_continue() => {
                    flow = take(Given::Part(Part { made: (make.fresh)(), records: 0, lines_before, bytes }));
                }
                _ => {}
            }
            flow
        });
        // Half of it, so that the threads do not begin and give up in turn.
        signs.is_dense.store(records > make.max_records / 2, Ordering::Relaxed);
        end
    }
}

/// Adds what was seen of another part of a source.
pub(crate) fn add_seen(seen: &mut Seen, more: Seen) {
    seen.records += more.records;
    seen.timed += more.timed;
    seen.zoneless += more.zoneless;
    seen.headed += more.headed;
}

struct Worker<'a, S> {
    scan: &'a Scan<'a>,
    make: &'a Make<'a, S>,
    signs: &'a Signs,
}

impl<S> Worker<'_, S> {
    fn work(&self, queue: &Mutex<Receiver<Task<S>>>) {
        let mut buffer = Vec::new();
        loop {
            let task = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok((piece, say)) = task else { return };
            let last = if self.signs.is_dense.load(Ordering::Relaxed) {
                Some(Said::TooMany)
            } else {
                self.read(&piece, &mut buffer, &say)
            };
            if let Some(last) = last {
                // Whoever does not listen any more needs no word.
                let _ = say.send(last);
            }
        }
    }

    /// Reads a piece and says what was made of it; returns the last word.
    fn read(&self, piece: &Piece, buffer: &mut Vec<u8>, say: &SyncSender<Said<S>>) -> Option<Said<S>> {
        let Make { fresh, add, max_records } = self.make;
        let mut made = fresh();
        let mut records = 0;
        let mut is_first = true;
        let mut has_too_many = false;
        let end = self.scan.read(piece, 1, buffer, &mut |step| match step {
            // What was handed on cannot be taken back: only the first block can have too many.
            Step::Record(_) if is_first && records >= *max_records => {
                has_too_many = true;
                ControlFlow::Break(())
            }
            Step::Record(record) => {
                records += 1;
                add(&mut made, record);
                ControlFlow::Continue(())
            }
            Step::Block(_) if has_too_many || self.signs.is_over.load(Ordering::Relaxed) => ControlFlow::Break(()),
            Step::Block(bytes) => {
                is_first = false;
                let made = mem::replace(&mut made, fresh());
                let part = Part { made, records: mem::take(&mut records), lines_before: 0, bytes };
                if say.send(Said::Part(part)).is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
            }
        });
        end.map(Said::End).or(has_too_many.then_some(Said::TooMany))
    }
}

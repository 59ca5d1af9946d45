//! What a writer knows between two appends.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::backlog::Backlog;
use crate::control::{Control, Memory};
use crate::log_file::LogFile;
use crate::options::Stats;
use crate::ring::{Batch, Ring};
use crate::tidy::Tidy;

/// What a writer knows between two appends.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) file: Option<LogFile>,
    /// Whose lock is held to rename.
    pub(crate) control: Control,
    /// What the writers share in memory, unless there is none.
    pub(crate) shared: Option<Control>,
    /// The open file's generation in the shared memory; none where that does not say.
    pub(crate) generation: Option<u64>,
    /// The file's size as far as we know: its end after our last write, or at our last look.
    pub(crate) size: u64,
    /// The file's size at our last look; it cannot be smaller unless someone cut it.
    pub(crate) looked_size: u64,
    pub(crate) look_at: Duration,
    /// The disk was slow: until then nothing is written for those who wait for nothing.
    pub(crate) slow_until: Duration,
    /// The records since the last look, to be written again if their file turns out to be deleted.
    pub(crate) recent: Vec<u8>,
    /// The period in which the open file was begun.
    pub(crate) period: Option<i64>,
    /// The file system does not append atomically: each record takes the lock.
    pub(crate) remote: bool,
    pub(crate) mode: Option<u32>,
    pub(crate) backlog: Backlog,
    pub(crate) stats: Stats,
    /// Records dropped since the log could last be written.
    pub(crate) dropped_in_a_row: u64,
    /// When the last warning of a log that cannot be written was given.
    pub(crate) warned_at: Option<Duration>,
    /// Another process did not finish its rotation in time (it is stopped, say): not waited for until then.
    pub(crate) impatient_until: Duration,
    /// Rotation failed: not tried again until then.
    pub(crate) rotation_at: Duration,
    pub(crate) tidy: Arc<Tidy>,
    /// Where records go first, with the durability `Mapped`.
    pub(crate) ring: Option<Arc<Ring>>,
    /// Room for records on their way from a ring into the log.
    pub(crate) batch: Batch,
    /// Whose lock is held to write from a ring, where there can be such a lock.
    pub(crate) turn: Option<Control>,
    /// Another process did not give it back in time: not waited for until then.
    pub(crate) turn_impatient_until: Duration,
    /// When to look for the rings of dead processes.
    pub(crate) orphans_at: Duration,
    /// The ring's thread has been started.
    pub(crate) has_thread: bool,
    /// The writer was closed: there is no ring any more.
    pub(crate) is_closed: bool,
    /// The warnings that have been given.
    pub(crate) said: Said,
}

impl State {
    pub(crate) fn new(path: &Path) -> Self {
        Self {
            file: None,
            control: Control::beside(path),
            shared: None,
            generation: None,
            size: 0,
            looked_size: 0,
            look_at: Duration::ZERO,
            slow_until: Duration::ZERO,
            recent: Vec::new(),
            period: None,
            remote: false,
            mode: None,
            backlog: Backlog::default(),
            stats: Stats::default(),
            dropped_in_a_row: 0,
            warned_at: None,
            impatient_until: Duration::ZERO,
            rotation_at: Duration::ZERO,
            tidy: Arc::default(),
            ring: None,
            batch: Batch::default(),
            turn: None,
            turn_impatient_until: Duration::ZERO,
            orphans_at: Duration::ZERO,
            has_thread: false,
            is_closed: false,
            said: Said::default(),
        }
    }

    pub(crate) fn memory(&self) -> Option<Memory<'_>> {
        self.shared.as_ref()?.memory()
    }

    pub(crate) fn stats(&self) -> Stats {
        Stats { buffered: self.backlog.len() as u64, ..self.stats }
    }
}

/// Which warnings have been given, each to be given once.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a warning of its own")]
pub(crate) struct Said {
    /// Rotation does not work.
    pub(crate) rotation: bool,
    /// A renamed file is still written.
    pub(crate) reopening: bool,
    /// The file system does not append atomically.
    pub(crate) remote: bool,
    /// Old files cannot be put in order.
    pub(crate) tidy: bool,
    /// There can be no ring.
    pub(crate) ring: bool,
}

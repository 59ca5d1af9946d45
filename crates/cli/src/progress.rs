//! A bar on standard error for work that takes more than a second.

use std::io::Write;
use std::time::{Duration, Instant};

const SILENT_FOR: Duration = Duration::from_secs(1);
const BETWEEN: Duration = Duration::from_millis(100);
const CELLS: u64 = 30;

/// How far the reading has come.
pub(crate) struct Progress<'a> {
    stderr: Option<&'a mut dyn Write>,
    total_bytes: u64,
    read_bytes: u64,
    begun: Instant,
    drawn: Option<Instant>,
}

impl<'a> Progress<'a> {
    /// A bar of `total_bytes`; without a terminal to draw on it draws nothing.
    pub(crate) fn new(stderr: Option<&'a mut dyn Write>, total_bytes: u64) -> Self {
        Self { stderr, total_bytes, read_bytes: 0, begun: Instant::now(), drawn: None }
    }

    /// Counts bytes read and draws the bar when it is time to.
    pub(crate) fn add(&mut self, bytes: u64) {
        self.read_bytes += bytes;
        let is_due = self.begun.elapsed() >= SILENT_FOR && self.drawn.is_none_or(|at| at.elapsed() >= BETWEEN);
        let (true, Some(stderr)) = (is_due, &mut self.stderr) else { return };
        let share = (self.read_bytes.min(self.total_bytes) * 100).checked_div(self.total_bytes).unwrap_or(100);
        let full = usize::try_from(share * CELLS / 100).unwrap_or_default();
        let cells = usize::try_from(CELLS).unwrap_or_default();
        let megabytes = self.read_bytes / 1_000_000;
        let bar = format!("\r\x1b[K[{}{}] {share:3} %  {megabytes} MB", "#".repeat(full), "-".repeat(cells - full));
        // A bar that cannot be drawn is no reason to stop.
        let _ = stderr.write_all(bar.as_bytes()).and_then(|()| stderr.flush());
        self.drawn = Some(Instant::now());
    }

    /// Takes the bar away, before anything else is printed.
    pub(crate) fn clear(&mut self) {
        if let (Some(_), Some(stderr)) = (self.drawn.take(), &mut self.stderr) {
            let _ = stderr.write_all(b"\r\x1b[K").and_then(|()| stderr.flush());
        }
    }
}

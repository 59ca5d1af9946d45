//! Records that could not be written yet: a bounded queue, and when to try again.

use std::collections::VecDeque;
use std::time::Duration;

/// The most bytes kept while the disk does not take them.
pub(crate) const LIMIT_BYTES: usize = 1 << 20;

const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// A queue of waiting records, oldest first. A new record that does not fit is refused, so that what was accepted
/// stays accepted.
#[derive(Debug, Default)]
pub(crate) struct Backlog {
    records: VecDeque<Vec<u8>>,
    bytes: usize,
    pause: Option<(Duration, Duration)>,
}

impl Backlog {
    /// Takes the record in; false when there is no room for it.
    pub(crate) fn push(&mut self, record: &[u8]) -> bool {
        if self.bytes + record.len() > LIMIT_BYTES {
            return false;
        }
        self.bytes += record.len();
        self.records.push_back(record.to_vec());
        true
    }

    /// The oldest waiting record.
    pub(crate) fn take(&mut self) -> Option<Vec<u8>> {
        let record = self.records.pop_front()?;
        self.bytes -= record.len();
        Some(record)
    }

    /// Puts back a record that [`Backlog::take`] gave.
    pub(crate) fn put_back(&mut self, record: Vec<u8>) {
        self.bytes += record.len();
        self.records.push_front(record);
    }

    /// How many records wait.
    pub(crate) fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether writing has failed and not yet worked again.
    pub(crate) fn is_failing(&self) -> bool {
        self.pause.is_some()
    }

    /// Whether a try is due; always, while nothing has failed.
    pub(crate) fn is_due(&self, now: Duration) -> bool {
        self.pause.is_none_or(|(until, _)| now >= until)
    }

    /// Notes a failed try: the next one waits twice as long, at most five seconds. True for the first in a row.
    pub(crate) fn failed(&mut self, now: Duration) -> bool {
        let pause = self.pause.map_or(FIRST_PAUSE, |(_, last)| (last * 2).min(LONGEST_PAUSE));
        self.pause.replace((now + pause, pause)).is_none()
    }

    /// Notes that writing works.
    pub(crate) fn worked(&mut self) {
        self.pause = None;
    }
}

#[cfg(all(test, not(feature = "shuttle")))]
mod tests {
    use super::*;

    #[test]
    fn keeps_order_and_refuses_what_does_not_fit() {
        let mut backlog = Backlog::default();
        assert!(backlog.push(b"one"));
        assert!(backlog.push(&vec![b'x'; LIMIT_BYTES - 3]));

        assert!(!backlog.push(b"y"));
        assert_eq!(Some(b"one".to_vec()), backlog.take());
        backlog.put_back(b"one".to_vec());
        assert_eq!(2, backlog.len());
        assert_eq!(Some(b"one".to_vec()), backlog.take());
    }

    #[test]
    fn waits_longer_after_each_failure_and_not_at_all_after_success() {
        let (mut backlog, start) = (Backlog::default(), Duration::from_secs(7));

        assert!(backlog.failed(start));
        assert!(!backlog.is_due(start) && backlog.is_due(start + FIRST_PAUSE));
        assert!(!backlog.failed(start));
        assert!(!backlog.is_due(start + FIRST_PAUSE) && backlog.is_due(start + FIRST_PAUSE * 2));
        (0..20).for_each(|_| assert!(!backlog.failed(start)));
        assert!(backlog.is_due(start + LONGEST_PAUSE));
        backlog.worked();
        assert!(backlog.is_due(start) && !backlog.is_failing());
    }
}

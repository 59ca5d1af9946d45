//! A stream such as standard input as records: it may fall silent in the middle and go on later.

use std::io::Read;
use std::ops::ControlFlow;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use jobtrail_core::{Filter, Plan, ReadOptions, Reader, Record};

use crate::blocks::{Blocks, is_binary};
use crate::error::FileError;
use crate::read::{ReadReport, RecordSink};

/// How long a record waits for continuation lines once its source is silent.
pub(crate) const PAUSE: Duration = Duration::from_millis(40);

/// What happens to the record that waits for continuation lines when a stream falls silent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pauses {
    /// It waits on: the result does not depend on how fast the stream comes.
    Wait,
    /// It is given, for live views; what comes later is a record of its own.
    Give,
}

/// Reads one stream such as standard input, on a thread of its own so that a pause is seen.
///
/// `idle` is called whenever nothing came for 40 ms: the time to flush what was printed.
pub fn read_stream(
    stream: Box<dyn Read + Send>,
    name: &str,
    pauses: Pauses,
    options: &ReadOptions,
    filter: &Filter,
    idle: &mut dyn FnMut(),
    sink: &mut RecordSink<'_>,
) -> ReadReport {
    let mut report = ReadReport::default();
    let pieces = pump(stream);
    let mut reader = Reader::planned(options.clone(), Plan::new(filter.clone())).passing_over();
    let mut flow = ControlFlow::Continue(());
    let mut is_first = true;
    while flow.is_continue() {
        let mut give = |record: &Record<'_>| {
            if flow.is_continue() {
                report.matched += 1;
                flow = sink(name, record);
            }
        };
        match pieces.recv_timeout(PAUSE) {
            Ok(Ok(bytes)) if is_first && is_binary(&bytes) => {
                report.problem(name, FileError::Binary);
                return report;
            }
            Ok(Ok(bytes)) => {
                is_first = false;
                reader.feed(&bytes, &mut give);
            }
            Err(RecvTimeoutError::Timeout) => {
                if pauses == Pauses::Give {
                    reader.flush(&mut give);
                }
                idle();
            }
            Ok(Err(error)) => {
                reader.finish(&mut give);
                report.problem(name, error);
                break;
            }
            Err(RecvTimeoutError::Disconnected) => {
                reader.finish(&mut give);
                break;
            }
        }
    }
    report.saw(name, reader.seen(), filter);
    report
}

/// Reads a stream on a thread; the channel ends with it.
fn pump(stream: Box<dyn Read + Send>) -> Receiver<Result<Vec<u8>, FileError>> {
    let (send, receive) = mpsc::sync_channel(4);
    // Detached: a read that never returns must not keep the program from ending.
    thread::spawn(move || {
        let mut blocks = Blocks::stream(stream);
        loop {
            let piece = match blocks.next() {
                Ok(Some(bytes)) => Ok(bytes.to_vec()),
                Ok(None) => break,
                Err(error) => Err(error),
            };
            let is_last = piece.is_err();
            if send.send(piece).is_err() || is_last {
                break;
            }
        }
    });
    receive
}

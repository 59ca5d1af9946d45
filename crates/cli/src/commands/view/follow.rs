//! `view -f`: what is there, then what is written.

use std::cell::RefCell;
use std::io;
use std::mem;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use jobtrail_core::Record;
use jobtrail_files::{Pauses, Watch, discover, read_stream};

use super::View;
use crate::inputs::Input;
use crate::io::Io;
use crate::print::{Printer, STDIN};
use crate::refusal::Refusal;
use crate::said::Said;

/// How often followed files are looked at: with many of them less often, so that looking stays a small share.
const LOOK_EVERY: Duration = Duration::from_millis(10);
const LOOK_AT_LEAST_EVERY: Duration = Duration::from_millis(40);
const LOOK_SHARE: u32 = 20;

/// How long `-n` waits at most for a log to fall silent before it prints the last records and goes on live.
const CAUGHT_UP_AT_LAST: Duration = Duration::from_secs(2);

/// Reads everything and goes on with what is written, until told to stop or nobody reads any more.
pub(super) fn follow(inputs: &[Input], mut view: View, said: &mut Said, io: &mut Io<'_>) -> Result<(), Refusal> {
    let mut paths: Vec<PathBuf> = Vec::new();
    for input in inputs {
        match input {
            Input::Stdin if inputs.len() == 1 => {
                follow_stdin(&view, said, io);
                return Ok(());
            }
            Input::Stdin => return Err(Refusal::because("standard input and files cannot be followed at once")),
            Input::Paths(more) => paths.extend_from_slice(more),
        }
    }
    let found = discover(&paths);
    said.explain(&found);
    view.style.shows_source = paths.iter().any(|path| path.is_dir()) || paths.len() > 1;
    let View { options, filter, style, last, .. } = view;
    let mut watch = Watch::new(&paths, options, filter);
    let mut printer = Printer::new(&mut *io.stdout, &style, last);
    let begun = Instant::now();
    loop {
        let looked = Instant::now();
        let is_last = (io.stopped)() || !watch.has_something_to_follow();
        printer.it_is((io.now)());
        let report = watch.poll(&mut |source, record| printer.take(source, record));
        if watch.has_caught_up() || begun.elapsed() >= CAUGHT_UP_AT_LAST {
            printer.go_live();
        }
        printer.flush();
        said.add(report);
        said.tell_on(&mut *io.stderr);
        if is_last || printer.is_closed() {
            break;
        }
        thread::sleep((looked.elapsed() * LOOK_SHARE).clamp(LOOK_EVERY, LOOK_AT_LEAST_EVERY));
    }
    said.add(watch.finish(&mut |source, record| printer.take(source, record)));
    said.printed(printer.finish());
    Ok(())
}

fn follow_stdin(view: &View, said: &mut Said, io: &mut Io<'_>) {
    let View { options, filter, style, last, .. } = view;
    let stream = mem::replace(&mut io.stdin, Box::new(io::empty()));
    let printer = RefCell::new(Printer::new(&mut *io.stdout, style, *last));
    let mut idle = || {
        let mut printer = printer.borrow_mut();
        printer.it_is((io.now)());
        printer.go_live();
        printer.flush();
    };
    let mut sink = |source: &str, record: &Record<'_>| printer.borrow_mut().take(source, record);
    said.add(read_stream(stream, STDIN, Pauses::Give, options, filter, &mut idle, &mut sink));
    said.printed(printer.into_inner().finish());
}

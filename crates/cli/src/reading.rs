//! The inputs of a command, read once by all processors for what is made of their records: sums, counts, lists.

use std::cell::RefCell;
use std::io::empty;
use std::mem;
use std::ops::ControlFlow;

use jobtrail_core::{Plan, Record, Wants};
use jobtrail_files::{Found, Pauses, Split, gather_found, read_stream};

use crate::inputs::{self, Input};
use crate::io::Io;
use crate::print::STDIN;
use crate::progress::Progress;
use crate::said::Said;
use crate::selection::Selected;
use crate::zones;

/// What is made of the records of a part of a source, and how.
pub(crate) struct Make<'a, S> {
    /// Gives what a part begins with.
    pub(crate) fresh: &'a (dyn Fn() -> S + Sync),
    /// Takes a wanted record, with the name of its source.
    pub(crate) add: &'a (dyn Fn(&mut S, &str, &Record<'_>) + Sync),
    /// Takes what was made of the next part: the name of its source, and how many lines of it stand before the part.
    pub(crate) take: &'a mut dyn FnMut(&str, S, u64),
}

/// Reads all inputs, one after the other, with a bar on the terminal if that takes long; `wants` is how much of a record is
/// looked at.
///
/// What went wrong and what is worth knowing goes to `said`.
pub(crate) fn gather<S: Send>(
    selected: &Selected,
    wants: Wants,
    make: &mut Make<'_, S>,
    said: &mut Said,
    io: &mut Io<'_>,
) {
    let Selected { sources, options, filter, .. } = selected;
    let plan = Plan::new(filter.clone()).wanting(wants);
    let found: Vec<Option<Found>> = sources.iter().map(|input| find(input, io)).collect();
    let files = found.iter().flatten().flat_map(|found| &found.sets).flat_map(|set| &set.files);
    let total_bytes = files.map(|file| file.size_bytes).sum();
    let mut stdin = mem::replace(&mut io.stdin, Box::new(empty()));
    let is_bar_shown = io.stderr_is_terminal;
    let progress = RefCell::new(Progress::new(is_bar_shown.then_some(&mut *io.stderr), total_bytes));
    for found in found {
        let report = if let Some(found) = found {
            said.explain(&found);
            let mut count = |bytes| progress.borrow_mut().add(bytes);
            let Make { fresh, add, take } = &mut *make;
            gather_found(found, options, &plan, Split::default(), &mut count, *fresh, *add, &mut |part| {
                take(part.source, part.made, part.lines_before);
                ControlFlow::Continue(())
            })
        } else {
            let mut whole = (make.fresh)();
            let stream = mem::replace(&mut stdin, Box::new(empty()));
            let mut sink = |source: &str, record: &Record<'_>| {
                (make.add)(&mut whole, source, record);
                ControlFlow::Continue(())
            };
            let report = read_stream(stream, STDIN, Pauses::Wait, options, filter, &mut || {}, &mut sink);
            (make.take)(STDIN, whole, 0);
            report
        };
        said.add(report);
    }
    progress.borrow_mut().clear();
    said.tell(io);
    if selected.is_zone_guessed && said.has_zoneless_stamps() && zones::host_is_not_utc(io) {
        io.note("times without a zone are read as UTC, this machine is set to another zone: `--tz local`");
    }
}

fn find(input: &Input, io: &mut Io<'_>) -> Option<Found> {
    match input {
        Input::Stdin => None,
        Input::Paths(paths) => Some(inputs::find(paths, io)),
    }
}

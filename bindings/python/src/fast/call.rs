//! One log call, from the level to the file.

use std::mem;
use std::rc::Rc;

use pyo3::Borrowed;
use pyo3::exceptions::PyException;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use super::cell::Held;
use super::clock::{Moment, TO_SECONDS, Zone, push_stamp};
use super::fields::Fields;
use super::forms::{Scratch, indent};
use super::known::{ERROR, Known, LEVELS};
use super::percent::{in_full, push_simple};
use super::plan::{LogFile, Plan, Shows, Sink};
use super::raw::{Argument, Value, utf8};
use crate::log::LogPaths;

/// What a log method was called with.
pub(super) struct Call<'a, 'py> {
    pub(super) message: Value<'a, 'py>,
    pub(super) arguments: &'a [Argument<'a>],
    pub(super) names: Option<Borrowed<'a, 'py, PyTuple>>,
    /// Of the keywords, by the names.
    pub(super) values: &'a [Argument<'a>],
}

/// Where the time of day begins in a stamp.
const DAY: usize = "2025-10-19 ".len();

/// What became of a call.
pub(super) enum Way {
    /// It is done: written, or not wanted.
    Done,
    /// `logging` has to do it; nothing has been done.
    Standard,
    /// The user's code raised what no log call keeps to itself, such as `KeyboardInterrupt`.
    Raised(PyErr),
}

/// None: a call is going on further up on the stack.
static ROOM: Held<Option<Box<Scratch>>> = Held::new(None);

/// Does the call if that is simple.
#[inline]
pub(super) fn log(logger: Value<'_, '_>, rank: usize, call: &Call<'_, '_>) -> Way {
    let py = logger.py();
    let Some(known) = Known::get() else { return Way::Standard };
    let Some(mut plan) = Plan::of(logger, known) else { return Way::Standard };
    if let Err(way) = wanted(&plan, logger, rank) {
        return way;
    }
    if !plan.stands(py) {
        let Some(made) = Plan::make(logger, known) else { return Way::Standard };
        plan = made;
        if let Err(way) = wanted(&plan, logger, rank) {
            return way;
        }
    }
    let Some(sink) = plan.sink() else { return Way::Standard };
    if !sink.takes.get(rank).copied().unwrap_or(true) {
        return if call.names.is_none() && sink.console.is_none() { Way::Done } else { Way::Standard };
    }
    if !known.is_usual(py, rank) {
        return Way::Standard;
    }
    let mut room = ROOM.with(py, mem::take).flatten().unwrap_or_default();
    let way = write(logger, rank, call, known, &plan, sink, &mut room).unwrap_or(Way::Standard);
    room.clear();
    ROOM.with(py, |kept| *kept = Some(room));
    way
}

/// Whether a record of this rank is to be made at all; else what became of the call.
#[inline]
fn wanted(plan: &Plan, logger: Value<'_, '_>, rank: usize) -> Result<(), Way> {
    if !plan.is_ours() {
        return Err(Way::Standard);
    }
    match plan.is_enabled(logger, rank) {
        Ok(true) => Ok(()),
        Ok(false) => Err(Way::Done),
        Err(_) => Err(Way::Standard), // and raised again there
    }
}

/// Makes the line and writes it. None: one of its parts is not simple.
#[inline]
fn write(
    logger: Value<'_, '_>,
    rank: usize,
    call: &Call<'_, '_>,
    known: &Known,
    plan: &Rc<Plan>,
    sink: &Sink,
    room: &mut Scratch,
) -> Option<Way> {
    let py = logger.py();
    let mut fields = Fields::of_call(call.names, call.values)?;
    if sink.form.has_fields() {
        fields = fields.with_context(py, known)?;
    }
    if !fields.are_free(py, known) {
        return None;
    }
    if sink.form.has_fields() {
        sink.form.keep_fields(&fields, room)?;
    }
    let moment = Moment::now()?;
    let form = &sink.form;
    if form.is_text() {
        form.push_head(py, known, rank, moment, &mut room.line)?;
    }
    let (out, start) = if form.is_text() {
        let start = room.line.len();
        (&mut room.line, start)
    } else {
        (&mut room.message, 0)
    };
    if push_simple(out, call.message, call.arguments).is_none() {
        if sink.files.iter().filter(|file| file.takes.get(rank) == Some(&true)).count() > 1 {
            return None; // each handler asks for the message: what that does is done as often
        }
        out.truncate(start);
        match in_full(py, call.message, call.arguments, known) {
            Ok(text) => out.push_str(utf8(text?.as_borrowed())?),
            Err(error) if error.is_instance_of::<PyException>(py) => return None,
            Err(error) => return Some(Way::Raised(error)),
        }
        // That was code of the user's, which may have changed anything.
        let now = Plan::of(logger, known)?;
        if !Rc::ptr_eq(&now, plan) || !plan.stands(py) || !known.is_usual(py, rank) {
            return None;
        }
    }
    let console = sink.console.as_ref().filter(|console| console.takes.get(rank) == Some(&true));
    let mut shown = None;
    if console.is_some_and(|console| console.shows == Shows::Message) {
        let mut message = if form.is_text() { room.line.get(start..)?.to_owned() } else { room.message.clone() };
        indent(&mut message, 0);
        let mut stamp = String::new();
        push_stamp(py, &mut stamp, moment, Zone::Local, TO_SECONDS, known)?;
        let (_, level) = LEVELS.get(rank)?;
        shown = Some((*level, stamp.get(DAY..)?.to_owned(), message));
    }
    let mut takers = sink.files.iter().filter(|file| file.takes.get(rank) == Some(&true));
    let last = takers.next_back();
    let mut clean_to = 0;
    if form.is_text() {
        let head = if form.has_clean_head() { start } else { 0 };
        let line = room.line.get(head..)?;
        let is_known = |file: &LogFile| file.writer.get().clean_lines().is_some_and(|lines| lines.knows(py, line));
        if last.is_some_and(is_known) {
            clean_to = room.line.len();
        } else if !indent(&mut room.line, start) {
            clean_to = head;
        }
    } else {
        form.push_object(py, known, rank, moment, room)?;
    }
    let shown_line = console.filter(|console| console.shows == Shows::Line).map(|_| room.line.clone());
    let append = |file: &LogFile, line: &mut String, clean_to: usize| {
        file.writer.get().write(py, line, clean_to, LogPaths::Redacted, rank >= ERROR);
    };
    for file in takers {
        append(file, &mut room.line.clone(), 0); // each redacts by its own settings
    }
    if let Some(last) = last {
        append(last, &mut room.line, clean_to);
    }
    let Some(console) = console.map(|console| console.handler.bind(py)) else { return Some(Way::Done) };
    let result = match (shown, shown_line) {
        (Some(parts), _) => console.call_method1(intern!(py, "show"), parts),
        (None, Some(line)) => console.call_method1(intern!(py, "show_line"), (line,)),
        (None, None) => return Some(Way::Done),
    };
    match result {
        Ok(_) => Some(Way::Done),
        Err(error) => Some(Way::Raised(error)), // an interrupt: it keeps every other to itself
    }
}

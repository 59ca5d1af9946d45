//! `view` of what is there: reads everything once, or from the end as much as is needed.

use std::cell::{Cell, RefCell};
use std::io::{self, Read, Write};
use std::mem;
use std::ops::ControlFlow;
use std::rc::Rc;

use jobtrail_core::{Plan, Record, Wants};
use jobtrail_files::{
    Around, Found, Gathered, Pauses, ReadReport, Split, gather_found, gather_last, read_merged, read_near, read_stream,
    stream_near,
};

use super::View;
use super::context::Context;
use crate::inputs::{self, Input};
use crate::io::Io;
use crate::print::{Held, Lines, Output, Paged, Pager, Printed, Printer, STDIN};
use crate::progress::Progress;
use crate::said::Said;

pub(super) fn show(inputs: &[Input], mut view: View, pager: Pager<'_>, said: &mut Said, io: &mut Io<'_>) {
    let found: Vec<Option<Found>> = inputs
        .iter()
        .map(|input| match input {
            Input::Stdin => None,
            Input::Paths(paths) => Some(inputs::find(paths, io)),
        })
        .collect();
    let files = found.iter().flatten().flat_map(|found| &found.sets).flat_map(|set| &set.files);
    let total_bytes = files.clone().map(|file| file.size_bytes).sum();
    view.style.shows_source = files.count() + found.iter().filter(|found| found.is_none()).count() > 1;
    let mut stdin = mem::replace(&mut io.stdin, Box::new(io::empty()));
    let bar: Option<&mut dyn Write> = if io.stderr_is_terminal { Some(&mut *io.stderr) } else { None };
    let is_paging = Rc::clone(&pager.is_running);
    let mut output = Paged::new(&mut *io.stdout, pager);
    let shown = Showing {
        progress: RefCell::new(Progress::new(bar, total_bytes)),
        is_paging,
        printer: RefCell::new(Printer::new(&mut output, &view.style, view.last)),
        view: &view,
    };
    for found in found.iter().flatten() {
        said.explain(found);
    }
    if let (Some(last), false) = (view.last, view.is_sorted) {
        shown.last(found, last, stdin, said);
    } else {
        for found in found {
            let report = found.map_or_else(|| shown.stream(&mut stdin), |found| shown.files(found));
            said.add(report);
            if shown.printer.borrow().is_closed() {
                break;
            }
        }
    }
    shown.progress.borrow_mut().clear();
    said.printed(shown.printer.into_inner().finish());
    if let Some(note) = output.finish() {
        io.note(&note);
    }
}

/// What is shown while it is read.
struct Showing<'a> {
    view: &'a View,
    progress: RefCell<Progress<'a>>,
    /// Whether a pager has the screen.
    is_paging: Rc<Cell<bool>>,
    printer: RefCell<Printer<'a>>,
}

impl Showing<'_> {
    fn files(&self, found: Found) -> ReadReport {
        let View { options, filter, style, is_sorted, around, .. } = self.view;
        let mut count = |bytes| self.count(bytes);
        if *is_sorted {
            let mut sink = |source: &str, record: &Record<'_>| self.take(source, record);
            return read_merged(found, options, filter, &mut count, &mut sink);
        }
        if let Some(around) = *around {
            return self.context(found, around);
        }
        let printed = Printed::default();
        gather_found(
            found,
            options,
            &self.plan(),
            Split::default(),
            &mut count,
            &|| printed.take(),
            &|lines: &mut Lines, source, record| style.push(source, record, lines),
            &mut |Gathered { made, lines_before, .. }| {
                let flow = self.print(&made, lines_before);
                printed.put_back(made);
                flow
            },
        )
    }

    /// Shows matches with what stands around them.
    fn context(&self, found: Found, around: Around) -> ReadReport {
        let View { options, filter, style, .. } = self.view;
        let mut context = Context::new(style, around);
        let mut count = |bytes| self.count(bytes);
        read_near(found, options, filter, Split::default(), around, &mut count, &mut |source, record, near| {
            self.progress.borrow_mut().clear();
            context.take(source, record, near, &mut self.printer.borrow_mut())
        })
    }

    fn stream(&self, stdin: &mut Box<dyn Read + Send>) -> ReadReport {
        let View { options, filter, style, around, .. } = self.view;
        let stream = mem::replace(stdin, Box::new(io::empty()));
        let mut idle = || self.printer.borrow_mut().flush();
        if let Some(around) = *around {
            let mut context = Context::new(style, around);
            let mut sink = |source: &str, record: &Record<'_>, near| {
                context.take(source, record, near, &mut self.printer.borrow_mut())
            };
            return stream_near(stream, STDIN, options, filter, &mut idle, &mut sink);
        }
        let mut sink = |source: &str, record: &Record<'_>| self.take(source, record);
        read_stream(stream, STDIN, Pauses::Wait, options, filter, &mut idle, &mut sink)
    }

    /// Shows the last records of all inputs, which are read from their ends as far as is needed.
    fn last(&self, found: Vec<Option<Found>>, last: usize, stdin: Box<dyn Read + Send>, said: &mut Said) {
        let View { options, filter, style, .. } = self.view;
        let mut stdin = Some(stdin);
        let mut tails: Vec<(Held, u64)> = Vec::new();
        let mut records = 0;
        for found in found.into_iter().rev() {
            let left = last.saturating_sub(records);
            let report = if let Some(found) = found {
                gather_last(
                    found,
                    options,
                    &self.plan(),
                    Split::default(),
                    left as u64,
                    &mut |bytes| self.count(bytes),
                    &|| Held::new(left),
                    &|held: &mut Held, source, record| held.push(style, source, record),
                    &mut |Gathered { made, lines_before, .. }| {
                        records += made.len();
                        tails.push((made, lines_before));
                    },
                )
            } else {
                let mut held = Held::new(left);
                let mut sink = |source: &str, record: &Record<'_>| {
                    held.push(style, source, record);
                    ControlFlow::Continue(())
                };
                let stream = stdin.take().unwrap_or_else(|| Box::new(io::empty()));
                let report = read_stream(stream, STDIN, Pauses::Wait, options, filter, &mut || {}, &mut sink);
                records += held.len();
                tails.push((held, 0));
                report
            };
            said.add(report);
        }
        let lines = tails.iter().rev().flat_map(|(held, before)| held.iter().map(|lines| (lines, *before)));
        for (lines, lines_before) in lines.skip(records.saturating_sub(last)) {
            if self.print(lines, lines_before).is_break() {
                break;
            }
        }
    }

    /// Counts bytes read, where a bar may be drawn.
    fn count(&self, bytes: u64) {
        if !self.is_paging.get() {
            self.progress.borrow_mut().add(bytes);
        }
    }

    /// Of a record of which only the text is shown the fields need not be read.
    fn plan(&self) -> Plan {
        let wants = if self.view.style.output == Output::Raw { Wants::Columns } else { Wants::All };
        Plan::new(self.view.filter.clone()).wanting(wants)
    }

    fn take(&self, source: &str, record: &Record<'_>) -> ControlFlow<()> {
        let mut printer = self.printer.borrow_mut();
        if printer.is_about_to_write() {
            self.progress.borrow_mut().clear();
        }
        printer.take(source, record)
    }

    fn print(&self, lines: &Lines, lines_before: u64) -> ControlFlow<()> {
        self.progress.borrow_mut().clear();
        self.printer.borrow_mut().print(lines, lines_before)
    }
}

//! `view` of what is there: reads everything once.

use std::cell::RefCell;
use std::io::{self, Write};
use std::mem;
use std::ops::ControlFlow;

use jobtrail_core::{Plan, Record};
use jobtrail_files::{Found, Gathered, Pauses, ReadReport, Split, gather_found, read_found, read_merged, read_stream};

use super::View;
use crate::inputs::{self, Input};
use crate::io::Io;
use crate::print::{Lines, Printed, Printer, STDIN};
use crate::progress::Progress;
use crate::said::Said;

pub(super) fn show(inputs: &[Input], mut view: View, said: &mut Said, io: &mut Io<'_>) {
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
    let shown = Showing {
        progress: RefCell::new(Progress::new(bar, total_bytes)),
        printer: RefCell::new(Printer::new(&mut *io.stdout, &view.style, view.last)),
        view: &view,
    };
    for found in found {
        let report = if let Some(found) = found {
            said.explain(&found);
            shown.files(found)
        } else {
            let stream = mem::replace(&mut stdin, Box::new(io::empty()));
            let mut idle = || shown.printer.borrow_mut().flush();
            let mut sink = |source: &str, record: &Record<'_>| shown.take(source, record);
            read_stream(stream, STDIN, Pauses::Wait, &view.options, &view.filter, &mut idle, &mut sink)
        };
        said.add(report);
        if shown.printer.borrow().is_closed() {
            break;
        }
    }
    shown.progress.borrow_mut().clear();
    said.printed(shown.printer.into_inner().finish());
}

/// What is shown while it is read.
struct Showing<'a> {
    view: &'a View,
    progress: RefCell<Progress<'a>>,
    printer: RefCell<Printer<'a>>,
}

impl Showing<'_> {
    fn files(&self, found: Found) -> ReadReport {
        let View { options, filter, style, last, is_sorted } = self.view;
        let mut count = |bytes| self.progress.borrow_mut().add(bytes);
        let mut sink = |source: &str, record: &Record<'_>| self.take(source, record);
        if *is_sorted {
            return read_merged(found, options, filter, &mut count, &mut sink);
        }
        if last.is_some() {
            return read_found(found, options, filter, &mut count, &mut sink);
        }
        let printed = Printed::default();
        gather_found(
            found,
            options,
            &Plan::new(filter.clone()),
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

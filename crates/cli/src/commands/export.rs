//! `jobtrail export`: records as a table or as JSON lines, into a file that appears whole or not at all.

use std::cell::RefCell;
use std::fs;
use std::io::{self, ErrorKind, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use jobtrail_core::{Plan, Record};
use jobtrail_files::{FileId, Found, Pauses, Split, gather_found, read_stream};

use crate::ERROR;
use crate::inputs::{self, Input};
use crate::io::Io;
use crate::print::{Cells, Columns, Lines, Printed, STDIN, visible, visible_json};
use crate::progress::Progress;
use crate::refusal::Refusal;
use crate::said::Said;
use crate::selection::{Selected, Selection};
use crate::target::{Existing, NewFile, Packed, Packing};

const NOTES: &str = "\
Columns: timestamp, level, logger, component, pid, thread, job_id, project_id, user_id, status,
message, exception, fields, format, source, line, offset, text (the record as it stands in the log),
and `fields.NAME` for one field, dots going deeper: `fields.data.step`.

A spreadsheet may run a cell that begins with = + - or @ as a formula; --safe-csv puts a ' in front of
those that are no numbers.

Examples:
  jobtrail export logs 'level>=error since:7d' --to errors.csv
  jobtrail export logs --to all.jsonl.zst
  jobtrail export worker.log -j MSH-0105-A7F2 -o csv --columns timestamp,message,fields.duration_ms";

/// Write records to a file: CSV or JSON lines, compressed on request
#[derive(Debug, clap::Args)]
#[command(after_help = NOTES)]
pub(crate) struct Arguments {
    #[command(flatten)]
    selection: Selection,
    /// The file to make; its ending says the form (.csv, .jsonl) and whether it is compressed (.gz, .zst)
    /// [default: standard output]
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
    /// The form [default: as the file's ending says, else jsonl]
    #[arg(short, long, value_enum)]
    output: Option<Form>,
    /// Only these columns, in this order
    #[arg(long, value_name = "NAMES")]
    columns: Option<String>,
    /// Replace a file that is there
    #[arg(long)]
    force: bool,
    /// Let no spreadsheet run a cell
    #[arg(long)]
    safe_csv: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    Csv,
    Jsonl,
    Parquet,
}

pub(crate) fn run(arguments: &Arguments, io: &mut Io<'_>) -> Result<u8, Refusal> {
    let (form, packing) = arguments.form()?;
    let rows = RowForm {
        columns: match &arguments.columns {
            Some(list) => Columns::parse(list).map_err(|name| no_such_column(&name))?,
            None => Columns::wire_form(),
        },
        is_csv: form == Form::Csv,
        cells: if arguments.safe_csv { Cells::Safe } else { Cells::Plain },
    };
    if arguments.safe_csv && !rows.is_csv {
        return Err(Refusal::because("`--safe-csv` is for CSV: no spreadsheet runs JSON"));
    }
    let Selected { sources, has_missing, options, filter, hint, .. } = arguments.selection.resolve(io)?;
    let mut said = Said::new(has_missing, true);
    said.hint(hint);
    if sources.is_empty() {
        return Ok(ERROR); // what is missing has been said
    }
    let found: Vec<Option<Found>> = sources
        .iter()
        .map(|input| match input {
            Input::Stdin => None,
            Input::Paths(paths) => Some(inputs::find(paths, io)),
        })
        .collect();
    let path = arguments.to.as_ref().map(|path| io.resolve(path));
    let file = match &path {
        Some(path) => Some(begin(path, arguments, &found)?),
        None => None,
    };
    let plan = Plan::new(filter).wanting(rows.columns.wants());
    let total_bytes = files(&found).map(|file| file.size_bytes).sum();
    let stdin = std::mem::replace(&mut io.stdin, Box::new(io::empty()));
    let is_bar_shown = io.stderr_is_terminal;
    let written = {
        let out: Box<dyn Write + '_> = match &file {
            Some(file) => Box::new(file),
            None => Box::new(&mut *io.stdout),
        };
        let mut writing = Writing {
            out: Packed::new(out, packing).map_err(|error| cannot_write(path.as_deref(), &error))?,
            rows: &rows,
            is_terminal: path.is_none() && io.stdout_is_terminal,
            failed: None,
            records: 0,
        };
        let progress = Progress::new(is_bar_shown.then_some(&mut *io.stderr), total_bytes);
        writing.all(found, stdin, &options, &plan, progress, &mut said);
        writing.finish()
    };
    said.tell(io);
    match written.and_then(|records| file.map_or(Ok(()), NewFile::finish).map(|()| records)) {
        Ok(records) => {
            let to = path.map(|path| format!(" to `{}`", path.display())).unwrap_or_default();
            io.note(&format!("{records} record{} written{to}", if records == 1 { "" } else { "s" }));
            Ok(said.conclude(io))
        }
        // A reader that went away needs nothing more.
        Err(error) if path.is_none() && error.kind() == ErrorKind::BrokenPipe => Ok(said.conclude(io)),
        Err(error) => Err(cannot_write(path.as_deref(), &error)),
    }
}

impl Arguments {
    /// Tells the form and the compression from the options and the file's name.
    fn form(&self) -> Result<(Form, Packing), Refusal> {
        let name = self.to.as_deref().and_then(Path::file_name).map(|name| name.to_string_lossy().to_ascii_lowercase());
        let (stem, packing) = match &name {
            None => (None, Packing::None),
            Some(name) => match (name.strip_suffix(".gz"), name.strip_suffix(".zst")) {
                (Some(stem), _) => (Some(stem), Packing::Gzip),
                (_, Some(stem)) => (Some(stem), Packing::Zstd),
                _ => (Some(name.as_str()), Packing::None),
            },
        };
        let ending = stem.and_then(|stem| stem.rsplit_once('.')).map(|(_, ending)| ending);
        let by_name = match ending {
            Some("csv") => Some(Form::Csv),
            Some("jsonl" | "ndjson" | "json") => Some(Form::Jsonl),
            Some("parquet") => Some(Form::Parquet),
            _ => None,
        };
        match self.output.or(by_name) {
            Some(Form::Parquet) => Err(Refusal::because("parquet is not written yet: `-o csv` or `-o jsonl`")),
            Some(form) => Ok((form, packing)),
            None if name.is_none() => Ok((Form::Jsonl, packing)),
            None => Err(Refusal::because(format!(
                "the name `{}` does not say the form: end it in .csv or .jsonl, or name it with `-o`",
                name.unwrap_or_default()
            ))),
        }
    }
}

/// Begins the file, unless that would destroy something.
fn begin(path: &Path, arguments: &Arguments, found: &[Option<Found>]) -> Result<NewFile, Refusal> {
    let shown = path.display();
    let id = fs::metadata(path).ok().map(|metadata| FileId::of(&metadata));
    if id.is_some() && files(found).any(|file| file.id == id) {
        return Err(Refusal::because(format!("`{shown}` is one of the logs that are read")));
    }
    let existing = if arguments.force { Existing::Replace } else { Existing::Refuse };
    NewFile::begin(path, existing).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists if arguments.force => {
            Refusal::because(format!("another export writes `{shown}` at the moment"))
        }
        ErrorKind::AlreadyExists => Refusal::because(format!("`{shown}` is there already: `--force` replaces it")),
        ErrorKind::InvalidInput => Refusal::because(format!("`{shown}` is no file that could be replaced")),
        _ => cannot_write(Some(path), &error),
    })
}

fn files(found: &[Option<Found>]) -> impl Iterator<Item = &jobtrail_files::LogFile> {
    found.iter().flatten().flat_map(|found| &found.sets).flat_map(|set| &set.files)
}

fn no_such_column(name: &str) -> Refusal {
    let expected = format!("{}, or `fields.NAME` for a field", Columns::known());
    Refusal::because(format!("no such column: `{name}`; there are {expected}"))
}

fn cannot_write(path: Option<&Path>, error: &io::Error) -> Refusal {
    let to = path.map(|path| format!(" `{}`", path.display())).unwrap_or_default();
    Refusal::because(format!("cannot write{to}: {error}"))
}

/// How a record becomes a row.
struct RowForm {
    columns: Columns,
    is_csv: bool,
    cells: Cells,
}

impl RowForm {
    fn push(&self, source: &str, record: &Record<'_>, rows: &mut Lines) {
        if self.is_csv {
            self.columns.push_csv(source, record, self.cells, rows);
        } else {
            self.columns.push_json(source, record, rows);
        }
    }
}

/// The rows on their way out.
struct Writing<'a> {
    out: Packed<Box<dyn Write + 'a>>,
    rows: &'a RowForm,
    /// Control characters never reach a terminal.
    is_terminal: bool,
    failed: Option<io::Error>,
    records: u64,
}

impl Writing<'_> {
    /// Reads everything; what went wrong with the writing waits in `failed`.
    fn all(
        &mut self,
        found: Vec<Option<Found>>,
        stdin: Box<dyn io::Read + Send>,
        options: &jobtrail_core::ReadOptions,
        plan: &Plan,
        progress: Progress<'_>,
        said: &mut Said,
    ) {
        let progress = RefCell::new(progress);
        let mut stdin = Some(stdin);
        let printed = Printed::default();
        let rows = self.rows;
        if rows.is_csv {
            let header = rows.columns.header(rows.cells);
            self.put(&header);
        }
        for found in found {
            let report = match found {
                Some(found) => {
                    said.explain(&found);
                    gather_found(
                        found,
                        options,
                        plan,
                        Split::default(),
                        &mut |bytes| progress.borrow_mut().add(bytes),
                        &|| printed.take(),
                        &|made, source, record| rows.push(source, record, made),
                        &mut |part| {
                            let flow = self.take(&part.made, part.lines_before);
                            printed.put_back(part.made);
                            flow
                        },
                    )
                }
                None => self.stream(stdin.take().unwrap_or_else(|| Box::new(io::empty())), options, plan),
            };
            self.records += report.matched;
            said.add(report);
            if self.failed.is_some() {
                break;
            }
        }
        progress.borrow_mut().clear();
    }

    /// Reads standard input; what has come is written whenever nothing more waits.
    fn stream(
        &mut self,
        stdin: Box<dyn io::Read + Send>,
        options: &jobtrail_core::ReadOptions,
        plan: &Plan,
    ) -> jobtrail_files::ReadReport {
        const ENOUGH_BYTES: usize = 1 << 18;
        let form = self.rows;
        let waiting = RefCell::new(Lines::default());
        let this = RefCell::new(self);
        let hand_on = || {
            let flow = this.borrow_mut().take(&waiting.borrow(), 0);
            waiting.borrow_mut().clear();
            flow
        };
        let mut idle = || {
            let _ = hand_on();
            this.borrow_mut().flush();
        };
        let mut sink = |_: &str, record: &Record<'_>| {
            form.push(STDIN, record, &mut waiting.borrow_mut());
            let is_enough = waiting.borrow().len() >= ENOUGH_BYTES;
            if is_enough { hand_on() } else { ControlFlow::Continue(()) }
        };
        let report = read_stream(stdin, STDIN, Pauses::Wait, options, plan.filter(), &mut idle, &mut sink);
        let _ = hand_on();
        report
    }

    fn take(&mut self, rows: &Lines, lines_before: u64) -> ControlFlow<()> {
        if rows.len() > 0 && self.failed.is_none() {
            self.put(&rows.joined(lines_before));
        }
        if self.failed.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn put(&mut self, text: &str) {
        let written = if self.is_terminal {
            let clean = if self.rows.is_csv { visible } else { visible_json };
            let lines = text.split_inclusive('\n').map(|line| match line.strip_suffix('\n') {
                Some(line) => clean(line).into_owned() + "\n",
                None => clean(line).into_owned(),
            });
            self.out.write(lines.collect::<String>().as_bytes())
        } else {
            self.out.write(text.as_bytes())
        };
        if let Err(error) = written {
            self.failed.get_or_insert(error);
        }
    }

    fn flush(&mut self) {
        if let Err(error) = self.out.flush() {
            self.failed.get_or_insert(error);
        }
    }

    /// Writes the end; returns how many records there are.
    fn finish(self) -> io::Result<u64> {
        match self.failed {
            Some(error) => Err(error),
            None => self.out.finish()?.flush().map(|()| self.records),
        }
    }
}

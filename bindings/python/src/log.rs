//! The writing side: what the logging handler hands its records to.

use std::borrow::Cow;
use std::path::PathBuf;
use std::time::Duration;

use jobtrail_core::Redactor;
use jobtrail_writer::{Compression, Durability, Options, Outcome, Period, Writer};
use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::error::bad_option;
use crate::fast::CleanLines;
use crate::record::{redactor, utf8};

const PERIODS: [(&str, Period); 3] =
    [("daily", Period::Daily), ("weekly", Period::Weekly), ("monthly", Period::Monthly)];
const COMPRESSIONS: [(&str, Compression); 2] = [("gzip", Compression::Gzip), ("zstd", Compression::Zstd)];
const DURABILITIES: [(&str, Durability); 3] =
    [("process", Durability::Process), ("mapped", Durability::Mapped), ("disk", Durability::Disk)];

/// The value of an option that has names.
fn named<T: Copy>(py: Python<'_>, option: &str, name: &str, values: &[(&str, T)]) -> PyResult<T> {
    values.iter().find(|(known, _)| *known == name).map(|(_, value)| *value).ok_or_else(|| {
        let known: Vec<String> = values.iter().map(|(known, _)| format!("'{known}'")).collect();
        bad_option(py, format!("bad {option} '{name}', supported: {}", known.join(", ")))
    })
}

/// A period: one that has a name, or its seconds and a moment at which one begins.
#[derive(FromPyObject)]
pub(crate) enum When {
    Named(String),
    Every((u32, i64)),
}

impl When {
    fn period(&self, py: Python<'_>) -> PyResult<Period> {
        match self {
            Self::Named(name) => named(py, "when", name, &PERIODS),
            Self::Every((seconds, from)) => Ok(Period::Every { seconds: *seconds, from: *from }),
        }
    }
}

#[pyclass(frozen, module = "jobtrail._core")]
pub(crate) struct LogWriter {
    writer: Writer,
    /// One for all records, and one that keeps paths, for jobtrail's own first record, which names the log's.
    redactors: Option<(Redactor, Redactor)>,
    /// Of the lines that the first one redacts.
    clean: Option<CleanLines>,
    is_mapped: bool,
}

// Never a lock with the interpreter held: each method lets go of it, or finds that there is nothing to wait for.
#[pymethods]
impl LogWriter {
    #[new]
    #[pyo3(signature = (path, *, max_bytes, backup_count, when, max_age_s, max_total_bytes, compress, durability, paths, warn, mode = None, roots = None))]
    #[expect(clippy::too_many_arguments, reason = "all of them are keywords in Python, and each is one option")]
    fn new(
        py: Python<'_>,
        path: PathBuf,
        max_bytes: u64,
        backup_count: u32,
        when: Option<When>,
        max_age_s: Option<u64>,
        max_total_bytes: u64,
        compress: Option<&str>,
        durability: &str,
        paths: Option<&str>,
        warn: Py<PyAny>,
        mode: Option<u32>,
        roots: Option<Vec<String>>,
    ) -> PyResult<Self> {
        let warn = Box::new(move |warning: &str| {
            // None: the interpreter is going down, and nobody is left to tell.
            let _ =
                Python::try_attach(|py| warn.call1(py, (warning,)).map_err(|error| error.write_unraisable(py, None)));
        });
        let options = Options {
            max_bytes,
            backup_count,
            every: when.map(|when| when.period(py)).transpose()?,
            max_age: max_age_s.map(Duration::from_secs),
            max_total_bytes,
            compress: compress.map(|name| named(py, "compress", name, &COMPRESSIONS)).transpose()?,
            durability: named(py, "durability", durability, &DURABILITIES)?,
            mode,
            ..Options::default()
        };
        let roots = roots.unwrap_or_default();
        let redactors = paths
            .map(|paths| Ok::<_, PyErr>((redactor(py, paths, roots)?, redactor(py, "off", vec![])?)))
            .transpose()?;
        let clean = redactors.as_ref().map(|(all, _)| CleanLines::new(all));
        let is_mapped = options.durability == Durability::Mapped;
        Ok(Self { writer: py.detach(|| Writer::with_warn(&path, options, warn)), redactors, clean, is_mapped })
    }

    #[pyo3(signature = (record, keep_paths = false, is_urgent = false))]
    fn append(
        &self,
        py: Python<'_>,
        record: &Bound<'_, PyString>,
        keep_paths: bool,
        is_urgent: bool,
    ) -> PyResult<&'static str> {
        let mut line = utf8(record)?.into_owned();
        let paths = if keep_paths { LogPaths::Kept } else { LogPaths::Redacted };
        Ok(match self.write(py, &mut line, 0, paths, is_urgent) {
            Outcome::Written => "written",
            Outcome::Buffered => "buffered",
            Outcome::Dropped => "dropped",
        })
    }

    /// Writes what waits and lets go of the file; a record that comes later opens it again.
    fn close(&self, py: Python<'_>) {
        py.detach(|| self.writer.close());
    }

    fn flush(&self, py: Python<'_>) -> bool {
        py.detach(|| self.writer.flush())
    }

    /// written, buffered, dropped, rotated, errors
    fn stats(&self, py: Python<'_>) -> [u64; 5] {
        let stats = py.detach(|| self.writer.stats());
        [stats.written, stats.buffered, stats.dropped, stats.rotated, stats.errors]
    }
}

/// A longer line is not redacted with the interpreter held.
const SHORT: usize = 4 * 1024;

/// What is done with the paths in a line.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum LogPaths {
    Redacted,
    /// In jobtrail's own first record.
    Kept,
}

impl LogWriter {
    /// What is known of its lines; None: they are not redacted.
    #[inline]
    pub(crate) fn clean_lines(&self) -> Option<&CleanLines> {
        self.clean.as_ref()
    }

    /// Redacts and appends a line that has no end yet; what stands before `clean_to` cannot hide anything. A short one is
    /// written with the interpreter held, which costs less than letting go of it, if that waits for nothing; else the
    /// interpreter is let go of first. An urgent one is in the file when this returns, whatever the durability.
    #[inline]
    pub(crate) fn write(
        &self,
        py: Python<'_>,
        line: &mut String,
        clean_to: usize,
        paths: LogPaths,
        is_urgent: bool,
    ) -> Outcome {
        let redactor = self.redactors.as_ref().map(|(all, first)| if paths == LogPaths::Kept { first } else { all });
        let outcome = if line.len() > SHORT {
            py.detach(|| {
                if let Some(redactor) = redactor
                    && !line.get(clean_to..).is_some_and(|rest| redactor.is_surely_clean(rest))
                {
                    redact(line, redactor);
                }
                line.push('\n');
                self.writer.append(line.as_bytes())
            })
        } else {
            let is_clean = |rest| self.clean.as_ref().is_some_and(|clean| clean.has(py, rest));
            if let Some(redactor) = redactor
                && clean_to < line.len()
                && !(paths == LogPaths::Redacted && line.get(clean_to..).is_some_and(is_clean))
            {
                redact(line, redactor);
            }
            line.push('\n');
            let at_once = self.writer.append_at_once(line.as_bytes());
            at_once.unwrap_or_else(|| py.detach(|| self.writer.append(line.as_bytes())))
        };
        if is_urgent && self.is_mapped {
            py.detach(|| self.writer.flush()); // what went wrong is looked for at once
        }
        outcome
    }
}

#[cold]
fn redact(line: &mut String, redactor: &Redactor) {
    if let Cow::Owned(redacted) = redactor.redact(line) {
        *line = redacted;
    }
}

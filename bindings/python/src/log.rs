//! The writing side: what the logging handler hands its records to.

use std::path::PathBuf;

use jobtrail_core::Redactor;
use jobtrail_writer::{Options, Outcome, Writer};
use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::record::{redactor, utf8};

#[pyclass(frozen, module = "jobtrail._core")]
pub(crate) struct LogWriter {
    writer: Writer,
    /// One for all records, and one that keeps paths, for jobtrail's own first record, which names the log's.
    redactors: Option<(Redactor, Redactor)>,
}

// Never a lock or the disk with the interpreter held: each method lets go of it.
#[pymethods]
impl LogWriter {
    #[new]
    #[pyo3(signature = (path, *, max_bytes, backup_count, paths, warn))]
    fn new(
        py: Python<'_>,
        path: PathBuf,
        max_bytes: u64,
        backup_count: u32,
        paths: Option<&str>,
        warn: Py<PyAny>,
    ) -> PyResult<Self> {
        let warn = Box::new(move |warning: &str| {
            // None: the interpreter is going down, and nobody is left to tell.
            let _ =
                Python::try_attach(|py| warn.call1(py, (warning,)).map_err(|error| error.write_unraisable(py, None)));
        });
        let options = Options { max_bytes, backup_count, ..Options::default() };
        let redactors = paths.map(|paths| Ok::<_, PyErr>((redactor(py, paths)?, redactor(py, "off")?))).transpose()?;
        Ok(Self { writer: py.detach(|| Writer::with_warn(&path, options, warn)), redactors })
    }

    #[pyo3(signature = (record, keep_paths = false))]
    fn append(&self, py: Python<'_>, record: &Bound<'_, PyString>, keep_paths: bool) -> PyResult<&'static str> {
        let text = utf8(record)?;
        let redactor = self.redactors.as_ref().map(|(all, first)| if keep_paths { first } else { all });
        let outcome = py.detach(|| {
            let mut line = redactor.map_or_else(|| text.to_string(), |redactor| redactor.redact(&text).into_owned());
            line.push('\n');
            self.writer.append(line.as_bytes())
        });
        Ok(match outcome {
            Outcome::Written => "written",
            Outcome::Buffered => "buffered",
            Outcome::Dropped => "dropped",
        })
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

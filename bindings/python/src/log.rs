//! The writing side: what the logging handler hands its records to.

use std::path::PathBuf;

use jobtrail_core::{Paths, Redactor};
use jobtrail_writer::{Options, Outcome, Writer};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

use crate::record::{clean, redactor};

/// A log open for appending.
#[pyclass(frozen, module = "jobtrail._core")]
pub(crate) struct LogWriter {
    writer: Writer,
    redactor: Option<Redactor>,
    /// For jobtrail's own first record, which names the log's path.
    path_keeper: Redactor,
}

#[pymethods]
impl LogWriter {
    #[new]
    #[pyo3(signature = (path, *, max_bytes, backup_count, redact, warn))]
    fn new(py: Python<'_>, path: PathBuf, max_bytes: u64, backup_count: u32, redact: bool, warn: Py<PyAny>) -> Self {
        let warn = Box::new(move |warning: &str| {
            // None: the interpreter is going down, and nobody is left to tell.
            let told =
                Python::try_attach(|py| warn.call1(py, (warning,)).map_err(|error| error.write_unraisable(py, None)));
            drop(told);
        });
        let options = Options { max_bytes, backup_count, mode: None };
        // Without the interpreter: opening may wait for a disk, and the warning takes it.
        let writer = py.detach(|| Writer::with_warn(&path, options, warn));
        Self { writer, redactor: redact.then(Redactor::default), path_keeper: redactor(Paths::Off) }
    }

    #[pyo3(signature = (record, keep_paths = false))]
    fn append(&self, py: Python<'_>, record: &Bound<'_, PyString>, keep_paths: bool) -> PyResult<&'static str> {
        let text = clean(record)?;
        let redactor = self.redactor.as_ref().map(|redactor| if keep_paths { &self.path_keeper } else { redactor });
        // Never a lock or the disk with the interpreter held.
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

    fn stats<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let stats = py.detach(|| self.writer.stats());
        let counts = PyDict::new(py);
        counts.set_item("written", stats.written)?;
        counts.set_item("buffered", stats.buffered)?;
        counts.set_item("dropped", stats.dropped)?;
        counts.set_item("rotated", stats.rotated)?;
        counts.set_item("errors", stats.errors)?;
        Ok(counts)
    }
}

//! `jobtrail._core`: the Rust half of the Python package. Thin: Python does the manners (defaults, paths, formats),
//! the crates do the work, and this hands over.
//!
//! A wheel for one version of Python has the fast path of `JobLogger` (`fast/`), the abi3 wheel for all versions has not
//! (`slow.rs`); both write the same lines.

#![expect(clippy::needless_pass_by_value, reason = "PyO3 hands arguments over owned")]

mod error;
#[cfg(not(any(Py_LIMITED_API, Py_GIL_DISABLED, PyPy, GraalPy)))]
mod fast;
#[cfg(any(Py_LIMITED_API, Py_GIL_DISABLED, PyPy, GraalPy))]
#[path = "slow.rs"]
mod fast;
mod job_id;
mod log;
mod prune;
mod read;
mod record;
mod redactor;

/// The extension module.
#[pyo3::pymodule(gil_used = true)]
mod _core {
    use std::ffi::OsString;

    use pyo3::prelude::*;

    #[pymodule_export]
    use crate::error::JobtrailError;
    #[pymodule_export]
    use crate::fast::{prepare_logger_class, settings_changed};
    #[pymodule_export]
    use crate::job_id::{JobId, check_job_ref, generate_job_id};
    #[pymodule_export]
    use crate::log::LogWriter;
    #[pymodule_export]
    use crate::prune::prune;
    #[pymodule_export]
    use crate::read::{Query, complete_query, read_jobs, read_logs};
    #[pymodule_export]
    use crate::record::{Record, parse_line, parse_text, redact};
    #[pymodule_export]
    use crate::redactor::Redactor;

    #[pyfunction]
    fn run_cli(py: Python<'_>, arguments: Vec<OsString>) -> u8 {
        py.detach(|| jobtrail_cli::run_process(arguments))
    }
}

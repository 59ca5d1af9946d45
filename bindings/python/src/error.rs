//! The one place where errors of the crates become Python's: a `ValueError` with `code` and, in a text, `column`.

use jobtrail_core::{JobIdError, QueryError};
use pyo3::create_exception;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

create_exception!(
    jobtrail,
    JobtrailError,
    PyValueError,
    "A bad argument. `code` is a stable word, `column` the character at which a text goes wrong, or None."
);

/// Makes the exception.
pub(crate) fn error(py: Python<'_>, code: &str, column: Option<usize>, text: String) -> PyErr {
    let error = JobtrailError::new_err(text);
    let value = error.value(py);
    match value.setattr("code", code).and_then(|()| value.setattr("column", column)) {
        Ok(()) => error,
        Err(failed) => failed,
    }
}

/// `text` is the query: core counts bytes, Python characters.
pub(crate) fn query_error(py: Python<'_>, text: &str, source: &QueryError) -> PyErr {
    let column = text.char_indices().take_while(|(at, _)| *at < source.column()).count();
    error(py, source.code(), Some(column), source.to_string())
}

pub(crate) fn job_id_error(py: Python<'_>, source: &JobIdError) -> PyErr {
    error(py, source.code(), None, source.to_string())
}

pub(crate) fn bad_option(py: Python<'_>, text: String) -> PyErr {
    error(py, "bad_option", None, text)
}

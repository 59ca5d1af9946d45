//! What stands in the place of `fast/` in the wheel for every version of Python: nothing, so that `logging` does it all.

use jobtrail_core::Redactor;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyType};

/// There are no fast methods here.
#[pyfunction]
pub(crate) fn prepare_logger_class(_class: &Bound<'_, PyType>, _parts: &Bound<'_, PyDict>) -> bool {
    false
}

/// Nobody asks.
#[pyfunction]
pub(crate) fn settings_changed() {}

/// Whether what stands behind a head of so many bytes surely hides nothing.
pub(crate) fn is_rest_surely_clean(redactor: &Redactor, line: &mut String, start: usize) -> bool {
    line.get(start..).is_some_and(|rest| redactor.is_surely_clean(rest))
}

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

/// Which lines surely hide nothing.
pub(crate) struct CleanLines(Redactor);

impl CleanLines {
    pub(crate) fn new(redactor: &Redactor) -> Self {
        Self(redactor.clone())
    }

    pub(crate) fn has(&self, _py: Python<'_>, text: &str) -> bool {
        self.0.is_surely_clean(text)
    }
}

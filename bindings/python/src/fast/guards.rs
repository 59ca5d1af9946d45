//! What is looked at before each fast call: whether anything has changed since the logger was looked at.

use std::sync::atomic::{AtomicU64, Ordering};

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyList;

use super::raw::{Value, holds};

/// Grows with each setting that is changed on a logger, a handler or a formatter of ours, and with each change of levels.
static EPOCH: AtomicU64 = AtomicU64::new(1);

/// Says that a setting was changed, so that each logger is looked at again.
#[pyfunction]
pub(crate) fn settings_changed() {
    EPOCH.fetch_add(1, Ordering::Relaxed);
}

#[inline]
pub(super) fn epoch() -> u64 {
    EPOCH.load(Ordering::Relaxed)
}

/// A list and what it held: handlers and filters are added to and taken off lists without a word to us.
pub(super) struct Listed {
    list: Py<PyList>,
    items: Vec<Py<PyAny>>,
}

impl Listed {
    pub(super) fn of(list: &Bound<'_, PyList>) -> Self {
        Self { list: list.clone().unbind(), items: list.iter().map(Bound::unbind).collect() }
    }

    #[inline]
    pub(super) fn stands(&self, py: Python<'_>) -> bool {
        holds(self.list.bind_borrowed(py), &self.items)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    pub(super) fn items(&self) -> &[Py<PyAny>] {
        &self.items
    }
}

/// A logger above ours of a class that does not tell us of its settings.
pub(super) struct Ancestor {
    logger: Py<PyAny>,
    handlers: Py<PyAny>,
    propagates: bool,
    parent: Py<PyAny>,
}

impl Ancestor {
    pub(super) fn of(logger: &Bound<'_, PyAny>) -> PyResult<Self> {
        let py = logger.py();
        Ok(Self {
            logger: logger.clone().unbind(),
            handlers: logger.getattr(intern!(py, "handlers"))?.unbind(),
            propagates: logger.getattr(intern!(py, "propagate"))?.is_truthy()?,
            parent: logger.getattr(intern!(py, "parent"))?.unbind(),
        })
    }

    #[inline]
    pub(super) fn stands(&self, py: Python<'_>) -> bool {
        let logger = self.logger.bind(py);
        let is = |name, wanted: &Py<PyAny>| logger.getattr(name).is_ok_and(|now: Bound<'_, PyAny>| now.is(wanted));
        is(intern!(py, "handlers"), &self.handlers)
            && is(intern!(py, "parent"), &self.parent)
            && logger.getattr(intern!(py, "propagate")).is_ok_and(|now| now.is_truthy().ok() == Some(self.propagates))
    }
}

/// Whether an object has none of these attributes of its own, by which it would hide its class's.
pub(super) fn has_none_of_its_own(value: Value<'_, '_>, names: &[&str]) -> bool {
    let Ok(own) = value.getattr(intern!(value.py(), "__dict__")) else { return true };
    names.iter().all(|name| own.contains(name).is_ok_and(|is_there| !is_there))
}

//! Which lines surely hide nothing, remembered for a log.

use jobtrail_core::{CleanTexts, Redactor};
use pyo3::prelude::*;

use super::cell::Held;

/// What is known of a log's lines.
pub(crate) struct CleanLines(Held<CleanTexts>);

impl CleanLines {
    pub(crate) fn new(redactor: &Redactor) -> Self {
        Self(Held::new(CleanTexts::new(redactor)))
    }

    /// Whether a text surely hides nothing.
    #[inline]
    pub(crate) fn has(&self, py: Python<'_>, text: &str) -> bool {
        self.0.with(py, |texts| texts.has(text)).unwrap_or(false)
    }

    /// Whether a text is known to hide nothing and to have no line end.
    #[inline]
    pub(crate) fn knows(&self, py: Python<'_>, text: &str) -> bool {
        self.0.with(py, |texts| texts.knows(text)).unwrap_or(false)
    }
}

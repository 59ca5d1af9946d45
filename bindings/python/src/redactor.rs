//! A redactor with options, for the class `jobtrail.Redactor`.

use jobtrail_core::{Paths, RedactOptions};
use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::error::{bad_option, error};
use crate::record::{paths_of, utf8};

#[pyclass(frozen, module = "jobtrail._core")]
pub(crate) struct Redactor(jobtrail_core::Redactor);

#[pymethods]
impl Redactor {
    #[new]
    #[pyo3(signature = (*, paths, roots, extra, patterns, off, allow, mask))]
    #[expect(clippy::too_many_arguments, reason = "the options of a redactor, by their names")]
    fn new(
        py: Python<'_>,
        paths: &str,
        roots: Vec<String>,
        extra: (bool, bool, bool),
        patterns: Vec<String>,
        off: Vec<String>,
        allow: Vec<String>,
        mask: Option<String>,
    ) -> PyResult<Self> {
        let (emails, ips, phones) = extra;
        let paths: Paths = paths_of(py, paths)?;
        let options = RedactOptions { paths, roots, emails, ips, phones, patterns, off, allow, mask };
        options.check().map_err(|wrong| error(py, wrong.code(), None, format!("bad {wrong}")))?;
        Ok(Self(jobtrail_core::Redactor::new(options)))
    }

    /// Returns the redacted text.
    fn redact(&self, text: &Bound<'_, PyString>) -> PyResult<String> {
        Ok(self.0.redact(&utf8(text)?).into_owned())
    }

    /// Returns rule, start and end of what would be masked, in characters.
    fn find(&self, py: Python<'_>, text: &Bound<'_, PyString>) -> PyResult<Vec<(&'static str, usize, usize)>> {
        let text = text.to_cow().map_err(|_| bad_option(py, "text holds a lone surrogate".to_owned()))?;
        let mut at = (0, 0);
        let mut characters = |end: usize| {
            at = (end, at.1 + text.get(at.0..end).unwrap_or_default().chars().count());
            at.1
        };
        let found = self.0.find(&text);
        Ok(found.iter().map(|finding| (finding.rule, characters(finding.start), characters(finding.end))).collect())
    }
}

//! Records, and redaction of text.

use std::borrow::Cow;

use jobtrail_core::{Level, Paths, ReadOptions, Reader, RedactOptions, Redactor};
use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::error::{bad_option, error};

#[pyclass(frozen, eq, module = "jobtrail")]
#[derive(PartialEq)]
pub(crate) struct Record {
    pub(crate) record: jobtrail_core::Record<'static>,
    pub(crate) source: Option<String>,
}

#[rustfmt::skip] // a table: one name of DESIGN.md a line
#[pymethods]
impl Record {
    #[getter] fn timestamp(&self) -> Option<String> { self.record.timestamp.map(|timestamp| timestamp.to_string()) }
    #[getter] fn level(&self) -> Option<&'static str> { self.record.level.map(Level::as_str) }
    #[getter] fn logger(&self) -> Option<&str> { self.record.logger.as_deref() }
    #[getter] fn component(&self) -> Option<&str> { self.record.component.as_deref() }
    #[getter] fn pid(&self) -> Option<i64> { self.record.pid }
    #[getter] fn thread(&self) -> Option<&str> { self.record.thread.as_deref() }
    #[getter] fn job_id(&self) -> Option<&str> { self.record.job_id.as_deref() }
    #[getter] fn project_id(&self) -> Option<&str> { self.record.project_id.as_deref() }
    #[getter] fn user_id(&self) -> Option<&str> { self.record.user_id.as_deref() }
    #[getter] fn status(&self) -> Option<&str> { self.record.status.as_deref() }
    #[getter] fn message(&self) -> &str { &self.record.message }
    #[getter] fn exception(&self) -> Option<&str> { self.record.exception.as_deref() }
    #[getter] fn fields<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> { loads(py, &self.record.fields.to_json()) }
    #[getter] fn format(&self) -> &'static str { self.record.format }
    #[getter] fn source(&self) -> Option<&str> { self.source.as_deref() }
    #[getter] fn line(&self) -> Option<u64> { self.record.line }
    #[getter] fn offset(&self) -> u64 { self.record.offset }
    #[getter] fn text(&self) -> &str { &self.record.text }

    fn to_json(&self) -> String {
        let mut json = String::new();
        jobtrail_core::write_json(&self.record, self.source.as_deref(), &mut json);
        json
    }

    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> { loads(py, &self.to_json()) }
    fn __repr__(&self) -> String { format!("Record({})", self.to_json()) }
}

#[pyfunction]
#[pyo3(signature = (text, redact = true))]
pub(crate) fn parse_line(text: &Bound<'_, PyString>, redact: bool) -> PyResult<Record> {
    let record = jobtrail_core::parse_line(&utf8(text)?, &read_options(redact));
    Ok(Record { record, source: None })
}

#[pyfunction]
#[pyo3(signature = (text, redact = true))]
pub(crate) fn parse_text(py: Python<'_>, text: &[u8], redact: bool) -> Vec<Record> {
    py.detach(|| {
        let mut records = Vec::new();
        let mut keep = |record: &jobtrail_core::Record<'_>| {
            records.push(Record { record: record.to_static(), source: None });
        };
        let mut reader = Reader::new(read_options(redact));
        reader.feed(text, &mut keep);
        reader.finish(&mut keep);
        records
    })
}

#[pyfunction]
#[pyo3(signature = (text, paths = "home"))]
pub(crate) fn redact(py: Python<'_>, text: &Bound<'_, PyString>, paths: &str) -> PyResult<String> {
    Ok(redactor(py, paths, vec![])?.redact(&utf8(text)?).into_owned())
}

/// A redactor with nothing else chosen; with `strict`, paths below `roots` become relative.
pub(crate) fn redactor(py: Python<'_>, paths: &str, roots: Vec<String>) -> PyResult<Redactor> {
    let options = RedactOptions { paths: paths_of(py, paths)?, roots, ..RedactOptions::default() };
    options.check().map_err(|wrong| error(py, wrong.code(), None, format!("bad {wrong}")))?;
    Ok(Redactor::new(options))
}

pub(crate) fn paths_of(py: Python<'_>, paths: &str) -> PyResult<Paths> {
    match paths {
        "home" => Ok(Paths::Home),
        "strict" => Ok(Paths::Strict),
        "off" => Ok(Paths::Off),
        other => Err(bad_option(py, format!("bad paths `{other}`, expected home, strict or off"))),
    }
}

pub(crate) fn read_options(redact: bool) -> ReadOptions {
    ReadOptions { redactor: redact.then(Redactor::default), ..ReadOptions::default() }
}

/// The text in UTF-8; a lone surrogate, which has none, is spelled `\udc80`.
pub(crate) fn utf8<'t>(text: &'t Bound<'_, PyString>) -> PyResult<Cow<'t, str>> {
    text.to_cow().or_else(|_| {
        let spelled = text.call_method1("encode", ("utf-8", "backslashreplace"))?;
        Ok(Cow::Owned(String::from_utf8_lossy(spelled.extract::<&[u8]>()?).into_owned()))
    })
}

fn loads<'py>(py: Python<'py>, json: &str) -> PyResult<Bound<'py, PyAny>> {
    py.import("json")?.call_method1("loads", (json,))
}

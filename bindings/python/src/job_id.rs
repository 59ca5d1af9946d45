//! Job IDs.

use std::collections::HashMap;

use jobtrail_core::{Date, JobTypes};
use pyo3::prelude::*;

use crate::error::{bad_option, job_id_error};

#[pyclass(frozen, eq, hash, str = "{0}", module = "jobtrail")]
#[derive(PartialEq, Eq, Hash)]
pub(crate) struct JobId(jobtrail_core::JobId);

#[rustfmt::skip] // a table, as the record's
#[pymethods]
impl JobId {
    #[new]
    #[pyo3(signature = (text, types = None))]
    fn new(py: Python<'_>, text: &str, types: Option<HashMap<String, String>>) -> PyResult<Self> {
        jobtrail_core::JobId::parse(text, &registry(py, types)?).map(Self).map_err(|error| job_id_error(py, &error))
    }

    #[getter] fn job_type(&self) -> &str { self.0.job_type() }
    #[getter] fn month(&self) -> u8 { self.0.month() }
    #[getter] fn day(&self) -> u8 { self.0.day() }
    #[getter] fn suffix(&self) -> &str { self.0.suffix() }
    fn __repr__(&self) -> String { format!("JobId('{}')", self.0) }
}

/// `today` is year, month, day; what `taken` raises comes through.
#[pyfunction]
#[pyo3(signature = (job_type, types, today, seed, taken))]
pub(crate) fn generate_job_id(
    py: Python<'_>,
    job_type: &str,
    types: Option<HashMap<String, String>>,
    today: (i32, u8, u8),
    seed: u64,
    taken: &Bound<'_, PyAny>,
) -> PyResult<String> {
    let day = Date::new(today.0, today.1, today.2).ok_or_else(|| bad_option(py, format!("no such day: {today:?}")))?;
    let mut raised = None;
    let mut is_taken = |id: &jobtrail_core::JobId| {
        let answer = taken.call1((id.as_str(),)).and_then(|answer| answer.is_truthy());
        answer.map_err(|error| raised = Some(error)).unwrap_or(false)
    };
    let id = jobtrail_core::generate_job_id(job_type, &registry(py, types)?, day, seed, &mut is_taken);
    raised.map_or_else(|| id.map(|id| id.to_string()).map_err(|error| job_id_error(py, &error)), Err)
}

#[pyfunction]
pub(crate) fn check_job_ref(py: Python<'_>, text: &str) -> PyResult<()> {
    jobtrail_core::check_job_ref(text).map_err(|error| job_id_error(py, &error))
}

/// The job types known anyway, and these.
fn registry(py: Python<'_>, types: Option<HashMap<String, String>>) -> PyResult<JobTypes> {
    let mut registry = JobTypes::default();
    for (code, name) in types.into_iter().flatten() {
        registry.add(&code, &name).map_err(|error| job_id_error(py, &error))?;
    }
    Ok(registry)
}

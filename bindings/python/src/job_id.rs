//! Job IDs.

use std::collections::HashMap;

use jobtrail_core::{Date, JobTypes};
use pyo3::prelude::*;

use crate::error::{bad_option, job_id_error};

/// A typed job ID.
#[pyclass(frozen, eq, hash, str = "{0}", module = "jobtrail")]
#[derive(PartialEq, Eq, Hash)]
pub(crate) struct JobId(jobtrail_core::JobId);

#[pymethods]
impl JobId {
    #[new]
    #[pyo3(signature = (text, types = None))]
    fn new(py: Python<'_>, text: &str, types: Option<HashMap<String, String>>) -> PyResult<Self> {
        jobtrail_core::JobId::parse(text, &registry(py, types)?).map(Self).map_err(|error| job_id_error(py, &error))
    }

    #[getter]
    fn job_type(&self) -> &str {
        self.0.job_type()
    }
    #[getter]
    fn month(&self) -> u8 {
        self.0.month()
    }
    #[getter]
    fn day(&self) -> u8 {
        self.0.day()
    }
    #[getter]
    fn suffix(&self) -> &str {
        self.0.suffix()
    }

    fn __repr__(&self) -> String {
        format!("JobId('{}')", self.0)
    }
}

#[pyfunction]
#[pyo3(signature = (job_type, types, year, month, day, seed, taken))]
#[expect(clippy::too_many_arguments, reason = "called by the Python function of this name alone")]
pub(crate) fn generate_job_id(
    py: Python<'_>,
    job_type: &str,
    types: Option<HashMap<String, String>>,
    year: i32,
    month: u8,
    day: u8,
    seed: u64,
    taken: &Bound<'_, PyAny>,
) -> PyResult<String> {
    let today = Date::new(year, month, day).ok_or_else(|| bad_option(py, format!("no day {year}-{month}-{day}")))?;
    let mut raised = None;
    let mut is_taken = |id: &jobtrail_core::JobId| match taken.call1((id.as_str(),)).and_then(|it| it.is_truthy()) {
        Ok(is_taken) => is_taken,
        Err(error) => {
            raised.get_or_insert(error);
            false
        }
    };
    let id = jobtrail_core::generate_job_id(job_type, &registry(py, types)?, today, seed, &mut is_taken);
    match raised {
        Some(error) => Err(error),
        None => id.map(|id| id.to_string()).map_err(|error| job_id_error(py, &error)),
    }
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

//! The reading side: queries, and logs of a disk as a list of records.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use jobtrail_core::{Filter, JobTypes, Jobs, Plan, ReadOptions, Timestamp, Zone};
use jobtrail_files::{ReadReport, Split, discover, gather_found};
use pyo3::prelude::*;

use crate::error::{bad_option, query_error};
use crate::record::{Record, read_options};

#[pyclass(frozen, module = "jobtrail")]
pub(crate) struct Query {
    parsed: jobtrail_core::Query,
    now: Timestamp,
    filter: Filter,
}

#[pymethods]
impl Query {
    #[new]
    #[pyo3(signature = (text, *, now = None, tz = "UTC"))]
    fn new(py: Python<'_>, text: &str, now: Option<&str>, tz: &str) -> PyResult<Self> {
        let now = moment(py, now)?;
        let parsed = jobtrail_core::Query::parse(text).map_err(|error| query_error(py, text, &error))?;
        let filter = parsed.resolve(now, &zone(py, tz)?);
        Ok(Self { parsed, now, filter })
    }

    fn matches(&self, record: &Record) -> bool {
        self.filter.matches(&record.record)
    }

    fn __str__(&self) -> String {
        self.parsed.to_string()
    }
}

/// What can stand at a byte of a query: start, end, what is expected, and text, kind and detail of each item.
type Completed = (usize, usize, &'static str, Vec<(String, &'static str, &'static str)>);

#[pyfunction]
pub(crate) fn complete_query(text: &str, cursor: usize, values: HashMap<String, Vec<String>>) -> Completed {
    let mut values_of = |field: &str, offer: &mut dyn FnMut(&str)| {
        values.get(field).into_iter().flatten().for_each(|value| offer(value));
    };
    let found = jobtrail_core::complete(text, cursor, &mut values_of);
    let items = found.items.into_iter().map(|item| (item.text, item.kind.as_str(), item.detail)).collect();
    (found.start, found.end, found.expected, items)
}

/// What could not be read, or only by a guess: name, code, text.
type Problem = (String, &'static str, String);

/// Records that match all `queries` (ages seen from the first one's present), and what could not be read.
#[pyfunction]
pub(crate) fn read_logs(
    py: Python<'_>,
    paths: Vec<PathBuf>,
    queries: Vec<Bound<'_, Query>>,
    redact: bool,
    tz: &str,
) -> PyResult<(Vec<Record>, Vec<Problem>)> {
    let (options, filter) = selection(py, &queries, redact, tz)?;
    Ok(py.detach(|| {
        let mut records = Vec::new();
        let report = jobtrail_files::read(&paths, &options, &filter, &mut |source, record| {
            records.push(Record { record: record.to_static(), source: Some(source.to_owned()) });
            ControlFlow::Continue(())
        });
        (records, problems_of(report, &filter))
    }))
}

/// The jobs of those records as `Jobs::to_json` has them, silent until `now`, and what could not be read.
#[pyfunction]
pub(crate) fn read_jobs(
    py: Python<'_>,
    paths: Vec<PathBuf>,
    queries: Vec<Bound<'_, Query>>,
    redact: bool,
    tz: &str,
    now: Option<&str>,
) -> PyResult<(String, Vec<Problem>)> {
    let (options, filter) = selection(py, &queries, redact, tz)?;
    let now = moment(py, now)?;
    Ok(py.detach(|| {
        let fresh = || Jobs::new(JobTypes::default());
        let mut jobs = fresh();
        let mut source = String::new();
        let report = gather_found(
            discover(&paths),
            &options,
            &Plan::new(filter.clone()),
            Split::default(),
            &mut |_| {},
            &fresh,
            &|jobs, source, record| jobs.add(record, Some(source)),
            &mut |part| {
                if part.source != source {
                    jobs.end_source();
                    part.source.clone_into(&mut source);
                }
                jobs.merge(part.made);
                ControlFlow::Continue(())
            },
        );
        (jobs.to_json(now), problems_of(report, &filter))
    }))
}

/// What is asked of the records: all queries at once, ages seen from the first one's present.
fn selection(py: Python<'_>, queries: &[Bound<'_, Query>], redact: bool, tz: &str) -> PyResult<(ReadOptions, Filter)> {
    let options = ReadOptions { zone: zone(py, tz)?, ..read_options(redact) };
    let now = queries.first().map_or_else(present, |query| query.get().now);
    let all = queries.iter().fold(jobtrail_core::Query::default(), |all, query| all.and(&query.get().parsed));
    let filter = all.resolve(now, &options.zone);
    Ok((options, filter))
}

fn problems_of(report: ReadReport, filter: &Filter) -> Vec<Problem> {
    let unread = report.problems.into_iter().map(|at| (at.name, at.error.code(), at.error.to_string()));
    let undated = report
        .undated
        .into_iter()
        .map(|at| (at.name, "no_time", format!("left out, none of its {} records has a time", at.records)));
    let zoneless = (report.has_zoneless_stamps && filter.needs_time())
        .then(|| (String::new(), "no_zone", "times without a zone are read as UTC".to_owned()));
    unread.chain(undated).chain(zoneless).collect()
}

fn zone(py: Python<'_>, name: &str) -> PyResult<Zone> {
    let zone = if name == "local" { jobtrail_files::system_zone() } else { jobtrail_files::zone(name) };
    zone.map_err(|error| bad_option(py, error.to_string()))
}

/// Returns the time that a program names, else the clock's.
fn moment(py: Python<'_>, now: Option<&str>) -> PyResult<Timestamp> {
    now.map_or_else(
        || Ok(present()),
        |now| Timestamp::parse(now).ok_or_else(|| bad_option(py, format!("bad now `{now}`, expected RFC 3339"))),
    )
}

fn present() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}

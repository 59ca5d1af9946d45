//! The reading side: queries, and logs of a disk as a list of records.

use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use jobtrail_core::{Filter, ReadOptions, Reader, Timestamp, Zone, date_in_name};
use jobtrail_files::{Blocks, FileError, discover};
use pyo3::prelude::*;

use crate::error::{bad_option, query_error};
use crate::record::{Record, read_options};

/// A query, its ages and clock times resolved when it was made.
#[pyclass(frozen, module = "jobtrail")]
pub(crate) struct Query {
    text: String,
    filter: Filter,
}

#[pymethods]
impl Query {
    #[new]
    #[pyo3(signature = (text, *, now = None))]
    fn new(py: Python<'_>, text: &str, now: Option<&str>) -> PyResult<Self> {
        let now = match now {
            Some(text) => Timestamp::parse(text).ok_or_else(|| bad_option(py, format!("bad time `{text}`")))?,
            None => present(),
        };
        let query = jobtrail_core::Query::parse(text).map_err(|error| query_error(py, text, &error))?;
        Ok(Self { text: text.to_owned(), filter: query.resolve(now, &Zone::UTC) })
    }

    fn matches(&self, record: &Record) -> bool {
        self.filter.matches(&record.record)
    }

    fn __str__(&self) -> &str {
        &self.text
    }
}

/// What could not be read: name, code, text.
type Problem = (String, &'static str, String);

/// Records that match all `queries`, and what could not be read.
#[pyfunction]
pub(crate) fn read_logs(
    py: Python<'_>,
    paths: Vec<PathBuf>,
    queries: Vec<Bound<'_, Query>>,
    redact: bool,
) -> (Vec<Record>, Vec<Problem>) {
    let filters: Vec<Filter> = queries.iter().map(|query| query.get().filter.clone()).collect();
    py.detach(|| {
        let found = discover(&paths);
        let mut records = Vec::new();
        let mut problems: Vec<Problem> = Vec::new();
        for problem in found.problems {
            problems.push((problem.name, problem.error.code(), problem.error.to_string()));
        }
        for file in found.sets.into_iter().flat_map(|set| set.files) {
            let options = ReadOptions { date: date_in_name(&file.name), ..read_options(redact) };
            let mut keep = |record: jobtrail_core::Record<'_>| {
                if filters.iter().all(|filter| filter.matches(&record)) {
                    records.push(Record { record: record.into_owned(), source: Some(file.name.clone()) });
                }
            };
            if let Err(error) = read(&file.path, options, &mut keep) {
                problems.push((file.name.clone(), error.code(), error.to_string()));
            }
        }
        (records, problems)
    })
}

/// Reads one file to its end; what stands before a damage is given.
fn read(
    path: &std::path::Path,
    options: ReadOptions,
    keep: &mut dyn FnMut(jobtrail_core::Record<'_>),
) -> Result<(), FileError> {
    let mut blocks = Blocks::open(path)?;
    let mut reader = Reader::new(options);
    let ended = loop {
        match blocks.next() {
            Ok(Some(block)) => reader.feed(block, keep),
            Ok(None) => break Ok(()),
            Err(error) => break Err(error),
        }
    };
    reader.finish(keep);
    ended
}

fn present() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}

//! Deleting old logs.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use jobtrail_files::{Reason, Retention, Verdict, delete, plan};
use pyo3::prelude::*;

use crate::error::bad_option;

/// A file that a rule is against: path, size, what it is, the rule, and what became of it.
type Pruned = (PathBuf, u64, &'static str, &'static str, String);

/// What could not be looked at: name, code, text.
type Problem = (String, &'static str, String);

/// Each file that a rule is against: `deleted`, `would go`, or why it stays.
#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "the options of retention, by their names")]
pub(crate) fn prune(
    py: Python<'_>,
    roots: Vec<PathBuf>,
    profile: Option<&str>,
    max_age_s: Option<u64>,
    max_age_errors_s: Option<u64>,
    keep_bytes: Option<u64>,
    keep_files: Option<usize>,
    live: bool,
    dry_run: bool,
) -> PyResult<(Vec<Pruned>, Vec<Problem>)> {
    let of_profile = profile.map(|name| {
        let expected = "expected development, staging or production";
        Retention::profile(name).ok_or_else(|| bad_option(py, format!("bad profile `{name}`, {expected}")))
    });
    let of_profile = of_profile.transpose()?.unwrap_or_default();
    let rules = Retention {
        max_age: max_age_s.map(Duration::from_secs).or(of_profile.max_age),
        max_age_errors: max_age_errors_s.map(Duration::from_secs).or(of_profile.max_age_errors),
        keep_bytes,
        keep_files,
        live,
    };
    Ok(py.detach(|| {
        let plan = plan(&roots, &rules, SystemTime::now());
        let mut pruned = Vec::new();
        for file in &plan.files {
            let (reason, fate) = match &file.verdict {
                Verdict::Goes(reason) if dry_run => (reason, "would go".to_owned()),
                Verdict::Goes(reason) => (reason, delete(file).to_string()),
                Verdict::Kept(reason, keep) => (reason, keep.to_string()),
                Verdict::Stays => continue,
            };
            pruned.push((file.path.clone(), file.size_bytes, file.kind.as_str(), option(*reason), fate));
        }
        let problems = plan.problems.into_iter().map(|at| (at.name, at.error.code(), at.error.to_string()));
        (pruned, problems.collect())
    }))
}

/// The option that says it.
fn option(reason: Reason) -> &'static str {
    match reason {
        Reason::OlderThan(_) => "older_than",
        Reason::MoreThan(_) => "keep_files",
        Reason::Beyond(_) => "keep_bytes",
        _ => "",
    }
}

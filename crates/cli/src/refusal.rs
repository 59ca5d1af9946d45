//! Why a command was not begun: something in its arguments is wrong.

use std::fmt;

use jobtrail_core::{JobIdError, QueryError};
use jobtrail_files::ZoneError;

/// What to tell the user.
#[derive(Debug)]
pub(crate) struct Refusal {
    text: String,
}

impl Refusal {
    /// An option whose value does not do.
    pub(crate) fn option(option: &str, given: &str, expected: &str) -> Self {
        Self { text: format!("bad value `{given}` of `{option}`: expected {expected}") }
    }

    /// What cannot be done, in one sentence.
    pub(crate) fn because(text: impl Into<String>) -> Self {
        Self { text: text.into() }
    }

    /// A query that cannot be read, with a caret under the place.
    pub(crate) fn query(query: &str, error: &QueryError) -> Self {
        let before = query.get(..error.column()).unwrap_or(query);
        let caret_at = before.chars().count();
        let line = query.replace(['\n', '\t', '\r'], " ");
        let expected = error.expected();
        let caret = " ".repeat(caret_at);
        Self { text: format!("bad query at column {}: expected {expected}\n  {line}\n  {caret}^", caret_at + 1) }
    }
}

impl From<JobIdError> for Refusal {
    fn from(error: JobIdError) -> Self {
        Self { text: error.to_string() }
    }
}

impl From<ZoneError> for Refusal {
    fn from(error: ZoneError) -> Self {
        Self { text: error.to_string() }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

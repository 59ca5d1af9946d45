//! Why a command was not begun: something in its arguments is wrong.

use std::fmt;

use jobtrail_core::{JobIdError, QueryError};
use jobtrail_files::ZoneError;

/// What to tell the user.
#[derive(Debug)]
pub(crate) struct Refusal {
    text: String,
    /// The option whose value does not do, and that value.
    option: Option<(String, String)>,
}

impl Refusal {
    /// An option whose value does not do.
    pub(crate) fn option(option: &str, given: &str, expected: &str) -> Self {
        Self::because(format!("bad value `{given}` of `{option}`: expected {expected}")).about(option, given)
    }

    /// What cannot be done, in one sentence.
    pub(crate) fn because(text: impl Into<String>) -> Self {
        Self { text: text.into(), option: None }
    }

    /// Names the option that it is about, and the value that does not do.
    pub(crate) fn about(self, option: &str, given: &str) -> Self {
        Self { option: Some((option.to_owned(), given.to_owned())), ..self }
    }

    /// The option whose value does not do, and that value, where it is about one.
    pub(crate) fn of_option(&self) -> Option<(&str, &str)> {
        self.option.as_ref().map(|(option, given)| (option.as_str(), given.as_str()))
    }

    /// A query that cannot be read, with a caret under the place.
    pub(crate) fn query(query: &str, error: &QueryError) -> Self {
        let before = query.get(..error.column()).unwrap_or(query);
        let caret_at = before.chars().count();
        let line = query.replace(['\n', '\t', '\r'], " ");
        let expected = error.expected();
        let caret = " ".repeat(caret_at);
        Self::because(format!("bad query at column {}: expected {expected}\n  {line}\n  {caret}^", caret_at + 1))
    }
}

impl From<JobIdError> for Refusal {
    fn from(error: JobIdError) -> Self {
        Self::because(error.to_string())
    }
}

impl From<ZoneError> for Refusal {
    fn from(error: ZoneError) -> Self {
        Self::because(error.to_string())
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

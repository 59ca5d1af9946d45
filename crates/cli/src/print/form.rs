//! The forms in which sums are printed.

use clap::ValueEnum;

/// How what a command sums up is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    Text,
    Json,
    Csv,
}

//! Databases: `PostgreSQL`.
//!
//! Specification: `PostgreSQL`'s `log_line_prefix = '%m [%p] '`.

use super::pattern::{Example, Rows};

pub(super) const ROWS: Rows = "\
postgres %d%z [%p] %l:_%m
";

pub(super) const EXAMPLES: &[Example] =
    &[("postgres", "2026-01-05 14:30:01.123 UTC [1234] LOG:  database system is ready to accept connections")];

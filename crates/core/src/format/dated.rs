//! What stands behind a time and needs no more to be known: `asctime` with a level, `go` without.
//!
//! Specification: Python `logging.basicConfig` with `%(asctime)s %(levelname)s %(message)s` and its relatives; Go's
//! `log.LstdFlags`.

use super::pattern::{Example, Rows};

pub(super) const ROWS: Rows = "\
asctime %d - %l - %m
asctime %d [%l_] %w: %m
asctime %d [%l_] %m
asctime %d | %l_| %m
asctime %d_%l_%m
go %O %m
";

pub(super) const EXAMPLES: &[Example] =
    &[("asctime", "2026-01-05 14:30:01,123 INFO Started"), ("go", "2026/01/05 14:30:01 listening on :8080")];

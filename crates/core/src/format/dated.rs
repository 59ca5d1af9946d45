//! What stands behind a time and needs no more to be known: `asctime` with a level, `go`, `epoch` and `dated` without.
//!
//! Specification: Python `logging.basicConfig` with `%(asctime)s %(levelname)s %(message)s` and its relatives; Go's
//! `log.LstdFlags`; seconds or milliseconds since 1970 in front of a text.

use super::pattern::{Example, Rows};

pub(super) const ROWS: Rows = "\
asctime %d - %l - %m
asctime %d [%l_] %w: %m
asctime %d [%l_] %m
asctime %d | %l_| %m
asctime %d:%l:%m
asctime %d_%l<:> _%m
asctime %d %w %l<:> _%m
asctime %T [%l_] %m
asctime %T_%U<:> _%m
asctime %O [%l_] %m
asctime %O_%U<:> _%m
go %O %m
epoch %e %m
asctime %K %l_%m
dated %d<,> %m
dated [%d] %m
dated %C %m
dated %T %m
dated [%T] %m
";

pub(super) const EXAMPLES: &[Example] = &[
    ("asctime", "2026-01-05 14:30:01,123 INFO Started"),
    ("go", "2026/01/05 14:30:01 listening on :8080"),
    ("epoch", "1767623401.123 job started"),
    ("dated", "2026-01-05 14:30:01 job started"),
];

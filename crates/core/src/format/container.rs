//! Lines of containers, with a log line or an object behind the container's own header.
//!
//! Specification: the Container Runtime Interface's `<time> <stream> <P|F> <line>`; `docker compose logs`' `<service>-<n>  | <line>`.

use super::pattern::{Example, Rows};

pub(super) const ROWS: Rows = "\
cri %D {stream} F %M
cri %D {stream} F %m
cri %D {stream} P %m
compose %k_| %M
";

pub(super) const EXAMPLES: &[Example] = &[
    ("cri", "2026-01-05T14:30:01.123456789Z stdout F Listening on port 8080"),
    ("compose", "web-1  | [14:30:01] [1] [INFO] listening"),
];

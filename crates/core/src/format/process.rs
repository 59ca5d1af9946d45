//! The desktop image tool's host and worker lines: `process`, the file form, and `console`, the form on standard error.
//!
//! Specification: the tool's logging guide. `YYYY-MM-DD HH:MM:SS.mmm [pid] [LEVEL] message` in files,
//! `[HH:MM:SS] [pid] [LEVEL] message` on the console, where the level may be coloured.

use super::pattern::{Example, Rows};

pub(super) const ROWS: Rows = "\
process %d [%p] [%l] %m
console [%T] [%p] [%l] %m
";

pub(super) const EXAMPLES: &[Example] = &[
    ("process", "2025-10-19 05:52:25.123 [1234] [INFO] Executor ready"),
    ("console", "[05:52:25] [1234] [WARNING] Low disk space"),
];

//! The image service's plain lines: `service`.
//!
//! Specification: Python `logging` with `%(asctime)s - %(name)s - %(levelname)s - %(message)s`.

use super::pattern::{Example, Rows};

pub(super) const ROWS: Rows = "\
service %d - *n - %l - %m
";

pub(super) const EXAMPLES: &[Example] =
    &[("service", "2025-11-11 22:30:45 - job_processor - INFO - Processing job #123")];

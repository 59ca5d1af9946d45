//! The desktop suite's console lines, printed when its Redis is away: `redis-console`.
//!
//! Specification: the suite's `JobLogManager`: `[JobLogManager] [<jobId>] INFO: <message>`.

use super::pattern::{Example, Rows};

pub(super) const ROWS: Rows = "\
redis-console [=JobLogManager=] [*i] %l: %m
";

pub(super) const EXAMPLES: &[Example] = &[("redis-console", "[JobLogManager] [job-42] INFO: Processing data (45%)")];

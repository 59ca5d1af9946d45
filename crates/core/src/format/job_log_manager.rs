//! The desktop suite's console lines, printed when its Redis is away: `redis-console`.
//!
//! Specification: the suite's `JobLogManager`: `[JobLogManager] [<jobId>] INFO: <message>`.

use super::pattern::Row;

pub(super) const ROWS: &[Row] = &[("redis-console", "[=JobLogManager=] [*i] %l: %m")];

pub(super) const EXAMPLES: &[Row] = &[("redis-console", "[JobLogManager] [job-42] INFO: Processing data (45%)")];

//! The formats of Rust, Go and C++ programs.
//!
//! Specification: `env_logger`'s default format; `tracing_subscriber::fmt::format::Full`; Go's `log.LstdFlags`; the line of
//! glog and klog (`Lmmdd hh:mm:ss.uuuuuu threadid file:line] msg`); spdlog's default pattern `[%Y-%m-%d %T.%e] [%n] [%l] %v`.

use super::pattern::{Example, Rows};

pub(super) const ROWS: Rows = "\
env_logger [%d %l_%n] %m
tracing %D_%l_%n: %m
klog %q%G_%t {caller}] %m
spdlog [%d] [%l] %m
spdlog [%d] [%n] [%l] %m
";

pub(super) const EXAMPLES: &[Example] = &[
    ("env_logger", "[2026-01-05T14:30:01Z INFO  my_app::jobs] started"),
    ("tracing", "2026-01-05T14:30:01.123456Z  INFO my_app::jobs: started"),
    ("klog", "I0105 14:30:01.123456    1234 controller.go:116] Starting"),
    ("spdlog", "[2026-01-05 14:30:01.123] [app] [info] Started"),
];

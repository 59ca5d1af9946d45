//! The formats of Rust, Go and C++ programs.
//!
//! Specification: `env_logger`'s default format, with and without a time; `tracing_subscriber::fmt::format::Full`; the line of
//! glog and klog (`Lmmdd hh:mm:ss.uuuuuu threadid file:line] msg`, glog 0.6 with a year); spdlog's default pattern
//! `[%Y-%m-%d %T.%e] [%n] [%l] %v`; zap's `NewDevelopmentEncoderConfig`.

use super::pattern::{Example, Rows};

pub(super) const ROWS: Rows = "\
env_logger [%d %l_%n] %m
env_logger [%l _%n] %m
tracing %D_%l_%n: %m
klog %q%G_%t {caller}] %m
klog %q%I_%t {caller}] %m
spdlog [%d] [%l] %m
spdlog [%d] [*n] [%l] %m
zap %d\t%l\t{caller}\t%m
";

pub(super) const EXAMPLES: &[Example] = &[
    ("env_logger", "[2026-01-05T14:30:01Z INFO  my_app::jobs] started"),
    ("tracing", "2026-01-05T14:30:01.123456Z  INFO my_app::jobs: started"),
    ("klog", "I0105 14:30:01.123456    1234 controller.go:116] Starting"),
    ("spdlog", "[2026-01-05 14:30:01.123] [app] [info] Started"),
    ("zap", "2026-01-05T14:30:01.123Z\tINFO\tserver/main.go:42\tstarted\t{\"port\": 8080}"),
];

//! The command line on real files, pipes and processes.
#![expect(clippy::unwrap_used, reason = "a test may stop where a step fails")]

mod bad_input;
mod common;
mod completions;
mod context;
mod counting;
mod docs;
mod equality;
mod export;
mod follow;
mod formats;
mod help;
mod ids;
mod job;
mod jobs;
mod looks;
mod pager;
mod prune;
mod redact;
mod settings;
mod stats;
#[cfg(unix)]
mod terminal;
mod vectors;
mod view;

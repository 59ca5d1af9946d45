//! The subcommands, one file each: its arguments and what it does with them.

pub(crate) mod completions;
pub(crate) mod config;
pub(crate) mod export;
pub(crate) mod formats;
pub(crate) mod help;
pub(crate) mod id;
pub(crate) mod job;
pub(crate) mod jobs;
pub(crate) mod man;
pub(crate) mod prune;
pub(crate) mod redact;
pub(crate) mod serve;
pub(crate) mod stats;
pub(crate) mod view;

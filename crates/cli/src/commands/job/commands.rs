//! Looks worth taking as commands for a shell, each with what it is for.

use std::path::PathBuf;

use jobtrail_core::{Look, Timestamp};

use crate::inputs::quoted;

/// A command and what it shows.
pub(super) struct Suggestion {
    pub(super) command: String,
    pub(super) shows: &'static str,
}

/// Returns the commands for a look; `paths` are those that were asked for, as a shell takes them.
pub(super) fn of(look: &Look, files: &[(String, PathBuf)], paths: &str) -> Vec<Suggestion> {
    let path = |source: &str| {
        let known = files.iter().find(|(name, _)| name == source);
        known.map(|(_, path)| quoted(&path.display().to_string()))
    };
    let suggest = |shows, command| Suggestion { command, shows };
    match look {
        // What came from standard input cannot be read again.
        Look::AroundFailure { source, since, until } => path(source)
            .map(|path| {
                let command = format!("jobtrail view {path} --since {} --until {}", short(*since), short(*until));
                suggest("what else happened then", command)
            })
            .into_iter()
            .collect(),
        Look::SameError { text } => {
            vec![suggest(
                "which other jobs it happened to",
                format!("jobtrail jobs{paths} -l error -g {}", quoted(text)),
            )]
        }
        Look::Process { source, pid, since } => {
            let query = pid.map(|pid| format!(" pid:{pid}")).unwrap_or_default();
            let view = path(source).map(|path| format!("jobtrail view {path}{query} --since {}", short(*since)));
            let view = view.map(|view| suggest("what its process said before and after", view));
            let alive = pid.map(|pid| format!("ps -o pid,lstart,stat,args -p {pid}"));
            let alive = alive.map(|alive| suggest("whether the process is still there", alive));
            view.into_iter().chain(alive).collect()
        }
        Look::System { since, until, .. } => {
            let (since, until) = (clock(*since), clock(*until));
            vec![
                suggest(
                    "what the service manager and the kernel did",
                    format!("journalctl --since '{since}' --until '{until}'"),
                ),
                suggest(
                    "whether the kernel killed it",
                    format!(
                        "journalctl -k --since '{since}' --until '{until}' -g 'out of memory|oom|killed process|segfault'"
                    ),
                ),
                suggest(
                    "the same where there is no journal",
                    "dmesg -T | grep -iE 'out of memory|oom|killed process|segfault'".to_owned(),
                ),
            ]
        }
        _ => Vec::new(),
    }
}

/// Returns a time to the second, as `--since` takes it: `2026-01-05T14:30:01Z`.
fn short(time: Timestamp) -> String {
    let full = time.to_string();
    format!("{}Z", full.get(.."2026-01-05T14:30:01".len()).unwrap_or(&full))
}

/// Returns a time as `journalctl` takes it.
fn clock(time: Timestamp) -> String {
    short(time).replace('T', " ").replace('Z', " UTC")
}

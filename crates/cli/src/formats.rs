//! `jobtrail formats`: the formats that are read, and why a line is of the one that took it.

use std::fmt::Write;

use jobtrail_core::{ReadOptions, Record, formats, near_misses, parse_line, write_json};

use crate::FOUND;
use crate::clean::{visible, visible_json};
use crate::io::Io;

/// List the formats that are read, or explain a line
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  jobtrail formats
  jobtrail formats --explain '2026-01-05 14:30:01,123 INFO Started'")]
pub(crate) struct Arguments {
    /// Say which format takes this line, what it reads, and where the line departs from those tried before
    #[arg(long, value_name = "LINE", allow_hyphen_values = true)]
    explain: Option<String>,
}

pub(crate) fn run(arguments: &Arguments, io: &mut Io<'_>) -> u8 {
    let text = match &arguments.explain {
        Some(line) => explained(line),
        None => listed(),
    };
    // A reader that went away needs nothing more.
    let _ = io.stdout.write_all(text.as_bytes()).and_then(|()| io.stdout.flush());
    FOUND
}

fn listed() -> String {
    let width = formats().map(|(name, _)| name.len()).max().unwrap_or_default();
    let mut text = String::new();
    for (name, example) in formats() {
        let _ = writeln!(text, "{name:width$}  {}", visible(example));
    }
    text
}

fn explained(line: &str) -> String {
    let record = parse_line(line, &ReadOptions::default());
    let mut text = String::new();
    match record.format {
        "plain" => text.push_str("no format takes this line: it is a plain record\n"),
        format => {
            let _ = writeln!(text, "{format} takes this line:");
        }
    }
    push_record(&record, &mut text);
    for miss in near_misses(line.lines().next().unwrap_or_default()) {
        let column = line.get(..miss.at).map_or(miss.at, |read| read.chars().count()) + 1;
        let _ = writeln!(text, "not {}: column {column} departs from `{}`", miss.format, visible(miss.pattern));
    }
    text
}

fn push_record(record: &Record<'_>, text: &mut String) {
    let mut json = String::new();
    write_json(record, None, &mut json);
    let _ = writeln!(text, "  {}", visible_json(&json));
}

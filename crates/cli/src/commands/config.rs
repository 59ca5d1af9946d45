//! `jobtrail config`: what the environment and settings files say, and where.

use std::fmt::Write;
use std::path::Path;

use clap::ValueEnum;

use crate::FOUND;
use crate::config::{EXAMPLE, NAME, Origin, Settings, Value};
use crate::io::Io;
use crate::print::{json_text, visible};

/// Show which settings hold, and where each is set
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Settings come from the command line, else the environment (JOBTRAIL_LEVEL for all commands that have --level,
JOBTRAIL_VIEW_LEVEL for one), else the nearest jobtrail.toml upward from the current directory, else the user's own.

Examples:
  jobtrail config
  jobtrail config --paths
  jobtrail config --example > jobtrail.toml")]
pub(crate) struct Arguments {
    /// Show where settings files are looked for
    #[arg(long)]
    paths: bool,
    /// Print a settings file that says what can be set
    #[arg(long, conflicts_with = "paths")]
    example: bool,
    /// How it is printed: for people, or as a JSON object a line
    #[arg(short, long, value_enum, default_value_t = Form::Text)]
    output: Form,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    Text,
    Json,
}

pub(crate) fn run(arguments: &Arguments, settings: &Settings, io: &mut Io<'_>) -> u8 {
    let text = match (arguments.output, arguments.paths) {
        _ if arguments.example => EXAMPLE.to_owned(),
        (Form::Text, true) => paths(settings),
        (Form::Json, true) => paths_json(settings),
        (Form::Text, false) => values(settings),
        (Form::Json, false) => settings.values.iter().map(value_json).collect(),
    };
    // A reader that went away needs nothing more.
    let _ = io.stdout.write_all(text.as_bytes()).and_then(|()| io.stdout.flush());
    FOUND
}

fn paths(settings: &Settings) -> String {
    let mut text = String::new();
    for (path, is_there) in &settings.looked_for {
        let _ = writeln!(text, "{}  {}", if *is_there { "read   " } else { "missing" }, shown(path));
    }
    text
}

fn paths_json(settings: &Settings) -> String {
    let mut text = String::new();
    for (path, is_there) in &settings.looked_for {
        let _ = writeln!(text, "{{\"path\":{},\"read\":{is_there}}}", json_text(&path.to_string_lossy()));
    }
    text
}

/// One line for each value; one that all commands share is there once, by the bare name of its option.
fn values(settings: &Settings) -> String {
    let mut rows: Vec<[String; 3]> = Vec::new();
    for value in &settings.values {
        let same_key = || settings.values.iter().filter(|other| other.option.key == value.option.key);
        let is_shared = same_key().all(|other| other.texts == value.texts && other.origin == value.origin);
        let name = if is_shared {
            value.option.key.clone()
        } else {
            format!("{}.{}", value.option.command.join("."), value.option.key)
        };
        if rows.iter().any(|[known, ..]| *known == name) {
            continue;
        }
        let origin = value.origin.told().unwrap_or_else(|| "default".to_owned());
        rows.push([name, visible(&value.texts.join(", ")).into_owned(), visible(&origin).into_owned()]);
    }
    let width = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or_default()
    };
    let (first, second) = (width(0), width(1));
    let mut text = String::new();
    if !settings.looked_for.iter().any(|(_, is_there)| *is_there) {
        let _ = writeln!(text, "# no {NAME} is read: `jobtrail config --paths` says where it could be");
    }
    for [name, value, origin] in &rows {
        let _ = writeln!(text, "{name:first$}  {value:second$}  {origin}");
    }
    text
}

fn value_json(value: &Value) -> String {
    let texts: Vec<String> = value.texts.iter().map(|text| json_text(text)).collect();
    let (kind, place) = match &value.origin {
        Origin::Variable(name) => ("environment", format!("{},\"line\":null", json_text(name))),
        Origin::File { path, line } => ("file", format!("{},\"line\":{line}", json_text(&path.to_string_lossy()))),
        Origin::Default => ("default", "null,\"line\":null".to_owned()),
    };
    format!(
        "{{\"command\":\"{}\",\"option\":\"{}\",\"values\":[{}],\"origin\":\"{kind}\",\"place\":{place}}}\n",
        value.option.command.join(" "),
        value.option.key,
        texts.join(",")
    )
}

fn shown(path: &Path) -> String {
    visible(&path.to_string_lossy()).into_owned()
}

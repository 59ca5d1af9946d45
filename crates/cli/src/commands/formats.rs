//! `jobtrail formats`: the formats that are read, and why a line is of the one that took it.

use std::cmp::Reverse;
use std::fmt::Write;

use jobtrail_core::{NearMiss, ReadOptions, Record, formats, near_misses, parse_line, write_json};

use crate::FOUND;
use crate::io::Io;
use crate::print::{visible, visible_json};

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
    push_misses(&record, &mut text);
    text
}

/// No more formats than these are told of: the one whose header goes on the longest in the line first.
const MOST_MISSES: usize = 5;

/// Says which other headers the line, redacted, begins with, and where each stops.
fn push_misses(record: &Record<'_>, text: &mut String) {
    let line = record.text.lines().next().unwrap_or_default();
    let mut misses: Vec<NearMiss> = near_misses(line).into_iter().filter(|miss| is_near(miss, line)).collect();
    misses.sort_by_key(|miss| Reverse(miss.at));
    let mut told: Vec<&str> = Vec::new();
    for miss in misses {
        if told.len() == MOST_MISSES || told.contains(&miss.format) || miss.format == record.format {
            continue;
        }
        told.push(miss.format);
        let (read, rest) = line.split_at_checked(miss.at).unwrap_or((line, ""));
        let place = match rest.chars().take(24).collect::<String>() {
            rest if rest.is_empty() => "the line ends too early".to_owned(),
            rest => format!("stops at column {}, `{}`", read.chars().count() + 1, visible(&rest)),
        };
        let _ = writeln!(text, "not {}: {place}; its form is `{}`", miss.format, visible(&spelled(miss.pattern)));
    }
    let hint = match line.as_bytes() {
        _ if record.format != "plain" || !told.is_empty() => return,
        [] => "an empty line goes on with the record before it",
        [b'{', ..] => "it begins like a JSON object, but is not a whole one",
        [b' ' | b'\t', ..] => "an indented line goes on with the record before it",
        [b'0'..=b'9', ..] => "it begins with a digit, but with no date, time or count since 1970 that is possible",
        _ => "it begins with no time and no level that is known",
    };
    let _ = writeln!(text, "{hint}");
}

/// Whether more of a header stands in the line than a number or words, of which any text has some.
fn is_near(miss: &NearMiss, line: &str) -> bool {
    let read = line.get(..miss.at).unwrap_or_default();
    let is_sign = |c: char| matches!(c, '[' | '|');
    let begins_with_word = miss.pattern.starts_with(['{', '*']) || miss.pattern.starts_with("%k");
    let is_number = read.bytes().all(|byte| byte.is_ascii_digit());
    miss.at > 1 && !is_number && (!begins_with_word || miss.pattern.contains(is_sign) && read.contains(is_sign))
}

/// Returns a pattern as people read it: `<time> [<pid>] [<level>] <message>`, what may be left out in parentheses.
fn spelled(pattern: &str) -> String {
    let mut spelled = String::new();
    let mut rest = pattern;
    while let Some(mark) = rest.chars().next() {
        let behind = rest.get(mark.len_utf8()..).unwrap_or_default();
        let mut named = |end: char| {
            let (name, others) = behind.split_once(end).unwrap_or((behind, ""));
            let _ = write!(spelled, "<{}>", if name == "-" { "any" } else { name });
            others
        };
        rest = match mark {
            '%' | '*' if !behind.starts_with('{') => {
                let letter = behind.chars().next().unwrap_or(' ');
                let name = if mark == '*' && letter == 'T' { "thread>:<logger" } else { piece(letter) };
                let _ = write!(spelled, "<{name}>");
                behind.get(letter.len_utf8()..).unwrap_or_default()
            }
            '*' => behind,
            '{' => named('}'),
            '=' => {
                let (word, others) = behind.split_once('=').unwrap_or((behind, ""));
                spelled.push_str(word);
                others
            }
            mark => {
                spelled.push(match mark {
                    '<' => '(',
                    '>' => ')',
                    '_' => ' ',
                    other => other,
                });
                behind
            }
        };
    }
    spelled
}

/// Returns what a letter of a pattern stands for.
fn piece(letter: char) -> &'static str {
    match letter {
        'l' | 'U' | 'q' => "level",
        'p' => "pid",
        'n' | 'w' | 'g' => "logger",
        't' => "thread",
        'T' => "time of day",
        'k' => "component",
        'i' => "job",
        'm' | 'o' => "message",
        'M' => "record",
        'r' => "rest",
        'z' => "zone",
        '#' => "number",
        '!' => "priority",
        'e' => "count since 1970",
        _ => "time",
    }
}

fn push_record(record: &Record<'_>, text: &mut String) {
    let mut json = String::new();
    write_json(record, None, &mut json);
    let _ = writeln!(text, "  {}", visible_json(&json));
}

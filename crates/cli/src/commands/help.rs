//! `jobtrail help`: the help of a command, or the query language.

use std::fmt::Write;

use clap::Command;
use jobtrail_core::{query_example, query_fields, query_operators};

use crate::io::Io;
use crate::refusal::Refusal;
use crate::similar::most_similar;
use crate::{FOUND, PROGRAM};

/// Print the help of a command, or `help query` for the query language
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// A command, or `query`
    #[arg(value_name = "TOPIC")]
    topics: Vec<String>,
}

const QUERY: &str = "query";

/// What is printed where nothing is asked for.
const GUIDE: &str = "\
jobtrail reads, follows, searches and redacts job logs.

  jobtrail view                              the logs under this directory
  jobtrail view logs 'level>=error since:2h' what went wrong
  jobtrail view -f worker.log                follow, across rotation
  jobtrail jobs logs                         what became of each job
  jobtrail redact < app.log > shareable.log  no secrets in it

jobtrail help          all commands and their options
jobtrail help query    the query language
";

/// Prints a short guide.
pub(crate) fn guide(io: &mut Io<'_>) -> u8 {
    print(GUIDE, io);
    FOUND
}

pub(crate) fn run(arguments: &Arguments, mut command: Command, io: &mut Io<'_>) -> Result<u8, Refusal> {
    if arguments.topics.iter().map(String::as_str).eq([QUERY]) {
        print(&query(), io);
        return Ok(FOUND);
    }
    command.build();
    let mut names = PROGRAM.to_owned();
    for topic in &arguments.topics {
        let known: Vec<String> = command.get_subcommands().map(|inner| inner.get_name().to_owned()).collect();
        let known = || known.iter().map(String::as_str).chain([QUERY]);
        let hint = most_similar(topic, known()).map(|name| format!(": `{name}` is one")).unwrap_or_default();
        let inner = command.find_subcommand(topic).cloned();
        command = inner.ok_or_else(|| Refusal::because(format!("there is no help on `{topic}`{hint}")))?;
        let _ = write!(names, " {topic}");
    }
    let help = command.bin_name(names).render_help();
    let text = if io.is_colored(io.stdout_is_terminal) { help.ansi().to_string() } else { help.to_string() };
    print(&text, io);
    Ok(FOUND)
}

/// The query language, from the tables that it is read by.
fn query() -> String {
    let mut text = "A query is words and tests, side by side; all of them must hold.\n\n".to_owned();
    let row =
        |names: String, about, key| [names, String::from(about), query_example(key).unwrap_or_default().to_owned()];
    let fields: Vec<_> = query_fields()
        .iter()
        .map(|field| row([&[field.name()], field.short()].concat().join(", "), field.about, field.name()))
        .collect();
    push_rows("Names", &fields, &mut text);
    text.push_str("  Any other name is a field of the line, dots go deeper: data.step>3\n\n");
    let operators: Vec<_> =
        query_operators().map(|operator| row(operator.text.to_owned(), operator.about, operator.text)).collect();
    push_rows("Signs", &operators, &mut text);
    text
}

fn push_rows(heading: &str, rows: &[[String; 3]], text: &mut String) {
    let width =
        |column: usize| rows.iter().filter_map(|row| row.get(column)).map(String::len).max().unwrap_or_default();
    let (first, second) = (width(0), width(1));
    let _ = writeln!(text, "{heading}:");
    for [names, about, example] in rows {
        let _ = writeln!(text, "  {names:first$}  {about:second$}  {example}");
    }
}

fn print(text: &str, io: &mut Io<'_>) {
    // A reader that went away needs nothing more.
    let _ = io.stdout.write_all(text.as_bytes()).and_then(|()| io.stdout.flush());
}

//! `view --count`: how many records match, by source. No record is made, and all processors read.

use std::fmt::Write as _;

use jobtrail_core::Wants;

use crate::io::Io;
use crate::print::{Output, STDIN, json_text, push_cell, visible};
use crate::reading::{Make, gather};
use crate::said::Said;
use crate::selection::Selected;

/// Counts what matches and prints it: one number, or where several sources were read one for each and their sum.
pub(super) fn count(selected: &Selected, output: Output, said: &mut Said, io: &mut Io<'_>) {
    let mut counts: Vec<(String, u64)> = Vec::new();
    let mut take = |source: &str, more: u64, _| match counts.last_mut() {
        Some((last, count)) if last == source => *count += more,
        _ => counts.push((source.to_owned(), more)),
    };
    let mut make = Make { fresh: &|| 0, add: &|count: &mut u64, _, _| *count += 1, take: &mut take };
    gather(selected, Wants::Head, &mut make, said, io);
    let text = match output {
        Output::Text => for_people(&counts),
        Output::Json => as_json(&counts),
        Output::Csv => as_csv(&counts),
        Output::Raw => format!("{}\n", total(&counts)),
    };
    said.printed(io.stdout.write_all(text.as_bytes()).and_then(|()| io.stdout.flush()));
}

fn total(counts: &[(String, u64)]) -> u64 {
    counts.iter().map(|(_, count)| count).sum()
}

fn for_people(counts: &[(String, u64)]) -> String {
    let total = total(counts);
    if counts.len() < 2 {
        return format!("{total}\n");
    }
    let width = total.to_string().len();
    let mut text = String::new();
    for (source, count) in counts {
        let _ = writeln!(text, "{count:>width$} {}", visible(source)); // text in memory takes everything
    }
    let _ = writeln!(text, "{total:>width$} in all");
    text
}

fn as_json(counts: &[(String, u64)]) -> String {
    let source = |source: &str| if source == STDIN { "null".to_owned() } else { json_text(source) };
    let sources: Vec<String> =
        counts.iter().map(|(name, count)| format!("{{\"source\":{},\"count\":{count}}}", source(name))).collect();
    format!("{{\"count\":{},\"sources\":[{}]}}\n", total(counts), sources.join(","))
}

fn as_csv(counts: &[(String, u64)]) -> String {
    let mut text = String::from("source,count\n");
    for (source, count) in counts {
        push_cell(source, &mut text);
        let _ = writeln!(text, ",{count}");
    }
    text
}

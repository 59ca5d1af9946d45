//! `jobtrail stats`: logs in sum: levels, when, who, requests, what was slow and what went wrong most.

mod histogram;
mod text;

use std::fmt::Write;

use clap::ValueEnum;
use jobtrail_core::{SliceLength, Stats, StatsOptions, Wants, Zone};

use crate::ages;
use crate::io::Io;
use crate::print::{Canvas, Form, Out, STDIN, visible_json};
use crate::reading::{Make, gather};
use crate::refusal::Refusal;
use crate::said::Said;
use crate::selection::{Selected, Selection};

const EXAMPLES: &str = "\
Examples:
  jobtrail stats logs                             everything
  jobtrail stats logs since:today --by hour       today, hour by hour
  jobtrail stats logs --only levels,time          the fastest: counts alone
  jobtrail stats logs --only errors --top 3       what goes wrong most
  jobtrail stats access.log --only requests       requests a minute, statuses, slow paths
  jobtrail stats logs -o csv --by 5m > counts.csv";

/// Sum logs up: levels, a histogram, loggers, requests, slow operations, top errors
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(flatten)]
    selection: Selection,
    /// How long a slice of time is: second, minute, hour, day, or so many of them (30s, 5m, 6h, 7d); by default as short as
    /// fits a screen, for programs a minute
    #[arg(long, value_name = "SLICE")]
    by: Option<String>,
    /// Only these sections, parted by commas; less is faster
    #[arg(long, value_enum, value_name = "SECTION", value_delimiter = ',')]
    only: Vec<Section>,
    /// How many loggers, paths, slow operations and errors are shown
    #[arg(long, value_name = "N", default_value_t = 10)]
    top: usize,
    /// How they are printed: for people, as one JSON object, the slices of time as a table
    #[arg(short, long, value_enum, default_value_t = Form::Text)]
    output: Form,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Section {
    Levels,
    /// The histogram
    #[value(alias = "slices")]
    Time,
    Loggers,
    Formats,
    Requests,
    Slowest,
    Errors,
}

/// The histogram takes no more rows than this, where its slices may be as long as they need.
const MOST_ROWS: usize = 24;

pub(crate) fn run(arguments: &Arguments, io: &mut Io<'_>) -> Result<u8, Refusal> {
    let length = match &arguments.by {
        Some(by) => SliceLength::Every(ages::slice(by).ok_or_else(|| {
            Refusal::option("--by", by, "second, minute, hour, day, or so many of them: 30s, 5m, 6h, 7d")
        })?),
        None if arguments.output == Form::Text => SliceLength::AtMost(MOST_ROWS),
        None => StatsOptions::default().slices,
    };
    let selected = arguments.selection.resolve(io)?;
    let mut said = Said::new(selected.has_missing, arguments.output == Form::Text);
    said.hint(selected.hint.clone());
    let stats = sum(arguments, length, &selected, &mut said, io);
    let mut text = String::new();
    match arguments.output {
        Form::Text if stats.records() == 0 => {}
        Form::Text => text::push(arguments, &stats, selected.zone.as_ref(), &Canvas::of(io), &mut text),
        Form::Json if io.stdout_is_terminal => text.extend([&visible_json(&stats.to_json()), "\n"]),
        Form::Json => text.extend([&stats.to_json(), "\n"]),
        Form::Csv => push_csv(&stats, &mut text),
    }
    let mut out = Out::new(io.stdout);
    out.push(&text);
    out.flush();
    said.printed(out.into_failure().map_or(Ok(()), Err));
    Ok(said.conclude(io))
}

impl Arguments {
    fn shows(&self, section: Section) -> bool {
        self.only.is_empty() || self.only.contains(&section)
    }

    /// Returns what is counted, and how much of each record that takes.
    fn options(&self, slices: SliceLength, zone: Zone) -> (StatsOptions, Wants) {
        let top = |section| if self.shows(section) { self.top } else { 0 };
        let options = StatsOptions {
            slices,
            zone,
            slowest: top(Section::Slowest),
            errors: top(Section::Errors),
            paths: top(Section::Requests),
        };
        let wants = if options.slowest + options.paths > 0 {
            Wants::All
        } else if options.errors > 0 || self.shows(Section::Loggers) {
            Wants::Columns
        } else {
            Wants::Head
        };
        (options, wants)
    }
}

fn sum(arguments: &Arguments, length: SliceLength, selected: &Selected, said: &mut Said, io: &mut Io<'_>) -> Stats {
    let (options, wants) = arguments.options(length, selected.zone.clone().unwrap_or(Zone::UTC));
    let mut stats = Stats::new(options.clone());
    let mut last: Option<String> = None;
    let mut make = Make {
        fresh: &|| Stats::new(options.clone()),
        add: &|stats: &mut Stats, source, record| stats.add(record, Some(source).filter(|source| *source != STDIN)),
        take: &mut |source, mut part, lines_before| {
            if last.as_deref().is_some_and(|last| last != source) {
                stats.end_source();
            }
            if last.as_deref() != Some(source) {
                last = Some(source.to_owned());
            }
            part.follow_lines(lines_before);
            stats.merge(part);
        },
    };
    gather(selected, wants, &mut make, said, io);
    stats
}

fn push_csv(stats: &Stats, text: &mut String) {
    text.push_str("from,records,trace,debug,info,warning,error,critical,none\n");
    for (from, counts) in stats.slices() {
        let _ = write!(text, "{from},{}", counts.iter().sum::<u64>());
        for count in counts {
            let _ = write!(text, ",{count}");
        }
        text.push('\n');
    }
}

//! `jobtrail view`: records of files, directories and standard input, filtered, printed and followed.

mod context;
mod count;
mod follow;
mod show;

use clap::ValueEnum;
use jobtrail_core::{Filter, ReadOptions};
use jobtrail_files::Around;

use crate::io::Io;
use crate::looks::LooksOptions;
use crate::print::{Output, Style};
use crate::refusal::Refusal;
use crate::said::Said;
use crate::selection::{Selected, Selection};
use crate::zones;

const EXAMPLES: &str = "\
Queries:
  level>=warning  level:error,critical  job:MSH-0105-A7F2  since:2h  until:14:30
  timeout  \"connection lost\"  /time.*out/  -logger:health  duration_ms>500  (a OR b)

Examples:
  jobtrail view                                   the logs under this directory
  jobtrail view backend/logs 'level>=error since:today'
  jobtrail view worker.log -j MSH-0105-A7F2 -n 20
  jobtrail view logs -g refused -C 3              with three records before and behind
  jobtrail view -f logs -l warning                follow, across rotation
  jobtrail view logs --sort -o json > all.jsonl   several logs in the order of time";

/// Show, filter and follow logs
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(flatten)]
    selection: Selection,
    /// Only the last N of them
    #[arg(short = 'n', long = "last", value_name = "N")]
    last: Option<usize>,
    /// Records before and behind each match too, so many of them
    #[arg(short = 'C', long, value_name = "N", conflicts_with_all = ["last", "follow", "sort"])]
    context: Option<usize>,
    /// So many records behind each match too
    #[arg(short = 'A', long, value_name = "N", conflicts_with_all = ["last", "follow", "sort"])]
    after: Option<usize>,
    /// So many records before each match too
    #[arg(short = 'B', long, value_name = "N", conflicts_with_all = ["last", "follow", "sort"])]
    before: Option<usize>,
    /// Only how many there are, of each source and in all
    #[arg(long, conflicts_with_all = ["last", "follow", "sort", "context", "after", "before"])]
    count: bool,
    /// Go on with what is written from now on, across rotation
    #[arg(short, long, conflicts_with = "sort")]
    follow: bool,
    /// Merge several logs in the order of time
    #[arg(long)]
    sort: bool,
    /// How records are printed: for people, as a JSON object a record, as their own text, as a table
    #[arg(short, long, value_enum, default_value_t = Output::Text)]
    output: Output,
    /// Colour the text; by itself on a terminal, unless `NO_COLOR` is set
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = Color::Auto)]
    color: Color,
    #[command(flatten)]
    looks: LooksOptions,
}

impl Arguments {
    fn around(&self) -> Option<Around> {
        let around = Around {
            before: self.before.or(self.context).unwrap_or_default(),
            after: self.after.or(self.context).unwrap_or_default(),
        };
        (around != Around::default()).then_some(around)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Color {
    Auto,
    Always,
    Never,
}

/// What is shown of the logs, and how.
struct View {
    options: ReadOptions,
    filter: Filter,
    style: Style,
    /// Only so many of the last records.
    last: Option<usize>,
    is_sorted: bool,
    /// How many records around each match are shown too.
    around: Option<Around>,
}

pub(crate) fn run(arguments: &Arguments, io: &mut Io<'_>) -> Result<u8, Refusal> {
    let selected = arguments.selection.resolve(io)?;
    let mut said = Said::new(selected.has_missing, arguments.output == Output::Text);
    said.hint(selected.hint.clone());
    if arguments.count {
        count::count(&selected, arguments.output, &mut said, io);
        return Ok(said.conclude(io));
    }
    let Selected { sources, options, filter, zone, is_zone_guessed, .. } = selected;
    let is_colored = match arguments.color {
        Color::Auto => io.is_colored(io.stdout_is_terminal),
        Color::Always => true,
        Color::Never => false,
    };
    let style = Style {
        output: arguments.output,
        looks: arguments.looks.looks(is_colored, &filter.words(), io)?,
        is_terminal: io.stdout_is_terminal,
        shows_source: false,
        zone,
    };
    let view =
        View { options, filter, style, last: arguments.last, is_sorted: arguments.sort, around: arguments.around() };
    if arguments.follow && !sources.is_empty() {
        follow::follow(&sources, view, &mut said, io)?;
    } else {
        let pager = arguments.looks.pager(io);
        show::show(&sources, view, pager, &mut said, io);
    }
    said.tell(io);
    if is_zone_guessed && said.has_zoneless_stamps() && zones::host_is_not_utc(io) {
        io.note("times without a zone are read as UTC, this machine is set to another zone: `--tz local`");
    }
    Ok(said.conclude(io))
}

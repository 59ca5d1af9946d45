//! `jobtrail id`: job IDs checked, explained and made.

use std::collections::HashSet;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::path::{Path, PathBuf};

use clap::{Subcommand, ValueEnum};
use jobtrail_core::{JobId, JobIdError, JobTypes, check_job_ref, generate_job_id};
use jobtrail_files::{Blocks, discover};

use crate::io::Io;
use crate::job_types::JobTypesOption;
use crate::print::json_text;
use crate::refusal::Refusal;
use crate::{ERROR, FOUND};

/// Check, explain and make job IDs
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  jobtrail id check MSH-0105-A7F2
  jobtrail id explain imp-0105-77aa
  jobtrail id new MSH --dir backend/logs")]
pub(crate) struct Arguments {
    #[command(subcommand)]
    action: Action,
    #[command(flatten)]
    job_types: JobTypesOption,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Say whether IDs are typed job IDs; silent where they are
    Check {
        /// The IDs
        #[arg(required = true, value_name = "ID", allow_hyphen_values = true)]
        ids: Vec<String>,
    },
    /// Say what the parts of an ID mean
    Explain {
        /// The IDs
        #[arg(required = true, value_name = "ID", allow_hyphen_values = true)]
        ids: Vec<String>,
        /// How it is printed
        #[arg(short, long, value_enum, default_value_t = Form::Text)]
        output: Form,
    },
    /// Make a new ID for today (UTC)
    New {
        /// The job's type
        #[arg(value_name = "TYPE", default_value = "MSH")]
        job_type: String,
        /// Never give an ID that stands in a log, or in the name of a file, below this directory
        #[arg(long)]
        dir: Option<PathBuf>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    Text,
    Json,
}

/// From here on a day is called nearly full.
const NEARLY_FULL: usize = 60_000;

pub(crate) fn run(arguments: &Arguments, io: &mut Io<'_>) -> Result<u8, Refusal> {
    let types = arguments.job_types.types()?;
    match &arguments.action {
        Action::Check { ids } => Ok(each(ids, &types, io, |_, _| String::new())),
        Action::Explain { ids, output: Form::Text } => Ok(each(ids, &types, io, explain)),
        Action::Explain { ids, output: Form::Json } => Ok(explain_json(ids, &types, io)),
        Action::New { job_type, dir } => new(job_type, dir.as_deref(), &types, io),
    }
}

/// Prints what `describe` says of each good ID, and an error for each bad one.
fn each(ids: &[String], types: &JobTypes, io: &mut Io<'_>, describe: fn(&JobId, &JobTypes) -> String) -> u8 {
    let mut code = FOUND;
    for id in ids {
        match JobId::parse(id, types) {
            Ok(id) => print(&describe(&id, types), io),
            Err(error) => {
                io.error(&with_other_kinds(id, &error));
                code = ERROR;
            }
        }
    }
    code
}

fn explain(id: &JobId, types: &JobTypes) -> String {
    let name = types.name(id.job_type()).unwrap_or_default();
    format!("{id}: a {name} job of {} {}, number {} (hexadecimal)\n", id.day(), month(id.month()), id.suffix())
}

fn explain_json(ids: &[String], types: &JobTypes, io: &mut Io<'_>) -> u8 {
    let mut code = FOUND;
    for text in ids {
        let line = match JobId::parse(text, types) {
            Ok(id) => format!(
                "{{\"id\":\"{id}\",\"type\":\"{}\",\"month\":{},\"day\":{},\"suffix\":\"{}\"}}\n",
                id.job_type(),
                id.month(),
                id.day(),
                id.suffix()
            ),
            Err(error) => {
                code = ERROR;
                format!("{{\"error\":{},\"code\":\"{}\"}}\n", json_text(&error.to_string()), error.code())
            }
        };
        print(&line, io);
    }
    code
}

/// An ID of another system is fine as such; it only says nothing about type and day.
fn with_other_kinds(id: &str, error: &JobIdError) -> String {
    match check_job_ref(id) {
        Ok(()) => format!("{error} (as an untyped ID it can be looked up)"),
        Err(_) => error.to_string(),
    }
}

fn new(job_type: &str, dir: Option<&Path>, types: &JobTypes, io: &mut Io<'_>) -> Result<u8, Refusal> {
    let today = (io.now)().date();
    let job_type = job_type.to_ascii_uppercase();
    let mut taken = HashSet::new();
    if let Some(dir) = dir {
        let prefix = format!("{job_type}-{:02}{:02}-", today.month, today.day);
        taken = taken_ids(&io.resolve(dir), &prefix)?;
    }
    let seed = RandomState::new().build_hasher().finish();
    let id = generate_job_id(&job_type, types, today, seed, &mut |id| taken.contains(id.as_str()))?;
    if taken.len() >= NEARLY_FULL {
        io.note(&format!("{} of 65536 IDs of this type are taken today", taken.len()));
    }
    print(&format!("{id}\n"), io);
    Ok(FOUND)
}

/// Returns every ID of a day that stands in the logs below a directory or in the names of their files.
///
/// Reads raw bytes: an ID counts wherever it stands, also in a line that is no record.
fn taken_ids(dir: &Path, prefix: &str) -> Result<HashSet<String>, Refusal> {
    if !dir.is_dir() {
        return Err(Refusal::because(format!("no such directory: `{}`", dir.display())));
    }
    let found = discover(&[dir.to_path_buf()]);
    if let Some(problem) = found.problems.first() {
        return Err(Refusal::because(format!("cannot tell which IDs are taken: {problem}")));
    }
    let mut taken = HashSet::new();
    for file in found.sets.iter().flat_map(|set| &set.files) {
        let refuse = |error| Refusal::because(format!("cannot tell which IDs are taken: `{}`: {error}", file.name));
        collect(file.name.as_bytes(), prefix, &mut taken);
        let mut blocks = Blocks::open(&file.path).map_err(refuse)?;
        let mut carried: Vec<u8> = Vec::new();
        while let Some(bytes) = blocks.next().map_err(refuse)? {
            carried.extend_from_slice(bytes);
            collect(&carried, prefix, &mut taken);
            let keep_from = carried.len().saturating_sub(prefix.len() + SUFFIX_BYTES);
            carried.drain(..keep_from);
        }
    }
    Ok(taken)
}

const SUFFIX_BYTES: usize = 4;

fn collect(bytes: &[u8], prefix: &str, taken: &mut HashSet<String>) {
    for window in bytes.windows(prefix.len() + SUFFIX_BYTES) {
        let (head, suffix) = window.split_at(prefix.len());
        if head.eq_ignore_ascii_case(prefix.as_bytes()) && suffix.iter().all(u8::is_ascii_hexdigit) {
            taken.insert(String::from_utf8_lossy(window).to_ascii_uppercase());
        }
    }
}

fn print(text: &str, io: &mut Io<'_>) {
    // A reader that went away needs nothing more.
    let _ = io.stdout.write_all(text.as_bytes()).and_then(|()| io.stdout.flush());
}

fn month(number: u8) -> &'static str {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    usize::from(number).checked_sub(1).and_then(|at| MONTHS.get(at)).copied().unwrap_or_default()
}

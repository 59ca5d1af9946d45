//! What else tells of a job: records around the last word of one that fell silent, the machine's logs, traces that crashed
//! processes left, and the job's own file.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use jobtrail_core::{JobFile, Query, ReadOptions, Record, Story, Timestamp, Wants, check_job_ref};
use jobtrail_files::discover;

use crate::inputs::Input;
use crate::io::Io;
use crate::reading::{Make, gather};
use crate::said::Said;
use crate::selection::Selected;
use crate::zones;

/// Where the machine says what it did to processes.
const SYSTEM_LOGS: [&str; 4] = ["kern.log", "syslog", "messages", "kern.log.1"];

/// Tells the story what all inputs, and the machine's logs if asked, say in a window of time.
pub(super) fn look(
    story: &mut Story,
    (since, until): (Timestamp, Timestamp),
    selected: &Selected,
    system: Option<&Path>,
    said: &mut Said,
    io: &mut Io<'_>,
) {
    let Ok(query) = Query::parse(&format!("since:{since} until:{until}")) else { return };
    let filter = query.resolve((io.now)(), &selected.options.zone);
    read(story, &Selected { filter: filter.clone(), ..selected.clone() }, io);
    let Some(directory) = system else { return };
    let logs = SYSTEM_LOGS.iter().map(|name| io.resolve(directory).join(name));
    let logs: Vec<PathBuf> = logs.filter(|path| path.is_file()).collect();
    if logs.is_empty() {
        said.note(format!("no kern.log, syslog or messages in `{}`: `journalctl` may know more", directory.display()));
        return;
    }
    // They are written in the machine's own time.
    let own_zone = zones::named("local", io).ok().filter(|_| selected.zone.is_none());
    let zone = own_zone.unwrap_or_else(|| selected.options.zone.clone());
    let options = ReadOptions { zone, ..selected.options.clone() };
    read(story, &Selected { filter, options, sources: vec![Input::Paths(logs)], ..selected.clone() }, io);
}

fn read(story: &mut Story, selected: &Selected, io: &mut Io<'_>) {
    let mut make = Make {
        fresh: &Vec::new,
        add: &|part: &mut Vec<Record<'static>>, _, record| part.push(record.to_static()),
        take: &mut |source, part, lines_before| {
            for mut record in part {
                record.line = record.line.map(|line| line + lines_before);
                story.add_around(&record, source);
            }
        },
    };
    // What is wrong with the inputs was said when they were read for the job; of the machine's logs none needs to be there.
    gather(selected, Wants::All, &mut make, &mut Said::quiet(), io);
}

/// Returns the files that are read, each with the name of its source.
pub(super) fn files(sources: &[Input]) -> Vec<(String, PathBuf)> {
    let paths = sources.iter().filter_map(|input| match input {
        Input::Stdin => None,
        Input::Paths(paths) => Some(paths),
    });
    let sets = paths.flat_map(|paths| discover(paths).sets);
    sets.flat_map(|set| set.files).map(|file| (file.name, file.path)).collect()
}

/// How far up from a log the root of a studio service's data is looked for.
const MOST_LEVELS: usize = 8;

/// No larger file is read for what it says of a job.
const MOST_BYTES: u64 = 1 << 20;

/// Returns the file that a studio service keeps of the job, `projects/<project>/jobs/<job>.json` at or above a log, with its
/// path.
pub(super) fn job_file(story: &Story, files: &[(String, PathBuf)], options: &ReadOptions) -> Option<(String, JobFile)> {
    let summary = story.summary()?;
    let (job, project) = (summary.id(), summary.project_id()?);
    check_job_ref(job).and_then(|()| check_job_ref(project)).ok()?;
    let below = Path::new("projects").join(project).join("jobs").join(format!("{job}.json"));
    let of_job = story.sources();
    let logs = files.iter().filter(|(name, _)| of_job.iter().any(|source| source.name == *name));
    let roots = logs.flat_map(|(_, path)| path.ancestors().skip(1).take(MOST_LEVELS));
    let path = roots.map(|root| root.join(&below)).find(|path| path.is_file())?;
    let text = beginning(&path, MOST_BYTES)?;
    let text = options.redactor.as_ref().map_or(text.as_str().into(), |redactor| redactor.redact(&text)).into_owned();
    Some((path.display().to_string(), JobFile::parse(&text)?))
}

/// A trace that a process left when it crashed, which no log has yet.
pub(super) struct CrashFile {
    pub(super) path: PathBuf,
    /// The process that crashed.
    pub(super) pid: Option<i64>,
    /// What it says first: `Fatal Python error: Segmentation fault`.
    pub(super) first_line: String,
}

/// Returns the traces that crashed processes left beside the job's logs (`.worker.log.crash-<pid>-...`): of processes that
/// wrote records of the job, or that nobody knows.
pub(super) fn crash_files(story: &Story, files: &[(String, PathBuf)], options: &ReadOptions) -> Vec<CrashFile> {
    let mut found = Vec::new();
    for source in story.sources() {
        let Some((_, path)) = files.iter().find(|(name, _)| *name == source.name) else { continue };
        let (Some(folder), Some(name)) = (path.parent(), path.file_name().and_then(|name| name.to_str())) else {
            continue;
        };
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let prefix = format!(".{name}.crash-");
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let Some(rest) = name.to_str().and_then(|name| name.strip_prefix(&prefix)) else { continue };
            let pid: Option<i64> = rest.split('-').next().and_then(|pid| pid.parse().ok());
            let is_its_own = pid.is_none_or(|pid| source.pids.is_empty() || source.pids.contains(&pid));
            let Some(text) = beginning(&entry.path(), 256 << 10).filter(|text| is_its_own && !text.trim().is_empty())
            else {
                continue;
            };
            let line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
            let first_line =
                options.redactor.as_ref().map_or(line.into(), |redactor| redactor.redact(line)).into_owned();
            found.push(CrashFile { path: entry.path(), pid, first_line });
        }
    }
    found
}

fn beginning(path: &Path, most_bytes: u64) -> Option<String> {
    let mut bytes = Vec::new();
    File::open(path).ok()?.take(most_bytes).read_to_end(&mut bytes).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

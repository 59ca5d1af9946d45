//! Real writer processes: the test binary runs itself, as the ignored test `child`.

#![allow(dead_code, reason = "which of these names a test file uses differs")]

use std::collections::BTreeMap;
use std::env;
use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead, BufReader, Lines, Read, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::thread;

use jobtrail_writer::{Compression, Control, Durability, Options, Outcome, Writer};

/// A process that appends records and tells of each on its standard output.
pub(crate) struct Process {
    pub(crate) child: Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
}

/// One numbered record of one process, long enough that a torn one shows.
pub(crate) fn record(name: &str, number: usize) -> String {
    format!("{name} {number:06} {} end\n", "x".repeat(80 + number % 60))
}

impl Process {
    /// Starts a process that appends records 0 to `count`, and then each number written to its standard input.
    pub(crate) fn start(path: &Path, name: &str, count: usize, options: Options) -> Self {
        Self::start_by(Command::new(env::current_exe().unwrap()), path, name, count, options)
    }

    pub(crate) fn start_by(mut command: Command, path: &Path, name: &str, count: usize, options: Options) -> Self {
        let mut child = command
            .args(["--exact", "child", "--ignored", "--nocapture", "--quiet"])
            .env("WRITER_LOG", path)
            .env("WRITER_NAME", name)
            .env("WRITER_COUNT", count.to_string())
            .env("WRITER_MAX_BYTES", options.max_bytes.to_string())
            .env("WRITER_BACKUPS", options.backup_count.to_string())
            .env("WRITER_DURABILITY", format!("{:?}", options.durability))
            .env("WRITER_CONTROL", format!("{:?}", options.control))
            .env("WRITER_COMPRESS", format!("{:?}", options.compress))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let input = child.stdin.take().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, input, output }
    }

    /// Waits for the next report: a number and its outcome.
    pub(crate) fn next_report(&mut self) -> Option<(usize, String)> {
        loop {
            let line = self.output.next()?.ok()?;
            if let Some((number, outcome)) = line.strip_prefix("appended ").and_then(|report| report.split_once(' ')) {
                return Some((number.parse().unwrap(), outcome.to_owned()));
            }
        }
    }

    /// Kills the process once it has reported so many records. Returns how many it reported in all.
    pub(crate) fn kill_after(&mut self, reports: usize) -> usize {
        for _ in 0..reports {
            self.next_report().unwrap();
        }
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        reports + std::iter::from_fn(|| self.next_report()).count()
    }

    /// Has one more record appended and gives its outcome.
    pub(crate) fn append(&mut self, number: usize) -> String {
        writeln!(self.input, "{number}").unwrap();
        self.next_report().expect("the process is alive").1
    }

    /// Closes its input, waits for its end and gives the reports not read yet.
    pub(crate) fn finish(mut self) -> Vec<(usize, String)> {
        drop(self.input);
        let reports = self
            .output
            .map_while(Result::ok)
            .filter_map(|line| {
                let (number, outcome) = line.strip_prefix("appended ")?.split_once(' ')?;
                Some((number.parse().unwrap(), outcome.to_owned()))
            })
            .collect();
        assert!(self.child.wait().unwrap().success());
        reports
    }
}

impl Process {
    /// The same, and what it wrote to standard error.
    pub(crate) fn finish_with_errors(mut self) -> (Vec<(usize, String)>, String) {
        let mut errors = self.child.stderr.take().unwrap();
        let reader = thread::spawn(move || {
            let mut text = String::new();
            errors.read_to_string(&mut text).map(|_| text).unwrap()
        });
        (self.finish(), reader.join().unwrap())
    }
}

/// The body of the ignored test `child`.
pub(crate) fn child() {
    let Ok(path) = env::var("WRITER_LOG") else { return };
    let number = |name: &str| env::var(name).unwrap().parse::<usize>().unwrap();
    let name = env::var("WRITER_NAME").unwrap();
    let options = Options {
        max_bytes: number("WRITER_MAX_BYTES") as u64,
        backup_count: u32::try_from(number("WRITER_BACKUPS")).unwrap(),
        durability: match &*env::var("WRITER_DURABILITY").unwrap() {
            "Disk" => Durability::Disk,
            "Mapped" => Durability::Mapped,
            _ => Durability::Process,
        },
        control: if env::var("WRITER_CONTROL").unwrap() == "Files" { Control::Files } else { Control::Shared },
        compress: match &*env::var("WRITER_COMPRESS").unwrap() {
            "Some(Gzip)" => Some(Compression::Gzip),
            "Some(Zstd)" => Some(Compression::Zstd),
            _ => None,
        },
        ..Options::default()
    };
    let writer = Writer::open(Path::new(&path), options);
    let threads = env::var("WRITER_THREADS").map_or(0, |threads| threads.parse().unwrap());
    if threads > 0 {
        return silently(&writer, &name, threads, number("WRITER_COUNT"));
    }
    let mut out = std::io::stdout();
    let mut append = |number: usize| {
        let outcome = writer.append(record(&name, number).as_bytes());
        writeln!(out, "appended {number} {outcome:?}").unwrap();
    };
    (0..number("WRITER_COUNT")).for_each(&mut append);
    for line in std::io::stdin().lines() {
        append(line.unwrap().trim().parse().unwrap());
    }
}

/// Appends the records in so many threads, and reports nothing but a failure.
fn silently(writer: &Writer, name: &str, threads: usize, count: usize) {
    thread::scope(|scope| {
        for thread in 0..threads {
            scope.spawn(move || {
                for number in (thread..count).step_by(threads) {
                    assert_eq!(Outcome::Written, writer.append(record(name, number).as_bytes()));
                }
            });
        }
    });
}

/// The log and its old files, compressed ones too.
pub(crate) fn files_of(path: &Path) -> Vec<PathBuf> {
    let name = path.file_name().unwrap().to_str().unwrap();
    let entries = fs::read_dir(path.parent().unwrap()).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|entry| entry.file_name().unwrap().to_str().unwrap().starts_with(name)).collect()
}

/// The files that name the shared memory of the logs in a folder: under the system's memory, or beside the logs.
pub(crate) fn memory_files(folder: &Path) -> Vec<PathBuf> {
    let found = fs::metadata(folder).unwrap();
    let prefix = format!("jobtrail-{:x}-{:x}-", found.dev(), found.ino());
    let names = |folder: &Path| fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path());
    let starts = |file: &PathBuf| file.file_name().unwrap().to_str().is_some_and(|name| name.starts_with(&prefix));
    let mut files: Vec<_> = names(Path::new("/dev/shm")).filter(starts).collect();
    files.extend(names(folder).filter(|file| file.extension() == Some(OsStr::new("ring"))));
    let locks = files.iter().filter(|file| file.extension() == Some(OsStr::new("lock")));
    let pages = locks.filter_map(|lock| Some(format!("/dev/shm/jobtrail-{:x}.page", fs::metadata(lock).ok()?.ino())));
    let pages: Vec<_> = pages.map(PathBuf::from).filter(|page| page.exists()).collect();
    files.extend(pages);
    files
}

/// Those of them that are rings.
pub(crate) fn rings_of(folder: &Path) -> Vec<PathBuf> {
    memory_files(folder).into_iter().filter(|file| file.extension() == Some(OsStr::new("ring"))).collect()
}

/// A file's text, decompressed.
pub(crate) fn text_of(file: &Path) -> String {
    let mut text = String::new();
    let opened = fs::File::open(file).unwrap();
    match file.extension().and_then(OsStr::to_str) {
        Some("gz") => flate2::read::GzDecoder::new(opened).read_to_string(&mut text).unwrap(),
        Some("zst") => zstd::Decoder::new(opened).unwrap().read_to_string(&mut text).unwrap(),
        _ => { &opened }.read_to_string(&mut text).unwrap(),
    };
    text
}

/// Every line of the log and its old files, with how often it stands there.
pub(crate) fn lines_of(path: &Path) -> BTreeMap<String, usize> {
    let mut lines = BTreeMap::new();
    for file in files_of(path) {
        for line in text_of(&file).lines() {
            *lines.entry(format!("{line}\n")).or_default() += 1;
        }
    }
    lines
}

/// The lines that these processes must have written, once each.
pub(crate) fn expected<'n>(names: impl IntoIterator<Item = &'n str>, count: usize) -> BTreeMap<String, usize> {
    names.into_iter().flat_map(|name| (0..count).map(move |number| (record(name, number), 1))).collect()
}

/// How often a test that leaves much to chance is repeated: `short`, or with `JOBTRAIL_LONG=1` in the environment
/// `long`.
pub(crate) fn rounds(short: usize, long: usize) -> usize {
    if env::var_os("JOBTRAIL_LONG").is_some() { long } else { short }
}

/// The outcome of a record that is in the log.
pub(crate) fn written() -> String {
    format!("{:?}", Outcome::Written)
}

//! Real writer processes: the test binary runs itself, as the ignored test `child`.

use std::env;
use std::io::{BufRead, BufReader, Lines, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use jobtrail_writer::{Options, Outcome, Writer};

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

/// The body of the ignored test `child`.
pub(crate) fn child() {
    let Ok(path) = env::var("WRITER_LOG") else { return };
    let number = |name: &str| env::var(name).unwrap().parse::<usize>().unwrap();
    let name = env::var("WRITER_NAME").unwrap();
    let options = Options {
        max_bytes: number("WRITER_MAX_BYTES") as u64,
        backup_count: u32::try_from(number("WRITER_BACKUPS")).unwrap(),
        mode: None,
    };
    let writer = Writer::open(Path::new(&path), options);
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

/// The outcome of a record that is in the log.
pub(crate) fn written() -> String {
    format!("{:?}", Outcome::Written)
}

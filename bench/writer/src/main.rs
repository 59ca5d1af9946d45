//! Measures the writer beside the bare system call, in one run: the cost of a record, and what several processes write
//! into one rotating file. `make bench` runs it.
//!
//! Usage: `jobtrail-writer-bench [FOLDER]`; by itself it also starts as `write LOG CONTROL RECORDS`.
#![expect(clippy::print_stdout, reason = "the table goes to standard output")]

use std::collections::HashSet;
use std::env;
use std::error::Error;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, id};
use std::time::{Duration, Instant};

use jobtrail_writer::{Control, Durability, Options, Writer};
use rustix::time::{ClockId, clock_gettime};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const RUNS: usize = 7;
const RECORDS: u32 = 200_000;
const PROCESSES: u32 = 4;
const RECORDS_OF_EACH: u32 = 150_000;

fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if let [word, log, options, records] = arguments.as_slice()
        && word == "write"
    {
        let writer = Writer::open(Path::new(log), options_named(options));
        for number in 0..records.parse()? {
            writer.append(record(number).as_bytes());
        }
        return Ok(());
    }
    let folder = arguments.first().map_or_else(env::temp_dir, PathBuf::from);
    one_process(&folder)?;
    println!();
    several_processes(&folder)
}

/// About a hundred bytes, as a log line has them.
fn record(number: u32) -> String {
    format!("2026-01-05 14:30:01.000 [{}] [INFO] MSH-0105-A7F2: request {number:09} served in 12 ms, cache hit\n", id())
}

fn options_named(name: &str) -> Options {
    let rotating = Options { max_bytes: 10 * 1024 * 1024, backup_count: 1000, ..Options::default() };
    match name {
        "files" => Options { control: Control::Files, ..rotating },
        "small" => Options { max_bytes: 256 * 1024, ..rotating },
        "small files" => Options { max_bytes: 256 * 1024, control: Control::Files, ..rotating },
        "mapped" => Options { durability: Durability::Mapped, ..rotating },
        "small mapped" => Options { max_bytes: 256 * 1024, durability: Durability::Mapped, ..rotating },
        _ => rotating,
    }
}

/// Medians over runs that take turns, so that what else the machine does meets all alike. What a record costs is the
/// processor time of the whole process, the writer's thread included: other processes do not count in it.
fn one_process(folder: &Path) -> Result<()> {
    let names = ["write(2)", "shared", "files", "mapped"];
    let mut times = vec![(Vec::new(), Vec::new()); names.len()];
    let line = record(1);
    for _ in 0..RUNS {
        for (name, (costs, walls)) in names.iter().zip(&mut times) {
            let log = Log::new(folder)?;
            let (cost, wall) = if *name == "write(2)" {
                let mut file = OpenOptions::new().append(true).create(true).open(&log.path)?;
                timed(|| (0..RECORDS).for_each(|_| drop(file.write(line.as_bytes()))))
            } else {
                timed(|| {
                    let writer = Writer::open(&log.path, options_named(name));
                    for _ in 0..RECORDS {
                        writer.append(line.as_bytes());
                    }
                    drop(writer); // what waits in memory is part of the cost
                })
            };
            costs.push(cost);
            walls.push(wall);
        }
    }
    println!(
        "Writing: one process, {} bytes a record, a file that rotates at 10 MB (median of {RUNS} runs)\n",
        line.len()
    );
    println!("| how | ns a record, of the processor | by the clock | of the bare write(2)'s processor time |");
    println!("| --- | ---: | ---: | ---: |");
    let bare = median(&mut times[0].0.clone());
    for (name, (costs, walls)) in names.iter().zip(&mut times) {
        let cost = median(costs);
        println!("| {name} | {cost:.0} | {:.0} | {:.2} |", median(walls), cost / bare);
    }
    Ok(())
}

/// Nanoseconds of a record, when this appends them all: of the processor, and by the clock.
fn timed(act: impl FnOnce()) -> (f64, f64) {
    let processor = || Duration::try_from(clock_gettime(ClockId::ProcessCPUTime)).unwrap_or_default();
    let (began, at) = (processor(), Instant::now());
    act();
    let each = |taken: Duration| taken.as_secs_f64() * 1e9 / f64::from(RECORDS);
    (each(processor().saturating_sub(began)), each(at.elapsed()))
}

fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn several_processes(folder: &Path) -> Result<()> {
    println!("Writing: {PROCESSES} processes, {RECORDS_OF_EACH} records each into one file (median of 3 runs)\n");
    println!("| how | rotates at | records/s | lost | largest file |\n| --- | ---: | ---: | ---: | ---: |");
    for (name, limit) in [
        ("shared", "10 MB"),
        ("files", "10 MB"),
        ("small", "256 KB"),
        ("small files", "256 KB"),
        ("mapped", "10 MB"),
        ("small mapped", "256 KB"),
    ] {
        let mut speeds = Vec::new();
        let (mut lost, mut largest) = (0, 0);
        for _ in 0..3 {
            let log = Log::new(folder)?;
            let taken = run(&log.path, name)?;
            speeds.push(f64::from(PROCESSES * RECORDS_OF_EACH) / taken.as_secs_f64());
            let (found, size) = log.count()?;
            lost += (PROCESSES * RECORDS_OF_EACH) as usize - found;
            largest = largest.max(size);
        }
        println!("| {name} | {limit} | {:.0} | {lost} | {largest} |", median(&mut speeds));
    }
    Ok(())
}

fn run(path: &Path, options: &str) -> Result<Duration> {
    let program = env::current_exe()?;
    let began = Instant::now();
    let children: Vec<_> = (0..PROCESSES)
        .map(|_| Command::new(&program).arg("write").arg(path).args([options, &RECORDS_OF_EACH.to_string()]).spawn())
        .collect::<std::result::Result<_, _>>()?;
    for mut child in children {
        if !child.wait()?.success() {
            return Err("a writer failed".into());
        }
    }
    Ok(began.elapsed())
}

/// A log in a folder of its own, which goes with it.
struct Log {
    folder: PathBuf,
    path: PathBuf,
}

impl Log {
    fn new(folder: &Path) -> Result<Self> {
        let folder = folder.join(format!("jobtrail-writing-{}", id()));
        fs::create_dir_all(&folder)?;
        Ok(Self { path: folder.join("bench.log"), folder })
    }

    /// How many different records there are, and the size of the largest file.
    fn count(&self) -> Result<(usize, u64)> {
        let (mut records, mut largest) = (HashSet::new(), 0);
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            largest = largest.max(entry.metadata()?.len());
            records.extend(fs::read_to_string(entry.path())?.lines().map(str::to_owned));
        }
        Ok((records.len(), largest))
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.folder));
    }
}

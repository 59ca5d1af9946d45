//! Many processes and threads at once through many rotations: nothing lost, torn or doubled, and no file over its limit.
#![cfg(unix)]
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test stops at what it did not expect")]

mod common;

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use common::{Process, expected, files_of, lines_of, rounds};
use jobtrail_writer::{Control, Durability, Options};

const NAMES: [&str; 8] = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta"];
const LIMIT: u64 = 256 * 1024;

/// No record is longer.
const LONGEST: u64 = 200;

#[test]
#[ignore = "the body of the processes that the other tests start"]
fn child() {
    common::child();
}

#[test]
fn eight_processes_lose_tear_and_double_nothing_and_keep_the_limit() {
    for round in 0..rounds(1, 10) {
        let folder = storm(20_000, 1, Options { max_bytes: LIMIT, backup_count: 10_000, ..Options::default() });

        check(&folder.path().join("worker.log"), 20_000, round, LIMIT);
    }
}

#[test]
fn threads_in_eight_processes_do_neither() {
    for round in 0..rounds(1, 10) {
        let folder = storm(6000, 3, Options { max_bytes: LIMIT / 4, backup_count: 10_000, ..Options::default() });

        check(&folder.path().join("worker.log"), 6000, round, LIMIT / 4);
    }
}

#[test]
fn records_that_wait_for_the_disk_do_neither() {
    for round in 0..rounds(1, 10) {
        let options =
            Options { max_bytes: LIMIT, backup_count: 10_000, durability: Durability::Disk, ..Options::default() };
        let count = rounds(400, 20_000);
        let folder = storm(count, 1, options);

        check(&folder.path().join("worker.log"), count, round, LIMIT);
        let folder = storm(count / 4, 3, options);
        check(&folder.path().join("worker.log"), count / 4, round, LIMIT);
    }
}

#[test]
fn records_by_way_of_shared_memory_do_neither() {
    for round in 0..rounds(1, 10) {
        let options =
            Options { max_bytes: LIMIT, backup_count: 10_000, durability: Durability::Mapped, ..Options::default() };
        let folder = storm(20_000, 1, options);

        check(&folder.path().join("worker.log"), 20_000, round, LIMIT);
        let folder = storm(6000, 3, options);
        check(&folder.path().join("worker.log"), 6000, round, LIMIT);
    }
}

/// The limit may be passed by a record of each writer then.
#[test]
fn without_shared_memory_nothing_is_lost_either() {
    for round in 0..rounds(1, 10) {
        let options = Options { max_bytes: LIMIT, backup_count: 10_000, control: Control::Files, ..Options::default() };
        let folder = storm(10_000, 1, options);

        check(&folder.path().join("worker.log"), 10_000, round, LIMIT + LONGEST * NAMES.len() as u64);
    }
}

#[test]
fn renames_from_outside_lose_nothing_at_full_speed() {
    for round in 0..rounds(1, 10) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("worker.log");
        let log = path.clone();
        let options = Options { max_bytes: LIMIT, backup_count: 10_000, ..Options::default() };
        let writers = thread::spawn(move || run(&log, 20_000, 1, options));
        let mut renamed = 0;
        while !writers.is_finished() {
            renamed += usize::from(fs::rename(&path, folder.path().join(format!("worker.log-{renamed}"))).is_ok());
            thread::sleep(Duration::from_millis(7));
        }
        writers.join().unwrap();

        assert!(renamed > 5, "{renamed}");
        check_lines(&path, 20_000, round);
    }
}

/// As logrotate does it with `delaycompress`: a renamed file is compressed a while later.
#[test]
fn renames_with_delayed_compression_from_outside_lose_nothing() {
    for (durability, count) in [(Durability::Process, 20_000), (Durability::Mapped, 20_000), (Durability::Disk, 500)] {
        for round in 0..rounds(1, 10) {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("worker.log");
            let log = path.clone();
            let options = Options { max_bytes: LIMIT, backup_count: 10_000, durability, ..Options::default() };
            let writers = thread::spawn(move || run(&log, count, 2, options));
            let mut renamed: Vec<(PathBuf, Instant)> = Vec::new();
            let mut next = 0;
            while !writers.is_finished() || next < renamed.len() {
                let to = folder.path().join(format!("worker.log-{}", renamed.len()));
                if !writers.is_finished() && fs::rename(&path, &to).is_ok() {
                    renamed.push((to, Instant::now()));
                }
                if let Some((old, at)) = renamed.get(next)
                    && at.elapsed() > Duration::from_millis(500)
                {
                    gzip(old);
                    next += 1;
                }
                thread::sleep(Duration::from_millis(10));
            }
            writers.join().unwrap();

            assert!(next > 2, "{next}");
            check_lines(&path, count, round);
        }
    }
}

fn gzip(file: &Path) {
    let mut name = file.as_os_str().to_owned();
    name.push(".gz");
    let mut encoder = flate2::write::GzEncoder::new(fs::File::create(name).unwrap(), flate2::Compression::fast());
    io::copy(&mut fs::File::open(file).unwrap(), &mut encoder).unwrap();
    encoder.finish().unwrap();
    fs::remove_file(file).unwrap();
}

fn storm(count: usize, threads: usize, options: Options) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    run(&folder.path().join("worker.log"), count, threads, options);
    folder
}

/// One storm at a time: where a process that rotates is not run for half a second, the others let the file grow.
static ALONE: Mutex<()> = Mutex::new(());

fn run(path: &Path, count: usize, threads: usize, options: Options) {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let processes = NAMES.map(|name| {
        let mut command = Command::new(env::current_exe().unwrap());
        command.env("WRITER_THREADS", threads.to_string());
        Process::start_by(command, path, name, count, options)
    });
    for process in processes {
        process.finish();
    }
}

fn check(path: &Path, count: usize, round: usize, most: u64) {
    check_lines(path, count, round);
    let files = files_of(path);
    let sizes: Vec<u64> = files.iter().map(|file| fs::metadata(file).unwrap().len()).collect();
    // On a machine that is busy with something else a rotation may stand still for half a second, and its file grows.
    let too_long = sizes.iter().filter(|&&size| size > most).count();
    assert!(too_long <= sizes.len().div_ceil(50), "round {round}: {sizes:?}");
}

/// Names the first lines that should or should not be there; all of them would be too many to read.
fn check_lines(path: &Path, count: usize, round: usize) {
    let (expected, found) = (expected(NAMES, count), lines_of(path));
    let missing: Vec<_> = expected.keys().filter(|&line| !found.contains_key(line)).take(3).collect();
    let wrong: Vec<_> = found.iter().filter(|&(line, times)| expected.get(line) != Some(times)).take(3).collect();

    assert!(missing.is_empty() && wrong.is_empty(), "round {round}: missing {missing:?}, wrong {wrong:?}");
}

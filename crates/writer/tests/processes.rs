//! Several real processes on one log: rotation, kills, and renames from outside lose, tear and double nothing.
#![cfg(unix)]
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test stops at what it did not expect")]

mod common;

use std::env;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use common::{Process, expected, files_of, lines_of, memory_files, record, rings_of, rounds, written};
use jobtrail_writer::{Durability, Options, Writer};

const NAMES: [&str; 4] = ["alpha", "beta", "gamma", "delta"];

#[test]
#[ignore = "the body of the processes that the other tests start"]
fn child() {
    common::child();
}

#[test]
fn four_processes_rotate_one_file_and_every_record_stands_in_it_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("worker.log");
    let options = Options { max_bytes: 256 * 1024, backup_count: 1000, ..Options::default() };
    let count = 8000;

    let processes = NAMES.map(|name| Process::start(&path, name, count, options));
    let reports = finish_all(processes);

    assert!(reports.iter().all(|(_, outcome)| *outcome == written()));

    assert_eq!(expected(NAMES, count), lines_of(&path));
    let sizes: Vec<u64> = files_of(&path).iter().map(|file| fs::metadata(file).unwrap().len()).collect();
    assert!(sizes.len() > 15, "{sizes:?}");
    let slack = 32 * record("alpha", 59).len() as u64;
    assert!(sizes.iter().all(|&size| size <= options.max_bytes + slack), "{sizes:?}");
}

#[test]
fn rotation_at_every_record_by_four_processes_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("worker.log");
    let options = Options { max_bytes: 100, backup_count: 1000, ..Options::default() };

    let processes = NAMES.map(|name| Process::start(&path, name, 200, options));
    finish_all(processes);

    assert_eq!(expected(NAMES, 200), lines_of(&path));
}

#[test]
fn threads_share_one_writer() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("worker.log");
    let writer =
        Arc::new(Writer::open(&path, Options { max_bytes: 64 * 1024, backup_count: 100, ..Options::default() }));

    thread::scope(|scope| {
        for name in NAMES {
            let writer = &writer;
            scope.spawn(move || {
                for number in 0..2000 {
                    writer.append(record(name, number).as_bytes());
                }
            });
        }
    });

    assert_eq!(expected(NAMES, 2000), lines_of(&path));
    assert_eq!(8000, writer.stats().written);
    assert_eq!(files_of(&path).len() as u64 - 1, writer.stats().rotated);
}

#[test]
fn a_killed_process_loses_no_record_whose_append_returned() {
    kill(Durability::Process);
}

#[test]
fn a_killed_process_loses_no_record_that_the_disk_has() {
    kill(Durability::Disk);
}

#[test]
fn a_killed_process_loses_no_record_that_is_still_in_memory() {
    kill(Durability::Mapped);
}

/// Generous for a loaded machine; the promise is 20 milliseconds.
#[test]
fn a_record_in_memory_is_seen_soon_and_by_its_owner_alone_until_then() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("worker.log");
    let writer = Writer::open(&path, Options { durability: Durability::Mapped, ..Options::default() });

    let began = Instant::now();
    writer.append(b"soon\n");
    while fs::read_to_string(&path).unwrap() != "soon\n" {
        assert!(began.elapsed() < Duration::from_secs(2));
        thread::sleep(Duration::from_millis(1));
    }

    let rings = rings_of(folder.path());
    assert_eq!((1, 0o600), (rings.len(), mode(&rings[0])));
    writer.append(b"now\n");
    assert!(writer.flush());
    assert_eq!("soon\nnow\n", fs::read_to_string(&path).unwrap());
    drop(writer);
    assert!(!rings[0].exists());
}

/// A sibling notices, without being asked for anything.
#[test]
fn what_a_killed_process_left_in_memory_is_written_by_a_sibling() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("worker.log");
    let options = Options { durability: Durability::Mapped, ..Options::default() };
    let sibling = Writer::open(&path, options);
    sibling.append(b"sibling\n");
    let mut process = Process::start(&path, "alpha", 1_000_000, options);
    let count = process.kill_after(500);

    let began = Instant::now();
    while !fs::read_to_string(&path).unwrap().contains(&record("alpha", count - 1)) {
        assert!(began.elapsed() < Duration::from_secs(5));
        thread::sleep(Duration::from_millis(10));
    }
    let lines = lines_of(&path);
    assert!((0..count).all(|number| lines.get(&record("alpha", number)) == Some(&1)));
}

/// Kills one of four writers after the other at any moment, in the middle of a rotation too, while the others go on.
fn kill(durability: Durability) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("worker.log");
    let options = Options { max_bytes: 32 * 1024, backup_count: 100_000, durability, ..Options::default() };
    let mut running: Vec<(String, Process)> = Vec::new();
    let mut reported = Vec::new();

    for round in 0..rounds(10, 100) {
        let name = format!("round{round}");
        running.push((name.clone(), Process::start(&path, &name, 1_000_000, options)));
        if running.len() < 4 {
            continue;
        }
        let (name, mut process) = running.remove(0);
        let count = process.kill_after(300 + 37 * (round % 10));
        reported.push((name, count));
    }
    for (name, mut process) in running {
        let count = process.kill_after(0);
        reported.push((name, count));
    }
    let writer = Writer::open(&path, options); // finishes what they left in memory
    writer.append(b"last\n");
    drop(writer);

    let lines = lines_of(&path);
    for (name, count) in reported {
        let missing: Vec<_> = (0..count).filter(|&number| lines.get(&record(&name, number)) != Some(&1)).collect();
        assert!(missing.is_empty(), "{name}: of {count}, {missing:?}, {:?}", lines.get(&record(&name, missing[0])));
    }
    assert_eq!(0, rings_of(folder.path()).len());
}

/// At full speed, where a kill most often comes in the middle of a write from a ring: the record it cuts is completed by
/// whoever writes next, and none is missing in the middle or there twice.
#[test]
fn records_that_processes_are_killed_over_are_completed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("worker.log");
    let options = Options {
        max_bytes: 256 * 1024,
        backup_count: 1_000_000,
        durability: Durability::Mapped,
        ..Options::default()
    };
    let start = |round: usize| {
        let mut command = Command::new(env::current_exe().unwrap());
        command.env("WRITER_THREADS", "1");
        Process::start_by(command, &path, &format!("round{round}"), 100_000_000, options)
    };

    let count = rounds(10, 100);
    let mut running = Vec::new();
    for round in 0..count {
        running.push(start(round));
        thread::sleep(Duration::from_millis(3 + 2 * (round as u64 % 5)));
        if running.len() == 3 {
            kill_first(&mut running);
        }
    }
    while !running.is_empty() {
        kill_first(&mut running);
    }
    drop(Writer::open(&path, options)); // finishes what the last ones left

    let mut found = vec![Vec::new(); count];
    let mut wrong = Vec::new();
    for file in files_of(&path) {
        for line in fs::read_to_string(file).unwrap().split_inclusive('\n') {
            let mut words = line.strip_prefix("round").unwrap_or_default().split(' ').map(|word| word.parse().ok());
            match (words.next().flatten(), words.next().flatten()) {
                (Some(round), Some(number)) if round < count && line == record(&format!("round{round}"), number) => {
                    found[round].push(number);
                }
                _ => wrong.push(line.to_owned()),
            }
        }
    }
    assert!(wrong.is_empty(), "{} torn lines: {:?}", wrong.len(), wrong.iter().take(3).collect::<Vec<_>>());
    for (round, numbers) in found.iter_mut().enumerate() {
        numbers.sort_unstable();
        assert!(numbers.iter().copied().eq(0..numbers.len()), "round{round}: not each number once");
    }
    assert!(found.iter().map(Vec::len).sum::<usize>() > 10_000);
}

fn kill_first(running: &mut Vec<Process>) {
    let mut process = running.remove(0);
    process.child.kill().unwrap();
    process.child.wait().unwrap();
}

/// At any moment of making its ring, before the first record too.
#[test]
fn a_process_killed_over_its_start_leaves_no_ring_behind() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("worker.log");
    let options = Options { durability: Durability::Mapped, ..Options::default() };

    for round in 0..rounds(60, 600) {
        let mut process = Process::start(&path, "alpha", 1_000_000, options);
        thread::sleep(Duration::from_micros(1000 + 250 * (round as u64 % 60)));
        process.child.kill().unwrap();
        process.child.wait().unwrap();
    }
    drop(Writer::open(&path, options));

    assert_eq!(0, rings_of(folder.path()).len());
}

/// As `find -type f -exec truncate` does it, everywhere; the logs themselves apart.
#[test]
fn cutting_every_file_beside_a_log_and_in_shared_memory_kills_nobody_and_loses_nothing() {
    for durability in [Durability::Process, Durability::Mapped] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("worker.log");
        let options = Options { max_bytes: 64 * 1024, backup_count: 1000, durability, ..Options::default() };

        let processes = NAMES.map(|name| Process::start(&path, name, 6000, options));
        let readers = thread::spawn(move || finish_all(processes));
        let mut cut = 0;
        while !readers.is_finished() {
            let hidden = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
            let hidden = hidden.filter(|file| file.file_name().unwrap().to_str().unwrap().starts_with('.'));
            for file in memory_files(folder.path()).into_iter().chain(hidden) {
                cut += usize::from(fs::OpenOptions::new().write(true).truncate(true).open(file).is_ok());
            }
            thread::sleep(Duration::from_millis(1));
        }
        let reports = readers.join().unwrap();

        assert!(cut > 20, "{cut}");
        assert!(reports.iter().all(|(_, outcome)| *outcome == written()));
        assert_eq!(expected(NAMES, 6000), lines_of(&path), "{durability:?}");
        assert_eq!(0, memory_files(folder.path()).len());
    }
}

/// A process whose ring nobody could find any more makes another one, and what it left in that is found.
#[test]
fn a_ring_whose_file_is_removed_from_outside_is_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("worker.log");
    let mut process =
        Process::start(&path, "alpha", 1, Options { durability: Durability::Mapped, ..Options::default() });
    process.next_report().unwrap();
    let removed = rings_of(folder.path());
    for ring in &removed {
        fs::remove_file(ring).unwrap();
    }

    let began = Instant::now();
    let mut next = 1;
    while rings_of(folder.path()).is_empty() {
        assert_eq!(written(), process.append(next));
        next += 1;
        assert!(began.elapsed() < Duration::from_secs(5));
        thread::sleep(Duration::from_millis(5));
    }

    assert_eq!(1, removed.len());
    assert_ne!(removed, rings_of(folder.path()));
    process.finish();
    assert_eq!(expected(["alpha"], next), lines_of(&path));
    assert_eq!(0, rings_of(folder.path()).len());
}

#[test]
fn a_log_renamed_or_removed_from_outside_is_made_anew_with_its_mode() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("worker.log");
    fs::write(&path, "").unwrap();
    set_mode(&path, 0o640);
    let mut process =
        Process::start(&path, "alpha", 3, Options { max_bytes: 0, backup_count: 0, ..Options::default() });
    for _ in 0..3 {
        process.next_report().unwrap();
    }

    fs::rename(&path, folder.path().join("worker.log.20260105")).unwrap();
    let renamed = append_until_made(&mut process, 3, &path);
    assert_eq!(0o640, mode(&path));
    fs::remove_file(&path).unwrap();
    let removed = append_until_made(&mut process, renamed, &path);
    assert_eq!(0o640, mode(&path));

    let moved = fs::read_to_string(folder.path().join("worker.log.20260105")).unwrap();
    assert_eq!((0..renamed - 1).map(|number| record("alpha", number)).collect::<String>(), moved);
    // What went into the removed file while nobody could know is there again.
    let now = fs::read_to_string(&path).unwrap();
    assert!(now.ends_with(&(renamed..removed).map(|number| record("alpha", number)).collect::<String>()), "{now}");
    process.finish();
}

#[test]
fn renames_from_outside_while_processes_write_lose_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("worker.log");
    let options = Options { max_bytes: 100_000, backup_count: 1000, ..Options::default() };

    let processes = NAMES.map(|name| Process::start(&path, name, 4000, options));
    let readers = thread::spawn(move || finish_all(processes));
    let mut renamed = 0;
    while !readers.is_finished() {
        renamed += usize::from(fs::rename(&path, folder.path().join(format!("worker.log-{renamed}"))).is_ok());
        thread::sleep(Duration::from_millis(2));
    }
    readers.join().unwrap();

    assert!(renamed > 5, "{renamed}");
    assert_eq!(expected(NAMES, 4000), lines_of(&path));
}

#[test]
fn a_stopped_process_that_holds_the_lock_stops_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("worker.log");
    let writer = Writer::open(&path, Options { max_bytes: 1000, backup_count: 5, ..Options::default() });
    let control = fs::File::create(folder.path().join(".worker.ctl")).unwrap();
    control.lock().unwrap();

    let began = Instant::now();
    for number in 0..200 {
        assert_eq!(written(), format!("{:?}", writer.append(record("alpha", number).as_bytes())));
    }
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
    assert_eq!(0, writer.stats().rotated);
    control.unlock().unwrap();
    writer.append(b"after\n");

    assert_eq!("after\n", fs::read_to_string(&path).unwrap());
}

#[test]
fn old_files_are_kept_up_to_their_number_newest_first() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("worker.log");
    let writer = Writer::open(&path, Options { max_bytes: 10, backup_count: 2, ..Options::default() });

    for number in 0..5 {
        writer.append(format!("line {number}\n").as_bytes());
    }

    let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    assert_eq!(["line 4\n", "line 3\n", "line 2\n"], ["worker.log", "worker.log.1", "worker.log.2"].map(read));
    assert!(!folder.path().join("worker.log.3").exists());
}

#[test]
fn a_rotation_killed_half_way_is_carried_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("worker.log");
    let name = |number: u32| folder.path().join(format!("worker.log.{number}"));
    fs::write(&path, "newest\n").unwrap();
    fs::write(name(2), "older\n").unwrap(); // the killed one had moved 1 to 2, and not yet the log to 1
    fs::write(name(3), "oldest\n").unwrap();
    let writer = Writer::open(&path, Options { max_bytes: 8, backup_count: 3, ..Options::default() });

    writer.append(b"after\n");

    let read = |number| fs::read_to_string(name(number)).unwrap();
    assert_eq!(["newest\n", "older\n", "oldest\n"], [1, 2, 3].map(read));
}

#[test]
fn without_backups_or_without_a_size_nothing_is_renamed() {
    for (max_bytes, backup_count) in [(0, 5), (10, 0)] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("worker.log");
        let writer = Writer::open(&path, Options { max_bytes, backup_count, ..Options::default() });

        for _ in 0..10 {
            writer.append(b"a line of text\n");
        }

        assert_eq!(1, fs::read_dir(folder.path()).unwrap().count());
        assert_eq!(150, fs::metadata(&path).unwrap().len());
    }
}

/// The reports of processes that run beside each other, each read as it comes.
fn finish_all(processes: [Process; 4]) -> Vec<(usize, String)> {
    let readers = processes.map(|process| thread::spawn(|| process.finish()));
    readers.into_iter().flat_map(|reader| reader.join().unwrap()).collect()
}

/// Appends records until the log is there again, at most a second, and gives the number of the next one.
fn append_until_made(process: &mut Process, from: usize, path: &Path) -> usize {
    let began = Instant::now();
    let mut next = from;
    while !path.exists() {
        assert_eq!(written(), process.append(next));
        next += 1;
        assert!(began.elapsed() < Duration::from_secs(1));
        thread::sleep(Duration::from_millis(1));
    }
    next
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

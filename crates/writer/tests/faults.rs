//! Faults of the disk: records wait, one warning is given, nothing panics, and writing goes on by itself.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test stops at what it did not expect")]

mod common;

use std::env;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use common::{Process, record, written};
use jobtrail_writer::{Durability, Options, Outcome, Writer};

#[test]
#[ignore = "the body of the processes that the other tests start"]
fn child() {
    common::child();
}

fn warned(path: &Path) -> (Writer, Arc<Mutex<Vec<String>>>) {
    warned_with(path, Options::default())
}

fn warned_with(path: &Path, options: Options) -> (Writer, Arc<Mutex<Vec<String>>>) {
    let warnings = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&warnings);
    let warn = Box::new(move |warning: &str| seen.lock().unwrap().push(warning.to_owned()));
    (Writer::with_warn(path, options, warn), warnings)
}

/// Appends `record` until it is written, at most five seconds.
fn append_until_written(writer: &Writer, record: &[u8]) {
    append_until(writer, record, || writer.stats().buffered == 0);
}

/// Appends `record` until something is so, at most five seconds, and gives how often.
fn append_until(writer: &Writer, record: &[u8], is_so: impl Fn() -> bool) -> usize {
    let deadline = Instant::now() + Duration::from_secs(5);
    for times in 1.. {
        writer.append(record);
        if is_so() {
            return times;
        }
        assert!(Instant::now() < deadline, "{:?}", writer.stats());
        thread::sleep(Duration::from_millis(10));
    }
    0
}

#[test]
fn a_full_disk_buffers_then_drops_and_warns_once() {
    let (writer, warnings) = warned(Path::new("/dev/full"));
    let record = vec![b'x'; 1000];

    let outcomes: Vec<Outcome> = (0..2000).map(|_| writer.append(&record)).collect();

    let stats = writer.stats();
    assert_eq!((0, 1048, 952), (stats.written, stats.buffered, stats.dropped));
    assert!(outcomes[..1048].iter().all(|&outcome| outcome == Outcome::Buffered));
    assert!(outcomes[1048..].iter().all(|&outcome| outcome == Outcome::Dropped));
    let warnings = warnings.lock().unwrap();
    assert_eq!(1, warnings.len(), "{warnings:?}");
    assert!(warnings[0].contains("cannot write `/dev/full`") && warnings[0].contains("No space left"), "{warnings:?}");
}

#[test]
fn what_waited_is_written_in_order_when_the_fault_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("logs/worker.log");
    fs::write(folder.path().join("logs"), "a file where the folder should be").unwrap();
    let (writer, warnings) = warned(&path);
    assert_eq!(Outcome::Buffered, writer.append(b"first\n"));
    assert_eq!(Outcome::Buffered, writer.append(b"second\n"));

    fs::remove_file(folder.path().join("logs")).unwrap();
    append_until_written(&writer, b"last\n");

    let text = fs::read_to_string(&path).unwrap();
    assert!(text.starts_with("first\nsecond\n") && text.ends_with("last\n"), "{text:?}");
    assert_eq!(1, warnings.lock().unwrap().len(), "{warnings:?}");
    assert_eq!(0, writer.stats().buffered);
}

#[test]
fn a_fault_that_comes_and_goes_warns_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("logs/worker.log");
    let (writer, warnings) = warned(&path);

    for number in 0..4 {
        fs::remove_dir_all(folder.path().join("logs")).unwrap();
        fs::write(folder.path().join("logs"), "in the way").unwrap();
        append_until(&writer, format!("{number}\n").as_bytes(), || writer.stats().buffered > 0);
        fs::remove_file(folder.path().join("logs")).unwrap();
        append_until_written(&writer, b"back\n");
    }

    assert_eq!(1, warnings.lock().unwrap().len(), "{warnings:?}");
}

#[test]
fn what_waits_when_the_writer_is_dropped_is_tried_once_more() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("logs/worker.log");
    fs::write(folder.path().join("logs"), "in the way").unwrap();
    let (writer, _) = warned(&path);
    assert_eq!(Outcome::Buffered, writer.append(b"first\n"));

    fs::remove_file(folder.path().join("logs")).unwrap();
    drop(writer);

    assert_eq!("first\n", fs::read_to_string(&path).unwrap());
}

#[test]
fn a_removed_folder_is_made_again_with_the_records_that_went_with_it() {
    for durability in [Durability::Process, Durability::Disk, Durability::Mapped] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/logs/worker.log");
        let (writer, warnings) = warned_with(&path, Options { durability, ..Options::default() });
        assert_eq!(Outcome::Written, writer.append(b"first\n"));

        fs::remove_dir_all(folder.path().join("deep")).unwrap();
        let times = append_until(&writer, b"second\n", || path.exists());
        assert!(writer.flush());

        let expected = format!("first\n{}", "second\n".repeat(times));
        assert_eq!(expected, fs::read_to_string(&path).unwrap(), "{durability:?}");
        assert!(warnings.lock().unwrap().is_empty(), "{durability:?}");
    }
}

#[test]
fn a_line_cut_by_a_crash_is_closed_before_the_next_record() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("worker.log");
    fs::write(&path, "whole\nhal").unwrap();
    let (writer, _) = warned(&path);

    writer.append(b"next\n");
    writer.append(b"last\n");

    assert_eq!("whole\nhal\nnext\nlast\n", fs::read_to_string(&path).unwrap());
}

/// A folder of memory that is full soon, where one may be mounted; unmounted at the end.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn mount() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mounted =
            Command::new("mount").args(["-t", "tmpfs", "-o", "size=256k", "none"]).arg(folder.path()).output();
        mounted.is_ok_and(|output| output.status.success()).then_some(Self(folder))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        drop(Command::new("umount").arg("--lazy").arg(self.0.path()).status());
    }
}

/// Where nothing may be mounted, the size limit of the next test stands for it alone; that is said.
#[test]
fn a_disk_that_is_really_full_loses_nothing_and_goes_on() {
    let Some(disk) = SmallDisk::mount() else {
        writeln!(std::io::stderr(), "faults: nothing may be mounted here, RLIMIT_FSIZE stands for a full disk")
            .unwrap();
        return;
    };
    for durability in [Durability::Process, Durability::Disk, Durability::Mapped] {
        let folder = disk.0.path().join(format!("{durability:?}"));
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("filler"), vec![0; 100 * 1024]).unwrap();
        let path = folder.join("worker.log");
        let (writer, warnings) = warned_with(&path, Options { durability, ..Options::default() });

        // 280 KB into what is left of 256; after that there is room again.
        let records: Vec<String> = (0..2000).map(|number| record("alpha", number)).collect();
        for record in &records {
            assert_ne!(Outcome::Dropped, writer.append(record.as_bytes()));
        }
        // What is in shared memory needs no room on the disk; it waits there.
        let waits = writer.stats().buffered > 0 || (durability == Durability::Mapped && !writer.flush());
        assert!(waits, "{durability:?} {:?}", writer.stats());
        fs::remove_file(folder.join("filler")).unwrap();
        fs::rename(&path, folder.join("worker.log.full")).unwrap();
        let moved = fs::read_to_string(folder.join("worker.log.full")).unwrap();
        fs::remove_file(folder.join("worker.log.full")).unwrap();
        let deadline = Instant::now() + Duration::from_secs(10);
        while !writer.flush() {
            assert!(Instant::now() < deadline, "{durability:?} {:?}", writer.stats());
            thread::sleep(Duration::from_millis(20));
        }

        let text = moved + &fs::read_to_string(&path).unwrap();
        let missing: Vec<_> = records.iter().filter(|record| !text.contains(record.trim_end())).take(3).collect();
        assert!(missing.is_empty(), "{durability:?}: {missing:?}");
        let warnings = warnings.lock().unwrap();
        assert!((1..=2).contains(&warnings.len()), "{durability:?}: {warnings:?}");
        drop(writer);
        fs::remove_dir_all(&folder).unwrap();
    }
}

/// A size limit of the process stands for a disk that fills in the middle of a record.
#[test]
fn a_short_write_is_closed_and_the_record_written_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("worker.log");
    let mut shell = Command::new("sh");
    shell.args(["-c", "trap '' XFSZ; ulimit -S -f 8; exec \"$0\" \"$@\""]).arg(env::current_exe().unwrap());
    let mut process =
        Process::start_by(shell, &path, "alpha", 60, Options { max_bytes: 0, backup_count: 0, ..Options::default() });
    let outcomes: Vec<String> = (0..60).map(|_| process.next_report().unwrap().1).collect();
    let fit = outcomes.iter().filter(|outcome| **outcome == written()).count();
    assert!((20..59).contains(&fit) && outcomes[fit..].iter().all(|outcome| outcome == "Buffered"), "{outcomes:?}");

    let raised = Command::new("prlimit")
        .args(["--fsize=unlimited:", "--pid", &process.child.id().to_string()])
        .status()
        .unwrap();
    assert!(raised.success());
    let deadline = Instant::now() + Duration::from_secs(10);
    let mut next = 60;
    while process.append(next) != written() {
        assert!(Instant::now() < deadline);
        next += 1;
        thread::sleep(Duration::from_millis(20));
    }

    process.finish();
    let text = fs::read_to_string(&path).unwrap();
    let whole: Vec<&str> = text.split_inclusive('\n').filter(|line| line.ends_with(" end\n")).collect();
    let torn = text.lines().filter(|line| !line.ends_with(" end")).count();
    assert_eq!((0..=next).map(|number| record("alpha", number)).collect::<Vec<_>>(), whole);
    assert_eq!(1, torn);
}

#[test]
fn without_descriptors_the_renamed_file_is_written_and_a_new_one_made_later() {
    for durability in [Durability::Process, Durability::Disk, Durability::Mapped] {
        without_descriptors(durability);
    }
}

fn without_descriptors(durability: Durability) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("worker.log");
    let options = Options { max_bytes: 0, backup_count: 0, durability, ..Options::default() };
    let mut process = Process::start(&path, "alpha", 1, options);
    process.next_report().unwrap();
    let limit = |value: &str| {
        let pid = process.child.id().to_string();
        assert!(Command::new("prlimit").args([value, "--pid", &pid]).status().unwrap().success());
    };

    limit("--nofile=3:");
    fs::rename(&path, folder.path().join("worker.log.1")).unwrap();
    let began = Instant::now();
    let mut next = 1;
    while began.elapsed() < Duration::from_millis(300) {
        assert_eq!(written(), process.append(next));
        next += 1;
        thread::sleep(Duration::from_millis(10));
    }
    let pid = process.child.id().to_string();
    assert!(Command::new("prlimit").args(["--nofile=1024:", "--pid", &pid]).status().unwrap().success());
    while !path.exists() {
        assert_eq!(written(), process.append(next));
        next += 1;
        assert!(began.elapsed() < Duration::from_secs(5));
        thread::sleep(Duration::from_millis(10));
    }

    process.finish();
    let text = ["worker.log.1", "worker.log"].map(|name| fs::read_to_string(folder.path().join(name)).unwrap());
    assert_eq!((0..next).map(|number| record("alpha", number)).collect::<String>(), text.concat(), "{durability:?}");
    assert!(!text[1].is_empty());
}

//! Faults by script: no panic, one warning, kept or counted, resumed.

use std::fs;
use std::io::ErrorKind;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use super::{Log, lines};
use crate::fs::scripted::{Act, Call, Scripted};
use crate::options::{Control, Durability, Options, Outcome, Period};

fn scripted() -> (Log, Arc<Scripted>) {
    let fs = Arc::new(Scripted::default());
    (Log::new(Arc::clone(&fs) as Arc<dyn crate::fs::Fs>), fs)
}

/// Ten thousand records of 100 bytes fill 16 times what is written between two looks; a slow machine looks by the clock too.
#[test]
fn a_record_is_one_call_to_the_system_and_two_beside_others() {
    let record = "x".repeat(99) + "\n";
    for (others, most) in [(0, 200), (1, 10_300)] {
        let (log, fs) = scripted();
        let others: Vec<_> = (0..others).map(|_| log.writer(Options::default())).collect();
        let writer = log.writer(Options::default());
        let [_, before] = fs.calls();
        let began = Instant::now();

        for _ in 0..10_000 {
            assert_eq!(Outcome::Written, writer.append(record.as_bytes()));
        }

        let [written, asked] = fs.calls();
        let by_the_clock = 5 * (1 + began.elapsed().as_millis() as usize / 100);
        assert_eq!(10_000, written);
        assert!(asked - before <= most + by_the_clock, "{} with {} others", asked - before, others.len());
    }
}

#[test]
fn an_interrupted_write_is_made_again() {
    let (log, fs) = scripted();
    let writer = log.writer(Options::default());
    fs.plan(Call::Write, 0, 3, Act::Fail(ErrorKind::Interrupted));

    assert_eq!(Outcome::Written, writer.append(b"one\n"));
    assert_eq!("one\n", log.read("x.log"));
    assert_eq!(0, writer.stats().errors);
}

#[test]
fn a_short_write_is_closed_and_the_record_written_again() {
    let (log, fs) = scripted();
    let writer = log.writer(Options::default());
    fs.plan(Call::Write, 1, 2, Act::Short(2));

    for record in [b"one\n", b"two\n", b"six\n"] {
        assert_eq!(Outcome::Written, writer.append(record));
    }

    assert_eq!("one\ntw\nt\ntwo\nsix\n", log.read("x.log"));
    assert_eq!((3, 2), (writer.stats().written, writer.stats().errors));
    assert!(log.warnings().is_empty());
}

#[test]
fn a_full_disk_is_warned_of_once_and_nothing_is_lost() {
    let (log, fs) = scripted();
    let writer = log.writer(Options::default());
    fs.plan(Call::Write, 1, 3, Act::Fail(ErrorKind::StorageFull));

    let records: Vec<String> = (0..50).map(|number| format!("record {number}\n")).collect();
    for record in &records {
        writer.append(record.as_bytes());
        thread::sleep(Duration::from_millis(10));
    }

    assert!(writer.flush());
    assert_eq!(records.concat(), log.read("x.log"));
    assert_eq!(1, log.warnings().len(), "{:?}", log.warnings());
    assert_eq!((50, 0, 0), (writer.stats().written, writer.stats().buffered, writer.stats().dropped));
}

/// More than the ring holds; and nobody calls the writer again.
#[test]
fn a_full_disk_and_a_full_ring_keep_records_in_their_order() {
    let (log, fs) = scripted();
    let writer = log.writer(Options { durability: Durability::Mapped, ..Options::default() });
    fs.plan(Call::Write, 0, 4, Act::Fail(ErrorKind::StorageFull));

    let records: Vec<String> = (0..14_000).map(|number| format!("record {number:06} {}\n", "x".repeat(80))).collect();
    for record in &records {
        assert_ne!(Outcome::Dropped, writer.append(record.as_bytes()));
    }
    assert!(writer.stats().buffered > 0, "{:?}", writer.stats());
    let began = Instant::now();
    while writer.stats().buffered > 0 {
        assert!(began.elapsed() < Duration::from_secs(10));
        thread::sleep(Duration::from_millis(10));
    }

    assert_eq!(records.concat(), log.read("x.log"));
    assert_eq!(1, log.warnings().len(), "{:?}", log.warnings());
    assert_eq!((14_000, 0), (writer.stats().written, writer.stats().dropped));
}

#[test]
fn without_a_descriptor_at_the_beginning_records_wait() {
    let (log, fs) = scripted();
    fs.plan(Call::Open, 0, 1, Act::Fail(ErrorKind::Other));
    let writer = log.writer(Options::default());

    assert_eq!(Outcome::Buffered, writer.append(b"one\n"));
    assert!(writer.flush());
    assert_eq!("one\n", log.read("x.log"));
    assert_eq!(1, log.warnings().len());
}

#[test]
fn a_disk_that_does_not_confirm_has_the_record_written_again() {
    let (log, fs) = scripted();
    let writer = log.writer(Options { durability: Durability::Disk, ..Options::default() });
    fs.plan(Call::Sync, 0, 1, Act::Fail(ErrorKind::Other));

    assert_eq!(Outcome::Buffered, writer.append(b"one\n"));
    assert!(writer.flush());
    assert_eq!("one\none\n", log.read("x.log")); // the first may be lost with the power
}

#[test]
fn a_rename_that_fails_half_way_is_carried_on() {
    for failing in 0..3 {
        let (log, fs) = scripted();
        let writer = log.writer(Options { max_bytes: 10, backup_count: 5, ..Options::default() });
        for number in 0..3 {
            writer.append(format!("line {number}\n").as_bytes());
        }
        fs.plan(Call::Rename, failing, 1, Act::Fail(ErrorKind::PermissionDenied));

        let began = Instant::now();
        let mut number = 3;
        while writer.stats().rotated < 4 {
            assert_eq!(Outcome::Written, writer.append(format!("line {number}\n").as_bytes()));
            number += 1;
            assert!(began.elapsed() < Duration::from_secs(5));
            thread::sleep(Duration::from_millis(20));
        }

        let mut expected: Vec<String> = (0..number).map(|number| format!("line {number}")).collect();
        expected.sort_unstable();
        assert_eq!(expected, lines(&log.path()), "{failing}");
        assert_eq!(1, log.warnings().len(), "{:?}", log.warnings());
    }
}

#[test]
fn a_lock_that_cannot_be_had_lets_the_file_grow() {
    let (log, fs) = scripted();
    let writer = log.writer(Options { max_bytes: 10, ..Options::default() });
    writer.append(b"0\n");
    fs.plan(Call::Lock, 0, usize::MAX, Act::Fail(ErrorKind::PermissionDenied));

    for number in 1..20 {
        assert_eq!(Outcome::Written, writer.append(format!("{number}\n").as_bytes()));
    }

    assert_eq!((0..20).map(|number| format!("{number}\n")).collect::<Vec<_>>().concat(), log.read("x.log"));
    assert_eq!(1, log.warnings().len(), "{:?}", log.warnings());
}

#[test]
fn a_new_day_week_or_month_begins_a_new_file() {
    for (every, days) in [(Period::Daily, 1), (Period::Weekly, 7), (Period::Monthly, 31)] {
        for control in [Control::Shared, Control::Files] {
            let (log, fs) = scripted();
            let options = Options { max_bytes: 0, every: Some(every), control, ..Options::default() };
            let writer = log.writer(options);
            writer.append(b"old\n");
            fs.set_clock(days * 24 * 60 * 60);
            writer.flush();

            writer.append(b"new\n");
            writer.flush();

            assert_eq!(("old\n", "new\n"), (&*log.read("x.log.1"), &*log.read("x.log")), "{every:?} {control:?}");
            if control == Control::Shared {
                // Another process of that day finds nothing to do. (The files' own times are of the real day.)
                log.writer(options).append(b"too\n");
                assert_eq!("new\ntoo\n", log.read("x.log"));
            }
        }
    }
}

#[test]
fn a_clock_that_is_set_back_renames_nothing_and_stops_nothing() {
    let (log, fs) = scripted();
    let writer = log.writer(Options { every: Some(Period::Daily), ..Options::default() });
    writer.append(b"one\n");
    fs.set_clock(400 * 24 * 60 * 60);
    writer.flush();
    writer.append(b"two\n");
    fs.set_clock(0);
    writer.flush();
    writer.append(b"three\n");
    writer.flush();
    fs.set_clock(24 * 60 * 60);
    writer.append(b"four\n");
    writer.flush();
    writer.append(b"five\n");

    assert_eq!("one\n", log.read("x.log.2"));
    assert_eq!("two\nthree\nfour\n", log.read("x.log.1"));
    assert_eq!("five\n", log.read("x.log"));
}

#[test]
fn a_file_system_without_atomic_append_is_said_at_open_and_served() {
    let log = Log::new(Arc::new(Scripted::remote()));
    let options = Options { max_bytes: 100, backup_count: 1000, ..Options::default() };
    let writers: Vec<_> = (0..4).map(|_| log.writer(options)).collect();

    thread::scope(|scope| {
        for (name, writer) in writers.iter().enumerate() {
            scope.spawn(move || {
                for number in 0..100 {
                    assert_eq!(Outcome::Written, writer.append(format!("{name} {number:03}\n").as_bytes()));
                }
            });
        }
    });

    let mut expected: Vec<String> =
        (0..4).flat_map(|name| (0..100).map(move |number| format!("{name} {number:03}"))).collect();
    expected.sort_unstable();
    assert_eq!(expected, lines(&log.path()));
    assert!(fs::metadata(log.path()).unwrap().len() <= 100);
    assert_eq!(4, log.warnings().len(), "one of each writer");
}

#[test]
fn without_files_that_are_memory_rotation_goes_by_the_files() {
    let log = Log::new(Arc::new(Scripted::without_memory()));
    let writer = log.writer(Options { max_bytes: 10, ..Options::default() });

    for number in 0..3 {
        writer.append(format!("line {number}\n").as_bytes());
    }

    assert_eq!(["line 0\n", "line 1\n", "line 2\n"], ["x.log.2", "x.log.1", "x.log"].map(|name| log.read(name)));
}

#[test]
fn a_record_behind_the_half_record_of_a_killed_writer_is_written_again() {
    let (log, _) = scripted();
    let half = "x".repeat(512);
    let writer = log.writer(Options::default());
    let other = log.writer(Options::default());
    assert_eq!(Outcome::Written, other.append(b""));
    fs::write(log.path(), &half).unwrap(); // as a kill in the middle of a write leaves it

    assert_eq!(Outcome::Written, writer.append(b"whole\n"));

    assert_eq!(format!("{half}whole\nwhole\n"), log.read("x.log"));
}

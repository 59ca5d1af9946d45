//! Files as records: order, dates, filters, merging, and everything that is reported instead of being an error.
#![expect(clippy::unwrap_used, reason = "a test may stop where a step fails")]

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::{Duration, Instant, SystemTime};

use jobtrail_core::{Filter, Query, ReadOptions, Timestamp, Zone};
use jobtrail_files::{Pauses, ReadReport, Watch, discover, read, read_merged, read_stream};

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    OpenOptions::new().create(true).append(true).open(path).unwrap().write_all(text.as_bytes()).unwrap();
}

fn filter(query: &str) -> Filter {
    let now = Timestamp::parse("2026-01-05T15:00:00Z").unwrap();
    Query::parse(query).unwrap().resolve(now, &Zone::UTC)
}

/// Reads a path and returns `source: message` of each record, and the report.
fn messages(path: &Path, query: &str) -> (Vec<String>, ReadReport) {
    let mut lines = Vec::new();
    let report = read(&[path.to_path_buf()], &ReadOptions::default(), &filter(query), &mut |source, record| {
        lines.push(format!("{source}: {}", record.message));
        ControlFlow::Continue(())
    });
    (lines, report)
}

fn times(path: &Path) -> Vec<String> {
    let mut times = Vec::new();
    read(&[path.to_path_buf()], &ReadOptions::default(), &filter(""), &mut |_, record| {
        times.push(record.timestamp.map_or_else(String::new, |time| time.to_string()));
        ControlFlow::Continue(())
    });
    times
}

#[test]
fn a_rotated_log_comes_oldest_first_with_the_names_of_its_files() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    write(&root.join("a/worker.log"), "[INFO] three\n");
    write(&root.join("a/worker.log.1"), "[INFO] two\n");
    write(&root.join("a/worker.log.2"), "[INFO] one\n[ERROR] bad\nTraceback (most recent call last):\n  at x\n");
    write(&root.join("b.log"), "[INFO] four\n");

    let (lines, report) = messages(root, "");

    let expected =
        ["b.log: four", "a/worker.log.2: one", "a/worker.log.2: bad", "a/worker.log.1: two", "a/worker.log: three"];
    assert_eq!(expected.to_vec(), lines);
    assert_eq!((5, 5), (report.records, report.matched));
    assert!(report.problems.is_empty());
}

#[test]
fn undated_stamps_are_dated_back_from_the_modification_day_over_midnight() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("panel.log");
    write(&path, "[23:50:00] [INFO] a\n[00:10:00] [INFO] b\n[23:59:00] [INFO] c\n[00:01:00] [INFO] d\n");
    let seventh = Timestamp::parse("2026-01-07T00:01:02Z").unwrap().as_micros();
    let modified = SystemTime::UNIX_EPOCH + Duration::from_micros(u64::try_from(seventh).unwrap());
    File::options().append(true).open(&path).unwrap().set_modified(modified).unwrap();
    let expected = [
        "2026-01-05T23:50:00.000000Z",
        "2026-01-06T00:10:00.000000Z",
        "2026-01-06T23:59:00.000000Z",
        "2026-01-07T00:01:00.000000Z",
    ];

    assert_eq!(expected.to_vec(), times(&path));

    let dated = root.path().join("panel.log.20260301");
    write(&dated, "[23:50:00] [INFO] a\n");
    assert_eq!(vec!["2026-03-01T23:50:00.000000Z"], times(&dated));
}

#[test]
fn a_source_without_any_time_is_left_out_of_a_time_range_and_counted() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    write(&root.join("a.log"), "[INFO] never dated\n[INFO] neither\n");
    write(
        &root.join("b.log"),
        "2026-01-05 14:50:00 - x - INFO - in\n  its detail\n2026-01-05 10:00:00 - x - INFO - out\n",
    );

    let (lines, report) = messages(root, "since:30m");

    assert_eq!(vec!["b.log: in"], lines);
    let undated: Vec<_> = report.undated.iter().map(|source| (source.name.as_str(), source.records)).collect();
    assert_eq!(vec![("a.log", 2)], undated);
}

#[test]
fn an_undated_record_takes_the_time_before_it_over_the_border_of_two_files() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    write(&root.join("x.log.1"), "2026-01-05 14:50:00 - x - INFO - dated\n");
    write(&root.join("x.log"), "[INFO] not dated\n");

    let (lines, report) = messages(root, "since:30m");

    assert_eq!(vec!["x.log.1: dated", "x.log: not dated"], lines);
    assert!(report.undated.is_empty());
}

#[test]
fn what_is_no_log_is_reported_and_the_rest_is_read() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    write(&root.join("binary.log"), "\u{7f}ELF\0\0\0\0\0\0");
    write(&root.join("empty.log"), "");
    write(&root.join("essay.log"), "It was a dark\nand stormy night.\n");
    write(&root.join("worker.log"), "[INFO] here\n");

    let (lines, report) = messages(root, "");

    assert_eq!("worker.log: here", lines.last().unwrap());
    let problems: Vec<_> = report.problems.iter().map(|it| (it.name.as_str(), it.error.code())).collect();
    assert_eq!(vec![("binary.log", "unsupported")], problems);
    assert_eq!((vec!["empty.log".to_owned()], vec!["essay.log".to_owned()]), (report.empty, report.plain));
}

#[test]
fn the_sink_ends_the_reading() {
    let root = tempfile::tempdir().unwrap();
    write(&root.path().join("a.log"), "[INFO] one\n[INFO] two\n");
    write(&root.path().join("b.log"), "[INFO] three\n");
    let mut taken = 0;

    read(&[root.path().to_path_buf()], &ReadOptions::default(), &filter(""), &mut |_, _| {
        taken += 1;
        ControlFlow::Break(())
    });

    assert_eq!(1, taken);
}

#[test]
fn logs_are_merged_by_time_and_keep_their_own_order() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    let line = |minute: u32, text: &str| format!("2026-01-05 14:{minute:02}:00 - x - INFO - {text}\n");
    write(&root.join("a.log"), &format!("{}{}[INFO] after a2\n", line(1, "a1"), line(5, "a2")));
    write(&root.join("b.log"), &format!("{}{}{}", line(2, "b1"), line(6, "b2"), line(4, "b3, late")));
    write(&root.join("c.log"), "[INFO] no time at all\n");
    let mut merged = Vec::new();

    let found = discover(&[root.to_path_buf()]);
    let report = read_merged(found, &ReadOptions::default(), &filter(""), &mut |_| {}, &mut |_, record| {
        merged.push(record.message.to_string());
        ControlFlow::Continue(())
    });

    assert_eq!(vec!["no time at all", "a1", "b1", "a2", "after a2", "b2", "b3, late"], merged);
    assert_eq!(7, report.matched);
}

/// A stream that gives its pieces when told to.
struct Pieces(mpsc::Receiver<&'static [u8]>);

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let piece = self.0.recv().unwrap_or_default();
        buffer[..piece.len()].copy_from_slice(piece);
        Ok(piece.len())
    }
}

#[test]
fn a_silent_stream_gives_its_last_record_only_to_a_live_view() {
    for (pauses, expected) in [(Pauses::Give, vec!["one", "two"]), (Pauses::Wait, vec!["one"])] {
        let (send, receive) = mpsc::channel();
        send.send(b"[INFO] one\n[INFO] two\n".as_slice()).unwrap();
        let mut sender = Some(send);
        let got = std::cell::RefCell::new(Vec::new());
        let mut before_the_end = Vec::new();

        read_stream(
            Box::new(Pieces(receive)),
            "-",
            pauses,
            &ReadOptions::default(),
            &filter(""),
            &mut || {
                // A pause before the first piece has come says nothing.
                if !got.borrow().is_empty() && sender.take().is_some() {
                    before_the_end.clone_from(&got.borrow());
                }
            },
            &mut |_, record| {
                got.borrow_mut().push(record.message.to_string());
                ControlFlow::Continue(())
            },
        );

        assert_eq!(expected, before_the_end);
        assert_eq!(vec!["one", "two"], *got.borrow());
    }
}

/// Polls until `count` records have come or five seconds have passed.
fn poll_until(watch: &mut Watch, lines: &mut Vec<String>, count: usize) {
    let end = Instant::now() + Duration::from_secs(5);
    while lines.len() < count && Instant::now() < end {
        watch.poll(&mut |source, record| {
            lines.push(format!("{source}: {}", record.message));
            ControlFlow::Continue(())
        });
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_watch_gives_what_is_there_then_what_comes_and_takes_up_new_logs() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    write(&root.join("worker.log.1"), "[INFO] one\n");
    write(&root.join("worker.log"), "[INFO] two\n[ERROR] no");
    write(&root.join("gone.log.1"), "[INFO] old\n");
    let mut watch = Watch::new(&[root.to_path_buf()], ReadOptions::default(), filter(""));
    let mut lines = Vec::new();

    poll_until(&mut watch, &mut lines, 3);
    lines.sort();
    assert_eq!(vec!["gone.log.1: old", "worker.log.1: one", "worker.log: two"], lines);
    lines.clear();

    write(&root.join("worker.log"), "t yet\n");
    poll_until(&mut watch, &mut lines, 1);
    fs::rename(root.join("worker.log.1"), root.join("worker.log.2")).unwrap();
    fs::rename(root.join("worker.log"), root.join("worker.log.1")).unwrap();
    write(&root.join("worker.log"), "[INFO] four\n");
    poll_until(&mut watch, &mut lines, 2);
    write(&root.join("new/host.log"), "[INFO] five\n");
    poll_until(&mut watch, &mut lines, 3);
    write(&root.join("gone.log"), "[INFO] again\n");
    poll_until(&mut watch, &mut lines, 4);

    let expected = ["worker.log: not yet", "worker.log: four", "new/host.log: five", "gone.log: again"];
    assert_eq!(expected.to_vec(), lines);
}

#[test]
fn a_record_of_a_followed_log_comes_within_100_ms() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("worker.log");
    write(&path, "[INFO] start\n");
    let mut watch = Watch::new(std::slice::from_ref(&path), ReadOptions::default(), filter(""));
    let mut lines = Vec::new();
    poll_until(&mut watch, &mut lines, 1);
    let mut delays: Vec<Duration> = (2..12)
        .map(|count| {
            write(&path, "[INFO] next\n");
            let written = Instant::now();
            poll_until(&mut watch, &mut lines, count);
            written.elapsed()
        })
        .collect();
    delays.sort();

    assert!(delays[delays.len() / 2] < Duration::from_millis(100), "{delays:?}");
}

#[test]
fn a_log_read_while_it_rotates_has_no_gap_and_nothing_twice() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("worker.log");
    write(&path, "[INFO] 0\n");
    let is_done = AtomicBool::new(false);

    std::thread::scope(|scope| {
        scope.spawn(|| {
            let name = |number: u32| root.path().join(format!("worker.log.{number}"));
            for number in 1..2_000 {
                if number % 20 == 0 {
                    for old in (1..100).rev().filter(|old| name(*old).exists()) {
                        fs::rename(name(old), name(old + 1)).unwrap();
                    }
                    fs::rename(&path, name(1)).unwrap();
                }
                write(&path, &format!("[INFO] {number}\n"));
            }
            is_done.store(true, Ordering::Release);
        });
        while !is_done.load(Ordering::Acquire) {
            let (lines, report) = messages(root.path(), "");
            let numbers: Vec<usize> =
                lines.iter().map(|line| line.rsplit(' ').next().unwrap().parse().unwrap()).collect();
            assert!(report.problems.is_empty(), "{:?}", report.problems);
            assert!((0..numbers.len()).eq(numbers.iter().copied()), "{numbers:?}");
        }
    });
    assert_eq!(2_000, messages(root.path(), "").0.len());
}

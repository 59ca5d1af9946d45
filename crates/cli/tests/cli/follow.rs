//! `view -f` as a real process, against files that grow and rotate while it runs.

use std::fs::{self, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdout, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use crate::common::program;

/// A running `view` whose lines are read as they come; ended when it goes out of scope.
struct Following {
    child: Child,
    lines: Receiver<(String, Instant)>,
}

impl Following {
    fn start(args: &[&str]) -> Self {
        Self::of(program(args).spawn().unwrap())
    }

    fn of(mut child: Child) -> Self {
        let stdout: ChildStdout = child.stdout.take().unwrap();
        let (send, lines) = mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if send.send((line, Instant::now())).is_err() {
                    break;
                }
            }
        });
        Self { child, lines }
    }

    fn next(&self) -> (String, Instant) {
        self.lines.recv_timeout(Duration::from_secs(10)).unwrap()
    }
}

impl Drop for Following {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn append(path: &Path, text: &str) {
    OpenOptions::new().create(true).append(true).open(path).unwrap().write_all(text.as_bytes()).unwrap();
}

#[test]
fn new_lines_come_within_a_tenth_of_a_second_though_the_output_is_a_pipe() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("worker.log");
    append(&path, "[INFO] one\n");
    let following = Following::start(&["view", "-f", "-o", "raw", path.to_str().unwrap()]);
    assert_eq!("[INFO] one", following.next().0);

    let mut delays: Vec<Duration> = (0..15)
        .map(|number| {
            let written = Instant::now();
            append(&path, &format!("[INFO] {number}\n"));
            let (line, at) = following.next();
            assert_eq!(format!("[INFO] {number}"), line);
            at - written
        })
        .collect();
    delays.sort();

    assert!(delays[delays.len() / 2] < Duration::from_millis(100), "{delays:?}");
}

#[test]
fn nothing_is_lost_or_repeated_across_fast_rotation() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("worker.log");
    append(&path, "[INFO] line 0 first\n");
    let following = Following::start(&["view", "-f", "-o", "raw", "-l", "info", root.path().to_str().unwrap()]);
    assert_eq!("[INFO] line 0 first", following.next().0);

    let mut written = 0;
    for number in 1..=20_000 {
        let line = format!("[INFO] line {number} of a worker that has a lot to say\n[DEBUG] not wanted\n");
        if written > 20_000 {
            for old in (1..200).rev() {
                let name = |number| root.path().join(format!("worker.log.{number}"));
                if name(old).exists() {
                    fs::rename(name(old), name(old + 1)).unwrap();
                }
            }
            fs::rename(&path, root.path().join("worker.log.1")).unwrap();
            written = 0;
        }
        append(&path, &line);
        written += line.len();
    }
    let numbers: Vec<u32> =
        (0..20_000).map(|_| following.next().0.split(' ').nth(2).unwrap().parse().unwrap()).collect();

    assert_eq!((1..=20_000).collect::<Vec<u32>>(), numbers);
}

#[test]
fn a_half_line_waits_and_a_traceback_stays_whole() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("worker.log");
    append(&path, "[ERROR] bad");
    let following = Following::start(&["view", "-f", "-o", "json", path.to_str().unwrap()]);

    append(&path, "\nTraceback (most recent call last):\n  File \"x.py\", line 1\nValueError: no\n");
    let record: serde_json::Value = serde_json::from_str(&following.next().0).unwrap();

    assert_eq!("bad", record["message"]);
    assert!(record["exception"].as_str().unwrap().ends_with("ValueError: no"), "{record}");
}

#[test]
fn the_last_ones_come_first_then_what_is_new() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("worker.log");
    append(&path, "[INFO] one\n[INFO] two\n[INFO] three\n");
    let following = Following::start(&["view", "-f", "-n", "2", "-o", "raw", path.to_str().unwrap()]);

    assert_eq!(("[INFO] two", "[INFO] three"), (following.next().0.as_str(), following.next().0.as_str()));
    append(&path, "[INFO] four\n");
    assert_eq!("[INFO] four", following.next().0);
}

#[test]
fn a_piped_stream_is_followed_record_by_record() {
    let mut child = program(&["view", "-f", "-o", "raw"]).stdin(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut following = Following::of(child);

    stdin.write_all(b"[INFO] one\n").unwrap();
    assert_eq!("[INFO] one", following.next().0);
    stdin.write_all(b"[INFO] two\n").unwrap();
    assert_eq!("[INFO] two", following.next().0);
    drop(stdin);

    assert!(following.child.wait().unwrap().success());
}

#[test]
fn an_archive_has_nothing_to_follow() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("worker.log.1.gz");
    let mut encoder = flate2::write::GzEncoder::new(fs::File::create(&path).unwrap(), flate2::Compression::fast());
    encoder.write_all(b"[INFO] packed\n").unwrap();
    encoder.finish().unwrap();

    let mut following = Following::start(&["view", "-f", "-o", "raw", path.to_str().unwrap()]);

    assert_eq!("[INFO] packed", following.next().0);
    assert!(following.child.wait().unwrap().success());
}

#[cfg(unix)]
#[test]
fn a_reader_that_goes_away_ends_it_though_nothing_is_written() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("worker.log");
    append(&path, "[INFO] one\n");
    let mut child = program(&["view", "-f", "-o", "raw", path.to_str().unwrap()]).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();

    let status = child.wait().unwrap();

    assert_eq!(("[INFO] one\n", Some(0)), (line.as_str(), status.code()));
}

#[test]
fn every_line_that_many_writers_share_through_rotation_is_given_once() {
    const WRITERS: u32 = 4;
    const LINES: u32 = 4_000;
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("worker.log");
    append(&path, "[INFO] writer 9 line 0\n");
    let following = Following::start(&["view", "-f", "-o", "raw", root.path().to_str().unwrap()]);
    assert_eq!("[INFO] writer 9 line 0", following.next().0);

    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            let path = &path;
            scope.spawn(move || {
                let options = jobtrail_writer::Options { max_bytes: 20_000, backup_count: 100, ..Default::default() };
                let log = jobtrail_writer::Writer::open(path, options);
                for line in 0..LINES {
                    log.append(format!("[INFO] writer {writer} line {line}\n").as_bytes());
                }
            });
        }
    });
    let mut given: Vec<(u32, u32)> = (0..WRITERS * LINES)
        .map(|_| {
            let line = following.next().0;
            let numbers: Vec<u32> = line.split(' ').filter_map(|word| word.parse().ok()).collect();
            (numbers[0], numbers[1])
        })
        .collect();
    given.sort_unstable();

    let expected: Vec<(u32, u32)> =
        (0..WRITERS).flat_map(|writer| (0..LINES).map(move |line| (writer, line))).collect();
    assert!(expected == given, "{} lines given", given.len());
}

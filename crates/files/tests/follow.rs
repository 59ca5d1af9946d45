//! A follower against real files that are renamed, cut, removed, compressed and written to as fast as they go.
#![expect(clippy::unwrap_used, reason = "a test may stop where a step fails")]

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use jobtrail_core::Cursor;
use jobtrail_files::{After, Event, Follower, Resumed};
use tempfile::TempDir;

/// What a follower gave, a file at a time.
#[derive(Default)]
struct Seen {
    files: BTreeMap<u64, Vec<u8>>,
    opened: Vec<After>,
    closed: Vec<u64>,
}

impl Seen {
    fn poll(&mut self, follower: &mut Follower) {
        follower.poll(&mut |event| self.take(&event)).unwrap();
    }

    fn take(&mut self, event: &Event<'_>) {
        match *event {
            Event::Opened { after, .. } => self.opened.push(after),
            Event::Bytes { generation, offset, bytes } => {
                let file = self.files.entry(generation).or_default();
                assert_eq!(offset, file.len() as u64, "bytes come in order and once");
                file.extend_from_slice(bytes);
            }
            Event::Closed { generation } => self.closed.push(generation),
        }
    }

    /// All text, the files one after the other.
    fn text(&self) -> String {
        self.files.values().map(|bytes| String::from_utf8_lossy(bytes)).collect()
    }

    fn numbers(&self) -> Vec<u64> {
        self.text().lines().map(|line| line.split(' ').nth(1).unwrap().parse().unwrap()).collect()
    }
}

/// An empty folder, and where a log in it is to be.
fn log() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("worker.log");
    (folder, path)
}

fn append(path: &Path, text: &str) {
    OpenOptions::new().create(true).append(true).open(path).unwrap().write_all(text.as_bytes()).unwrap();
}

fn gzip(from: &Path, to: &Path) {
    let mut encoder = flate2::write::GzEncoder::new(File::create(to).unwrap(), flate2::Compression::fast());
    encoder.write_all(&fs::read(from).unwrap()).unwrap();
    encoder.finish().unwrap();
    fs::remove_file(from).unwrap();
}

#[test]
fn new_bytes_are_given_once_and_half_lines_as_they_come() {
    let (_folder, path) = log();
    append(&path, "one\ntw");
    let mut follower = Follower::new(&path, 0).unwrap();
    let mut seen = Seen::default();

    seen.poll(&mut follower);
    append(&path, "o\n");
    seen.poll(&mut follower);
    seen.poll(&mut follower);

    assert_eq!("one\ntwo\n", seen.text());
    assert_eq!(vec![After::Start], seen.opened);
}

#[test]
fn a_file_that_is_not_there_yet_is_waited_for() {
    let (_folder, path) = log();
    let mut follower = Follower::new(&path, 0).unwrap();
    let mut seen = Seen::default();

    seen.poll(&mut follower);
    append(&path, "one\n");
    seen.poll(&mut follower);

    assert_eq!("one\n", seen.text());
}

#[test]
fn a_renamed_file_is_read_to_its_end_and_on_while_someone_writes_to_it() {
    let (folder, path) = log();
    append(&path, "one\n");
    let mut late = OpenOptions::new().append(true).open(&path).unwrap();
    let mut follower = Follower::new(&path, 0).unwrap();
    let mut seen = Seen::default();

    seen.poll(&mut follower);
    append(&path, "two\n");
    fs::rename(&path, folder.path().join("worker.log.1")).unwrap();
    seen.poll(&mut follower);
    append(&path, "four\n");
    late.write_all(b"three\n").unwrap();
    seen.poll(&mut follower);
    late.write_all(b"late\n").unwrap();
    seen.poll(&mut follower);

    assert_eq!("one\ntwo\nthree\nlate\n", String::from_utf8_lossy(&seen.files[&0]));
    assert_eq!("four\n", String::from_utf8_lossy(&seen.files[&1]));
    assert_eq!(vec![After::Start, After::Rotation], seen.opened);
}

#[test]
fn a_truncated_file_starts_anew_even_when_it_has_grown_past_the_old_place() {
    let (_folder, path) = log();
    append(&path, "one\n");
    let mut follower = Follower::new(&path, 0).unwrap();
    let mut seen = Seen::default();

    seen.poll(&mut follower);
    fs::write(&path, "a much longer second life\n").unwrap();
    seen.poll(&mut follower);
    fs::write(&path, "3\n").unwrap();
    seen.poll(&mut follower);

    assert_eq!("one\na much longer second life\n3\n", seen.text());
    assert_eq!(vec![After::Start, After::Truncation, After::Truncation], seen.opened);
    assert_eq!(vec![0, 1], seen.closed);
}

#[test]
fn a_removed_file_is_left_for_its_successor() {
    let (folder, path) = log();
    append(&path, "one\n");
    append(&folder.path().join("worker.log.1"), "older, not asked for\n");
    let mut follower = Follower::new(&path, 0).unwrap();
    let mut seen = Seen::default();

    seen.poll(&mut follower);
    fs::remove_file(&path).unwrap();
    seen.poll(&mut follower);
    append(&path, "two\n");
    seen.poll(&mut follower);

    assert_eq!("one\ntwo\n", seen.text());
}

#[test]
fn files_that_came_and_went_between_two_polls_are_found() {
    let (folder, path) = log();
    append(&path, "one\n");
    append(&folder.path().join("worker.log.1"), "older\n");
    let mut follower = Follower::new(&path, 0).unwrap();
    let mut seen = Seen::default();

    seen.poll(&mut follower);
    append(&path, "two\n");
    for number in 3..8 {
        rotate(&path, 9);
        append(&path, &format!("{number}\n"));
    }
    gzip(&folder.path().join("worker.log.2"), &folder.path().join("worker.log.2.gz"));
    seen.poll(&mut follower);

    assert_eq!("one\ntwo\n3\n4\n5\n6\n7\n", seen.text());
}

#[test]
fn a_file_compressed_since_it_was_read_is_not_given_again() {
    let (folder, path) = log();
    append(&path, "older\n");
    rotate(&path, 9);
    append(&path, "one\n");
    let mut follower = Follower::new(&path, 0).unwrap();
    let mut seen = Seen::default();

    seen.poll(&mut follower);
    rotate(&path, 9);
    gzip(&folder.path().join("worker.log.2"), &folder.path().join("worker.log.2.gz"));
    gzip(&folder.path().join("worker.log.1"), &folder.path().join("worker.log.1.gz"));
    append(&path, "two\n");
    seen.poll(&mut follower);

    assert_eq!("one\ntwo\n", seen.text());
}

#[test]
fn a_whole_set_is_given_oldest_first() {
    let (folder, path) = log();
    for number in 1..4 {
        append(&path, &format!("{number}\n"));
        rotate(&path, 9);
    }
    append(&path, "4\n");
    gzip(&folder.path().join("worker.log.3"), &folder.path().join("worker.log.3.gz"));
    let mut follower = Follower::whole_set(&path);
    let mut seen = Seen::default();

    seen.poll(&mut follower);

    assert_eq!("1\n2\n3\n4\n", seen.text());
}

#[test]
fn a_damaged_archive_keeps_nothing_else_from_being_given_once() {
    let (folder, path) = log();
    append(&path, "one\n");
    rotate(&path, 9);
    append(&path, "two\n");
    rotate(&path, 9);
    append(&path, "three\n");
    gzip(&folder.path().join("worker.log.2"), &folder.path().join("worker.log.2.gz"));
    let packed = fs::read(folder.path().join("worker.log.2.gz")).unwrap();
    fs::write(folder.path().join("worker.log.2.gz"), &packed[..packed.len() - 4]).unwrap();
    let mut follower = Follower::whole_set(&path);
    let mut seen = Seen::default();

    let first = follower.poll(&mut |event| seen.take(&event));
    seen.poll(&mut follower);

    assert_eq!(Err("io"), first.map_err(|error| error.code()));
    assert!(seen.text().ends_with("two\nthree\n") && seen.text().matches("two").count() == 1, "{}", seen.text());
}

#[cfg(unix)]
#[test]
fn an_old_file_that_may_not_be_read_hides_none_behind_it() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, path) = log();
    append(&path, "one\n");
    rotate(&path, 9);
    append(&path, "two\n");
    fs::set_permissions(folder.path().join("worker.log.1"), fs::Permissions::from_mode(0o000)).unwrap();
    if File::open(folder.path().join("worker.log.1")).is_ok() {
        return; // root may read everything
    }
    let mut follower = Follower::whole_set(&path);
    let mut seen = Seen::default();

    let first = follower.poll(&mut |event| seen.take(&event));
    append(&path, "three\n");
    seen.poll(&mut follower);

    assert_eq!((Err("unreadable"), "two\nthree\n"), (first.map_err(|error| error.code()), seen.text().as_str()));
}

#[test]
fn nothing_is_lost_or_repeated_while_files_rotate_as_fast_as_they_are_written() {
    for whole_set in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("worker.log");
        append(&path, "line 0 first\n");
        let mut follower = if whole_set { Follower::whole_set(&path) } else { Follower::new(&path, 0).unwrap() };
        let mut seen = Seen::default();
        let done = AtomicBool::new(false);

        std::thread::scope(|scope| {
            scope.spawn(|| {
                write_and_rotate(&path, 20_000);
                done.store(true, Ordering::Release);
            });
            while !done.load(Ordering::Acquire) {
                seen.poll(&mut follower);
                std::thread::sleep(Duration::from_millis(2));
            }
        });
        let end = Instant::now() + Duration::from_secs(5);
        while seen.numbers().last() != Some(&20_000) && Instant::now() < end {
            seen.poll(&mut follower);
        }
        follower.finish(&mut |event| seen.take(&event)).unwrap();

        assert_eq!((0..=20_000).collect::<Vec<u64>>(), seen.numbers(), "whole set: {whole_set}");
        assert!(seen.opened.len() > 50, "it rotated: {}", seen.opened.len());
    }
}

/// Reads a log to its end and returns the cursor, as it would be stored.
fn read_to_end(path: &Path, expected: &str) -> String {
    let mut follower = Follower::new(path, 0).unwrap();
    let mut seen = Seen::default();
    seen.poll(&mut follower);
    assert_eq!(expected, seen.text());
    follower.cursor().unwrap().to_string()
}

/// Resumes and returns what two polls gave, with the events that opened files.
fn resume(path: &Path, cursor: &str) -> (Resumed, String, Vec<After>) {
    let (mut follower, resumed) = Follower::resume(path, &Cursor::parse(cursor).unwrap()).unwrap();
    let mut text = Vec::new();
    let mut opened = Vec::new();
    for _ in 0..2 {
        follower
            .poll(&mut |event| match event {
                Event::Bytes { bytes, .. } => text.extend_from_slice(bytes),
                Event::Opened { after, .. } => opened.push(after),
                Event::Closed { .. } => {}
            })
            .unwrap();
    }
    (resumed, String::from_utf8(text).unwrap(), opened)
}

#[test]
fn a_cursor_is_found_again_through_growth_rotation_and_compression() {
    let (folder, path) = log();
    append(&path, "older\n");
    rotate(&path, 9);
    append(&path, "one\n");
    let cursor = read_to_end(&path, "one\n");
    assert_eq!((Resumed::Found, String::new(), vec![After::Start]), resume(&path, &cursor));

    append(&path, "two\n");
    assert_eq!((Resumed::Found, "two\n".to_owned(), vec![After::Start]), resume(&path, &cursor));

    rotate(&path, 9);
    assert_eq!((Resumed::Found, "two\n".to_owned(), vec![After::Start]), resume(&path, &cursor));

    append(&path, "three\n");
    rotate(&path, 9);
    append(&path, "four\n");
    let rotated = [After::Start, After::Rotation, After::Rotation].to_vec();
    assert_eq!((Resumed::Found, "two\nthree\nfour\n".to_owned(), rotated), resume(&path, &cursor));

    gzip(&folder.path().join("worker.log.2"), &folder.path().join("worker.log.2.gz"));
    let (resumed, text, _) = resume(&path, &cursor);
    assert_eq!((Resumed::Found, "two\nthree\nfour\n"), (resumed, text.as_str()));
}

#[test]
fn a_cursor_whose_file_is_gone_is_told_and_all_that_is_there_is_read() {
    let (_folder, path) = log();
    append(&path, "one\n");
    let cursor = read_to_end(&path, "one\n");
    fs::remove_file(&path).unwrap();
    assert_eq!((Resumed::Lost, String::new(), vec![]), resume(&path, &cursor));

    append(&path, "two\n");
    rotate(&path, 9);
    append(&path, "three\n");
    let started = vec![After::Start; 2];
    assert_eq!((Resumed::Lost, "two\nthree\n".to_owned(), started), resume(&path, &cursor));
}

#[test]
fn a_cursor_whose_file_was_cut_begins_with_that_file() {
    let (_folder, path) = log();
    append(&path, "older\n");
    rotate(&path, 9);
    append(&path, &"the same banner as ever\n".repeat(30));
    let cursor = read_to_end(&path, &"the same banner as ever\n".repeat(30));
    let anew = "the same banner as ever\n".repeat(20);
    fs::write(&path, &anew).unwrap();

    assert_eq!((Resumed::Lost, anew, vec![After::Truncation]), resume(&path, &cursor));
}

#[test]
fn each_file_that_is_read_has_its_cursors() {
    let (_folder, path) = log();
    append(&path, "one\ntwo\n");
    let mut follower = Follower::new(&path, 0).unwrap();
    let mut seen = Seen::default();
    seen.poll(&mut follower);
    rotate(&path, 9);
    append(&path, "three\n");
    seen.poll(&mut follower);

    assert_eq!(Some(Cursor::of(b"one\ntwo\n", 4)), follower.cursor_at(0, 4));
    assert_eq!(Some(Cursor::of(b"three\n", 6)), follower.cursor());
    assert_eq!(None, follower.cursor_at(7, 0));
    let (resumed, text, _) = resume(&path, &follower.cursor_at(0, 4).unwrap().to_string());
    assert_eq!((Resumed::Found, "two\nthree\n"), (resumed, text.as_str()));
}

#[test]
fn before_a_new_file_has_a_byte_the_cursor_stands_at_the_end_of_the_old_one() {
    let (_folder, path) = log();
    append(&path, "one\n");
    let mut follower = Follower::new(&path, 0).unwrap();
    let mut seen = Seen::default();
    seen.poll(&mut follower);
    rotate(&path, 9);
    append(&path, "");
    seen.poll(&mut follower);
    let cursor = follower.cursor().unwrap().to_string();
    append(&path, "two\n");
    rotate(&path, 9);
    append(&path, "three\n");

    let (resumed, text, _) = resume(&path, &cursor);

    assert_eq!((Resumed::Found, "two\nthree\n"), (resumed, text.as_str()));
}

#[test]
fn nothing_is_lost_or_repeated_by_followers_that_end_and_resume_while_files_rotate() {
    let (_folder, path) = log();
    append(&path, "line 0 first\n");
    let mut cursor = Cursor::parse(&read_to_end(&path, "line 0 first\n")).unwrap();
    let done = AtomicBool::new(false);
    let mut text = b"line 0 first\n".to_vec();
    let mut resume = || {
        let (mut follower, resumed) = Follower::resume(&path, &cursor).unwrap();
        assert_eq!(Resumed::Found, resumed, "{cursor}");
        follower
            .poll(&mut |event| {
                if let Event::Bytes { bytes, .. } = event {
                    text.extend_from_slice(bytes);
                }
            })
            .unwrap();
        cursor = follower.cursor().unwrap_or(cursor);
    };

    std::thread::scope(|scope| {
        scope.spawn(|| {
            write_and_rotate(&path, 10_000);
            done.store(true, Ordering::Release);
        });
        while !done.load(Ordering::Acquire) {
            resume();
        }
    });
    resume();

    let text = String::from_utf8(text).unwrap();
    let numbers: Vec<u64> = text.lines().map(|line| line.split(' ').nth(1).unwrap().parse().unwrap()).collect();
    assert_eq!((0..=10_000).collect::<Vec<u64>>(), numbers);
}

/// Writes numbered lines, a new file every 16 KiB or so, none of them ever removed.
fn write_and_rotate(path: &PathBuf, lines: u64) {
    let mut file = OpenOptions::new().append(true).open(path).unwrap();
    let mut written = 0;
    for number in 1..=lines {
        let line = format!("line {number} of a worker that has a lot to say about what it does\n");
        if written + line.len() > 16_000 {
            rotate(path, 500);
            file = OpenOptions::new().create(true).append(true).open(path).unwrap();
            written = 0;
        }
        file.write_all(line.as_bytes()).unwrap();
        written += line.len();
    }
}

/// Renames `x.1` to `x.2` and so on, then `x` to `x.1`.
fn rotate(path: &Path, keep: u32) {
    let numbered = |number: u32| PathBuf::from(format!("{}.{number}", path.display()));
    for number in (1..keep).rev() {
        if numbered(number).exists() {
            fs::rename(numbered(number), numbered(number + 1)).unwrap();
        }
    }
    fs::rename(path, numbered(1)).unwrap();
}

//! What `prune` deletes, what it says before, and what it leaves alone while a log is written.

use std::fs::{self, File};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, SystemTime};

use jobtrail_writer::{Options, Writer};
use serde_json::json;

use crate::common::{Run, Setting, run_in};

const DAY: u64 = 86_400;

/// The clock of [`Setting`], 5 January 2026 at 15:00.
fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_hours(20_458 * 24 + 15)
}

fn write(path: &Path, text: &str, age: Duration) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
    File::options().append(true).open(path).unwrap().set_modified(now() - age).unwrap();
}

/// A folder with old files of a log, and what only looks like some.
fn logs() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, days) in
        [("worker.log", 0), ("worker.log.1", 1), ("worker.log.2", 40), ("worker.log.3.gz", 50), ("mine.txt", 90)]
    {
        write(&folder.path().join(name), "[INFO] one\n", Duration::from_secs(days * DAY));
    }
    write(&folder.path().join("jobs_2026-01.jsonl"), "{}\n", Duration::from_secs(40 * DAY));
    folder
}

fn prune(folder: &tempfile::TempDir, setting: Setting, args: &[&str]) -> Run {
    let args: Vec<&str> = std::iter::once("prune").chain(args.iter().copied()).collect();
    run_in(Setting { current_dir: folder.path().to_path_buf(), ..setting }, &args)
}

fn names(folder: &tempfile::TempDir) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

const LEFT: [&str; 4] = ["jobs_2026-01.jsonl", "mine.txt", "worker.log", "worker.log.1"];

#[test]
fn a_dry_run_says_what_would_go_and_why_and_deletes_nothing() {
    let folder = logs();
    let before = names(&folder);

    let run = prune(&folder, Setting::default(), &["--older-than", "30d", "--dry-run"]);

    let expected = "\
would delete       11 B     50 days  worker.log.3.gz  (older than 30 days)
would delete       11 B     40 days  worker.log.2  (older than 30 days)
kept                3 B     40 days  jobs_2026-01.jsonl  (older than 30 days, but it is of this month)
would delete 2 files, 22 B
";
    assert_eq!((0, expected, ""), (run.code, run.stdout.as_str(), run.stderr.as_str()));
    assert_eq!(before, names(&folder));
}

#[test]
fn what_is_deleted_is_said_for_programs_too() {
    let folder = logs();

    let run = prune(&folder, Setting::default(), &["--older-than", "45d", "--yes", "-o", "json"]);

    let path = folder.path().join("./worker.log.3.gz").display().to_string();
    let expected = json!([{
        "action": "deleted", "file": path, "kind": "rotated", "size_bytes": 11,
        "modified": "2025-11-16T15:00:00.000000Z", "reason": "older than 45 days", "kept_because": null,
    }]);
    assert_eq!((0, expected, ""), (run.code, json!(run.json()), run.stderr.as_str()));
    assert!(!folder.path().join("worker.log.3.gz").exists());
    assert_eq!(1, prune(&folder, Setting::default(), &["--older-than", "45d", "--yes"]).code);
}

#[test]
fn nothing_goes_before_someone_has_said_yes() {
    let folder = logs();
    let before = names(&folder);
    let args = ["--older-than", "30d"];
    let answered = |text: &str| {
        let stdin = Some(text.as_bytes().to_vec());
        prune(&folder, Setting { stdin, is_typed: true, is_terminal: true, ..Setting::default() }, &args)
    };

    let nobody = prune(&folder, Setting::default(), &args);

    let refusal = "error: nobody is here to be asked: `--dry-run` says what would go, `--yes` deletes it\n";
    assert_eq!((2, refusal), (nobody.code, nobody.stderr.as_str()));
    for no in ["", "n\n", "\n", "yesterday\n"] {
        assert_eq!("Delete 2 files (22 B)? [y/N] ", answered(no).stderr, "{no:?}");
    }
    assert_eq!(before, names(&folder));
    assert!(answered("y\n").stdout.ends_with("deleted 2 files, 22 B\n"));
    assert_eq!(LEFT.as_slice(), names(&folder));
}

#[test]
fn rules_that_say_nothing_or_nonsense_are_refused() {
    let folder = logs();
    let before = names(&folder);
    for (args, expected) in [
        (vec!["--yes"], "nothing says what is old: name `--older-than`, `--keep-bytes`, `--keep-files` or `--profile`"),
        (
            vec!["--yes", "--older-than", "30"],
            "bad value `30` of `--older-than`: expected a number with s, m, h, d or w, such as 30d",
        ),
        (
            vec!["--yes", "--keep-bytes", "much"],
            "bad value `much` of `--keep-bytes`: expected a number of bytes, maybe with kB, MB, GB, KiB, MiB or GiB",
        ),
        (
            vec!["--yes", "--keep-files", "1", "--live"],
            "live logs go by their age alone: name `--older-than` or `--profile`",
        ),
    ] {
        let run = prune(&folder, Setting::default(), &args);

        assert_eq!((2, format!("error: {expected}\n")), (run.code, run.stderr));
    }
    let run = prune(&folder, Setting::default(), &["none", "mine.txt", "--older-than", "30d", "--yes"]);
    assert_eq!(2, run.code);
    assert_eq!(before, names(&folder));
}

#[test]
fn a_name_cannot_write_on_the_terminal() {
    let folder = tempfile::tempdir().unwrap();
    write(&folder.path().join("a\u{1b}[31m\nb.log.1"), "[INFO] one\n", Duration::from_secs(90 * DAY));

    for output in ["text", "json"] {
        let run = prune(&folder, Setting::default(), &["--older-than", "30d", "-n", "-o", output]);

        assert!(!run.stdout.contains('\u{1b}'), "{}", run.stdout);
        assert_eq!(if output == "text" { 2 } else { 1 }, run.stdout.lines().count());
    }
}

#[test]
fn a_file_that_a_writer_has_open_stays_until_it_has_moved_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("worker.log");
    let options = Options { max_bytes: 200, backup_count: 9, ..Options::default() };
    let line = [b"[INFO] ".as_slice(), &[b'x'; 90], b"\n"].concat();
    let slow = Writer::open(&path, options);
    slow.append(&line);
    let fast = Writer::open(&path, options);
    for _ in 0..6 {
        fast.append(&line);
    }
    let all = ["--keep-files", "0", "--yes"];

    let first = prune(&folder, Setting::default(), &all);

    let kept: Vec<&str> = first.stdout.lines().filter(|line| line.starts_with("kept")).collect();
    assert_eq!(1, kept.len(), "{}", first.stdout);
    assert!(kept[0].ends_with("(more than 0 of this log, but a writer has it open)"), "{}", kept[0]);
    slow.append(&line);
    assert_eq!(0, prune(&folder, Setting::default(), &all).code);
    assert_eq!([".worker.ctl", "worker.log"].as_slice(), names(&folder));
    fast.append(&line);
    assert!(fs::read(&path).unwrap().ends_with(&line), "writing goes on where the log is");
}

#[test]
fn no_record_is_lost_but_those_of_deleted_files_while_writers_rotate() {
    const RECORDS: usize = 8000;
    const A_LOOK: usize = 400;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("worker.log");
    let options = Options { max_bytes: 4000, backup_count: 1000, ..Options::default() };
    let allowed = AtomicUsize::new(0);
    let mut deleted = 0;
    let mut look = || {
        let run = prune(&folder, Setting::default(), &["--keep-files", "5", "--yes", "-o", "json"]);
        assert_eq!("", run.stderr);
        deleted += run.json().iter().filter(|file| file["action"] == "deleted").count();
    };

    thread::scope(|scope| {
        for thread in 0..2 {
            let (path, allowed) = (&path, &allowed);
            scope.spawn(move || {
                let writer = Writer::open(path, options);
                for number in 0..RECORDS {
                    while number >= allowed.load(Ordering::Relaxed) {
                        thread::yield_now();
                    }
                    writer.append(format!("[INFO] {thread} {number}\n").as_bytes());
                }
            });
        }
        // Some files a look, so that they do not run away from it.
        for _ in 0..RECORDS / A_LOOK {
            allowed.fetch_add(A_LOOK, Ordering::Relaxed);
            look();
        }
    });
    look();

    // What is left are the last records of both, each once and in order.
    let run = run_in(Setting::default(), &["view", "-o", "raw", folder.path().to_str().unwrap()]);
    assert!(deleted > 20, "{deleted} files were deleted");
    for thread in 0..2 {
        let prefix = format!("[INFO] {thread} ");
        let own = run.stdout.lines().filter_map(|line| line.strip_prefix(&prefix));
        let left: Vec<usize> = own.map(|number| number.parse().unwrap()).collect();
        let first = left.first().copied().unwrap_or(RECORDS);
        assert!((first..RECORDS).eq(left), "records of {thread} are missing behind {first}");
    }
}

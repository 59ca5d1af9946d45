//! Bad input: each a clear message on standard error and the right exit code, the rest of the work done.

use std::fs;
use std::io::Read;

use crate::common::{Setting, program, run, run_in, run_on, run_program};

/// A directory with one good log, in which commands run.
fn root() -> (tempfile::TempDir, impl Fn(&[&str]) -> (u8, String, String)) {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join("good.log"), "[INFO] good\n").unwrap();
    let current_dir = root.path().to_path_buf();
    let in_root = move |args: &[&str]| {
        let run = run_in(Setting { current_dir: current_dir.clone(), ..Setting::default() }, args);
        let told = run.stderr.replace(&format!("{}/", current_dir.display()), "");
        (run.code, run.stdout, told)
    };
    (root, in_root)
}

const GOOD: &str = "INFO     good\n";

fn with_good(source: &str) -> String {
    format!("INFO     {source} good\n")
}

#[test]
fn a_missing_file() {
    let (_root, view) = root();

    let (code, shown, told) = view(&["view", "good.log", "none.log"]);

    assert_eq!((2, GOOD), (code, shown.as_str()));
    assert_eq!("error: no such file or directory: `none.log`\n", told);
}

#[test]
fn a_binary_file() {
    let (root, view) = root();
    fs::write(root.path().join("bad.log"), b"\x7fELF\x02\x01\0\0\0\0\0\0\0\0\x03\0>\0").unwrap();

    let (code, shown, told) = view(&["view", "."]);

    assert_eq!((2, with_good("good.log")), (code, shown));
    assert_eq!("error: `bad.log`: is binary, not a log\n", told);
    let piped = run_program(b"\x7fELF\x02\x01\0\0\0\0\0\0\0\0\x03\0>\0", &["view"]);
    assert_eq!((2, "error: standard input: is binary, not a log\n"), (piped.code, piped.stderr.as_str()));
}

#[test]
fn an_empty_file() {
    let (root, view) = root();
    fs::write(root.path().join("empty.log"), "").unwrap();

    assert_eq!((1, String::new(), "note: `empty.log` is empty\n".to_owned()), view(&["view", "empty.log"]));
    assert_eq!((0, with_good("good.log"), String::new()), view(&["view", "empty.log", "good.log"]));
    let piped = run_on("", &["view"]);
    assert_eq!((1, "note: standard input is empty\n"), (piped.code, piped.stderr.as_str()));
}

#[test]
fn a_file_that_is_no_log() {
    let (root, view) = root();
    fs::write(root.path().join("essay.txt"), "It was a dark\nand stormy night.\n").unwrap();

    let (code, shown, told) = view(&["view", "essay.txt"]);

    assert_eq!((0, "It was a dark\nand stormy night.\n"), (code, shown.as_str()));
    assert_eq!("note: `essay.txt` is in no known log format: its lines are read as plain text\n", told);
}

#[test]
fn a_directory_without_logs() {
    let (root, view) = root();
    fs::create_dir_all(root.path().join("empty")).unwrap();
    fs::create_dir_all(root.path().join("other")).unwrap();
    fs::write(root.path().join("other/readme.md"), "x").unwrap();
    fs::create_dir_all(root.path().join("events")).unwrap();
    fs::write(root.path().join("events/jobs_2026-01.jsonl"), "").unwrap();

    let (code, shown, told) = view(&["view", "empty", "good.log"]);
    assert_eq!((0, GOOD), (code, shown.as_str()));
    assert_eq!("note: no logs in `empty`: no jobs have run yet this month\n", told);

    let (code, _, told) = view(&["view", "other"]);
    assert_eq!(1, code);
    assert!(told.starts_with("note: no logs in `other`: none of its files is named *.log"), "{told}");

    let (code, _, told) = view(&["view", "events"]);
    assert_eq!(1, code);
    assert_eq!("note: no jobs have run yet this month\nnote: `jobs_2026-01.jsonl` is empty\n", told);
}

#[cfg(unix)]
#[test]
fn an_unreadable_file() {
    use std::os::unix::fs::PermissionsExt;
    let (root, view) = root();
    let path = root.path().join("secret.log");
    fs::write(&path, "[INFO] secret\n").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read(&path).is_ok() {
        return; // root may read everything
    }

    let (code, shown, told) = view(&["view", "."]);

    assert_eq!((2, with_good("good.log")), (code, shown));
    assert_eq!("error: `secret.log`: permission denied\n", told);
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_directory() {
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("secret.log"), "[INFO] secret\n").unwrap();
    let (root, view) = root();
    std::os::unix::fs::symlink(outside.path().join("secret.log"), root.path().join("link.log")).unwrap();

    let (code, shown, told) = view(&["view", "."]);

    assert_eq!((2, GOOD), (code, shown.as_str()));
    assert_eq!("error: `link.log`: leads out of the directory, not followed\n", told);
}

#[test]
fn a_damaged_archive() {
    let (root, view) = root();
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut encoder, "[INFO] packed\n".repeat(10_000).as_bytes()).unwrap();
    let packed = encoder.finish().unwrap();
    fs::write(root.path().join("bad.log.gz"), &packed[..packed.len() - 12]).unwrap();

    let (code, shown, told) = view(&["view", ".", "-n", "2"]);

    assert_eq!((2, 2), (code, shown.lines().count()));
    assert_eq!("error: `bad.log.gz`: ends in the middle\n", told);
}

#[test]
fn a_bad_query_shows_where() {
    let told = run(&["view", "-q", "größe level>=loud"]).stderr;

    let expected = "\
error: bad query at column 14: expected a level: trace, debug, info, warning, error or critical
  größe level>=loud
               ^
";
    assert_eq!(expected, told);
}

#[test]
fn bad_options_say_what_would_be_right() {
    let (_root, view) = root();
    for (args, expected) in [
        (["-l", "loud"], "bad value `loud` of `--level`: expected one of trace, debug, info, warning, error, critical"),
        (["-j", "../x"], "bad job ID `../x`: wrong id, expected 1 to 128 letters, digits, `.`, `_` or `-`"),
        (
            ["-j", "MSH-1305-A7F2"],
            "bad job ID `MSH-1305-A7F2`: wrong day, expected a real month and day as MMDD, such as 0105",
        ),
    ] {
        let (code, shown, told) = view(&["view", "good.log", args[0], args[1]]);

        assert_eq!((2, String::new(), format!("error: {expected}\n")), (code, shown, told));
    }
    let (code, _, told) = view(&["view", "good.log", "--since", "soon"]);
    assert_eq!(2, code);
    assert!(told.starts_with("error: bad value `soon` of `--since`: expected a time: RFC 3339"), "{told}");
    assert_eq!(2, view(&["view", "--nonsense"]).0);
}

#[test]
fn a_source_without_any_time_under_since() {
    let (root, view) = root();
    fs::write(root.path().join("dated.log"), "2026-01-05 14:59:00 - x - INFO - now\n").unwrap();

    let (code, shown, told) = view(&["view", ".", "since:1h"]);

    assert_eq!((0, "2026-01-05 14:59:00.000Z INFO     dated.log x: now\n"), (code, shown.as_str()));
    assert_eq!("note: left out `good.log`: none of its 1 records has a time\n", told);
}

#[test]
fn nothing_found() {
    let (_root, view) = root();

    assert_eq!((1, String::new(), "note: none of 1 records matches\n".to_owned()), view(&["view", "level:error"]));
}

#[test]
fn nothing_to_redact() {
    let (_root, redact) = root();

    assert_eq!(2, redact(&["redact"]).0);
    assert_eq!((2, GOOD.replace("    ", "").replace("INFO", "[INFO]")), {
        let (code, shown, _) = redact(&["redact", "none.log", "good.log"]);
        (code, shown)
    });
}

#[test]
fn serving_without_the_python_package() {
    let output = program(&["serve", "logs"]).env("PATH", "").output().unwrap();

    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(Some(2), output.status.code());
    assert_eq!("error: serving the panel needs the Python package: pip install \"jobtrail[serve]\"\n", told);
}

#[test]
fn what_is_written_to_is_not_read() {
    let (root, _) = root();
    let line = "2026-01-05 10:00:00.000 [1] [INFO] one\n";
    fs::write(root.path().join("good.log"), line.repeat(1000)).unwrap();
    for command in [&["view", "-o", "raw"][..], &["redact", "."], &["export"]] {
        let target = root.path().join("written.jsonl");
        let mut child = program(command);
        child.current_dir(&root).stdout(fs::File::create(&target).unwrap());

        let output = child.output().unwrap();

        let told = String::from_utf8(output.stderr).unwrap();
        assert!(told.starts_with("note: left out `written.jsonl`: it is what is written to\n"), "{told}");
        assert_eq!(1000, fs::read_to_string(&target).unwrap().lines().count());
    }
}

#[test]
fn a_misspelt_name_is_told_where_nothing_matches() {
    let run = run_on("[ERROR] failed\n", &["view", "lvel:error"]);

    assert_eq!(1, run.code);
    assert!(run.stderr.contains("did you mean `level`?"), "{}", run.stderr);
    let found = run_on("{\"level\":\"info\",\"lvel\":\"error\"}\n", &["view", "lvel:error"]);
    assert_eq!((0, ""), (found.code, found.stderr.as_str()));
}

#[test]
fn thousands_of_files_are_merged_and_counted() {
    let folder = tempfile::tempdir().unwrap();
    for number in 0..2_000 {
        let line = format!("2026-01-05 14:{:02}:{:02}.000 [1] [INFO] n{number}\n", number % 60, number / 60 % 60);
        fs::write(folder.path().join(format!("w{number}.log")), line).unwrap();
    }
    let folder = folder.path().to_str().unwrap();

    let counted = run(&["view", folder, "--count", "-o", "raw"]);
    let sorted = run(&["view", folder, "--sort", "-o", "raw"]);

    assert_eq!((0, "2000\n"), (counted.code, counted.stdout.as_str()));
    let lines: Vec<&str> = sorted.stdout.lines().map(|line| line.get(..23).unwrap()).collect();
    assert_eq!(2_000, lines.len());
    assert!(lines.is_sorted());
}

#[test]
fn a_sparse_file_is_refused_at_once_and_the_others_are_shown() {
    let folder = tempfile::tempdir().unwrap();
    fs::File::create(folder.path().join("sparse.log")).unwrap().set_len(10 << 30).unwrap();
    fs::write(folder.path().join("worker.log"), "[INFO] one\n").unwrap();

    let run = run(&["view", folder.path().to_str().unwrap(), "-o", "raw"]);

    assert_eq!((2, "[INFO] one\n"), (run.code, run.stdout.as_str()));
    assert!(run.stderr.contains("sparse.log"), "{}", run.stderr);
}

#[test]
fn a_file_that_is_cut_while_it_is_read_ends_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("worker.log");
    fs::write(&path, "2026-01-05 14:00:00.000 [1] [INFO] at work\n".repeat(1 << 20)).unwrap();
    let mut child = program(&["view", path.to_str().unwrap(), "-o", "raw"]).spawn().unwrap();
    let mut stdout = child.stdout.take().unwrap();
    let mut first = [0; 43];
    stdout.read_exact(&mut first).unwrap(); // the rest waits for a reader

    fs::File::options().write(true).open(&path).unwrap().set_len(43 << 10).unwrap();
    let mut rest = String::new();
    stdout.read_to_string(&mut rest).unwrap();

    assert!(child.wait().unwrap().code().is_some_and(|code| code != 101));
    let whole = "2026-01-05 14:00:00.000 [1] [INFO] at work";
    let cut: Vec<&str> = rest.lines().filter(|line| *line != whole).collect();
    // Where a block was being read when the end came nearer, its last line is shown as far as it was read.
    assert!(cut.len() <= 8 && cut.iter().all(|line| whole.starts_with(line)), "{cut:?}");
    assert!(rest.lines().count() < 1 << 20);
}

//! What `export` writes, in each form, and that a file appears whole or not at all.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::json;

use crate::common::{Run, Setting, program, run, run_in, run_on};

const FIVE_SYSTEMS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/samples/five-systems.log");

/// A folder in which commands run, with one log.
fn root() -> (tempfile::TempDir, impl Fn(&[&str]) -> Run) {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir(root.path().join("logs")).unwrap();
    fs::copy(FIVE_SYSTEMS, root.path().join("logs/five.log")).unwrap();
    let current_dir = root.path().to_path_buf();
    let in_root = move |args: &[&str]| run_in(Setting { current_dir: current_dir.clone(), ..Setting::default() }, args);
    (root, in_root)
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn the_records_are_those_that_view_prints() {
    let (root, jobtrail) = root();
    for (form, output) in [("jsonl", "json"), ("csv", "csv")] {
        let name = format!("out.{form}");
        let expected = jobtrail(&["view", "logs", "-o", output, "level>=info", "--since", "2025-01-01"]).stdout;

        let export = jobtrail(&["export", "logs", "level>=info", "--since", "2025-01-01", "--to", &name]);

        assert!(expected.lines().count() > 5);
        assert_eq!((0, ""), (export.code, export.stdout.as_str()));
        assert_eq!(expected, fs::read_to_string(root.path().join(&name)).unwrap());
        let to_stdout = jobtrail(&["export", "logs", "level>=info", "--since", "2025-01-01", "-o", form]).stdout;
        assert_eq!(expected, to_stdout);
    }
}

#[test]
fn it_says_how_many_records_there_are() {
    let (root, jobtrail) = root();

    let some = jobtrail(&["export", "logs", "-l", "error", "--to", "errors.csv"]);
    let none = jobtrail(&["export", "logs", "nowhere to be found", "--to", "none.csv", "--columns", "level,message"]);

    let path = root.path().join("errors.csv").display().to_string();
    let count = run(&["view", FIVE_SYSTEMS, "-l", "error", "-o", "json"]).stdout.lines().count();
    assert_eq!(format!("note: {count} records written to `{path}`\n"), some.stderr);
    assert_eq!(1, none.code);
    assert!(none.stderr.starts_with("note: 0 records written to "), "{}", none.stderr);
    assert_eq!("level,message\n", fs::read_to_string(root.path().join("none.csv")).unwrap());
}

#[test]
fn columns_are_chosen_and_secrets_hidden() {
    let line =
        r#"{"timestamp": "2026-01-05T10:00:00Z", "level": "INFO", "message": "=1+2", "password": "hunter2", "n": 7}"#;
    let chosen = ["export", "-", "--columns", "message,fields.password,fields.n,line"];
    let of = |more: &[&str]| run_on(line, &[chosen.as_slice(), more].concat()).stdout;

    let masked = json!({"message": "=1+2", "fields.password": "[redacted:password]", "fields.n": 7, "line": 1});
    assert_eq!(masked, serde_json::from_str::<serde_json::Value>(&of(&[])).unwrap());
    assert_eq!("message,fields.password,fields.n,line\n=1+2,hunter2,7,1\n", of(&["-o", "csv", "--no-redact"]));
    assert_eq!(
        "message,fields.password,fields.n,line\n'=1+2,[redacted:password],7,1\n",
        of(&["-o", "csv", "--safe-csv"])
    );
    let bad = run_on(line, &["export", "--columns", "message,mesage"]);
    assert_eq!(2, bad.code);
    assert!(bad.stderr.starts_with("error: no such column: `mesage`; there are timestamp, level,"), "{}", bad.stderr);
}

#[test]
fn the_name_says_the_form_and_the_compression() {
    let (root, jobtrail) = root();
    let plain = jobtrail(&["export", "logs"]).stdout;
    for name in ["a.jsonl.gz", "b.NDJSON.zst", "c.json", "d.out"] {
        let args = ["export", "logs", "--to", name, "-o", "jsonl"];

        assert_eq!(0, jobtrail(if name == "d.out" { &args } else { &args[..4] }).code);

        let bytes = fs::read(root.path().join(name)).unwrap();
        let mut text = String::new();
        match name.rsplit_once('.').unwrap().1 {
            "gz" => flate2::read::MultiGzDecoder::new(&bytes[..]).read_to_string(&mut text).map(|_| ()).unwrap(),
            "zst" => zstd::Decoder::new(&bytes[..]).unwrap().read_to_string(&mut text).map(|_| ()).unwrap(),
            _ => text = String::from_utf8(bytes).unwrap(),
        }
        assert_eq!(plain, text, "{name}");
    }
    for (name, expected) in [
        ("x.txt", "error: the name `x.txt` does not say the form: end it in .csv or .jsonl, or name it with `-o`\n"),
        ("x.parquet", "error: parquet is not written yet: `-o csv` or `-o jsonl`\n"),
    ] {
        let run = jobtrail(&["export", "logs", "--to", name]);
        assert_eq!((2, expected), (run.code, run.stderr.as_str()));
    }
}

#[test]
fn nothing_is_overwritten_unasked() {
    let (root, jobtrail) = root();
    let mine = root.path().join("mine.csv");
    fs::write(&mine, "precious").unwrap();
    fs::create_dir(root.path().join("folder.csv")).unwrap();
    let mode = |path: &Path| {
        use std::os::unix::fs::PermissionsExt;
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    };
    fs::set_permissions(&mine, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let refused = |args: &[&str]| {
        let run = jobtrail(&[&["export", "logs", "--to"], args].concat());
        assert_eq!(2, run.code);
        run.stderr.replace(&format!("{}/", root.path().display()), "")
    };

    assert_eq!("error: `mine.csv` is there already: `--force` replaces it\n", refused(&["mine.csv"]));
    assert_eq!("error: `folder.csv` is no file that could be replaced\n", refused(&["folder.csv", "--force"]));
    assert_eq!(
        "error: `logs/five.log` is one of the logs that are read\n",
        refused(&["logs/five.log", "--force", "-o", "csv"])
    );
    assert_eq!("error: cannot write `none/x.csv`: No such file or directory (os error 2)\n", refused(&["none/x.csv"]));
    assert_eq!("precious", fs::read_to_string(&mine).unwrap());
    assert_eq!(0, jobtrail(&["export", "logs", "--to", "mine.csv", "--force"]).code);
    assert!(fs::read_to_string(&mine).unwrap().starts_with("timestamp,level,"));
    assert_eq!(0o600, mode(&mine));
    assert_eq!(["folder.csv", "logs", "mine.csv"].as_slice(), names(root.path()));
}

#[test]
fn a_missing_log_leaves_no_file_and_others_are_still_exported() {
    let (root, jobtrail) = root();

    let missing = jobtrail(&["export", "none.log", "--to", "out.csv"]);
    let other = jobtrail(&["export", "none.log", "logs", "--to", "other.csv"]);

    assert_eq!((2, "error: no such file or directory: `none.log`\n"), (missing.code, missing.stderr.as_str()));
    assert_eq!(2, other.code);
    assert_eq!(["logs", "other.csv"].as_slice(), names(root.path()));
}

#[test]
fn whatever_ends_it_early_nothing_is_left() {
    let folder = tempfile::tempdir().unwrap();
    // As Ctrl-C does it, which processes in the background are told to ignore.
    for signal in ["-TERM", "-KILL"] {
        let target = folder.path().join("out.jsonl");
        let mut child =
            program(&["export", "-", "--to", target.to_str().unwrap()]).stdin(Stdio::piped()).spawn().unwrap();
        let mut pipe = child.stdin.take().unwrap();
        // More than is held back anywhere: some of it has been written.
        pipe.write_all("2026-01-05 10:00:00.000 [1] [INFO] one\n".repeat(100_000).as_bytes()).unwrap();

        assert!(Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap().success());
        assert!(!child.wait().unwrap().success());

        assert!(names(folder.path()).is_empty(), "{:?}", names(folder.path()));
    }
}

#[test]
fn a_full_disk_leaves_nothing_and_says_so() {
    let root = tempfile::tempdir().unwrap();
    let log = root.path().join("worker.log");
    fs::write(&log, "2026-01-05 10:00:00.000 [1] [INFO] one\n".repeat(30_000)).unwrap();
    let disk = root.path().join("disk");
    fs::create_dir(&disk).unwrap();
    let mount = |args: &[&str]| Command::new("mount").args(args).arg(&disk).stderr(Stdio::null()).status();
    let is_mounted = mount(&["-t", "tmpfs", "-o", "size=1m", "none"]).is_ok_and(|status| status.success());

    // Where nothing may be mounted, standard output still is a full disk.
    let full = program(&["export", log.to_str().unwrap()]).stdout(File::create("/dev/full").unwrap()).output().unwrap();
    assert_eq!(Some(2), full.status.code());
    assert_eq!("error: cannot write: No space left on device (os error 28)\n", String::from_utf8(full.stderr).unwrap());
    if is_mounted {
        let target = disk.join("out.csv");
        let run = run(&["export", log.to_str().unwrap(), "--to", target.to_str().unwrap()]);
        let left = names(&disk);
        assert!(Command::new("umount").arg(&disk).status().unwrap().success());

        let expected = format!("error: cannot write `{}`: No space left on device (os error 28)\n", target.display());
        assert_eq!((2, expected.as_str()), (run.code, run.stderr.as_str()));
        assert!(left.is_empty(), "{left:?}");
    }
}

#[test]
fn a_large_log_is_exported_in_parts_as_in_one() {
    let root = tempfile::tempdir().unwrap();
    let log = root.path().join("worker.log");
    let mut text = String::new();
    let mut number = 0;
    while text.len() < 9 << 20 {
        writeln!(
            text,
            "2026-01-05 10:{:02}:{:02}.000 [1] [INFO] record {number} of many",
            number / 60 % 60,
            number % 60
        )
        .unwrap();
        if number % 7 == 0 {
            text.push_str("Traceback (most recent call last):\n  File \"a.py\", line 1\nValueError: no\n");
        }
        number += 1;
    }
    fs::write(&log, &text).unwrap();
    let of =
        |args: &[&str]| run(&[&["export", log.to_str().unwrap(), "--columns", "line,offset,message"], args].concat());

    let csv = of(&["-o", "csv"]).stdout;
    let json = of(&[]);

    let mut expected = String::from("line,offset,message\n");
    let (mut line, mut offset, mut record) = (1, 0, 0);
    for text in text.split_inclusive('\n') {
        if text.starts_with('2') {
            writeln!(expected, "{line},{offset},record {record} of many").unwrap();
            record += 1;
        }
        line += 1;
        offset += text.len();
    }
    assert!(expected == csv, "line numbers and offsets are counted on");
    let lines = csv.lines().skip(1).map(|row| row.split(',').next().unwrap());
    assert!(json.stdout.lines().map(|row| &row[8..row.find(',').unwrap()]).eq(lines));
}

//! Text in, text without secrets out.

use std::fs;
use std::io::{Read, Write};
use std::process::Stdio;

use crate::common::{Setting, program, run_in, run_on, run_program};

const KEY: &str = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n-----END PRIVATE KEY-----\n";

#[test]
fn only_the_masks_differ_from_what_came_in() {
    let text = "no end\r\n\x1b[31mred\x1b[0m password=hunter2\n\n[INFO] in /home/alice/x";

    let redacted = run_on(text, &["redact"]);

    assert_eq!("no end\r\n\x1b[31mred\x1b[0m password=[redacted:password]\n\n[INFO] in ~/x", redacted.stdout);
    assert_eq!((0, ""), (redacted.code, redacted.stderr.as_str()));
}

#[test]
fn a_report_says_where_and_how_often_but_never_what() {
    let text = format!("a\npassword=hunter2 and größe password=x1y2z3\n{KEY}end\n");

    let report = run_on(&text, &["redact", "--report"]);

    let expected = "\
-:2:10-16 password
-:2:37-42 password
-:3:1 to line 5 private-key
note: 3 masked: password 2, private-key 1
";
    assert_eq!(expected, report.stderr);
    assert!(report.stdout.ends_with("[redacted:private-key]\nend\n"), "{}", report.stdout);
}

#[test]
fn check_prints_the_places_alone_and_says_by_its_exit_code_whether_there_are_any() {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join("a.log"), "fine\n").unwrap();
    fs::write(root.path().join("b.log"), "token=abcdef123456\n").unwrap();
    let here = || Setting { current_dir: root.path().to_path_buf(), ..Setting::default() };

    let found = run_in(here(), &["redact", "--check", "."]);
    let clean = run_in(here(), &["redact", "--check", "a.log"]);

    assert_eq!((1, "b.log:1:7-18 token\n"), (found.code, found.stdout.as_str()));
    assert_eq!((0, ""), (clean.code, clean.stdout.as_str()));
}

#[test]
fn a_key_that_spans_blocks_is_one_secret() {
    let line = "x".repeat(1000) + "\n";
    let text = line.repeat(1048) + KEY + &line;

    let redacted = run_program(text.as_bytes(), &["redact"]);

    assert_eq!(line.repeat(1048) + "[redacted:private-key]\n" + &line, redacted.stdout);
}

#[test]
fn a_slow_stream_is_given_on_line_by_line() {
    let mut child = program(&["redact"]).stdin(Stdio::piped()).spawn().unwrap();
    let (mut stdin, mut stdout) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    stdin.write_all(b"password=hunter2\nhal").unwrap();
    let mut line = [0; 29];

    stdout.read_exact(&mut line).unwrap();

    assert_eq!("password=[redacted:password]\n", String::from_utf8_lossy(&line));
    stdin.write_all(b"f\n").unwrap();
    drop(stdin);
    let mut rest = String::new();
    stdout.read_to_string(&mut rest).unwrap();
    assert_eq!("half\n", rest);
    assert!(child.wait().unwrap().success());
}

//! Formats listed, and lines explained.

use crate::common::run;

#[test]
fn every_format_is_listed_with_an_example() {
    let listed = run(&["formats"]);

    assert_eq!((0, ""), (listed.code, listed.stderr.as_str()));
    assert_eq!(jobtrail_core::formats().count(), listed.stdout.lines().count());
    assert!(listed.stdout.lines().any(|line| line.starts_with("syslog ")));
}

#[test]
fn a_line_is_explained_with_what_it_is_not() {
    let explained = run(&["formats", "--explain", "2026-01-05 14:30:01,123 INFO password=hunter2"]).stdout;

    assert!(explained.starts_with("asctime takes this line:\n"), "{explained}");
    assert!(explained.contains("not spring: column 30 departs from `%d_%l_%p --- ["), "{explained}");
    assert!(!explained.contains("hunter2"), "{explained}");
}

#[test]
fn a_line_of_no_format_is_plain() {
    let explained = run(&["formats", "--explain", "hello"]).stdout;

    assert!(explained.starts_with("no format takes this line"), "{explained}");
}

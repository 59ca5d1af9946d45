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
    let miss = "not log4j: the line ends too early; its form is `<time> <level> <logger>: <message>`";
    assert!(explained.contains(miss), "{explained}");
    assert!(!explained.contains("hunter2"), "{explained}");
}

#[test]
fn a_line_of_no_format_is_plain() {
    let explained = run(&["formats", "--explain", "hello"]).stdout;

    assert!(explained.starts_with("no format takes this line"), "{explained}");
}

#[test]
fn near_misses_are_told_in_words_and_far_ones_are_not() {
    let explain = |line| run(&["formats", "--explain", line]).stdout;

    let service = explain("2026-01-05 14:30:01 - app - INFO started");
    assert!(
        service.contains(
            "not service: stops at column 34, `started`; its form is `<time> - <logger> - <level> - <message>`"
        )
    );
    assert!(service.lines().count() <= 7, "{service}");
    assert!(
        explain("Jan 35 14:30:01 web1 sshd[12]: ok").ends_with("it begins with no time and no level that is known\n")
    );
    assert!(explain("2026-13-05 14:30:01 INFO x").ends_with("no date, time or count since 1970 that is possible\n"));
    assert!(explain("{\"level\": \"info\"").ends_with("it begins like a JSON object, but is not a whole one\n"));
    assert!(explain("I0105 14:30:01.123456 1234 main.go:1 no bracket").contains("not klog: stops at column 37"));
}

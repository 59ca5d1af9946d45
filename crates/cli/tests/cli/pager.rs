//! Long output on a terminal goes to a pager; nothing is lost without one, and the exit code is ours.

use std::fs;

use crate::common::{Run, Setting, run_in};

/// Twenty lines on a screen of ten; what the pager shows is in a file.
fn paged(pager: &'static str, lines: usize, args: &[&str]) -> (Run, Option<String>) {
    let root = tempfile::tempdir().unwrap();
    let log: Vec<String> = (0..lines).map(|number| format!("[INFO] line {number}\n")).collect();
    let path = root.path().join("worker.log");
    fs::write(&path, log.concat()).unwrap();
    let screen = root.path().join("screen");
    let setting = Setting {
        is_terminal: true,
        rows: Some(10),
        columns: Some(60),
        pager_screen: Some(screen.clone()),
        variables: vec![("PAGER", pager), ("NO_COLOR", "1")],
        ..Setting::default()
    };
    let run = run_in(setting, &[&["view", path.to_str().unwrap()], args].concat());
    (run, fs::read_to_string(screen).ok())
}

fn expected(lines: usize) -> String {
    (0..lines).map(|number| format!("INFO  line {number}\n")).collect::<Vec<_>>().concat()
}

#[test]
#[cfg(unix)]
fn long_output_goes_to_the_pager_and_short_output_does_not() {
    let (long, screen) = paged("sh -c 'cat; exit 7'", 20, &[]);
    assert_eq!((0, "", ""), (long.code, long.stdout.as_str(), long.stderr.as_str()));
    assert_eq!(Some(expected(20)), screen);

    let (short, screen) = paged("sh -c 'cat; exit 7'", 9, &[]);
    assert_eq!((expected(9), None), (short.stdout, screen));
    let (off, screen) = paged("sh -c cat", 20, &["--no-pager"]);
    assert_eq!((expected(20), None), (off.stdout, screen));
    let (cat, screen) = paged("cat", 20, &[]);
    assert_eq!((expected(20), None), (cat.stdout, screen));
    let (own, screen) = paged("false", 20, &["--pager", "sh -c 'cat'"]);
    assert_eq!((String::new(), Some(expected(20))), (own.stdout, screen));
}

#[test]
#[cfg(unix)]
fn a_pager_that_is_missing_or_left_early_loses_nothing_and_changes_no_exit_code() {
    let (missing, screen) = paged("/no/such/pager -R", 20, &[]);
    assert_eq!((0, expected(20)), (missing.code, missing.stdout));
    assert!(missing.stderr.starts_with("note: the pager `/no/such/pager` does not start: "), "{}", missing.stderr);
    assert_eq!(Some(String::new()), screen);

    let (left, screen) = paged("head -n 1", 50_000, &[]);
    assert_eq!((0, "", ""), (left.code, left.stdout.as_str(), left.stderr.as_str()));
    assert_eq!(Some(expected(1)), screen);
}

#[test]
#[cfg(unix)]
fn less_is_told_how_to_behave_unless_the_user_did() {
    let (_, screen) = paged("sh -c 'echo \"$LESS\"; cat > /dev/null'", 20, &[]);

    assert_eq!(Some("FRX\n".to_owned()), screen);
}

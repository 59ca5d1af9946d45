//! `view -A`, `-B` and `-C`: what stands around matches.

use std::fs;

use crate::common::{run, run_on};

#[test]
fn groups_are_parted_merged_and_cut_at_the_ends_as_grep_has_them() {
    let level = |number| if [2, 5, 12].contains(&number) { "ERROR" } else { "INFO" };
    let log = (1..=12).map(|number| format!("[{}] {number}\n", level(number))).collect::<Vec<_>>().concat();
    let shown = |args: &[&str]| {
        let args: Vec<&str> = ["view", "-o", "raw", "-l", "error"].iter().chain(args).copied().collect();
        let text = run_on(&log, &args).stdout;
        text.lines().map(|line| line.rsplit(' ').next().unwrap().to_owned()).collect::<Vec<_>>().join(" ")
    };

    assert_eq!("1 2 3 4 5 6 -- 11 12", shown(&["-C", "1"]));
    assert_eq!("1 2 -- 4 5 -- 11 12", shown(&["-B", "1"]));
    assert_eq!("2 3 -- 5 6 -- 12", shown(&["-A", "1"]));
    assert_eq!("1 2 3 4 5 -- 9 10 11 12", shown(&["-B", "3"]));
    assert_eq!("2 5 12", shown(&["-C", "0"]));
    assert_eq!("1 2 3 4 5 6 7 8 9 10 11 12", shown(&["-C", "1000"]));
    assert_eq!("2 3 4 5 6 7 -- 11 12", shown(&["-C", "1", "-A", "2"]).replace("1 2 3", "2 3"));
}

#[test]
fn it_never_reaches_over_the_border_of_two_sources() {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join("a.log"), "[INFO] a1\n[ERROR] a2\n").unwrap();
    fs::write(root.path().join("b.log"), "[INFO] b1\n[INFO] b2\n[ERROR] b3\n").unwrap();

    let shown = run(&["view", "-C", "1", "-l", "error", root.path().to_str().unwrap()]).stdout;

    let expected = "\
INFO     a.log a1
ERROR    a.log a2
--
INFO     b.log b2
ERROR    b.log b3
";
    assert_eq!(expected, shown);
}

#[test]
fn around_the_matches_of_a_large_file_stands_what_reading_it_as_a_stream_gives() {
    let root = tempfile::tempdir().unwrap();
    let much = "much to say, ".repeat(50);
    let lines = (0..16_000).map(|number| match number % 5_000 {
        17 | 18 | 3_000 | 4_990 => format!("2026-01-05 14:30:01,123 - app - ERROR - needle {number}\n"),
        _ if number % 11 == 3 => format!("  line {number} goes on with the one before\n"),
        _ if number % 7 == 1 => format!("[WARNING] line {number} of a worker without a time\n"),
        _ => format!("2026-01-05 14:30:01,123 - app.mesh - INFO - line {number} of a worker that has {much}\n"),
    });
    let text: String = lines.collect();
    assert!(text.len() > 8 << 20); // smaller files are read by one thread
    let path = root.path().join("big.log");
    fs::write(&path, &text).unwrap();

    for query in [["-g", "needle"], ["-l", "error"], ["-g", "nothing-of-the-kind"], ["-g", "line 15999"]] {
        for around in [["-C", "3"], ["-B", "2"], ["-A", "4"], ["-B", "300"]] {
            let args: Vec<&str> = ["view", "-o", "raw"].into_iter().chain(query).chain(around).collect();
            let from_file: Vec<&str> = [args.as_slice(), &[path.to_str().unwrap()]].concat();

            assert!(run_on(&text, &args).stdout == run(&from_file).stdout, "{args:?}");
        }
    }
}

//! Job IDs checked, explained and made.

use std::collections::HashSet;
use std::fs;

use crate::common::{Setting, run, run_in};

#[test]
fn an_id_is_explained() {
    let explained = run(&["id", "explain", "msh-0105-b9e1"]);

    assert_eq!("MSH-0105-B9E1: a mesh job of 5 January, number B9E1 (hexadecimal)\n", explained.stdout);
}

#[test]
fn check_is_silent_on_good_ids_and_names_the_bad_part() {
    let good = run(&["id", "check", "MSH-0105-B9E1", "IMP-0229-0000"]);
    let bad = run(&["id", "check", "MSH-0105-B9E1", "MSH-0230-B9E1"]);

    assert_eq!((0, "", ""), (good.code, good.stdout.as_str(), good.stderr.as_str()));
    assert_eq!((2, ""), (bad.code, bad.stdout.as_str()));
    assert!(bad.stderr.starts_with("error: bad job ID `MSH-0230-B9E1`: wrong day, expected a real month and day"));
}

#[test]
fn new_ids_are_of_today_and_differ() {
    let new = || run(&["id", "new"]).stdout;
    let ids: HashSet<String> = (0..20).map(|_| new()).collect();

    assert!(ids.len() > 15, "{ids:?}");
    assert!(ids.iter().all(|id| id.starts_with("MSH-0105-")), "{ids:?}");
    assert!(run(&["id", "new", "imp"]).stdout.starts_with("IMP-0105-"));
    assert_eq!(2, run(&["id", "new", "XYZ"]).code);
}

#[test]
fn a_new_id_is_none_that_stands_in_the_directory() {
    let root = tempfile::tempdir().unwrap();
    let free = "MSH-0105-BEEF";
    let taken: Vec<String> = (0..=0xFFFF)
        .map(|number| format!("MSH-0105-{number:04X}"))
        .filter(|id| id != free && id != "MSH-0105-0001")
        .map(|id| format!("{{\"job_id\": \"{id}\"}}\n"))
        .collect();
    fs::write(root.path().join("jobs_2026-01.jsonl"), taken.concat()).unwrap();
    fs::write(root.path().join("msh-0105-0001.jsonl"), "").unwrap();
    let here = || Setting { current_dir: root.path().to_path_buf(), ..Setting::default() };

    let new = run_in(here(), &["id", "new", "--dir", "."]);
    assert_eq!((0, format!("{free}\n")), (new.code, new.stdout));
    assert_eq!("note: 65535 of 65536 IDs of this type are taken today\n", new.stderr);

    fs::write(root.path().join("x.log"), free).unwrap();
    let full = run_in(here(), &["id", "new", "--dir", "."]);
    assert_eq!((2, ""), (full.code, full.stdout.as_str()));
    assert!(full.stderr.contains("fewer than 65536 jobs"), "{}", full.stderr);
    assert_eq!(2, run_in(here(), &["id", "new", "--dir", "none"]).code);
}

//! `view --count`: how many records match.

use std::fs;

use serde_json::json;

use crate::common::{run, run_on};

#[test]
fn what_matches_is_counted_by_source_and_in_all() {
    let root = tempfile::tempdir().unwrap();
    let path = |name: &str| root.path().join(name).display().to_string();
    fs::write(path("a.log"), "[ERROR] one\n[INFO] two\n[ERROR] three\nTraceback (most recent call last):\n").unwrap();
    fs::write(path("b.log"), "[INFO] four\n").unwrap();
    fs::write(path("c.log"), format!("[ERROR] five {}\n", "and so on ".repeat(100)).repeat(9_000)).unwrap();
    let folder = root.path().display().to_string();

    assert_eq!("2\n", run(&["view", "--count", &path("a.log"), "-l", "error"]).stdout);
    let errors = ["view", "--count", &folder, "-l", "error"];
    assert_eq!("   2 a.log\n   0 b.log\n9000 c.log\n9002 in all\n", run(&errors).stdout);
    assert_eq!("9002\n", run(&[&errors[..], &["-o", "raw"]].concat()).stdout);
    assert_eq!("source,count\na.log,2\nb.log,0\nc.log,9000\n", run(&[&errors[..], &["-o", "csv"]].concat()).stdout);
    let sources =
        json!([{"source": "a.log", "count": 1}, {"source": "b.log", "count": 0}, {"source": "c.log", "count": 0}]);
    let three = run(&["view", "--count", &folder, "-g", "three", "-o", "json"]).json();
    assert_eq!(vec![json!({"count": 1, "sources": sources})], three);
    let none = run_on("[INFO] one\n", &["view", "--count", "-l", "error"]);
    assert_eq!((1, "0\n"), (none.code, none.stdout.as_str()));
    assert_eq!("note: none of 1 records matches\n", none.stderr);
}

//! What `jobs` lists, in which order, and how it fits a terminal.

use std::fmt::Write;
use std::fs;

use crate::common::{Run, Setting, run_in, run_on};

/// Jobs of three systems at 15:00: one completed, one failed, one that fell silent, one that runs.
const LOG: &str = r#"{"timestamp": "2026-01-05T11:00:00.000000Z", "job_id": "MSH-0105-A7F2", "job_type": "mesh", "user_email": "a@b.co", "project_id": "p1", "filename": "bracket.step", "status": "started", "strategy": "fast", "quality_params": null, "details": {}}
{"timestamp": "2026-01-05T11:30:00.000000Z", "job_id": "IMP-0105-77AA", "job_type": "import", "user_email": "c@d.co", "project_id": null, "filename": "x.step", "file_size": 5, "status": "started", "details": {}}
{"timestamp": "2026-01-05T11:30:02.500000Z", "job_id": "IMP-0105-77AA", "status": "completed", "details": {}}
{"timestamp": "2026-01-05T14:00:00Z", "level": "INFO", "logger": "job_processor", "message": "Processing job #7", "user_id": 3, "job_id": 7}
{"timestamp": "2026-01-05T14:03:20Z", "level": "ERROR", "logger": "job_processor", "message": "Job #7 failed: password=hunter2 \u001b[31mrefused\u001b[0m by <b>the store</b>, which had no room left for the tiles", "job_id": 7}
{"ts":"2026-01-05T14:59:00.000Z","level":"info","component":"worker","projectId":"p1","jobId":"j1","msg":"started"}
"#;

fn listed(args: &[&str]) -> Run {
    run_on(LOG, &[&["jobs", "-"], args].concat())
}

fn ids(args: &[&str]) -> Vec<String> {
    let jobs = listed(&[args, &["-o", "json"]].concat()).json();
    jobs.iter().map(|job| job["job_id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn each_job_is_a_row_newest_first() {
    let expected = "\
JOB            TYPE    STATUS     STARTED               DURATION  RECORDS  ERRORS  FIRST ERROR
j1                     started    2026-01-05 14:59:00Z                  1       0
7                      error      2026-01-05 14:00:00Z     3m20s        2       1  Job #7 failed: password=[redacted:password] \\x1b[31mrefused\\x1b[0m by <b>the store</b>, which had no room left for the tiles
IMP-0105-77AA  import  completed  2026-01-05 11:30:00Z     2.5 s        2       0
MSH-0105-A7F2  mesh    silent 4h  2026-01-05 11:00:00Z                  1       0

4 jobs: 1 started, 1 error, 1 completed, 1 silent
";

    let run = listed(&[]);

    assert_eq!((0, expected, ""), (run.code, run.stdout.as_str(), run.stderr.as_str()));
}

#[test]
fn jobs_are_chosen_and_put_in_order() {
    assert_eq!(["7", "MSH-0105-A7F2"], ids(&["--failed"]).as_slice());
    assert_eq!(["MSH-0105-A7F2"], ids(&["--status", "crashed"]).as_slice());
    assert_eq!(["j1"], ids(&["--status", "running"]).as_slice());
    assert_eq!(["j1", "MSH-0105-A7F2"], ids(&["--status", "started", "--silent-for", "5h"]).as_slice());
    assert_eq!(["7", "IMP-0105-77AA"], ids(&["--status", "Failed,completed"]).as_slice());
    assert_eq!(["MSH-0105-A7F2"], ids(&["--type", "MSH"]).as_slice());
    assert_eq!(["IMP-0105-77AA"], ids(&["--type", "import", "--user", "c@d.co"]).as_slice());
    assert_eq!(["7", "IMP-0105-77AA"], ids(&["--sort", "duration", "-n", "2"]).as_slice());
    assert_eq!(["7", "j1"], ids(&["--sort", "errors", "-n", "2"]).as_slice());
    assert_eq!(["7"], ids(&["-l", "error"]).as_slice());
    assert_eq!(["7", "IMP-0105-77AA"], ids(&["--since", "11:15", "--until", "14:30"]).as_slice());
}

#[test]
fn a_narrow_terminal_gets_what_matters_and_nothing_that_it_would_obey() {
    let shown = |columns| {
        let setting = Setting {
            stdin: Some(LOG.replace("[31m", "]0;title").into_bytes()),
            is_terminal: true,
            columns: Some(columns),
            variables: vec![("NO_COLOR", "1")],
            ..Setting::default()
        };
        run_in(setting, &["jobs", "--failed"]).stdout
    };
    for columns in [120, 80, 60, 45, 20] {
        let shown = shown(columns);

        let widest = shown.lines().map(|line| line.chars().count()).max().unwrap();
        assert!(columns < 45 || widest <= columns, "{columns}: {shown}");
        assert_eq!(None, shown.chars().find(|c| c.is_control() && *c != '\n'), "{shown:?}");
        assert!(shown.contains("silent 4h") && shown.contains("MSH-0105-A7F2"), "{shown}");
    }
    let narrow = "\
JOB            STATUS     FIRST ERROR
7              error      Job #7 failed: passwo…
MSH-0105-A7F2  silent 4h

2 jobs: 1 error, 1 silent
";
    assert_eq!(narrow, shown(48));
}

#[test]
fn statuses_are_coloured_on_a_terminal() {
    let setting = Setting { stdin: Some(LOG.into()), is_terminal: true, columns: Some(200), ..Setting::default() };

    let shown = run_in(setting, &["jobs"]).stdout;

    for expected in
        ["\x1b[31merror\x1b[0m", "\x1b[32mcompleted\x1b[0m", "\x1b[33msilent 4h\x1b[0m", "\x1b[1mJOB\x1b[0m"]
    {
        assert!(shown.contains(expected), "{expected}: {shown:?}");
    }
}

#[test]
fn programs_get_an_object_or_a_row_a_job() {
    let job = &listed(&["-o", "json", "--type", "mesh"]).json()[0];
    assert_eq!(
        ("started", 14_400_000, "-"),
        (job["status"].as_str().unwrap(), job["silent_ms"].as_i64().unwrap(), job["sources"][0].as_str().unwrap())
    );
    let expected = "\
job_id,type,status,is_finished,first,last,duration_ms,silent_ms,records,errors,trace,debug,info,warning,error,critical,none,first_error,user_id,project_id,sources
IMP-0105-77AA,import,completed,true,2026-01-05T11:30:00.000000Z,2026-01-05T11:30:02.500000Z,2500,,2,0,0,0,0,0,0,0,2,,c@d.co,,-
";
    assert_eq!(expected, listed(&["-o", "csv", "--type", "import"]).stdout);
}

#[test]
fn times_are_shown_in_the_zone_asked_for() {
    let shown = listed(&["--tz", "Europe/Berlin", "--type", "import"]).stdout;

    assert!(shown.contains("2026-01-05 12:30:00+01:00"), "{shown}");
}

#[test]
fn nothing_to_list_is_said() {
    let none = listed(&["--type", "render"]);
    assert_eq!(
        (1, "", "note: none of 6 records names a job like that\n"),
        (none.code, none.stdout.as_str(), none.stderr.as_str())
    );
    let no_job = run_on("[INFO] ready\n", &["jobs"]);
    assert_eq!((1, "note: none of 1 records names a job\n"), (no_job.code, no_job.stderr.as_str()));
    let no_match = run_on("[INFO] ready\n", &["jobs", "-l", "error"]);
    assert_eq!((1, "note: none of 1 records matches\n"), (no_match.code, no_match.stderr.as_str()));
    let empty = run_on("", &["jobs"]);
    assert_eq!((1, "note: standard input is empty\n"), (empty.code, empty.stderr.as_str()));
    assert_eq!(2, listed(&["--silent-for", "soon"]).code);
    assert_eq!(2, listed(&["none.log"]).code);
}

#[test]
fn a_job_of_several_workers_is_one_and_many_jobs_are_many() {
    let folder = tempfile::tempdir().unwrap();
    for worker in ["a", "b"] {
        let mut log = String::new();
        for job in 0..10_000 {
            let _ = writeln!(log, "2026-01-05 1{}:00:00.000 [1] [INFO] Processing job #{job}", u8::from(worker == "b"));
        }
        fs::write(folder.path().join(format!("{worker}.log")), log).unwrap();
    }
    let setting = Setting { current_dir: folder.path().to_path_buf(), ..Setting::default() };

    let jobs = run_in(setting, &["jobs", "-o", "json"]).json();

    assert_eq!(10_000, jobs.len());
    for job in &jobs {
        assert_eq!(serde_json::json!(["a.log", "b.log"]), job["sources"], "{job}");
        assert_eq!("2026-01-05T10:00:00.000000Z", job["first"]);
    }
}

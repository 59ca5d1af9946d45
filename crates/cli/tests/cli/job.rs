//! A job's story: what `job` tells of one that failed, fell silent, runs, or is not there.

use std::fs;
use std::path::Path;

use crate::common::{Run, Setting, run_in, run_on};
use serde_json::json;

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// Logs of two processes at 15:00: MSH-0105-B9E1 failed, MSH-0105-A7F2 began and fell silent.
fn logs() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let worker = "\
2026-01-05 14:10:00.000 [1234] [INFO] Started MSH-0105-A7F2
2026-01-05 14:10:20.000 [1234] [INFO] MSH-0105-A7F2: progress 45 %
2026-01-05 14:10:29.000 [1250] [INFO] Logger initialized for worker process. Log file: logs/worker.log
2026-01-05 14:10:30.000 [1250] [INFO] Started MSH-0105-B9E1
2026-01-05 14:10:31.000 [1250] [ERROR] MSH-0105-B9E1 failed: no vertices in /home/alice/bracket.step, password=hunter2
Traceback (most recent call last):
  File \"/home/alice/app/worker.py\", line 10, in run
  File \"/home/alice/app/mesh.py\", line 77, in surface
ValueError: bracket.step has no vertices
";
    let backend = r#"{"timestamp": "2026-01-05T14:10:29.500000Z", "level": "INFO", "logger": "api", "message": "queued", "job_id": "MSH-0105-B9E1", "user_id": 7, "project_id": "p1", "data": {"specId": "s1"}}
{"timestamp": "2026-01-05T14:10:30.500000Z", "level": "INFO", "logger": "api", "message": "loaded", "job_id": "MSH-0105-B9E1", "step": "load", "duration_ms": 450}
{"timestamp": "2026-01-05T14:10:31.500000Z", "level": "WARNING", "logger": "api", "message": "job failed, user told", "job_id": "MSH-0105-B9E1"}
"#;
    write(folder.path(), "worker.log", worker);
    write(folder.path(), "backend.log", backend);
    folder
}

fn told(folder: &Path, args: &[&str]) -> Run {
    let setting = Setting { current_dir: folder.to_path_buf(), ..Setting::default() };
    let mut run = run_in(setting, &[&["job"], args].concat());
    run.stdout = run.stdout.replace(&format!("{}/", folder.display()), "");
    run
}

#[test]
fn a_failed_job_opens_with_what_failed_where_and_for_whom() {
    let expected = "\
MSH-0105-B9E1, mesh: failed after 2.0 s
  what      ValueError: bracket.step has no vertices
            MSH-0105-B9E1 failed: no vertices in ~/bracket.step, password=[redacted:password]
  where     worker.log:5, process 1250, ~/app/mesh.py:77 in surface
  for       project p1, user 7, spec s1
  when      2026-01-05 14:10:29.500Z to 2026-01-05 14:10:31.500Z (2.0 s)
  records   5 in backend.log (3), worker.log (2, pid 1250); 1 error, 1 warning
  steps       450 ms  load

Look next:
  jobtrail view ./worker.log --since 2026-01-05T14:10:01Z --until 2026-01-05T14:10:41Z
      what else happened then
  jobtrail jobs -l error -g 'ValueError: bracket.step has no vertices'
      which other jobs it happened to

2026-01-05 14:10:29.500Z INFO     backend.log MSH-0105-B9E1 api: queued data={\"specId\": \"s1\"}
2026-01-05 14:10:30.000Z INFO     worker.log [1250] Started MSH-0105-B9E1
2026-01-05 14:10:30.500Z INFO     backend.log MSH-0105-B9E1 api: loaded step=load duration_ms=450
2026-01-05 14:10:31.000Z ERROR    worker.log [1250] MSH-0105-B9E1 failed: no vertices in ~/bracket.step, password=[redacted:password]
    Traceback (most recent call last):
      File \"~/app/worker.py\", line 10, in run
      File \"~/app/mesh.py\", line 77, in surface
    ValueError: bracket.step has no vertices
2026-01-05 14:10:31.500Z WARNING  backend.log MSH-0105-B9E1 api: job failed, user told
";
    let folder = logs();

    let run = told(folder.path(), &["MSH-0105-B9E1"]);

    assert_eq!((0, expected, ""), (run.code, run.stdout.as_str(), run.stderr.as_str()));
}

#[test]
fn a_silent_job_is_looked_into() {
    let folder = logs();
    let kernel = "\
Jan  5 14:10:21 host kernel: [12345.678905] Out of memory: Killed process 1234 (python3) total-vm:9000000kB
Jan  5 11:00:00 host kernel: [345.678905] Out of memory: Killed process 77 (python3) total-vm:9000000kB
";
    write(folder.path(), "var/kern.log", kernel);
    write(folder.path(), ".worker.log.crash-1234-1", "Fatal Python error: Segmentation fault\n\nThread 0x1:\n");
    write(folder.path(), ".worker.log.crash-99-1", "Fatal Python error: Aborted\n");
    let paths = ["msh-0105-a7f2", "worker.log", "backend.log"];

    let expected = "\
MSH-0105-A7F2, mesh: started, then silent for 49m
  last word 2026-01-05 14:10:20.000Z MSH-0105-A7F2: progress 45 %
            worker.log:2, process 1234
  then      process 1234 said nothing more within a quarter of an hour
            2026-01-05 14:10:29.000Z a new process, 1250: Logger initialized for worker process. Log file: logs/worker.log
  crash     process 1234: Fatal Python error: Segmentation fault
            .worker.log.crash-1234-1
  signs     2026-01-05 14:10:21.000Z out of memory: [12345.678905] Out of memory: Killed process 1234 (python3) total-vm:9000000kB
            kern.log:1, kernel
            2026-01-05 14:10:29.000Z restarted: Logger initialized for worker process. Log file: logs/worker.log
            worker.log:3, process 1250
";
    let with_system = told(folder.path(), &[&paths[..], &["--system=var"]].concat());
    assert!(with_system.stdout.starts_with(expected), "{}", with_system.stdout);
    for command in [
        "jobtrail view worker.log pid:1234 --since 2026-01-05T14:09:50Z",
        "ps -o pid,lstart,stat,args -p 1234",
        "journalctl --since '2026-01-05 14:09:50 UTC' --until '2026-01-05 14:15:20 UTC'",
    ] {
        assert!(with_system.stdout.contains(&format!("\n  {command}\n")), "{command}: {}", with_system.stdout);
    }
    let without = told(folder.path(), &paths).stdout;
    assert!(!without.contains("kern.log") && without.contains("restarted: Logger initialized"), "{without}");
    let none = told(folder.path(), &[&paths[..], &["--system=nowhere"]].concat());
    assert!(none.stderr.starts_with("note: no kern.log, syslog or messages in `nowhere`"), "{}", none.stderr);
    let patient = told(folder.path(), &[&paths[..], &["--silent-for", "2h"]].concat()).stdout;
    assert!(patient.starts_with("MSH-0105-A7F2, mesh: running, last word 49m ago\n"), "{patient}");
}

#[test]
fn standard_input_is_looked_into_too() {
    let log = fs::read_to_string(logs().path().join("worker.log")).unwrap();

    let run = run_on(&log, &["job", "MSH-0105-A7F2"]);

    assert!(run.stdout.contains("\n            standard input:3, process 1250\n"), "{}", run.stdout);
    assert!(!run.stdout.contains("jobtrail view"), "{}", run.stdout);
}

#[test]
fn programs_get_the_story_and_the_records() {
    let folder = logs();

    let told = |args: &[&str]| told(folder.path(), &[&["MSH-0105-B9E1"], args].concat());
    let story = &told(&["-o", "json", "-n", "2"]).json()[0];
    assert_eq!(json!("failed"), story["job"]["outcome"]);
    assert_eq!(json!("~/app/mesh.py:77 in surface"), story["job"]["last_error_at"]["code"]);
    assert_eq!(json!(null), story["job"]["job_file"]);
    let messages: Vec<_> = story["records"].as_array().unwrap().iter().map(|record| &record["message"]).collect();
    assert_eq!(2, messages.len());
    assert_eq!("job failed, user told", messages[1]);
    assert_eq!(9, told(&["-o", "raw"]).stdout.lines().count());
    assert_eq!(2, told(&["-o", "csv", "-n", "1"]).stdout.lines().count());
    assert_eq!(6, told(&["-o", "raw", "-l", "warning"]).stdout.lines().count());
}

#[test]
fn an_unknown_job_is_said_with_those_near_it() {
    let folder = logs();
    let said = |id: &str| {
        let run = told(folder.path(), &[id]);
        (run.code, run.stdout, run.stderr)
    };

    let note = |note: &str| (1, String::new(), format!("note: {note}\n"));
    assert_eq!(note("no record names job `MSH-0105-A7F3`; near it: `MSH-0105-A7F2`"), said("MSH-0105-A7F3"));
    assert_eq!(note("no record names job `IMP-0106-B9E1`; near it: `MSH-0105-B9E1`"), said("IMP-0106-B9E1"));
    assert_eq!(note("no record names job `4711`, of 2 jobs: `jobtrail jobs` lists them"), said("4711"));
    let empty = run_on("[INFO] ready\n", &["job", "4711"]);
    assert_eq!((1, "note: no record names job `4711`, nor any other\n"), (empty.code, empty.stderr.as_str()));
    assert_eq!(2, said("MSH-1305-A7F2").0);
    assert_eq!(2, said("../x").0);
}

#[test]
fn the_jobs_own_file_of_a_studio_service_is_told_in_sum() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let service = r#"{"ts":"2026-01-05T14:30:01.000Z","level":"info","component":"worker","projectId":"p1","jobId":"j1","msg":"started"}
{"ts":"2026-01-05T14:30:04.000Z","level":"error","component":"comfyui","projectId":"p1","jobId":"j1","msg":"failed","data":{"assetId":"a1","error":"bad tile"}}
"#;
    write(data, "runtime/logs/worker.jsonl", service);
    let file = r#"{"status": "failed", "type": "upscale", "input": {"image": "a.png", "token": "hunter2hunter2"},
        "error": {"message": "bad tile"}, "logPath": "projects/p1/files/logs/jobs/j1.jsonl"}"#;
    write(data, "projects/p1/jobs/j1.json", file);
    write(data, "projects/p1/files/logs/jobs/j1.jsonl", "");

    let shown = told(data, &["j1", "runtime/logs"]).stdout;

    let expected = "\
  job file  projects/p1/jobs/j1.json
            status failed; type upscale; error bad tile; log projects/p1/files/logs/jobs/j1.jsonl; input: image, token
";
    assert!(shown.contains(expected), "{shown}");
    assert!(shown.contains("  what      bad tile\n            failed\n"), "{shown}");
    assert!(shown.contains("jobtrail view projects/p1/files/logs/jobs/j1.jsonl\n"), "{shown}");
    assert!(!shown.contains("hunter2"), "{shown}");
}

#[test]
fn a_terminal_gets_nothing_that_it_would_obey_and_no_longer_lines() {
    let log = "2026-01-05 14:10:00.000 [1] [ERROR] job 7 failed: \u{1b}]0;title\u{7} \u{202e}<b>evil</b> ".to_owned()
        + &"long ".repeat(10_000)
        + "\n2026-01-05 14:10:01.000 [1] [INFO] MSH-0105-A7F2 started\n";
    for (id, columns) in [("7", 60), ("MSH-0105-A7F2", 60), ("7", 20)] {
        let setting = Setting {
            stdin: Some(log.clone().into_bytes()),
            is_terminal: true,
            columns: Some(columns),
            variables: vec![("NO_COLOR", "1")],
            ..Setting::default()
        };

        let shown = run_in(setting, &["job", id]).stdout;

        let hostile = |c: &char| (c.is_control() && *c != '\n') || *c == '\u{202e}';
        assert_eq!(None, shown.chars().find(hostile), "{shown:?}");
        let facts = shown.split("\nLook next:").next().unwrap().lines().filter(|line| line.starts_with("  "));
        let widest = facts.map(|line| line.chars().count()).max().unwrap();
        assert!(widest <= columns, "{columns}: {widest}");
    }
}

//! What `view` shows, in each form, from each kind of input.

use std::fs;
use std::path::Path;
use std::process::Stdio;

use crate::common::{Setting, program, run, run_in, run_on, run_program};
use serde_json::json;

const FIVE_SYSTEMS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/samples/five-systems.log");

fn write(path: &Path, text: &str) -> String {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
    path.display().to_string()
}

#[test]
fn a_file_with_the_lines_of_all_five_systems_gives_one_json_object_a_record() {
    let records = run(&["view", "-o", "json", FIVE_SYSTEMS]).json();

    let names = [
        "timestamp",
        "level",
        "logger",
        "component",
        "pid",
        "thread",
        "job_id",
        "project_id",
        "user_id",
        "status",
        "message",
        "exception",
        "fields",
        "format",
        "source",
        "line",
        "offset",
    ];
    let formats = [
        "panel",
        "panel",
        "events-console",
        "events",
        "service",
        "json",
        "job",
        "process",
        "console",
        "redis",
        "redis-console",
    ];
    let seen: Vec<_> = records.iter().map(|record| record["format"].clone()).collect();
    assert_eq!(json!(formats), json!(seen));
    for record in &records {
        let mut keys: Vec<&str> = record.as_object().unwrap().keys().map(String::as_str).collect();
        keys.sort_unstable();
        let mut expected = names.to_vec();
        expected.sort_unstable();
        assert_eq!(expected, keys);
        assert_eq!("five-systems.log", record["source"]);
    }
    let lines: Vec<_> = records.iter().map(|record| record["line"].clone()).collect();
    assert_eq!(json!([1, 2, 3, 4, 5, 6, 7, 8, 12, 13, 14]), json!(lines));
    assert_eq!(json!({"data": {"token": "[redacted:token]", "duration_ms": 4000}}), records[6]["fields"]);
    assert_eq!(
        "Traceback (most recent call last):\n  File \"~/app/worker.py\", line 10, in run\nValueError: bad tile",
        records[7]["exception"]
    );
    // The stamp without a date takes that of the record before it.
    assert_eq!("2026-01-05T14:30:06.000000Z", records[8]["timestamp"]);
}

#[test]
fn options_and_queries_are_joined() {
    let messages = |args: &[&str]| -> Vec<String> {
        let args: Vec<&str> = ["view", "-o", "json", FIVE_SYSTEMS].iter().chain(args).copied().collect();
        run(&args).json().iter().map(|record| record["message"].as_str().unwrap().to_owned()).collect()
    };

    assert_eq!(vec!["Failed", "Upscale failed"], messages(&["-l", "err"]));
    assert_eq!(vec!["Failed"], messages(&["-l", "error", "-j", "7"]));
    assert_eq!(vec!["slow", "Upscale failed"], messages(&["level>=warning", "--since", "14:30:04"]));
    assert_eq!(vec!["Upscale failed"], messages(&["-g", "BAD TILE"]));
    assert_eq!(vec!["Processing data (45%)"], messages(&["-q", "format:redis", "-q", "45"]));
    assert_eq!(vec!["Processing data (45%)"], messages(&["-n", "1"]));
    assert_eq!(vec!["Processing job #123"], messages(&["--until", "14:30:02", "-g", "Processing"]));
    assert_eq!(3, messages(&["-j", "msh-0105-a7f2"]).len() - 1);
}

#[test]
fn text_is_for_people() {
    let expected = "\
MSH-0105-A7F2
2026-01-05 14:30:01.000Z INFO     Job Started: MSH-0105-A7F2
                                  MSH-0105-A7F2 MESH | started | bracket.step | Strategy: fast job_type=mesh filename=bracket.step strategy=fast
2026-01-05 14:30:01.915Z          MSH-0105-A7F2 UPDATE | completed details={\"node_count\": 5000}
2026-01-05 14:30:02.000Z INFO     123 job_processor: Processing job #123
";
    let root = tempfile::tempdir().unwrap();
    let sample = fs::read_to_string(FIVE_SYSTEMS).unwrap();
    let head: Vec<&str> = sample.lines().take(5).collect();
    let path = write(&root.path().join("x_20260105.log"), &head.join("\n"));

    let shown = run(&["view", &path]).stdout;

    assert_eq!(expected.replace(" 123 job", " job"), shown.replace(" 123 job", " job"));
}

#[test]
fn an_endless_line_is_searched_and_redacted_whole_and_cut_only_where_people_read_it() {
    let folder = tempfile::tempdir().unwrap();
    let line = format!("[INFO] {} password=hunter2 needle\n", "tile ".repeat(300_000));
    let path = write(&folder.path().join("worker.log"), &line);

    let shown = run(&["view", &path, "needle"]).stdout;
    assert!(shown.ends_with(" [451460 bytes more: -o raw]\n"), "{}", shown.get(shown.len() - 80..).unwrap());
    let raw = run(&["view", "-o", "raw", &path]).stdout;
    assert!(raw.ends_with("password=[redacted:password] needle\n") && raw.len() > line.len());
}

#[test]
fn levels_are_coloured_on_a_terminal_only_and_not_with_no_color() {
    let line = "2026-01-05 14:30:05.123 [12] [ERROR] bad\n";
    let shown = |is_terminal, variables: &[(&'static str, &'static str)], args: &[&str]| {
        let stdin = Some(line.as_bytes().to_vec());
        let columns = Some(120);
        let setting = Setting { stdin, is_terminal, columns, variables: variables.to_vec(), ..Setting::default() };
        run_in(setting, args).stdout
    };
    let plain = "2026-01-05 14:30:05.123Z ERROR    [12] bad\n";
    let colored = "\x1b[2m2026-01-05 14:30:05.123Z\x1b[0m \x1b[1;31mERROR\x1b[0m    \x1b[2m[12]\x1b[0m bad\n";

    assert_eq!(colored, shown(true, &[], &["view"]));
    assert_eq!(plain, shown(true, &[("NO_COLOR", "1")], &["view"]));
    assert_eq!(plain, shown(true, &[("TERM", "dumb")], &["view"]));
    assert_eq!(plain, shown(true, &[], &["view", "--color", "never"]));
    assert_eq!(plain, shown(false, &[], &["view"]));
    assert_eq!(colored, shown(false, &[("NO_COLOR", "1")], &["view", "--color", "always"]));
    assert_eq!(colored, shown(false, &[("FORCE_COLOR", "1")], &["view"]));
    assert_eq!(colored, shown(false, &[("CLICOLOR_FORCE", "1"), ("TERM", "dumb")], &["view"]));
    assert_eq!(plain, shown(false, &[("FORCE_COLOR", "0")], &["view"]));
    assert_eq!(plain, shown(true, &[("FORCE_COLOR", "1"), ("NO_COLOR", "1")], &["view"]));
}

#[test]
fn control_characters_of_a_log_never_reach_a_terminal() {
    let line = "[INFO] \x1b[31mred\x1b[0m \x1b]0;title\x07 \u{9b}2J \u{202e}evil\x08\n";
    for output in ["text", "json", "raw", "csv"] {
        let stdin = Some(line.as_bytes().to_vec());
        let setting = Setting { stdin, is_terminal: true, ..Setting::default() };

        let shown = run_in(setting, &["view", "--color", "never", "-o", output]).stdout;

        let hostile = |c: &char| (c.is_control() && *c != '\n') || *c == '\u{202e}';
        assert_eq!(None, shown.chars().find(hostile), "{output}: {shown:?}");
    }
}

#[test]
fn raw_is_the_redacted_text_and_no_redact_the_one_switch() {
    let line = "[INFO] password=hunter2 in /home/alice/x\n  more\n";

    assert_eq!("[INFO] password=[redacted:password] in ~/x\n  more\n", run_on(line, &["view", "-o", "raw"]).stdout);
    assert_eq!(line, run_on(line, &["view", "-o", "raw", "--no-redact"]).stdout);
    assert_eq!(1, run_on(line, &["view", "-g", "hunter2"]).code);
}

#[test]
fn csv_is_a_table_of_the_same_names() {
    let shown = run_on("[INFO] a, \"b\"\n", &["view", "-o", "csv"]).stdout;

    let header = "timestamp,level,logger,component,pid,thread,job_id,project_id,user_id,status,message,exception,\
                  fields,format,source,line,offset";
    assert_eq!(format!("{header}\n,INFO,,,,,,,,,\"a, \"\"b\"\"\",,{{}},panel,-,1,0\n"), shown);
}

#[test]
fn without_a_path_it_reads_what_is_piped_in_else_the_logs_under_the_directory() {
    let root = tempfile::tempdir().unwrap();
    write(&root.path().join("logs/worker.log"), "[INFO] from a file\n");
    let here = || Setting { current_dir: root.path().to_path_buf(), ..Setting::default() };
    let stdin = Some(b"[INFO] from a pipe\n".to_vec());

    assert_eq!("INFO     from a file\n", run_in(here(), &["view"]).stdout);
    assert_eq!("INFO     from a file\n", run_in(here(), &["view", "\"from a\""]).stdout);
    assert_eq!("INFO     from a pipe\n", run_in(Setting { stdin, ..here() }, &["view", "level:info"]).stdout);
}

#[test]
fn a_word_is_a_query_only_if_it_is_no_path_and_looks_like_one() {
    let root = tempfile::tempdir().unwrap();
    write(&root.path().join("level:error"), "[INFO] a file with the name of a query\n");
    write(&root.path().join("a.log"), "[ERROR] timeout\n");
    let here = || Setting { current_dir: root.path().to_path_buf(), ..Setting::default() };

    assert_eq!("INFO     a file with the name of a query\n", run_in(here(), &["view", "level:error"]).stdout);
    assert_eq!("ERROR    timeout\n", run_in(here(), &["view", "a.log", "level:ERROR"]).stdout);
    let mistyped = run_in(here(), &["view", "a.log", "timeout"]);
    assert_eq!((2, "ERROR    timeout\n"), (mistyped.code, mistyped.stdout.as_str()));
    assert_eq!(
        "error: no such file or directory: `timeout` (to search for this text: `-g timeout`)\n",
        mistyped.stderr
    );
}

#[test]
fn several_logs_come_as_found_or_merged_by_time() {
    let root = tempfile::tempdir().unwrap();
    let line = |second: u32, text: &str| format!("2026-01-05 14:00:{second:02} - x - INFO - {text}\n");
    write(&root.path().join("a.log"), &(line(1, "one") + &line(3, "three")));
    write(&root.path().join("b.log.1"), &line(2, "two"));
    write(&root.path().join("b.log"), &line(4, "four"));
    let root = root.path().display().to_string();
    let shown = |args: &[&str]| -> Vec<String> {
        let args: Vec<&str> = ["view", "-o", "json", &root].iter().chain(args).copied().collect();
        let record = |value: &serde_json::Value| format!("{}:{}", value["source"], value["message"]).replace('"', "");
        run(&args).json().iter().map(record).collect()
    };

    assert_eq!(vec!["a.log:one", "a.log:three", "b.log.1:two", "b.log:four"], shown(&[]));
    assert_eq!(vec!["a.log:one", "b.log.1:two", "a.log:three", "b.log:four"], shown(&["--sort"]));
    assert_eq!(vec!["a.log:three", "b.log:four"], shown(&["--sort", "-n", "2"]));
}

#[test]
fn an_archive_and_a_process_substitution_are_read() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("worker.log.1.gz");
    let mut encoder = flate2::write::GzEncoder::new(fs::File::create(&path).unwrap(), flate2::Compression::fast());
    std::io::Write::write_all(&mut encoder, b"[INFO] packed\n").unwrap();
    encoder.finish().unwrap();

    assert_eq!("INFO     packed\n", run(&["view", &path.display().to_string()]).stdout);
    #[cfg(unix)]
    assert_eq!("INFO     piped\n", run_program(b"[INFO] piped\n", &["view", "/dev/stdin"]).stdout);
}

#[test]
fn a_reader_that_goes_away_ends_it_silently() {
    let root = tempfile::tempdir().unwrap();
    let lines: Vec<String> = (0..200_000).map(|number| format!("[INFO] line {number} of many\n")).collect();
    let path = write(&root.path().join("big.log"), &lines.concat());
    let mut child = program(&["view", &path]).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdout = child.stdout.take().unwrap();
    let mut first = [0; 10];
    std::io::Read::read_exact(&mut stdout, &mut first).unwrap();
    drop(stdout);

    let output = child.wait_with_output().unwrap();

    assert_eq!((Some(0), ""), (output.status.code(), String::from_utf8_lossy(&output.stderr).as_ref()));
}

#[test]
fn a_zone_is_that_of_undated_zones_of_queries_and_of_the_times_shown() {
    let lines = "2026-07-01 12:00:00 - x - INFO - summer\n2026-01-05 15:30:00 - x - INFO - winter\n";
    let berlin = run_on(lines, &["view", "--tz", "Europe/Berlin"]);
    let json = run_on(lines, &["view", "--tz", "Europe/Berlin", "-o", "json"]).json();
    // It is 15:00 UTC, 16:00 in Berlin.
    let since = run_on(lines, &["view", "--tz", "+01:00", "--since", "15:30", "--until", "16:00", "-o", "json"]).json();

    let expected = "\
2026-07-01 12:00:00.000+02:00 INFO     x: summer
2026-01-05 15:30:00.000+01:00 INFO     x: winter
";
    assert_eq!(expected, berlin.stdout);
    assert_eq!("2026-07-01T10:00:00.000000Z", json[0]["timestamp"]);
    assert_eq!(vec!["winter"], since.iter().map(|record| record["message"].as_str().unwrap()).collect::<Vec<_>>());
    assert_eq!(2, run_on(lines, &["view", "--tz", "Middle/Earth"]).code);
}

#[test]
fn a_hint_tells_of_the_zone_where_it_may_matter() {
    let line = "2026-01-05 14:30:00 - x - INFO - now\n";
    let told = |zone, args: &[&str]| {
        let setting =
            Setting { stdin: Some(line.as_bytes().to_vec()), variables: vec![("TZ", zone)], ..Setting::default() };
        run_in(setting, args).stderr
    };
    let hint = "note: times without a zone are read as UTC, this machine is set to another zone: `--tz local`\n";

    assert_eq!(hint, told("Europe/Berlin", &["view", "since:1h"]));
    assert_eq!(hint, told("Europe/Berlin", &["view", "--since", "today"]));
    assert_eq!("", told("Europe/Berlin", &["view", "--since", "2026-01-05"]));
    assert_eq!("", told("Europe/Berlin", &["view", "since:2h", "--tz", "UTC"]));
    assert_eq!("", told("UTC", &["view", "since:1h"]));
}

#[test]
fn a_large_file_that_several_threads_read_looks_like_one_that_is_piped_in() {
    let root = tempfile::tempdir().unwrap();
    let lines = (0..120_000).map(|number| match number % 1000 {
        0 => "a line without a header\n".to_owned(),
        7 => format!("2026-01-05 14:30:01.{number:03}\n", number = number % 999),
        500 => "  a line that goes on\n".to_owned(),
        _ if number < 30_000 => format!("[INFO] line {number} of a worker that never says when it is\n"),
        _ => format!("2026-01-05 14:30:01,123 - app.mesh - WARNING - line {number} has \"quotes\" and, commas\n"),
    });
    let text: String = lines.collect();
    assert!(text.len() > 8 << 20); // smaller files are read by one thread
    let path = write(&root.path().join("big.log"), &text);

    for output in ["text", "json", "raw", "csv"] {
        let from_file = run(&["view", "-o", output, &path]).stdout;
        let piped = run_on(&text, &["view", "-o", output]).stdout;

        let piped = piped.replace("\"source\":null", "\"source\":\"big.log\"").replace(",-,", ",big.log,");
        assert!(from_file == piped, "{output}");
    }
}

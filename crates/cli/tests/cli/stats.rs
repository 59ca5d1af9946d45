//! What `stats` counts and draws.

use std::fmt::Write;

use crate::common::{Run, Setting, run, run_in, run_on};
use serde_json::json;

const FIVE_SYSTEMS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/samples/five-systems.log");

/// Three hours of a service: requests, a slow operation, one complaint about many jobs, one of another kind.
fn service() -> String {
    let mut log = String::new();
    for minute in 0..180 {
        let time = format!("2026-01-05T{:02}:{:02}:00Z", 9 + minute / 60, minute % 60);
        let _ = writeln!(
            log,
            r#"{{"timestamp":"{time}","level":"INFO","logger":"app.api","message":"served","path":"/jobs/{minute}","status_code":200,"duration_ms":{minute}.5}}"#
        );
        if minute % 20 == 0 {
            let _ = writeln!(
                log,
                r#"{{"timestamp":"{time}","level":"ERROR","logger":"app.mesh","message":"Job #{minute} failed: password=hunter2"}}"#
            );
        }
    }
    log.push_str("2026-01-05 14:00:00.000 [7] [WARNING] \u{1b}]0;title\u{7} <b>late</b>\n");
    log
}

fn on(log: &str, args: &[&str]) -> Run {
    run_on(log, &[&["stats", "-"], args].concat())
}

#[test]
fn everything_is_told_in_sections() {
    let expected = "\
190 records, 2026-01-05 09:00:00Z to 2026-01-05 14:00:00Z (5h00m), 38.0 an hour

LEVEL    RECORDS   SHARE
ERROR          9   4.7 %
WARNING        1   0.5 %
INFO         180  94.7 %

TIME               RECORDS   ERRORS  30 minutes each
2026-01-05 09:00Z       32        2  ██░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░
2026-01-05 09:30Z       31        1  █░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░
2026-01-05 10:00Z       32        2  ██░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░
2026-01-05 10:30Z       31        1  █░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░
2026-01-05 11:00Z       32        2  ██░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░
2026-01-05 11:30Z       31        1  █░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░
⋮ 2h without records
2026-01-05 14:00Z        1           ▓
                                     █ error  ▓ warning  ░ other

RECORDS   SHARE  LOGGER
    180  94.7 %  app.api
      9   4.7 %  app.mesh

RECORDS   SHARE  FORMAT
    189  99.5 %  json
      1   0.5 %  process

180 requests, 1.0 a minute; at most 30 in 30 minutes, that from 2026-01-05 09:00:00Z

STATUS  REQUESTS    SHARE
2xx          180  100.0 %

REQUESTS  5XX   MEAN  LONGEST  PATH
     180    0  90 ms   179 ms  /jobs/#

SLOWEST  FIELD        TIME                  PLACE     MESSAGE
 179 ms  duration_ms  2026-01-05 11:59:00Z  line 189  served
 178 ms  duration_ms  2026-01-05 11:58:00Z  line 188  served

ERRORS  FIRST                 LAST                  FIRST AT  MESSAGE
     9  2026-01-05 09:00:00Z  2026-01-05 11:40:00Z  line 2    Job # failed: password=[redacted:password]
";

    let told = on(&service(), &["--top", "2", "--by", "30m"]);

    assert_eq!((0, expected, ""), (told.code, told.stdout.as_str(), told.stderr.as_str()));
}

#[test]
fn slices_are_as_short_as_fits_a_screen_and_as_long_as_asked_for() {
    let sizes = |args: &[&str]| {
        let told = on(&service(), &[&["--only", "time"], args].concat()).stdout;
        let rows = told.lines().filter(|line| line.starts_with("2026-")).count();
        let title = told.lines().find(|line| line.starts_with("TIME")).unwrap().to_owned();
        (rows, title.rsplit("  ").next().unwrap().to_owned())
    };

    assert_eq!((13, "15 minutes each".to_owned()), sizes(&[]));
    assert_eq!((6, "an hour each".to_owned()), sizes(&["--by", "hour"]));
    assert_eq!((1, "a day each".to_owned()), sizes(&["--by", "day", "--tz", "-05:00"]));
    assert_eq!(2, on("", &["--by", "fortnight"]).code);
}

#[test]
fn a_day_is_that_of_the_zone() {
    let log = "2026-01-05T22:30:00Z INFO a\n2026-01-05T23:30:00Z INFO b\n";
    let days = |tz| on(log, &["-o", "csv", "--by", "day", "--tz", tz]).stdout;

    assert_eq!(2, days("UTC").lines().count());
    let berlin = days("Europe/Berlin");
    assert_eq!(3, berlin.lines().count(), "{berlin}");
    assert!(berlin.contains("\n2026-01-04T23:00:00.000000Z,1,") && berlin.contains("\n2026-01-05T23:00:00.000000Z,1,"));
}

#[test]
fn without_signs_beyond_ascii_bars_are_drawn_all_the_same() {
    let drawn = |variables: &[(&'static str, &'static str)]| {
        let setting =
            Setting { stdin: Some(service().into_bytes()), variables: variables.to_vec(), ..Setting::default() };
        run_in(setting, &["stats", "--only", "time"]).stdout
    };
    for variables in [[("NO_UTF8", "1")], [("LC_ALL", "C")], [("LANG", "de_DE.ISO-8859-1")], [("TERM", "dumb")]] {
        let drawn = drawn(&variables);

        assert!(
            drawn.is_ascii() && drawn.contains("##----") && drawn.contains("# error  + warning  - other"),
            "{drawn}"
        );
    }
    for variables in [[("LANG", "en_GB.UTF-8")], [("LC_ALL", "C.utf8")], [("TERM", "xterm")]] {
        assert!(drawn(&variables).contains("█"));
    }
}

#[test]
fn a_terminal_gets_colours_no_wider_lines_and_nothing_that_it_would_obey() {
    for columns in [140, 80, 60] {
        let setting = Setting {
            stdin: Some(service().into_bytes()),
            is_terminal: true,
            columns: Some(columns),
            ..Setting::default()
        };
        let colored = run_in(setting, &["stats"]).stdout;
        assert!(colored.contains("\x1b[31m█"), "{colored}");
        let plain = strip(&colored);

        assert_eq!(None, plain.chars().find(|c| c.is_control() && *c != '\n'), "{plain:?}");
        let tables = plain.lines().skip(1).filter(|line| !line.contains(" requests, "));
        let widest = tables.map(|line| line.chars().count()).max().unwrap();
        assert!(widest <= columns, "{columns}: {widest}\n{plain}");
    }
}

/// Takes colours away, and only them.
fn strip(text: &str) -> String {
    let mut parts = text.split("\x1b[");
    let mut plain = parts.next().unwrap().to_owned();
    for part in parts {
        let (code, rest) = part.split_once('m').unwrap();
        assert!(code.bytes().all(|byte| byte.is_ascii_digit()), "{code}");
        plain.push_str(rest);
    }
    plain
}

#[test]
fn programs_get_one_object_or_the_slices() {
    let stats = &run(&["stats", FIVE_SYSTEMS, "-o", "json"]).json()[0];

    assert_eq!(json!(11), stats["records"]);
    assert_eq!(
        json!({"TRACE": 0, "DEBUG": 0, "INFO": 5, "WARNING": 1, "ERROR": 2, "CRITICAL": 0, "NONE": 3}),
        stats["levels"]
    );
    assert_eq!(json!(60_000), stats["slice_ms"]);
    let error = &stats["errors"][1];
    assert_eq!(
        (json!("Upscale failed"), json!(8), json!("five-systems.log")),
        (error["shape"].clone(), error["line"].clone(), error["source"].clone())
    );
    let csv = on(&service(), &["-o", "csv", "--by", "hour"]).stdout;
    let expected = "\
from,records,trace,debug,info,warning,error,critical,none
2026-01-05T09:00:00.000000Z,63,0,0,60,0,3,0,0
2026-01-05T10:00:00.000000Z,63,0,0,60,0,3,0,0
2026-01-05T11:00:00.000000Z,63,0,0,60,0,3,0,0
2026-01-05T14:00:00.000000Z,1,0,0,0,1,0,0,0
";
    assert_eq!(expected, csv);
}

#[test]
fn a_large_file_gives_the_sums_of_one_pass_with_the_lines_of_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = String::new();
    while log.len() < 12 << 20 {
        log.push_str(
            "2026-01-05 10:00:00.000 [1] [INFO] tile after tile after tile after tile after tile after tile\n",
        );
    }
    let lines = log.lines().count();
    log.push_str("2026-01-05 11:00:00.000 [1] [ERROR] the last line\n");
    let path = folder.path().join("worker.log");
    std::fs::write(&path, log).unwrap();

    let stats = &run(&["stats", path.to_str().unwrap(), "-o", "json"]).json()[0];

    assert_eq!(json!(lines + 1), stats["records"]);
    assert_eq!(json!(lines + 1), stats["errors"][0]["line"]);
}

#[test]
fn only_what_is_asked_for_is_made() {
    let stats = &on(&service(), &["--only", "levels,slices", "-o", "json"]).json()[0];
    assert_eq!((json!(190), json!([]), json!([]), json!(null)), {
        let part = |key: &str| stats[key].clone();
        (part("records"), part("errors"), part("slowest"), part("requests"))
    });
    let told = on(&service(), &["--only", "errors", "-l", "error"]).stdout;
    assert_eq!(4, told.lines().count(), "{told}");
}

#[test]
fn nothing_to_count_is_said() {
    let empty = on("", &[]);
    assert_eq!((1, "", "note: standard input is empty\n"), (empty.code, empty.stdout.as_str(), empty.stderr.as_str()));
    let none = on("[INFO] ready\n", &["level:error"]);
    assert_eq!((1, "", "note: none of 1 records matches\n"), (none.code, none.stdout.as_str(), none.stderr.as_str()));
    let undated = on("[INFO] ready\n", &["--only", "time"]);
    assert_eq!((0, "1 record, none of them with a time\n"), (undated.code, undated.stdout.as_str()));
}

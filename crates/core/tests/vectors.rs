//! Runs every shared case of `tests/vectors` through the core. `BLESS=1` writes the goldens and the counts anew.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may fail by panicking")]

mod common;

use std::collections::BTreeMap;
use std::fs;

use common::{bless, logs, read, root};
use jobtrail_core::{
    JobId, JobTypes, Jobs, Paths, Query, ReadOptions, Reader, Record, RedactOptions, Redactor, Stats, StatsOptions,
    Story, Timestamp, Zone, complete, formats, parse_line, write_json,
};
use serde_json::{Value, json};

fn cases(name: &str) -> Vec<Value> {
    let text = fs::read_to_string(root().join(name)).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{name}: {e}: {line}"))).collect()
}

fn wire(line: &str) -> Value {
    let mut json = String::new();
    write_json(&parse_line(line, &ReadOptions::default()), None, &mut json);
    serde_json::from_str(&json).unwrap()
}

#[test]
fn levels() {
    for case in cases("level.jsonl") {
        assert_eq!(case["out"], wire(&json!({"level": case["in"], "message": "m"}).to_string())["level"], "{case}");
    }
}

#[test]
fn timestamps() {
    for case in cases("timestamp.jsonl") {
        let record = wire(&json!({"timestamp": case["in"], "message": "m"}).to_string());

        assert_eq!(case["out"], record["timestamp"], "{case}");
    }
}

#[test]
fn job_ids() {
    for case in cases("job_id.jsonl") {
        let found = match JobId::parse(case["in"].as_str().unwrap(), &JobTypes::default()) {
            Ok(id) => json!({"in": case["in"], "out": {"id": id.as_str(), "type": id.job_type(), "month": id.month(),
                "day": id.day(), "suffix": id.suffix()}}),
            Err(error) => json!({"in": case["in"], "error": {"code": error.code(), "text": error.to_string()}}),
        };

        assert_eq!(case, found);
    }
}

#[test]
fn redactions_and_what_they_leave_alone() {
    for case in cases("redact.jsonl") {
        let paths = if case["paths"] == "strict" { Paths::Strict } else { Paths::Home };
        let redactor = Redactor::new(RedactOptions { paths, ..RedactOptions::default() });
        let text = case["in"].as_str().unwrap();
        let redacted = redactor.redact(text);

        assert_eq!(case["out"].as_str().unwrap(), redacted, "{case}");
        assert!(redactor.find(&redacted).is_empty(), "redacting twice: {case}");
        let rules: Vec<&str> = redactor.find(text).iter().map(|finding| finding.rule).collect();
        assert_eq!(case["rules"], json!(rules), "{case}");
        assert!(serde_json::from_str::<Value>(text).is_err() || serde_json::from_str::<Value>(&redacted).is_ok());
    }
}

#[test]
fn completions() {
    let name = "complete.jsonl";
    let found = cases(name).into_iter().map(|mut case| {
        let (text, cursor) = (case["text"].as_str().unwrap(), case["cursor"].as_u64().unwrap());
        let mut known = |field: &str, offer: &mut dyn FnMut(&str)| {
            case["known"][field].as_array().into_iter().flatten().for_each(|value| offer(value.as_str().unwrap()));
        };
        let found = complete(text, usize::try_from(cursor).unwrap(), &mut known).to_json();
        case["out"] = serde_json::from_str(&found).unwrap();
        case
    });
    let found: Vec<Value> = found.collect();
    let lines: Vec<String> = found.iter().map(Value::to_string).collect();
    bless(&root().join(name), &(lines.join("\n") + "\n"));

    for (case, found) in cases(name).into_iter().zip(found) {
        assert_eq!(case, found);
    }
}

/// The zone of an offset such as `+02:00`.
fn zone(offset: &str) -> Zone {
    let midnight = |offset: &str| Timestamp::parse(&format!("1970-01-01T00:00:00{offset}")).unwrap().as_micros();
    Zone::fixed(i32::try_from((midnight("Z") - midnight(offset)) / 1_000_000).unwrap())
}

#[test]
fn queries() {
    for case in cases("query.jsonl") {
        let query = match Query::parse(case["query"].as_str().unwrap()) {
            Ok(query) => query,
            Err(error) => {
                let found = json!({"code": error.code(), "column": error.column(), "expected": error.expected()});
                assert_eq!(case["error"], found, "{case}");
                continue;
            }
        };
        assert!(case["error"].is_null(), "{case} was read");
        let now = case["now"].as_str().unwrap_or("2026-01-05T15:00:00Z");
        let zone = case["tz"].as_str().map_or(Zone::UTC, zone);
        let filter = query.resolve(Timestamp::parse(now).unwrap(), &zone);
        let canonical = query.to_string();
        if case["canonical"].is_string() {
            assert_eq!(case["canonical"], canonical, "{case}");
        }
        assert_eq!(Ok(query), Query::parse(&canonical), "{case}");
        let mut matches = Vec::new();
        let mut count = 0;
        let mut reader = Reader::new(ReadOptions::default());
        let mut sink = |record: &jobtrail_core::Record<'_>| {
            if filter.matches(record) {
                matches.push(count);
            }
            count += 1;
        };
        for line in case["lines"].as_array().unwrap() {
            reader.feed(format!("{}\n", line.as_str().unwrap()).as_bytes(), &mut sink);
        }
        reader.finish(&mut sink);

        assert_eq!(case["match"], json!(matches), "{case}");
    }
}

/// Holds what `sum` makes of each case's lines against the case's last member, `key`, byte for byte.
fn sums(file: &str, key: &str, sum: impl Fn(&Value, &[u8]) -> String) {
    let path = root().join(file);
    let text = fs::read_to_string(&path).unwrap();
    let mut found = String::new();
    for (case, line) in cases(file).iter().zip(text.lines()) {
        let lines: Vec<&str> = case["lines"].as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect();
        let (given, _) = line.rsplit_once(&format!(r#","{key}":"#)).unwrap();
        found.extend([given, ",\"", key, "\":", &sum(case, lines.join("\n").as_bytes()), "}\n"]);
    }
    bless(&path, &found);

    assert_eq!(fs::read_to_string(&path).unwrap(), found);
}

#[test]
fn jobs_and_how_they_went() {
    sums("jobs.jsonl", "jobs", |case, log| {
        let mut jobs = Jobs::new(JobTypes::default());
        let mut reader = Reader::new(ReadOptions::default());
        reader.feed(log, &mut |record| jobs.add(record, Some("a.log")));
        reader.finish(&mut |record| jobs.add(record, Some("a.log")));
        jobs.to_json(Timestamp::parse(case["now"].as_str().unwrap()).unwrap())
    });
}

#[test]
fn stories_of_jobs() {
    const SILENT_US: i64 = 600_000_000;
    sums("story.jsonl", "story", |case, log| {
        let now = Timestamp::parse(case["now"].as_str().unwrap()).unwrap();
        let id = case["job"].as_str().unwrap();
        let mut records = Vec::new();
        let mut reader = Reader::new(ReadOptions::default());
        reader.feed(log, &mut |record| records.push(record.to_static()));
        reader.finish(&mut |record| records.push(record.to_static()));
        let mut story = Story::new(JobTypes::default());
        for record in records.iter().filter(|record| record.job_id.as_deref() == Some(id)) {
            story.add(record, "a.log");
        }
        if let Some((since, until)) = story.asks_about(now, SILENT_US) {
            let is_within = |record: &&Record<'_>| record.carried >= Some(since) && record.carried <= Some(until);
            records.iter().filter(is_within).for_each(|record| story.add_around(record, "a.log"));
        }
        story.to_json(now, SILENT_US)
    });
}

#[test]
fn statistics() {
    sums("stats.jsonl", "stats", |_, log| {
        let mut stats = Stats::new(StatsOptions::default());
        let mut reader = Reader::new(ReadOptions::default());
        reader.feed(log, &mut |record| stats.add(record, Some("a.log")));
        reader.finish(&mut |record| stats.add(record, Some("a.log")));
        stats.to_json()
    });
}

#[test]
fn logs_become_their_golden_records() {
    for log in logs() {
        let records = read(&fs::read(&log).unwrap(), || usize::MAX).join("\n") + "\n";
        let golden = log.with_extension("jsonl");
        bless(&golden, &records);

        assert_eq!(fs::read_to_string(&golden).unwrap(), records, "{}", log.display());
    }
}

/// The formats that most logs have: each has 10 records or more, normal and odd, cut off, with other zones and colours.
const COMMONEST: [&str; 30] = [
    "json",
    "logfmt",
    "process",
    "service",
    "panel",
    "python",
    "loguru",
    "uvicorn",
    "gunicorn",
    "celery",
    "django",
    "openstack",
    "spring",
    "logback",
    "log4j",
    "hadoop",
    "spark",
    "zookeeper",
    "kafka",
    "elasticsearch",
    "tracing",
    "klog",
    "monolog",
    "php",
    "syslog",
    "syslog-5424",
    "apache-error",
    "nginx-error",
    "access",
    "asctime",
];

#[test]
fn every_format_has_a_log_of_its_own() {
    for (name, example) in formats() {
        let golden = logs().into_iter().filter(|log| log.parent().unwrap().ends_with(name));
        let records: Vec<Value> = golden
            .flat_map(|log| read(&fs::read(log).unwrap(), || usize::MAX))
            .map(|record| serde_json::from_str(&record).unwrap())
            .collect();
        let of_its_own = records.iter().filter(|record| record["format"] == name).count();

        let least = if COMMONEST.contains(&name) { 10 } else { 4 };
        assert!(of_its_own >= least, "{name} has {of_its_own} records");
        assert_eq!(name, wire(example)["format"]);
    }
}

#[test]
fn the_counts_that_every_face_compares_are_true() {
    let mut counts = BTreeMap::new();
    for name in ["complete", "job_id", "level", "query", "redact", "timestamp"] {
        let name = format!("{name}.jsonl");
        counts.insert(name.clone(), cases(&name).len());
    }
    for log in logs() {
        let golden = log.with_extension("jsonl");
        let name = golden.strip_prefix(root()).unwrap().to_str().unwrap().replace('\\', "/");
        // Not the golden's lines: it may be written anew at this moment.
        counts.insert(name, read(&fs::read(log).unwrap(), || usize::MAX).len());
    }
    let text = serde_json::to_string_pretty(&counts).unwrap() + "\n";
    let path = root().join("counts.json");
    bless(&path, &text);

    assert_eq!(fs::read_to_string(&path).unwrap(), text);
}

//! `docs/query.md` is written from the tables that the parser reads (`BLESS=1` writes it anew), and every query in it
//! is one.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod common;

use std::fmt::Write;
use std::fs;

use common::{bless, root};
use jobtrail_core::{
    FieldKind, Query, ReadOptions, parse_line, query_example, query_fields, query_operators, write_json,
};

const INTRODUCTION: &str = "\
# The query language

One language for the command line, Python, the panel's search box and the HTTP API. A query is terms side by side; a
record matches if all of them hold.

    level>=warning job:MSH-0105-A7F2 since:2h \"connection lost\" -logger:health duration_ms>500

- A **word** or a **phrase in quotes** is looked for in the whole text of the record, its stack trace included, in any
  ASCII case. In quotes `\\\"` is a quote and `\\\\` a backslash.
- `name:value` asks for a **field**, as a whole and in any ASCII case; `*` in a value that stands without quotes is
  anything, or nothing. `name:*` asks whether the field is there.
- `name>value`, `>=`, `<` and `<=` **compare**: levels by their rank, times, and numbers digit by digit. A comparison with
  a value that a record lacks is false, and its negation true.
- `/regex/` is looked for like a word.
- What redaction hid is not found by its mask's words: `redacted:github-token` finds the masks.

A query that cannot be read is an error that says at which column, and what was expected there.
";

const TIMES: [(&str, &str); 9] = [
    ("since:90s", "an age: `ms`, `s`, `m`, `h`, `d`, `w`"),
    ("since:14:30", "a clock time: when the clock last showed it"),
    ("until:14:30:01.5", "with seconds and their fraction"),
    ("since:today", "from midnight in the reader's zone"),
    ("until:yesterday", "a day behind `until:` means its end"),
    ("until:now", "the present"),
    ("since:2026-01-05", "a date"),
    ("since:\"2026-01-05 14:30:00\"", "a date and a time in the reader's zone"),
    ("since:2026-01-05T14:30:00+01:00", "RFC 3339"),
];

const REGEX: [(&str, &str); 15] = [
    ("/lost/", "letters are themselves, in any ASCII case"),
    ("/a.c/", "`.` is any character but a line feed"),
    ("/job [a-z0-9_-]/", "one of these characters; a range is of ASCII"),
    ("/[^0-9]/", "any other character"),
    ("/\\d\\w\\s/", "a digit, a letter or digit or `_`, a white space; all ASCII"),
    ("/\\D\\W\\S/", "any other character than those"),
    ("/\\bjob\\b/", "the border of a word; `\\B` is any other place"),
    ("/^ValueError:/", "the beginning of a line"),
    ("/lost$/", "the end of a line"),
    ("/(lost|refused)/", "a group, and alternatives in it; `(?:...)` is the same"),
    ("/colou?r/", "once or not"),
    ("/fail.*again/", "any number of times; `+` at least once; a lazy `*?` is the same here"),
    ("/\\d{3}/", "three times; `{3,}` at least, `{3,5}` three to five times, up to 1000"),
    ("/\\t\\n\\r/", "a tab, a line feed, a carriage return"),
    ("/\\/api\\/v[0-9]\\./", "a punctuation mark behind a backslash is itself"),
];

const EXAMPLES: [(&str, &str); 12] = [
    ("failed", "records that say `failed` anywhere"),
    ("job:MSH-0105-A7F2 level>=warning", "what went wrong in a job"),
    ("job:MSH-* since:today -level:debug", "today's mesh jobs, without debugging"),
    ("(timeout OR \"connection lost\") -logger:health", "either text, but not from one logger"),
    ("level:error OR exception:*", "errors, and whatever has a stack trace"),
    ("since:14:00 until:14:30 component:worker", "half an hour of one process"),
    ("duration_ms>=1.5e3", "a number in a field of your own"),
    ("data.step:mesh data.n<3", "dots go deeper into an object"),
    ("message:*timeout*", "in the message only"),
    ("/HTTP (4|5)\\d\\d/ project:p-12", "a pattern and a field"),
    ("redacted:*", "records in which something was hidden"),
    ("fields.line:7", "a key of the record's own that is called like a name above"),
];

fn code(text: &str) -> String {
    format!("`{}`", text.replace('|', "\\|"))
}

/// A table of queries and what they ask for.
fn push_queries(queries: &[(&str, &str)], page: &mut String) {
    page.push_str("| query | asks for |\n| --- | --- |\n");
    for (query, about) in queries {
        Query::parse(query).unwrap_or_else(|error| panic_at(query, &error));
        writeln!(page, "| {} | {about} |", code(query)).unwrap();
    }
}

#[expect(clippy::panic, reason = "a test fails by panicking")]
fn panic_at(query: &str, error: &jobtrail_core::QueryError) -> Query {
    panic!("{query}: {error}")
}

fn kind(kind: FieldKind) -> &'static str {
    match kind {
        FieldKind::Level => "level",
        FieldKind::Time | FieldKind::Bound => "time",
        FieldKind::Number => "number",
        FieldKind::JobId => "job ID",
        _ => "text",
    }
}

/// The page, as the tables say it.
fn page() -> String {
    let mut page = INTRODUCTION.to_owned();
    page.push_str("\n## Names\n\n| name | short | value | what it is | example |\n| --- | --- | --- | --- | --- |\n");
    for field in query_fields() {
        let example = query_example(field.name()).unwrap();
        Query::parse(example).unwrap_or_else(|error| panic_at(example, &error));
        let short: Vec<String> = field.short().iter().map(|name| code(name)).collect();
        let (name, kind) = (code(field.name()), kind(field.kind));
        writeln!(page, "| {name} | {} | {kind} | {} | {} |", short.join(" "), field.about, code(example)).unwrap();
    }
    page.push_str(
        "
Any other name is looked up in the record's `fields`, where dots go deeper; `fields.NAME` finds a key there that is called
like a name above. The source of a record is not known to the query: choose the files instead.

`since:` and `until:` hold for the record's time, and where it has none for the time of the record before it in its source;
a source without any time is left out. `timestamp` asks for the record's own. `line` is known where reading began at the
beginning of the source.

## Operators

| operator | asks for | example |
| --- | --- | --- |
",
    );
    for operator in query_operators() {
        let example = query_example(operator.text).unwrap();
        Query::parse(example).unwrap_or_else(|error| panic_at(example, &error));
        writeln!(page, "| {} | {} | {} |", code(operator.text), operator.about, code(example)).unwrap();
    }
    page.push_str(
        "
`-` and `NOT` bind tightest, then terms side by side, then `OR`: `a b OR -c d` is `(a b) OR ((-c) d)`. Only upper-case `OR`
and `NOT` are operators; in quotes they are words. Parentheses and negations go 64 deep.

A name begins with a letter, `_` or `@` and stands directly before its operator; in front of `:/`, `:\\` and `::` it is part
of a word (`http://x`, `std::io`), and so are times such as `12:30`. A list (`level:error,critical`) asks for one of its
values.

## Times

",
    );
    push_queries(&TIMES, &mut page);
    page.push_str(
        "
Times without a zone are read in the reader's zone: UTC, or what `--tz` or `tz` says. Ages and clock times are seen from the
moment at which the query is asked.

## Regular expressions

A `/` begins one if the next `/` that is neither escaped nor in brackets ends a term: `/api/jobs` is a word. Patterns are a
small set that means the same everywhere, and are matched in a time that grows with the text alone. There are no flags,
names, look-around or references back.

",
    );
    push_queries(&REGEX, &mut page);
    page.push_str("\n## Examples\n\n");
    push_queries(&EXAMPLES, &mut page);
    page.push_str(
        "
## The canonical text

A query can be written as text again (`str(query)` in Python, `query.toString()` in JavaScript, `Display` in Rust): short
names are spelled out, levels are in lower case, `NOT` is `-`, and no quote, parenthesis or space is left that changes
nothing. Words and values keep their case. Times stay as they were typed, so a query that is kept as text still means the
last two hours tomorrow. Read again it is an equal query, and its text stays the same.
",
    );
    page
}

#[test]
fn the_page_says_what_the_tables_say() {
    let path = root().join("../../docs/query.md");
    let page = page();
    bless(&path, &page);

    assert_eq!(page, fs::read_to_string(&path).unwrap(), "BLESS=1 writes it anew");
    assert!(page.lines().all(|line| line.starts_with('|') || line.chars().count() <= 125));
}

#[test]
fn every_name_of_a_record_is_known_and_found() {
    let line = "2026-01-05 14:30:01.123 [1234] [ERROR] MSH-0105-A7F2 failed";
    let mut json = String::new();
    write_json(&parse_line(line, &ReadOptions::default()), None, &mut json);
    let record: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&json).unwrap();
    let names: Vec<&str> = query_fields().iter().flat_map(|field| [&[field.name()], field.short()].concat()).collect();

    // A record is asked for its other fields by their own names; its source is not known to core.
    let missing: Vec<&String> = record.keys().filter(|name| !names.contains(&name.as_str())).collect();
    assert_eq!(vec!["fields", "source"], missing);
    let mut once = names.clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!(names.len(), once.len(), "a name stands twice");
    let record = parse_line(line, &ReadOptions::default());
    let filter = |text: &str| {
        let now = jobtrail_core::Timestamp::parse("2026-01-05T15:00:00Z").unwrap();
        Query::parse(text).unwrap().resolve(now, &jobtrail_core::Zone::UTC)
    };
    for name in ["timestamp", "time", "ts", "level", "job_id", "job", "pid", "message", "format", "offset"] {
        assert!(filter(&format!("{name}:*")).matches(&record), "{name}");
    }
}

#[test]
fn the_operators_of_a_kind_are_read() {
    let known: Vec<&str> = query_operators().map(|operator| operator.text).collect();
    for field in query_fields() {
        let value = match field.kind {
            FieldKind::Level => "error",
            FieldKind::Time | FieldKind::Bound => "2h",
            _ => "1",
        };
        for operator in field.kind.operators() {
            assert!(known.contains(operator));
            let text = format!("{}{operator}{value}", field.name());
            assert_eq!(text, Query::parse(&text).unwrap().to_string());
            for short in field.short() {
                assert_eq!(text, Query::parse(&format!("{short}{operator}{value}")).unwrap().to_string());
            }
        }
    }
}

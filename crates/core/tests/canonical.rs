//! The canonical text of a query: it is read as the query that it came from, and writing it again changes nothing.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod common;

use std::fs;

use common::logs;
use jobtrail_core::{Query, ReadOptions, Reader, Record, Timestamp, Zone};

/// What queries are put together from, the awkward things most of all.
#[rustfmt::skip]
const PIECES: &[&str] = &[
    "lost", "Connection", "\"connection lost\"", "\"\"", "\"say \\\"hi\\\"\"", "\"a\\\\b\"", "a\\b", "\"OR\"",
    "\"NOT\"", "or", "\"-x\"", "\"(a\"", "\"a)\"", "fn()", "fn(", "x(y", "\"a:b\"", "http://x", "12:30", "step->next",
    "a=b", "\"level:error\"", "/api", "/api/jobs", "/lost|found/", "/a b(c)[/]\\//", "\"/lost/\"", "//", "/[a/", "b/",
    "level:error", "level:WARN,info", "lvl:x", "level:*", "level:error,*", "level>=warning", "level<ERR", "job:MSH-*",
    "job:MSH-0105-A7F2,imp*", "job:\"*\"", "job_id:*", "pid:11", "pid>11", "pid>=1e1", "duration_ms<=750.0", "line<3",
    "offset>0", "since:1h", "until:today", "since:\"2026-01-05 14:00:00\"", "since:2026-01-05T14:00:00Z",
    "time>=14:30", "ts<\"2026-01-05 14:58:00\"", "at>=2026-01-05", "message:\"no header\"", "message:*fn(*",
    "message:*f(*,\"a )\"", "message:\"/x\"", "message:a,/b*", "message:\"a,b\",c", "message:\"x*y\"", "path:\":x\"",
    "message:fn(", "data.step:mesh", "fields.line:7", "redacted:*token", "@timestamp:*", "-", "NOT ", "--", "(", "(",
    "(", ")", ")", ")", " OR ", " OR ", "\u{a0}", "()",
];

/// Texts that the generator puts together, the same on every run.
fn texts() -> impl Iterator<Item = String> {
    let mut state = 7_u64;
    let mut random = move |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        usize::try_from(state >> 33).unwrap() % below
    };
    (0..20_000).map(move |_| {
        let pieces = 1 + random(8);
        let mut text = String::new();
        for _ in 0..pieces {
            let piece = PIECES[random(PIECES.len())];
            let is_prefix = text.ends_with(['-', '(', ' ']);
            text.push_str(if is_prefix || piece == ")" { "" } else { " " });
            text.push_str(piece);
        }
        let open = text.matches('(').count().saturating_sub(text.matches(')').count());
        text.push_str(&" )".repeat(if random(2) == 0 { open } else { 0 }));
        text
    })
}

fn records() -> Vec<Record<'static>> {
    let mut records = Vec::new();
    for log in logs() {
        let mut reader = Reader::new(ReadOptions::default());
        let mut keep = |record: &Record<'_>| records.push(record.to_static());
        reader.feed(&fs::read(log).unwrap(), &mut keep);
        reader.finish(&mut keep);
    }
    records
}

#[test]
fn the_canonical_text_is_read_as_the_query_that_it_came_from() {
    let records = records();
    let now = Timestamp::parse("2026-01-05T15:00:00Z").unwrap();
    let mut compared = 0;
    let mut telling = 0;
    for (text, query) in texts().filter_map(|text| Some((text.clone(), Query::parse(&text).ok()?))) {
        let canonical = query.to_string();
        let again = Query::parse(&canonical);

        assert_eq!(Ok(&query), again.as_ref(), "{text} -> {canonical}");
        let again = again.unwrap();
        assert_eq!(format!("{query:?}"), format!("{again:?}"), "{text} -> {canonical}");
        assert_eq!(canonical, again.to_string(), "{text}");
        compared += 1;
        if compared % 8 == 0 {
            let (one, other) = (query.resolve(now, &Zone::UTC), again.resolve(now, &Zone::UTC));
            let matches = records.iter().filter(|record| one.matches(record)).count();
            assert!(records.iter().all(|record| one.matches(record) == other.matches(record)), "{text} -> {canonical}");
            telling += usize::from(matches > 0 && matches < records.len());
        }
    }
    assert!(compared > 5_000 && telling > 100, "{compared} were compared, {telling} told records apart");
}

#[test]
fn queries_joined_by_a_program_have_a_text_too() {
    let parse = |text: &str| Query::parse(text).unwrap();
    let joined = parse("a OR b").and(&parse("c d")).and(&Query::default()).and(&parse("(x OR -y)"));

    assert_eq!("(a OR b) c d (x OR -y)", joined.to_string());
    assert_eq!(parse("(a OR b) c d (x OR -y)"), joined);
    assert_eq!("", Query::default().and(&Query::default()).to_string());
}

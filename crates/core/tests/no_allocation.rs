//! A search takes no memory for what it passes over, and counting none for what it counts.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::fmt::Write;

use allocation_counter::measure;
use jobtrail_core::{Plan, Query, ReadOptions, Reader, Timestamp, Wants, Zone};

/// Returns lines of two formats without an error or the job 123.
fn lines(count: usize) -> String {
    let mut log = String::new();
    for i in 0..count {
        let second = i % 60;
        if i % 1000 < 500 {
            let level = if i % 7 == 0 { "DEBUG" } else { "INFO" };
            write!(log, "{{\"timestamp\": \"2026-01-05T10:00:{second:02}Z\", \"level\": \"{level}\", ").unwrap();
            writeln!(log, "\"logger\": \"app\", \"message\": \"never served tile {i:04}x\", \"n\": {}}}", i % 50)
                .unwrap();
        } else {
            writeln!(log, "2026-01-05 10:00:{second:02}.456 [9] [INFO] saved tile {i:04}x").unwrap();
        }
    }
    log
}

/// How often memory is taken while a log is read in one piece, and how many records are given.
fn allocations(log: &str, query: &str, wants: Wants) -> (u64, u64) {
    let filter = Query::parse(query).unwrap().resolve(Timestamp::from_micros(0), &Zone::UTC);
    let mut reader = Reader::planned(ReadOptions::default(), Plan::new(filter).wanting(wants)).passing_over();
    reader.feed(lines(1000).as_bytes(), &mut |_| ());
    let mut given = 0;
    let taken = measure(|| reader.feed(log.as_bytes(), &mut |_| given += 1));
    (taken.count_total, given)
}

#[test]
fn what_is_passed_over_takes_no_memory() {
    let (short, long) = (lines(2_000), lines(20_000));
    for (query, wants) in [
        ("level:error", Wants::All),
        ("level>=warning", Wants::All),
        ("job:123", Wants::All),
        ("level:error job:123", Wants::All),
        ("nowhere", Wants::All),
        ("since:2027-01-01", Wants::All),
        ("", Wants::Head),
    ] {
        let (few, _) = allocations(&short, query, wants);
        let (many, given) = allocations(&long, query, wants);

        assert!(many <= few + 8, "`{query}`: {few} times for 2,000 lines, {many} for 20,000");
        assert_eq!(query.is_empty(), given > 0, "`{query}` gave {given} records");
    }
}

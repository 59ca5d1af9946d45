//! What a store selects by its columns, and by searching whole segments, is what asking every record gives.

mod common;

use std::fs;

use common::{logs, shuffled};
use jobtrail_core::{LogStore, Query, ReadOptions, Reader, Record, Timestamp, Zone, write_json};

const QUERIES: [&str; 20] = [
    "",
    "failed",
    "FAILED OR gr\u{fc}n",
    "\"bad tile\"",
    "-failed",
    "e",
    "in",
    "redacted",
    "~/app",
    "nowhere",
    "job:MSH-0105-A7F2",
    "job:123 failed",
    "job:*-0105-* level>=warning",
    "since:2026-01-01 /fail/",
    "logger:* -logger:chaiNNer",
    "user:7 OR component:worker",
    "user:*",
    "exception:*",
    "message:*failed*",
    "timestamp<2026-01-05 level:info",
];

#[test]
fn a_store_selects_what_asking_every_record_gives() {
    let made = (1..=50).map(shuffled);
    let vectors = logs().into_iter().map(|log| fs::read(log).unwrap());
    let mut selected = 0;
    for (i, log) in vectors.chain(made).enumerate() {
        let mut store = LogStore::new(ReadOptions::default());
        store.append(&log);
        store.finish();
        for query in QUERIES {
            let filter = Query::parse(query).unwrap().resolve(Timestamp::from_micros(0), &Zone::UTC);
            let mut expected = Vec::new();
            let mut sink = |record: &Record<'_>| {
                if filter.matches(record) {
                    let mut json = String::new();
                    write_json(record, None, &mut json);
                    expected.push(json);
                }
            };
            let mut reader = Reader::new(ReadOptions::default());
            reader.feed(&log, &mut sink);
            reader.finish(&mut sink);

            let rows = store.select(&filter);

            assert_eq!(format!("[{}]", expected.join(",")), store.window(&rows, 0, rows.len()), "log {i}, {query}");
            selected += rows.len();
        }
    }
    assert!(selected > 10_000, "{selected} rows were compared");
}

//! However few logs may be open at once, the order is that of having all of them in memory.

use std::fmt::Write as _;
use std::ops::ControlFlow;
use std::path::Path;

use jobtrail_core::{Filter, Query, ReadOptions, Timestamp, Zone};

use super::merge;
use crate::discover::discover;
use crate::read::read_found;

fn filter(query: &str) -> Filter {
    Query::parse(query).unwrap().resolve(Timestamp::from_micros(0), &Zone::UTC)
}

fn merged(folder: &Path, query: &str, max_open: usize) -> Vec<String> {
    let found = discover(&[folder.to_path_buf()]);
    let mut given = Vec::new();
    merge(found, &ReadOptions::default(), &filter(query), max_open, &mut |_| (), &mut |source, record| {
        given.push(format!("{source}:{:?}:{} {}", record.line, record.offset, record.text));
        ControlFlow::Continue(())
    });
    given
}

/// The same in memory: by the latest time so far of each log, the first included.
fn sorted(folder: &Path, query: &str) -> Vec<String> {
    let mut all = Vec::new();
    for (at, set) in discover(&[folder.to_path_buf()]).sets.into_iter().enumerate() {
        let mut first = None;
        let mut latest = None;
        let mut found = discover(&[]);
        found.sets.push(set);
        read_found(found, &ReadOptions::default(), &filter(""), &mut |_| (), &mut |source, record| {
            first = first.or(Some(record.timestamp));
            if filter(query).matches(record) {
                latest = latest.max(first.flatten()).max(record.carried);
                let text = format!("{source}:{:?}:{} {}", record.line, record.offset, record.text);
                all.push((latest, at, text));
            }
            ControlFlow::Continue(())
        });
    }
    all.sort_by_key(|(time, at, _)| (*time, *at));
    all.into_iter().map(|(.., text)| text).collect()
}

#[test]
fn the_order_does_not_depend_on_how_many_logs_may_be_open() {
    let folder = tempfile::tempdir().unwrap();
    for log in 0..9 {
        let mut text = String::new();
        for line in 0..100 {
            // Some of them step back in time.
            let second = (line * (log % 4 + 1) + log * 37 + if line % 50 == 7 { 60 } else { 0 }) % 3600;
            let (minute, second) = (second / 60, second % 60);
            match (log, line % 5) {
                (8, _) => writeln!(text, "[INFO] a log without times {line}"),
                (7, 1) => writeln!(text, "[10:{minute:02}:{second:02}] [INFO] a time alone {line}"),
                (_, 2) => writeln!(text, "  goes on {line}"),
                (_, 3) => writeln!(text, "[INFO] without a time {line}"),
                _ => writeln!(
                    text,
                    "2026-01-05 10:{minute:02}:{second:02},123 - app{log} - ERROR - {line} {}",
                    "x".repeat(90)
                ),
            }
            .unwrap();
        }
        let (old, live) = text.split_at(text.len() / 2);
        let border = live.find("\n2026").map_or(0, |at| at + 1);
        let (rest, live) = live.split_at(border);
        std::fs::write(folder.path().join(format!("{log}.log.1")), [old, rest].concat()).unwrap();
        std::fs::write(folder.path().join(format!("{log}.log")), live).unwrap();
    }
    for query in ["", "level:error", "goes"] {
        let all = merged(folder.path(), query, usize::MAX);

        assert!(all.len() > 50, "{query}");
        assert_eq!(sorted(folder.path(), query), all, "{query}");
        for max_open in [1, 4] {
            assert_eq!(all, merged(folder.path(), query, max_open), "{query} {max_open}");
        }
    }
}

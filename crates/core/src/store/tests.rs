use super::*;
use crate::query::Query;
use crate::timestamp::Timestamp;
use crate::zone::Zone;

fn messages(store: &LogStore) -> Vec<String> {
    let filter = Query::default().resolve(Timestamp::from_micros(0), &Zone::UTC);
    let rows = store.select(&filter);
    let window: Vec<serde_json::Value> = serde_json::from_str(&store.window(&rows, 0, rows.len())).unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap_or("-").to_owned();
    window.iter().map(|record| format!("{}|{}", text(&record["message"]), text(&record["exception"]))).collect()
}

#[test]
fn the_last_record_is_there_at_once_and_grows_in_its_place() {
    let mut store = LogStore::new(ReadOptions::default());

    store.append(b"[ERROR] failed\n");
    assert_eq!(vec!["failed|-"], messages(&store));

    store.append(b"Traceback (most recent call last):\n  File \"x.py\"\nValueEr");
    assert_eq!(vec!["failed|Traceback (most recent call last):\n  File \"x.py\""], messages(&store));

    store.append(b"ror: no\n[INFO] next\n");
    let trace = "failed|Traceback (most recent call last):\n  File \"x.py\"\nValueError: no";
    assert_eq!(vec![trace, "next|-"], messages(&store));
}

#[test]
fn records_of_several_sources_come_in_the_order_of_time() {
    let mut store = LogStore::new(ReadOptions::default());
    store.append_from("a.log", b"2026-01-05 10:00:00.000 [1] [INFO] first\n2026-01-05 10:00:02.000 [1] [INFO] third\n");
    store.append_from("b.log", b"2026-01-05 10:00:01.000 [2] [INFO] second\nno stamp of its own\n");

    assert_eq!(vec!["first|-", "second|-", "no stamp of its own|-", "third|-"], messages(&store));
}

#[test]
fn a_filter_that_needs_no_field_gives_what_reading_every_record_gives() {
    let mut store = LogStore::new(ReadOptions::default());
    store.append(b"2026-01-05 10:00:00.000 [1] [INFO] MSH-0105-A7F2 began\n");
    store.append(b"2026-01-05 10:00:01.000 [1] [ERROR] MSH-0105-A7F2 failed password=hunter2\n");
    store.append(b"2026-01-05 10:00:02.000 [1] [WARNING] IMP-0105-77AA slow\nno header\n");
    store.append(b"{\"ts\":\"2026-01-05T10:00:02Z\",\"level\":\"info\",\"component\":\"worker\",\"projectId\":\"p1\",\"msg\":\"m\"}\n");
    store.append(b"{\"timestamp\":\"2026-01-05T10:00:03Z\",\"level\":\"INFO\",\"logger\":\"app.mesh\",\"user_id\":8,\"message\":\"m\"}\n");
    store.append(b"{\"timestamp\":\"2026-01-05T10:00:03Z\",\"level\":\"INFO\",\"logger\":\"app.mesh\",\"user_id\":7,\"message\":\"m\"}\n");
    let now = Timestamp::parse("2026-01-05T10:00:03Z").unwrap();

    for text in [
        "job:msh-0105-a7f2",
        "level>=warning -job:*",
        "since:2s",
        "redacted:*",
        "slow OR level:info",
        "logger:app.* -user:7",
        "component:worker project:p1",
        "timestamp>2026-01-05T10:00:00Z logger:*",
        "",
    ] {
        let filter = Query::parse(text).unwrap().resolve(now, &Zone::UTC);
        let mut rows = Vec::new();
        for number in 0..store.len() {
            let (segment, index) = store.segments.locate(number).unwrap();
            if filter.matches(&store.record(&segment.columns.row(index), segment.text(index))) {
                rows.push(number);
            }
        }

        assert!(!filter.reads().record, "{text}");
        assert_eq!(Rows(rows), store.select(&filter), "{text}");
    }
    let reads = |text| Query::parse(text).unwrap().resolve(now, &Zone::UTC).reads().record;
    assert!(reads("pid:1") && reads("a OR -duration_ms>5") && reads("message:x"));
}

#[test]
fn a_source_that_begins_anew_keeps_its_records_and_counts_lines_from_one() {
    let mut store = LogStore::new(ReadOptions::default());
    store.append_from("a.log", b"[INFO] one\n[INFO] tw");
    store.begin("a.log", 0);
    store.append_from("a.log", b"[INFO] three\n");

    let rows = store.select(&Query::default().resolve(Timestamp::from_micros(0), &Zone::UTC));
    assert_eq!("[INFO] one\n[INFO] tw\n[INFO] three\n", store.text(&rows, 0, 3));
    assert!(store.window(&rows, 2, 1).contains(r#""line":1,"offset":0"#));

    store.begin("a.log", 900);
    store.append_from("a.log", b"[INFO] behind a gap\n");
    let rows = store.select(&Query::default().resolve(Timestamp::from_micros(0), &Zone::UTC));
    assert!(store.window(&rows, 3, 1).contains(r#""line":null,"offset":900"#));
}

#[test]
fn an_unfinished_last_line_counts_when_the_source_ends() {
    let mut store = LogStore::new(ReadOptions::default());
    store.append(b"[INFO] one\n[INFO] tw");
    assert_eq!(1, store.len());
    store.append(b"o");
    store.finish();

    assert_eq!(vec!["one|-", "two|-"], messages(&store));
}

/// A store of lines, and all its rows.
pub(super) fn store_of(lines: &[&str], options: ReadOptions) -> (LogStore, Rows) {
    let mut store = LogStore::new(options);
    for line in lines {
        store.append(format!("{line}\n").as_bytes());
    }
    store.finish();
    let rows = store.select(&Query::default().resolve(Timestamp::from_micros(0), &Zone::UTC));
    (store, rows)
}

/// A line of the process log so many seconds after ten o'clock.
fn at(second: usize, text: &str) -> String {
    format!("2026-01-05 10:{:02}:{:02}.000 [1] {text}\n", second / 60, second % 60)
}

fn everything(store: &LogStore) -> Rows {
    store.select(&Query::default().resolve(Timestamp::from_micros(0), &Zone::UTC))
}

#[test]
fn a_record_that_grows_between_those_of_another_source_is_one_record() {
    let mut store = LogStore::new(ReadOptions::default());
    store.append_from("a.log", at(0, "[ERROR] failed").as_bytes());
    let early = everything(&store);
    store.append_from("b.log", at(1, "[INFO] between").as_bytes());
    store.append_from("a.log", b"Traceback (most recent call last):\n");
    store.append_from("b.log", at(2, "[INFO] after").as_bytes());
    store.append_from("a.log", b"ValueError: no\n");

    let trace = "failed|Traceback (most recent call last):\nValueError: no";
    assert_eq!(vec![trace, "between|-", "after|-"], messages(&store));
    assert_eq!(3, store.len());
    assert_eq!(at(0, "[ERROR] failed"), store.text(&early, 0, 9), "an earlier selection shows what it selected");
}

#[test]
fn what_is_dropped_is_the_oldest_and_selections_made_before_give_fewer_rows() {
    let mut store = LogStore::new(ReadOptions::default()).bounded(2 * 1024 * 1024);
    for i in 0..20_000 {
        store.append(at(i % 3600, &format!("[INFO] MSH-0105-{:04X} step {i}", i / 10)).as_bytes());
    }
    let before = everything(&store);
    let size_bytes = store.size_bytes();

    let dropped = store.drop_oldest(size_bytes / 2);
    let after = everything(&store);

    assert!(store.size_bytes() <= size_bytes / 2 && dropped > 5_000, "{dropped}");
    assert_eq!((20_000, dropped), (store.len() + dropped, store.dropped()));
    assert_eq!((Some(0), Some(dropped)), (before.get(0), after.get(0)), "row numbers go on");
    assert_eq!("", store.text(&before, 0, dropped));
    assert_eq!(store.text(&after, 0, 100), store.text(&before, dropped, 100));
    assert_eq!(store.count_by_level(&after), store.count_by_level(&before));
    assert_eq!(Some(format!("MSH-0105-{:04X}", dropped / 10).as_str()), store.jobs().next());
    assert_eq!(after.len(), store.facet(&after, Facet::Job, usize::MAX).iter().map(|(_, count)| count).sum::<usize>());
    let job = Query::parse("job:MSH-0105-07CF").unwrap().resolve(Timestamp::from_micros(0), &Zone::UTC);
    assert_eq!(10, store.select(&job).len());
    assert!(store.window(&after, 0, 1).contains(&format!(r#""line":{},"#, dropped + 1)));

    store.append(b"  and its continuation\n");
    assert_eq!(20_000, store.len() + dropped);
    assert_eq!(0, store.drop_oldest(usize::MAX));
    store.drop_oldest(0);
    assert!(store.len() > 100, "the segment that is being filled stays");
}

#[test]
fn a_record_whose_beginning_was_dropped_is_there_once() {
    let mut store = LogStore::new(ReadOptions::default());
    store.append_from("a.log", at(0, "[ERROR] failed").as_bytes());
    for i in 0..3000 {
        store.append_from("b.log", at(i, "[INFO] of another source, and so on and on").as_bytes());
    }
    store.drop_oldest(store.size_bytes() / 2);
    let rest = store.len();
    store.append_from("a.log", b"Traceback (most recent call last):\nValueError: no\n");
    store.append_from("a.log", at(3500, "[INFO] next").as_bytes());

    assert_eq!(rest + 2, store.len());
    let trace = "failed|Traceback (most recent call last):\nValueError: no";
    assert_eq!(1, messages(&store).iter().filter(|message| message.as_str() == trace).count());
}

#[test]
fn a_record_longer_than_a_segment_is_kept_whole() {
    let mut store = LogStore::new(ReadOptions::default());
    let long = "x ".repeat(3 * 1024 * 1024);
    store.append(format!("[INFO] short\n[INFO] {long}\n[INFO] next\n").as_bytes());
    store.finish();

    let rows = everything(&store);
    assert_eq!(3, rows.len());
    assert_eq!(format!("[INFO] {long}\n"), store.text(&rows, 1, 1));
    assert_eq!("[INFO] next\n", store.text(&rows, 2, 1));
}

#[test]
fn the_cursor_of_a_source_says_where_its_next_bytes_stand() {
    let mut store = LogStore::new(ReadOptions::default());
    let log = at(0, "[INFO] one") + &at(1, "[INFO] two") + &at(2, "[INFO] three") + &"[INFO] more\n".repeat(30);
    for piece in log.as_bytes().chunks(100) {
        store.append_from("a.log", piece);
    }
    store.begin("tail.log", 900);
    store.append_from("tail.log", b"[INFO] from the middle\n");

    assert_eq!(Some(Cursor::of(log.as_bytes(), log.len() as u64)), store.cursor(Some("a.log")));
    assert_eq!(None, store.cursor(Some("tail.log")));
    assert_eq!(None, store.cursor(None));

    store.begin("a.log", 10_000);
    store.append_from("a.log", b"[INFO] behind a gap\n");
    assert_eq!(Some(Cursor::of(log.as_bytes(), 10_020)), store.cursor(Some("a.log")));

    store.begin("a.log", 0);
    store.append_from("a.log", b"[INFO] anew\n");
    assert_eq!(Some(Cursor::of(b"[INFO] anew\n", 12)), store.cursor(Some("a.log")));
}

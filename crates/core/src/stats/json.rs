//! Statistics as one JSON object.

use std::fmt::Write as _;

use super::{Counts, Place, Stats};
use crate::level::Level;
use crate::scan;
use crate::timestamp::Timestamp;

pub(super) fn push(stats: &Stats, json: &mut String) {
    let _ = write!(json, "{{\"records\":{}", stats.records());
    let span = stats.span();
    push_time("first", span.map(|(first, _)| first), json);
    push_time("last", span.map(|(_, last)| last), json);
    let _ = write!(json, ",\"undated\":{},\"levels\":{{", stats.undated());
    let names = Level::ALL.into_iter().map(Level::as_str).chain(["NONE"]);
    push_each(names.zip(stats.levels()), json, |(name, count), json| {
        let _ = write!(json, "\"{name}\":{count}");
    });
    json.push('}');
    for (key, tally) in [("formats", stats.formats()), ("loggers", stats.loggers())] {
        let _ = write!(json, ",\"{key}\":[");
        push_each(tally.into_iter(), json, |(name, count), json| {
            json.push('[');
            scan::push_string(name, json);
            let _ = write!(json, ",{count}]");
        });
        json.push(']');
    }
    push_slices(stats.slice_us(), &stats.slices(), usize::MAX, json);
    json.push_str(",\"requests\":");
    push_requests(stats, json);
    json.push_str(",\"slowest\":[");
    push_each(stats.slowest().iter(), json, |slow, json| {
        json.push_str("{\"ms\":");
        push_ms(slow.micros, json);
        push_text("field", &slow.field, json);
        push_text("message", &slow.message, json);
        push_time("timestamp", slow.time, json);
        push_place(&slow.place, json);
    });
    json.push_str("],\"errors\":[");
    push_each(stats.errors().into_iter(), json, |(shape, error), json| {
        json.push_str("{\"shape\":");
        scan::push_string(shape, json);
        let _ = write!(json, ",\"count\":{}", error.count);
        push_time("first", error.span.map(|(first, _)| first), json);
        push_time("last", error.span.map(|(_, last)| last), json);
        push_text("message", &error.message, json);
        push_place(&error.place, json);
    });
    json.push_str("]}");
}

fn push_requests(stats: &Stats, json: &mut String) {
    let Some(classes) = stats.requests() else { return json.push_str("null") };
    let _ = write!(json, "{{\"total\":{}", classes.iter().sum::<u64>());
    for (class, count) in (1..).zip(classes) {
        let _ = write!(json, ",\"{class}xx\":{count}");
    }
    let (slice_us, slices) = stats.request_slices();
    push_slices(slice_us, &slices, classes.len(), json);
    json.push_str(",\"paths\":[");
    push_each(stats.paths().into_iter(), json, |path, json| {
        json.push_str("{\"path\":");
        scan::push_string(&path.path, json);
        let _ = write!(json, ",\"count\":{},\"failed\":{}", path.count, path.failed);
        for (key, micros) in [("mean_ms", path.mean_us), ("longest_ms", path.longest_us)] {
            let _ = write!(json, ",\"{key}\":");
            match micros {
                Some(micros) => push_ms(micros, json),
                None => json.push_str("null"),
            }
        }
        json.push('}');
    });
    json.push_str("]}");
}

/// Appends slices with so many of their counts.
fn push_slices(slice_us: i64, slices: &[(Timestamp, Counts)], kinds: usize, json: &mut String) {
    let _ = write!(json, ",\"slice_ms\":{},\"slices\":[", slice_us / 1000);
    push_each(slices.iter(), json, |(begins, counts), json| {
        let _ = write!(json, "[\"{begins}\",[");
        push_each(counts.iter().take(kinds), json, |count, json| {
            let _ = write!(json, "{count}");
        });
        json.push_str("]]");
    });
    json.push(']');
}

fn push_each<T>(all: impl Iterator<Item = T>, json: &mut String, push: impl Fn(T, &mut String)) {
    for (i, one) in all.enumerate() {
        if i > 0 {
            json.push(',');
        }
        push(one, json);
    }
}

fn push_ms(micros: u64, json: &mut String) {
    let _ = write!(json, "{}.{:03}", micros / 1000, micros % 1000);
}

fn push_time(key: &str, time: Option<Timestamp>, json: &mut String) {
    let _ = match time {
        Some(time) => write!(json, ",\"{key}\":\"{time}\""),
        None => write!(json, ",\"{key}\":null"),
    };
}

fn push_text(key: &str, text: &str, json: &mut String) {
    let _ = write!(json, ",\"{key}\":");
    scan::push_string(text, json);
}

/// Appends where a record stands, and the end of the object that tells of it.
fn push_place(place: &Place, json: &mut String) {
    json.push_str(",\"source\":");
    match &place.source {
        Some(source) => scan::push_string(source, json),
        None => json.push_str("null"),
    }
    let _ = match place.line {
        Some(line) => write!(json, ",\"line\":{line}"),
        None => write!(json, ",\"line\":null"),
    };
    let _ = write!(json, ",\"offset\":{}}}", place.offset);
}

//! A story as one JSON object.

use std::fmt::Write as _;

use super::{Event, Look, Story};
use crate::scan;
use crate::timestamp::Timestamp;

pub(super) fn of(story: &Story, now: Timestamp, silent_us: i64) -> String {
    let Some(job) = story.summary() else { return "null".to_owned() };
    let mut json = job.to_json(now);
    json.pop(); // the brace, for there is more
    push_text("outcome", Some(story.outcome(now, silent_us).as_str()), &mut json);
    push_text("spec_id", story.spec_id(), &mut json);
    push_text("asset_id", story.asset_id(), &mut json);
    push_list("by_source", story.sources(), &mut json, |source, json| {
        json.push_str("{\"source\":");
        scan::push_string(&source.name, json);
        let pids: Vec<String> = source.pids.iter().map(i64::to_string).collect();
        let _ = write!(json, ",\"records\":{},\"pids\":[{}]}}", source.records, pids.join(","));
    });
    push_list("steps", story.steps(), &mut json, |step, json| {
        json.push_str("{\"name\":");
        scan::push_string(&step.name, json);
        match step.micros {
            Some(micros) => drop(write!(json, ",\"ms\":{}.{:03}}}", micros / 1000, micros % 1000)),
            None => json.push_str(",\"ms\":null}"),
        }
    });
    for (key, event) in [
        ("first_error_at", story.first_error()),
        ("last_error_at", story.last_error()),
        ("last_at", story.last()),
        ("successor", story.successor()),
    ] {
        let _ = write!(json, ",\"{key}\":");
        match event {
            Some(event) => push_event(event, &mut json),
            None => json.push_str("null"),
        }
    }
    let (after, count) = story.after();
    push_list("after", after, &mut json, push_event);
    let _ = write!(json, ",\"after_count\":{count}");
    push_list("evidence", &story.evidence(), &mut json, |(sign, event), json| {
        push_event(event, json);
        json.pop();
        push_text("sign", Some(sign.as_str()), json);
        json.push('}');
    });
    push_list("next", &story.next(now, silent_us), &mut json, push_look);
    json.push('}');
    json
}

fn push_event(event: &Event, json: &mut String) {
    json.push_str("{\"timestamp\":");
    match event.time {
        Some(time) => drop(write!(json, "\"{time}\"")),
        None => json.push_str("null"),
    }
    push_text("level", event.level.map(crate::Level::as_str), json);
    push_text("source", Some(&event.source), json);
    push_number("line", event.line, json);
    push_number("offset", Some(event.offset), json);
    push_text("speaker", event.speaker.as_deref(), json);
    push_number("pid", event.pid, json);
    push_text("message", Some(&event.message), json);
    push_text("reason", event.reason.as_deref(), json);
    push_text("exception", event.exception.as_deref(), json);
    push_text("code", event.code.as_deref(), json);
    json.push('}');
}

fn push_look(look: &Look, json: &mut String) {
    let _ = write!(json, "{{\"look\":\"{}\"", look.as_str());
    let mut push_times = |since: &Timestamp, until: Option<&Timestamp>| {
        let _ = write!(json, ",\"since\":\"{since}\"");
        if let Some(until) = until {
            let _ = write!(json, ",\"until\":\"{until}\"");
        }
    };
    match look {
        Look::AroundFailure { source, since, until } => {
            push_times(since, Some(until));
            push_text("source", Some(source), json);
        }
        Look::SameError { text } => push_text("text", Some(text), json),
        Look::Process { source, pid, since } => {
            push_times(since, None);
            push_text("source", Some(source), json);
            push_number("pid", *pid, json);
        }
        Look::System { since, until, pid } => {
            push_times(since, Some(until));
            push_number("pid", *pid, json);
        }
    }
    json.push('}');
}

fn push_list<T>(key: &str, all: &[T], json: &mut String, push: impl Fn(&T, &mut String)) {
    let _ = write!(json, ",\"{key}\":[");
    for (i, one) in all.iter().enumerate() {
        json.push_str(if i > 0 { "," } else { "" });
        push(one, json);
    }
    json.push(']');
}

fn push_text(key: &str, text: Option<&str>, json: &mut String) {
    let _ = write!(json, ",\"{key}\":");
    match text {
        Some(text) => scan::push_string(text, json),
        None => json.push_str("null"),
    }
}

fn push_number<N: std::fmt::Display>(key: &str, number: Option<N>, json: &mut String) {
    let _ = match number {
        Some(number) => write!(json, ",\"{key}\":{number}"),
        None => write!(json, ",\"{key}\":null"),
    };
}

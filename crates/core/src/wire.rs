//! The outside form of a record: one JSON line with every key always there, in a fixed order.

use crate::record::Record;
use crate::scan;

/// Appends a record to `out` as one JSON object without a line end.
///
/// The keys are `timestamp level logger component pid thread job_id project_id user_id status message exception fields
/// format source line offset`, in this order, null where the record has nothing; `source` is the caller's name for where
/// the record stands. Never fails.
///
/// ```
/// use jobtrail_core::{ReadOptions, parse_line, write_json};
///
/// let mut json = String::new();
/// write_json(&parse_line("[INFO] ready", &ReadOptions::default()), Some("worker.log"), &mut json);
/// assert!(json.starts_with(r#"{"timestamp":null,"level":"INFO","logger":null"#));
/// assert!(json.ends_with(r#""fields":{},"format":"panel","source":"worker.log","line":1,"offset":0}"#));
/// ```
pub fn write_json(record: &Record<'_>, source: Option<&str>, out: &mut String) {
    out.push_str("{\"timestamp\":");
    match record.timestamp {
        Some(timestamp) => {
            out.push('"');
            out.push_str(&timestamp.to_string());
            out.push('"');
        }
        None => out.push_str("null"),
    }
    push_text("level", record.level.map(crate::Level::as_str), out);
    push_text("logger", record.logger.as_deref(), out);
    push_text("component", record.component.as_deref(), out);
    push_number("pid", record.pid, out);
    push_text("thread", record.thread.as_deref(), out);
    push_text("job_id", record.job_id.as_deref(), out);
    push_text("project_id", record.project_id.as_deref(), out);
    push_text("user_id", record.user_id.as_deref(), out);
    push_text("status", record.status.as_deref(), out);
    push_text("message", Some(&record.message), out);
    push_text("exception", record.exception.as_deref(), out);
    push_key("fields", out);
    record.fields.push_json(out);
    push_text("format", Some(record.format), out);
    push_text("source", source, out);
    push_number("line", record.line, out);
    push_number("offset", Some(record.offset), out);
    out.push('}');
}

fn push_key(key: &str, out: &mut String) {
    out.push_str(",\"");
    out.push_str(key);
    out.push_str("\":");
}

fn push_text(key: &str, value: Option<&str>, out: &mut String) {
    push_key(key, out);
    match value {
        Some(text) => scan::push_string(text, out),
        None => out.push_str("null"),
    }
}

fn push_number<N: ToString>(key: &str, value: Option<N>, out: &mut String) {
    push_key(key, out);
    match value {
        Some(number) => out.push_str(&number.to_string()),
        None => out.push_str("null"),
    }
}

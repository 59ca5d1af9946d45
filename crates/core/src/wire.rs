//! The outside form of a record: one JSON line with every key always there, in a fixed order.

use crate::level::Level;
use crate::record::Record;
use crate::scan;
use crate::timestamp::Timestamp;

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
    Timestamp::push_json(record.timestamp, out);
    push_text(",\"level\":", record.level.map(Level::as_str), out);
    push_text(",\"logger\":", record.logger.as_deref(), out);
    push_text(",\"component\":", record.component.as_deref(), out);
    let pid_key = if record.pid.is_some_and(i64::is_negative) { ",\"pid\":-" } else { ",\"pid\":" };
    push_number(pid_key, record.pid.map(i64::unsigned_abs), out);
    push_text(",\"thread\":", record.thread.as_deref(), out);
    push_text(",\"job_id\":", record.job_id.as_deref(), out);
    push_text(",\"project_id\":", record.project_id.as_deref(), out);
    push_text(",\"user_id\":", record.user_id.as_deref(), out);
    push_text(",\"status\":", record.status.as_deref(), out);
    push_text(",\"message\":", Some(&record.message), out);
    push_text(",\"exception\":", record.exception.as_deref(), out);
    out.push_str(",\"fields\":");
    record.fields.push_json(out);
    push_text(",\"format\":", Some(record.format), out);
    push_text(",\"source\":", source, out);
    push_number(",\"line\":", record.line, out);
    push_number(",\"offset\":", Some(record.offset), out);
    out.push('}');
}

fn push_text(key: &str, value: Option<&str>, out: &mut String) {
    out.push_str(key);
    match value {
        Some(text) => scan::push_string(text, out),
        None => out.push_str("null"),
    }
}

fn push_number(key: &str, value: Option<u64>, out: &mut String) {
    out.push_str(key);
    match value {
        Some(number) => scan::push_number(number, out),
        None => out.push_str("null"),
    }
}

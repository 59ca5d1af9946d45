//! Records as CSV (RFC 4180): the wire form's names as the header, its values as cells.

use jobtrail_core::Record;

use super::lines::push_number;

/// The first line.
pub(super) const HEADER: &str = "timestamp,level,logger,component,pid,thread,job_id,project_id,user_id,status,message,\
                                 exception,fields,format,source,line,offset\n";

/// Appends a record as one row; what it lacks is an empty cell.
pub(super) fn push(source: &str, record: &Record<'_>, out: &mut String) {
    if let Some(time) = record.timestamp {
        time.push_text(out);
    }
    push_next(record.level.map_or("", |level| level.as_str()), out);
    push_next(record.logger.as_deref().unwrap_or_default(), out);
    push_next(record.component.as_deref().unwrap_or_default(), out);
    push_next(if record.pid.is_some_and(i64::is_negative) { "-" } else { "" }, out);
    if let Some(pid) = record.pid {
        push_number(pid.unsigned_abs(), out);
    }
    push_next(record.thread.as_deref().unwrap_or_default(), out);
    push_next(record.job_id.as_deref().unwrap_or_default(), out);
    push_next(record.project_id.as_deref().unwrap_or_default(), out);
    push_next(record.user_id.as_deref().unwrap_or_default(), out);
    push_next(record.status.as_deref().unwrap_or_default(), out);
    push_next(&record.message, out);
    push_next(record.exception.as_deref().unwrap_or_default(), out);
    push_next(&record.fields.to_json(), out);
    push_next(record.format, out);
    push_next(source, out);
    out.push(',');
    if let Some(line) = record.line {
        push_number(line, out);
    }
    out.push(',');
    push_number(record.offset, out);
    out.push('\n');
}

fn push_next(cell: &str, out: &mut String) {
    out.push(',');
    push_cell(cell, out);
}

/// Appends a cell, in quotes where it needs them.
pub(crate) fn push_cell(cell: &str, out: &mut String) {
    let is_marked =
        |byte: u8| u8::from(byte == b',') | u8::from(byte == b'"') | u8::from(byte == b'\n') | u8::from(byte == b'\r');
    if cell.bytes().fold(0, |any, byte| any | is_marked(byte)) == 0 {
        return out.push_str(cell);
    }
    out.push('"');
    for (at, part) in cell.split('"').enumerate() {
        if at > 0 {
            out.push_str("\"\"");
        }
        out.push_str(part);
    }
    out.push('"');
}

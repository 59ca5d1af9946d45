//! Records as CSV (RFC 4180): the wire form's names as the header, its values as cells.

use jobtrail_core::Record;

/// The first line.
pub(crate) const HEADER: &str = "timestamp,level,logger,component,pid,thread,job_id,project_id,user_id,status,message,\
                                 exception,fields,format,source,line,offset\n";

/// Appends a record as one row; what it lacks is an empty cell.
pub(crate) fn push(source: &str, record: &Record<'_>, out: &mut String) {
    let number = |number: Option<u64>| number.map(|number| number.to_string()).unwrap_or_default();
    let cells: [&str; 17] = [
        &record.timestamp.map(|time| time.to_string()).unwrap_or_default(),
        record.level.map_or("", |level| level.as_str()),
        record.logger.as_deref().unwrap_or_default(),
        record.component.as_deref().unwrap_or_default(),
        &record.pid.map(|pid| pid.to_string()).unwrap_or_default(),
        record.thread.as_deref().unwrap_or_default(),
        record.job_id.as_deref().unwrap_or_default(),
        record.project_id.as_deref().unwrap_or_default(),
        record.user_id.as_deref().unwrap_or_default(),
        record.status.as_deref().unwrap_or_default(),
        &record.message,
        record.exception.as_deref().unwrap_or_default(),
        &record.fields.to_json(),
        record.format,
        source,
        &number(record.line),
        &number(Some(record.offset)),
    ];
    for (at, cell) in cells.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        push_cell(cell, out);
    }
    out.push('\n');
}

/// Appends a cell, in quotes where it needs them.
pub(crate) fn push_cell(cell: &str, out: &mut String) {
    if cell.contains([',', '"', '\n', '\r']) {
        out.push('"');
        out.push_str(&cell.replace('"', "\"\""));
        out.push('"');
    } else {
        out.push_str(cell);
    }
}

//! Chosen columns of records as rows: CSV (RFC 4180) and JSON objects.

use std::borrow::Cow;

use jobtrail_core::json::{push_raw, push_string, text_of};
use jobtrail_core::{Record, Wants, write_json};

use super::csv;
use super::lines::{Lines, digits, push_number};
use super::style::STDIN;

/// One column: where its value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Column {
    Timestamp,
    Level,
    Logger,
    Component,
    Pid,
    Thread,
    JobId,
    ProjectId,
    UserId,
    Status,
    Message,
    Exception,
    Fields,
    Format,
    Source,
    Line,
    Offset,
    /// The record's own text.
    Text,
    /// What a path leads to in the fields.
    Field(String),
}

/// The columns of the wire form, in its order, and the record's own text.
const NAMED: [(&str, Column); 18] = [
    ("timestamp", Column::Timestamp),
    ("level", Column::Level),
    ("logger", Column::Logger),
    ("component", Column::Component),
    ("pid", Column::Pid),
    ("thread", Column::Thread),
    ("job_id", Column::JobId),
    ("project_id", Column::ProjectId),
    ("user_id", Column::UserId),
    ("status", Column::Status),
    ("message", Column::Message),
    ("exception", Column::Exception),
    ("fields", Column::Fields),
    ("format", Column::Format),
    ("source", Column::Source),
    ("line", Column::Line),
    ("offset", Column::Offset),
    ("text", Column::Text),
];

/// How cells of a CSV file are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cells {
    /// As they are.
    Plain,
    /// With a `'` in front of what a spreadsheet would take for a formula.
    Safe,
}

/// The columns of an export, in their order.
#[derive(Clone, Debug)]
pub(crate) struct Columns {
    columns: Vec<(String, Column)>,
    is_wire_form: bool,
}

/// A value of a record.
enum Value<'r> {
    Nothing,
    Text(Cow<'r, str>),
    Number(u64),
    /// A number of a line, counted from where the part of its log begins.
    Line(u64),
    Json(Cow<'r, str>),
}

impl Columns {
    /// Those of the wire form.
    pub(crate) fn wire_form() -> Self {
        let columns = NAMED.iter().filter(|(_, column)| *column != Column::Text);
        Self {
            columns: columns.map(|(name, column)| ((*name).to_owned(), column.clone())).collect(),
            is_wire_form: true,
        }
    }

    /// Reads `timestamp,level,fields.duration_ms`. Errors: the name that is no column.
    pub(crate) fn parse(list: &str) -> Result<Self, String> {
        let named = |name: &str| {
            let known = NAMED.iter().find(|(known, _)| *known == name).map(|(_, column)| column.clone());
            let path = name.strip_prefix("fields.").filter(|path| !path.is_empty());
            let column = known.or_else(|| path.map(|path| Column::Field(path.to_owned())));
            column.map(|column| (name.to_owned(), column)).ok_or_else(|| name.to_owned())
        };
        let columns = list.split(',').map(|name| named(name.trim())).collect::<Result<_, _>>()?;
        Ok(Self { columns, is_wire_form: false })
    }

    /// The names that are columns.
    pub(crate) fn known() -> String {
        NAMED.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
    }

    /// How much of a record they need.
    pub(crate) fn wants(&self) -> Wants {
        let needs = |(_, column): &(String, Column)| match column {
            Column::Timestamp | Column::Level | Column::Format | Column::Source | Column::Line | Column::Offset => {
                Wants::Head
            }
            Column::Fields | Column::Field(_) => Wants::All,
            _ => Wants::Columns,
        };
        self.columns.iter().map(needs).max().unwrap_or(Wants::Head)
    }

    /// Returns the first line of a CSV file.
    pub(crate) fn header(&self, cells: Cells) -> String {
        if self.is_wire_form {
            return csv::HEADER.to_owned();
        }
        let mut header = String::new();
        for (at, (name, _)) in self.columns.iter().enumerate() {
            if at > 0 {
                header.push(',');
            }
            push_cell(name, cells, &mut header);
        }
        header.push('\n');
        header
    }

    /// Appends a record as a row of CSV; what it lacks is an empty cell.
    pub(crate) fn push_csv(&self, source: &str, record: &Record<'_>, cells: Cells, rows: &mut Lines) {
        if self.is_wire_form && cells == Cells::Plain {
            csv::push(source, record, &mut rows.text);
            if let Some(line) = record.line {
                rows.counts_on(line, ",\n".len() + digits(record.offset));
            }
            return;
        }
        for (at, (_, column)) in self.columns.iter().enumerate() {
            if at > 0 {
                rows.text.push(',');
            }
            match value(column, source, record) {
                Value::Nothing => {}
                Value::Text(text) => push_cell(&text, cells, &mut rows.text),
                Value::Number(number) => push_number(number, &mut rows.text),
                Value::Line(line) => push_line(line, rows),
                Value::Json(raw) => push_cell(&text_of(&raw).unwrap_or(Cow::Borrowed(&raw)), cells, &mut rows.text),
            }
        }
        rows.text.push('\n');
    }

    /// Appends a record as a JSON object with the columns' names as keys, null for what it lacks.
    pub(crate) fn push_json(&self, source: &str, record: &Record<'_>, rows: &mut Lines) {
        if self.is_wire_form {
            write_json(record, (source != STDIN).then_some(source), &mut rows.text);
            if let Some(line) = record.line {
                let behind = ",\"offset\":}".len() + digits(record.offset);
                rows.counts_on(line, behind);
            }
        } else {
            rows.text.push('{');
            for (at, (name, column)) in self.columns.iter().enumerate() {
                if at > 0 {
                    rows.text.push(',');
                }
                push_string(name, &mut rows.text);
                rows.text.push(':');
                match value(column, source, record) {
                    Value::Nothing => rows.text.push_str("null"),
                    Value::Text(text) => push_string(&text, &mut rows.text),
                    Value::Number(number) => push_number(number, &mut rows.text),
                    Value::Line(line) => push_line(line, rows),
                    Value::Json(raw) => push_raw(&raw, &mut rows.text),
                }
            }
            rows.text.push('}');
        }
        rows.text.push('\n');
    }
}

fn value<'r>(column: &Column, source: &'r str, record: &'r Record<'_>) -> Value<'r> {
    let text = |text: Option<&'r Cow<'_, str>>| text.map_or(Value::Nothing, |text| Value::Text(Cow::Borrowed(&**text)));
    match column {
        Column::Timestamp => record.timestamp.map_or(Value::Nothing, |time| Value::Text(Cow::Owned(time.to_string()))),
        Column::Level => record.level.map_or(Value::Nothing, |level| Value::Text(Cow::Borrowed(level.as_str()))),
        Column::Logger => text(record.logger.as_ref()),
        Column::Component => text(record.component.as_ref()),
        Column::Pid => match record.pid.map(u64::try_from) {
            None => Value::Nothing,
            Some(Ok(pid)) => Value::Number(pid),
            Some(Err(_)) => Value::Json(Cow::Owned(record.pid.unwrap_or_default().to_string())),
        },
        Column::Thread => text(record.thread.as_ref()),
        Column::JobId => text(record.job_id.as_ref()),
        Column::ProjectId => text(record.project_id.as_ref()),
        Column::UserId => text(record.user_id.as_ref()),
        Column::Status => text(record.status.as_ref()),
        Column::Message => text(Some(&record.message)),
        Column::Exception => text(record.exception.as_ref()),
        Column::Fields => Value::Json(Cow::Owned(record.fields.to_json())),
        Column::Format => Value::Text(Cow::Borrowed(record.format)),
        Column::Source => Value::Text(Cow::Borrowed(source)),
        Column::Line => record.line.map_or(Value::Nothing, Value::Line),
        Column::Offset => Value::Number(record.offset),
        Column::Text => text(Some(&record.text)),
        Column::Field(path) => record.fields.at(path).map_or(Value::Nothing, |raw| Value::Json(Cow::Borrowed(raw))),
    }
}

/// Appends the number of a line, counted from where the part of its log begins.
fn push_line(line: u64, rows: &mut Lines) {
    push_number(line, &mut rows.text);
    rows.counts_on(line, 0);
}

fn push_cell(cell: &str, cells: Cells, out: &mut String) {
    if cells == Cells::Safe && is_formula(cell) {
        csv::push_cell(&format!("'{cell}"), out);
    } else {
        csv::push_cell(cell, out);
    }
}

/// Whether a spreadsheet may run a cell: it begins as a formula does (OWASP, "CSV Injection") and is no number.
fn is_formula(cell: &str) -> bool {
    cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && cell.parse::<f64>().is_err()
}

#[cfg(test)]
mod tests {
    use jobtrail_core::{ReadOptions, parse_line};

    use super::*;

    const LINE: &str = r#"{"timestamp": "2026-01-05T10:00:00Z", "level": "INFO", "logger": "=HYPERLINK(1)", "message": "a \"b\", c", "n": -5, "x": {"y": "\u00e9\n"}}"#;

    fn row(columns: &str, cells: Cells) -> String {
        let columns = Columns::parse(columns).unwrap();
        let mut rows = Lines::default();
        columns.push_csv("=s.log", &parse_line(LINE, &ReadOptions::default()), cells, &mut rows);
        columns.header(cells) + &rows.text
    }

    #[test]
    fn cells_are_quoted_where_they_must_be() {
        let shown = row("level,message,fields.n,fields.x.y,fields.x,fields.none,line,offset", Cells::Plain);

        let expected = "level,message,fields.n,fields.x.y,fields.x,fields.none,line,offset\n\
                        INFO,\"a \"\"b\"\", c\",-5,\"é\n\",\"{\"\"y\"\": \"\"\\u00e9\\n\"\"}\",,1,0\n";
        assert_eq!(expected, shown);
    }

    #[test]
    fn no_spreadsheet_runs_a_safe_cell() {
        assert_eq!("logger,source,fields.n\n=HYPERLINK(1),=s.log,-5\n", row("logger,source,fields.n", Cells::Plain));
        assert_eq!("logger,source,fields.n\n'=HYPERLINK(1),'=s.log,-5\n", row("logger,source,fields.n", Cells::Safe));
        for (cell, expected) in
            [("-2+3", "'-2+3"), ("+1.5e3", "+1.5e3"), ("@x,y", "\"'@x,y\""), ("a=b", "a=b"), ("", "")]
        {
            let mut out = String::new();
            push_cell(cell, Cells::Safe, &mut out);

            assert_eq!(expected, out);
        }
    }

    #[test]
    fn columns_are_named_or_stand_in_the_fields() {
        assert_eq!(17, Columns::wire_form().columns.len());
        assert_eq!(Some("none".to_owned()), Columns::parse("level, none").err());
        assert_eq!(Some("fields.".to_owned()), Columns::parse("fields.").err());
        assert_eq!(Some(String::new()), Columns::parse("").err());
        let wants = |list: &str| Columns::parse(list).unwrap().wants();
        assert_eq!(
            [Wants::Head, Wants::Columns, Wants::All],
            [wants("line,level"), wants("level,message"), wants("fields.a,line")]
        );
    }

    #[test]
    fn chosen_columns_are_the_keys_of_json() {
        let columns = Columns::parse("level,fields.n,fields.x,pid,line").unwrap();
        let mut rows = Lines::default();
        columns.push_json("s.log", &parse_line(LINE, &ReadOptions::default()), &mut rows);

        let expected = r#"{"level":"INFO","fields.n":-5,"fields.x":{"y": "\u00e9\n"},"pid":null,"line":1}"#;
        assert_eq!(format!("{expected}\n"), rows.text);
    }
}

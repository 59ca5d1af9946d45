//! Tests of a record's fields: which value a name stands for, and how it is compared.

use std::borrow::Cow;

use super::number::Number;
use super::text::{Glob, has_mask};
use super::time::Moment;
use super::{Reads, Typed};
use crate::level::Level;
use crate::record::Record;
use crate::scan;
use crate::timestamp::Timestamp;
use crate::zone::Zone;

/// A test of one field.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct FieldTest {
    /// The field's name; short forms are spelled out.
    pub(super) name: String,
    pub(super) check: Check,
}

/// What must hold of a field's value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Check {
    /// The value is one of these.
    OneOf(Vec<Glob>),
    /// The level is one of these.
    Levels(Vec<Level>),
    /// The level compares so.
    Rank(Order, Level),
    Number(Order, Typed<Number>),
    Time(Order, Typed<Moment>),
}

/// How two values compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Order {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Order::Less => "<",
            Order::LessOrEqual => "<=",
            Order::Greater => ">",
            Order::GreaterOrEqual => ">=",
        }
    }

    pub(super) fn holds<T: PartialOrd>(self, value: &T, than: &T) -> bool {
        match self {
            Order::Less => value < than,
            Order::LessOrEqual => value <= than,
            Order::Greater => value > than,
            Order::GreaterOrEqual => value >= than,
        }
    }
}

impl FieldTest {
    pub(super) fn resolved(mut self, now: Timestamp, zone: &Zone) -> Self {
        if let Check::Time(order, moment) = &mut self.check {
            let ends_late = matches!(order, Order::LessOrEqual | Order::Greater);
            let ends = if ends_late { Moment::last } else { Moment::first };
            moment.value = Moment::At(ends(moment.value, now, zone));
        }
        self
    }

    /// Returns what of a record the test asks for.
    pub(super) fn reads(&self) -> Reads {
        let nothing = Reads::default();
        match &self.check {
            Check::Levels(_) | Check::Rank(..) => nothing,
            Check::OneOf(_) if self.name == "redacted" => Reads { text: true, ..nothing },
            Check::OneOf(_) | Check::Number(..) | Check::Time(..) => match self.name.as_str() {
                "timestamp" | "level" => nothing,
                name if NAMES.contains(&name) => Reads { names: true, ..nothing },
                _ => Reads { record: true, ..nothing },
            },
        }
    }

    /// Whether it holds of a record; a time in a field that names no zone is read in `zone`.
    pub(super) fn matches(&self, record: &Record<'_>, zone: &Zone) -> bool {
        match &self.check {
            Check::Levels(levels) => record.level.is_some_and(|level| levels.contains(&level)),
            Check::Rank(order, than) => record.level.is_some_and(|level| order.holds(&level, than)),
            Check::OneOf(globs) if self.name == "redacted" => globs.iter().any(|glob| has_mask(&record.text, glob)),
            Check::OneOf(globs) => value(record, &self.name)
                .is_some_and(|value| globs.iter().any(|glob| glob.is_any() || glob.matches(&value))),
            Check::Number(order, than) => value(record, &self.name)
                .and_then(|value| Number::parse(value.trim()))
                .is_some_and(|number| order.holds(&number, &than.value)),
            Check::Time(order, moment) => {
                let time = if self.name == "timestamp" {
                    record.timestamp
                } else {
                    value(record, &self.name).and_then(|value| Timestamp::parse_in(&value, zone))
                };
                time.zip(moment.value.instant()).is_some_and(|(time, than)| order.holds(&time, &than))
            }
        }
    }
}

/// Names that a store keeps beside the text, so that no text has to be read for them.
///
/// Invariant: [`value`] looks for them in the record's columns only, and so it does for `timestamp` and `level`.
const NAMES: [&str; 5] = ["job_id", "logger", "component", "user_id", "project_id"];

impl Record<'_> {
    /// Returns the value that a name of the query language stands for: a part of the record, else a field, where dots go
    /// deeper. A string is given as what it says, anything else as its JSON text; null is none.
    ///
    /// ```
    /// use jobtrail_core::{ReadOptions, parse_line};
    ///
    /// let record = parse_line(r#"{"msg":"slow","pid":7,"data":{"step":"mesh"}}"#, &ReadOptions::default());
    ///
    /// assert_eq!(Some("7"), record.value("pid").as_deref());
    /// assert_eq!(Some("mesh"), record.value("data.step").as_deref());
    /// assert_eq!(None, record.value("data.size"));
    /// ```
    pub fn value(&self, name: &str) -> Option<Cow<'_, str>> {
        value(self, name)
    }
}

/// Returns the value that a name stands for: a column of the record, else a field, where dots go deeper.
fn value<'r>(record: &'r Record<'_>, name: &str) -> Option<Cow<'r, str>> {
    let column = match name {
        "timestamp" => return record.timestamp.map(|time| written(&|text| time.push_text(text))),
        "level" => return record.level.map(|level| Cow::Borrowed(level.as_str())),
        "job_id" => return text(record.job_id.as_ref()),
        "logger" => return text(record.logger.as_ref()),
        "component" => return text(record.component.as_ref()),
        "project_id" => return text(record.project_id.as_ref()),
        "user_id" => return text(record.user_id.as_ref()),
        "pid" => record.pid.map(|pid| {
            written(&|text| {
                text.push_str(if pid < 0 { "-" } else { "" });
                scan::push_number(pid.unsigned_abs(), text);
            })
        }),
        "line" => record.line.map(|line| written(&|text| scan::push_number(line, text))),
        "offset" => Some(written(&|text| scan::push_number(record.offset, text))),
        "message" => Some(Cow::Borrowed(&*record.message)),
        "format" => Some(Cow::Borrowed(record.format)),
        "thread" => text(record.thread.as_ref()),
        "status" => text(record.status.as_ref()),
        "exception" => text(record.exception.as_ref()),
        _ => None,
    };
    let in_fields = |path| record.fields.at(path).map(|raw| scan::text_of(raw).unwrap_or(Cow::Borrowed(raw)));
    // A member that is called as a column is: `fields.line`.
    column.or_else(|| in_fields(name)).or_else(|| in_fields(name.strip_prefix("fields.")?))
}

fn written<'r>(write: &dyn Fn(&mut String)) -> Cow<'r, str> {
    let mut text = String::new();
    write(&mut text);
    Cow::Owned(text)
}

fn text<'r>(column: Option<&'r Cow<'_, str>>) -> Option<Cow<'r, str>> {
    column.map(|text| Cow::Borrowed(&**text))
}

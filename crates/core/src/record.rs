//! The record: what every format becomes and everything else works on.

use std::borrow::Cow;

use crate::level::Level;
use crate::names::Names;
use crate::scan;
use crate::stamp::Stamp;
use crate::timestamp::Timestamp;

/// One record of a log, borrowed from its text where that is possible.
///
/// ```
/// use jobtrail_core::{Level, ReadOptions, parse_line};
///
/// let line = "2025-10-19 05:52:25.123 [1234] [INFO] Started MSH-0105-A7F2";
/// let record = parse_line(line, &ReadOptions::default());
///
/// assert_eq!(Some(Level::Info), record.level);
/// assert_eq!(Some("MSH-0105-A7F2"), record.job_id.as_deref());
/// assert_eq!(("process", "Started MSH-0105-A7F2"), (record.format, &*record.message));
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Record<'a> {
    /// The instant; none where the line has no stamp, or one without a date that nothing else supplies.
    pub timestamp: Option<Timestamp>,
    /// The record's own timestamp, else the last one before it in its source: what `since:` and `until:` compare. Not
    /// part of the record's JSON.
    pub carried: Option<Timestamp>,
    /// How grave it is.
    pub level: Option<Level>,
    /// The name inside the process: logger, target, category, tag.
    pub logger: Option<Cow<'a, str>>,
    /// The process or service.
    pub component: Option<Cow<'a, str>>,
    /// The process number.
    pub pid: Option<i64>,
    /// The thread's name or number.
    pub thread: Option<Cow<'a, str>>,
    /// The job, from a key or standing in the message.
    pub job_id: Option<Cow<'a, str>>,
    /// The project.
    pub project_id: Option<Cow<'a, str>>,
    /// The user.
    pub user_id: Option<Cow<'a, str>>,
    /// A job event's status.
    pub status: Option<Cow<'a, str>>,
    /// The text without the header.
    pub message: Cow<'a, str>,
    /// The stack trace: a JSON key, or the continuation lines.
    pub exception: Option<Cow<'a, str>>,
    /// Everything else.
    pub fields: Fields<'a>,
    /// The name of the format that took the line; `plain` where none did.
    pub format: &'static str,
    /// The 1-based number of the record's first line, known only where reading began at byte 0.
    pub line: Option<u64>,
    /// The byte of its source at which the record begins.
    pub offset: u64,
    /// The whole record as it is shown and searched: continuation lines included, redacted where reading redacts, ANSI
    /// codes and the last line end removed. Not part of the record's JSON.
    pub text: Cow<'a, str>,
}

impl Record<'_> {
    /// Returns a copy of the record with all its text its own: to keep one beyond the call it was handed to.
    pub fn to_static(&self) -> Record<'static> {
        Record {
            timestamp: self.timestamp,
            carried: self.carried,
            level: self.level,
            logger: own_part(self.logger.as_deref()),
            component: own_part(self.component.as_deref()),
            pid: self.pid,
            thread: own_part(self.thread.as_deref()),
            job_id: own_part(self.job_id.as_deref()),
            project_id: own_part(self.project_id.as_deref()),
            user_id: own_part(self.user_id.as_deref()),
            status: own_part(self.status.as_deref()),
            message: own(&self.message),
            exception: own_part(self.exception.as_deref()),
            fields: Fields(self.fields.0.iter().map(|(key, raw)| (own(key), own(raw))).collect()),
            format: self.format,
            line: self.line,
            offset: self.offset,
            text: own(&self.text),
        }
    }
}

/// One call for each part takes less of the browser's module than its code does.
#[inline(never)]
fn own_part(text: Option<&str>) -> Option<Cow<'static, str>> {
    text.map(own)
}

fn own(text: &str) -> Cow<'static, str> {
    Cow::Owned(text.to_owned())
}

/// Returns the value that `path` leads to from a member: the member itself, or `data.step` inside its object.
fn inside<'r>(key: &str, raw: &'r str, path: &str) -> Option<&'r str> {
    let rest = path.strip_prefix(key)?;
    if rest.is_empty() {
        return (raw != "null").then_some(raw);
    }
    let rest = rest.strip_prefix('.')?;
    if !raw.starts_with('{') {
        return None;
    }
    scan::members(raw)?.iter().find_map(|(key, raw)| inside(key, raw, rest))
}

/// The fields of a record that have no column of their own: keys in their order, each with its raw JSON value.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fields<'a>(Vec<(Cow<'a, str>, Cow<'a, str>)>);

impl<'a> Fields<'a> {
    /// Returns each key with its value as JSON text, in the order of the line.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, raw)| (&**key, &**raw))
    }

    /// Returns how many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the raw JSON value of a key.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.iter().find(|(known, _)| *known == key).map(|(_, raw)| raw)
    }

    /// Returns the raw JSON value that `path` leads to, dots going deeper: `data.step` is a member of that name, or `step`
    /// inside the object `data`. `None` where there is nothing, or null.
    ///
    /// ```
    /// use jobtrail_core::{ReadOptions, parse_line};
    ///
    /// let line = r#"{"timestamp": "2026-01-05T10:00:00Z", "level": "INFO", "message": "x", "data": {"step": 3}}"#;
    /// assert_eq!(Some("3"), parse_line(line, &ReadOptions::default()).fields.at("data.step"));
    /// ```
    pub fn at(&self, path: &str) -> Option<&str> {
        self.iter().find_map(|(key, raw)| inside(key, raw, path))
    }

    /// Returns the fields as one JSON object, `{}` where there are none.
    pub fn to_json(&self) -> String {
        let mut json = String::new();
        self.push_json(&mut json);
        json
    }

    pub(crate) fn push_json(&self, out: &mut String) {
        out.push('{');
        for (i, (key, raw)) in self.iter().enumerate() {
            if i > 0 {
                out.push(',');
            }
            scan::push_string(key, out);
            out.push(':');
            scan::push_raw(raw, out);
        }
        out.push('}');
    }

    /// Takes members in their order; of a key that stands twice the last value wins, at its first place.
    pub(crate) fn from_members(members: Vec<(Cow<'a, str>, Cow<'a, str>)>) -> Self {
        const FEW: usize = 24;
        let is_twice = |i: usize, key: &str| members.iter().take(i).any(|(earlier, _)| earlier == key);
        if members.len() <= FEW && !members.iter().enumerate().any(|(i, (key, _))| is_twice(i, key)) {
            return Self(members);
        }
        let mut keys = Names::default();
        let mut fields: Vec<(Cow<'a, str>, Cow<'a, str>)> = Vec::with_capacity(members.len());
        for (key, raw) in members {
            let place = keys.place(&key) as usize; // from 1 on
            match fields.get_mut(place.wrapping_sub(1)) {
                Some((_, old)) => *old = raw,
                None => fields.push((key, raw)),
            }
        }
        Self(fields)
    }

    /// Takes members of which no two have the same key.
    pub(crate) fn from_distinct(members: Vec<(Cow<'a, str>, Cow<'a, str>)>) -> Self {
        Self(members)
    }

    /// Adds a key that is not there yet, with a text.
    #[inline(never)]
    pub(crate) fn push_text(&mut self, key: &'static str, text: &str) {
        let mut raw = String::with_capacity(text.len() + 2);
        scan::push_string(text, &mut raw);
        self.0.push((Cow::Borrowed(key), Cow::Owned(raw)));
    }
}

/// What a format reads from a line: the record, its stamp not yet an instant.
#[derive(Clone, Debug, Default)]
pub(crate) struct Parsed<'a> {
    pub(crate) stamp: Option<Stamp>,
    pub(crate) record: Record<'a>,
}

/// What the first line of a record says before the rest is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) stamp: Option<Stamp>,
    pub(crate) level: Option<Level>,
    pub(crate) format: &'static str,
    /// The place of the layout of which the line is, where that is known.
    pub(crate) layout: Option<usize>,
    /// Whether all that the line says was caught by a pattern.
    pub(crate) is_caught: bool,
}

impl From<&Parsed<'_>> for Head {
    fn from(parsed: &Parsed<'_>) -> Self {
        Self {
            stamp: parsed.stamp,
            level: parsed.record.level,
            format: parsed.record.format,
            layout: None,
            is_caught: false,
        }
    }
}

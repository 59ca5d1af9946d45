//! The lines of the forms that `jobtrail.formatters` writes, byte for byte: `process`, `service`, `json`, `job`.

use pyo3::prelude::*;

use super::caller::Caller;
use super::clock::{Moment, TO_MILLISECONDS, TO_POINT, TO_SECONDS, Zone, push_stamp};
use super::digits::{push_number, push_three};
use super::fields::{Fields, Floats, push_json, push_json_text};
use super::known::{Known, LEVELS};
use super::raw::Value;

/// A form, and what of its line is the same in each record of a logger.
#[derive(PartialEq, Eq)]
pub(super) enum Form {
    /// `2025-10-19 05:52:25.123 [1234] [INFO] message`; what stands between time and message, by rank.
    Process([String; LEVELS.len()]),
    /// `2025-11-11 22:30:45 - job_processor - INFO - Processing job #123`; likewise.
    Service([String; LEVELS.len()]),
    /// A service's JSON; the logger's name as JSON.
    Json(String),
    /// A job's JSON; the component as JSON.
    Job(String),
}

/// Room for a record's parts, kept from record to record.
#[derive(Default)]
pub(super) struct Scratch {
    pub(super) line: String,
    pub(super) message: String,
    /// The IDs of a job's line, and all other fields, as members of a JSON object with a comma before each.
    ids: String,
    fields: String,
}

/// What is larger is not kept.
const KEPT: usize = 64 * 1024;

impl Scratch {
    pub(super) fn clear(&mut self) {
        for text in [&mut self.line, &mut self.message, &mut self.ids, &mut self.fields] {
            if text.capacity() > KEPT {
                *text = String::new();
            }
            text.clear();
        }
    }
}

const JOB_LEVELS: [&str; 5] = ["debug", "info", "warn", "error", "error"];

impl Form {
    /// Whether fields stand in its lines.
    pub(super) fn has_fields(&self) -> bool {
        matches!(self, Self::Json(_) | Self::Job(_))
    }

    /// Writes the fields down, before anything of the user's runs. None: one of them is not simple.
    pub(super) fn keep_fields(&self, fields: &Fields<'_, '_>, room: &mut Scratch) -> Option<()> {
        let mut project = None;
        let mut job = None;
        fields.each(|name, value| match (self, name) {
            (Self::Json(_), name) => {
                room.fields.push_str(", ");
                push_json_text(&mut room.fields, name);
                room.fields.push_str(": ");
                push_json(&mut room.fields, value, Floats::Python)
            }
            // Two spellings of one ID in one record are a matter for the formatter.
            (Self::Job(_), "projectId" | "project_id") if project.is_none() => {
                project = Some(json(value)?);
                Some(())
            }
            (Self::Job(_), "jobId" | "job_id") if job.is_none() => {
                job = Some(json(value)?);
                Some(())
            }
            (Self::Job(_), "projectId" | "project_id" | "jobId" | "job_id") => None,
            (Self::Job(_), name) => {
                room.fields.push(',');
                push_json_text(&mut room.fields, name);
                room.fields.push(':');
                push_json(&mut room.fields, value, Floats::JavaScript)
            }
            (Self::Process(_) | Self::Service(_), _) => Some(()),
        })?;
        for (key, value) in [(",\"projectId\":", project), (",\"jobId\":", job)] {
            if let Some(value) = value {
                room.ids.push_str(key);
                room.ids.push_str(&value);
            }
        }
        Some(())
    }

    /// Whether its lines are text: a head, and then the message to the line's end.
    #[inline]
    pub(super) fn is_text(&self) -> bool {
        matches!(self, Self::Process(_) | Self::Service(_))
    }

    /// Whether the head of its lines holds nothing but times, numbers and levels, in which nothing can hide.
    #[inline]
    pub(super) fn has_clean_head(&self) -> bool {
        matches!(self, Self::Process(_))
    }

    /// Begins a line of text, up to its message.
    #[inline]
    pub(super) fn push_head(
        &self,
        py: Python<'_>,
        known: &Known,
        rank: usize,
        moment: Moment,
        out: &mut String,
    ) -> Option<()> {
        let (heads, length) = match self {
            Self::Process(heads) => (heads, TO_MILLISECONDS),
            Self::Service(heads) => (heads, TO_SECONDS),
            Self::Json(_) | Self::Job(_) => return None,
        };
        push_stamp(py, out, moment, Zone::Local, length, known)?;
        out.push_str(heads.get(rank)?);
        Some(())
    }

    /// Makes a line of JSON, without its end, of what is in `room`.
    pub(super) fn push_object(
        &self,
        py: Python<'_>,
        known: &Known,
        rank: usize,
        moment: Moment,
        room: &mut Scratch,
    ) -> Option<()> {
        let (_, level) = LEVELS.get(rank)?;
        let Scratch { line: out, message, ids, fields } = room;
        match self {
            Self::Process(_) | Self::Service(_) => return None,
            Self::Json(name) => {
                let caller = Caller::find(py, known)?;
                out.push_str("{\"timestamp\": \"");
                push_stamp(py, out, moment, Zone::Utc, TO_POINT, known)?;
                push_three(out, moment.microsecond / 1000);
                push_three(out, moment.microsecond % 1000);
                push_all(out, ["Z\", \"level\": \"", level, "\", \"logger\": ", name, ", \"message\": "]);
                push_json_text(out, message);
                out.push_str(", \"module\": ");
                push_json_text(out, caller.module()?);
                out.push_str(", \"function\": ");
                push_json_text(out, caller.function()?);
                out.push_str(", \"line\": ");
                push_number(out, caller.line.into());
                push_all(out, [fields, "}"]);
            }
            Self::Job(component) => {
                out.push_str("{\"ts\":\"");
                push_stamp(py, out, moment, Zone::Utc, TO_MILLISECONDS, known)?;
                let level = JOB_LEVELS.get(rank)?;
                push_all(out, ["Z\",\"level\":\"", level, "\",\"component\":", component, ids, ",\"msg\":"]);
                push_json_text(out, message);
                if let Some(first) = fields.get(1..) {
                    push_all(out, [",\"data\":{", first, "}"]);
                }
                out.push('}');
            }
        }
        Some(())
    }
}

fn json(value: Value<'_, '_>) -> Option<String> {
    let mut out = String::new();
    push_json(&mut out, value, Floats::Python)?;
    Some(out)
}

#[inline]
fn push_all<const N: usize>(out: &mut String, parts: [&str; N]) {
    for part in parts {
        out.push_str(part);
    }
}

/// Indents what follows the first line of a message that stands in `out` from `at` on, so that it cannot begin a second
/// record. False: there was nothing to do.
#[inline]
pub(super) fn indent(out: &mut String, at: usize) -> bool {
    let Some(message) = out.get(at..) else { return false };
    if memchr::memchr2(b'\n', b'\r', message.as_bytes()).is_none() {
        return false;
    }
    let message = out.split_off(at);
    let mut rest = message.as_str();
    while let Some(at) = memchr::memchr2(b'\n', b'\r', rest.as_bytes()) {
        let (line, end) = rest.split_at(at);
        push_all(out, [line, "\n    "]);
        rest = end.strip_prefix("\r\n").or_else(|| end.get(1..)).unwrap_or_default();
    }
    out.push_str(rest);
    true
}

//! JSON lines: `events` (the mesh service), `json` (the image service and any other object), `job` (the studio
//! service), `redis` (the desktop suite's list entries).
//!
//! One reader takes every object: a table says which keys stand for which part of the record, in any spelling
//! (`jobId`, `job_id`, `job-id`), and the rest stays in `fields`. The dialects differ only in the name they get.

use std::borrow::Cow;

use crate::level::Level;
use crate::record::{Fields, Parsed, Record};
use crate::scan;
use crate::stamp::{self, Stamp};

pub(super) const FORMATS: &[(&str, &str)] = &[
    (
        "events",
        r#"{"timestamp": "2026-01-01T07:01:43.915216Z", "job_id": "MSH-0101-DB63", "status": "completed", "details": {"node_count": 5000}}"#,
    ),
    (
        "json",
        r#"{"timestamp": "2025-11-11T22:30:45.123456Z", "level": "INFO", "logger": "job_processor", "message": "Processing", "module": "jobs", "function": "run", "line": 42, "job_id": 7}"#,
    ),
    (
        "job",
        r#"{"ts":"2026-01-05T14:30:01.123Z","level":"info","component":"worker","projectId":"p1","jobId":"j1","msg":"started","data":{"steps":3}}"#,
    ),
    (
        "redis",
        r#"{"timestamp":1734470400000,"type":"info","message":"Processing data (45%)","metadata":{"progress":45,"step":"analysis"}}"#,
    ),
];

/// The parts of a record that keys stand for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Timestamp,
    Level,
    Logger,
    Component,
    Pid,
    Thread,
    Job,
    Project,
    User,
    Status,
    Message,
    Exception,
}

const ROLES: usize = Role::Exception as usize + 1;

/// Returns the part that a key stands for and its rank: of two keys for one part the lower rank wins, then the later.
fn role(key: &str) -> Option<(Role, u8)> {
    const LONGEST: usize = 24;
    let mut buffer = [0_u8; LONGEST];
    let mut length = 0;
    for byte in key.bytes().filter(|b| !matches!(b, b'_' | b'-' | b'.' | b'@')) {
        *buffer.get_mut(length)? = byte.to_ascii_lowercase();
        length += 1;
    }
    Some(match buffer.get(..length)? {
        b"timestamp" => (Role::Timestamp, 0),
        b"ts" | b"time" => (Role::Timestamp, 1),
        b"datetime" | b"asctime" | b"date" => (Role::Timestamp, 2),
        b"level" | b"loglevel" => (Role::Level, 0),
        b"levelname" | b"severity" | b"lvl" => (Role::Level, 1),
        b"levelno" | b"priority" => (Role::Level, 2),
        b"type" => (Role::Level, 3),
        b"message" => (Role::Message, 0),
        b"msg" => (Role::Message, 1),
        b"event" => (Role::Message, 2),
        b"logger" | b"loggername" => (Role::Logger, 0),
        b"name" | b"target" | b"category" => (Role::Logger, 1),
        b"component" => (Role::Component, 0),
        b"service" | b"servicename" => (Role::Component, 1),
        b"pid" | b"processid" => (Role::Pid, 0),
        b"process" => (Role::Pid, 1),
        b"thread" | b"threadname" => (Role::Thread, 0),
        b"jobid" => (Role::Job, 0),
        b"job" => (Role::Job, 1),
        b"projectid" => (Role::Project, 0),
        b"project" => (Role::Project, 1),
        b"userid" => (Role::User, 0),
        b"user" => (Role::User, 1),
        b"status" => (Role::Status, 0),
        b"exception" => (Role::Exception, 0),
        b"excinfo" | b"stack" | b"stacktrace" | b"traceback" | b"errorstack" | b"errorstacktrace" => {
            (Role::Exception, 1)
        }
        _ => return None,
    })
}

pub(super) fn parse(line: &str) -> Option<Parsed<'_>> {
    if !line.starts_with('{') {
        return None;
    }
    let members = scan::members(line.trim_end())?;
    let pino = looks_like_pino(&members);
    let mut best = Best::default();
    let roles: Vec<Option<Role>> = members
        .iter()
        .enumerate()
        .map(|(i, (key, raw))| {
            let (role, rank) = role(key)?;
            // A null says that there is nothing: any other key's value goes before it.
            let is_null = *raw == "null";
            let rank = if is_null { u8::MAX } else { rank };
            if best.would_take(role, rank) && (is_null || fits(role, key, raw, pino)) {
                best.take(role, rank, i);
            }
            Some(role)
        })
        .collect();
    let at = |role: Role| members.get(best.place(role)?);
    let scalar = |role| at(role).and_then(|(_, raw)| text_of_scalar(raw));
    let mut record = Record {
        level: at(Role::Level).and_then(|(key, raw)| level(key, raw, pino)),
        logger: scalar(Role::Logger),
        component: scalar(Role::Component),
        pid: at(Role::Pid).and_then(|(_, raw)| raw.parse().ok()),
        thread: scalar(Role::Thread),
        job_id: scalar(Role::Job),
        project_id: scalar(Role::Project),
        user_id: scalar(Role::User),
        status: scalar(Role::Status),
        message: scalar(Role::Message).unwrap_or_default(),
        exception: scalar(Role::Exception),
        ..Record::default()
    };
    let stamp = at(Role::Timestamp).and_then(|(_, raw)| stamp(raw));
    let has_message = at(Role::Message).is_some();
    record.format = dialect(&members, &record, has_message);
    // A key whose last value became a part of the record is no field, nor are its earlier values.
    let is_part = |role: Role, key: &str| at(role).is_some_and(|(taken, _)| taken == key);
    let rest = members.iter().zip(&roles).filter(|((key, _), role)| !role.is_some_and(|role| is_part(role, key)));
    record.fields = Fields::from_members(rest.map(|((key, raw), _)| (key.clone(), Cow::Borrowed(*raw))).collect());
    if record.format == "events" {
        record.message = Cow::Owned(event_message(&record));
    }
    Some(Parsed { stamp, record })
}

/// For each part of a record the best member found so far: its rank and its place.
#[derive(Default)]
struct Best([Option<(u8, usize)>; ROLES]);

impl Best {
    fn would_take(&self, role: Role, rank: u8) -> bool {
        self.0.get(role as usize).copied().flatten().is_none_or(|(taken, _)| rank <= taken)
    }

    fn take(&mut self, role: Role, rank: u8, place: usize) {
        if let Some(slot) = self.0.get_mut(role as usize) {
            *slot = Some((rank, place));
        }
    }

    fn place(&self, role: Role) -> Option<usize> {
        self.0.get(role as usize).copied().flatten().map(|(_, place)| place)
    }
}

/// Whether a value can stand for the part that its key names; one that cannot stays in `fields`.
fn fits(role: Role, key: &str, raw: &str, pino: bool) -> bool {
    let is_text = raw.starts_with('"');
    match role {
        Role::Timestamp => stamp(raw).is_some(),
        Role::Level => level(key, raw, pino).is_some(),
        Role::Pid => raw.parse::<i64>().is_ok(),
        Role::Status | Role::Message | Role::Exception | Role::Logger | Role::Component => is_text,
        Role::Thread | Role::Job | Role::Project | Role::User => text_of_scalar(raw).is_some(),
    }
}

fn stamp(raw: &str) -> Option<Stamp> {
    match scan::text_of(raw) {
        Some(text) => stamp::whole(text.trim()),
        None => stamp::epoch(raw).map(Stamp::Instant),
    }
}

fn level(key: &str, raw: &str, pino: bool) -> Option<Level> {
    if let Some(name) = scan::text_of(raw) {
        return Level::parse(&name);
    }
    let number = raw.parse().ok()?;
    match key {
        "levelno" => Level::from_python(number),
        "PRIORITY" => Level::from_syslog(number),
        "level" if pino => Level::from_pino(number),
        _ => None,
    }
}

/// pino and bunyan write `level` as a number beside `time` and the host or process.
fn looks_like_pino(members: &[(Cow<'_, str>, &str)]) -> bool {
    let has = |wanted: &str| members.iter().any(|(key, _)| key == wanted);
    has("time") && (has("pid") || has("hostname"))
}

fn text_of_scalar(raw: &str) -> Option<Cow<'_, str>> {
    match raw.as_bytes().first()? {
        b'"' => scan::text_of(raw),
        b'{' | b'[' | b'n' => None,
        _ => Some(Cow::Borrowed(raw)),
    }
}

fn dialect(members: &[(Cow<'_, str>, &str)], record: &Record<'_>, has_message: bool) -> &'static str {
    let has = |wanted: &str| members.iter().any(|(key, _)| key == wanted);
    if !has_message && has("timestamp") && has("job_id") && record.status.is_some() {
        "events"
    } else if has("ts") && has("msg") && has("component") && record.level.is_some() {
        "job"
    } else if has("timestamp") && has("type") && has("message") && !has("level") && record.level.is_some() {
        "redis"
    } else {
        "json"
    }
}

/// Returns what the service's console prints for the same event behind its job ID: `MESH | started | bracket.step |
/// Strategy: fast`, `UPDATE | completed`.
fn event_message(record: &Record<'_>) -> String {
    let text = |key: &str| record.fields.get(key).and_then(text_of_scalar);
    let kind = text("job_type").map_or_else(|| "UPDATE".to_owned(), |kind| kind.to_ascii_uppercase());
    let mut parts = vec![kind, record.status.as_deref().unwrap_or_default().to_owned()];
    parts.extend(text("filename").map(Cow::into_owned));
    match parts.first().map(String::as_str) {
        Some("IMPORT") => parts.extend(text("user_email").map(|user| format!("User: {user}"))),
        _ => parts.extend(text("strategy").map(|strategy| format!("Strategy: {strategy}"))),
    }
    parts.join(" | ")
}

//! JSON lines: `events` (the mesh service), `json` (the image service and any other object), `job` (the studio
//! service), `redis` (the desktop suite's list entries).
//!
//! One reader takes every object: a table says which keys stand for which part of the record, in any spelling
//! (`jobId`, `job_id`, `job-id`), and the rest stays in `fields`. The dialects differ only in the name they get.
//! `layout.rs` reads lines whose keys stand in an order that is known already.

mod layout;
mod minute;

use std::borrow::Cow;

use crate::level::Level;
use crate::record::{Fields, Parsed, Record};
use crate::scan;
use crate::stamp::{self, Stamp};

pub(crate) use layout::{Layout, Member};
pub(crate) use minute::Minute;

pub(super) const EXAMPLES: &[(&str, &str)] = &[
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    let name = buffer.get(..length)?;
    let (_, role, rank) = KEYS.iter().find(|(key, ..)| key.as_bytes() == name)?;
    Some((*role, *rank))
}

/// Every key that stands for a part, spelled without `_-.@` and in lower case, with its rank.
const KEYS: &[(&str, Role, u8)] = &[
    ("timestamp", Role::Timestamp, 0),
    ("ts", Role::Timestamp, 1),
    ("time", Role::Timestamp, 1),
    ("datetime", Role::Timestamp, 2),
    ("asctime", Role::Timestamp, 2),
    ("date", Role::Timestamp, 2),
    ("level", Role::Level, 0),
    ("loglevel", Role::Level, 0),
    ("levelname", Role::Level, 1),
    ("severity", Role::Level, 1),
    ("lvl", Role::Level, 1),
    ("levelno", Role::Level, 2),
    ("priority", Role::Level, 2),
    ("type", Role::Level, 3),
    ("message", Role::Message, 0),
    ("msg", Role::Message, 1),
    ("event", Role::Message, 2),
    ("logger", Role::Logger, 0),
    ("loggername", Role::Logger, 0),
    ("name", Role::Logger, 1),
    ("target", Role::Logger, 1),
    ("category", Role::Logger, 1),
    ("component", Role::Component, 0),
    ("service", Role::Component, 1),
    ("servicename", Role::Component, 1),
    ("pid", Role::Pid, 0),
    ("processid", Role::Pid, 0),
    ("process", Role::Pid, 1),
    ("thread", Role::Thread, 0),
    ("threadname", Role::Thread, 0),
    ("jobid", Role::Job, 0),
    ("job", Role::Job, 1),
    ("projectid", Role::Project, 0),
    ("project", Role::Project, 1),
    ("userid", Role::User, 0),
    ("user", Role::User, 1),
    ("status", Role::Status, 0),
    ("exception", Role::Exception, 0),
    ("excinfo", Role::Exception, 1),
    ("stack", Role::Exception, 1),
    ("stacktrace", Role::Exception, 1),
    ("traceback", Role::Exception, 1),
    ("errorstack", Role::Exception, 1),
    ("errorstacktrace", Role::Exception, 1),
];

pub(super) fn parse(line: &str) -> Option<Parsed<'_>> {
    if !line.starts_with('{') {
        return None;
    }
    let members = scan::members(line.trim_end())?;
    let choice = Choice::of(&members);
    let mut parsed = Parsed::default();
    let mut rest = Vec::with_capacity(members.len());
    for (i, ((key, raw), role)) in members.iter().zip(&choice.roles).enumerate() {
        let taken = role.and_then(|role| Some((role, choice.best.place(role)?)));
        match taken {
            Some((Role::Timestamp, place)) if place == i => parsed.stamp = Value::of(raw).stamp(),
            Some((role, place)) if place == i => set(&mut parsed.record, role, key, Value::of(raw), choice.is_pino),
            // A key whose last value became a part of the record is no field, nor are its earlier values.
            Some((_, place)) if members.get(place).is_some_and(|(taken, _)| taken == key) => {}
            _ => rest.push((key.clone(), Cow::Borrowed(*raw))),
        }
    }
    parsed.record.format = dialect(&members, &parsed.record, choice.best.place(Role::Message).is_some());
    parsed.record.fields = Fields::from_members(rest);
    if parsed.record.format == EVENTS {
        parsed.record.message = Cow::Owned(event_message(&parsed.record));
    }
    Some(parsed)
}

/// Which members of an object become parts of the record.
struct Choice {
    best: Best,
    /// The part that each member's key stands for.
    roles: Vec<Option<Role>>,
    is_pino: bool,
}

impl Choice {
    fn of(members: &[(Cow<'_, str>, &str)]) -> Self {
        let is_pino = looks_like_pino(members);
        let mut best = Best::default();
        let choose = |(i, (key, raw)): (usize, &(Cow<'_, str>, &str))| {
            let (role, rank) = role(key)?;
            // A null says that there is nothing: any other key's value goes before it.
            let is_null = *raw == "null";
            let rank = if is_null { u8::MAX } else { rank };
            if best.would_take(role, rank) && (is_null || fits(role, key, raw, is_pino)) {
                best.take(role, rank, i);
            }
            Some(role)
        };
        let roles = members.iter().enumerate().map(choose).collect();
        Self { best, roles, is_pino }
    }
}

/// A member's value.
enum Value<'a> {
    /// What a string says.
    Text(Cow<'a, str>),
    /// Anything else as it stands.
    Raw(&'a str),
}

impl<'a> Value<'a> {
    fn of(raw: &'a str) -> Self {
        scan::text_of(raw).map_or(Value::Raw(raw), Value::Text)
    }

    fn stamp(&self) -> Option<Stamp> {
        match self {
            Value::Text(text) => stamp::whole(text.trim()),
            Value::Raw(raw) => stamp::epoch(raw).map(Stamp::Instant),
        }
    }

    fn level(&self, key: &str, is_pino: bool) -> Option<Level> {
        let number = match self {
            Value::Text(name) => return Level::parse(name),
            Value::Raw(raw) => raw.parse().ok()?,
        };
        match key {
            "levelno" => Level::from_python(number),
            "PRIORITY" => Level::from_syslog(number),
            "level" if is_pino => Level::from_pino(number),
            _ => None,
        }
    }

    fn pid(&self) -> Option<i64> {
        match self {
            Value::Text(_) => None,
            Value::Raw(raw) => raw.parse().ok(),
        }
    }

    /// The text of a string, or a number, `true` or `false` as it stands.
    fn scalar(self) -> Option<Cow<'a, str>> {
        match self {
            Value::Text(text) => Some(text),
            Value::Raw(raw) => is_scalar(raw).then_some(Cow::Borrowed(raw)),
        }
    }
}

/// Whether a raw value says something and is no object or array.
fn is_scalar(raw: &str) -> bool {
    !matches!(raw.as_bytes().first(), None | Some(b'{' | b'[' | b'n'))
}

/// Makes a value a part of the record; its time is not, as long as the day is not known.
fn set<'a>(record: &mut Record<'a>, role: Role, key: &str, value: Value<'a>, is_pino: bool) {
    match role {
        Role::Timestamp => {}
        Role::Level => record.level = value.level(key, is_pino),
        Role::Pid => record.pid = value.pid(),
        Role::Logger => record.logger = value.scalar(),
        Role::Component => record.component = value.scalar(),
        Role::Thread => record.thread = value.scalar(),
        Role::Job => record.job_id = value.scalar(),
        Role::Project => record.project_id = value.scalar(),
        Role::User => record.user_id = value.scalar(),
        Role::Status => record.status = value.scalar(),
        Role::Message => record.message = value.scalar().unwrap_or_default(),
        Role::Exception => record.exception = value.scalar(),
    }
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
fn fits(role: Role, key: &str, raw: &str, is_pino: bool) -> bool {
    match role {
        Role::Timestamp => Value::of(raw).stamp().is_some(),
        Role::Level => Value::of(raw).level(key, is_pino).is_some(),
        Role::Pid => Value::of(raw).pid().is_some(),
        Role::Status | Role::Message | Role::Exception | Role::Logger | Role::Component => raw.starts_with('"'),
        Role::Thread | Role::Job | Role::Project | Role::User => is_scalar(raw),
    }
}

/// pino and bunyan write `level` as a number beside `time` and the host or process.
fn looks_like_pino(members: &[(Cow<'_, str>, &str)]) -> bool {
    let has = |wanted: &str| members.iter().any(|(key, _)| key == wanted);
    has("time") && (has("pid") || has("hostname"))
}

/// The dialect whose records have no message of their own.
const EVENTS: &str = "events";

fn dialect(members: &[(Cow<'_, str>, &str)], record: &Record<'_>, has_message: bool) -> &'static str {
    let has = |wanted: &str| members.iter().any(|(key, _)| key == wanted);
    if !has_message && has("timestamp") && has("job_id") && record.status.is_some() {
        EVENTS
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
    let text = |key: &str| record.fields.get(key).and_then(|raw| Value::of(raw).scalar());
    let kind = text("job_type").unwrap_or(Cow::Borrowed("UPDATE")).to_ascii_uppercase();
    let (key, before) = if kind == "IMPORT" { ("user_email", " | User: ") } else { ("strategy", " | Strategy: ") };
    let mut message = kind;
    for (before, part) in [(" | ", record.status.clone()), (" | ", text("filename")), (before, text(key))] {
        if let Some(part) = part {
            message.push_str(before);
            message.push_str(&part);
        }
    }
    message
}

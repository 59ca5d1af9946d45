//! JSON lines: `events` (the mesh service), `json` (the image service and any other object), `job` (the studio
//! service), `redis` (the desktop suite's list entries), and the dialects of [`DIALECTS`].
//!
//! Specification: the defaults of each logger, ECS 8 `log.*`, GELF 1.1, OpenTelemetry's log data model, CLEF,
//! `systemd.journal-fields(7)`, `MongoDB` 4.4 "Log Messages".
//!
//! One reader takes every object: a table says which keys stand for which part of the record, in any spelling
//! (`jobId`, `job_id`, `job-id`), and the rest stays in `fields`. The dialects differ only in the name they get.
//! `layout.rs` reads lines whose keys stand in an order that is known already.

mod keys;
mod layout;
mod minute;

use std::borrow::Cow;

use crate::level::Level;
use crate::record::{Fields, Parsed, Record};
use crate::scan;
use crate::stamp::{self, Stamp};

use keys::{ROLES, Role, role};
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
    (
        "loguru-json",
        r#"{"text": "Started\n", "record": {"level": {"icon": "i", "name": "INFO", "no": 20}, "message": "Started", "name": "app.jobs", "process": {"id": 12, "name": "MainProcess"}, "thread": {"id": 7, "name": "MainThread"}, "time": {"repr": "2026-01-05 14:30:01.123456+00:00", "timestamp": 1767623401.123456}}}"#,
    ),
    (
        "bunyan",
        r#"{"name":"app","hostname":"h1","pid":12,"level":30,"msg":"started","time":"2026-01-05T14:30:01.123Z","v":0}"#,
    ),
    ("pino", r#"{"level":30,"time":1767623401123,"pid":12,"hostname":"h1","msg":"started"}"#),
    (
        "tracing-json",
        r#"{"timestamp":"2026-01-05T14:30:01.123456Z","level":"INFO","fields":{"message":"started","job_id":7},"target":"my_app::jobs"}"#,
    ),
    (
        "clef",
        r#"{"@t":"2026-01-05T14:30:01.1234567Z","@mt":"Started {JobId}","@l":"Warning","JobId":7,"SourceContext":"App.Jobs"}"#,
    ),
    (
        "ecs",
        r#"{"@timestamp":"2026-01-05T14:30:01.123Z","log.level":"INFO","message":"started","ecs.version":"1.2.0","service.name":"jobs","process.thread.name":"main","log.logger":"App"}"#,
    ),
    (
        "gelf",
        r#"{"version":"1.1","host":"h1","short_message":"started","timestamp":1767623401.123,"level":6,"_logger":"app"}"#,
    ),
    (
        "otlp",
        r#"{"timeUnixNano":"1767623401123456789","severityNumber":9,"severityText":"INFO","body":{"stringValue":"started"},"resource":{"service.name":"jobs"}}"#,
    ),
    ("docker", r#"{"log":"started\n","stream":"stdout","time":"2026-01-05T14:30:01.123456789Z"}"#),
    (
        "journald",
        r#"{"__REALTIME_TIMESTAMP":"1767623401123456","PRIORITY":"6","SYSLOG_IDENTIFIER":"sshd","_PID":"1234","_HOSTNAME":"h1","MESSAGE":"started"}"#,
    ),
    (
        "mongodb",
        r#"{"t":{"$date":"2026-01-05T14:30:01.123+00:00"},"s":"I","c":"NETWORK","id":22943,"ctx":"listener","msg":"Connection accepted","attr":{"connectionId":1}}"#,
    ),
    (
        "logstash",
        r#"{"@timestamp":"2026-01-05T14:30:01.123+01:00","@version":"1","message":"started","logger_name":"c.e.App","thread_name":"main","level":"INFO","level_value":20000}"#,
    ),
];

/// The names of dialects by the keys that all of their lines have; the first one counts.
const DIALECTS: &str = "\
events timestamp job_id
job ts msg component
redis timestamp type message
loguru-json text record
bunyan v hostname msg
pino time pid hostname
tracing-json fields target
clef @t
ecs ecs.version
gelf version short_message
otlp timeUnixNano body
otlp resourceLogs
docker log stream time
journald __REALTIME_TIMESTAMP
mongodb t s c ctx
logstash @timestamp @version
";

/// Returns whether a key stands for the level.
pub(super) fn is_level(key: &str) -> bool {
    matches!(role(key), Some((Role::Level, _)))
}

pub(super) fn parse(line: &str) -> Option<Parsed<'_>> {
    if !line.starts_with('{') {
        return None;
    }
    let members = scan::members(line.trim_end())?;
    let Choice { mut best, roles, numbers } = Choice::of(&members);
    let mut parsed = Parsed::default();
    let mut rest = Vec::with_capacity(members.len());
    for (i, ((key, raw), role)) in members.iter().zip(&roles).enumerate() {
        let taken = role.and_then(|role| Some((role, best.place(role)?)));
        match taken {
            Some((Role::Timestamp, place)) if place == i => parsed.stamp = Value::of(raw).stamp(),
            Some((role, place)) if place == i => set(&mut parsed.record, role, key, Value::of(raw), numbers),
            // A key whose last value became a part of the record is no field, nor are its earlier values.
            Some((_, place)) if members.get(place).is_some_and(|(taken, _)| taken == key) => {}
            // Nor are the earlier values of one of which nothing is left.
            _ if holds_parts(key, raw) && open(key, raw, &mut parsed, &mut best, numbers) => {
                rest.retain(|(other, _)| other != key);
            }
            _ => rest.push((key.clone(), Cow::Borrowed(*raw))),
        }
    }
    parsed.record.format = dialect(&members, &parsed.record, best.place(Role::Message).is_some());
    parsed.record.fields = Fields::from_members(rest);
    if parsed.record.format == EVENTS {
        parsed.record.message = Cow::Owned(event_message(&parsed.record));
    }
    Some(parsed)
}

/// The objects, by their keys and those around them, whose members are read as those of the line itself.
const OPEN_HOLDERS: &str = "fields @fields attributes jsonPayload record.extra";

/// The others whose members may be parts of the record.
const HOLDERS: &str = "record record.level record.process record.thread record.time log process process.thread service error \
                       err body resource resource.attributes scope t instant";

/// The lists of OTLP's batches. The parts of the record are those of the first one in a batch, and the batch stays whole in
/// `fields`: a line is one record.
const BATCHES: &str = "resourceLogs scopeLogs logRecords";

/// Whether a value's members may be parts of the record.
fn holds_parts(key: &str, raw: &str) -> bool {
    raw.starts_with(['{', '[']) && [OPEN_HOLDERS, HOLDERS, BATCHES].iter().any(|words| has_word(words, key))
}

/// Whether a word is one of some with a space between two of them.
fn has_word(words: &str, word: &str) -> bool {
    let mut rest = words;
    while let Some((known, others)) = stamp::split_at_byte(rest, b' ') {
        if known == word {
            return true;
        }
        rest = others;
    }
    rest == word
}

/// Makes members of an inner object parts of the record that has none of them yet. Returns whether nothing else is left of
/// the object.
fn open<'a>(path: &str, raw: &'a str, parsed: &mut Parsed<'a>, best: &mut Best, numbers: Numbers) -> bool {
    if has_word(BATCHES, path) {
        if let Some(first) = objects(raw).next() {
            open("", first, parsed, best, numbers);
        }
        return false;
    }
    let is_open = path.is_empty() || has_word(OPEN_HOLDERS, path);
    let Some(members) = scan::members(raw).or_else(|| attributes(raw)) else { return false };
    // Invariant: each object of which nothing is left takes a part, so there are few.
    let mut is_whole = !members.is_empty();
    for (key, raw) in members {
        let full = [path, ".", &key].concat();
        let full = full.strip_prefix('.').unwrap_or(&full);
        let role = role(full).or_else(|| role(&key).filter(|_| is_open)).map(|(role, _)| role);
        if let Some(role) = role.filter(|role| best.place(*role).is_none() && fits(*role, &key, raw, numbers)) {
            match role {
                Role::Timestamp => parsed.stamp = Value::of(raw).stamp(),
                _ => set(&mut parsed.record, role, &key, Value::of(raw), numbers),
            }
            best.take(role, 0, usize::MAX);
        } else {
            is_whole &= holds_parts(full, raw) && open(full, raw, parsed, best, numbers);
        }
    }
    is_whole
}

/// Returns the members that a list of OTLP's attributes stands for: `[{"key":"job_id","value":{"stringValue":"j1"}}]`.
fn attributes(raw: &str) -> Option<Vec<(Cow<'_, str>, &str)>> {
    let attribute = |raw| {
        let members = scan::members(raw)?;
        let [(_, key), (_, value)] = members.as_slice() else { return None };
        let (_, value) = scan::members(value)?.pop()?;
        Some((scan::text_of(key)?, value))
    };
    objects(raw).map(attribute).collect()
}

/// Returns the objects in the list that `raw` is.
fn objects(raw: &str) -> impl Iterator<Item = &str> {
    let mut at = 0;
    std::iter::from_fn(move || {
        at += memchr::memchr(b'{', raw.as_bytes().get(at..)?)?;
        let start = at;
        at = scan::nested_end(raw.as_bytes(), start)?;
        raw.get(start..at)
    })
}

/// Which members of an object become parts of the record.
struct Choice {
    best: Best,
    /// The part that each member's key stands for.
    roles: Vec<Option<Role>>,
    numbers: Numbers,
}

/// What a number under `level` means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Numbers {
    Unknown,
    Pino,
    Syslog,
}

impl Numbers {
    /// pino and bunyan write `level` as a number beside `time` and the message, host or process; GELF beside `short_message`.
    fn of(members: &[(Cow<'_, str>, &str)]) -> Self {
        if ["time pid", "time hostname", "time msg"].iter().any(|keys| has_keys(members, keys)) {
            Numbers::Pino
        } else if has_keys(members, "short_message") {
            Numbers::Syslog
        } else {
            Numbers::Unknown
        }
    }
}

impl Choice {
    fn of(members: &[(Cow<'_, str>, &str)]) -> Self {
        let numbers = Numbers::of(members);
        let is_mongo = members.iter().any(|(key, raw)| key == "t" && raw.starts_with('{'));
        let mut best = Best::default();
        let choose = |(i, (key, raw)): (usize, &(Cow<'_, str>, &str))| {
            let (role, rank) = if is_mongo && key.len() <= "ctx".len() && *key != "msg" {
                role(&["mongo", key].concat())
            } else {
                role(key)
            }?;
            // A null says that there is nothing: any other key's value goes before it.
            let is_null = *raw == "null";
            let rank = if is_null { u8::MAX } else { rank };
            if best.would_take(role, rank) && (is_null || fits(role, key, raw, numbers)) {
                best.take(role, rank, i);
            }
            Some(role)
        };
        let roles = members.iter().enumerate().map(choose).collect();
        Self { best, roles, numbers }
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

    /// What stands there, a string without its quotes.
    fn text(&self) -> &str {
        match self {
            Value::Text(text) => text,
            Value::Raw(raw) => raw,
        }
    }

    fn level(&self, key: &str, numbers: Numbers) -> Option<Level> {
        let Ok(number) = self.text().parse() else { return Level::parse(self.text()) };
        match (key, numbers) {
            ("PRIORITY", _) => Level::from_syslog(number),
            _ if matches!(self, Value::Text(_)) => None,
            ("levelno", _) => Level::from_python(number),
            ("severityNumber" | "SeverityNumber", _) => Level::from_otlp(number),
            ("level", Numbers::Pino) => Level::from_pino(number),
            ("level", Numbers::Syslog) => Level::from_syslog(number),
            _ => None,
        }
    }

    fn pid(&self) -> Option<i64> {
        self.text().parse().ok()
    }

    /// The text of a string, without the line end that Docker keeps under `log`.
    fn line(self, key: &str) -> Option<Cow<'a, str>> {
        let mut text = self.scalar()?;
        if key == "log"
            && let Cow::Owned(text) = &mut text
        {
            text.truncate(text.trim_end().len());
        }
        Some(text)
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
fn set<'a>(record: &mut Record<'a>, role: Role, key: &str, value: Value<'a>, numbers: Numbers) {
    let text = match role {
        Role::Timestamp => return,
        Role::Level => return record.level = value.level(key, numbers),
        Role::Pid => return record.pid = value.pid(),
        Role::Message => return record.message = value.line(key).unwrap_or_default(),
        Role::Logger => &mut record.logger,
        Role::Component => &mut record.component,
        Role::Thread => &mut record.thread,
        Role::Job => &mut record.job_id,
        Role::Project => &mut record.project_id,
        Role::User => &mut record.user_id,
        Role::Status => &mut record.status,
        Role::Exception => &mut record.exception,
    };
    *text = value.scalar();
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
fn fits(role: Role, key: &str, raw: &str, numbers: Numbers) -> bool {
    match role {
        Role::Timestamp => Value::of(raw).stamp().is_some(),
        Role::Level => Value::of(raw).level(key, numbers).is_some(),
        Role::Pid => Value::of(raw).pid().is_some(),
        Role::Status | Role::Message | Role::Exception | Role::Logger | Role::Component => raw.starts_with('"'),
        Role::Thread | Role::Job | Role::Project | Role::User => is_scalar(raw),
    }
}

/// The dialect whose records have no message of their own.
const EVENTS: &str = "events";

fn dialect(members: &[(Cow<'_, str>, &str)], record: &Record<'_>, has_message: bool) -> &'static str {
    let mut rows = DIALECTS;
    while let Some((name, keys, others)) = stamp::next_row(rows) {
        rows = others;
        let is_of = has_keys(members, keys)
            && match name {
                EVENTS => !has_message && record.status.is_some(),
                "job" => record.level.is_some(),
                "redis" => record.level.is_some() && !has_keys(members, "level"),
                _ => true,
            };
        if is_of {
            return name;
        }
    }
    "json"
}

/// Whether an object has all of these keys, with a space between two of them.
fn has_keys(members: &[(Cow<'_, str>, &str)], keys: &str) -> bool {
    let (key, others) = stamp::split_at_byte(keys, b' ').unwrap_or((keys, ""));
    members.iter().any(|(known, _)| known == key) && (others.is_empty() || has_keys(members, others))
}

/// Returns what the service's console prints for the same event behind its job ID: `MESH | started | bracket.step |
/// Strategy: fast`, `UPDATE | completed`.
fn event_message(record: &Record<'_>) -> String {
    const PARTS: [[&str; 2]; 5] = [
        ["job_type", ""],
        ["status", " | "],
        ["filename", " | "],
        ["strategy", " | Strategy: "],
        ["user_email", " | User: "],
    ];
    let mut message = String::new();
    let mut is_import = false;
    for (place, [key, before]) in PARTS.into_iter().enumerate() {
        let own = text(record, key).filter(|_| place < 3 || is_import == (place == 4));
        let part = own.as_deref().or(match place {
            0 => Some("update"),
            1 => record.status.as_deref(),
            _ => None,
        });
        if let Some(part) = part {
            message.push_str(before);
            message.push_str(part);
        }
        if place == 0 {
            message.make_ascii_uppercase();
            is_import = message == "IMPORT";
        }
    }
    message
}

/// Returns the text of a field.
fn text<'a>(record: &'a Record<'_>, key: &str) -> Option<Cow<'a, str>> {
    record.fields.get(key).and_then(|raw| Value::of(raw).scalar())
}

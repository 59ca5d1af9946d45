//! The layout of a source's JSON lines: which keys they write, in which order and with which spaces. Lines of a known
//! layout are read by comparing what stands between their values, several times faster than by reading every key.
//!
//! A layout never changes an answer: what departs from it in any way is no line of this layout, and is read in full.

use std::borrow::Cow;
use std::ops::Range;

use super::{Choice, EVENTS, Minute, Numbers, Role, Value, dialect, event_message, fits, holds_parts, role, set};
use crate::level::Level;
use crate::record::{Fields, Head, Record};
use crate::scan;

/// Lines with more members than this have no layout: they are rarely of one form.
const MAX_STEPS: usize = 40;

/// The keys of a JSON line in their order.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Layout {
    steps: Vec<Step>,
    /// What stands behind the last value.
    end: Literal,
    format: &'static str,
    numbers: Numbers,
    /// The step that is the level, where it is a string under a key of the first rank.
    level_step: Option<usize>,
    /// Where what stands before the level stood in the learned line.
    level_at: usize,
    /// Whether no key makes anything of its value.
    has_harmless_keys: bool,
}

/// Bare values shorter than this are just numbers.
const LONG_NUMBER: usize = 13;

/// One member.
#[derive(Clone, Debug, PartialEq)]
struct Step {
    /// What stands between the value before and this one, the quote that opens it included.
    before: Literal,
    name: Box<str>,
    /// Where the name stands in `before`.
    name_at: usize,
    kind: Kind,
    /// The part of the record that the value is.
    part: Option<Role>,
    /// The part that the value could be, and whether it can be: as it was in the line that the layout was learned from.
    ///
    /// Invariant: which value becomes which part follows from the keys, the kinds of the values and these answers.
    volatile: Option<(Role, bool)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Text,
    /// A number, `true` or `false`.
    Scalar,
    Null,
    /// An object or array.
    Nested,
}

impl Kind {
    fn of(raw: &str) -> Self {
        match raw.as_bytes().first() {
            Some(b'"') => Kind::Text,
            Some(b'{' | b'[') => Kind::Nested,
            Some(b'n') => Kind::Null,
            _ => Kind::Scalar,
        }
    }
}

impl Layout {
    /// Returns the layout of a line; none where it is no JSON object, or one whose keys may change their meaning from
    /// line to line. `is_harmless` says whether a key makes nothing of its value.
    pub(crate) fn of(line: &str, is_harmless: fn(&str) -> bool) -> Option<Layout> {
        let members = scan::members(line).filter(|_| line.starts_with('{'))?;
        if members.len() > MAX_STEPS {
            return None;
        }
        let choice = Choice::of(&members);
        let mut steps = Vec::with_capacity(members.len());
        let (mut at, mut level_at) = (0, 0);
        for (i, (key, raw)) in members.iter().enumerate() {
            let is_twice = members.iter().take(i).any(|(earlier, _)| earlier == key);
            let Cow::Borrowed(key) = key else { return None };
            // What stands inside is looked into only when the whole line is read.
            if is_twice || holds_parts(key, raw) {
                return None;
            }
            let kind = Kind::of(raw);
            let value_at = place_in(line, raw)? + usize::from(kind == Kind::Text);
            if choice.best.place(Role::Level) == Some(i) {
                level_at = at;
            }
            let key_at = place_in(line, key)?.checked_sub(at)?;
            let role = role(key).map(|(role, _)| role);
            let is_part = |role: &Role| choice.best.place(*role) == Some(i);
            let can_change = |role: &Role| {
                matches!(role, Role::Timestamp | Role::Level | Role::Pid) && matches!(kind, Kind::Text | Kind::Scalar)
            };
            steps.push(Step {
                before: Literal::new(line.get(at..value_at)?),
                name: (*key).into(),
                name_at: key_at,
                kind,
                part: role.filter(is_part),
                volatile: role.filter(can_change).map(|role| (role, fits(role, key, raw, choice.numbers))),
            });
            at = value_at + raw.len() - 2 * usize::from(kind == Kind::Text);
        }
        let parsed = super::parse(line)?;
        let format = dialect(&members, &parsed.record, choice.best.place(Role::Message).is_some());
        let is_first = |i: &usize| members.get(*i).is_some_and(|(key, _)| role(key) == Some((Role::Level, 0)));
        let is_text = |i: &usize| steps.get(*i).is_some_and(|step| step.kind == Kind::Text);
        Some(Layout {
            has_harmless_keys: members.iter().all(|(key, _)| is_harmless(key)),
            level_step: choice.best.place(Role::Level).filter(is_first).filter(is_text),
            level_at,
            steps,
            end: Literal::new(line.get(at..)?.trim_end()),
            format,
            numbers: choice.numbers,
        })
    }

    /// Returns a line of this layout that says nothing: what the layout can be learned from anew.
    pub(crate) fn example(&self) -> String {
        let mut line = String::new();
        for step in &self.steps {
            line.push_str(&step.before.text);
            line.push_str(match (step.kind, step.volatile) {
                (Kind::Text, Some((Role::Timestamp, true))) => "2026-01-05T14:30:01Z",
                (Kind::Text, Some((Role::Level, true))) => "INFO",
                (Kind::Text, Some((Role::Pid, true))) => "4",
                (Kind::Text, _) => "",
                (Kind::Scalar, Some((Role::Timestamp, true))) => "1767607200",
                (Kind::Scalar, Some((Role::Pid, false))) => "1.5",
                (Kind::Scalar, _) => "4",
                (Kind::Null, _) => "null",
                (Kind::Nested, _) => "{}",
            });
        }
        line.push_str(&self.end.text);
        line
    }

    /// Whether no key makes anything of its value.
    pub(crate) fn has_harmless_keys(&self) -> bool {
        self.has_harmless_keys
    }

    /// Adds to a record the rest of a line whose head was read by this layout, and its members found: all but its time and
    /// level. `fields` says whether its fields are wanted. None where the members are not those of the line; then the
    /// record is not whole.
    ///
    /// `look` is told where in the line the values stand that may be more than they seem: no times, levels and short numbers.
    pub(crate) fn read<'a>(
        &self,
        line: &'a str,
        members: &[Member],
        fields: bool,
        look: &mut dyn FnMut(Range<usize>),
        record: &mut Record<'a>,
    ) -> Option<()> {
        let fields = fields || self.format == EVENTS;
        let mut rest = Vec::with_capacity(if fields { self.steps.len() } else { 0 });
        if members.len() != self.steps.len() {
            return None;
        }
        for (step, member) in self.steps.iter().zip(members) {
            let raw = line.get(member.start..member.end)?;
            match (step.kind, step.part) {
                (Kind::Text, Some(Role::Timestamp | Role::Level)) => continue,
                (Kind::Text, _) => look(member.start + 1..member.end - 1),
                (Kind::Null, _) => {}
                (Kind::Scalar, _) if raw.len() < LONG_NUMBER => {}
                _ => look(member.start..member.end),
            }
            if let Some(role) = step.part {
                let value = match step.kind {
                    Kind::Text if !member.has_escape => Value::Text(Cow::Borrowed(raw.get(1..raw.len() - 1)?)),
                    _ => Value::of(raw),
                };
                set(record, role, &step.name, value, self.numbers);
            } else if fields {
                let key = line.get(member.key_at..member.key_at + step.name.len())?;
                rest.push((Cow::Borrowed(key), Cow::Borrowed(raw)));
            }
        }
        record.format = self.format;
        record.fields = Fields::from_distinct(rest);
        if self.format == EVENTS {
            record.message = Cow::Owned(event_message(record));
        }
        Some(())
    }

    /// Reads no more of a line than its time and level, into `head`, and finds its members where they are wanted; none
    /// where it departs from the layout.
    pub(crate) fn read_head(
        &self,
        line: &[u8],
        minute: &mut Minute,
        mut members: Option<&mut Vec<Member>>,
        head: &mut Head,
    ) -> Option<()> {
        (head.stamp, head.level, head.format, head.is_caught) = (None, None, self.format, false);
        if let Some(members) = &mut members {
            members.clear();
        }
        self.walk(line, |step, member| {
            if let Some(members) = &mut members {
                members.push(member);
            }
            let Some((role, did_fit)) = step.volatile else { return Some(()) };
            let raw = line.get(member.start..member.end)?;
            if let (Some(role), [b'"', text @ .., b'"']) = (step.part, raw) {
                // The commonest forms need no second look.
                if role == Role::Timestamp
                    && let stamp @ Some(_) = minute.stamp(text)
                {
                    head.stamp = stamp;
                    return Some(());
                }
                if role == Role::Level
                    && let level @ Some(_) = Level::of_common(text)
                {
                    head.level = level;
                    return Some(());
                }
            }
            let key = &step.name;
            let raw = str::from_utf8(raw).ok()?;
            let value = match step.kind {
                Kind::Text if !member.has_escape => Value::Text(Cow::Borrowed(raw.get(1..raw.len() - 1)?)),
                _ => Value::of(raw),
            };
            let does_fit = match role {
                Role::Timestamp if step.part.is_some() => {
                    head.stamp = value.stamp();
                    head.stamp.is_some()
                }
                Role::Level if step.part.is_some() => {
                    head.level = value.level(key, self.numbers);
                    head.level.is_some()
                }
                role => fits(role, key, raw, self.numbers),
            };
            (does_fit == did_fit).then_some(())
        })
    }

    /// Goes over the members of a line; none where it departs from the layout, or where `take` gives none.
    fn walk(&self, line: &[u8], mut take: impl FnMut(&Step, Member) -> Option<()>) -> Option<()> {
        let mut at = 0;
        for step in &self.steps {
            let value_at = step.before.end_in(line, at)?;
            let (end, has_escape) = step.value_end(line, value_at)?;
            let quote = usize::from(step.kind == Kind::Text);
            take(step, Member { key_at: at + step.name_at, start: value_at - quote, end: end + quote, has_escape })?;
            at = end;
        }
        (self.end.end_in(line, at)? == line.len()).then_some(())
    }

    /// Returns a level such that, if the line is an object with a level at all, this is it; none where that is not certain
    /// without reading the whole line.
    ///
    /// What stands before the level is not read where the level stands at the same place as in the learned line. In an
    /// object `", "level": "INFO"` ends a value and is a member, whatever stands before it: within a string its quotes
    /// would end the string in front of a bare word. It may be a member of an inner object, where the line has no level,
    /// or another level further on. That is searched for.
    pub(crate) fn level_if_json(&self, line: &[u8]) -> Option<Level> {
        let step = self.steps.get(self.level_step?)?;
        let usual = step.before.end_in(line, self.level_at);
        let value_at = if usual.is_some() { usual } else { self.find_level(line) }?;
        let (end, has_escape) = step.value_end(line, value_at)?;
        let name = line.get(value_at..end)?;
        let level = Level::of_common(name).or_else(|| Level::parse(str::from_utf8(name).ok()?));
        level.filter(|_| !has_escape && !may_name_level(line.get(end..).unwrap_or_default()))
    }

    /// Returns where the level's text begins, all before it being of this layout.
    fn find_level(&self, line: &[u8]) -> Option<usize> {
        let last = self.level_step?;
        let mut at = 0;
        for step in self.steps.iter().take(last) {
            (at, _) = step.value_end(line, step.before.end_in(line, at)?)?;
        }
        self.steps.get(last)?.before.end_in(line, at)
    }
}

/// Where a member stands in its line.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Member {
    key_at: usize,
    /// The value, with its quotes.
    start: usize,
    end: usize,
    has_escape: bool,
}

impl Step {
    /// Returns where the value that begins at `at` ends, a string before its closing quote, and whether it has escapes.
    #[expect(clippy::inline_always, reason = "the calls take longer than most values")]
    #[inline(always)]
    fn value_end(&self, bytes: &[u8], at: usize) -> Option<(usize, bool)> {
        match self.kind {
            Kind::Text => scan::text_end(bytes, at),
            Kind::Scalar => Some((scan::scalar_end(bytes, at).filter(|_| bytes.get(at) != Some(&b'n'))?, false)),
            Kind::Null => bytes.get(at..)?.starts_with(b"null").then_some((at + 4, false)),
            Kind::Nested if matches!(bytes.get(at), Some(b'{' | b'[')) => Some((scan::nested_end(bytes, at)?, false)),
            Kind::Nested => None,
        }
    }
}

/// Where a part of a text stands in it.
fn place_in(text: &str, part: &str) -> Option<usize> {
    (part.as_ptr() as usize).checked_sub(text.as_ptr() as usize).filter(|at| at + part.len() <= text.len())
}

/// Whether a key that stands for the level with the first rank may begin in `rest`: `level`, `log_level` in any case
/// and with any of `_-.@` in between, or with an escape.
///
/// Invariant: every such key has a `v` between two `e`s, the signs in between left out (`role`).
fn may_name_level(rest: &[u8]) -> bool {
    let stands_beside = |byte: Option<&u8>| byte.is_some_and(|b| matches!(b, b'e' | b'E' | b'_' | b'-' | b'.' | b'@'));
    memchr::memchr3_iter(b'v', b'V', b'\\', rest).any(|i| {
        let next = rest.get(i + 1);
        match rest.get(i) {
            Some(b'\\') => next == Some(&b'u'),
            _ => stands_beside(next) && stands_beside(i.checked_sub(1).and_then(|i| rest.get(i))),
        }
    })
}

/// A piece of text to compare with, its beginning as one number.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Literal {
    text: Box<str>,
    start: u128,
    mask: u128,
}

impl Literal {
    const WIDTH: usize = 16;

    fn new(text: &str) -> Self {
        let mut start = [0; Self::WIDTH];
        let mut mask = [0; Self::WIDTH];
        for ((byte, start), mask) in text.bytes().zip(&mut start).zip(&mut mask) {
            (*start, *mask) = (byte, u8::MAX);
        }
        Self { text: text.into(), start: u128::from_le_bytes(start), mask: u128::from_le_bytes(mask) }
    }

    /// Returns where the text ends that stands at `at`; none where another stands there.
    #[expect(clippy::inline_always, reason = "the calls take longer than most values")]
    #[inline(always)]
    fn end_in(&self, bytes: &[u8], at: usize) -> Option<usize> {
        let end = at + self.text.len();
        let rest = bytes.get(at..)?;
        let stands = match rest.first_chunk() {
            Some(chunk) => {
                u128::from_le_bytes(*chunk) & self.mask == self.start
                    && (self.text.len() <= Self::WIDTH || rest.starts_with(self.text.as_bytes()))
            }
            None => rest.starts_with(self.text.as_bytes()),
        };
        stands.then_some(end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lines whose layout is learned, and lines that are then read by it or not.
    const LINES: [&str; 27] = [
        r#"{"timestamp": "2025-11-11T22:30:45.123456Z", "level": "INFO", "logger": "a", "message": "m", "line": 42}"#,
        r#"{"timestamp": "2025-11-12T22:30:45.123456Z", "level": "ERROR", "logger": "b\n", "message": "é\u00e9", "line": -1.5e3}"#,
        r#"{"timestamp": "yesterday", "level": "INFO", "logger": "a", "message": "m", "line": 42}"#,
        r#"{"timestamp": "2025-11-12T22:30:45.123456Z", "level": "loud", "logger": "a", "message": "m", "line": true}"#,
        r#"{"timestamp": "2025-11-12T22:30:45.123456Z", "level": "INFO", "logger": "a", "message": "m", "line": null}"#,
        r#"{"timestamp": "2025-11-12T22:30:45.123456Z", "level": "INFO", "logger": "a", "message": "m", "line": 42, "level": "ERROR"}"#,
        r#"{"timestamp": "2025-11-12T22:30:45.123456Z", "level": "INFO", "logger": "a", "message": "m", "line": 42} "#,
        r#"{"timestamp": "2025-11-12T22:30:45.123456Z", "level": "INFO", "logger": "a", "message": "m", "line": 042}"#,
        r#"{"timestamp": "2025-11-12T22:30:45.123456Z", "level": "INFO", "logger": "a", "message": "m", "line": 42"#,
        r#"{"ts":"2026-01-05T14:30:01.123Z","level":"info","component":"worker","projectId":"p1","jobId":"j1","msg":"started","data":{"steps":3}}"#,
        r#"{"ts":"2026-01-05T14:30:01.123Z","level":"info","component":"worker","projectId":"p1","jobId":null,"msg":"started","data":[]}"#,
        r#"{"ts":"2026-01-05T14:30:01.123Z","level":"info","component":"worker","projectId":"p1","jobId":"j1","msg":"started","data":{}}"#,
        r#"{"timestamp": "2026-01-01T07:01:43.915216Z", "job_id": "MSH-0101-DB63", "status": "completed", "details": {"node_count": 5000}}"#,
        r#"{"timestamp": "2026-01-01T07:01:43.915216Z", "job_id": "MSH-0101-DB63", "status": "started", "job_type": "mesh", "filename": "b.step", "strategy": "fast"}"#,
        r#"{"timestamp":1734470400000,"type":"info","message":"45%","metadata":{"progress":45}}"#,
        r#"{"timestamp":1734470400000,"type":"job","message":"45%","metadata":{"progress":45}}"#,
        r#"{"time":1734470400000,"pid":1,"level":50,"msg":"x","process":"main"}"#,
        r#"{"time":1734470400000,"pid":1,"level":30,"msg":"x","process":7}"#,
        r#"{"timestamp": {"a":"11-12T22:30:45.123"}, "level": "ERROR"}"#,
        r#"{"timestamp": "\"", "x": {"a": "45.1234", "level": "INFO", "logger": "a"}, "level": "ERROR"}"#,
        r#"{"timestamp": "", "x": {"a": "5.123456", "level": "INFO"}, "message": "m", "line": 42}"#,
        r#"{"job_id": {"a": 1}, "message": "m"}"#,
        r#"{"job_id": 7, "message": "m"}"#,
        r#"{"levelname": "INFO", "levelno": 20, "name": "app", "logger": "x", "msg": "a", "ts": "no", "time": "2026-01-05"}"#,
        r#"{"levelname": "silly?", "levelno": 30, "name": "app", "logger": "x", "msg": "a", "ts": "no", "time": "2026-01-05"}"#,
        r#"{"levelname": "ERROR", "levelno": 40, "name": "b", "logger": "y", "msg": "b", "ts": "2026-01-06", "time": "2026-01-05"}"#,
        r#"{"levelname": "ERROR", "levelno": 40, "name": "b", "logger": "y", "msg": "b", "ts": "no", "time": "2026-01-07"}"#,
    ];

    #[test]
    fn what_a_layout_reads_is_what_reading_every_key_gives() {
        let layouts: Vec<Layout> = LINES.iter().filter_map(|line| Layout::of(line, |_| true)).collect();
        let mut read = 0;
        for layout in &layouts {
            for line in LINES {
                let mut members = Vec::new();
                let mut head = Head::default();
                let (minute, found) = (&mut Minute::default(), Some(&mut members));
                let Some(()) = layout.read_head(line.as_bytes(), minute, found, &mut head) else { continue };
                let expected = super::super::parse(line).unwrap();
                let mut record = Record { level: head.level, ..Record::default() };

                assert!(layout.read(line, &members, true, &mut |_| (), &mut record).is_some(), "{line}");
                assert_eq!(Head::from(&expected), head);
                assert_eq!(expected.record, record);
                read += 1;
            }
        }
        assert!(layouts.len() >= 17, "{} lines have a layout", layouts.len());
        assert!(read >= 22, "{read} lines were read");
    }

    #[test]
    fn a_layout_is_learned_anew_from_its_example() {
        for layout in LINES.iter().filter_map(|line| Layout::of(line, |_| true)) {
            let anew = Layout::of(&layout.example(), |_| true).unwrap();

            // The example's time may be of another length.
            assert_eq!(layout, Layout { level_at: layout.level_at, ..anew }, "{}", layout.example());
        }
    }

    #[test]
    fn a_level_that_is_told_before_the_end_is_the_level_of_the_line() {
        let mut told = 0;
        for layout in LINES.iter().filter_map(|line| Layout::of(line, |_| true)) {
            for line in LINES {
                let Some(level) = layout.level_if_json(line.as_bytes()) else { continue };

                assert!(
                    super::super::parse(line).is_none_or(|parsed| parsed.record.level.is_none_or(|real| real == level)),
                    "{line}"
                );
                told += 1;
            }
        }
        assert!(told > 10, "{told} levels were told");
    }

    #[test]
    fn another_name_of_the_level_further_on_is_seen() {
        for key in ["level", "LEVEL", "log_level", "le-vel", "lev.el", "l\\u0065vel", "@level"] {
            assert!(may_name_level(format!("\", \"{key}\": \"ERROR\"}}").as_bytes()), "{key}");
        }
        assert!(!may_name_level(br#"", "message": "served a value over \"there\"\n"}"#));
    }
}

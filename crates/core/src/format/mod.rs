//! The formats: one private file a family, and the table that lists them all.
//!
//! A text line is of the first format in the table whose pattern takes it; an object is of a dialect of JSON. What is known
//! of the lines before only saves time: it never changes an answer.

mod cluster;
mod container;
mod database;
mod dated;
mod device;
mod header;
mod headless;
mod index;
mod job_log_manager;
mod json;
mod jvm;
mod kernel;
mod known;
mod logfmt;
mod native;
mod panel;
mod pattern;
mod plain;
mod process;
mod python;
mod runtimes;
mod service;
mod syslog;
mod web;

use std::borrow::Cow;
use std::mem;

use crate::level::Level;
use crate::record::{Head, Parsed, Record};
use crate::search;
pub(crate) use pattern::Catch;
use pattern::{Caught, Example, Inside, Rows};

use headless::Headless;
use json::Minute;
pub(crate) use json::{Layout, Member};
pub(crate) use jvm::{TWO_LINES, second_line};
use known::KnownHeaders;

/// Every family of text formats, the likeliest first; of two patterns that take a line the first one counts.
const FAMILIES: &[Rows] = &[
    process::ROWS,
    service::ROWS,
    panel::ROWS,
    job_log_manager::ROWS,
    python::ROWS,
    native::ROWS,
    jvm::ROWS,
    runtimes::ROWS,
    syslog::ROWS,
    web::ROWS,
    kernel::ROWS,
    database::ROWS,
    device::ROWS,
    cluster::ROWS,
    container::ROWS,
    dated::ROWS,
];

/// Apart from the patterns, so that a program without use for them is without them.
const EXAMPLES: &[&[Example]] = &[
    json::EXAMPLES,
    logfmt::EXAMPLES,
    process::EXAMPLES,
    service::EXAMPLES,
    panel::EXAMPLES,
    job_log_manager::EXAMPLES,
    python::EXAMPLES,
    native::EXAMPLES,
    jvm::EXAMPLES,
    runtimes::EXAMPLES,
    syslog::EXAMPLES,
    web::EXAMPLES,
    kernel::EXAMPLES,
    database::EXAMPLES,
    device::EXAMPLES,
    cluster::EXAMPLES,
    container::EXAMPLES,
    dated::EXAMPLES,
];

/// Returns the name of every format with an example line, the likeliest first; `plain` is no format of its own.
///
/// ```
/// let (name, example) = jobtrail_core::formats().next().unwrap();
/// assert_eq!("events", name);
/// assert!(example.starts_with('{'));
/// ```
pub fn formats() -> impl Iterator<Item = (&'static str, &'static str)> {
    EXAMPLES.iter().flat_map(|examples| examples.iter().copied())
}

/// A format that could have taken a line by its first bytes, and where the line departs from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NearMiss {
    /// The format.
    pub format: &'static str,
    /// What its header is made of.
    pub pattern: &'static str,
    /// The byte of the line, from 0, at which a piece of the pattern should begin and does not.
    pub at: usize,
}

/// Returns the formats that a line was tried by before one took it, or none did. An object is tried by none.
///
/// ```
/// let misses = jobtrail_core::near_misses("2026-01-05 14:30:01 - app - INFO - started");
/// assert!(misses.iter().all(|miss| miss.format != "service" && miss.at <= 42));
/// ```
pub fn near_misses(line: &str) -> Vec<NearMiss> {
    let mut catch = Catch::default();
    let mut caught = Caught::new(line, &mut catch);
    let mut misses = Vec::new();
    for row in caught.candidates().filter(|_| !line.starts_with('{')) {
        if caught.read(row).is_some() && (caught.catch.inside != Inside::Record || caught.message().starts_with('{')) {
            break;
        }
        let pattern = index::ROWS.get(row..).and_then(|rows| rows.split('\n').next()).unwrap_or_default();
        misses.push(NearMiss { format: pattern::name(row).unwrap_or_default(), pattern, at: caught.reached() });
    }
    misses
}

/// What is known of a source's lines: the layouts of its JSON lines.
///
/// It only saves time: a line is read as it would be without.
#[derive(Clone, Debug)]
pub(crate) struct Memory {
    layouts: Vec<Layout>,
    /// The place of the layout of the last line.
    recent: usize,
    /// The members of the last line that a layout took, where they are wanted.
    members: Vec<Member>,
    keeps_members: bool,
    /// What a pattern caught of the last line that is no object.
    catch: Box<Catch>,
    known: Option<Box<KnownHeaders>>,
    headless: Headless,
    /// That of the last time in such a line.
    minute: Minute,
    /// How many bytes of JSON lines layouts may still be learned from.
    to_learn: usize,
    /// Whether a key makes nothing of its value.
    is_harmless: fn(&str) -> bool,
}

/// How much of a source is looked at to learn its layouts.
pub(crate) const LEARNED_BYTES: usize = 64 * 1024;

/// Sources with more layouts than this are read in full where they depart from the first ones.
const MAX_LAYOUTS: usize = 8;

impl Memory {
    /// Returns a memory that learns no layouts.
    pub(crate) fn of_one_line() -> Self {
        Self {
            layouts: Vec::new(),
            recent: 0,
            members: Vec::new(),
            keeps_members: true,
            catch: Box::default(),
            known: None,
            headless: Headless::default(),
            minute: Minute::default(),
            to_learn: 0,
            is_harmless: |_| false,
        }
    }

    /// Returns a memory that learns layouts. `is_harmless` says whether a key makes nothing of its value.
    pub(crate) fn learning(is_harmless: fn(&str) -> bool) -> Self {
        Self { to_learn: LEARNED_BYTES, is_harmless, ..Self::of_one_line() }
    }

    /// Returns a line of each layout that says nothing, in the order in which they were learned.
    pub(crate) fn examples(&self) -> impl Iterator<Item = String> {
        self.layouts.iter().map(Layout::example)
    }

    /// Returns a memory of the layouts of these lines, that learns more.
    pub(crate) fn of_examples<'l>(lines: impl Iterator<Item = &'l str>, is_harmless: fn(&str) -> bool) -> Self {
        let layouts = lines.filter_map(|line| Layout::of(line, is_harmless)).take(MAX_LAYOUTS).collect();
        Self { layouts, ..Self::learning(is_harmless) }
    }

    /// Returns a layout by its place.
    pub(crate) fn layout(&self, place: usize) -> Option<&Layout> {
        self.layouts.get(place)
    }

    /// Reads no more of a line than its time and level by one of the layouts, into `head`, and finds its members. Returns
    /// whether one of them took it.
    pub(crate) fn read_head_by_layout(&mut self, line: &[u8], head: &mut Head) -> bool {
        let (minute, keeps_members) = (&mut self.minute, self.keeps_members);
        let mut takes = |(place, layout): (usize, &Layout)| {
            layout.read_head(line, minute, keeps_members.then_some(&mut self.members), head)?;
            Some(place)
        };
        let all = || self.layouts.iter().enumerate();
        let recent = all().nth(self.recent).and_then(&mut takes);
        head.layout = recent.or_else(|| all().find_map(takes));
        self.recent = head.layout.unwrap_or(self.recent);
        head.layout.is_some()
    }

    /// Says that headers of text lines are worth remembering. `is_clean` says whether one surely has nothing to hide.
    pub(crate) fn remember_headers(&mut self, is_clean: fn(&str) -> bool) {
        self.known = Some(Box::new(KnownHeaders::new(is_clean)));
    }

    /// Says that heads are all that is wanted of lines.
    pub(crate) fn keep_no_members(&mut self) {
        self.keeps_members = false;
    }

    /// Takes the members of the last line that a layout took in exchange for an old list.
    pub(crate) fn swap_members(&mut self, members: &mut Vec<Member>) {
        mem::swap(&mut self.members, members);
    }

    /// Takes what a pattern caught of the last line in exchange for an old catch.
    pub(crate) fn swap_catch(&mut self, catch: &mut Box<Catch>) {
        mem::swap(&mut self.catch, catch);
    }

    /// Returns a level such that, if the line is an object at all, this is its level; none where that is not certain
    /// without reading the whole line.
    pub(crate) fn level_if_json(&self, line: &[u8]) -> Option<Level> {
        self.layouts.iter().find_map(|layout| layout.level_if_json(line))
    }

    /// Returns the level that the first of some lines says, where its header is known and says one.
    pub(crate) fn known_level(&mut self, lines: &[u8]) -> Option<Level> {
        self.known.as_mut()?.level(lines)
    }

    /// Whether a header may be learned from one more line that is not wanted; it is a try.
    pub(crate) fn may_learn_header(&mut self) -> bool {
        self.known.as_mut().is_some_and(|known| known.may_learn())
    }

    /// Learns the layout of a JSON line that none of those known takes.
    fn learn(&mut self, line: &str) {
        if let Some(left) = self.to_learn.checked_sub(line.len()).filter(|_| self.layouts.len() < MAX_LAYOUTS) {
            self.to_learn = left;
            self.layouts.extend(Layout::of(line, self.is_harmless));
        }
    }
}

/// Reads a line with the format that takes it; `plain` where none does.
pub(crate) fn parse<'a>(line: &'a str, memory: &mut Memory) -> Parsed<'a> {
    headed(line, memory).unwrap_or_else(|| plain::parse(line))
}

/// Reads a line that begins a record by its own form; none where no format takes it.
pub(crate) fn headed<'a>(line: &'a str, memory: &mut Memory) -> Option<Parsed<'a>> {
    if line.starts_with('{') {
        let parsed = json::parse(line)?;
        memory.learn(line);
        return Some(parsed);
    }
    text(line, true)
}

/// Reads of a line that begins a record by its own form what is known before the rest; none where no format takes it.
pub(crate) fn head(line: &str, memory: &mut Memory) -> Option<Head> {
    let mut head = Head::default();
    read_head(line, memory, &mut head).then_some(head)
}

/// Reads what [`head`] does into `head`: to hand it on from call to call takes longer than to read it. Returns whether a
/// format takes the line.
pub(crate) fn read_head(line: &str, memory: &mut Memory, head: &mut Head) -> bool {
    let Memory { known, catch, .. } = memory;
    if known.as_mut().is_some_and(|known| (known.read)(known, line.as_bytes(), catch, head)) {
        return true;
    }
    let found = unknown_head(line, memory);
    *head = found.unwrap_or_default();
    found.is_some()
}

fn unknown_head(line: &str, memory: &mut Memory) -> Option<Head> {
    if line.starts_with('{') {
        return headed(line, memory).as_ref().map(Head::from);
    }
    if memory.headless.has(line) {
        return None;
    }
    match caught(line, &mut memory.catch, true) {
        None => {
            memory.headless.add(line);
            return None;
        }
        Some(Taken::With(parsed)) => return Some(Head::from(&parsed)),
        Some(Taken::Whole) => {}
    }
    if let Some(known) = &mut memory.known {
        (known.learn)(known, line, &memory.catch);
    }
    let Catch { stamp, level, format, .. } = *memory.catch;
    Some(Head { stamp, level, format, layout: None, is_caught: true })
}

/// Reads a line by the patterns. `may_hold`: it may have another record inside.
fn text(line: &str, may_hold: bool) -> Option<Parsed<'_>> {
    let mut catch = Catch::default();
    Some(match caught(line, &mut catch, may_hold)? {
        Taken::With(parsed) => parsed,
        Taken::Whole => {
            let mut parsed = Parsed { stamp: catch.stamp, ..Parsed::default() };
            fill(&catch, line, &mut parsed.record);
            parsed
        }
    })
}

/// How a line was taken.
#[expect(clippy::large_enum_variant, reason = "it lives no longer than the look at one line")]
enum Taken<'a> {
    /// All that it says was caught.
    Whole,
    /// It has a record inside, or is of no pattern.
    With(Parsed<'a>),
}

/// Reads a line as far as a pattern catches it, or all of it.
fn caught<'a>(line: &'a str, catch: &mut Catch, may_hold: bool) -> Option<Taken<'a>> {
    match take(&mut Caught::new(line, catch), may_hold) {
        Some(Taken::With(inside)) => Some(Taken::With(made(catch, line, inside))),
        None if may_hold => other(line).map(Taken::With),
        taken => taken,
    }
}

/// Reads what has no header that a pattern could describe.
fn other(line: &str) -> Option<Parsed<'_>> {
    logfmt::parse(line).or_else(|| prefixed(line))
}

/// Reads an object behind any other text, which becomes `fields.prefix`.
fn prefixed(line: &str) -> Option<Parsed<'_>> {
    // What is indented goes on with the record before it: no message can forge a record by an object of its own.
    let at = search::find(line, " {").filter(|_| line.ends_with('}') && !line.starts_with([' ', '\t']))?;
    let mut parsed = object(line.get(at + 1..)?)?;
    parsed.record.fields.push_text("prefix", line.get(..at)?);
    Some(parsed)
}

/// Reads an object that says when, how grave or what.
fn object(text: &str) -> Option<Parsed<'_>> {
    json::parse(text)
        .filter(|Parsed { stamp, record }| stamp.is_some() || record.level.is_some() || !record.message.is_empty())
}

/// Finds the pattern that takes a line, and the record that stands inside.
fn take<'a>(caught: &mut Caught<'a, '_>, may_hold: bool) -> Option<Taken<'a>> {
    for pattern in caught.candidates() {
        if caught.read(pattern).is_none() {
            continue;
        }
        let message = caught.message();
        let inside = match caught.catch.inside {
            Inside::Text => None,
            _ if message.starts_with('{') => object(message),
            Inside::Record if may_hold => text(message, false).filter(|inside| inside.stamp.is_some()),
            _ => None,
        };
        if inside.is_some() || caught.catch.inside != Inside::Record {
            caught.catch.format = pattern::name(pattern)?;
            caught.catch.pattern = pattern;
            return Some(inside.map_or(Taken::Whole, Taken::With));
        }
    }
    None
}

/// Adds to a record the message that its format writes behind the line of its header. Returns the lines behind that.
pub(crate) fn complete<'t>(record: &mut Record<'t>, lines: &'t str) -> &'t str {
    let (first, rest) = search::split_once(lines, "\n").unwrap_or((lines, ""));
    let message = match record.format {
        TWO_LINES => second_line(first).map(|(_, message)| message),
        "dotnet" if record.message.is_empty() => first.get(first.bytes().take_while(|byte| *byte == b' ').count()..),
        _ => None,
    };
    let Some(message) = message else { return lines };
    record.message = Cow::Borrowed(message);
    rest
}

/// Makes a record of what a pattern caught of a line, and of the record inside: what that one says goes before it.
fn made<'a>(catch: &Catch, line: &'a str, inside: Parsed<'a>) -> Parsed<'a> {
    let mut parsed = inside;
    parsed.stamp = parsed.stamp.or(catch.stamp);
    add(catch, line, &mut parsed.record);
    parsed
}

/// Fills a record that has no more than its time and place with what a pattern caught of its line.
pub(crate) fn fill<'a>(catch: &Catch, line: &'a str, record: &mut Record<'a>) {
    record.message = Cow::Borrowed(catch.message(line));
    add(catch, line, record);
}

/// Adds to a record what a pattern caught of its line, but for what the record has already.
fn add<'a>(catch: &Catch, line: &'a str, record: &mut Record<'a>) {
    record.format = catch.format;
    record.level = record.level.or(catch.level);
    record.pid = record.pid.or(catch.pid);
    for (name, word) in catch.words(line) {
        let part = match name {
            "n" => &mut record.logger,
            "t" => &mut record.thread,
            "k" => &mut record.component,
            "i" => &mut record.job_id,
            _ => {
                record.fields.push_text(name, word);
                continue;
            }
        };
        part.get_or_insert(Cow::Borrowed(word));
    }
    match catch.format {
        "panel" | "events-console" => panel::finish(record, catch.message(line)),
        "kafka" => jvm::finish(record, catch.message(line)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_has_an_example_that_it_takes() {
        for format in FAMILIES.iter().flat_map(|rows| rows.lines()).filter_map(|row| row.split(' ').next()) {
            assert!(formats().any(|(name, _)| name == format), "{format}");
        }
        for (name, example) in formats() {
            assert_eq!(name, parse(example, &mut Memory::of_one_line()).record.format, "{example}");
        }
    }
}

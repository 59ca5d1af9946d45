//! The formats: one private file a family, and the table that lists them all.
//!
//! A text line is of the first format in the table whose pattern takes it; an object is of a dialect of JSON. What is known
//! of the lines before only saves time: it never changes an answer.

mod header;
mod job_log_manager;
mod json;
mod panel;
mod pattern;
mod plain;
mod process;
mod service;

use std::borrow::Cow;
use std::mem;

use crate::level::Level;
use crate::record::{Head, Parsed, Record};
use pattern::{Caught, Row};

pub(crate) use json::{Layout, Member};

/// Every family of text formats, the likeliest first; of two patterns that take a line the first one counts.
const FAMILIES: &[&[Row]] = &[process::ROWS, service::ROWS, panel::ROWS, job_log_manager::ROWS];

/// Apart from the patterns, so that a program without use for them is without them.
const EXAMPLES: &[&[Row]] =
    &[json::EXAMPLES, process::EXAMPLES, service::EXAMPLES, panel::EXAMPLES, job_log_manager::EXAMPLES];

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

    /// Reads no more of a line than its time and level by one of the layouts, and finds its members; none where it is of
    /// none of them.
    pub(crate) fn read_head_by_layout(&mut self, line: &[u8]) -> Option<Head> {
        let (members, keeps_members) = (&mut self.members, self.keeps_members);
        let recent = self.layouts.get(self.recent).map(|layout| (self.recent, layout));
        let all = self.layouts.iter().enumerate();
        let read = |(place, layout): (usize, &Layout)| {
            Some((place, layout.read_head(line, keeps_members.then_some(&mut *members))?))
        };
        let (place, head) = recent.into_iter().chain(all).find_map(read)?;
        self.recent = place;
        Some(Head { layout: Some(place), ..head })
    }

    /// Says that heads are all that is wanted of lines.
    pub(crate) fn keep_no_members(&mut self) {
        self.keeps_members = false;
    }

    /// Takes the members of the last line that a layout took in exchange for an old list.
    pub(crate) fn swap_members(&mut self, members: &mut Vec<Member>) {
        mem::swap(&mut self.members, members);
    }

    /// Returns a level such that, if the line is an object at all, this is its level; none where that is not certain
    /// without reading the whole line.
    pub(crate) fn level_if_json(&self, line: &[u8]) -> Option<Level> {
        self.layouts.iter().find_map(|layout| layout.level_if_json(line))
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
    if line.starts_with('{') {
        return headed(line, memory).as_ref().map(Head::from);
    }
    let mut caught = Caught::new(line);
    let format = take(&mut caught)?;
    if caught.is_nested {
        return Some(Head::from(&made(format, &caught, true)));
    }
    Some(Head { stamp: caught.stamp, level: caught.level, format, layout: None })
}

/// Reads a line by the patterns. `may_nest`: what follows its header may have one of its own.
fn text(line: &str, may_nest: bool) -> Option<Parsed<'_>> {
    let mut caught = Caught::new(line);
    let format = take(&mut caught)?;
    Some(made(format, &caught, may_nest))
}

/// Finds the pattern that takes a line. Returns the format's name.
fn take(caught: &mut Caught<'_>) -> Option<&'static str> {
    let mut families = BEGINNINGS.get(usize::from(caught.first()?)).copied().unwrap_or_default();
    while let Some(family) = FAMILIES.get(families.trailing_zeros() as usize) {
        if let Some((format, _)) = family.iter().find(|(_, pattern)| caught.read(pattern).is_some()) {
            return Some(format);
        }
        families &= families - 1;
    }
    None
}

/// Makes a record of what a pattern caught.
fn made<'a>(format: &'static str, caught: &Caught<'a>, may_nest: bool) -> Parsed<'a> {
    let message = caught.message;
    let nested =
        if caught.is_nested && may_nest { json::parse(message).or_else(|| text(message, false)) } else { None };
    let mut parsed = nested.unwrap_or_else(|| Parsed {
        stamp: None,
        record: Record { message: Cow::Borrowed(message), format, ..Record::default() },
    });
    parsed.stamp = parsed.stamp.or(caught.stamp);
    let record = &mut parsed.record;
    record.level = record.level.or(caught.level);
    record.pid = record.pid.or(caught.pid);
    for &(name, word) in &caught.words {
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
        *part = part.take().or(Some(Cow::Borrowed(word)));
    }
    panel::finish(record, message);
    parsed
}

/// For each byte the families of which a line can begin with it, a bit each: most continuation lines are known by that.
const BEGINNINGS: [u32; 256] = beginnings();

const fn beginnings() -> [u32; 256] {
    let mut table = [0; 256];
    let mut family = 0;
    while family < FAMILIES.len() {
        let mut rows = FAMILIES[family];
        while let Some(((_, pattern), rest)) = rows.split_first() {
            let mut byte: u8 = 0;
            while byte < 128 {
                if pattern::can_begin(pattern.as_bytes(), byte) {
                    table[byte as usize] |= 1 << family;
                }
                byte += 1;
            }
            rows = rest;
        }
        family += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_has_an_example_that_is_taken_by_no_other() {
        let rows = || FAMILIES.iter().flat_map(|family| family.iter());
        for (format, _) in rows() {
            assert!(formats().any(|(name, _)| name == *format), "{format}");
        }
        for (name, example) in formats() {
            assert_eq!(name, parse(example, &mut Memory::of_one_line()).record.format, "{example}");
            let mut caught = Caught::new(example);
            for (format, pattern) in rows().filter(|(format, _)| *format != name) {
                assert!(caught.read(pattern).is_none(), "{example}: {name} and {format}, {pattern}");
            }
        }
    }
}

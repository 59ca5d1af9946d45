//! The formats: one private file a family, and the table that lists them all.
//!
//! A line goes to the family that took the last one first, then to the others in the table's order. No two families
//! take the same line, so that memory only saves time: it never changes an answer.

mod header;
mod job_log_manager;
mod json;
mod panel;
mod plain;
mod process;
mod service;

use std::mem;

use crate::level::Level;
use crate::record::{Head, Parsed};

pub(crate) use json::{Layout, Member};

/// A family of formats that one file reads.
struct Family {
    /// Each format's name and an example line.
    formats: &'static [(&'static str, &'static str)],
    /// The bytes that its lines can begin with.
    begins: &'static [u8],
    /// Reads one line without its end; none where the line is not of this family.
    parse: fn(&str) -> Option<Parsed<'_>>,
}

const DIGIT: &[u8] = b"0123456789";
const DIGIT_OR_BRACKET: &[u8] = b"0123456789[";

/// Every family, the likeliest first.
const FAMILIES: &[Family] = &[
    Family { formats: json::FORMATS, begins: b"{", parse: json::parse },
    Family { formats: process::FORMATS, begins: DIGIT_OR_BRACKET, parse: process::parse },
    Family { formats: service::FORMATS, begins: DIGIT, parse: service::parse },
    Family { formats: panel::FORMATS, begins: b"[", parse: panel::parse },
    Family { formats: job_log_manager::FORMATS, begins: b"[", parse: job_log_manager::parse },
];

/// Returns the name of every format with an example line, the likeliest first; `plain` is no format of its own.
///
/// ```
/// let (name, example) = jobtrail_core::formats().next().unwrap();
/// assert_eq!("events", name);
/// assert!(example.starts_with('{'));
/// ```
pub fn formats() -> impl Iterator<Item = (&'static str, &'static str)> {
    FAMILIES.iter().flat_map(|family| family.formats.iter().copied())
}

/// What is known of a source's lines: which family took the last one, and the layouts of its JSON lines.
///
/// It only saves time: a line is read as it would be without.
#[derive(Clone, Debug)]
pub(crate) struct Memory {
    last: Option<usize>,
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
            last: None,
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
    let first = *line.as_bytes().first()?;
    if !BEGINNINGS.get(usize::from(first)).is_some_and(|begins| *begins) {
        return None;
    }
    let last = memory.last.and_then(|i| Some((i, FAMILIES.get(i)?)));
    let all = FAMILIES.iter().enumerate();
    let able = last.into_iter().chain(all).filter(|(_, family)| family.begins.contains(&first));
    let (taken_by, parsed) = { able }.find_map(|(i, family)| Some((i, (family.parse)(line)?)))?;
    memory.last = Some(taken_by);
    if line.starts_with('{') {
        memory.learn(line);
    }
    Some(parsed)
}

/// For each byte, whether a line of any family can begin with it: most continuation lines are known by that.
const BEGINNINGS: [bool; 256] = beginnings();

const fn beginnings() -> [bool; 256] {
    let mut table = [false; 256];
    let mut family = 0;
    while family < FAMILIES.len() {
        let mut bytes = FAMILIES[family].begins;
        while let Some((byte, rest)) = bytes.split_first() {
            table[*byte as usize] = true;
            bytes = rest;
        }
        family += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_example_is_taken_by_its_own_format_and_by_no_other_family() {
        for (i, family) in FAMILIES.iter().enumerate() {
            for (name, example) in family.formats {
                let taking: Vec<usize> =
                    (0..FAMILIES.len()).filter(|&k| (FAMILIES[k].parse)(example).is_some()).collect();

                assert_eq!(vec![i], taking, "{name}");
                assert_eq!(*name, parse(example, &mut Memory::of_one_line()).record.format);
            }
        }
    }
}

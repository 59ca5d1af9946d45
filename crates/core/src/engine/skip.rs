//! Passing over records that cannot match: finds the next place in a block worth reading, and where to begin there.
//!
//! Reading may begin anew only at a line that a format takes and that has a date: such a line always begins a record,
//! and dates carry on from it. So what is read is what one pass over everything would have given there.

use std::borrow::Cow;

use super::level_names::LevelNames;
use super::needle::Needle;
use super::records::{read_head, read_object_head};
use crate::format::{self, Memory};
use crate::lines;
use crate::query::Needs;
use crate::record::Head;
use crate::stamp::Stamp;
use crate::timestamp::Timestamp;
use crate::zone::Zone;

/// How many lines are looked at for one that reading can begin at.
const MAX_LINES_BACK: usize = 64;

/// What a record must have to be worth reading.
#[derive(Debug)]
pub(super) struct Hunt {
    texts: Vec<Needle>,
    levels: Option<LevelNames>,
    /// Named here, not where it is called: so a program that never searches, such as the browser's module, is without
    /// all of it.
    anew_behind: for<'b> fn(&mut Ahead<'b>, usize, &mut Memory) -> Option<usize>,
}

impl Hunt {
    /// Returns a search for what matches need; none where that is too much to search for.
    pub(super) fn new(needs: &Needs) -> Option<Self> {
        let levels = if needs.levels.is_empty() { None } else { Some(LevelNames::new(&needs.levels)?) };
        Some(Self {
            texts: needs.texts.iter().map(Needle::new).collect(),
            levels,
            anew_behind: |ahead, from, memory| ahead.next(from, memory),
        })
    }
}

/// Looks ahead in one block.
pub(super) struct Ahead<'b> {
    /// Whole lines.
    block: &'b [u8],
    hunt: &'b Hunt,
    /// Where each text stands next, then a level, then an escape code; the block's end where none does any more.
    ///
    /// A record with an escape code is always worth reading: the code may stand inside what is searched.
    texts: Vec<usize>,
    level: usize,
    escape: usize,
    /// Where the next brace stands that begins a line or stands behind a space, or the next syslog priority.
    apart: usize,
}

impl<'b> Ahead<'b> {
    /// Looks at a block from its beginning.
    pub(super) fn new(hunt: &'b Hunt, block: &'b [u8]) -> Self {
        Self { block, hunt, texts: vec![0; hunt.texts.len()], level: 0, escape: 0, apart: 0 }
    }

    /// Returns the line behind the one at `from` at which reading has to begin anew, nothing before it being worth
    /// reading; none where reading simply goes on.
    pub(super) fn anew_behind(&mut self, from: usize, memory: &mut Memory) -> Option<usize> {
        (self.hunt.anew_behind)(self, from, memory)
    }

    fn next(&mut self, from: usize, memory: &mut Memory) -> Option<usize> {
        let hit = self.hit(from, memory);
        let mut end = hit.min(self.block.len().saturating_sub(1));
        for _ in 0..MAX_LINES_BACK {
            let start = memchr::memrchr(b'\n', self.block.get(from..end)?).map(|i| from + i + 1)?;
            let rest = self.block.get(start..)?;
            let length = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
            if begins_anew(rest.get(..length)?, memory) {
                return Some(start);
            }
            end = start - 1;
        }
        None
    }

    /// Returns the first place from the line at `from` on that is worth reading; the block's end where there is none.
    fn hit(&mut self, from: usize, memory: &mut Memory) -> usize {
        let block = self.block;
        let end = block.len();
        if self.escape < from || from == 0 {
            self.escape = block.get(from..).and_then(|rest| memchr::memchr(0x1b, rest)).map_or(end, |i| from + i);
        }
        for (needle, next) in self.hunt.texts.iter().zip(&mut self.texts) {
            if *next < from || from == 0 {
                *next = needle.find(block, from).unwrap_or(end);
            }
        }
        let hit = self.texts.iter().copied().min().unwrap_or(end).min(self.escape);
        let Some(names) = &self.hunt.levels else { return hit };
        if self.level < from || from == 0 {
            self.level = self.next_level(names, from, memory);
        }
        hit.min(self.level)
    }

    /// Returns the first line from that at `from` on that may have one of these levels.
    ///
    /// Invariant: a text format writes its level as a word of its own, or begins with its priority. An object may write it
    /// in many ways: its line is read as far as its level can be told, or all of it where it stands behind a header.
    fn next_level(&mut self, names: &LevelNames, from: usize, memory: &mut Memory) -> usize {
        let end = self.block.len();
        let mut at = from;
        while let Some(rest) = self.block.get(at..).filter(|rest| !rest.is_empty()) {
            if rest.starts_with(b"{") || rest.starts_with(b"<") {
                let line_end = memchr::memchr(b'\n', rest).map_or(end, |i| at + i + 1);
                let line = lines::without_end(self.block.get(at..line_end).unwrap_or_default());
                let is_certain = if rest.starts_with(b"{") { memory.level_if_json(line) } else { None };
                let may_match =
                    is_certain.map_or_else(|| read_level_has(line, names, memory), |level| names.has(level));
                if may_match {
                    return at;
                }
                at = line_end;
                continue;
            }
            if self.apart < at || at == 0 {
                self.apart = next_apart(self.block, at).unwrap_or(end);
            }
            let text = self.block.get(..self.apart).unwrap_or_default();
            if let Some(hit) = next_level_in(text, at, names, memory) {
                return hit;
            }
            if self.block.get(self.apart.wrapping_sub(1)) == Some(&b' ') {
                return self.apart.min(end);
            }
            at = self.apart;
        }
        end
    }
}

/// Returns the first line from that at `from` on that may have one of these levels, in lines without an object.
///
/// A line whose header is known says its level in place. The names are searched for in the lines between such lines, in
/// more and more of them as long as none comes.
fn next_level_in(text: &[u8], from: usize, names: &LevelNames, memory: &mut Memory) -> Option<usize> {
    const LEAST_BYTES: usize = 256;
    let mut at = from;
    let mut searched = LEAST_BYTES;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let mut length = 0;
        match memory.known_level(rest) {
            Some(level) if names.has(level) => return Some(at),
            Some(_) => searched = LEAST_BYTES,
            None => {
                if searched == LEAST_BYTES && memory.may_learn_header() {
                    read_head(first_line(rest), memory);
                }
                length = searched.min(rest.len() - 1);
                searched *= 2;
            }
        }
        let behind = rest.get(length..).unwrap_or_default();
        let end = at + length + memchr::memchr(b'\n', behind).map_or(behind.len(), |i| i + 1);
        if length > 0
            && let Some(hit) = text.get(..end).and_then(|lines| names.find(lines, at))
        {
            return Some(hit);
        }
        at = end;
    }
    None
}

fn first_line(lines: &[u8]) -> &[u8] {
    lines::without_end(lines.split_inclusive(|byte| *byte == b'\n').next().unwrap_or_default())
}

/// Returns the next place from `from` on where an object begins a line or stands behind a space, or a syslog priority begins
/// a line.
fn next_apart(block: &[u8], from: usize) -> Option<usize> {
    let rest = block.get(from..)?;
    memchr::memchr2_iter(b'{', b'<', rest).map(|i| from + i).find(|&at| {
        match at.checked_sub(1).and_then(|before| block.get(before)) {
            Some(b'\n') | None => true,
            Some(b' ') => block.get(at) == Some(&b'{'),
            _ => false,
        }
    })
}

/// Whether a line that begins with a brace has one of these levels.
fn read_level_has(line: &[u8], names: &LevelNames, memory: &mut Memory) -> bool {
    read_head(line, memory).and_then(|head| head.level).is_some_and(|level| names.has(level))
}

/// Returns the first of a few lines at which reading may begin anew, and its time in the source's zone.
pub(super) fn border(lines: &[u8], zone: &Zone, memory: &mut Memory) -> Option<(usize, Timestamp)> {
    let mut at = 0;
    for line in lines.split_inclusive(|byte| *byte == b'\n').take(MAX_LINES_BACK).filter(|line| line.ends_with(b"\n")) {
        if let Some(stamp) = stamp_to_begin_at(line, memory) {
            return Some((at, stamp.instant(zone)?));
        }
        at += line.len();
    }
    None
}

fn begins_anew(line: &[u8], memory: &mut Memory) -> bool {
    stamp_to_begin_at(line, memory).is_some()
}

/// Returns the stamp of a line that a format takes and that has a date.
fn stamp_to_begin_at(line: &[u8], memory: &mut Memory) -> Option<Stamp> {
    let line = lines::without_end(line);
    let mut head = Head::default();
    if !read_object_head(line, memory, &mut head) {
        let Cow::Borrowed(text) = lines::shown(line) else { return None };
        head = format::head(text, memory)?;
    }
    head.stamp.filter(|stamp| matches!(stamp, Stamp::Instant(_) | Stamp::Local(..)))
}

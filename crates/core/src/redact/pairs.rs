//! Secrets whose key and value no colon or equals sign joins: `password hunter2` in a netrc file, `-Password x`, the tuple
//! `('password', 'x')`, `{"name": "password", "value": "x"}`, `<password>x</password>`, `curl -u user:x`.

use super::key::key_before;
use super::keys::{MAX_KEY_BYTES, Sensitive, Strength};
use super::value::{self, Quote};
use super::words::{Words, words};
use super::{bytes, steps};
use crate::search;

/// Whether one of these may stand behind the key that ends at `end`: most keys are followed by nothing of the kind. What
/// this says no to, no function here takes.
pub(super) fn may_follow(bytes: &[u8], end: usize) -> bool {
    match bytes.get(end) {
        Some(b'>') => true,
        Some(b' ') => {
            let start = end - bytes::run_before(bytes, end, MAX_KEY_BYTES, bytes::KEY);
            bytes.get(start) == Some(&b'-')
                || matches!(bytes.get(start.wrapping_sub(1)), Some(b'<' | b':'))
                || value::is_opaque(bare(bytes, end + 1))
                || bytes.get(start..end) == Some(b"password")
        }
        Some(b'"' | b'\'' | b'`' | b'\\') => value::quote_at(bytes, end)
            .is_some_and(|(_, behind)| matches!(bytes.get(behind..), Some([b',', ..] | [b' ', b'v' | b'V', ..]))),
        _ => false,
    }
}

/// Returns where the value begins behind the key whose space stands at `at`, and how sensitive it is.
pub(super) fn spaced(text: &str, at: usize) -> Option<(Sensitive, usize)> {
    let bytes = text.as_bytes();
    let value = bare(bytes, at + 1);
    if at == 0 || !may_follow(bytes, at) || bytes::run_before(bytes, at, 1, bytes::KEY) == 0 {
        return None;
    }
    let key = key_before(text, at)?;
    let sensitive = key.sensitive(text)?;
    let before = bytes.get(..key.start()).unwrap_or_default();
    if let Some(flag) = key.name().strip_prefix('-') {
        let begins = before.last().is_none_or(|b| b" \t\n\"'`,[".contains(b));
        let is_flag = begins && !flag.starts_with('-') && !matches!(bytes.get(at + 1), None | Some(b'-' | b' '));
        return is_flag.then_some((sensitive, at + 1));
    }
    if !matches!(sensitive.strength, Strength::Weak | Strength::Opaque) && value::is_opaque(value) {
        return Some((sensitive, at + 1));
    }
    // netrc, Gradle: `password x` on its own line, or behind a login.
    let line = line_before(text, key.start());
    let has_login = search::find(line, "login ").is_some();
    let is_alone = bytes::run(line.as_bytes(), 0, usize::MAX, bytes::BLANK) == line.len();
    let behind = bytes.get(at + 1 + value.len()..).unwrap_or_default();
    let ends = behind.is_empty() || behind.starts_with(b"\n");
    let is_quoted = value.is_empty() && matches!(behind.first(), Some(b'"' | b'\''));
    let has_mark = value.iter().any(|b| !b.is_ascii_alphabetic());
    (key.name() == "password" && (has_login || is_alone && (is_quoted || ends && has_mark)))
        .then_some((sensitive, at + 1))
}

/// Returns the value of an XML element, whose name ends at `at`.
pub(super) fn element(text: &str, at: usize) -> Option<(Sensitive, usize, usize)> {
    const LONGEST: usize = 1024;
    let bytes = text.as_bytes();
    let key = key_before(text, at).filter(|key| key.start() + key.name().len() == at)?;
    let mut start = key.start();
    if start > 0 && bytes.get(start - 1) == Some(&b':') {
        start = start - 1 - bytes::run_before(bytes, start - 1, MAX_KEY_BYTES, bytes::KEY);
    }
    bytes.get(start.checked_sub(1)?).filter(|b| **b == b'<')?;
    let attributes = bytes.get(at..)?.iter().take(LONGEST).position(|b| matches!(b, b'<' | b'>' | b'\n'))?;
    let at = at + attributes;
    bytes.get(at).filter(|b| **b == b'>' && bytes.get(at - 1) != Some(&b'/'))?;
    let length = bytes.get(at + 1..)?.iter().take(LONGEST).position(|b| matches!(b, b'<' | b'"' | b'\n'))?;
    let end = at + 1 + length;
    let closes = matches!(bytes.get(end..)?, [b'<', b'/', ..] | [b'<', b'\\', b'/', ..]);
    closes.then_some((key.sensitive(text)?, at + 1, end))
}

/// Members whose value is a key, and those that hold that key's value.
const NAMING: Words = words!["name" "key" "field" "header" "variable" "param" "parameter"];
const HOLDING: Words = words!["value" "val" "content"];

/// What joins a quoted name with its value.
pub(super) enum Pair {
    /// The text between these, in a tuple.
    Tuple(Sensitive, usize, usize),
    /// The value that begins here, of a member with this quote.
    Member(Sensitive, usize, Option<Quote>),
}

/// Returns the value that belongs to the quoted name whose closing quote stands at `at`.
pub(super) fn quoted(text: &str, at: usize, line_is_json: bool) -> Option<Pair> {
    let bytes = text.as_bytes();
    let (quote, behind) = value::quote_at(bytes, at).filter(|_| may_follow(bytes, at))?;
    let name = key_before(text, behind).filter(|key| key.quote == Some(quote) && !key.name().contains(' '))?;
    let sensitive = name.sensitive(text)?;
    let opening = name.start().checked_sub(quote.backslashes + 1)?;
    let comma = bytes::run(bytes, behind, 1, bytes::COMMA);
    let next = behind + comma + bytes::run(bytes, behind + comma, 4, bytes::BLANK);
    let before = opening - bytes::run_before(bytes, opening, 4, bytes::BLANK);
    match bytes.get(before.checked_sub(1)?)? {
        b':' | b'=' => {
            let of = key_before(text, before - 1)?;
            if !NAMING.has_in_any_case(of.name().as_bytes()) {
                return None;
            }
            let (member, start) = match value::quote_at(bytes, next) {
                Some((quote, start)) => (Some(quote), start),
                None => (None, next),
            };
            let length = bytes::run(bytes, start, MAX_KEY_BYTES, bytes::KEY);
            let end = start + length + member.map_or(0, |quote| quote.backslashes + 1);
            let end = end + bytes::run(bytes, end, 4, bytes::BLANK);
            bytes.get(end).filter(|b| matches!(b, b':' | b'='))?;
            let member = key_before(text, end).filter(|key| HOLDING.has_in_any_case(key.name().as_bytes()))?;
            let value_at = end + 1 + bytes::run(bytes, end + 1, 4, bytes::BLANK);
            Some(Pair::Member(sensitive, value_at, member.quote))
        }
        opener @ (b'(' | b'[') if comma == 1 => {
            let (other, start) = value::quote_at(bytes, next + value::wrapper_length(bytes, next))?;
            let end = value::closing_quote(bytes, start, other, line_is_json);
            let behind = end + other.backslashes + 1;
            let closer = bytes.get(behind + bytes::run(bytes, behind, 4, bytes::BLANK))?;
            // `["password", "email"]` may be names alone; in a list of lists it is a pair.
            let outer = before - 1 - bytes::run_before(bytes, before - 1, 4, bytes::BLANK);
            let is_inner = || matches!(bytes.get(outer.wrapping_sub(1)), Some(b'[' | b','));
            let is_pair = if *opener == b'(' { *closer == b')' } else { *closer == b']' && is_inner() };
            (is_pair && other.backslashes == quote.backslashes).then_some(Pair::Tuple(sensitive, start, end))
        }
        _ => None,
    }
}

/// How a program takes a password behind an option of one letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// As the next argument: `-a secret`.
    Next,
    /// Behind a user's name and a colon: `-u ann:secret`.
    BehindUser,
    /// Right behind the letter: `-psecret`.
    Joined,
}

/// Programs with such an option, as their manuals have them.
const PROGRAMS: [(&str, u8, Form); 15] = [
    ("curl", b'u', Form::BehindUser),
    ("http", b'a', Form::BehindUser),
    ("redis-cli", b'a', Form::Next),
    ("sshpass", b'p', Form::Next),
    ("sshpass", b'p', Form::Joined),
    ("docker login", b'p', Form::Next),
    ("podman login", b'p', Form::Next),
    ("psexec", b'p', Form::Next),
    ("PsExec", b'p', Form::Next),
    ("PSEXEC", b'p', Form::Next),
    ("mysql", b'p', Form::Joined),
    ("mysqldump", b'p', Form::Joined),
    ("mysqladmin", b'p', Form::Joined),
    ("mariadb", b'p', Form::Joined),
    ("sqlcmd", b'P', Form::Next),
];

/// Whether an option with a password may begin with the dash at `at`.
pub(super) fn may_be_option(bytes: &[u8], at: usize) -> bool {
    let begins = at.checked_sub(1).and_then(|i| bytes.get(i)).is_none_or(|b| matches!(b, b' ' | b'"' | b'\''));
    begins
        && match bytes.get(at + 1) {
            Some(b'p') => true,
            Some(b'u' | b'a' | b'P') => matches!(bytes.get(at + 2), None | Some(b' ' | b'"' | b'\'' | b'\\')),
            _ => false,
        }
}

/// The programs that were seen on a line whose options have passwords. Each byte is looked through once.
#[derive(Debug, Default)]
pub(super) struct Programs {
    looked_to: usize,
    /// A bit for each of them.
    seen: u16,
    /// How often it was looked for them on this line.
    looks: usize,
}

impl Programs {
    /// Looks through what stands before `at` and was not looked through.
    fn look(&mut self, text: &str, at: usize) {
        const SHORTEST: usize = 4;
        const MOST: usize = 64;
        let mut part = bytes::part(text, self.looked_to, at);
        self.looked_to = at;
        if let Some(line_end) = part.rfind('\n') {
            (self.seen, self.looks) = (0, 0);
            part = bytes::part(part, line_end, usize::MAX);
        }
        steps::count(part.len());
        self.looks += 1;
        if part.len() > SHORTEST && self.looks < MOST {
            for (i, (program, ..)) in PROGRAMS.iter().enumerate() {
                let behind =
                    search::find(part, program).map(|found| bytes::part(part, found + program.len(), usize::MAX));
                let ends = behind.is_some_and(|behind| behind.starts_with([' ', '"', '\'', '.', '\\']));
                self.seen |= u16::from(ends) << i;
            }
        }
    }

    /// Returns how a program before the option at `at` takes its password, and where that begins. Places never go back.
    pub(super) fn password(&mut self, text: &str, at: usize) -> Option<(Form, usize, Option<Quote>)> {
        let bytes = text.as_bytes();
        if !may_be_option(bytes, at) {
            return None;
        }
        self.look(text, at);
        let letter = bytes.get(at + 1)?;
        let (quote, value_at) = match value::quote_at(bytes, at + 2) {
            // An argument of its own in a list.
            Some((quote, behind)) if bytes.get(behind) == Some(&b',') => {
                let opened = at.checked_sub(1).and_then(|i| bytes.get(i));
                let next = behind + 1 + bytes::run(bytes, behind + 1, 4, bytes::BLANK);
                (Some(opened.filter(|byte| **byte == quote.byte).map(|_| quote)?), next)
            }
            _ => (None, at + 2 + bytes::run(bytes, at + 2, 4, bytes::BLANK)),
        };
        let is_joined = value_at == at + 2;
        let is_seen = |i: usize| self.seen >> i & 1 == 1;
        PROGRAMS
            .iter()
            .enumerate()
            .find(|(i, (_, option, form))| is_seen(*i) && option == letter && is_joined == (*form == Form::Joined))
            .map(|(_, (.., form))| (*form, value_at, quote))
    }
}

/// Returns what stands before `at` on its line, as far back as is looked.
fn line_before(text: &str, at: usize) -> &str {
    const LONGEST: usize = 256;
    let from = text.floor_char_boundary(at.saturating_sub(LONGEST));
    let length = text.as_bytes().get(from..at).unwrap_or_default().iter().rev().take_while(|b| **b != b'\n').count();
    bytes::part(text, at - length, at)
}

/// Returns the bare word at `at`.
fn bare(bytes: &[u8], at: usize) -> &[u8] {
    const LONGEST: usize = 256;
    bytes.get(at..at + bytes::until(bytes, at, LONGEST, bytes::ENDS_VALUE)).unwrap_or_default()
}

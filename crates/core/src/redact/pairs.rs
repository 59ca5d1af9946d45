//! Secrets whose key and value no colon or equals sign joins: `password hunter2` in a netrc file, `-Password x`, the tuple
//! `('password', 'x')`, `{"name": "password", "value": "x"}`, `<password>x</password>`, `curl -u user:x`.

use super::key::{Key, key_before};
use super::keys::{MAX_KEY_BYTES, Sensitive, Strength};
use super::value::{self, Quote};
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

/// Returns the value of an XML element, whose start tag ends at `at`.
pub(super) fn element(text: &str, at: usize) -> Option<(Sensitive, usize, usize)> {
    const LONGEST: usize = 1024;
    let bytes = text.as_bytes();
    let key = key_before(text, at).filter(|key| key.start() + key.name().len() == at)?;
    bytes.get(key.start().checked_sub(1)?).filter(|b| matches!(b, b'<' | b':'))?;
    let length = bytes.get(at + 1..)?.iter().take(LONGEST).position(|b| matches!(b, b'<' | b'"' | b'\n'))?;
    let end = at + 1 + length;
    let closes = matches!(bytes.get(end..)?, [b'<', b'/', ..] | [b'<', b'\\', b'/', ..]);
    closes.then_some((key.sensitive(text)?, at + 1, end))
}

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
            if !["name", "key", "field", "header", "variable", "param", "parameter"].iter().any(|is| of.is(is)) {
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
            let member = key_before(text, end).filter(|key| key.is("value") || key.is("val") || key.is("content"))?;
            let value_at = end + 1 + bytes::run(bytes, end + 1, 4, bytes::BLANK);
            Some(Pair::Member(sensitive, value_at, member.quote))
        }
        opener @ (b'(' | b'[') if comma == 1 => {
            let (other, start) = value::quote_at(bytes, next)?;
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

/// The programs that were seen on a line whose option `-u` or `-p` has a password. Each byte is looked through once.
#[derive(Debug, Default)]
pub(super) struct Programs {
    looked_to: usize,
    takes_user: bool,
    takes_password: bool,
}

impl Programs {
    /// Looks through what stands before `at` and was not looked through.
    fn look(&mut self, text: &str, at: usize) {
        let mut part = bytes::part(text, self.looked_to, at);
        self.looked_to = at;
        if let Some(line_end) = part.rfind('\n') {
            (self.takes_user, self.takes_password) = (false, false);
            part = bytes::part(part, line_end, usize::MAX);
        }
        steps::count(part.len());
        let has = |programs: &[&str]| programs.iter().any(|program| search::find(part, program).is_some());
        self.takes_user |= has(&["curl ", "wget ", "http "]);
        self.takes_password |= has(&["sshpass ", "docker login ", "podman login ", "psexec", "PsExec"]);
    }

    /// Returns the password that follows the option `-u` or `-p` at `at`. Places never go back.
    pub(super) fn password(&mut self, text: &str, at: usize) -> Option<(usize, usize)> {
        const LONGEST: usize = 256;
        let bytes = text.as_bytes();
        self.look(text, at);
        let start = at + 3 + usize::from(matches!(bytes.get(at + 3), Some(b'"' | b'\'')));
        let end = start + bytes::until(bytes, start, LONGEST, bytes::ENDS_CREDENTIALS);
        let start = match bytes.get(at + 1)? {
            b'u' if self.takes_user => start + bytes::until(bytes, start, end - start, bytes::COLON) + 1,
            b'p' if self.takes_password => start,
            _ => return None,
        };
        let is_whole = at == 0 || bytes.get(at - 1) == Some(&b' ');
        (is_whole && end > start).then_some((start, end))
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

impl Key<'_> {
    fn is(&self, name: &str) -> bool {
        self.name().eq_ignore_ascii_case(name)
    }
}

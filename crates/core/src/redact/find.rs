//! One walk over the text that finds everything to hide.
//!
//! A table says which bytes can begin something; what begins there is verified, and a hit moves the walk behind it.
//! Invariant: every look behind or ahead is bounded, or ends in a hit, or is remembered, so that the walk is linear.

use super::keys::{self, MAX_KEY_BYTES, Sensitive, Strength};
use super::value::{self, Quote, Value};
use super::{Cover, Finding, RedactOptions, mask_length, paths, rules};
use crate::scan;

/// Returns what is to be hidden in `text`, in order, without overlaps.
pub(super) fn find(text: &str, options: &RedactOptions) -> Vec<Finding> {
    let mut walk =
        Walk { text, bytes: text.as_bytes(), options, found: Vec::new(), at: 0, token_checked_to: 0, line: None };
    while let Some(at) = next_trigger(walk.bytes, walk.at) {
        walk.at = at;
        walk.step();
    }
    walk.found
}

/// A byte that goes on with a word: no token begins behind it.
const WORD: u8 = 1;
/// A byte that a token can begin with, at the beginning of a word.
const BEGINS: u8 = 2;
/// A byte that something begins with wherever it stands.
const MARK: u8 = 4;

const CLASSES: [u8; 256] = classes();

const fn classes() -> [u8; 256] {
    let mut table = [0; 256];
    let mut i = 0;
    while i < table.len() {
        #[expect(clippy::cast_possible_truncation, reason = "the table has 256 places")]
        let byte = i as u8;
        if byte.is_ascii_alphanumeric() || byte == b'_' {
            table[i] |= WORD;
        }
        if rules::begins_shape(byte) || matches!(byte, b'e' | b'B' | b'b') {
            table[i] |= BEGINS;
        }
        if matches!(byte, b':' | b'=' | b'/' | b'\\' | b'-' | b'[') {
            table[i] |= MARK;
        }
        i += 1;
    }
    table
}

fn class(byte: u8) -> u8 {
    CLASSES.get(usize::from(byte)).copied().unwrap_or_default()
}

/// Returns the first place from `from` on at which something to hide may begin.
fn next_trigger(bytes: &[u8], from: usize) -> Option<usize> {
    let previous = from.checked_sub(1).and_then(|i| bytes.get(i));
    let mut before = previous.map_or(0, |byte| class(*byte));
    bytes
        .get(from..)?
        .iter()
        .position(|byte| {
            let own = class(*byte);
            let begins = own & BEGINS != 0 && before & WORD == 0;
            before = own;
            begins || own & MARK != 0
        })
        .map(|skipped| from + skipped)
}

struct Walk<'t, 'o> {
    text: &'t str,
    bytes: &'t [u8],
    options: &'o RedactOptions,
    found: Vec<Finding>,
    at: usize,
    /// No dotted token begins before this byte: a long run of `eyJ.eyJ.` is looked through once.
    token_checked_to: usize,
    /// The last line looked at.
    line: Option<Line>,
}

/// A line that was looked at.
#[derive(Clone, Copy)]
struct Line {
    /// Where its line end stands.
    end: usize,
    is_json: bool,
}

impl Walk<'_, '_> {
    /// Looks at the trigger at `at` and moves on.
    fn step(&mut self) {
        let at = self.at;
        let rest = self.text.get(at..).unwrap_or_default();
        self.at = at + 1;
        match self.bytes.get(at).copied().unwrap_or_default() {
            b'[' => self.at = at + mask_length(rest).unwrap_or(1),
            b':' | b'=' => self.separator(at),
            b'/' => self.hide_all(paths::posix(self.text, at, self.options)),
            b'\\' => {
                self.hide_all(paths::share(self.text, at, self.options));
                self.at = self.at.max(at + self.bytes.iter().skip(at).take_while(|b| **b == b'\\').count());
            }
            b'-' => self.dashes(at, rest),
            _ => self.token(at, rest),
        }
    }

    fn hide(&mut self, rule: &'static str, start: usize, end: usize) {
        self.found.push(Finding { rule, start, end, cover: Cover::Mask });
        self.at = end;
    }

    fn hide_all(&mut self, finding: Option<Finding>) {
        if let Some(finding) = finding {
            // A drive letter stands before the colon that found it: nothing else may have hidden it.
            if self.found.last().is_none_or(|last| last.end <= finding.start) {
                self.at = finding.end;
                self.found.push(finding);
            }
        }
    }

    /// Whether the whole line that `at` stands in is a JSON object or array: `[INFO] {...}` is none.
    fn line_is_json(&mut self, at: usize) -> bool {
        loop {
            if let Some(line) = self.line.filter(|line| at <= line.end) {
                return line.is_json;
            }
            let start = self.line.map_or(0, |line| line.end + 1);
            let Some(rest) = self.text.get(start..) else { return false };
            let length = rest.find('\n').unwrap_or(rest.len());
            let is_json = rest.get(..length).is_some_and(scan::is_nested);
            self.line = Some(Line { end: start + length, is_json });
        }
    }

    /// A token of a known shape, a JWT, or the credentials behind `Bearer` and `Basic`.
    fn token(&mut self, at: usize, rest: &str) {
        if let Some((shape, length)) = rules::shape_at(rest.as_bytes()) {
            return self.hide(shape.rule, at, at + length);
        }
        if rest.starts_with("eyJ") && at >= self.token_checked_to {
            let length = rest.bytes().take_while(|b| rules::Alphabet::Dotted.has(*b)).count();
            let token = rest.get(..length).unwrap_or_default().trim_end_matches('.');
            if is_jwt(token) {
                return self.hide("jwt", at, at + token.len());
            }
            self.token_checked_to = at + length;
        }
        for (scheme, rule) in [("bearer ", "bearer"), ("basic ", "basic")] {
            let is_scheme = rest.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
            if is_scheme {
                let start = at + scheme.len();
                let length = credentials_length(self.bytes, start);
                let token = self.text.get(start..start + length).unwrap_or_default();
                if length >= 8 && token.bytes().any(|b| !b.is_ascii_lowercase()) {
                    return self.hide(rule, start, start + length);
                }
            }
        }
    }

    /// A private key block, or `--password value` on a command line.
    fn dashes(&mut self, at: usize, rest: &str) {
        if rest.starts_with("-----BEGIN ") {
            if let Some(length) = key_block_length(rest) {
                self.hide("private-key", at, at + length);
            }
            return;
        }
        let Some(option) = rest.strip_prefix("--") else { return };
        let name_length = option.bytes().take(MAX_KEY_BYTES).take_while(|b| is_key(*b)).count();
        let name = option.get(..name_length).unwrap_or_default();
        let value_at = at + "--".len() + name_length + 1;
        if option.as_bytes().get(name_length) == Some(&b' ')
            && let Some(sensitive) = keys::classify(name)
            && !self.text.get(value_at..).unwrap_or_default().starts_with('-')
        {
            self.value(value_at, sensitive, None, false);
        }
    }

    /// A colon or equals sign: the password of a URL, a drive, or a key and its value.
    fn separator(&mut self, at: usize) {
        let is_colon = self.bytes.get(at) == Some(&b':');
        if is_colon && self.text.get(at..).is_some_and(|rest| rest.starts_with("://")) {
            return self.url(at + "://".len());
        }
        if is_colon && matches!(self.bytes.get(at + 1), Some(b'\\' | b'/')) {
            self.hide_all(paths::drive(self.text, at, self.options));
            if self.at > at + 1 {
                return;
            }
        }
        let Some((key, quote)) = key_before(self.text, at) else { return };
        let Some(sensitive) = keys::classify(key) else { return };
        let mut value_at = at + 1;
        value_at += self.bytes.iter().skip(value_at).take(1).filter(|b| matches!(b, b'=' | b'>')).count();
        let spaces = self.bytes.iter().skip(value_at).take(16).take_while(|b| matches!(b, b' ' | b'\t')).count();
        value_at += spaces;
        if quote.is_none() && spaces == 0 && self.bytes.get(at.wrapping_sub(1)) == Some(&b' ') {
            return; // `key =value` pairs nothing
        }
        let is_prose = is_colon && spaces > 0 && quote.is_none();
        match sensitive.rule {
            "authorization" => self.authorization(value_at, sensitive, quote),
            "cookie" if is_prose => self.rest_of_line(value_at, sensitive.rule),
            _ => self.value(value_at, sensitive, quote, is_prose),
        }
    }

    /// The user and password before the `@` of a URL whose authority begins at `start`.
    fn url(&mut self, start: usize) {
        const LONGEST: usize = 1024;
        self.at = start;
        let authority = self.bytes.iter().skip(start).take(LONGEST).take_while(|b| {
            !b.is_ascii_whitespace() && !matches!(b, b'/' | b'?' | b'#' | b'"' | b'\'' | b'<' | b'>' | b'`' | b'\\')
        });
        let end = start + authority.count();
        let authority = self.text.get(start..end).unwrap_or_default();
        let Some((credentials, _)) = authority.rsplit_once('@') else { return };
        let Some((user, password)) = credentials.split_once(':') else { return };
        let password_at = start + user.len() + 1;
        self.at = start + credentials.len();
        if !password.is_empty() && !value::is_placeholder(password) {
            self.hide("url-password", password_at, password_at + password.len());
        }
    }

    /// `Authorization: SCHEME credentials`: the scheme stays.
    fn authorization(&mut self, at: usize, sensitive: Sensitive, quote: Option<Quote>) {
        let (opened, start) = value::quote_at(self.bytes, at).map_or((None, at), |(quote, start)| (Some(quote), start));
        let scheme = self.bytes.iter().skip(start).take(32).take_while(|b| is_key(**b)).count();
        let has_scheme = scheme > 0 && self.bytes.get(start + scheme) == Some(&b' ');
        if !has_scheme {
            return self.value(at, sensitive, quote, false);
        }
        let is_single = ["bearer", "basic", "token", "apikey"]
            .iter()
            .any(|name| self.text.get(start..start + scheme).is_some_and(|scheme| scheme.eq_ignore_ascii_case(name)));
        let start = start + scheme + 1;
        match opened {
            _ if is_single => self.hide_text(sensitive, start, start + credentials_length(self.bytes, start)),
            Some(quote) => {
                let end = value::closing_quote(self.bytes, start, quote, self.line_is_json(at));
                self.hide_text(sensitive, start, end);
            }
            None => self.rest_of_line(start, sensitive.rule),
        }
    }

    /// A header's value that runs to the end of its line or string.
    fn rest_of_line(&mut self, start: usize, rule: &'static str) {
        let is_inside = |b: &&u8| !matches!(**b, b'\n' | b'"' | b'\'' | b'\\');
        let end = start + self.bytes.iter().skip(start).take_while(is_inside).count();
        let sensitive = Sensitive { rule, strength: Strength::Strong };
        self.hide_text(sensitive, start, end);
    }

    /// Hides the value of a sensitive key that begins at `at`.
    fn value(&mut self, at: usize, sensitive: Sensitive, key_quote: Option<Quote>, is_prose: bool) {
        let line_is_json = self.line_is_json(at);
        match value::value_at(self.text, at, key_quote, line_is_json) {
            None => {}
            Some(Value::Quoted(start, end)) => self.hide_text(sensitive, start, end),
            Some(Value::Bare(start, end)) => {
                let word = self.text.get(start..end).unwrap_or_default();
                let rest = self.text.get(end..).unwrap_or_default();
                let is_code = is_prose && rest.starts_with('|');
                if !is_code && (!is_prose || value::is_more_than_prose(word, rest)) {
                    let end = start + word.trim_end_matches(['.', ':']).len();
                    self.hide_text(sensitive, start, end);
                }
            }
            Some(Value::Literal(start, end)) => self.hide_literal(sensitive, start, end, key_quote),
            Some(Value::Nested(start, key_quote)) => {
                let mut inside = Vec::new();
                let end =
                    value::scalars_inside(self.text, start, key_quote, &mut |value, quote| inside.push((value, quote)));
                for (value, quote) in inside {
                    match value {
                        Value::Quoted(start, end) => self.hide_text(sensitive, start, end),
                        Value::Literal(start, end) => {
                            self.hide_literal(sensitive, start, end, quote.or(Some(key_quote)));
                        }
                        Value::Bare(..) | Value::Nested(..) => {}
                    }
                }
                self.at = end;
            }
        }
    }

    fn hide_text(&mut self, sensitive: Sensitive, start: usize, end: usize) {
        let value = self.text.get(start..end).unwrap_or_default();
        let is_number = value.bytes().all(|b| b.is_ascii_digit());
        let is_secret = match sensitive.strength {
            Strength::Strong => true,
            Strength::StrongText => !(is_number && value.len() < 10),
            Strength::Weak => value::looks_random(value),
        };
        if is_secret && !value::is_placeholder(value) && !is_job_id(value) {
            self.hide(sensitive.rule, start, end);
        }
    }

    /// A bare JSON number becomes a quoted mask; `true`, `false` and `null` hide nothing.
    fn hide_literal(&mut self, sensitive: Sensitive, start: usize, end: usize, quote: Option<Quote>) {
        let first = self.bytes.get(start).copied().unwrap_or_default();
        let length = end - start;
        let is_secret = match sensitive.strength {
            Strength::Strong => true,
            Strength::StrongText => length >= 10,
            Strength::Weak => false,
        };
        if is_secret && (first.is_ascii_digit() || first == b'-') {
            let cover = Cover::QuotedMask(quote.unwrap_or(Quote::JSON));
            self.found.push(Finding { rule: sensitive.rule, start, end, cover });
            self.at = end;
        }
    }
}

/// Returns the key that stands before the separator at `at`, and its quote where it has one.
fn key_before(text: &str, at: usize) -> Option<(&str, Option<Quote>)> {
    let bytes = text.as_bytes();
    let spaces = bytes.get(..at)?.iter().rev().take(2).take_while(|b| **b == b' ').count();
    let mut end = at - spaces;
    let last = *bytes.get(end.checked_sub(1)?)?;
    let mut quote = None;
    let mut opens = None;
    if matches!(last, b'"' | b'\'' | b'`') {
        end -= 1;
        let backslashes = bytes.get(..end)?.iter().rev().take(8).take_while(|b| **b == b'\\').count();
        end -= backslashes;
        quote = Some(Quote { byte: last, backslashes });
        opens = Some(last);
    } else if last == b']' {
        end -= 1; // params[password]=x
        opens = Some(b'[');
    }
    let length = bytes.get(..end)?.iter().rev().take(MAX_KEY_BYTES + 1).take_while(|b| is_key(**b)).count();
    let start = end - length;
    let before = start.checked_sub(1).and_then(|i| bytes.get(i)).copied();
    let is_whole = opens.is_none() || before == opens;
    (length > 0 && is_whole).then_some((text.get(start..end)?, quote))
}

fn is_key(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
}

fn is_jwt(token: &str) -> bool {
    let mut parts = token.split('.');
    let long_enough = |part: Option<&str>| part.is_some_and(|part| part.len() >= 8);
    long_enough(parts.next()) && long_enough(parts.next()) && parts.next().is_some() && parts.count() <= 2
}

fn credentials_length(bytes: &[u8], start: usize) -> usize {
    let is_inside = |b: &&u8| rules::Alphabet::Base64.has(**b) || matches!(**b, b'.' | b'~');
    bytes.iter().skip(start).take_while(is_inside).count()
}

/// Returns the length of the private key block that `text` begins with. One without its end line stops at the first
/// character that no key block has.
fn key_block_length(text: &str) -> Option<usize> {
    const LONGEST_LABEL: usize = 64;
    let header_end = text.get("-----BEGIN ".len()..)?.bytes().take(LONGEST_LABEL).position(|b| b == b'-')?;
    let label = text.get("-----BEGIN ".len()..)?.get(..header_end)?;
    if !label.contains("PRIVATE KEY") {
        return None;
    }
    let body_at = "-----BEGIN ".len() + header_end;
    let body = text.get(body_at..)?;
    let is_inside = |b: u8| b.is_ascii_alphanumeric() || b.is_ascii_whitespace() || b"+/=\\-:,.".contains(&b);
    let length = body.bytes().take_while(|b| is_inside(*b)).count();
    let body = body.get(..length)?;
    let end_line = body.find("-----END ").and_then(|end| {
        let rest = body.get(end + "-----END ".len()..)?;
        let dashes = rest.find("-----")?;
        Some(end + "-----END ".len() + dashes + "-----".len())
    });
    Some(body_at + end_line.unwrap_or_else(|| body.trim_end_matches(['\\', ' ', '\n']).len()))
}

/// A typed job ID has 16 bits of suffix: nobody uses it as a secret, and hiding it would hide the job.
fn is_job_id(value: &str) -> bool {
    let mut parts = value.split('-');
    let is_type =
        parts.next().is_some_and(|part| (2..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_uppercase()));
    let is_day = parts.next().is_some_and(|part| part.len() == 4 && part.bytes().all(|b| b.is_ascii_digit()));
    let is_suffix = parts.next().is_some_and(|part| part.len() == 4 && part.bytes().all(|b| b.is_ascii_hexdigit()));
    is_type && is_day && is_suffix && parts.next().is_none()
}

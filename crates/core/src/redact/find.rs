//! One walk over the text that finds everything to hide.
//!
//! `trigger.rs` says where something can begin; what begins there is verified, and a hit moves the walk behind it.
//! Invariant: every look behind or ahead is bounded, or ends in a hit, or is remembered, so that the walk is linear.

use std::cmp::Ordering;

mod values;

use super::credentials::{SCHEMES, credentials_length, is_words, takes_parameters};
use super::ends::{jwt_length, key_block_length};
use super::key::{Key, escaped_key, key_before};
use super::keys::{self, MAX_KEY_BYTES, Sensitive, Strength};
use super::pairs::{self, Form, Pair, Programs};
use super::trigger::{Triggers, is_dense};
use super::value::{self, Quote, Value};
use super::{Cover, Finding, RedactOptions, bytes, cards, paths, rules, steps};
use crate::mask::mask_length;
use crate::{scan, search};

/// Returns what is to be hidden in `text`, in order, without overlaps.
pub(super) fn find(text: &str, options: &RedactOptions) -> Vec<Finding> {
    let mut triggers = Triggers::of(text.as_bytes());
    walk(text, options, &mut |from| triggers.next(from, options.paths))
}

/// Finds by a table of bytes where something can begin, byte by byte: what [`find`] is held against.
#[cfg(test)]
pub(super) fn find_by_table(text: &str, options: &RedactOptions) -> Vec<Finding> {
    walk(text, options, &mut |from| super::table::next_trigger(text.as_bytes(), from))
}

/// Walks from trigger to trigger; `next` gives the first one from a place on.
fn walk(text: &str, options: &RedactOptions, next: &mut dyn FnMut(usize) -> Option<usize>) -> Vec<Finding> {
    let mut walk = Walk {
        text,
        bytes: text.as_bytes(),
        options,
        found: Vec::new(),
        at: 0,
        token_checked_to: 0,
        line: None,
        programs: Programs::default(),
        path: paths::Run::default(),
        bare: (0, 0),
        string_state: (0, false),
    };
    while let Some(at) = walk.behind_hidden().or_else(|| next(walk.at)) {
        walk.at = at;
        walk.step();
    }
    walk.found
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
    programs: Programs,
    /// The last run of a path's characters that was looked along.
    path: paths::Run,
    /// The last bare value that was looked along, from and to.
    bare: (usize, usize),
    /// A place up to which quotes were counted, and whether it stands in a string.
    string_state: (usize, bool),
}

/// The longest value that can be a placeholder or an ID, so that no long value is looked at twice.
const LONGEST_PLACEHOLDER: usize = 256;

/// A line that was looked at.
#[derive(Clone, Copy)]
struct Line {
    /// Where its line end stands.
    end: usize,
    is_json: bool,
}

impl Walk<'_, '_> {
    /// Returns this place if something was hidden right before it and a token may begin: the mask ends a word, as it does when
    /// the text is redacted again.
    fn behind_hidden(&self) -> Option<usize> {
        let rest = self.bytes.get(self.at..)?;
        let is_token = rest.first().is_some_and(u8::is_ascii_alphanumeric) && is_dense(rest) || rest.starts_with(b"$");
        self.found
            .last()
            .filter(|last| last.end == self.at && (is_token || cards::may_begin(rest)))
            .map(|last| last.end)
    }

    /// Looks at the trigger at `at` and moves on.
    fn step(&mut self) {
        let at = self.at;
        let rest = bytes::part(self.text, at, usize::MAX);
        self.at = at + 1;
        match self.bytes.get(at).copied().unwrap_or_default() {
            b'[' => self.at = at + mask_length(rest).unwrap_or(1),
            b':' | b'=' => self.separator(at),
            b'/' => {
                let hidden_to = self.found.last().map_or(0, |finding| finding.end);
                let found = paths::posix(self.text, at, hidden_to, self.options, &mut self.path);
                self.hide_all(found);
            }
            b' ' | b'>' => {
                if let Some((sensitive, start, end)) = pairs::element(self.text, at) {
                    self.hide_text(sensitive, start, end);
                } else if let Some((sensitive, value_at)) = pairs::spaced(self.text, at) {
                    self.value(value_at, sensitive, None, false);
                }
            }
            b'"' | b'\'' | b'`' => self.quoted_name(at),
            b'\\' if value::quote_at(self.bytes, at).is_some() => self.quoted_name(at),
            b'\\' => {
                self.hide_all(paths::share(self.text, at, self.options));
                self.at = self.at.max(at + bytes::run(self.bytes, at, usize::MAX, bytes::BACKSLASH));
            }
            b'-' => self.dashes(at, rest),
            b'2'..=b'9' if let Some(length) = cards::card_at(self.bytes, at) => self.card(at, at + length),
            _ => self.token(at, rest),
        }
    }

    /// A card number; one that is a bare JSON number becomes a string.
    fn card(&mut self, start: usize, end: usize) {
        let is_number = self.line_is_json(start) && !self.is_in_string(start);
        let cover = if is_number { Cover::QuotedMask(Quote::JSON) } else { Cover::Mask };
        self.push(Finding { rule: "card", start, end, cover });
    }

    /// Whether a place of a JSON line stands in a string. The line is looked through once, however often this is asked.
    fn is_in_string(&mut self, at: usize) -> bool {
        let (mut place, mut is_inside) = self.string_state;
        while let Some(byte) = self.bytes.get(place..at).and_then(<[u8]>::first) {
            match byte {
                b'\\' if is_inside => place += 1,
                b'"' => is_inside = !is_inside,
                b'\n' => is_inside = false,
                _ => {}
            }
            place += 1;
        }
        steps::count(place - self.string_state.0);
        self.string_state = (place, is_inside);
        is_inside
    }

    fn hide(&mut self, rule: &'static str, start: usize, end: usize) {
        self.push(Finding { rule, start, end, cover: Cover::Mask });
    }

    /// Moves behind what was found, and keeps it unless it is to stay.
    fn push(&mut self, finding: Finding) {
        self.at = finding.end;
        if !self.options.spares(finding.rule, bytes::part(self.text, finding.start, finding.end)) {
            self.found.push(finding);
        }
    }

    fn hide_all(&mut self, finding: Option<Finding>) {
        if let Some(finding) = finding {
            // A drive letter stands before the colon that found it: nothing else may have hidden it.
            if self.found.last().is_none_or(|last| last.end <= finding.start) {
                self.push(finding);
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
            steps::count(length);
            let is_json = rest.get(..length).is_some_and(scan::is_nested);
            self.line = Some(Line { end: start + length, is_json });
        }
    }

    /// Whether an escape of JSON begins at `at`: `\n`, where a path would have two backslashes.
    fn is_escape(&mut self, at: usize) -> bool {
        let backslashes = bytes::run(self.bytes, at, 8, bytes::BACKSLASH);
        backslashes == 1 && self.line_is_json(at)
    }

    /// A token of a known shape, a JWT, or the credentials behind `Bearer` and `Basic`.
    fn token(&mut self, at: usize, rest: &str) {
        if bytes::run_before(self.bytes, at, 8, bytes::BACKSLASH) % 2 == 1 {
            // The letter of an escape, which a token may follow: `\nghp_...`.
            if let Some(behind) = rest.strip_prefix(['n', 'r', 't'])
                && rest.bytes().take(15).skip(4).all(|byte| byte > b'*')
                && is_dense(behind.as_bytes())
                && let Some((rule, length)) = rules::shapes().at(behind.as_bytes())
            {
                return self.hide(rule, at + 1, at + 1 + length);
            }
            if self.line_is_json(at) {
                return;
            }
        }
        if let Some((rule, length)) = rules::shapes().at(rest.as_bytes()) {
            // Of a URL with a query only its value is hidden.
            let token = bytes::part(rest, 0, length);
            let query = search::find(token, "?")
                .and_then(|query| Some(query..query + search::find(token.get(query..)?, "=")? + 1));
            return self.hide(rule, at + query.map_or(0, |query| query.end), at + length);
        }
        if rest.starts_with("eyJ") && at >= self.token_checked_to {
            let (jwt, length) = jwt_length(rest.as_bytes());
            if let Some(length) = jwt {
                return self.hide("jwt", at, at + length);
            }
            self.token_checked_to = at + length;
        }
        if !rest.starts_with(['b', 'B']) {
            return;
        }
        for (scheme, rule) in [("bearer ", "bearer"), ("basic ", "basic")] {
            let is_scheme = rest.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
            if is_scheme {
                let start = at + scheme.len();
                let length = credentials_length(self.bytes, start);
                let token = bytes::part(self.text, start, start + length);
                if length >= 8 && !is_words(token) {
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
        let Some(option) = rest.strip_prefix("--") else {
            if let Some((form, value_at, quote)) = self.programs.password(self.text, at) {
                self.argument(form, value_at, quote);
            }
            return;
        };
        let name_length = bytes::run(option.as_bytes(), 0, MAX_KEY_BYTES, bytes::KEY);
        let name = option.get(..name_length).unwrap_or_default();
        let name_end = at + "--".len() + name_length;
        if let Some((quote, behind)) = value::quote_at(self.bytes, name_end) {
            return self.next_argument(name, quote, behind);
        }
        let value_at = name_end + 1;
        if option.as_bytes().get(name_length) == Some(&b' ')
            && let Some(sensitive) = keys::classify(name)
            && !bytes::part(self.text, value_at, usize::MAX).starts_with('-')
        {
            self.value(value_at, sensitive, None, false);
        }
    }

    /// The password that an option of one letter has; `quote` is that of the option, where it has one.
    fn argument(&mut self, form: Form, at: usize, quote: Option<Quote>) {
        let line_is_json = self.line_is_json(at);
        let value = value::value_at(self.text, at, quote, line_is_json, &mut self.bare);
        let Some(Value::Quoted(start, end) | Value::Bare(start, end)) = value else { return };
        let backslashes = quote.map_or(0, |quote| quote.backslashes);
        let behind = end + backslashes + 1;
        if quote.is_some()
            && self
                .bytes
                .get(behind + bytes::run(self.bytes, behind, 4, bytes::BLANK))
                .is_some_and(|byte| *byte == b':')
        {
            return; // the next member's name
        }
        let user =
            if form == Form::BehindUser { bytes::until(self.bytes, start, end - start, bytes::COLON) + 1 } else { 0 };
        let (start, end) = match (start + user).cmp(&end) {
            Ordering::Less => (start + user, end),
            // A key in the place of the user, and no password; a mask behind the colon hides one.
            Ordering::Equal if self.bytes.get(end) != Some(&b'[') => (start, end - 1),
            _ => return,
        };
        self.hide_text(Sensitive { rule: "password", strength: Strength::Strong }, start, end);
    }

    /// The value in `'--password', 'value'`, an argument of its own; `at` is behind the name's quote.
    fn next_argument(&mut self, name: &str, quote: Quote, at: usize) {
        let gap = self.bytes.iter().skip(at).take(4).take_while(|b| matches!(b, b',' | b' ')).count();
        let Some((opened, start)) = value::quote_at(self.bytes, at + gap).filter(|_| gap > 0) else { return };
        let Some(sensitive) = keys::classify(name) else { return };
        if opened == quote && self.bytes.get(start) != Some(&b'-') {
            let end = value::closing_quote(self.bytes, start, quote, self.line_is_json(at));
            let behind = self.bytes.iter().skip(end + quote.backslashes + 1);
            if behind.take(4).find(|b| **b != b' ') != Some(&b':') {
                self.hide_text(sensitive, start, end);
            }
        }
    }

    /// A name in quotes whose value follows as the next element or member.
    fn quoted_name(&mut self, at: usize) {
        let line_is_json = self.line_is_json(at);
        match pairs::quoted(self.text, at, line_is_json) {
            Some(Pair::Tuple(sensitive, start, end)) => self.hide_text(sensitive, start, end),
            Some(Pair::Member(sensitive, value_at, quote)) => self.value(value_at, sensitive, quote, false),
            None => {}
        }
    }

    /// A colon or equals sign: the password of a URL, a drive, or a key and its value.
    fn separator(&mut self, at: usize) {
        let is_colon = self.bytes.get(at) == Some(&b':');
        if is_colon && self.text.get(at..).is_some_and(|rest| rest.starts_with("://")) {
            return self.url(at + "://".len());
        }
        if is_colon && matches!(self.bytes.get(at + 1), Some(b'\\' | b'/')) && !self.is_escape(at + 1) {
            self.hide_all(paths::drive(self.text, at, self.options));
            if self.at > at + 1 {
                return;
            }
        }
        if is_colon && self.is_in_clock_time(at) {
            return;
        }
        let Some(key) = key_before(self.text, at) else {
            if let Some(sensitive) = escaped_key(self.text, at).filter(|found| !self.options.is_off(found.rule)) {
                let value_at = at + 1 + bytes::run(self.bytes, at + 1, 16, bytes::BLANK);
                self.value(value_at, sensitive, Some(Quote::JSON), false);
            }
            return;
        };
        let Some(sensitive) = key.sensitive(self.text) else { return };
        if self.options.is_off(sensitive.rule) {
            return; // its value is not looked through at every key in it
        }
        let quote = key.quote;
        let mut value_at = at + 1;
        value_at += self.bytes.iter().skip(value_at).take(1).filter(|b| matches!(b, b'=' | b'>')).count();
        let spaces = bytes::run(self.bytes, value_at, 16, bytes::BLANK);
        value_at += spaces;
        if quote.is_none() && spaces == 0 && matches!(self.bytes.get(at.wrapping_sub(1)), Some(b' ' | b'\t')) {
            return; // `key =value` pairs nothing
        }
        let is_prose = is_colon && spaces > 0 && quote.is_none();
        match sensitive.rule {
            "authorization" => self.authorization(&key, value_at, sensitive, is_prose),
            "cookie" if is_prose && self.begins_cookie(value_at) => self.rest_of_line(&key, value_at, sensitive.rule),
            _ => self.value(value_at, sensitive, quote, is_prose),
        }
    }

    /// Whether the colon at `at` is one of `22:30:45`: every line has some, and they need no further look.
    fn is_in_clock_time(&self, at: usize) -> bool {
        let around = at.checked_sub(3).and_then(|start| self.bytes.get(start..at + 2));
        matches!(around, Some([b'T' | b' ' | b'[' | b':', a, b, _, c]) if [a, b, c].iter().all(|d| d.is_ascii_digit()))
    }

    /// The user and password before the `@` of a URL whose authority begins at `start`.
    fn url(&mut self, start: usize) {
        const LONGEST: usize = 1024;
        self.at = start;
        let end = start + bytes::until(self.bytes, start, LONGEST, bytes::ENDS_AUTHORITY);
        let last_at = |end| self.bytes.get(start..end)?.iter().rposition(|b| *b == b'@');
        let Some(length) = last_at(end).or_else(|| {
            // A password that was not escaped may hold a slash: then no port stands behind the colon.
            let port = start + bytes::until(self.bytes, start, end - start, bytes::COLON) + 1;
            let is_port = port >= end || self.bytes.get(port).is_some_and(u8::is_ascii_digit);
            let rest = self.bytes.get(end..)?;
            memchr::memchr(b'@', rest.get(..LONGEST / 4).unwrap_or(rest)).filter(|_| !is_port)?;
            last_at(end + bytes::until(self.bytes, end, LONGEST / 4, bytes::ENDS_CREDENTIALS))
        }) else {
            return;
        };
        let Some(user) = value::colon_in(bytes::part(self.text, start, start + length)) else { return };
        let password_at = start + user + 1;
        if let Some((rule, length)) = rules::shapes().at(bytes::part(self.text, start, start + user).as_bytes()) {
            self.hide(rule, start, start + length); // https://TOKEN:x-oauth-basic@github.com
        }
        self.at = start + length;
        let password = bytes::part(self.text, password_at, self.at);
        if !password.is_empty() && !value::is_placeholder(password) {
            self.hide("url-credentials", password_at, self.at);
        }
    }

    /// `Authorization: SCHEME credentials`: a known scheme stays.
    fn authorization(&mut self, key: &Key<'_>, at: usize, sensitive: Sensitive, is_prose: bool) {
        let (opened, start) = value::quote_at(self.bytes, at).map_or((None, at), |(quote, start)| (Some(quote), start));
        let word = bytes::run(self.bytes, start, MAX_KEY_BYTES, bytes::KEY);
        let scheme = bytes::part(self.text, start, start + word);
        let has_scheme = self.bytes.get(start + word) == Some(&b' ');
        let is_known = has_scheme && SCHEMES.has_in_any_case(scheme.as_bytes());
        if !is_known {
            return match opened {
                None if is_prose && has_scheme && value::is_prose_word(scheme) => {}
                None if is_prose && has_scheme => self.rest_of_line(key, start, sensitive.rule),
                _ => self.value(at, sensitive, key.quote, false),
            };
        }
        let start = start + word + 1;
        let credentials = bytes::part(self.text, start, usize::MAX);
        match opened {
            _ if !takes_parameters(scheme, credentials) => {
                let length = bytes::until(self.bytes, start, usize::MAX, bytes::ENDS_CREDENTIALS);
                self.hide_text(sensitive, start, start + length);
            }
            Some(quote) => {
                let end = value::closing_quote(self.bytes, start, quote, self.line_is_json(at));
                self.hide_text(sensitive, start, end);
            }
            None => self.rest_of_line(key, start, sensitive.rule),
        }
    }

    /// Whether a cookie's name and `=` stand at `at`, and no word of a sentence.
    fn begins_cookie(&self, at: usize) -> bool {
        let name = bytes::run(self.bytes, at, MAX_KEY_BYTES, bytes::KEY);
        name > 0 && self.bytes.get(at + name) == Some(&b'=')
    }

    /// A header's value that runs to the end of its line or string, be that an escaped line end.
    fn rest_of_line(&mut self, key: &Key<'_>, start: usize, rule: &'static str) {
        let line_is_json = self.line_is_json(start);
        let closing =
            key.opened_by(self.bytes).map(|quote| value::closing_quote(self.bytes, start, quote, line_is_json));
        let bytes = self.bytes.get(start..closing.unwrap_or(self.bytes.len())).unwrap_or_default();
        let mut is_escaped = false;
        let line = bytes.iter().take_while(|byte| {
            let ends = match **byte {
                b'\n' => true,
                b'n' | b'r' => is_escaped,
                b'"' => line_is_json,
                _ => false,
            };
            is_escaped = **byte == b'\\';
            !ends
        });
        let line = line.count();
        steps::count(line);
        let end = if closing == Some(start + line) {
            start + line
        } else {
            start + line - bytes::run_before(bytes, line, usize::MAX, bytes::BACKSLASH)
        };
        let sensitive = Sensitive { rule, strength: Strength::Strong };
        self.hide_text(sensitive, start, end);
    }
}

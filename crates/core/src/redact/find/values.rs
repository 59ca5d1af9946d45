//! What is hidden of a sensitive key's value: all of it, the words of a list, the scalars inside.

use super::super::keys::{Sensitive, Strength};
use super::super::value::{self, Quote, Value};
use super::super::{Cover, Finding, bytes};
use super::{LONGEST_PLACEHOLDER, Walk};
use crate::mask::mask_length;

impl Walk<'_, '_> {
    /// Hides the value of a sensitive key that begins at `at`.
    pub(super) fn value(&mut self, at: usize, sensitive: Sensitive, key_quote: Option<Quote>, is_prose: bool) {
        let line_is_json = self.line_is_json(at);
        match value::value_at(self.text, at, key_quote, line_is_json, &mut self.bare) {
            None if key_quote.is_none() && !line_is_json => {
                if let Some((start, end)) = value::block(self.text, at) {
                    self.hide_text(sensitive, start, end);
                }
            }
            None => {}
            Some(Value::Quoted(start, end)) => self.hide_text(sensitive, start, end),
            Some(Value::Bare(start, end)) => {
                let word = bytes::part(self.text, start, end);
                let rest = bytes::part(self.text, end, usize::MAX);
                let is_code = is_prose && rest.starts_with('|');
                if !is_code && (!is_prose || value::is_more_than_prose(word, rest)) {
                    let end =
                        end - bytes::run_before(word.as_bytes(), word.len(), usize::MAX, bytes::DOT | bytes::COLON);
                    self.hide_text(sensitive, start, end);
                }
            }
            Some(Value::List(start, end)) => self.list(start, end, sensitive, is_prose),
            Some(Value::Literal(start, end)) => self.hide_literal(sensitive, start, end, key_quote),
            Some(Value::Nested(start, key_quote)) => {
                let mut inside = Vec::new();
                let end =
                    value::scalars_inside(self.text, start, key_quote, &mut |value, quote| inside.push((value, quote)));
                for (value, quote) in inside {
                    match value {
                        Value::Quoted(start, end) | Value::Bare(start, end) => self.hide_text(sensitive, start, end),
                        Value::Literal(start, end) => {
                            self.hide_literal(sensitive, start, end, quote.or(Some(key_quote)));
                        }
                        Value::List(..) | Value::Nested(..) => {}
                    }
                }
                self.at = end;
            }
        }
    }

    /// Hides the words of a list; of one in a sentence only what looks random.
    fn list(&mut self, start: usize, end: usize, sensitive: Sensitive, is_prose: bool) {
        let sensitive = Sensitive { strength: if is_prose { Strength::Weak } else { sensitive.strength }, ..sensitive };
        let mut at = start + 1;
        while at < end {
            let rest = bytes::part(self.text, at, end);
            if let Some(length) = mask_length(bytes::part(self.text, at, usize::MAX)) {
                at += length;
                continue;
            }
            // An escape that is no quote stays, with the word that it begins: `\u00e9`.
            let backslashes = bytes::run(rest.as_bytes(), 0, usize::MAX, bytes::BACKSLASH);
            at += backslashes;
            let rest = rest.get(backslashes..).unwrap_or_default();
            let word = bytes::until(rest.as_bytes(), 0, usize::MAX, bytes::ENDS_ITEM);
            if word > 0 && backslashes == 0 {
                self.hide_text(sensitive, at, at + word);
            }
            at += word.max(1);
        }
    }

    pub(super) fn hide_text(&mut self, sensitive: Sensitive, start: usize, end: usize) {
        if self.options.is_off(sensitive.rule) {
            return; // what stands in the value has rules of its own
        }
        let value = bytes::part(self.text, start, end);
        let is_number = value.bytes().all(|b| b.is_ascii_digit());
        let is_secret = match sensitive.strength {
            Strength::Strong => true,
            Strength::StrongText => !(is_number && value.len() < 10),
            Strength::Weak => value::looks_random(value),
            Strength::Opaque => value::is_opaque(value.as_bytes()),
        };
        let stays = value.len() <= LONGEST_PLACEHOLDER && (value::is_placeholder(value) || value::is_job_id(value));
        if is_secret && !stays && !value.is_empty() {
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
            Strength::Weak | Strength::Opaque => false,
        };
        if is_secret && (first.is_ascii_digit() || first == b'-') {
            let cover = Cover::QuotedMask(quote.unwrap_or(Quote::JSON));
            self.push(Finding { rule: sensitive.rule, start, end, cover });
        }
    }
}

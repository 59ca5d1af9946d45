//! A query's canonical text: what was typed, with short names spelled out, one space between terms, `-` for `NOT`,
//! levels in lower case, and no quote or parenthesis that changes nothing.

use std::fmt;

use super::field::{Check, FieldTest};
use super::{Test, Typed, lex, parse};
use crate::level::Level;

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        push(self, &mut text);
        f.write_str(&text)
    }
}

fn push(test: &Test, out: &mut String) {
    match test {
        Test::All(tests) => push_each(tests, " ", |test| matches!(test, Test::Any(_)), out),
        Test::Any(tests) => push_each(tests, " OR ", |test| matches!(test, Test::All(tests) if tests.is_empty()), out),
        Test::Not(test) => {
            out.push('-');
            push_in(test, matches!(**test, Test::All(_) | Test::Any(_)), out);
        }
        Test::Word(needle) => {
            let typed = needle.typed();
            push_phrase(typed, !leaves_open(typed) && parse::is_word(typed), out);
        }
        Test::Pattern(pattern) => {
            out.push('/');
            out.push_str(pattern.source());
            out.push('/');
        }
        Test::Field(test) => push_field(test, out),
        Test::Since(moment) => push_compared("since:", &moment.text, out),
        Test::Until(moment) => push_compared("until:", &moment.text, out),
    }
}

fn push_each(tests: &[Test], between: &str, is_grouped: impl Fn(&Test) -> bool, out: &mut String) {
    for (i, test) in tests.iter().enumerate() {
        if i > 0 {
            out.push_str(between);
        }
        push_in(test, is_grouped(test), out);
    }
}

fn push_in(test: &Test, is_grouped: bool, out: &mut String) {
    if !is_grouped {
        return push(test, out);
    }
    out.push('(');
    let begin = out.len();
    push(test, out);
    // A value such as `*fn(*` would take the closing parenthesis for its own.
    let last = out.rfind(' ').unwrap_or(begin).max(begin);
    out.push_str(if leaves_open(out.get(last..).unwrap_or_default()) { " )" } else { ")" });
}

fn push_field(test: &FieldTest, out: &mut String) {
    out.push_str(&test.name);
    match &test.check {
        Check::OneOf(globs) => {
            for (i, glob) in globs.iter().enumerate() {
                out.push(if i == 0 { ':' } else { ',' });
                if glob.has_wildcard() {
                    out.push_str(glob.typed()); // it was typed without quotes
                } else {
                    push_value(glob.typed(), i == 0, out);
                }
            }
        }
        Check::Levels(levels) => {
            for (i, level) in levels.iter().enumerate() {
                out.push(if i == 0 { ':' } else { ',' });
                push_level(*level, out);
            }
        }
        Check::Rank(order, level) => {
            out.push_str(order.as_str());
            push_level(*level, out);
        }
        Check::Number(order, Typed { text, .. }) | Check::Time(order, Typed { text, .. }) => {
            push_compared(order.as_str(), text, out);
        }
    }
}

/// Adds one value of a list.
pub(super) fn push_value(value: &str, is_first: bool, out: &mut String) {
    let is_word = is_first && value.starts_with(lex::NO_VALUE);
    let is_plain = !is_word && !value.contains('*') && !leaves_open(value) && lex::is_plain(value, &[',']);
    push_phrase(value, is_plain, out);
}

fn push_level(level: Level, out: &mut String) {
    out.push_str(&level.as_str().to_ascii_lowercase());
}

fn push_compared(operator: &str, typed: &str, out: &mut String) {
    out.push_str(operator);
    push_phrase(typed, lex::is_plain(typed, &[]), out);
}

/// Whether more parentheses open than close.
fn leaves_open(text: &str) -> bool {
    text.bytes().fold(0, |open, b| open + i32::from(b == b'(') - i32::from(b == b')')) > 0
}

/// Adds a value, in quotes unless it is plain.
fn push_phrase(text: &str, is_plain: bool, out: &mut String) {
    if is_plain {
        return out.push_str(text);
    }
    out.push('"');
    out.push_str(&text.replace('\\', "\\\\").replace('"', "\\\""));
    out.push('"');
}

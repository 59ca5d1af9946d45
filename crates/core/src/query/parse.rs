//! Reads a query's text into tests, or says at which byte it cannot be read and what was expected there.
//!
//! Side by side is AND, which binds tighter than `OR`; `-` and `NOT` negate the term behind them; parentheses group.

use std::borrow::Cow;

use super::automaton::Pattern;
use super::field::{Check, FieldTest, Order};
use super::lex::{self, Phrase, Slash};
use super::names::{self, FieldKind};
use super::number::Number;
use super::text::{Glob, Needle};
use super::time::{self, Moment};
use super::{QueryError, Test, Typed};
use crate::level::Level;

/// How deep parentheses and negations may stand in each other.
const MAX_DEPTH: usize = 64;

/// Where reading stopped, and what was expected there.
struct Stop<'q> {
    at: &'q str,
    code: &'static str,
    expected: Cow<'static, str>,
}

type Parsed<'q, T> = Result<(&'q str, T), Stop<'q>>;

/// Returns the test that a whole query is.
pub(super) fn parse(query: &str) -> Result<Test, QueryError> {
    let at_end = |stop: Stop<'_>| QueryError {
        code: stop.code,
        column: query.len() - stop.at.len(),
        expected: stop.expected.into_owned(),
    };
    let (rest, test) = any(query, 0).map_err(at_end)?;
    if rest.is_empty() { Ok(test) } else { Err(at_end(stop(rest, "a term, not a closing parenthesis"))) }
}

/// Returns whether `text`, with anything behind it, is one word where a term is expected.
pub(super) fn is_word(text: &str) -> bool {
    let is_term = lex::operator("OR", text).is_some()
        || lex::negated(text).is_some()
        || matches!(lex::slash(text), Some(Slash::Pattern(..) | Slash::Open))
        || lex::named(text).is_some();
    !is_term && !text.starts_with('(') && lex::is_plain(text, &[])
}

fn stop(at: &str, expected: impl Into<Cow<'static, str>>) -> Stop<'_> {
    Stop { at, code: "bad_query", expected: expected.into() }
}

/// Terms joined by `OR`. Stops at a closing parenthesis or the end.
fn any(input: &str, depth: usize) -> Parsed<'_, Test> {
    let mut alternatives = Vec::new();
    let mut input = input;
    loop {
        let (rest, (test, terms)) = all(input, depth)?;
        let is_or = lex::operator("OR", rest);
        if terms == 0 && (is_or.is_some() || !alternatives.is_empty()) {
            return Err(stop(rest, "a term beside OR"));
        }
        alternatives.push(test);
        match is_or {
            Some(behind) => input = behind,
            None => return Ok((rest, Test::any(alternatives))),
        }
    }
}

/// Terms side by side, and how many there are.
fn all(input: &str, depth: usize) -> Parsed<'_, (Test, usize)> {
    let mut tests = Vec::new();
    let mut input = input.trim_start();
    while !input.is_empty() && !input.starts_with(')') && lex::operator("OR", input).is_none() {
        let (rest, test) = term(input, depth)?;
        tests.push(test);
        input = rest.trim_start();
    }
    let terms = tests.len();
    Ok((input, (Test::all(tests), terms)))
}

fn term(input: &str, depth: usize) -> Parsed<'_, Test> {
    if depth > MAX_DEPTH {
        return Err(stop(input, "at most 64 parentheses and negations inside each other"));
    }
    if let Some(behind) = lex::negated(input) {
        if behind.is_empty() || behind.starts_with(|c: char| c.is_whitespace() || c == ')') {
            return Err(stop(behind, "a term to negate"));
        }
        let (rest, test) = term(behind, depth + 1)?;
        return Ok((rest, Test::Not(Box::new(test))));
    }
    if let Some(behind) = input.strip_prefix('(') {
        let (rest, test) = any(behind, depth + 1)?;
        let Some(rest) = rest.strip_prefix(')') else { return Err(stop(rest, "a closing parenthesis")) };
        return Ok((rest, test));
    }
    if let Some(Slash::Pattern(source, rest)) = lex::slash(input) {
        let pattern = Pattern::new(source).map_err(|error| Stop {
            at: input.get(1 + error.at..).unwrap_or_default(),
            code: "bad_pattern",
            expected: error.expected,
        })?;
        return Ok((rest, Test::Pattern(pattern)));
    }
    if let Some((name, order, at_value)) = lex::named(input) {
        return field_test(name, order, at_value);
    }
    let (rest, (phrase, _)) = value(input, &[])?;
    Ok((rest, Test::Word(Needle::new(&phrase))))
}

/// A value behind a name and an operator.
fn field_test<'q>(name: &str, order: Option<Order>, at_value: &'q str) -> Parsed<'q, Test> {
    let known = names::known(name);
    let (name, kind) = known.map_or((name, FieldKind::Text), |field| (field.name(), field.kind));
    let (rest, check) = match order {
        None if name == "since" => return moment(at_value).map(|(rest, moment)| (rest, Test::Since(moment))),
        None if name == "until" => return moment(at_value).map(|(rest, moment)| (rest, Test::Until(moment))),
        None => one_of(kind, at_value)?,
        Some(order) => comparison(kind, order, at_value)?,
    };
    Ok((rest, Test::Field(FieldTest { name: name.to_owned(), check })))
}

fn one_of(kind: FieldKind, input: &str) -> Parsed<'_, Check> {
    let mut globs = Vec::new();
    let mut levels = Vec::new();
    let mut rest = input;
    loop {
        let at = rest;
        let (behind, (text, is_quoted)) = value(rest, &[','])?;
        let glob = if is_quoted { Glob::literal(&text) } else { Glob::new(&text) };
        if kind == FieldKind::Level && !glob.is_any() {
            levels.push(Level::parse(&text).ok_or_else(|| stop(at, LEVEL))?);
        } else {
            globs.push(glob);
        }
        let Some(next) = behind.strip_prefix(',') else {
            rest = behind;
            break;
        };
        rest = next;
    }
    // A level beside `*` asks for nothing more.
    Ok((rest, if globs.is_empty() { Check::Levels(levels) } else { Check::OneOf(globs) }))
}

fn comparison(kind: FieldKind, order: Order, input: &str) -> Parsed<'_, Check> {
    if kind == FieldKind::Time {
        return moment(input).map(|(rest, moment)| (rest, Check::Time(order, moment)));
    }
    let (rest, (text, _)) = value(input, &[])?;
    let check = if kind == FieldKind::Level {
        Check::Rank(order, Level::parse(&text).ok_or_else(|| stop(input, LEVEL))?)
    } else if let Some(value) = Number::parse(&text) {
        Check::Number(order, Typed { text: text.into_owned(), value })
    } else if let Some(value) = Moment::parse(&text) {
        Check::Time(order, Typed { text: text.into_owned(), value })
    } else {
        return Err(stop(input, COMPARABLE));
    };
    Ok((rest, check))
}

/// What is expected where a value is.
pub(super) const VALUE: &str = "a value";
/// What is expected behind a comparison.
pub(super) const COMPARABLE: &str = "a number or a time";
/// What is expected where a level is.
pub(super) const LEVEL: &str = "a level: trace, debug, info, warning, error or critical";

fn moment(input: &str) -> Parsed<'_, Typed<Moment>> {
    let (rest, (text, _)) = value(input, &[])?;
    let wrong = Stop { at: input, code: "bad_time", expected: Cow::Borrowed(time::EXPECTED) };
    let value = Moment::parse(&text).ok_or(wrong)?;
    Ok((rest, Typed { text: text.into_owned(), value }))
}

/// A phrase, which may be empty only in quotes.
fn value<'q>(input: &'q str, ends: &[char]) -> Parsed<'q, Phrase<'q>> {
    match lex::phrase(input, ends) {
        Ok((_, (text, false))) if text.is_empty() => Err(stop(input, VALUE)),
        Ok(read) => Ok(read),
        Err(lex::OpenQuote) => Err(stop(input.get(input.len()..).unwrap_or_default(), "a closing quote")),
    }
}

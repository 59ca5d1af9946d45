//! Reads a query's text into tests, or says at which byte it cannot be read and what was expected there.
//!
//! Side by side is AND, which binds tighter than `OR`; `-` and `NOT` negate the term behind them; parentheses group.

use std::borrow::Cow;

use nom::branch::alt;
use nom::bytes::complete::{tag, take_while1};
use nom::character::complete::multispace0;
use nom::combinator::{recognize, value, verify};
use nom::{IResult, Parser};

use super::automaton::Pattern;
use super::field::{Check, FieldTest, Order, full_name};
use super::number::Number;
use super::text::{Glob, Needle};
use super::time::{self, Moment};
use super::{QueryError, Test};
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

fn stop(at: &str, expected: impl Into<Cow<'static, str>>) -> Stop<'_> {
    Stop { at, code: "bad_query", expected: expected.into() }
}

/// Terms joined by `OR`. Stops at a closing parenthesis or the end.
fn any(input: &str, depth: usize) -> Parsed<'_, Test> {
    let mut alternatives = Vec::new();
    let mut input = input;
    loop {
        let (rest, (test, terms)) = all(input, depth)?;
        let is_or = operator("OR", rest);
        if terms == 0 && (is_or.is_some() || !alternatives.is_empty()) {
            return Err(stop(rest, "a term beside OR"));
        }
        alternatives.push(test);
        match is_or {
            Some(behind) => input = behind,
            None if alternatives.len() > 1 => return Ok((rest, Test::Any(alternatives))),
            None => return Ok((rest, alternatives.pop().unwrap_or_default())),
        }
    }
}

/// Terms side by side, and how many there are.
fn all(input: &str, depth: usize) -> Parsed<'_, (Test, usize)> {
    let mut tests = Vec::new();
    let mut input = spaces(input);
    while !input.is_empty() && !input.starts_with(')') && operator("OR", input).is_none() {
        let (rest, test) = term(input, depth)?;
        tests.push(test);
        input = spaces(rest);
    }
    let terms = tests.len();
    Ok((input, (Test::All(tests), terms)))
}

fn term(input: &str, depth: usize) -> Parsed<'_, Test> {
    if depth > MAX_DEPTH {
        return Err(stop(input, "at most 64 parentheses and negations inside each other"));
    }
    let negated = input.strip_prefix('-').or_else(|| operator("NOT", input));
    if let Some(behind) = negated {
        let behind = if input.starts_with('-') { behind } else { spaces(behind) };
        if behind.is_empty() || behind.starts_with([' ', ')']) {
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
    if let Some((source, rest)) = between_slashes(input) {
        let pattern = Pattern::new(source).map_err(|error| Stop {
            at: input.get(1 + error.at..).unwrap_or_default(),
            code: "bad_pattern",
            expected: error.expected,
        })?;
        return Ok((rest, Test::Pattern(pattern)));
    }
    field_test(input).unwrap_or_else(|| {
        let (rest, (phrase, _)) = phrase(input, &[])?;
        Ok((rest, Test::Word(Needle::new(&phrase))))
    })
}

/// Splits a `/regex/` from what follows it: its first slash that is neither escaped nor in a class has to end a term.
/// So a path such as `/api/jobs` is a word.
fn between_slashes(input: &str) -> Option<(&str, &str)> {
    let inner = input.strip_prefix('/')?;
    let mut is_escaped = false;
    let mut in_class = false;
    let end = inner.bytes().position(|byte| {
        if std::mem::take(&mut is_escaped) {
            return false;
        }
        match byte {
            b'\\' => is_escaped = true,
            b'[' => in_class = true,
            b']' => in_class = false,
            _ => {}
        }
        byte == b'/' && !in_class
    })?;
    let (source, rest) = inner.split_at(end);
    let rest = rest.get(1..)?;
    let ends_term = rest.is_empty() || rest.starts_with(|c: char| c.is_whitespace() || c == ')');
    (ends_term && !source.is_empty()).then_some((source, rest))
}

/// A name, an operator and a value; none where the input is a word.
fn field_test(input: &str) -> Option<Parsed<'_, Test>> {
    let (behind_name, name) = name(input).ok()?;
    let (at_value, order) = order(behind_name).ok()?;
    if order.is_none() && at_value.starts_with(['/', '\\', ':']) {
        return None;
    }
    Some(match (name, order) {
        ("since", None) => moment(at_value).map(|(rest, moment)| (rest, Test::Since(moment))),
        ("until", None) => moment(at_value).map(|(rest, moment)| (rest, Test::Until(moment))),
        (name, None) => one_of(full_name(name), at_value),
        (name, Some(order)) => comparison(full_name(name), order, at_value),
    })
}

fn one_of<'q>(name: &str, input: &'q str) -> Parsed<'q, Test> {
    let mut globs = Vec::new();
    let mut levels = Vec::new();
    let mut rest = input;
    loop {
        let at = rest;
        let (behind, (text, is_quoted)) = phrase(rest, &[','])?;
        let glob = if is_quoted { Glob::literal(&text) } else { Glob::new(&text) };
        if name == "level" && !glob.is_any() {
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
    let check = if levels.is_empty() { Check::OneOf(globs) } else { Check::Levels(levels) };
    Ok((rest, Test::Field(FieldTest { name: name.to_owned(), check })))
}

fn comparison<'q>(name: &str, order: Order, input: &'q str) -> Parsed<'q, Test> {
    let check = if name == "timestamp" {
        let (rest, moment) = moment(input)?;
        (rest, Check::Time(order, moment))
    } else {
        let (rest, (text, _)) = phrase(input, &[])?;
        let check = if name == "level" {
            Check::Rank(order, Level::parse(&text).ok_or_else(|| stop(input, LEVEL))?)
        } else if let Some(number) = Number::parse(&text) {
            Check::Number(order, number)
        } else if let Some(moment) = Moment::parse(&text) {
            Check::Time(order, moment)
        } else {
            return Err(stop(input, "a number or a time"));
        };
        (rest, check)
    };
    Ok((check.0, Test::Field(FieldTest { name: name.to_owned(), check: check.1 })))
}

const LEVEL: &str = "a level: trace, debug, info, warning, error or critical";

fn moment(input: &str) -> Parsed<'_, Moment> {
    let (rest, (text, _)) = phrase(input, &[])?;
    let wrong = Stop { at: input, code: "bad_time", expected: Cow::Borrowed(time::EXPECTED) };
    Moment::parse(&text).map(|moment| (rest, moment)).ok_or(wrong)
}

/// A quoted phrase (`\"` and `\\` inside) or a word up to a space, a closing parenthesis or one of `ends`; whether it
/// was quoted.
fn phrase<'q>(input: &'q str, ends: &[char]) -> Parsed<'q, (Cow<'q, str>, bool)> {
    let Some(inner) = input.strip_prefix('"') else {
        // `fn()` is a word: a parenthesis that it opens, it also closes.
        let mut opened = 0;
        let ends_word = |c: char| {
            opened += i32::from(c == '(') - i32::from(c == ')');
            c.is_whitespace() || opened < 0 || ends.contains(&c)
        };
        let length = input.find(ends_word).unwrap_or(input.len());
        let (word, rest) = input.split_at(length);
        return if word.is_empty() { Err(stop(input, "a value")) } else { Ok((rest, (Cow::Borrowed(word), false))) };
    };
    let mut text = String::new();
    let mut chars = inner.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Ok((inner.get(at + 1..).unwrap_or_default(), (Cow::Owned(text), true))),
            '\\' => match chars.next() {
                Some((_, escaped @ ('"' | '\\'))) => text.push(escaped),
                Some((_, other)) => text.extend(['\\', other]),
                None => break,
            },
            c => text.push(c),
        }
    }
    Err(stop(inner.get(inner.len()..).unwrap_or_default(), "a closing quote"))
}

fn name(input: &str) -> IResult<&str, &str> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '@' | '.' | '-');
    // `step->next` compares nothing.
    let is_field = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '_' | '@')) && !name.ends_with(['-', '.'])
    };
    verify(recognize(take_while1(is_name)), is_field).parse(input)
}

fn order(input: &str) -> IResult<&str, Option<Order>> {
    alt((
        value(Some(Order::GreaterOrEqual), tag(">=")),
        value(Some(Order::LessOrEqual), tag("<=")),
        value(Some(Order::Greater), tag(">")),
        value(Some(Order::Less), tag("<")),
        value(None, tag(":")),
    ))
    .parse(input)
}

/// Returns what stands behind an operator word, where it is a word of its own.
fn operator<'q>(word: &str, input: &'q str) -> Option<&'q str> {
    let behind = input.strip_prefix(word)?;
    (behind.is_empty() || behind.starts_with(|c: char| c.is_whitespace() || matches!(c, '(' | ')'))).then_some(behind)
}

fn spaces(input: &str) -> &str {
    let trimmed: IResult<&str, &str> = multispace0(input);
    trimmed.map_or(input, |(rest, _)| rest)
}

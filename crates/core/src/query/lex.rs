//! The pieces that a query's text is made of: names, operators, phrases, what stands between slashes. What they mean
//! together is `parse.rs`.

use std::borrow::Cow;

use nom::branch::alt;
use nom::bytes::complete::{tag, take_while1};
use nom::combinator::{value, verify};
use nom::{IResult, Parser};

use super::field::Order;

/// A quote that nothing closes.
pub(super) struct OpenQuote;

/// A phrase, and whether it was quoted.
pub(super) type Phrase<'q> = (Cow<'q, str>, bool);

/// Splits off a quoted phrase (`\"` and `\\` inside) or a word up to a space, a closing parenthesis or one of `ends`.
/// A word may be empty.
pub(super) fn phrase<'q>(input: &'q str, ends: &[char]) -> Result<(&'q str, Phrase<'q>), OpenQuote> {
    let Some(inner) = input.strip_prefix('"') else {
        // `fn()` is a word: a parenthesis that it opens, it also closes.
        let mut opened = 0;
        let ends_word = |c: char| {
            opened += i32::from(c == '(') - i32::from(c == ')');
            c.is_whitespace() || opened < 0 || ends.contains(&c)
        };
        let length = input.find(ends_word).unwrap_or(input.len());
        let (word, rest) = input.split_at_checked(length).unwrap_or((input, ""));
        return Ok((rest, (Cow::Borrowed(word), false)));
    };
    let mut text = String::new();
    let mut rest = inner;
    while let Some((clear, behind)) = rest.find(['"', '\\']).and_then(|at| rest.split_at_checked(at)) {
        text.push_str(clear);
        let sign = behind.as_bytes().first();
        rest = behind.get(1..).unwrap_or_default();
        if sign == Some(&b'"') {
            return Ok((rest, (Cow::Owned(text), true)));
        }
        if rest.starts_with(['"', '\\']) {
            text.push_str(rest.get(..1).unwrap_or_default());
            rest = rest.get(1..).unwrap_or_default();
        } else {
            text.push('\\');
        }
    }
    Err(OpenQuote)
}

/// Returns whether the whole of `text` is one phrase without quotes.
pub(super) fn is_plain(text: &str, ends: &[char]) -> bool {
    !text.is_empty() && matches!(phrase(text, ends), Ok(("", (_, false))))
}

/// What begins with a slash.
pub(super) enum Slash<'q> {
    /// A `/regex/`: its first slash that is neither escaped nor in a class ends a term. The pattern, and what follows.
    Pattern(&'q str, &'q str),
    /// A word: a path such as `/api/jobs`.
    Word,
    /// Nothing closes it yet; as it stands it is a word.
    Open,
}

/// Tells what a slash at the beginning of `input` begins; none where there is none.
pub(super) fn slash(input: &str) -> Option<Slash<'_>> {
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
    });
    let Some((source, rest)) = end.and_then(|end| Some((inner.get(..end)?, inner.get(end + 1..)?))) else {
        return Some(Slash::Open);
    };
    let ends_term = rest.is_empty() || rest.starts_with(|c: char| c.is_whitespace() || c == ')');
    Some(if ends_term && !source.is_empty() { Slash::Pattern(source, rest) } else { Slash::Word })
}

/// Splits off a field's name and the comparison behind it (none is `:`); none where the input is a word.
pub(super) fn named(input: &str) -> Option<(&str, Option<Order>, &str)> {
    let (at_order, name) = name(input.as_bytes()).ok()?;
    let (at_value, order) = order(at_order).ok()?;
    // They are ASCII.
    let (name, at_value) = (input.get(..name.len())?, input.get(input.len() - at_value.len()..)?);
    let is_word = order.is_none() && at_value.starts_with(NO_VALUE);
    (!is_word).then_some((name, order, at_value))
}

/// Behind a name and a colon these make it a word: `http://x`, `C:\x`, `std::io`.
pub(super) const NO_VALUE: [char; 3] = ['/', '\\', ':'];

pub(super) fn is_name(c: char) -> bool {
    u8::try_from(c).is_ok_and(is_name_byte)
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'@' | b'.' | b'-')
}

fn name(input: &[u8]) -> IResult<&[u8], &[u8]> {
    // `step->next` compares nothing.
    let is_field = |name: &[u8]| {
        matches!(name, [b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'@', ..]) && !matches!(name, [.., b'-' | b'.'])
    };
    verify(take_while1(is_name_byte), is_field).parse(input)
}

fn order(input: &[u8]) -> IResult<&[u8], Option<Order>> {
    alt((
        value(Some(Order::GreaterOrEqual), tag(&b">="[..])),
        value(Some(Order::LessOrEqual), tag(&b"<="[..])),
        value(Some(Order::Greater), tag(&b">"[..])),
        value(Some(Order::Less), tag(&b"<"[..])),
        value(None, tag(&b":"[..])),
    ))
    .parse(input)
}

/// Returns what stands behind a `-` or `NOT` at the beginning.
pub(super) fn negated(input: &str) -> Option<&str> {
    input.strip_prefix('-').or_else(|| operator("NOT", input).map(str::trim_start))
}

/// Returns what stands behind an operator word, where it is a word of its own.
pub(super) fn operator<'q>(word: &str, input: &'q str) -> Option<&'q str> {
    let behind = input.strip_prefix(word)?;
    (behind.is_empty() || behind.starts_with(|c: char| c.is_whitespace() || matches!(c, '(' | ')'))).then_some(behind)
}

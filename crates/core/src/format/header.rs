//! The pieces that headers of text formats are made of, as nom parsers.

use nom::branch::alt;
use nom::bytes::complete::{tag, take_while1};
use nom::character::complete::{char, i64};
use nom::combinator::{eof, map_opt, rest};
use nom::error::{Error, ErrorKind};
use nom::sequence::{delimited, preceded};
use nom::{Err, IResult, Parser};

use crate::level::Level;
use crate::search;
use crate::stamp::{self, Stamp};

/// A date and time, with or without a zone.
pub(super) fn date_time(input: &str) -> IResult<&str, Stamp> {
    let (stamp, rest) = stamp::date_time(input).ok_or(Err::Error(Error::new(input, ErrorKind::Digit)))?;
    Ok((rest, stamp))
}

/// A time of day in brackets: `[14:30:01]`.
pub(super) fn bracketed_time(input: &str) -> IResult<&str, Stamp> {
    delimited(char('['), time_of_day, char(']')).parse(input)
}

fn time_of_day(input: &str) -> IResult<&str, Stamp> {
    let (micros, rest) = stamp::time(input).ok_or(Err::Error(Error::new(input, ErrorKind::Digit)))?;
    Ok((rest, Stamp::TimeOfDay(micros)))
}

/// A process number in brackets: `[1234]`.
pub(super) fn bracketed_pid(input: &str) -> IResult<&str, i64> {
    delimited(char('['), i64, char(']')).parse(input)
}

/// A level in brackets: `[WARNING]`.
pub(super) fn bracketed_level(input: &str) -> IResult<&str, Level> {
    delimited(char('['), level, char(']')).parse(input)
}

/// A level's name.
pub(super) fn level(input: &str) -> IResult<&str, Level> {
    map_opt(take_while1(|c: char| c.is_ascii_alphabetic()), Level::parse).parse(input)
}

/// The message: what stands behind one space, up to the end; nothing where the line ends here.
pub(super) fn message(input: &str) -> IResult<&str, &str> {
    alt((preceded(tag(" "), rest), eof)).parse(input)
}

/// What stands before a separator: something, and the separator has to follow.
pub(super) fn until<'i>(separator: &'static str) -> impl Parser<&'i str, Output = &'i str, Error = Error<&'i str>> {
    move |input: &'i str| {
        let at = search::find(input, separator).filter(|at| *at > 0);
        let (before, rest) = at.and_then(|at| input.split_at_checked(at)).ok_or_else(|| fails(input))?;
        Ok((rest, before))
    }
}

fn fails(input: &str) -> Err<Error<&str>> {
    Err::Error(Error::new(input, ErrorKind::TakeUntil))
}

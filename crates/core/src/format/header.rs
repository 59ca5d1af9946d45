//! The pieces of headers that are words of their own, as nom parsers.

use nom::bytes::complete::take_while1;
use nom::combinator::map_opt;
use nom::{IResult, Parser};

use crate::level::Level;

/// A level's name.
pub(super) fn level(input: &[u8]) -> IResult<&[u8], Level> {
    map_opt(take_while1(|byte: u8| byte.is_ascii_alphabetic()), Level::of).parse(input)
}

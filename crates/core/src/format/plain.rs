//! The format of a line that no other format takes: its text is the message.

use std::borrow::Cow;

use crate::record::{Parsed, Record};

/// Returns the line as a plain record.
pub(super) fn parse(line: &str) -> Parsed<'_> {
    Parsed { stamp: None, record: Record { message: Cow::Borrowed(line), format: "plain", ..Record::default() } }
}

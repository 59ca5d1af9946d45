//! What the raw bytes of a record must hold if it matches: so that a reader can pass over what cannot.

use super::Test;
use super::field::{Check, FieldTest};
use super::text::{Glob, Needle};
use crate::level::Level;

/// The shortest word that is worth searching for.
const SHORTEST: usize = 2;

/// A text to look for in raw bytes, in any ASCII case.
#[derive(Clone, Debug)]
pub(crate) struct RawText {
    pub(crate) text: Vec<u8>,
    /// Whether no letter or digit stands beside it, but for that of an escape such as `\n` before it.
    pub(crate) is_token: bool,
}

impl RawText {
    fn anywhere(text: &str) -> Self {
        Self { text: text.as_bytes().to_vec(), is_token: false }
    }

    fn token(text: &[u8]) -> Self {
        Self { text: text.to_vec(), is_token: true }
    }
}

/// How JSON writes any ASCII letter that it need not escape.
const ESCAPED: &str = "\\u00";

impl Test {
    /// Returns texts of which a matching record's raw bytes hold at least one; none where nothing is known of them.
    ///
    /// Invariant: redaction and the removal of codes only take text away or put `~`, masks and U+FFFD in its place, and
    /// a word is never searched in a mask. So what is found in the shown text, without those, stands in the raw bytes.
    pub(super) fn needles(&self) -> Option<Vec<RawText>> {
        match self {
            Test::All(tests) => {
                let length = |needles: &Vec<RawText>| needles.iter().map(|needle| needle.text.len()).min().unwrap_or(0);
                tests.iter().filter_map(Test::needles).max_by_key(length)
            }
            Test::Any(tests) => {
                let each: Option<Vec<Vec<RawText>>> = tests.iter().map(Test::needles).collect();
                each.map(|needles| needles.concat())
            }
            Test::Word(needle) => word(needle),
            Test::Field(test) => field(test),
            Test::Not(_) | Test::Pattern(_) | Test::Since(_) | Test::Until(_) => None,
        }
    }
}

fn word(needle: &Needle) -> Option<Vec<RawText>> {
    let is_raw = |spelling: &String| {
        spelling.len() >= SHORTEST && !spelling.contains(['~', '"', '\n', '\r', '\u{1b}', char::REPLACEMENT_CHARACTER])
    };
    let spellings = needle.spellings();
    spellings.iter().all(is_raw).then(|| spellings.iter().map(|spelling| RawText::anywhere(spelling)).collect())
}

fn field(test: &FieldTest) -> Option<Vec<RawText>> {
    match &test.check {
        Check::OneOf(globs) if test.name == "job_id" => job_ids(globs),
        Check::Levels(levels) => level_names(|level| levels.contains(&level)),
        Check::Rank(order, than) => level_names(|level| order.holds(&level, than)),
        Check::OneOf(_) | Check::Number(..) | Check::Time(..) => None,
    }
}

/// A whole job ID of plain letters is in no mask. They stand in the line as they are, or escaped.
fn job_ids(globs: &[Glob]) -> Option<Vec<RawText>> {
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    let whole = |glob: &Glob| match glob.parts() {
        [id] if !id.is_empty() && id.bytes().all(is_plain) => Some(RawText::token(id.as_bytes())),
        _ => None,
    };
    let mut needles: Vec<RawText> = globs.iter().map(whole).collect::<Option<_>>()?;
    needles.push(RawText::anywhere(ESCAPED));
    Some(needles)
}

/// A level stands in the line by one of its names, or as a number beside one of the keys that give numbers a meaning.
/// Levels that most records have are not worth searching for.
fn level_names(is_wanted: impl Fn(Level) -> bool) -> Option<Vec<RawText>> {
    const NUMBERED: [&str; 4] = ["levelno", "priority", "\"pid\"", "hostname"];
    if Level::ALL.into_iter().any(|level| level < Level::Warning && is_wanted(level)) {
        return None;
    }
    let names = Level::ALL.into_iter().filter(|level| is_wanted(*level)).flat_map(Level::names);
    let keys = NUMBERED.into_iter().chain([ESCAPED]).map(RawText::anywhere);
    Some(names.map(|name| RawText::token(name)).chain(keys).collect())
}

//! What the raw bytes of a record must hold if it matches: so that a reader can pass over what cannot.

use super::Test;
use super::field::{Check, FieldTest};
use super::text::{Glob, Needle};

/// The shortest text that is worth searching for.
const SHORTEST: usize = 2;

impl Test {
    /// Returns texts of which a matching record's raw bytes hold at least one, in any ASCII case; none where nothing is
    /// known of them.
    ///
    /// Invariant: redaction and the removal of codes only take text away or put `~`, masks and U+FFFD in its place, and
    /// a word is never searched in a mask. So what is found in the shown text, without those, stands in the raw bytes.
    pub(super) fn needles(&self) -> Option<Vec<String>> {
        match self {
            Test::All(tests) => {
                let length = |needles: &Vec<String>| needles.iter().map(String::len).min().unwrap_or(0);
                tests.iter().filter_map(Test::needles).max_by_key(length)
            }
            Test::Any(tests) => {
                let each: Option<Vec<Vec<String>>> = tests.iter().map(Test::needles).collect();
                each.map(|needles| needles.concat())
            }
            Test::Word(needle) => word(needle),
            Test::Field(test) => job_id(test),
            Test::Not(_) | Test::Pattern(_) | Test::Since(_) | Test::Until(_) => None,
        }
    }
}

fn word(needle: &Needle) -> Option<Vec<String>> {
    let is_raw = |spelling: &String| {
        spelling.len() >= SHORTEST && !spelling.contains(['~', '"', '\n', '\r', '\u{1b}', char::REPLACEMENT_CHARACTER])
    };
    let spellings = needle.spellings();
    spellings.iter().all(is_raw).then(|| spellings.to_vec())
}

/// A whole job ID of plain letters is in no mask. They stand in the line as they are, or escaped as `\u00XX`.
fn job_id(test: &FieldTest) -> Option<Vec<String>> {
    const ESCAPED: &str = "\\u00";
    let Check::OneOf(globs) = &test.check else { return None };
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    let whole = |glob: &Glob| match glob.parts() {
        [id] if id.len() >= SHORTEST && id.bytes().all(is_plain) => Some(id.clone()),
        _ => None,
    };
    let mut needles: Vec<String> = globs.iter().map(whole).collect::<Option<_>>()?;
    needles.push(ESCAPED.to_owned());
    (test.name == "job_id").then_some(needles)
}

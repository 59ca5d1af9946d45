//! What the raw bytes of a record must hold if it matches: so that a reader can pass over what cannot.

use super::Test;
use super::field::{Check, FieldTest};
use super::text::{Glob, Needle};
use crate::level::Level;

/// The shortest word that is worth searching for.
const SHORTEST: usize = 2;

/// What a record must have to match: one of these texts in its raw bytes, or one of these levels.
#[derive(Clone, Debug, Default)]
pub(crate) struct Needs {
    pub(crate) texts: Vec<RawText>,
    pub(crate) levels: Vec<Level>,
}

/// A text to look for in raw bytes, in any ASCII case unless it says otherwise.
#[derive(Clone, Debug)]
pub(crate) struct RawText {
    pub(crate) text: Vec<u8>,
    /// Whether no letter or digit stands beside it, but for that of an escape such as `\n` before it.
    pub(crate) is_token: bool,
    /// Whether it counts only in the case in which it is written here.
    pub(crate) is_exact: bool,
}

impl RawText {
    fn anywhere(text: &[u8]) -> Self {
        Self { text: text.to_vec(), is_token: false, is_exact: false }
    }

    fn exactly(text: &str) -> Self {
        Self { is_exact: true, ..Self::anywhere(text.as_bytes()) }
    }

    fn token(text: &[u8]) -> Self {
        Self { text: text.to_vec(), is_token: true, is_exact: false }
    }
}

impl Needs {
    fn texts(texts: Vec<RawText>) -> Self {
        Self { texts, levels: Vec::new() }
    }

    /// How much is passed over, as far as it can be told: long texts are rare, levels are not.
    fn rarity(&self) -> usize {
        if self.levels.is_empty() { self.texts.iter().map(|text| text.text.len()).min().unwrap_or(0) } else { 1 }
    }

    fn or(mut self, other: Needs) -> Self {
        self.texts.extend(other.texts);
        self.levels.extend(other.levels);
        self
    }
}

/// How JSON writes any ASCII letter that it need not escape.
const ESCAPED: &str = "\\u00";

impl Test {
    /// Returns what a matching record must have; none where nothing is known of it.
    ///
    /// Invariant: redaction and the removal of codes only take text away or put `~`, masks and U+FFFD in its place, and
    /// a word is never searched in a mask. So what is found in the shown text, without those, stands in the raw bytes.
    pub(super) fn needs(&self) -> Option<Needs> {
        match self {
            Test::All(tests) => tests.iter().filter_map(Test::needs).max_by_key(Needs::rarity),
            Test::Any(tests) => tests.iter().map(Test::needs).try_fold(Needs::default(), |all, one| Some(all.or(one?))),
            Test::Word(needle) => word(needle).map(Needs::texts),
            Test::Field(test) => field(test),
            Test::Not(_) | Test::Pattern(_) | Test::Since(_) | Test::Until(_) => None,
        }
    }
}

fn word(needle: &Needle) -> Option<Vec<RawText>> {
    // U+FFFD begins with 0xef, as little else does.
    let is_changed = |byte: &u8| matches!(byte, b'~' | b'"' | b'\n' | b'\r' | 0x1b | 0xef);
    let is_raw = |spelling: &[u8]| spelling.len() >= SHORTEST && !spelling.iter().any(is_changed);
    needle.spellings().map(|spelling| is_raw(spelling).then(|| RawText::anywhere(spelling))).collect()
}

fn field(test: &FieldTest) -> Option<Needs> {
    match &test.check {
        Check::OneOf(globs) if test.name == "job_id" => job_ids(globs).map(Needs::texts),
        Check::Levels(levels) => levels_where(&|level| levels.contains(&level)),
        Check::Rank(order, than) => levels_where(&|level| order.holds(&level, than)),
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
    needles.push(RawText::exactly(ESCAPED));
    Some(needles)
}

/// Levels that most records have are not worth searching for.
fn levels_where(is_wanted: &dyn Fn(Level) -> bool) -> Option<Needs> {
    let levels: Vec<Level> = Level::ALL.into_iter().filter(|level| is_wanted(*level)).collect();
    let are_rare = levels.iter().all(|level| *level >= Level::Warning);
    are_rare.then_some(Needs { texts: Vec::new(), levels })
}

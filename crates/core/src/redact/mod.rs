//! Redaction: finds secrets and personal paths in text and masks them.
//!
//! `shapes.rs` is the table of token shapes, `pattern.rs` reads its patterns and `rules.rs` finds them; `key.rs` says where a
//! key stands, `keys.rs` which keys are sensitive, `value.rs` where their values end, `pairs.rs` finds values that no colon or
//! equals sign joins to their keys; `credentials.rs` knows `Authorization` schemes, `cards.rs` card numbers and `paths.rs`
//! personal paths. `trigger.rs` says where any of these can begin, by `lanes.rs`, which looks at sixteen bytes in one step;
//! `find.rs` walks over the text once and joins them. `clean.rs` says what surely hides nothing. `bytes.rs` has the classes of
//! bytes for all of them.

mod bytes;
mod cards;
mod clean;
mod credentials;
mod find;
mod key;
mod keys;
mod lanes;
#[cfg(test)]
mod made;
mod pairs;
mod paths;
mod pattern;
#[cfg(test)]
mod pieces;
mod rules;
mod shapes;
#[cfg(test)]
mod table;
mod trigger;
mod value;

use std::borrow::Cow;
use std::sync::Arc;

use crate::mask::MASK_START;
use value::Quote;

/// What is done with paths of the local machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Paths {
    /// The prefix of a personal path up to the user's name becomes `~`; system paths stay.
    #[default]
    Home,
    /// Every absolute local path keeps its last part only; under one of the named roots it becomes relative.
    Strict,
    /// Paths stay.
    Off,
}

/// What a [`Redactor`] masks beyond secrets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RedactOptions {
    /// What is done with paths.
    pub paths: Paths,
    /// Directories whose paths become relative under [`Paths::Strict`].
    pub roots: Vec<String>,
}

/// Something that is masked: which rule found it and where it stands, in bytes of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule's id, as the mask shows it.
    pub rule: &'static str,
    /// The first byte of what is hidden.
    pub start: usize,
    /// The byte behind what is hidden.
    pub end: usize,
    /// What stands in its place.
    pub(crate) cover: Cover,
}

/// What stands in the place of something hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cover {
    /// `[redacted:RULE]`.
    Mask,
    /// The mask between these quotes: in the place of a bare JSON number.
    QuotedMask(Quote),
    /// This text: a path's new beginning.
    Text(&'static str),
}

/// Masks secrets in text: `[redacted:github-token]`.
///
/// Cheap to clone. Redacting twice changes nothing more; JSON stays JSON; the time is linear in the text.
///
/// ```
/// use jobtrail_core::Redactor;
///
/// let redactor = Redactor::default();
/// assert_eq!("password=[redacted:password] n=1", redactor.redact("password=hunter2 n=1"));
/// assert_eq!("wrote ~/out.csv", redactor.redact("wrote /home/alice/out.csv"));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Redactor {
    options: Arc<RedactOptions>,
}

impl Redactor {
    /// Returns a redactor with these options.
    pub fn new(options: RedactOptions) -> Self {
        Self { options: Arc::new(options) }
    }

    /// Returns the text with everything masked that a rule finds; borrowed where nothing is.
    pub fn redact<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let findings = self.find(text);
        if findings.is_empty() {
            return Cow::Borrowed(text);
        }
        let mut redacted = String::with_capacity(text.len() + 16 * findings.len());
        let mut copied = 0;
        for finding in &findings {
            redacted.push_str(text.get(copied..finding.start).unwrap_or_default());
            finding.push_cover(&mut redacted);
            copied = finding.end;
        }
        redacted.push_str(text.get(copied..).unwrap_or_default());
        Cow::Owned(redacted)
    }

    /// Returns whether something is taken out with nothing in its place, so that what stood around it is joined.
    pub(crate) fn joins_text(&self) -> bool {
        self.options.paths == Paths::Strict
    }

    /// Returns what would be masked, in the order of the text, without overlaps.
    pub fn find(&self, text: &str) -> Vec<Finding> {
        find::find(text, &self.options)
    }
}

impl Finding {
    fn push_cover(&self, out: &mut String) {
        let mut push_mask = |quote: &dyn Fn(&mut String)| {
            quote(out);
            out.push_str(MASK_START);
            out.push_str(self.rule);
            out.push(']');
            quote(out);
        };
        match self.cover {
            Cover::Mask => push_mask(&|_| ()),
            Cover::QuotedMask(quote) => push_mask(&|out| {
                out.extend(std::iter::repeat_n('\\', quote.backslashes));
                out.push(char::from(quote.byte));
            }),
            Cover::Text(text) => out.push_str(text),
        }
    }
}

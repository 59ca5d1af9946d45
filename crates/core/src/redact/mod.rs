//! Redaction: finds secrets and personal paths in text and masks them.
//!
//! `shapes.rs` is the table of token shapes, `pattern.rs` reads its patterns and `rules.rs` finds them; `key.rs` says where a
//! key stands, `keys.rs` which keys are sensitive, `value.rs` where their values end, `pairs.rs` finds values that no colon or
//! equals sign joins to their keys; `credentials.rs` knows `Authorization` schemes, `cards.rs` card numbers and `paths.rs`
//! personal paths. `trigger.rs` says where any of these can begin, by `lanes.rs`, which looks at many bytes in one step;
//! `find.rs` walks over the text once and joins them. `clean.rs` says what surely hides nothing, `clean_texts.rs` remembers it; `steps.rs` counts for tests how
//! often bytes are looked at. `bytes.rs` has the classes of bytes and `words.rs` the lists of
//! words for all of them.

#[cfg(test)]
mod again;
mod bytes;
mod cards;
mod clean;
mod clean_texts;
mod credentials;
mod ends;
#[cfg(test)]
mod evaluation;
mod extra;
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
mod steps;
#[cfg(test)]
mod table;
mod trigger;
mod value;
mod words;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use crate::mask::MASK_START;
use crate::scan;
pub use clean_texts::CleanTexts;
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
    /// Whether e-mail addresses are masked: `[redacted:email]`.
    pub emails: bool,
    /// Whether IP addresses of both versions are masked: `[redacted:ip]`.
    pub ips: bool,
    /// Whether telephone numbers are masked that begin with `+` or an area code in brackets: `[redacted:phone]`.
    pub phones: bool,
    /// Patterns of tokens that are masked where a word begins: `[redacted:custom]`.
    ///
    /// `CASE-%n6` is `CASE-` and six digits, `acme_%a20-40` takes 20 to 40 letters and digits, `%x32*` at least 32 hex digits;
    /// `[ab]` is one of these characters, and what else stands there itself. The runs' letters are in `docs/redaction.md`.
    pub patterns: Vec<String>,
    /// Rules that mask nothing, by their ids.
    pub off: Vec<String>,
    /// Texts that stay, where one is the whole of what would be masked.
    pub allow: Vec<String>,
    /// What stands in the place of a secret instead of `[redacted:RULE]`. Queries know only the usual mask.
    pub mask: Option<String>,
}

impl RedactOptions {
    /// Returns what is wrong with the options: a pattern, a rule or a mask.
    ///
    /// ```
    /// use jobtrail_core::RedactOptions;
    ///
    /// let options = RedactOptions { patterns: vec!["CASE-%n6".to_owned()], ..RedactOptions::default() };
    /// assert_eq!(Ok(()), options.check());
    /// ```
    pub fn check(&self) -> Result<(), RedactError> {
        match self.off.iter().find(|rule| !Redactor::rules().any(|known| known == rule.as_str())) {
            Some(rule) => Err(RedactError::Rule(rule.clone())),
            None => self.check_texts(),
        }
    }

    /// Returns what is wrong with a pattern or the mask. Unlike [`check`](Self::check) it does not know the rules' names, which
    /// a browser would have to download.
    pub fn check_texts(&self) -> Result<(), RedactError> {
        if let Some(pattern) = self.patterns.iter().find(|pattern| !extra::is_pattern(pattern)) {
            return Err(RedactError::Pattern(pattern.clone()));
        }
        let is_word =
            |mask: &str| !mask.is_empty() && mask.bytes().all(|b| b.is_ascii_alphanumeric() || b"*#_-.".contains(&b));
        match &self.mask {
            Some(mask) if !is_word(mask) => Err(RedactError::Mask(mask.clone())),
            _ => Ok(()),
        }
    }

    /// Whether anything is asked for that only a second walk finds.
    fn has_extra(&self) -> bool {
        self.emails || self.ips || self.phones || !self.patterns.is_empty()
    }

    fn is_off(&self, rule: &str) -> bool {
        self.off.iter().any(|off| off == rule)
    }

    /// Whether a text stays that this rule found.
    fn spares(&self, rule: &str, text: &str) -> bool {
        self.is_off(rule) || self.allow.iter().any(|allowed| allowed == text)
    }
}

/// What is wrong with [`RedactOptions`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RedactError {
    /// A pattern that cannot be read.
    Pattern(String),
    /// A rule that there is none of.
    Rule(String),
    /// A mask that is no word, so that redacting twice could change more.
    Mask(String),
}

impl RedactError {
    /// Returns a stable word for the kind of error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Pattern(_) => "bad_pattern",
            Self::Rule(_) => "unknown_rule",
            Self::Mask(_) => "bad_mask",
        }
    }
}

impl fmt::Display for RedactError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, text, right) = match self {
            Self::Pattern(text) => ("pattern", text, "text and runs as in `CASE-%n6` or `acme_%a20-40`"),
            Self::Rule(text) => ("rule", text, "an id that a mask shows, such as `jwt`"),
            Self::Mask(text) => ("mask", text, "letters, digits and `*#_-.`"),
        };
        write!(f, "{what} `{text}`, expected {right}")
    }
}

impl std::error::Error for RedactError {}

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

/// Text in which something was hidden is looked at again, until nothing more is found or so often.
const MAX_PASSES: usize = 4;

/// A longer text is not: no line should take longer than a screen takes to show it.
const MAX_BYTES_LOOKED_AT_AGAIN: usize = 16 * 1024;

impl Redactor {
    /// Returns a redactor with these options.
    pub fn new(options: RedactOptions) -> Self {
        Self { options: Arc::new(options) }
    }

    /// Returns the text with everything masked that a rule finds; borrowed where nothing is.
    pub fn redact<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut redacted = Cow::Borrowed(text);
        // What was hidden may have stood between a key and what is its value now.
        let passes = if text.len() > MAX_BYTES_LOOKED_AT_AGAIN { 1 } else { MAX_PASSES };
        for _ in 0..passes {
            let findings = self.find(&redacted);
            if findings.is_empty() {
                break;
            }
            let joins_nothing =
                scan::is_nested(&redacted) && findings.iter().all(|finding| finding.is_member(&redacted));
            redacted = Cow::Owned(self.cover(&redacted, &findings));
            if joins_nothing {
                break;
            }
        }
        redacted
    }

    fn cover(&self, text: &str, findings: &[Finding]) -> String {
        let mut covered = String::with_capacity(text.len() + 16 * findings.len());
        let mut copied = 0;
        for finding in findings {
            covered.push_str(text.get(copied..finding.start).unwrap_or_default());
            finding.push_cover(&mut covered, self.options.mask.as_deref());
            copied = finding.end;
        }
        covered.push_str(text.get(copied..).unwrap_or_default());
        covered
    }

    /// Returns whether something is taken out with nothing in its place, so that what stood around it is joined.
    pub(crate) fn joins_text(&self) -> bool {
        self.options.paths == Paths::Strict
    }

    /// Returns the id of every rule: those that stand beside the table of shapes first, then the table's in order.
    pub fn rules() -> impl Iterator<Item = &'static str> {
        const OTHERS: [&str; 20] = [
            "api-key",
            "authorization",
            "basic",
            "bearer",
            "card",
            "cookie",
            "credential",
            "custom",
            "email",
            "ip",
            "jwt",
            "key",
            "password",
            "path",
            "phone",
            "pin",
            "private-key",
            "secret",
            "session",
            "token",
        ];
        let shapes = shapes::SHAPES.lines().filter_map(|line| line.split(' ').next());
        OTHERS.into_iter().chain(["url-credentials"]).chain(shapes)
    }

    /// Returns what would be masked, in the order of the text, without overlaps.
    pub fn find(&self, text: &str) -> Vec<Finding> {
        let found = find::find(text, &self.options);
        if self.options.has_extra() { extra::find(text, &self.options, found) } else { found }
    }
}

impl Finding {
    /// Whether it is the whole of a JSON member's text, or all behind an authorization's scheme: a mask there joins nothing.
    fn is_member(&self, text: &str) -> bool {
        const LONGEST_SCHEME: usize = 16;
        let bytes = text.as_bytes();
        let space = bytes::run_before(bytes, self.start, 1, bytes::BLANK);
        let scheme = bytes::run_before(bytes, self.start - space, space * LONGEST_SCHEME, bytes::WORD);
        let Some(quote) = (self.start - space - scheme).checked_sub(1) else { return false };
        let colon = quote - bytes::run_before(bytes, quote, 1, bytes::BLANK);
        let is_quoted = bytes.get(quote) == Some(&b'"') && bytes.get(self.end) == Some(&b'"');
        self.cover == Cover::Mask && is_quoted && bytes.get(colon.wrapping_sub(1)) == Some(&b':')
    }

    fn push_cover(&self, out: &mut String, own_mask: Option<&str>) {
        let quote = match self.cover {
            Cover::Text(text) => return out.push_str(text),
            Cover::QuotedMask(quote) => Some(quote),
            Cover::Mask => None,
        };
        let push_quote = |out: &mut String| {
            if let Some(quote) = quote {
                out.extend(std::iter::repeat_n('\\', quote.backslashes));
                out.push(char::from(quote.byte));
            }
        };
        push_quote(out);
        if let Some(mask) = own_mask {
            out.push_str(mask);
        } else {
            out.push_str(MASK_START);
            out.push_str(self.rule);
            out.push(']');
        }
        push_quote(out);
    }
}

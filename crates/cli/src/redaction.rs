//! The options that say what is masked beyond secrets: those of every command that shows text from logs.

use clap::ValueEnum;
use jobtrail_core::{Paths, RedactError, RedactOptions, Redactor};

use crate::refusal::Refusal;

const HEADING: &str = "Redaction";

/// What is masked, and what is not.
#[derive(Debug, clap::Args)]
pub(crate) struct Redaction {
    /// Paths of this machine: personal ones begin with `~`, all absolute ones keep their last part, or all stay
    #[arg(long, help_heading = HEADING, value_enum, default_value_t = PathMode::Home)]
    paths: PathMode,
    /// With --paths strict: paths below this directory become relative to it
    #[arg(long, help_heading = HEADING, value_name = "DIR")]
    root: Vec<String>,
    /// Mask e-mail addresses too
    #[arg(long, help_heading = HEADING)]
    emails: bool,
    /// Mask IP addresses too
    #[arg(long, help_heading = HEADING)]
    ips: bool,
    /// Mask telephone numbers too
    #[arg(long, help_heading = HEADING)]
    phones: bool,
    /// Mask tokens of this pattern too: `CASE-%n6` is `CASE-` and six digits (see docs/redaction.md)
    #[arg(long, help_heading = HEADING, value_name = "PATTERN")]
    pattern: Vec<String>,
    /// Let this rule mask nothing
    #[arg(long, help_heading = HEADING, value_name = "RULE")]
    off: Vec<String>,
    /// Let this text stay where it is the whole of what would be masked
    #[arg(long, help_heading = HEADING, value_name = "TEXT")]
    allow: Vec<String>,
    /// Write this in the place of a secret instead of `[redacted:RULE]`
    #[arg(long, help_heading = HEADING, value_name = "WORD")]
    mask: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum PathMode {
    Home,
    Strict,
    Off,
}

impl Redaction {
    /// Returns a redactor that does as asked. Errors: a pattern, a rule or a mask that is none.
    pub(crate) fn redactor(&self) -> Result<Redactor, Refusal> {
        let options = RedactOptions {
            paths: match self.paths {
                PathMode::Home => Paths::Home,
                PathMode::Strict => Paths::Strict,
                PathMode::Off => Paths::Off,
            },
            roots: self.root.clone(),
            emails: self.emails,
            ips: self.ips,
            phones: self.phones,
            patterns: self.pattern.clone(),
            off: self.off.clone(),
            allow: self.allow.clone(),
            mask: self.mask.clone(),
        };
        options.check().map_err(|error| {
            let refusal = Refusal::because(format!("bad {error}"));
            match &error {
                RedactError::Pattern(pattern) => refusal.about("--pattern", pattern),
                RedactError::Rule(rule) => refusal.about("--off", rule),
                RedactError::Mask(mask) => refusal.about("--mask", mask),
                _ => refusal,
            }
        })?;
        Ok(Redactor::new(options))
    }
}

//! The options that say how records look to a person, and the pager they are shown in.

use std::rc::Rc;

use crate::io::Io;
use crate::print::{Colors, EXPECTED_COLOR, Looks, Pager, ShownFields, Times, pager_words};
use crate::refusal::Refusal;

/// How records look as text.
#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of the command line")]
pub(crate) struct LooksOptions {
    /// Show these fields alone behind the message, in this order: `step,data.size`; parts of a record (`thread`, `user_id`)
    /// have names too
    #[arg(long, help_heading = HEADING, value_name = "NAMES", value_delimiter = ',')]
    fields: Vec<String>,
    /// Show no fields behind the message
    #[arg(long, help_heading = HEADING, conflicts_with = "fields")]
    no_fields: bool,
    /// Tell times as ages: `3m ago`
    #[arg(long, help_heading = HEADING)]
    relative: bool,
    /// Tell times as what has passed since the record before: `+1.203s`
    #[arg(long, help_heading = HEADING, conflicts_with = "relative")]
    delta: bool,
    /// Leave it to the terminal to wrap long lines
    #[arg(long, help_heading = HEADING)]
    no_wrap: bool,
    /// Wrap long lines on a terminal, whatever the settings say
    #[arg(long, help_heading = HEADING, overrides_with = "no_wrap")]
    wrap: bool,
    /// The look of a level: `error=bold red`, `info=plain`
    #[arg(long, help_heading = HEADING, value_name = "LEVEL=LOOK")]
    colors: Vec<String>,
    /// Show long output in this program [default: `PAGER`, else less]
    #[arg(long, help_heading = HEADING, value_name = "COMMAND")]
    pager: Option<String>,
    /// Show long output without a pager
    #[arg(long, help_heading = HEADING)]
    no_pager: bool,
}

const HEADING: &str = "Looks";

/// Returns how records look where no options say it: on a terminal as `view` shows them, else plain.
pub(crate) fn usual_looks(io: &Io<'_>) -> Option<Looks> {
    io.stdout_is_terminal.then(|| Looks {
        is_colored: io.is_colored(true),
        width: Some(io.width()),
        wraps: true,
        now: Some((io.now)()),
        ..Looks::default()
    })
}

impl LooksOptions {
    /// Returns the looks that are asked for, of text that a person reads or is to be shaped; none where it is to be as plain
    /// as for a program. Errors: a colour that is none.
    pub(crate) fn looks(&self, is_colored: bool, words: &[&str], io: &Io<'_>) -> Result<Option<Looks>, Refusal> {
        let mut colors = Colors::default();
        for given in &self.colors {
            if !colors.set(given) {
                return Err(Refusal::option("--colors", given, EXPECTED_COLOR));
            }
        }
        let is_shaped = self.no_fields || !self.fields.is_empty() || self.relative || self.delta;
        if !(io.stdout_is_terminal || is_colored || is_shaped) {
            return Ok(None);
        }
        Ok(Some(Looks {
            is_colored,
            colors,
            width: io.stdout_is_terminal.then(|| io.width()),
            wraps: self.wrap || !self.no_wrap,
            times: match (self.relative, self.delta) {
                (true, _) => Times::Ages,
                (_, true) => Times::Distances,
                _ => Times::Clock,
            },
            fields: match (self.no_fields, self.fields.is_empty()) {
                (false, true) => ShownFields::All,
                _ => ShownFields::These(self.fields.clone()),
            },
            words: words.iter().map(|word| (*word).to_owned()).collect(),
            zone: None,
            shows_source: false,
            now: Some((io.now)()),
        }))
    }

    /// Returns the pager for what is not followed.
    pub(crate) fn pager<'a>(&self, io: &Io<'a>) -> Pager<'a> {
        let variable = |name: &str| (io.variable)(name).filter(|value| !value.is_empty());
        let is_dumb = variable("TERM").is_some_and(|terminal| terminal == "dumb");
        let command = if self.no_pager || !io.stdout_is_terminal || is_dumb {
            None
        } else {
            self.pager.clone().or_else(|| variable("PAGER")).or_else(|| USUAL_PAGER.map(str::to_owned))
        };
        Pager {
            // `cat` is how people say that they want none.
            command: command.as_deref().and_then(pager_words).filter(|words| *words != ["cat"]),
            less: if variable("LESS").is_none() { Some("FRX") } else { None },
            rows: io.height(),
            columns: io.width(),
            start: io.start,
            stopped: io.stopped,
            is_running: Rc::default(),
        }
    }
}

#[cfg(unix)]
const USUAL_PAGER: Option<&str> = Some("less");

#[cfg(windows)]
const USUAL_PAGER: Option<&str> = None;

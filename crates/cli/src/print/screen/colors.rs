//! The colours of levels, the usual ones or the user's own.

use jobtrail_core::Level;

const LEVELS: [Level; 6] = [Level::Trace, Level::Debug, Level::Info, Level::Warning, Level::Error, Level::Critical];

/// What may stand in a colour, and the number a terminal knows it by.
const WORDS: [(&str, &str); 23] = [
    ("bold", "1"),
    ("dim", "2"),
    ("italic", "3"),
    ("underline", "4"),
    ("reverse", "7"),
    ("plain", ""),
    ("black", "30"),
    ("red", "31"),
    ("green", "32"),
    ("yellow", "33"),
    ("blue", "34"),
    ("magenta", "35"),
    ("cyan", "36"),
    ("white", "37"),
    ("gray", "90"),
    ("bright-red", "91"),
    ("bright-green", "92"),
    ("bright-yellow", "93"),
    ("bright-blue", "94"),
    ("bright-magenta", "95"),
    ("bright-cyan", "96"),
    ("bright-white", "97"),
    ("grey", "90"),
];

/// What is expected of a colour.
pub(crate) const EXPECTED: &str = "a level and its look, as in `error=bold red` (bold, dim, italic, underline, reverse, plain; black, red, \
                                   green, yellow, blue, magenta, cyan, white, gray, bright-red, ...)";

/// The colour of each level, as a terminal is told it.
#[derive(Clone, Debug)]
pub(crate) struct Colors([String; 6]);

impl Default for Colors {
    /// The usual colours, in bold for what is grave.
    fn default() -> Self {
        let look = |level| match level {
            Level::Error | Level::Critical => level_color(level).replace("\x1b[", "\x1b[1;"),
            _ => level_color(level).to_owned(),
        };
        Self(LEVELS.map(look))
    }
}

/// Returns the code of a level's usual colour, as system 4's console has it.
pub(crate) fn level_color(level: Level) -> &'static str {
    match level {
        Level::Trace => "\x1b[2m",
        Level::Debug => "\x1b[36m",
        Level::Info => "\x1b[32m",
        Level::Warning => "\x1b[33m",
        Level::Error => "\x1b[31m",
        Level::Critical => "\x1b[35m",
    }
}

impl Colors {
    /// Sets the colour of a level: `error=bold red`. Returns whether it could be read.
    pub(crate) fn set(&mut self, given: &str) -> bool {
        let Some((level, look)) = given.split_once('=') else { return false };
        let number =
            |word: &str| WORDS.iter().find(|(known, _)| word.eq_ignore_ascii_case(known)).map(|(_, number)| *number);
        let numbers: Option<Vec<&str>> = look.split_whitespace().map(number).collect();
        let place = Level::parse(level.trim()).and_then(|level| LEVELS.iter().position(|known| *known == level));
        let (Some(numbers), Some(slot)) = (numbers, place.and_then(|place| self.0.get_mut(place))) else {
            return false;
        };
        let numbers: Vec<&str> = numbers.into_iter().filter(|number| !number.is_empty()).collect();
        *slot = if numbers.is_empty() { String::new() } else { format!("\x1b[{}m", numbers.join(";")) };
        !look.trim().is_empty()
    }

    /// Returns what a terminal is told for this level.
    pub(super) fn of(&self, level: Level) -> &str {
        let place = LEVELS.iter().position(|known| *known == level);
        place.and_then(|place| self.0.get(place)).map(String::as_str).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_is_a_level_and_words() {
        let mut colors = Colors::default();

        assert!(colors.set("error=Bold bright-red") && colors.set("INFO = plain") && colors.set("warn=gray"));
        assert_eq!(
            ["\x1b[1;91m", "", "\x1b[90m"],
            [Level::Error, Level::Info, Level::Warning].map(|level| colors.of(level))
        );
        assert!(["error", "error=", "loud=red", "error=pink"].into_iter().all(|bad| !colors.set(bad)));
    }
}

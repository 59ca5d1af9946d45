//! How grave a record is: the six levels and every name and number they go by.

use std::fmt;

/// The level of a record, ordered by rank: `Level::Error > Level::Info`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Finer than debugging.
    Trace,
    /// For whoever debugs.
    Debug,
    /// Business as usual; `notice` counts as this.
    Info,
    /// Something to look at.
    Warning,
    /// Something failed.
    Error,
    /// The process or the system is in danger: `fatal`, `panic`, `alert`, `emerg`.
    Critical,
}

impl Level {
    /// Every level, lowest rank first.
    pub const ALL: [Level; 6] =
        [Level::Trace, Level::Debug, Level::Info, Level::Warning, Level::Error, Level::Critical];

    /// Returns the level that `text` names, in any case and in the short forms of the formats we read.
    ///
    /// Surrounding white space does not count; anything that is no level, the empty text included, gives none.
    ///
    /// ```
    /// use jobtrail_core::Level;
    ///
    /// assert_eq!(Some(Level::Warning), Level::parse("warn"));
    /// assert_eq!(Some(Level::Critical), Level::parse("FATAL"));
    /// assert_eq!(None, Level::parse("JOB"));
    /// ```
    pub fn parse(text: &str) -> Option<Level> {
        Level::of(text.trim().as_bytes())
    }

    /// Returns the level of a name in any case.
    pub(crate) fn of(name: &[u8]) -> Option<Level> {
        const LONGEST: usize = 13; // INFORMATIONAL
        if let level @ Some(_) = Level::of_common(name) {
            return level;
        }
        let mut upper = [0_u8; LONGEST];
        let upper = upper.get_mut(..name.len())?;
        upper.copy_from_slice(name);
        upper.make_ascii_uppercase();
        Level::ALL.into_iter().find(|level| level.names().contains(&&*upper))
    }

    /// Returns the level that `text` names as most logs write it; none for every other name.
    #[inline]
    pub(crate) fn of_common(text: &[u8]) -> Option<Level> {
        Some(match text {
            b"INFO" | b"info" => Level::Info,
            b"DEBUG" | b"debug" => Level::Debug,
            b"WARNING" | b"warning" => Level::Warning,
            b"ERROR" | b"error" => Level::Error,
            _ => return None,
        })
    }

    /// Returns the level of a Python `levelno` (`logging.LogRecord`): 10 is DEBUG, 20 is INFO and so on.
    ///
    /// Numbers between two levels count as the lower one; below 1 there is none.
    pub fn from_python(number: i64) -> Option<Level> {
        Some(match number {
            ..=0 => return None,
            1..=9 => Level::Trace,
            10..=19 => Level::Debug,
            20..=29 => Level::Info,
            30..=39 => Level::Warning,
            40..=49 => Level::Error,
            50.. => Level::Critical,
        })
    }

    /// Returns the level of a pino or bunyan number: 10 is TRACE, 20 DEBUG, 30 INFO, 40 WARNING, 50 ERROR, 60 CRITICAL.
    pub fn from_pino(number: i64) -> Option<Level> {
        Self::from_python(number.checked_sub(10)?.max(1))
    }

    /// Returns the level of a syslog severity (RFC 5424 section 6.2.1): 0 is an emergency, 7 is debugging.
    pub fn from_syslog(severity: i64) -> Option<Level> {
        Some(match severity {
            0..=2 => Level::Critical,
            3 => Level::Error,
            4 => Level::Warning,
            5 | 6 => Level::Info,
            7 => Level::Debug,
            _ => return None,
        })
    }

    /// Returns the level of an OpenTelemetry severity number: four to a level, 1 to 4 are TRACE, 21 to 24 CRITICAL.
    pub(crate) fn from_otlp(number: i64) -> Option<Level> {
        let place = usize::try_from(number.checked_sub(1)?).ok()? / 4;
        Level::ALL.get(place).copied()
    }

    /// Returns the level's one name in records: `"WARNING"`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Level::Trace => "TRACE",
            Level::Debug => "DEBUG",
            Level::Info => "INFO",
            Level::Warning => "WARNING",
            Level::Error => "ERROR",
            Level::Critical => "CRITICAL",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Level {
    /// Returns every name that is read as this level, in upper case.
    pub(crate) const fn names(self) -> &'static [&'static [u8]] {
        match self {
            Level::Trace => &[b"TRACE", b"TRC", b"T", b"FINEST", b"FINER", b"VERBOSE", b"VRB", b"V", b"SILLY", b"TRCE"],
            Level::Debug => &[b"DEBUG", b"DBG", b"D", b"FINE", b"CONFIG", b"DBUG"],
            Level::Info => {
                &[b"INFO", b"INF", b"I", b"INFORMATION", b"INFORMATIONAL", b"NOTICE", b"N", b"NOTE", b"SUCCESS", b"LOG"]
            }
            Level::Warning => &[b"WARNING", b"WARN", b"WRN", b"W"],
            Level::Error => &[b"ERROR", b"ERR", b"E", b"SEVERE", b"FAIL", b"FAILURE"],
            Level::Critical => &[
                b"CRITICAL",
                b"CRIT",
                b"CRT",
                b"C",
                b"FATAL",
                b"FTL",
                b"F",
                b"PANIC",
                b"DPANIC",
                b"ALERT",
                b"EMERG",
                b"EMERGENCY",
            ],
        }
    }
}

//! What the beginning of a source tells of the rest.

use std::fmt::{self, Write};

use super::skip;
use super::{ReadOptions, Reader};
use crate::format::{LEARNED_BYTES, Memory};
use crate::redact::Redactor;
use crate::scan;
use crate::timestamp::{Date, Timestamp};
use crate::zone::Zone;

/// What is known of a source before it is read: the order of its keys, the zone of stamps without one, and the day of a
/// first stamp without one.
///
/// It is immutable and never changes what is read: it lets each of several readers of one source begin at full speed,
/// and tells where the source can be shared among them. It can be stored; what is stored says nothing that the source
/// says, but for the names of its keys.
///
/// ```
/// use jobtrail_core::{Plan, Profile, ReadOptions, scan};
///
/// let log = b"{\"time\": \"2026-01-05T14:30:01Z\", \"msg\": \"secret\"}\n[INFO] no date\n";
/// let profile = Profile::learn(log, &ReadOptions::default());
///
/// let stored = profile.to_json();
/// assert!(!stored.contains("secret"));
/// let known = Profile::from_json(&stored).unwrap();
/// assert_eq!(profile, known);
///
/// // Another reader, on another machine, begins with nothing but the profile.
/// let mut records = 0;
/// scan(log, known.read_options(), &known, Plan::default(), &mut |_| records += 1);
/// assert_eq!(2, records);
/// ```
#[derive(Clone, Debug)]
pub struct Profile {
    memory: Memory,
    zone: Zone,
    date: Option<Date>,
}

impl Profile {
    /// Returns what the first 64 KiB of a source tell; more of it is not looked at.
    pub fn learn(head: &[u8], options: &ReadOptions) -> Profile {
        let mut reader = Reader::new(ReadOptions { redactor: None, ..options.clone() });
        reader.feed(head.get(..LEARNED_BYTES).unwrap_or(head), &mut |_| ());
        Profile { memory: reader.into_memory(), zone: options.zone.clone(), date: options.date }
    }

    /// Returns how a reader begins at the source's first byte: in its zone and on its day, and else by default.
    pub fn read_options(&self) -> ReadOptions {
        ReadOptions { zone: self.zone.clone(), date: self.date, ..ReadOptions::default() }
    }

    /// Returns where, in whole lines of the source, reading may begin as if all before them had been read: a line that a
    /// format takes and that has a date, with its time. None where the first 64 lines hold no such line.
    ///
    /// Several readers may share a source between such places: together they give what one gives. A source without
    /// dates has none.
    pub fn border(&self, lines: &[u8]) -> Option<(usize, Timestamp)> {
        skip::border(lines, &self.zone, &mut self.memory.clone())
    }

    /// Returns the profile as one JSON object: `layouts`, a line of each layout without its values, `offsets`, the zone
    /// as microseconds since 1970 and seconds east from then on, and `date`, the first day as its year,
    /// month and day, if any.
    pub fn to_json(&self) -> String {
        let mut json = String::from("{\"layouts\":[");
        for (i, example) in self.memory.examples().enumerate() {
            json.push_str(if i > 0 { "," } else { "" });
            scan::push_string(&example, &mut json);
        }
        json.push_str("],\"offsets\":[");
        for (i, (from, seconds)) in self.zone.transitions().enumerate() {
            json.push_str(if i > 0 { "," } else { "" });
            let _ = write!(json, "[{},{seconds}]", from.as_micros()); // text in memory takes everything
        }
        json.push(']');
        if let Some(date) = self.date {
            let _ = write!(json, ",\"date\":[{},{},{}]", date.year, date.month, date.day);
        }
        json.push('}');
        json
    }

    /// Returns the profile that [`Profile::to_json`] wrote.
    ///
    /// Fails where the text is no such object.
    pub fn from_json(json: &str) -> Result<Profile, ProfileError> {
        let members = scan::members(json).ok_or(ProfileError)?;
        let list = |name: &str| {
            let (_, raw) = members.iter().find(|(key, _)| key == name)?;
            scan::elements(raw)
        };
        let lines = list("layouts").ok_or(ProfileError)?;
        let lines: Option<Vec<_>> = lines.into_iter().map(scan::text_of).collect();
        let lines = lines.ok_or(ProfileError)?;
        let offsets = list("offsets").ok_or(ProfileError)?;
        let offset = |raw: &str| match *scan::elements(raw)?.as_slice() {
            [from, seconds] => Some((Timestamp::from_micros(from.parse().ok()?), seconds.parse().ok()?)),
            _ => None,
        };
        let offsets: Option<Vec<_>> = offsets.into_iter().map(offset).collect();
        let zone = Zone::from_transitions(offsets.ok_or(ProfileError)?);
        let date = match members.iter().find(|(key, _)| key == "date") {
            Some((_, raw)) => Some(date_of(raw).ok_or(ProfileError)?),
            None => None,
        };
        let memory = Memory::of_examples(lines.iter().map(|line| &**line), Redactor::is_harmless_key);
        Ok(Profile { memory, zone, date })
    }

    #[cfg(test)]
    pub(super) fn knows_layouts(&self) -> bool {
        self.memory.examples().next().is_some()
    }

    pub(super) fn memory(&self) -> Memory {
        self.memory.clone()
    }
}

/// Returns the day that a list of its year, month and day stands for.
fn date_of(raw: &str) -> Option<Date> {
    let [year, month, day] = scan::elements(raw)?.try_into().ok()?;
    let year = year.parse().ok().filter(|year| (0..=9999).contains(year))?;
    Date::new(year, month.parse().ok()?, day.parse().ok()?)
}

impl PartialEq for Profile {
    fn eq(&self, other: &Self) -> bool {
        self.to_json() == other.to_json()
    }
}

/// A text that is no profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProfileError;

impl ProfileError {
    /// Returns the stable code: `bad_option`.
    pub fn code(&self) -> &'static str {
        "bad_option"
    }
}

impl fmt::Display for ProfileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("bad profile, expected an object with `layouts` and `offsets` as it was stored")
    }
}

impl std::error::Error for ProfileError {}

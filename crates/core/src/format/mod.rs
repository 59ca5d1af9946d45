//! The formats: one private file a family, and the table that lists them all.
//!
//! A line goes to the family that took the last one first, then to the others in the table's order. No two families
//! take the same line, so that memory only saves time: it never changes an answer.

mod header;
mod job_log_manager;
mod json;
mod panel;
mod plain;
mod process;
mod service;

use crate::record::Parsed;

/// A family of formats that one file reads.
struct Family {
    /// Each format's name and an example line.
    formats: &'static [(&'static str, &'static str)],
    /// Reads one line without its end; none where the line is not of this family.
    parse: fn(&str) -> Option<Parsed<'_>>,
}

/// Every family, the likeliest first.
const FAMILIES: &[Family] = &[
    Family { formats: json::FORMATS, parse: json::parse },
    Family { formats: process::FORMATS, parse: process::parse },
    Family { formats: service::FORMATS, parse: service::parse },
    Family { formats: panel::FORMATS, parse: panel::parse },
    Family { formats: job_log_manager::FORMATS, parse: job_log_manager::parse },
];

/// Returns the name of every format with an example line, the likeliest first; `plain` is no format of its own.
///
/// ```
/// let (name, example) = jobtrail_core::formats().next().unwrap();
/// assert_eq!("events", name);
/// assert!(example.starts_with('{'));
/// ```
pub fn formats() -> impl Iterator<Item = (&'static str, &'static str)> {
    FAMILIES.iter().flat_map(|family| family.formats.iter().copied())
}

/// Which family took the last line of a source.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Memory(Option<usize>);

/// Reads a line with the format that takes it; `plain` where none does.
pub(crate) fn parse<'a>(line: &'a str, memory: &mut Memory) -> Parsed<'a> {
    headed(line, memory).unwrap_or_else(|| plain::parse(line))
}

/// Reads a line that begins a record by its own form; none where no format takes it.
pub(crate) fn headed<'a>(line: &'a str, memory: &mut Memory) -> Option<Parsed<'a>> {
    let last = memory.0.and_then(|i| Some((i, FAMILIES.get(i)?)));
    let all = FAMILIES.iter().enumerate();
    let (taken_by, parsed) = last.into_iter().chain(all).find_map(|(i, family)| Some((i, (family.parse)(line)?)))?;
    memory.0 = Some(taken_by);
    Some(parsed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_example_is_taken_by_its_own_format_and_by_no_other_family() {
        for (i, family) in FAMILIES.iter().enumerate() {
            for (name, example) in family.formats {
                let taking: Vec<usize> =
                    (0..FAMILIES.len()).filter(|&k| (FAMILIES[k].parse)(example).is_some()).collect();

                assert_eq!(vec![i], taking, "{name}");
                assert_eq!(*name, parse(example, &mut Memory::default()).record.format);
            }
        }
    }
}

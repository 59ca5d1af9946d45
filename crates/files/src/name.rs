//! Which names are logs, and what a name says about rotation: `worker.log.2.gz` is an older part of
//! `worker.log`. Looks at names only, never at a disk.

use std::cmp::Ordering;

/// Where a file stands in its rotated set. Ordered oldest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Rotated by date, in any of the usual spellings; holds its digits (`20260105`, `20260105143000`).
    Dated(String),
    /// Rotated by number: `.1` is the newest.
    Numbered(u64),
    /// The one being written.
    Live,
}

impl Turn {
    /// Compares two turns of one set, the older one first.
    ///
    /// Dates and numbers do not compare; where a set mixes them this puts the dated ones first.
    pub fn age_order(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Dated(a), Self::Dated(b)) => a.cmp(b),
            (Self::Numbered(a), Self::Numbered(b)) => b.cmp(a),
            _ => self.rank().cmp(&other.rank()),
        }
    }

    fn rank(&self) -> u8 {
        match self {
            Self::Dated(_) => 0,
            Self::Numbered(_) => 1,
            Self::Live => 2,
        }
    }
}

/// What the name of a log file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogName<'a> {
    /// The name of the live file of its set: `worker.log`.
    pub base: &'a str,
    /// Its place in the set.
    pub turn: Turn,
    /// Whether the name ends `.gz` or `.zst`. The content decides how it is read.
    pub compressed: bool,
}

impl<'a> LogName<'a> {
    /// Reads a file name without its directory; `None` if it is not a log's.
    ///
    /// Logs are `*.log`, `*.jsonl` and `*.ndjson`, then maybe `.N`, `.YYYYMMDD`, `-YYYYMMDD`, `.YYYY-MM-DD`
    /// (a time may follow the date), then maybe `.gz` or `.zst`.
    pub fn parse(name: &'a str) -> Option<Self> {
        let plain = name.strip_suffix(".gz").or_else(|| name.strip_suffix(".zst"));
        let compressed = plain.is_some();
        let plain = plain.unwrap_or(name);
        if is_live_name(plain) {
            return Some(Self { base: plain, turn: Turn::Live, compressed });
        }
        let (base, suffix) = split_at_rotation(plain)?;
        let turn = turn_of(suffix)?;
        Some(Self { base, turn, compressed })
    }
}

const ENDINGS: [&str; 3] = [".log", ".jsonl", ".ndjson"];

fn is_live_name(name: &str) -> bool {
    ENDINGS.iter().any(|ending| name.len() > ending.len() && name.ends_with(ending))
}

/// Cuts `worker.log-20260105` into `worker.log` and `20260105`.
fn split_at_rotation(name: &str) -> Option<(&str, &str)> {
    name.char_indices()
        .filter(|(_, c)| matches!(c, '.' | '-'))
        .map(|(at, _)| (&name[..at], &name[at + 1..]))
        .find(|(base, _)| is_live_name(base))
}

fn turn_of(suffix: &str) -> Option<Turn> {
    let first = suffix.chars().next()?;
    let allowed = |c: char| c.is_ascii_digit() || matches!(c, '-' | '_' | 'T' | ':' | '.');
    if !first.is_ascii_digit() || !suffix.chars().all(allowed) {
        return None;
    }
    if suffix.len() < 6 && suffix.bytes().all(|byte| byte.is_ascii_digit()) {
        return suffix.parse().ok().map(Turn::Numbered);
    }
    let digits: String = suffix.chars().filter(char::is_ascii_digit).collect();
    (8..=20).contains(&digits.len()).then_some(Turn::Dated(digits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_what_is_a_log_and_its_turn() {
        let cases = [
            ("worker.log", Some(("worker.log", Turn::Live, false))),
            ("worker.log.1", Some(("worker.log", Turn::Numbered(1), false))),
            ("worker.log.12.gz", Some(("worker.log", Turn::Numbered(12), true))),
            ("worker.log.20260105", Some(("worker.log", Turn::Dated("20260105".into()), false))),
            ("worker.log-20260105.zst", Some(("worker.log", Turn::Dated("20260105".into()), true))),
            ("worker.log.2026-01-05", Some(("worker.log", Turn::Dated("20260105".into()), false))),
            ("worker.log.2026-01-05_14-30", Some(("worker.log", Turn::Dated("202601051430".into()), false))),
            ("worker.log.gz", Some(("worker.log", Turn::Live, true))),
            ("jobs_2026-01.jsonl", Some(("jobs_2026-01.jsonl", Turn::Live, false))),
            ("a-b.c.ndjson.3", Some(("a-b.c.ndjson", Turn::Numbered(3), false))),
            ("events.jsonl.zst", Some(("events.jsonl", Turn::Live, true))),
            ("worker.log.bak", None),
            ("worker.log.1.old", None),
            (".log", None),
            ("notes.txt", None),
            ("catalog", None),
            ("worker.log.", None),
        ];
        for (name, expected) in cases {
            let found = LogName::parse(name);

            assert_eq!(expected, found.map(|found| (found.base, found.turn, found.compressed)), "{name}");
        }
    }

    #[test]
    fn turns_order_oldest_first() {
        let mut turns = [
            Turn::Live,
            Turn::Numbered(1),
            Turn::Numbered(10),
            Turn::Numbered(2),
            Turn::Dated("20260106".into()),
            Turn::Dated("20260105".into()),
        ];
        turns.sort_by(Turn::age_order);

        let expected = [
            Turn::Dated("20260105".into()),
            Turn::Dated("20260106".into()),
            Turn::Numbered(10),
            Turn::Numbered(2),
            Turn::Numbered(1),
            Turn::Live,
        ];
        assert_eq!(expected, turns);
    }
}

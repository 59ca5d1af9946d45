//! A job that no record names: says so, and offers IDs that are like it.

use std::collections::BTreeSet;

use jobtrail_core::{Filter, Record, Wants};

use crate::io::Io;
use crate::reading::{Make, gather};
use crate::said::Said;
use crate::selection::Selected;

/// How many are offered.
const MOST: usize = 5;

/// Says that no record names the job, and which jobs there are with an ID like it.
pub(super) fn offer(id: &str, selected: &Selected, said: &mut Said, io: &mut Io<'_>) {
    let mut known: BTreeSet<String> = BTreeSet::new();
    let all = Selected { filter: Filter::default(), ..selected.clone() };
    let mut make = Make {
        fresh: &BTreeSet::new,
        add: &|ids: &mut BTreeSet<String>, _, record: &Record<'_>| {
            if let Some(id) = record.job_id.as_deref().filter(|id| !ids.contains(*id)) {
                ids.insert(id.to_owned());
            }
        },
        take: &mut |_, ids, _| known.extend(ids),
    };
    // What is wrong with the inputs has been said.
    gather(&all, Wants::Columns, &mut make, &mut Said::quiet(), io);
    let mut near: Vec<(usize, &String)> =
        known.iter().filter_map(|known| Some((distance(id, known)?, known))).collect();
    near.sort();
    said.tell(io);
    let jobs = if known.len() == 1 { "1 job".to_owned() } else { format!("{} jobs", known.len()) };
    let note = match near.as_slice() {
        _ if known.is_empty() => format!("no record names job `{id}`, nor any other"),
        [] => format!("no record names job `{id}`, of {jobs}: `jobtrail jobs` lists them"),
        near => {
            let ids: Vec<String> = near.iter().take(MOST).map(|(_, id)| format!("`{id}`")).collect();
            format!("no record names job `{id}`; near it: {}", ids.join(", "))
        }
    };
    io.note(&note);
}

/// Returns how far an ID is from the one asked for; none where it is another altogether.
fn distance(asked: &str, known: &str) -> Option<usize> {
    let (asked, known) = (asked.to_ascii_lowercase(), known.to_ascii_lowercase());
    if let Some(edits @ 0..=2) = edits(asked.as_bytes(), known.as_bytes())
        && edits * 3 <= asked.len()
    {
        return Some(edits);
    }
    let suffix = |id: &str| id.rsplit(['-', '_', '.']).next().unwrap_or_default().to_owned();
    if suffix(&asked).len() >= 4 && suffix(&asked) == suffix(&known) {
        return Some(3);
    }
    // The beginning of a UUID, as people copy it.
    (asked.len() >= 4 && known.contains(&asked)).then_some(4)
}

/// Returns in how many places two IDs differ: a letter changed, left out, put in, or two of them swapped; none above two.
fn edits(one: &[u8], other: &[u8]) -> Option<usize> {
    const MOST: usize = 2;
    if one.len().abs_diff(other.len()) > MOST {
        return None;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.iter().enumerate() {
        let mut next = vec![i + 1];
        for (j, b) in other.iter().enumerate() {
            let at = |row: &[usize], at: usize| row.get(at).copied().unwrap_or(usize::MAX / 2);
            let mut least = (at(&row, j) + usize::from(a != b)).min(at(&row, j + 1) + 1).min(at(&next, j) + 1);
            let is_swapped = i > 0 && j > 0 && one.get(i - 1) == Some(b) && other.get(j - 1) == Some(a);
            if is_swapped {
                least = least.min(at(&before, j - 1) + 1);
            }
            next.push(least);
        }
        before = std::mem::replace(&mut row, next);
    }
    row.last().copied().filter(|edits| *edits <= MOST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_ids_are_told_from_others() {
        for (asked, known, expected) in [
            ("MSH-0105-A7F2", "msh-0105-a7f2", Some(0)),
            ("MSH-0105-A7F2", "MSH-0105-A7F3", Some(1)),
            ("MSH-0105-A7F2", "MSH-0105-7AF2", Some(1)),
            ("MSH-0105-A7F2", "IMP-0106-A7F2", Some(3)),
            ("MSH-0105-A7F2", "MSH-0105-B9E1", None),
            ("12", "13", None),
            ("4711", "4712", Some(1)),
            ("123e4567", "123e4567-e89b-42d3-a456-426614174000", Some(4)),
            ("abcdef", "x", None),
        ] {
            assert_eq!(expected, distance(asked, known), "{asked} {known}");
        }
    }
}

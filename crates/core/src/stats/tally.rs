//! How often each name was there.

use crate::names::Names;

/// Names with their counts.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    names: Names,
    counts: Vec<u64>,
}

impl Tally {
    pub(super) fn add(&mut self, name: &str, count: u64) {
        let place = self.names.place(name) as usize;
        if place > self.counts.len() {
            self.counts.resize(place, 0);
        }
        if let Some(known) = place.checked_sub(1).and_then(|index| self.counts.get_mut(index)) {
            *known += count;
        }
    }

    pub(super) fn merge(&mut self, other: &Tally) {
        for (name, count) in other.names.iter().zip(&other.counts) {
            self.add(name, *count);
        }
    }

    /// Returns each name with its count, so many more of one of them, the most frequent first; what came first goes first
    /// where counts are equal.
    pub(super) fn sorted_with<'t>(&'t self, name: &'t str, more: u64) -> Vec<(&'t str, u64)> {
        let mut sorted: Vec<(&str, u64)> = self.names.iter().zip(self.counts.iter().copied()).collect();
        match sorted.iter_mut().find(|(known, _)| *known == name) {
            Some((_, count)) => *count += more,
            None if more > 0 => sorted.push((name, more)),
            None => {}
        }
        sorted.sort_by_key(|&(_, count)| u64::MAX - count);
        sorted
    }
}

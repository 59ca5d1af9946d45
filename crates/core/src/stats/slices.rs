//! Counts by slice of time, each as long as the others; they may become longer as they become many.

use std::collections::BTreeMap;

use crate::level::Level;
use crate::timestamp::{MICROS_PER_SECOND, Timestamp};
use crate::zone::Zone;

/// Counts by level, in the order of [`Level::ALL`], then of the records without one.
pub(super) type Counts = [u64; Level::ALL.len() + 1];

pub(super) fn add_counts(to: &mut Counts, from: &Counts) {
    for (to, from) in to.iter_mut().zip(from) {
        *to += from;
    }
}

pub(super) fn count(counts: &mut Counts, place: usize) {
    if let Some(count) = counts.get_mut(place) {
        *count += 1;
    }
}

/// How long slices of time are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SliceLength {
    /// So many microseconds, from 1 on.
    Every(i64),
    /// As short as it can be, from a second on, with no more than so many slices that hold something.
    AtMost(usize),
}

/// The lengths that slices may grow to, in seconds; each is a multiple of the one before it. Above them they double.
const LENGTHS: [i64; 14] = [1, 5, 15, 30, 60, 300, 900, 1800, 3600, 10_800, 21_600, 43_200, 86_400, 604_800];

/// Counts by slices of a zone's time.
#[derive(Clone, Debug)]
pub(super) struct Slices {
    zone: Zone,
    slice_us: i64,
    most: usize,
    /// By how many slices stand, on the zone's clock, between 1970 and this one.
    counts: BTreeMap<i64, Counts>,
    open: Open,
}

/// The slice of the last time: mostly the next one's too.
#[derive(Clone, Debug, Default)]
struct Open {
    index: i64,
    /// From which time up to which one it is this slice.
    from: i64,
    until: i64,
    counts: Counts,
}

impl Slices {
    /// No slices; where their length is free it begins with `least_us`.
    pub(super) fn new(length: SliceLength, least_us: i64, zone: Zone) -> Self {
        let (slice_us, most) = match length {
            SliceLength::Every(micros) => (micros.max(1), usize::MAX),
            SliceLength::AtMost(most) => (least_us, most.max(1)),
        };
        Self { zone, slice_us, most, counts: BTreeMap::new(), open: Open::default() }
    }

    /// Counts one more of a kind at a time.
    pub(super) fn add(&mut self, time: Timestamp, kind: usize) {
        let micros = time.as_micros();
        if !(self.open.from <= micros && micros < self.open.until) {
            self.turn_to(micros);
        }
        count(&mut self.open.counts, kind);
    }

    /// Adds counts at a time.
    pub(super) fn add_all(&mut self, time: Timestamp, counts: &Counts) {
        if counts.iter().any(|count| *count > 0) {
            self.turn_to(time.as_micros());
            add_counts(&mut self.open.counts, counts);
        }
    }

    /// Adds the counts of a later part.
    pub(super) fn merge(&mut self, mut next: Slices) {
        next.close();
        self.close();
        while self.slice_us < next.slice_us {
            self.lengthen();
        }
        while next.slice_us < self.slice_us {
            next.lengthen();
        }
        for (index, counts) in &next.counts {
            add_counts(self.counts.entry(*index).or_default(), counts);
        }
        self.keep_to_most();
    }

    /// Returns how long a slice is, in microseconds.
    pub(super) fn slice_us(&self) -> i64 {
        self.slice_us
    }

    /// Returns the beginning of each slice that holds something, with its counts, in the order of time.
    pub(super) fn all(&self) -> Vec<(Timestamp, Counts)> {
        let mut closed = self.clone();
        closed.close();
        let begins = |index: i64| Timestamp::from_micros(index.saturating_mul(closed.slice_us));
        closed.counts.iter().map(|(index, counts)| (closed.zone.instant_of(begins(*index)), *counts)).collect()
    }

    /// Makes the slice of a time the open one.
    fn turn_to(&mut self, micros: i64) {
        self.close();
        let offset = self.zone.offset_micros(Timestamp::from_micros(micros));
        let local = micros.saturating_add(offset);
        let index = local.div_euclid(self.slice_us);
        let from = index.saturating_mul(self.slice_us).saturating_sub(offset);
        let until = from.saturating_add(self.slice_us);
        // Where the clocks change within it, each time is asked for anew.
        let is_even = [from, until].iter().all(|at| self.zone.offset_micros(Timestamp::from_micros(*at)) == offset);
        let (from, until) = if is_even { (from, until) } else { (micros, micros.saturating_add(1)) };
        self.open = Open { index, from, until, counts: Counts::default() };
    }

    /// Puts the open slice to the others.
    fn close(&mut self) {
        let Open { index, counts, .. } = std::mem::take(&mut self.open);
        if counts.iter().any(|count| *count > 0) {
            add_counts(self.counts.entry(index).or_default(), &counts);
            self.keep_to_most();
        }
    }

    fn keep_to_most(&mut self) {
        while self.counts.len() > self.most {
            self.lengthen();
        }
    }

    /// Makes the slices longer.
    fn lengthen(&mut self) {
        let seconds = self.slice_us / MICROS_PER_SECOND;
        let longer =
            LENGTHS.iter().find(|length| **length > seconds).map_or(seconds.saturating_mul(2), |length| *length);
        let times = longer / seconds.max(1);
        self.slice_us = longer.saturating_mul(MICROS_PER_SECOND);
        for (index, counts) in std::mem::take(&mut self.counts) {
            add_counts(self.counts.entry(index.div_euclid(times.max(1))).or_default(), &counts);
        }
    }
}

/// The shortest slice of a length that is free.
pub(super) const SECOND_US: i64 = MICROS_PER_SECOND;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timestamp::MICROS_PER_DAY;

    #[test]
    fn slices_grow_until_they_are_few_enough_and_keep_every_count() {
        let mut slices = Slices::new(SliceLength::AtMost(10), SECOND_US, Zone::UTC);
        for minute in 0..600 {
            slices.add(Timestamp::from_micros(minute * 60 * MICROS_PER_SECOND), 2);
        }

        assert_eq!(3600 * MICROS_PER_SECOND, slices.slice_us());
        assert_eq!(vec![60; 10], slices.all().iter().map(|(_, counts)| counts[2]).collect::<Vec<_>>());
    }

    #[test]
    fn a_day_begins_where_the_zones_day_does_also_when_its_clocks_change() {
        let midnight = |day: i64| Timestamp::from_micros(day * MICROS_PER_DAY);
        let summer = midnight(100).as_micros() + 3600 * MICROS_PER_SECOND;
        let zone = Zone::from_transitions(vec![(midnight(0), 3600), (Timestamp::from_micros(summer), 7200)]);
        let mut slices = Slices::new(SliceLength::Every(MICROS_PER_DAY), SECOND_US, zone);
        for hour in 99 * 24..102 * 24 {
            slices.add(Timestamp::from_micros(hour * 3600 * MICROS_PER_SECOND), 0);
        }

        let hours: Vec<u64> = slices.all().iter().map(|(_, counts)| counts[0]).collect();
        assert_eq!(vec![23, 23, 24, 2], hours);
    }
}

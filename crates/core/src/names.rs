//! Names that many records share, each kept once: jobs, loggers, components, users, projects.

use crate::hash;
use crate::merge::merge;

/// Where a name stands: its number from 1 on, in the order of first appearance; 0 is no name.
pub(crate) type Place = u32;

/// Names and where each stands.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names {
    /// All names, one behind the other.
    text: String,
    /// Where each name ends in the text.
    ends: Vec<usize>,
    /// Places by hash: a name's place stands in the slot of its hash or shortly behind it. A power of two, at most half
    /// of it taken. Empty before the first name.
    slots: Vec<Slot>,
    /// The places of names that found no slot, because who chooses names can choose them with one hash and should not
    /// make this slow: runs in the order of the names, each less than half as long as the one before it. A map of the
    /// standard library is several times the code, which the browser downloads.
    crowded: Vec<Vec<Place>>,
}

/// Where a name may be seated.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Slot {
    /// Half of the name's hash: most other names differ in it, and need not be looked at.
    hash: u32,
    /// 0 where the slot is free.
    place: Place,
}

/// How many slots are looked at for a name.
const MAX_STEPS: usize = 32;

impl Names {
    /// Returns the place of a name; a new one is put at the end.
    pub(crate) fn place(&mut self, name: &str) -> Place {
        self.find(name).unwrap_or_else(|| self.add(name))
    }

    /// Returns the name at a place.
    pub(crate) fn get(&self, place: Place) -> Option<&str> {
        let index = (place as usize).checked_sub(1)?;
        let end = *self.ends.get(index)?;
        let start = index.checked_sub(1).and_then(|before| self.ends.get(before).copied()).unwrap_or(0);
        self.text.get(start..end)
    }

    /// Returns how many names there are; the places are 1 to this.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Returns each name, in the order of first appearance.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &str> {
        (1..=self.ends.len()).filter_map(|place| self.get(Place::try_from(place).ok()?))
    }

    /// Returns the bytes of memory that are held.
    pub(crate) fn size_bytes(&self) -> usize {
        self.text.capacity() + self.ends.capacity() * size_of::<usize>() + self.slots.capacity() * size_of::<Slot>()
    }

    /// Returns the place of a name that is there.
    pub(crate) fn find(&self, name: &str) -> Option<Place> {
        let hash = half_hash(name);
        for slot in self.slots_of(hash) {
            match self.slots.get(slot) {
                Some(Slot { place: 0, .. }) | None => return None,
                Some(slot) if slot.hash == hash && self.get(slot.place) == Some(name) => return Some(slot.place),
                Some(_) => {}
            }
        }
        self.crowded.iter().find_map(|run| {
            let at = run.partition_point(|&place| self.get(place) < Some(name));
            run.get(at).copied().filter(|&place| self.get(place) == Some(name))
        })
    }

    fn add(&mut self, name: &str) -> Place {
        const FEWEST: usize = 16;
        // A name too many would have no number of its own: its records go without.
        let Ok(place) = Place::try_from(self.ends.len() + 1) else { return 0 };
        self.text.push_str(name);
        self.ends.push(self.text.len());
        if self.ends.len() * 2 <= self.slots.len() {
            self.seat(place);
            return place;
        }
        self.slots = vec![Slot::default(); (self.slots.len() * 2).max(FEWEST)];
        self.crowded.clear();
        for known in 1..=place {
            self.seat(known);
        }
        place
    }

    /// Gives a place, whose name has none yet, a slot.
    fn seat(&mut self, place: Place) {
        let hash = half_hash(self.get(place).unwrap_or_default());
        let free = self.slots_of(hash).find(|&slot| self.slots.get(slot).is_some_and(|slot| slot.place == 0));
        if let Some(slot) = free.and_then(|slot| self.slots.get_mut(slot)) {
            *slot = Slot { hash, place };
        } else {
            self.crowd(place);
        }
    }

    fn crowd(&mut self, place: Place) {
        let mut run = vec![place];
        while let Some(last) = self.crowded.pop_if(|last| last.len() <= run.len()) {
            let mut merged = Vec::with_capacity(last.len() + run.len());
            merge(&last, &run, |one, other| self.get(one) < self.get(other), &mut merged);
            run = merged;
        }
        self.crowded.push(run);
    }

    /// Returns the slots in which a name of this hash is looked for.
    fn slots_of(&self, hash: u32) -> impl Iterator<Item = usize> + use<> {
        let last_slot = self.slots.len().wrapping_sub(1);
        (0..MAX_STEPS).map(move |step| (hash as usize).wrapping_add(step) & last_slot)
    }
}

fn half_hash(name: &str) -> u32 {
    (hash::quick(name.as_bytes()) >> 32) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_has_one_place_however_many_there_are() {
        let mut names = Names::default();
        let all: Vec<String> = (0..5000).map(|i| format!("MSH-0105-{i:04X}")).collect();

        for round in 0..2 {
            for (index, name) in all.iter().enumerate() {
                assert_eq!(index + 1, names.place(name) as usize, "round {round}");
            }
        }
        assert_eq!(all, names.iter().collect::<Vec<_>>());
        assert_eq!((Some("MSH-0105-0000"), None, None), (names.get(1), names.get(0), names.get(5001)));
    }

    #[test]
    fn the_empty_name_is_a_name() {
        let mut names = Names::default();

        assert_eq!((1, 2, 1), (names.place(""), names.place("a"), names.place("")));
        assert_eq!(Some(""), names.get(1));
    }

    #[test]
    fn names_that_find_no_slot_are_found_all_the_same() {
        let mut names = Names::default();
        for i in 0..100 {
            names.place(&i.to_string());
        }
        // As if every slot near them were taken.
        let taken = names.place("taken");
        for slot in &mut names.slots {
            slot.place = taken;
        }
        let crowd: Vec<String> = (0..20).map(|i| format!("crowded {}", i * 7 % 20)).collect();
        let places: Vec<Place> = crowd.iter().map(|name| names.place(name)).collect();

        assert_eq!(places, crowd.iter().map(|name| names.place(name)).collect::<Vec<_>>());
        assert_eq!(places, (102..122).collect::<Vec<_>>());
        assert_eq!(vec![16, 4], names.crowded.iter().map(Vec::len).collect::<Vec<_>>());
        assert_eq!(Some("crowded 7"), names.get(103));
    }
}

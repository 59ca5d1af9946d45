//! Values that hide nothing, remembered: most logs repeat the same short ones.

use std::ops::Range;

use crate::hash;
use crate::redact::Redactor;

/// Short values that were looked at, each in a place that follows from its bytes.
#[derive(Clone, Debug)]
pub(super) struct CleanValues([Short; PLACES]);

const PLACES: usize = 64;

/// A value of up to sixteen bytes: its length, and all of it as two numbers.
type Short = (usize, [u64; 2]);

impl Default for CleanValues {
    fn default() -> Self {
        Self([(usize::MAX, [0; 2]); PLACES])
    }
}

impl CleanValues {
    /// Whether surely nothing is hidden in a value, a part of a text, whatever stands around it.
    pub(super) fn has(&mut self, text: &[u8], part: Range<usize>, redactor: &Redactor) -> bool {
        let Some(value) = text.get(part.clone()) else { return false };
        let short = hash::short(value).map(|words| (value.len(), words));
        let Some((short, known)) = short.and_then(|short| Some((short, self.0.get_mut(place(short))?))) else {
            return redactor.is_part_surely_clean(text, part);
        };
        let is_clean = *known == short || redactor.is_part_surely_clean(text, part);
        if is_clean {
            *known = short;
        }
        is_clean
    }
}

fn place((len, [first, last]): Short) -> usize {
    let [high, ..] = hash::mixed(hash::mixed(len as u64, first), last).to_be_bytes();
    usize::from(high) % PLACES
}

//! Values that hide nothing, remembered: most logs repeat the same short ones.

use crate::redact::Redactor;

/// Short values that were looked at, each in a place that follows from its bytes.
#[derive(Clone, Debug)]
pub(super) struct CleanValues([u128; PLACES]);

const PLACES: usize = 64;

impl Default for CleanValues {
    fn default() -> Self {
        Self([0; PLACES])
    }
}

impl CleanValues {
    /// Whether surely nothing is hidden in a value, whatever stands around it.
    pub(super) fn has(&mut self, value: &str, redactor: &Redactor) -> bool {
        let Some((short, known)) = short(value).and_then(|short| Some((short, self.0.get_mut(place(short))?))) else {
            return redactor.is_surely_clean(value);
        };
        let is_clean = *known == short || redactor.is_surely_clean(value);
        if is_clean {
            *known = short;
        }
        is_clean
    }
}

/// Returns a value of up to 15 bytes, with its length, as one number; never 0.
fn short(value: &str) -> Option<u128> {
    let mut bytes = [0; size_of::<u128>()];
    bytes.get_mut(..value.len()).filter(|_| value.len() < size_of::<u128>())?.copy_from_slice(value.as_bytes());
    Some(u128::from_le_bytes(bytes) | (value.len() as u128 + 1) << 120)
}

fn place(short: u128) -> usize {
    const ODD: u128 = 0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835;
    (short.wrapping_mul(ODD) >> (u128::BITS - PLACES.trailing_zeros())) as usize
}

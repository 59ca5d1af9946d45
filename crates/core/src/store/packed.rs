//! Small numbers in as little room as they need.

use std::mem;

/// Small numbers: while all are the same nothing is kept of each, else as many bytes as the greatest needs.
#[derive(Clone, Debug, Default)]
pub(super) struct Packed {
    /// How many bytes a number takes: 0, 1, 2 or 4.
    width: usize,
    count: usize,
    /// What all of them are, while none takes a byte.
    same: u32,
    /// The numbers one behind the other, lowest byte first.
    bytes: Vec<u8>,
}

impl Packed {
    pub(super) fn push(&mut self, value: u32) {
        if self.count == 0 && self.width == 0 {
            self.same = value;
        }
        if self.width == 0 && value == self.same {
            self.count += 1;
            return;
        }
        let width = match value {
            0..=0xff => 1,
            0x100..=0xffff => 2,
            _ => 4,
        };
        if width > self.width {
            self.widen(if self.same > 0xffff { 4 } else { width.max(1 + usize::from(self.same > 0xff)) });
        }
        self.put(value);
        self.count += 1;
    }

    /// Lets every number take that many bytes.
    fn widen(&mut self, width: usize) {
        let old = mem::replace(self, Packed { width, ..Packed::default() });
        self.count = old.count;
        for index in 0..old.count {
            self.put(old.get(index));
        }
    }

    fn put(&mut self, value: u32) {
        // One by one: to copy a few bytes is a call in the browser.
        for byte in value.to_le_bytes().into_iter().take(self.width) {
            self.bytes.push(byte);
        }
    }

    pub(super) fn pop(&mut self) {
        self.count = self.count.saturating_sub(1);
        self.bytes.truncate(self.count * self.width);
    }

    pub(super) fn get(&self, index: usize) -> u32 {
        let at = index * self.width;
        match *self.bytes.get(at..at + self.width).unwrap_or_default() {
            [one] => u32::from(one),
            [low, high] => u32::from(u16::from_le_bytes([low, high])),
            [a, b, c, d] => u32::from_le_bytes([a, b, c, d]),
            _ => self.same,
        }
    }

    /// Returns the numbers that `new` gives for these.
    pub(super) fn mapped(&self, new: &mut dyn FnMut(u32) -> u32) -> Packed {
        let mut mapped = Packed::default();
        for index in 0..self.count {
            mapped.push(new(self.get(index)));
        }
        mapped
    }

    /// Gives memory back that was kept for more numbers.
    pub(super) fn shrink(&mut self) {
        self.bytes.shrink_to_fit();
    }

    /// Returns the bytes of memory that are held.
    pub(super) fn size_bytes(&self) -> usize {
        self.bytes.capacity()
    }
}

/// Returns how far `to` is from `from` in either direction, small for small distances.
pub(super) fn distance(to: u32, from: u32) -> u32 {
    let steps = to.wrapping_sub(from).cast_signed();
    ((steps << 1) ^ (steps >> 31)).cast_unsigned()
}

/// Returns where one is at that distance from `from`.
pub(super) fn arrived(from: u32, distance: u32) -> u32 {
    from.wrapping_add((distance >> 1) ^ (distance & 1).wrapping_neg())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_numbers_come_back_however_wide_they_become() {
        for values in [
            vec![7; 5],
            vec![0, 1, 255],
            vec![300, 300, 2],
            vec![1, 256, 3],
            vec![0, u32::MAX, 0],
            vec![1, 2, 300, 70_000, 5],
        ] {
            let mut packed = Packed::default();
            for &value in &values {
                packed.push(value);
            }
            assert_eq!(values, (0..values.len()).map(|i| packed.get(i)).collect::<Vec<_>>());

            packed.pop();
            packed.push(9);
            packed.shrink();
            let last = values.len() - 1;
            assert_eq!((values[last - 1], 9), (packed.get(last - 1), packed.get(last)));
        }
    }

    #[test]
    fn distances_lead_back_in_either_direction_and_round_the_end() {
        for (from, to) in [(5, 5), (5, 9), (9, 5), (0, u32::MAX), (u32::MAX, 0), (7, 1 << 31)] {
            assert_eq!(to, arrived(from, distance(to, from)));
        }
        assert_eq!((0, 2, 1), (distance(5, 5), distance(6, 5), distance(4, 5)));
    }
}

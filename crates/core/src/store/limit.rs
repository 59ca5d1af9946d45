//! Holding no more memory than allowed: the oldest records go first, a segment at a time.

use std::mem;

use super::LogStore;
use crate::names::{Names, Place};

impl LogStore {
    /// Returns the store with a limit: as it grows it drops its oldest records, so that [`LogStore::size_bytes`] stays at
    /// or below `max_bytes` but for the segment that is being filled (at most 4 MiB of text, or one longer record).
    ///
    /// ```
    /// use jobtrail_core::{LogStore, ReadOptions};
    ///
    /// let mut store = LogStore::new(ReadOptions::default()).bounded(1024 * 1024);
    /// for _ in 0..100_000 {
    ///     store.append(b"[INFO] the same again and again, and always a little longer than you would like\n");
    /// }
    /// assert!(store.size_bytes() <= 1024 * 1024);
    /// assert_eq!(100_000, store.len() + store.dropped());
    /// ```
    #[must_use]
    pub fn bounded(mut self, max_bytes: usize) -> Self {
        self.max_bytes = Some(max_bytes);
        self.segments.limit(max_bytes);
        self
    }

    /// Drops the records that came first, whole segments of them, until the store holds no more than `max_bytes` or one
    /// segment is left. Returns how many it dropped.
    ///
    /// Row numbers go on as if nothing had happened; selections made before pass over what is gone.
    pub fn drop_oldest(&mut self, max_bytes: usize) -> usize {
        let before = self.len();
        while self.size_bytes() > max_bytes && self.segments.drop_oldest() {}
        let dropped = before - self.len();
        self.dropped += dropped;
        if dropped > 0 {
            self.forget_names();
        }
        dropped
    }

    /// Returns how many records were dropped since the store was made.
    pub fn dropped(&self) -> usize {
        self.dropped
    }

    /// Returns the bytes of memory that the records hold: text, columns and names, with the room kept for more.
    pub fn size_bytes(&self) -> usize {
        self.segments.size_bytes() + self.names.iter().map(Names::size_bytes).sum::<usize>()
    }

    /// Forgets every name that no record has any more.
    fn forget_names(&mut self) {
        for (column, names) in self.names.iter_mut().enumerate() {
            let old = mem::take(names);
            // For each old place the new one, once a record was found that has it.
            let mut places: Vec<Place> = vec![0; old.len() + 1];
            let mut renamed = |place: Place| {
                let (Some(new), Some(name)) = (places.get_mut(place as usize), old.get(place)) else { return 0 };
                if *new == 0 {
                    *new = names.place(name);
                }
                *new
            };
            for segment in self.segments.iter_mut() {
                segment.columns.rename(column, &mut renamed);
            }
        }
    }
}

//! What the writer takes from `std::sync` and `std::thread`, so that a scheduler of tests can stand in their place.

pub(crate) use here::{Mutex, MutexGuard, point};

#[cfg(not(feature = "shuttle"))]
mod here {
    pub(crate) use std::sync::{Mutex, MutexGuard};

    /// A moment at which another process may act: before each call to the system and each look at shared memory.
    #[inline]
    pub(crate) const fn point() {}
}

#[cfg(feature = "shuttle")]
mod here {
    pub(crate) use shuttle::sync::{Mutex, MutexGuard};

    /// A moment at which another process may act: the scheduler decides whether one does.
    pub(crate) fn point() {
        shuttle::thread::yield_now();
    }
}

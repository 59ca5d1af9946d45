//! What the writer takes from `std::sync` and `std::thread`, so that a scheduler of tests can stand in their place.

#[cfg(test)]
pub(crate) use here::pause;
pub(crate) use here::{Mutex, MutexGuard, point};

#[cfg(not(feature = "shuttle"))]
mod here {
    pub(crate) use std::sync::{Mutex, MutexGuard};
    #[cfg(test)]
    pub(crate) use std::thread::sleep as pause;

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

    /// Time passes for the scheduler alone.
    #[cfg(test)]
    pub(crate) fn pause(_time: std::time::Duration) {
        shuttle::thread::yield_now();
    }
}

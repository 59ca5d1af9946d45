//! State that the interpreter's lock guards: whoever has a token of being attached may look at it.
#![expect(unsafe_code, reason = "a cell shared by threads that only the interpreter's lock keeps apart")]

use std::cell::RefCell;

use pyo3::prelude::*;

/// A value for whoever holds the interpreter. It is borrowed for the length of a closure that runs no Python code.
pub(super) struct Held<T>(RefCell<T>);

// SAFETY: the value is reached through `with` alone, which asks for proof that this thread holds the interpreter's lock;
// this folder is no part of a build for an interpreter without that lock (`lib.rs`).
unsafe impl<T> Sync for Held<T> {}

impl<T> Held<T> {
    pub(super) const fn new(value: T) -> Self {
        Self(RefCell::new(value))
    }

    /// Runs `act` on the value; None if it is being looked at already, further up on this thread's stack.
    #[inline]
    pub(super) fn with<R>(&self, _py: Python<'_>, act: impl FnOnce(&mut T) -> R) -> Option<R> {
        self.0.try_borrow_mut().ok().map(|mut value| act(&mut value))
    }
}

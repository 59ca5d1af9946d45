//! The browser's module: all of `jobtrail-wasm`, linked. A crate of its own, because the crate that is linked gives the
//! level of optimisation to the whole, which has to be higher than what this face is compiled at.

pub use jobtrail_wasm::*;

//! The fast path of `JobLogger`: a log call becomes a line in the file without a `LogRecord` and without a line of
//! Python, where nothing but our own handler would have seen the record.
//!
//! `descriptors.rs` puts the methods on the class; `plan.rs` finds out for a logger whether and how its records may go this
//! way, and `guards.rs` notices at each call when that is no longer so; `call.rs` leads one call through: its message
//! (`percent.rs`, `digits.rs`), its fields (`fields.rs`), who called (`caller.rs`), when (`clock.rs`), the line (`forms.rs`) and the
//! write. `clean.rs` remembers which lines hide nothing, `known.rs` holds what is looked up once, `cell.rs` what the interpreter's lock guards, `raw.rs` what only a wheel
//! for one version of Python may look at.
//!
//! Whatever is not simple goes the way of `logging.Logger`, which writes the same line. Invariant: until the line is made
//! nothing has been written, so that giving up is always possible.

mod call;
mod caller;
mod cell;
mod clean;
mod clock;
mod descriptors;
mod digits;
mod fields;
mod forms;
mod guards;
mod known;
mod percent;
mod plan;
mod raw;

pub(crate) use clean::CleanLines;
pub(crate) use descriptors::prepare_logger_class;
pub(crate) use guards::settings_changed;

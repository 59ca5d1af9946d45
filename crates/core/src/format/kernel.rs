//! The kernel's ring buffer.
//!
//! Specification: `dmesg`, `dmesg -T` and `dmesg -r`. Seconds since the system began are no timestamp.

use super::pattern::{Example, Rows};

pub(super) const ROWS: Rows = "\
dmesg <%!>[_%#.%#] %m
dmesg [%C] %m
";

pub(super) const EXAMPLES: &[Example] = &[("dmesg", "[    0.004000] Booting paravirtualized kernel on KVM")];

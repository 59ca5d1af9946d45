//! The formats of PHP and Ruby programs.
//!
//! Specification: Monolog's `LineFormatter` (Laravel's too); Ruby's `Logger::Formatter`.

use super::pattern::{Example, Rows};

pub(super) const ROWS: Rows = "\
monolog [%d] %n.%l: %m
ruby %l, [%d #%p]_%l -- <%n>: %m
";

pub(super) const EXAMPLES: &[Example] = &[
    ("monolog", "[2026-01-05T14:30:01.123456+00:00] local.ERROR: Not found []"),
    ("ruby", "I, [2026-01-05T14:30:01.123456 #1234]  INFO -- app: Started"),
];

//! The formats of Node, PHP, Ruby and .NET programs.
//!
//! Specification: npm `debug` where its output is no terminal; Monolog's `LineFormatter` (Laravel's too); PHP's `error_log`;
//! Ruby's `Logger::Formatter`; .NET's `SimpleConsoleFormatter`, Serilog's console template and `NLog`'s default layout.

use super::pattern::{Example, Rows};

pub(super) const ROWS: Rows = "\
debug %N %n %m
monolog [%d] %n.%l: %m
php [%V< {zone}>] PHP %l< error>:_%m
php [%V< {zone}>] PHP Parse %l:_%m
php [%V< {zone}>] %m
ruby %l, [%d #%p]_%l -- <*n>: %m
dotnet %l: %n[{event_id}] %m
dotnet %d_%l: %n[{event_id}] %m
serilog [%T %l] %m
nlog %d|%l|%n|%m
";

pub(super) const EXAMPLES: &[Example] = &[
    ("debug", "Mon, 05 Jan 2026 14:30:01 GMT app:server listening"),
    ("monolog", "[2026-01-05T14:30:01.123456+00:00] local.ERROR: Not found []"),
    ("php", "[05-Jan-2026 14:30:01 UTC] PHP Warning:  Undefined variable $x in /app/a.php on line 3"),
    ("ruby", "I, [2026-01-05T14:30:01.123456 #1234]  INFO -- app: Started"),
    ("dotnet", "info: Microsoft.Hosting.Lifetime[14]"),
    ("serilog", "[14:30:01 INF] Hello, world"),
    ("nlog", "2026-01-05 14:30:01.1234|INFO|App.Program|Started"),
];

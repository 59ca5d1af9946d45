//! Databases: `PostgreSQL`, `MySQL` and `MariaDB`, Redis, `MongoDB` before 4.4.
//!
//! Specification: `PostgreSQL`'s `log_line_prefix = '%m [%p] '`, and with `%q%u@%d `; `MySQL` 8.0 "Error Log Output Format", of 5.7
//! and `MariaDB`; Redis `serverLogRaw`, whose marks are no levels; `MongoDB` 4.2 "Log Messages".

use super::pattern::{Example, Rows};

pub(super) const ROWS: Rows = "\
postgres %d%z [%p] %l:_%m
postgres %d%z [%p] {part}:  %m
postgres %d%z [%p] {connection} %l:_%m
mysql %d_%t [%l] [MY-{code}] [%n] %m
mysql %d_%t [{label}] [MY-{code}] [%n] %m
mysql %d_%t [%l] %m
redis-server %p:{role} %R {mark} %m
mongodb-text %D %l %n_[*t] %m
";

pub(super) const EXAMPLES: &[Example] = &[
    ("postgres", "2026-01-05 14:30:01.123 UTC [1234] LOG:  database system is ready to accept connections"),
    ("mysql", "2026-01-05T14:30:01.123456Z 0 [Warning] [MY-010068] [Server] CA certificate is self signed."),
    ("redis-server", "1234:M 05 Jan 2026 14:30:01.123 * Ready to accept connections"),
    ("mongodb-text", "2026-01-05T14:30:01.123+0000 I NETWORK  [listener] connection accepted from 127.0.0.1:50000 #1"),
];

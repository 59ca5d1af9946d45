//! syslog, as files and `journalctl` show it.
//!
//! Specification: RFC 3164 section 4.1 without the priority; `journalctl -o short`.
//! The host goes to `fields.host`, the tag is the logger.

use super::pattern::{Example, Rows};

pub(super) const ROWS: Rows = "\
syslog %S {host} %g[%p] (*{address}): %m
syslog %S {host} %g<[%p]>: %m
syslog %S {host} %m
syslog %D {host} %g[%p]: %m
";

pub(super) const EXAMPLES: &[Example] = &[(
    "syslog",
    "Jun 14 15:16:01 combo sshd(pam_unix)[19939]: authentication failure; logname= uid=0 euid=0 tty=NODEVssh",
)];

//! syslog, as it is sent and as files and `journalctl` show it.
//!
//! Specification: RFC 3164 section 4.1, with and without the priority; RFC 5424 section 6; `journalctl -o short` and
//! `short-iso`; `HAProxy`'s lines. The host goes to `fields.host`, the tag is the logger. One space behind the
//! tag belongs to the header; what a program writes behind it is its own.

use super::pattern::{Example, Rows};

pub(super) const ROWS: Rows = "\
haproxy <%!>%S {host} =haproxy=[%p]: %m
syslog <%!>%S {host} %g[%p] (*{address}):< >%o
syslog <%!>%S {host} %g<[%p]>:< >%o
syslog <%!>%S {host} %o
syslog %D _{host} %g[%p]:< >%o
syslog %D {host} =kernel=:< >%o
syslog-5424 %!1 %d {host} %n %p {msgid} - %o
syslog-5424 %!1 %d {host} %n %p {msgid} [*{structured_data}] %o
";

pub(super) const EXAMPLES: &[Example] = &[
    (
        "haproxy",
        "Jan  5 14:30:01 lb1 haproxy[1234]: 10.0.0.1:5100 [05/Jan/2026:14:30:01.123] web app/a 0/0/1/2/3 200 612 - - ----",
    ),
    (
        "syslog",
        "Jun 14 15:16:01 combo sshd(pam_unix)[19939]: authentication failure; logname= uid=0 euid=0 tty=NODEVssh",
    ),
    ("syslog-5424", "<34>1 2026-01-05T14:30:01.123Z host su 1234 ID47 - 'su root' failed for ann"),
];

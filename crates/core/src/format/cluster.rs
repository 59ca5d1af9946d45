//! Supercomputers: Blue Gene/L, Thunderbird, HPC clusters.
//!
//! Specification: the columns of the USENIX Computer Failure Data Repository. The first one, the label of an alert or a dash, goes to
//! `fields.label`; the time is the one that the machine's own line has.

use super::pattern::{Example, Rows};

pub(super) const ROWS: Rows = "\
bgl {label} {epoch} {-} {node} %B {-} {type} %n %l %m
bgl {label} {epoch} {-} {node} %B {-} {type} %n {severity} %m
thunderbird {label} {epoch} %F {user} {-} _{-} %T {location} %g<[%p]>:< >%m
thunderbird {label} {epoch} %F {user} {-} _{-} %T {location} %m
hpc {id} {node} %n {state} %e {flag} %m
";

pub(super) const EXAMPLES: &[Example] = &[
    (
        "bgl",
        "- 1117838570 2005.06.03 R02-M1-N0-C:J12-U11 2005-06-03-15.42.50.363779 R02-M1-N0-C:J12-U11 RAS KERNEL INFO instruction cache parity error corrected",
    ),
    (
        "thunderbird",
        "- 1131566461 2005.11.09 dn228 Nov 9 12:01:01 dn228/dn228 crond(pam_unix)[2915]: session closed for user root by (uid=0)",
    ),
    (
        "hpc",
        "134681 node-246 unix.hw state_change.unavailable 1077804742 1 Component State Change: Component alt0 is in the unavailable state",
    ),
];

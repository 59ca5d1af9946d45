//! Web servers: Apache's and nginx's access and error logs.
//!
//! Specification: Apache `mod_log_config` (`%h %l %u %t "%r" %>s %b`, common, combined and with a virtual host in front); Apache
//! `ErrorLogFormat`, of 2.2 and 2.4; nginx `error_log`. An access line has no level.

use super::pattern::{Example, Rows};

pub(super) const ROWS: Rows = "\
apache-error [%C] [%l] %m
apache-error [%C] [:%l<%#>] [pid %p<:tid %t>] %m
apache-error [%C] [:%l] %m
apache-error [%C] [%n:%l<%#>] [pid %p<:tid %t>] %m
nginx-error %O [%l] %p#%t: %m
access {client} {-} {user} [%A] %m
access {vhost} {client} {-} {user} [%A] %m
";

pub(super) const EXAMPLES: &[Example] = &[
    ("apache-error", "[Sun Dec 04 04:47:44 2005] [notice] workerEnv.init() ok /etc/httpd/conf/workers2.properties"),
    ("nginx-error", "2026/01/05 14:30:01 [error] 1234#5678: *90 connect() failed while connecting to upstream"),
    ("access", "127.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] \"GET /apache_pb.gif HTTP/1.0\" 200 2326"),
];

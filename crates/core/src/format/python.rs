//! Python's formats: `logging` itself, its usual configurations, and the tools that bring a format along.
//!
//! Specification: Python `logging.BASIC_FORMAT`; loguru's `LOGURU_FORMAT`; structlog's `ConsoleRenderer`, which fills levels up with
//! spaces; uvicorn's `DefaultFormatter`; gunicorn's `glogging.Logger`; Celery's `worker_log_format`; ARQ's `default_log_config`;
//! Python's own word at a crash (`Fatal Python error`, with `faulthandler`'s stacks); Django's `runserver` and the verbose formatter of its documentation; `OpenStack`'s `logging_context_format_string` (`oslo.log`).

use super::pattern::{Example, Rows};

pub(super) const ROWS: Rows = "\
python %U:%n:%m
python %l Python error: %m
loguru %d | %l_| %n:{function}:{line} - %m
structlog %d [%l _]_%m
uvicorn %U: _%m
gunicorn [%d%z] [%p] [%l] %m
celery [%d: %l/%t] %m
arq %T: %m
django [%J] %m
django %U %d %n %p %t %m
openstack %d %p %l %n [*{request}] %m
openstack {file} %d %p %l %n [*{request}] %m
openstack %d %p %l %w %m
openstack {file} %d %p %l %w %m
";

pub(super) const EXAMPLES: &[Example] = &[
    ("python", "WARNING:root:Disk is nearly full"),
    ("loguru", "2026-01-05 14:30:01.123 | INFO     | app.jobs:run:42 - Started"),
    ("structlog", "2026-01-05 14:30:01 [info     ] job started                    job=7"),
    ("uvicorn", "INFO:     127.0.0.1:52814 - \"GET / HTTP/1.1\" 200 OK"),
    ("gunicorn", "[2026-01-05 14:30:01 +0000] [1234] [INFO] Listening at: http://127.0.0.1:8000 (1234)"),
    ("celery", "[2026-01-05 14:30:01,123: INFO/MainProcess] celery@host ready."),
    ("arq", "14:30:01: Starting worker for 1 functions: resize"),
    ("django", "[05/Jan/2026 14:30:01] \"GET /admin/ HTTP/1.1\" 200 2214"),
    (
        "openstack",
        "2017-05-16 00:00:00.008 25746 INFO nova.osapi_compute.wsgi.server [req-38101a0b - - -] 10.11.10.1 status: 200",
    ),
];

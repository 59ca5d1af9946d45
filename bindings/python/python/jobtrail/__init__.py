"""Job logs that survive crashes, hide secrets and can be searched.

Write them:

    >>> import tempfile
    >>> from jobtrail import setup_logger
    >>> folder = tempfile.mkdtemp()
    >>> log = setup_logger("worker", folder, console=False)
    >>> log.warning("MSH-0105-A7F2: retrying with password=hunter2")

Read them:

    >>> from jobtrail import read_logs
    >>> [record.message for record in read_logs(folder, "level>=warning job:MSH-0105-A7F2")]
    ['MSH-0105-A7F2: retrying with password=[redacted:password]']

Around a logger stand `install` (the frameworks' lines too), `configure_from_env`, `job_log`, `bind`, `run_logged`,
`capture_exceptions`, `limit_repeats` and `ExcludePaths`; for loggers of your own there are handlers
(`RotatingFileHandler`, `TimedRotatingFileHandler`, `ConsoleHandler`) and sinks for lines (`LineSink`,
`StructlogFactory`); for tests, `jobtrail.testing`. `docs/logging.md` tells of them.

Events of jobs in monthly files are `JobEvents`; a file for each job, with its service's and application's, `JobLog`,
`ServiceLog` and `EventLog`; logs of jobs in Redis `JobLogManager`; what any log tells of its jobs is `read_jobs`.

Read, mask and query single lines and texts with `parse_line`, `parse_text`, `redact` and `Query`; mask values with
`redact_obj`, other handlers' records with `RedactFilter`; tell jobs apart with `JobId`.
"""

import importlib
from typing import TYPE_CHECKING

from jobtrail._core import JobId, JobtrailError, Query, Record, parse_line, redact

if TYPE_CHECKING:
    from jobtrail.access import ExcludePaths
    from jobtrail.binding import BoundLogger, bind
    from jobtrail.console import ConsoleHandler
    from jobtrail.context import LogContext
    from jobtrail.environment import configure_from_env
    from jobtrail.exceptions import capture_exceptions
    from jobtrail.handlers import FileHandler, RotatingFileHandler, TimedRotatingFileHandler
    from jobtrail.installing import install, uninstall
    from jobtrail.job_events import JobEvents
    from jobtrail.job_files import EventLog, JobLog, ServiceLog
    from jobtrail.job_ids import generate_job_id, is_valid_job_id
    from jobtrail.job_logs import job_log
    from jobtrail.loggers import JobLogger
    from jobtrail.logging import get_logger, get_logger_from_env, setup_logger
    from jobtrail.pruning import Pruned, prune
    from jobtrail.queries import Completion, Completions, complete_query
    from jobtrail.records import parse_text, read_jobs, read_logs
    from jobtrail.redaction import RedactFilter, Redactor, redact_obj
    from jobtrail.redis_logs import (
        AsyncJobLogManager,
        JobLogManager,
        RedisHandler,
        init_job_publisher,
        publish_job_complete,
        publish_job_error,
        publish_job_progress,
    )
    from jobtrail.repeats import RepeatFilter, limit_repeats
    from jobtrail.sinks import LineSink, StructlogFactory
    from jobtrail.subprocesses import run_logged
    from jobtrail.summaries import summarize

__all__ = [
    "AsyncJobLogManager",
    "BoundLogger",
    "Completion",
    "Completions",
    "ConsoleHandler",
    "EventLog",
    "ExcludePaths",
    "FileHandler",
    "JobEvents",
    "JobId",
    "JobLog",
    "JobLogManager",
    "JobLogger",
    "JobtrailError",
    "LineSink",
    "LogContext",
    "Pruned",
    "Query",
    "Record",
    "RedactFilter",
    "Redactor",
    "RedisHandler",
    "RepeatFilter",
    "RotatingFileHandler",
    "ServiceLog",
    "StructlogFactory",
    "TimedRotatingFileHandler",
    "bind",
    "capture_exceptions",
    "complete_query",
    "configure_from_env",
    "generate_job_id",
    "get_logger",
    "get_logger_from_env",
    "init_job_publisher",
    "install",
    "is_valid_job_id",
    "job_log",
    "limit_repeats",
    "parse_line",
    "parse_text",
    "prune",
    "publish_job_complete",
    "publish_job_error",
    "publish_job_progress",
    "read_jobs",
    "read_logs",
    "redact",
    "redact_obj",
    "run_logged",
    "setup_logger",
    "summarize",
    "uninstall",
]

# A module is loaded when one of its names is first asked for: a program that reads logs does not wait for the logger,
# and one that logs does not wait for what starts programs.
_MODULES = {
    "access": ("ExcludePaths",),
    "binding": ("BoundLogger", "bind"),
    "console": ("ConsoleHandler",),
    "context": ("LogContext",),
    "environment": ("configure_from_env",),
    "exceptions": ("capture_exceptions",),
    "handlers": ("FileHandler", "RotatingFileHandler", "TimedRotatingFileHandler"),
    "installing": ("install", "uninstall"),
    "job_events": ("JobEvents",),
    "job_files": ("EventLog", "JobLog", "ServiceLog"),
    "job_ids": ("generate_job_id", "is_valid_job_id"),
    "job_logs": ("job_log",),
    "loggers": ("JobLogger",),
    "logging": ("get_logger", "get_logger_from_env", "setup_logger"),
    "pruning": ("Pruned", "prune"),
    "queries": ("Completion", "Completions", "complete_query"),
    "records": ("parse_text", "read_jobs", "read_logs"),
    "redaction": ("RedactFilter", "Redactor", "redact_obj"),
    "redis_logs": (
        "AsyncJobLogManager",
        "JobLogManager",
        "RedisHandler",
        "init_job_publisher",
        "publish_job_complete",
        "publish_job_error",
        "publish_job_progress",
    ),
    "repeats": ("RepeatFilter", "limit_repeats"),
    "sinks": ("LineSink", "StructlogFactory"),
    "subprocesses": ("run_logged",),
    "summaries": ("summarize",),
}


if not TYPE_CHECKING:  # a type checker would take every name that is not there for one that is

    def __getattr__(name: str) -> object:
        """Returns what a module holds, or the module; it is there by itself from then on."""
        for module, names in _MODULES.items():
            if name == module or name in names:
                loaded = importlib.import_module(f"{__name__}.{module}")
                globals().update({one: getattr(loaded, one) for one in names})
                return globals()[name]
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    """Returns the names, loaded or not."""
    return sorted({*globals(), *__all__})

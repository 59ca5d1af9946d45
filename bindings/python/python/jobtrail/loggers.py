"""The class of the loggers: a `logging.Logger` whose records go to the file without a `LogRecord` where that is enough.

Each method answers in Rust as long as nothing but our own file handler would see the record. Where anything else is in
play (another handler, a filter, a record factory, a patched method, `exc_info`, ...) the method of `logging.Logger` is
called, and our handler writes the same line.
"""

from __future__ import annotations

import logging
from typing import Any

from jobtrail import _core, context
from jobtrail._core import settings_changed
from jobtrail.console import ConsoleHandler
from jobtrail.formatters import (
    STANDARD_FIELDS,
    ConsoleFormatter,
    JobFormatter,
    JsonFormatter,
    ProcessFormatter,
    ServiceFormatter,
)
from jobtrail.handlers import FileHandler

__all__ = ["JobLogger"]


class JobLogger(logging.Logger):
    r"""A `logging.Logger` that writes a line some ten times as fast; whatever works with that one works with this one.

    `setup_logger` makes them. `logging.setLoggerClass(JobLogger)` makes all loggers of a program such ones: one without
    handlers of its own is fast too if its records reach one file handler of ours, and nothing else.

    Examples:
        >>> import logging, tempfile
        >>> from pathlib import Path
        >>> from jobtrail.formatters import ServiceFormatter
        >>> from jobtrail.handlers import FileHandler
        >>> handler = FileHandler(Path(tempfile.mkdtemp(), "app.log"))
        >>> handler.setFormatter(ServiceFormatter("app"))
        >>> log = JobLogger("app.worker")
        >>> log.addHandler(handler)
        >>> log.warning("password=%s", "hunter2")
        >>> Path(handler.baseFilename).read_text()[19:]
        ' - worker - WARNING - password=[redacted:password]\n'
        >>> handler.close()
    """

    def __setattr__(self, name: str, value: Any) -> None:
        """Sets an attribute, and has the logger looked at again before its next record."""
        super().__setattr__(name, value)
        settings_changed()

    def __delattr__(self, name: str) -> None:
        """Takes an attribute away likewise."""
        super().__delattr__(name)
        settings_changed()


class JobRootLogger(JobLogger, logging.RootLogger):
    """A root logger with the fast methods."""


_CLASSES: dict[type[logging.Logger], type[JobLogger]] = {
    logging.Logger: JobLogger,
    logging.RootLogger: JobRootLogger,
}


class _Levels(dict[int, bool]):
    """Which levels of a logger are enabled; `logging` empties it when that may have changed."""

    def clear(self) -> None:
        super().clear()
        settings_changed()


# The names under which a line has something of its own.
_OWN_KEYS = {"timestamp", "level", "logger", "message", "module", "function", "line", "exception"}

IS_FAST = _core.prepare_logger_class(
    JobLogger,
    {
        "levels": _Levels,
        "file_handler": FileHandler,
        "console_handler": ConsoleHandler,
        "forms": {
            "process": ProcessFormatter,
            "service": ServiceFormatter,
            "json": JsonFormatter,
            "job": JobFormatter,
            "console": ConsoleFormatter,
        },
        "context": context._top,  # noqa: SLF001 - the variable itself: asking for its fields makes a dict for each record
        "reserved": STANDARD_FIELDS | _OWN_KEYS,
    },
)
"""Whether this build has the fast path on this Python."""


def logger_named(name: str) -> logging.Logger:
    """Returns the logger of this name, a `JobLogger` unless a program has made it of a class of its own."""
    manager = logging.Logger.manager
    # Its own lock: nobody else makes a logger meanwhile, and it is set right again in a forked child.
    with logging._lock:  # type: ignore[attr-defined]  # noqa: SLF001
        known = manager.loggerDict.get(name)
        if not isinstance(known, logging.Logger):
            before = manager.loggerClass
            manager.loggerClass = JobLogger
            try:
                return manager.getLogger(name)
            finally:
                manager.loggerClass = before
    make_fast(known)
    return known


def make_fast(logger: logging.Logger) -> bool:
    """Gives a logger the fast methods if it is of a class of `logging` itself; returns whether it has changed."""
    fast = _CLASSES.get(type(logger))
    if fast is None:
        return False
    logger.__class__ = fast  # it has the same attributes, and whoever holds it has a fast one now
    settings_changed()
    return True


def make_standard(logger: logging.Logger) -> None:
    """Takes back what `make_fast` did, unless somebody has given the logger another class since."""
    for standard, fast in _CLASSES.items():
        if type(logger) is fast:
            logger.__class__ = standard  # type: ignore[assignment]  # the class that it had

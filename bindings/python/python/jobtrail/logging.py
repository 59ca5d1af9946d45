"""Sets up real `logging.Logger`s that write `<log_dir>/<process_type>.log` and the console.

The file is shared: any number of processes may name the same one, and none loses a record at a rotation. A record whose
log call has returned survives the death of its process. Secrets and personal paths are masked before they are written.
"""

from __future__ import annotations

import logging
import os
import re
import threading
import weakref
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, get_args

from jobtrail import folders
from jobtrail.console import ConsoleHandler
from jobtrail.errors import bad_option
from jobtrail.formats import FORMATS, FormatName, formatter_for
from jobtrail.formatters import KEEP_PATHS
from jobtrail.handlers import Compression, Durability, FileHandler, Period
from jobtrail.loggers import logger_named
from jobtrail.profiles import PROFILES, ProfileName

__all__ = ["FormatName", "get_logger", "get_logger_from_env", "setup_logger"]

_MOST_DAYS = 1_000_000
_MOST_MODE = 0o7777
_APP = "jobtrail"
_SETTINGS = ("process_type", "format", "console_format", "raw_newlines", "profile", "log_dir", "log_level")
_NAME = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9._-]{1,128}")

# Guards the reconfiguration of loggers; made anew in a forked child, where another thread's hold would never end.
_lock = threading.RLock()
# The loggers that are set up, the latest last.
_ready: dict[str, None] = {}
# The handlers that were made here, and are closed when their logger is set up again; not those that others gave it.
_made: weakref.WeakSet[logging.Handler] = weakref.WeakSet()
# Handlers that want the records of loggers that are set up from now on, too.
watchers: list[logging.Handler] = []
# Called when a logger has been given other handlers.
after_setup: list[Callable[[], None]] = []


def setup_logger(
    process_type: str,
    log_dir: str | os.PathLike[str] | None = None,
    log_level: int | str = logging.INFO,
    dev_mode: bool = False,
    *,
    app: str = "jobtrail",
    console: bool = True,
    max_bytes: int = 10 * 1024 * 1024,
    backup_count: int = 5,
    when: Period | None = None,
    max_age_days: float | None = None,
    max_total_bytes: int = 0,
    format: FormatName = "process",  # noqa: A002 - the word that users know
    redact: bool = True,
    durability: Durability = "process",
    compress: Compression | None = None,
    profile: ProfileName | None = None,
    file_mode: int | None = None,
    raw_newlines: bool = False,
    console_format: FormatName = "console",
) -> logging.Logger:
    """Sets up the logger `<app>.<process_type>` and returns it; called again, it reconfigures that logger.

    Handlers that others gave the logger stay.

    Args:
        process_type: Names the process and the file: `host`, `worker`, or any other of `A-Z a-z 0-9 . _ -`.
        log_dir: The folder of the file, made where it is missing. None: the platform's log folder for the app, or
            the temporary directory's `<app>/logs` where that cannot be written.
        log_level: Of the logger and its handlers.
        dev_mode: Writes no file.
        app: The first part of the logger's name, and of the default folder.
        console: Writes to standard error too: `[05:52:25] [1234] [INFO] message`, coloured on a terminal.
        max_bytes: The size at which the file becomes `.log.1`; 0: any.
        backup_count: How many old files are kept; 0: the file is never renamed.
        when: `daily`, `weekly` (from Monday on) or `monthly`: the file becomes `.log.1` too when such a period has
            begun since it was. In UTC.
        max_age_days: Old files whose last record is older are deleted, at a rotation and when the logger is set up.
        max_total_bytes: The oldest files are deleted until all old ones together have no more bytes; 0: any.
        format: `process` (system 4's line), `service` and `json` (system 2's), `job` (system 3's JSON), `console` and
            `events-console` (the lines that systems 4 and 1 show on a console). All are UTF-8, never escaped to ASCII.
        redact: Masks secrets and personal paths in the file and on the console; with the format `job` every absolute
            path keeps only its last part.
        durability: What a record has survived when its call returns. `process`: the death of the process, SIGKILL
            included; the record is in the file. `disk`: a power cut as well. `mapped`: the death of the process; the
            record is in memory that outlives it, and in the file 10 ms later, or at once for ERROR and above, at a
            fork and at exit. `mapped` is the fastest, `disk` by far the slowest.
        compress: `gzip` or `zstd`: old files are compressed when no process has them open any more.
        profile: `development`, `staging` or `production`: a file a day, kept for 7, 14 or 90 days. `when` and
            `max_age_days` still count where they are given; `backup_count` does not.
        file_mode: Permission bits of the files, such as 0o640. None: those of the file that is there, else what the
            umask leaves.
        raw_newlines: Writes line ends inside a message as they are, in the text forms: what follows one may pass for a
            record of its own. Otherwise such lines are indented. The JSON forms always escape them.
        console_format: The form on the console, one of those of `format`.

    Returns:
        A real `logging.Logger` with `propagate` False. Logging to it never raises, whatever the disk does.

    Raises:
        JobtrailError: An option is not known or not there yet; `code` is `bad_option`.

    Examples:
        >>> import tempfile
        >>> log = setup_logger("worker", tempfile.mkdtemp(), console=False)
        >>> log.info("Started %s", "MSH-0105-A7F2")
        >>> log.name
        'jobtrail.worker'

        A file a day, each kept for 90 days, all but the newest compressed:

        >>> errors = setup_logger(
        ...     "errors",
        ...     tempfile.mkdtemp(),
        ...     logging.ERROR,
        ...     console=False,
        ...     when="daily",
        ...     backup_count=1000,
        ...     max_age_days=90,
        ...     compress="gzip",
        ...     durability="disk",
        ... )
    """
    _check_name("process type", process_type)
    _check_name("app", app)
    _check_choice("format", format, FORMATS)
    _check_choice("console_format", console_format, FORMATS)
    _check_choice("profile", profile, (None, *PROFILES))
    _check_choice("raw_newlines", raw_newlines, (True, False))
    _check_mode(file_mode)
    _check_choice("when", when, (None, *get_args(Period)))
    _check_choice("durability", durability, get_args(Durability))
    _check_choice("compress", compress, (None, *get_args(Compression)))
    _check_choice("redact", redact, (True, False))
    _check_level(log_level)
    _check_count("max_bytes", max_bytes)
    _check_count("backup_count", backup_count)
    _check_count("max_total_bytes", max_total_bytes, 2**63)
    _check_days("max_age_days", max_age_days)

    if profile is not None:
        kept = PROFILES[profile]
        when, backup_count = when or kept.when, kept.backup_count
        max_age_days = kept.max_age_days if max_age_days is None else max_age_days
    if dev_mode:
        log_dir = None
    elif log_dir is None:
        log_dir = folders.writable(folders.platform_folder, app)
    elif format == "job":
        folders.keep_out_of_git(Path(log_dir))
    file = None if log_dir is None else Path(log_dir) / f"{process_type}.log"

    paths = ("strict" if format == "job" else "home") if redact else None
    form = partial(formatter_for, app=app, process_type=process_type, raw_newlines=raw_newlines)
    handlers: list[ConsoleHandler | FileHandler] = []
    if console:
        console_handler = ConsoleHandler(paths="strict" if redact and console_format == "job" else paths)
        console_handler.setFormatter(form(console_format, on_console=True))
        handlers.append(console_handler)
    if file is not None:
        file_handler = FileHandler(
            file,
            max_bytes=max_bytes,
            backup_count=backup_count,
            when=when,
            max_age_days=max_age_days,
            max_total_bytes=max_total_bytes,
            compress=compress,
            durability=durability,
            paths=paths,
            file_mode=file_mode,
        )
        file_handler.setFormatter(form(format))
        handlers.append(file_handler)
    for handler in handlers:
        handler.setLevel(log_level)

    logger = logger_named(f"{app}.{process_type}")
    logger.propagate = False
    give_handlers(logger, log_level, handlers)

    own: dict[str, Any] = {KEEP_PATHS: True}
    if file is None:
        logger.info("Logger initialized for %s process (dev mode - no file logging)", process_type, extra=own)
    else:
        logger.info("Logger initialized for %s process. Log file: %s", process_type, file, extra=own)
    return logger


def give_handlers(logger: logging.Logger, level: int | str, handlers: Sequence[logging.Handler]) -> None:
    """Gives a logger these handlers in the place of those that it was given here before."""
    with _lock:
        ours = [handler for handler in logger.handlers if handler in _made]
        others = [handler for handler in logger.handlers if handler not in _made]
        others += [handler for handler in watchers if handler not in others]
        logger.setLevel(level)
        logger.disabled = False  # `dictConfig` takes that away from all that it does not name, by default
        # One assignment: a thread that logs meanwhile finds the old handlers or the new ones, never none.
        logger.handlers = [*handlers, *others]
        _made.update(handlers)
        for handler in ours:
            handler.close()
        _ready.pop(logger.name, None)
        _ready[logger.name] = None
    for told in after_setup[:]:
        told()


def handlers_given(logger: logging.Logger) -> list[logging.Handler]:
    """Returns those of the logger's handlers that it was given here."""
    return [handler for handler in logger.handlers if handler in _made]


def current_logger() -> logging.Logger:
    """Returns the logger that was set up last in this process; where none was, that of `get_logger_from_env`."""
    with _lock:
        return logging.getLogger(next(reversed(_ready))) if _ready else get_logger_from_env()


def get_logger(process_type: str, *, app: str = "jobtrail") -> logging.Logger:
    """Returns the logger of a process type; at its first use it is set up with the defaults of `setup_logger`."""
    with _lock:
        if is_ready(process_type, app):
            return logger_named(f"{app}.{process_type}")
        return setup_logger(process_type, app=app)


def get_logger_from_env() -> logging.Logger:
    """Returns the logger of the process type that `JOBTRAIL_PROCESS_TYPE` names; `worker` without it.

    At its first use it is set up as the environment says: `JOBTRAIL_FORMAT` and `JOBTRAIL_CONSOLE_FORMAT` (a name of
    `setup_logger`'s `format`), `JOBTRAIL_RAW_NEWLINES` (`1`), `JOBTRAIL_PROFILE`, `JOBTRAIL_LOG_DIR` and
    `JOBTRAIL_LOG_LEVEL`. A value that is not known raises JobtrailError with the code `bad_option`.
    """
    named = {name: os.environ.get(f"JOBTRAIL_{name.upper()}") for name in _SETTINGS}
    settings: dict[str, Any] = {name: value for name, value in named.items() if value}
    process_type = settings.pop("process_type", "worker")
    if "raw_newlines" in settings:
        _check_choice("JOBTRAIL_RAW_NEWLINES", settings["raw_newlines"], ("0", "1"))
        settings["raw_newlines"] = settings["raw_newlines"] == "1"
    with _lock:
        return get_logger(process_type) if is_ready(process_type, _APP) else setup_logger(process_type, **settings)


def is_ready(process_type: str, app: str) -> bool:
    """Returns whether this logger has been set up."""
    return f"{app}.{process_type}" in _ready


def _check_name(what: str, name: str) -> None:
    if not _NAME.fullmatch(name):
        raise bad_option(f"bad {what} {name[:200]!r}, expected 1 to 128 letters, digits, `.`, `_` or `-`")


def _check_choice(option: str, value: object, choices: tuple[object, ...]) -> None:
    if value not in choices:
        known = ", ".join(repr(choice) for choice in choices)
        raise bad_option(f"bad {option} {value!r}, supported: {known}")


def _check_level(level: int | str) -> None:
    try:
        logging.NullHandler(level)
    except (TypeError, ValueError):
        raise bad_option(f"bad log_level {level!r}, expected a number or a name such as 'INFO'") from None


def _check_count(option: str, value: int, end: int = 2**32) -> None:
    if type(value) is not int or not 0 <= value < end:
        raise bad_option(f"bad {option} {value!r}, expected a whole number from 0 to {end - 1}")


def _check_days(option: str, value: object) -> None:
    if value is not None and not (isinstance(value, (int, float)) and 0 < value < _MOST_DAYS):
        raise bad_option(f"bad {option} {value!r}, expected a number of days above 0 and below {_MOST_DAYS}")


def _check_mode(mode: object) -> None:
    if mode is not None and not (type(mode) is int and 0 <= mode <= _MOST_MODE):
        raise bad_option(f"bad file_mode {mode!r}, expected permission bits such as 0o640")


def _after_fork() -> None:
    global _lock  # noqa: PLW0603 - see its comment
    _lock = threading.RLock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)

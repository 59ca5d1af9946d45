"""Routes what a service and its frameworks log through one logger's handlers, and takes that back again."""

from __future__ import annotations

import functools
import logging
import logging.config
import logging.handlers
import os
import sys
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from jobtrail.access import ExcludePaths
from jobtrail.context import LogContext
from jobtrail.errors import bad_option
from jobtrail.exceptions import capture_exceptions
from jobtrail.loggers import JobLogger, make_fast, make_standard
from jobtrail.logging import after_setup, get_logger_from_env, handlers_given

_FRAMEWORKS = ("uvicorn", "gunicorn", "arq", "celery")
# Loggers that are there, in these frameworks, whether or not they have been asked for already.
_KNOWN = (
    "uvicorn",
    "uvicorn.error",
    "uvicorn.access",
    "uvicorn.asgi",
    "gunicorn",
    "gunicorn.error",
    "gunicorn.access",
    "arq",
    "arq.worker",
    "celery",
    "celery.task",
    "celery.redirected",
    "py.warnings",
)
_ACCESS = ("uvicorn.access", "gunicorn.access")


@dataclass
class _Before:
    """How a logger was."""

    handlers: list[logging.Handler]
    level: int
    propagate: bool
    disabled: bool


@dataclass
class _Installation:
    """What has been changed, and how it was."""

    logger: logging.Logger
    handlers: list[logging.Handler]
    capture: capture_exceptions
    had_warnings: bool
    dict_config_class: Any
    own_dict_config_class: Any = None
    replaced: list[tuple[Any, str, Any, Any]] = field(default_factory=list)
    celery: Any = None
    filters: list[tuple[logging.Logger, logging.Filter]] = field(default_factory=list)
    before: dict[str, _Before] = field(default_factory=dict)
    made_fast: list[logging.Logger] = field(default_factory=list)
    is_class_ours: bool = False

    def route(self) -> None:
        """Sends root's and the frameworks' records to our handlers; done again when somebody has configured them."""
        self.handlers = handlers_given(self.logger) or self.handlers
        root = logging.getLogger()
        self._remember(root)
        others = [one for one in root.handlers if one not in self.handlers and not _is_output(one)]
        root.handlers = [*self.handlers, *others]
        root.setLevel(self.logger.level or logging.WARNING)
        self.logger.disabled = False  # a configuration takes that away from all that it does not name, by default
        names = {*_KNOWN, *(name for name in list(root.manager.loggerDict) if name.split(".")[0] in _FRAMEWORKS)}
        for name in sorted(names):
            logger = logging.getLogger(name)
            self._remember(logger)
            if not logger.handlers and not logger.propagate:
                continue  # turned off on purpose, as by `uvicorn --no-access-log`
            logger.handlers = [one for one in logger.handlers if not _is_output(one)]
            logger.propagate = True
        self._make_fast(root)

    def _make_fast(self, root: logging.Logger) -> None:
        """Gives the loggers that are of the standard library's own classes, and those to come, the fast methods."""
        for logger in [root, *list(root.manager.loggerDict.values())]:
            if isinstance(logger, logging.Logger) and make_fast(logger):
                self.made_fast.append(logger)
        if logging.getLoggerClass() is logging.Logger:
            logging.setLoggerClass(JobLogger)
            self.is_class_ours = True

    def _remember(self, logger: logging.Logger) -> None:
        if logger.name not in self.before:
            self.before[logger.name] = _Before(logger.handlers[:], logger.level, logger.propagate, logger.disabled)

    def add_filter(self, name: str, own: logging.Filter) -> None:
        """Gives a logger a filter, until `restore`."""
        logger = logging.getLogger(name)
        logger.addFilter(own)
        self.filters.append((logger, own))

    def replace(self, owner: Any, name: str, ours: Any) -> None:
        """Puts something of ours in the place of an attribute, until `restore`."""
        self.replaced.append((owner, name, getattr(owner, name), ours))
        setattr(owner, name, ours)

    def restore(self) -> None:
        """Makes every logger what it was; handlers that somebody else has added since stay."""
        # Root last: until then it takes what the others have handed on to it.
        for name, before in reversed(self.before.items()):
            logger = logging.getLogger(name)
            ours = [*self.handlers, *before.handlers]
            added = [one for one in logger.handlers if one not in ours and not _is_placeholder(name, one)]
            logger.handlers = [*before.handlers, *added]
            logger.setLevel(before.level)
            logger.propagate, logger.disabled = before.propagate, before.disabled
        for logger in self.made_fast:
            make_standard(logger)
        if self.is_class_ours and logging.getLoggerClass() is JobLogger:
            logging.setLoggerClass(logging.Logger)
        after_setup.remove(_route_again)
        for logger, own in self.filters:
            logger.removeFilter(own)
        if logging.config.dictConfigClass is self.own_dict_config_class:
            logging.config.dictConfigClass = self.dict_config_class
        for owner, name, before_us, ours in reversed(self.replaced):
            if getattr(owner, name) is ours:
                setattr(owner, name, before_us)
        if self.celery is not None:
            self.celery.disconnect(_celery_is_set_up)
        if not self.had_warnings:
            logging.captureWarnings(False)
        self.capture.close()


class _WithoutColor(logging.Filter):
    """Takes the coloured copy of its message off a record of uvicorn's, which is no field of anybody's."""

    def filter(self, record: logging.LogRecord) -> bool:
        vars(record).pop("color_message", None)
        return True


_lock = threading.RLock()
_installed: _Installation | None = None


def install(logger: logging.Logger | None = None, *, exclude_paths: Iterable[str] = ()) -> logging.Logger:
    """Routes root, uvicorn, gunicorn, ARQ, Celery, `warnings` and uncaught errors through one logger's handlers.

    Their handlers on consoles and files give way to those of the logger; others (Sentry's, OpenTelemetry's, pytest's)
    stay. Frameworks that configure their logging later (`dictConfig`, `fileConfig`), as `uvicorn.run` does, are routed
    again when they have. A `QueueHandler` hands on the fields of `LogContext` with its records. Root
    gets the logger's level, the frameworks keep theirs. Loggers of `logging.Logger` itself become `JobLogger`s, so that
    records which nobody else would see go the fast way. See `capture_exceptions` for the errors. Called again, it
    begins anew.

    Where to call it: at the top of the application's module, behind the import of Celery; with gunicorn, in the hook
    `on_starting` of its configuration, so that the master's lines are routed too; with `uvicorn.run`, before it.

    Args:
        logger: The logger, as `setup_logger` or `configure_from_env` returns it. None: that of `get_logger_from_env`.
        exclude_paths: Paths whose successful requests are left out of the access logs: `/health`, `/static/*`.

    Returns:
        The logger. Where it is set up anew, its new handlers count.

    Raises:
        JobtrailError: The logger has no handlers; `code` is `bad_option`.

    Examples:
        >>> import logging, tempfile
        >>> from jobtrail import setup_logger
        >>> log = install(setup_logger("api", tempfile.mkdtemp(), console=False), exclude_paths=["/health"])
        >>> logging.getLogger("uvicorn.error").info("goes to api.log")
        >>> uninstall()
    """
    global _installed  # noqa: PLW0603 - a process has one root logger
    log = get_logger_from_env() if logger is None else logger
    if not log.handlers:
        raise bad_option(f"bad logger `{log.name}`, expected one that has handlers, as `setup_logger` returns it")
    with _lock:
        uninstall()
        installation = _Installation(
            log,
            log.handlers[:],
            capture_exceptions(log),
            had_warnings=_are_warnings_captured(),
            dict_config_class=logging.config.dictConfigClass,
        )
        installation.route()
        after_setup.append(_route_again)
        logging.captureWarnings(True)
        paths = [exclude_paths] if isinstance(exclude_paths, str) else list(exclude_paths)
        for name in _ACCESS if paths else ():
            installation.add_filter(name, ExcludePaths(paths))
        installation.add_filter("uvicorn.error", _WithoutColor())
        installation.own_dict_config_class = _routing(installation.dict_config_class)
        logging.config.dictConfigClass = installation.own_dict_config_class
        installation.replace(logging.config, "fileConfig", _then_routing(logging.config.fileConfig))
        queues = logging.handlers.QueueHandler
        installation.replace(queues, "prepare", _with_context(queues.prepare))
        if "celery" in sys.modules:
            from celery.signals import setup_logging  # noqa: PLC0415 - where the program has loaded it

            setup_logging.connect(_celery_is_set_up, weak=False)
            installation.celery = setup_logging
        _installed = installation
    return log


def uninstall() -> None:
    """Takes back what `install` did: every logger, hook and filter is again what it was. Does nothing without one."""
    global _installed
    with _lock:
        installation, _installed = _installed, None
        if installation is not None:
            installation.restore()


def _is_output(handler: logging.Handler) -> bool:
    """Whether a handler writes to a console or a file."""
    if isinstance(handler, logging.FileHandler) or type(handler) is logging.StreamHandler:
        return True
    streams = (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__)
    stream = getattr(handler, "stream", None)
    return stream is not None and any(stream is one for one in streams)


def _is_placeholder(name: str, handler: logging.Handler) -> bool:
    """Whether `logging` itself has put it there, at the first warning that it captured."""
    return name == "py.warnings" and type(handler) is logging.NullHandler


def _are_warnings_captured() -> bool:
    return getattr(logging, "_warnings_showwarning", None) is not None


def _routing(base: Any) -> Any:
    """Returns a class that configures logging as this one does, and then routes it again."""

    class RoutingConfigurator(base):  # type: ignore[misc]
        def configure(self) -> None:
            super().configure()
            _route_again()

    return RoutingConfigurator


def _then_routing(configure: Callable[..., None]) -> Callable[..., None]:
    """Returns `fileConfig`, which has no class, with the same behind it."""

    @functools.wraps(configure)
    def configure_and_route(*args: Any, **options: Any) -> None:
        configure(*args, **options)
        _route_again()

    return configure_and_route


def _with_context(prepare: Callable[..., Any]) -> Callable[..., Any]:
    """Returns what makes a record ready for a queue, with the fields of the context, which stays in this thread."""

    @functools.wraps(prepare)
    def prepare_with_context(self: Any, record: logging.LogRecord) -> Any:
        LogContext.add_to(record)
        return prepare(self, record)

    return prepare_with_context


def _route_again() -> None:
    with _lock:
        if _installed is not None:
            _installed.route()


def _celery_is_set_up(**_: object) -> None:
    """Tells Celery that its logging is set up: it then leaves root's handlers alone."""
    _route_again()


def _after_fork() -> None:
    global _lock  # noqa: PLW0603 - another thread's hold would never end in the child
    _lock = threading.RLock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)

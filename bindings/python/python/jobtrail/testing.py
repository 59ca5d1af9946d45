"""For tests of programs that log: what was logged in a stretch of code, as it would be written and read."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, final

from jobtrail import _core
from jobtrail import logging as _logging
from jobtrail._core import Query, Record
from jobtrail.formats import FormatName, formatter_for
from jobtrail.formatters import _fields_of, level_of, message_of
from jobtrail.redaction import redact_obj


@dataclass(frozen=True)
class Captured:
    """One record: redacted, as it would be written."""

    level: str
    """DEBUG, INFO, WARNING, ERROR or CRITICAL."""
    logger: str
    """The logger's name."""
    message: str
    """The message with its arguments."""
    fields: dict[str, Any]
    """What came by `extra=`, and from the context."""
    exception: str | None
    """The traceback."""
    record: logging.LogRecord = field(repr=False, compare=False)
    """The record itself, not redacted; its message is made, and the context's fields are its own."""


@final
class capture_logs:  # noqa: N801 - it reads as the function that it is used as
    """Collects what is logged in a `with` block, by any logger, whether it propagates or not.

    Only one that is made inside the block, by itself and not by `setup_logger`, is heard no more once it does not
    propagate.

    It is a sequence of `Captured`, oldest first. Handlers go on as ever; levels of loggers do too, but that `level` is
    let through everywhere while the block lasts, where it is given. In pytest, make it a fixture, or turn on the one of
    `pytest_plugins = ["jobtrail.pytest_plugin"]`: `captured_logs`.

    Args:
        level: The level from which on records are made and collected. None: as the loggers are set.
        logger: The name of the logger whose records are wanted, with those below it. None: all.

    Examples:
        >>> import logging
        >>> with capture_logs(level="INFO", logger="shop") as logs:
        ...     logging.getLogger("shop.cart").info("user=%d password=%s", 7, "hunter2", extra={"job_id": "J-1"})
        >>> logs.messages
        ['user=7 password=[redacted:password]']
        >>> logs[0].fields
        {'job_id': 'J-1'}
        >>> [found.logger for found in logs.matching("level>=info job:J-1")]
        ['shop.cart']
    """

    def __init__(self, level: int | str | None = None, logger: str | None = None) -> None:
        """Takes what to collect; nothing is before the block is entered."""
        self._level = None if level is None else logging.Handler(level).level
        self._name = logger
        self._captured: list[Captured] = []
        self._latest: deque[logging.LogRecord] = deque(maxlen=16)
        self._collector = _Collector(self)
        self._watched: list[logging.Logger] = []
        self._levels: list[tuple[logging.Logger, int]] = []

    def __enter__(self) -> capture_logs:
        """Begins to collect."""
        root = logging.getLogger()
        self._collector.setLevel(self._level or logging.NOTSET)
        loggers = [one for one in list(root.manager.loggerDict.values()) if isinstance(one, logging.Logger)]
        self._watched = [root, *(one for one in loggers if not one.propagate)]
        for one in self._watched:
            one.addHandler(self._collector)
        _logging.watchers.append(self._collector)
        if self._level is not None:
            top = logging.getLogger(self._name)
            wanted = [top, *(one for one in loggers if self._is_wanted(one.name) and one is not top)]
            self._levels = [(one, one.level) for one in wanted if one.getEffectiveLevel() > self._level]
            for one, _ in self._levels:
                one.setLevel(self._level)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Ends; what was collected stays."""
        _logging.watchers.remove(self._collector)
        root = logging.getLogger()
        loggers = [one for one in list(root.manager.loggerDict.values()) if isinstance(one, logging.Logger)]
        for one in [root, *loggers]:
            one.removeHandler(self._collector)
        for one, level in self._levels:
            one.setLevel(level)
        self._levels.clear()

    def __len__(self) -> int:
        """Returns how many records there are."""
        return len(self._captured)

    def __getitem__(self, index: int) -> Captured:
        """Returns one record; -1 is the latest."""
        return self._captured[index]

    def __iter__(self) -> Iterator[Captured]:
        """Goes through the records."""
        return iter(self._captured[:])

    @property
    def messages(self) -> list[str]:
        """The messages."""
        return [one.message for one in self._captured]

    @property
    def errors(self) -> list[Captured]:
        """The records of ERROR and CRITICAL."""
        return [one for one in self._captured if one.level in {"ERROR", "CRITICAL"}]

    def matching(self, query: str) -> list[Captured]:
        """Returns the records that match a query, in the language of the command line and the panel."""
        asked = Query(query)
        return [one for one, read in zip(self, self.read(), strict=True) if asked.matches(read)]

    def read(self) -> list[Record]:
        """Returns the records as they are read again from the log, in the form `json`."""
        return [_core.parse_line(line) for line in self.lines("json")]

    def lines(self, format: FormatName = "process") -> list[str]:  # noqa: A002 - as in `setup_logger`
        """Returns the lines as they would be written in a form; a record with a traceback is one of them."""
        form = formatter_for(format, app="jobtrail", process_type="worker")
        paths = "strict" if format == "job" else "home"
        return [_core.redact(form.format(one.record), paths) for one in self._captured]

    def clear(self) -> None:
        """Forgets what was collected until now."""
        self._captured.clear()

    def _is_wanted(self, name: str) -> bool:
        return self._name is None or name == self._name or name.startswith(f"{self._name}.")

    def _add(self, record: logging.LogRecord) -> None:
        # It may come by more than one logger on its way up.
        if self._is_wanted(record.name) and record not in self._latest:
            self._latest.append(record)
            self._captured.append(_captured(record))


class _Collector(logging.Handler):
    def __init__(self, capture: capture_logs) -> None:
        super().__init__()
        self._capture = capture

    def emit(self, record: logging.LogRecord) -> None:
        self._capture._add(record)  # noqa: SLF001 - this module's own


def _captured(record: logging.LogRecord) -> Captured:
    fields = _fields_of(record)
    # A record of its own: arguments may change, and the context is gone when the line is asked for.
    own = logging.makeLogRecord({**fields, **vars(record)})
    own.msg, own.args = message_of(record), ()
    if record.exc_info and not own.exc_text:
        own.exc_text = logging.Formatter().formatException(record.exc_info)
    exception = None if own.exc_text is None else _core.redact(own.exc_text)
    return Captured(level_of(record), record.name, _core.redact(own.msg), redact_obj(fields), exception, own)

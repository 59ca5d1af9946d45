"""The names of the forms in which records are written, for files and for consoles."""

from __future__ import annotations

import logging
from typing import Literal, get_args

from jobtrail.events_console import EventsConsoleFormatter
from jobtrail.formatters import (
    ColoredFormatter,
    ConsoleFormatter,
    JobFormatter,
    JsonFormatter,
    LineFormatter,
    ProcessFormatter,
    ServiceFormatter,
    level_of,
    message_of,
)

FormatName = Literal["process", "service", "json", "job", "console", "events-console"]
"""The name of a form."""

FORMATS: tuple[FormatName, ...] = get_args(FormatName)
"""The names of all forms."""


def formatter_for(
    name: FormatName, *, app: str, process_type: str, raw_newlines: bool = False, on_console: bool = False
) -> logging.Formatter:
    """Returns the formatter of that name.

    On a console the form `console` is coloured. With `raw_newlines` a text form writes a message's line ends as
    they are; the JSON forms always escape them.
    """
    if name == "json":
        return JsonFormatter(app)
    if name == "job":
        return JobFormatter(process_type)
    lines: LineFormatter
    if name == "service":
        lines = ServiceFormatter(app)
    elif name == "console":
        if on_console:
            return RawConsoleFormatter(ConsoleFormatter()) if raw_newlines else ConsoleFormatter()
        lines = LineFormatter("[%(asctime)s] [%(process)d] [%(levelname)s] %(message)s", "%H:%M:%S")
    elif name == "events-console":
        lines = EventsConsoleFormatter()
    else:
        lines = ProcessFormatter()
    return RawFormatter(lines) if raw_newlines else lines


class RawFormatter(logging.Formatter):
    r"""The lines of another formatter, with line ends inside a message or traceback as they are.

    What follows one may pass for a record of its own: for logs that only people read.

        >>> record = logging.makeLogRecord({"msg": "one\ntwo", "levelname": "INFO", "created": 0, "process": 7})
        >>> RawFormatter(ProcessFormatter()).format(record)[23:]
        ' [7] [INFO] one\ntwo'
    """

    def __init__(self, lines: LineFormatter) -> None:
        """Takes the formatter whose lines they are."""
        super().__init__(datefmt=lines.datefmt)
        self._lines = lines

    def format(self, record: logging.LogRecord) -> str:
        """Returns the record's lines."""
        name = record.levelname
        if "\033" not in name:
            record.levelname = level_of(record)
        record.message = message_of(record)
        record.asctime = self.formatTime(record, self.datefmt)
        try:
            head = self._lines.formatMessage(record)
        finally:
            record.levelname = name
        if record.exc_info and not record.exc_text:
            try:
                record.exc_text = self.formatException(record.exc_info)
            except Exception as error:  # noqa: BLE001 - user code: an exception's `__str__`
                record.exc_text = f"<traceback without text: {type(error).__name__}>"
        return "\n".join(part.rstrip("\n") for part in (head, record.exc_text, record.stack_info) if part)


class RawConsoleFormatter(ColoredFormatter, RawFormatter):
    """As `RawFormatter`, and coloured on a terminal."""

    def __init__(self, lines: LineFormatter) -> None:
        """Takes the formatter whose lines they are."""
        RawFormatter.__init__(self, lines)

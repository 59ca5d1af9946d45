"""The forms in which records are written, exact to the byte: `process` and its console line, `service`, `json`, `job`.

No form raises, whatever it is handed, and in no form can a message begin a second record: a text form indents what
follows a line end, a JSON form escapes it.
"""

from __future__ import annotations

import logging
import os
import re
import sys
import time
from datetime import datetime, timezone
from typing import Any

from jobtrail import json_text
from jobtrail.context import LogContext
from jobtrail.watched import Watched

COLORS = {
    "DEBUG": "\033[36m",
    "INFO": "\033[32m",
    "WARNING": "\033[33m",
    "ERROR": "\033[31m",
    "CRITICAL": "\033[35m",
    "RESET": "\033[0m",
}
"""Colour codes by level name, and `RESET`."""

KEEP_PATHS = "_jobtrail_keep_paths"
"""The attribute of jobtrail's own first record, whose path stays."""

INDENT = "    "

# Not asked of `logging`, in which a program may rename them.
_RANKS = {"CRITICAL": 50, "ERROR": 40, "WARNING": 30, "INFO": 20, "DEBUG": 10}

STANDARD_FIELDS = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", KEEP_PATHS}
"""Attributes that a LogRecord has by itself; whatever else it has was given by `extra=`."""

# The lines of a traceback that begin at the margin. All others are indented: they come out of an exception's text,
# and could pass for a record.
_TRACEBACK_MARGIN = re.compile(
    r"Traceback \(most recent call last\):$"
    r"|During handling of the above exception, another exception occurred:$"
    r"|The above exception was the direct cause of the following exception:$"
    r"|Stack \(most recent call last\):$"
    r"|[A-Za-z_][\w.]*(?:Error|Exception|Warning|Exit|Interrupt|Iteration|Group)(?::|$)"
    r"|\s|$"
)
_LINE_END = re.compile(r"\r\n?|\n")


def message_of(record: logging.LogRecord) -> str:
    """Returns the record's message; where its arguments do not fit or will not print, what can be shown of it."""
    try:
        return record.getMessage()
    except Exception as error:  # noqa: BLE001 - user code: any `__str__` or `__format__`
        arguments = f" {record.args!r}" if record.args and _is_plain(record.args) else ""
        return f"{json_text.text_of(record.msg)}{arguments} [not formatted: {type(error).__name__}]"


def level_of(record: logging.LogRecord) -> str:
    """Returns the written name of the level: one of the standard five, whatever a program calls its own."""
    if record.levelname in _RANKS:
        return record.levelname
    return next((name for name, rank in _RANKS.items() if record.levelno >= rank), "DEBUG")


def _is_plain(value: object) -> bool:
    """Whether showing the value runs no user code."""
    if isinstance(value, tuple):
        return all(_is_plain(item) for item in value)
    return value is None or type(value) in {str, int, float, bool}


def one_record(text: str) -> str:
    """Returns the text with everything after its first line indented, so that it cannot begin a second record."""
    if "\n" not in text and "\r" not in text:
        return text
    return _LINE_END.sub("\n" + INDENT, text)


def _trace_of(formatter: logging.Formatter, record: logging.LogRecord) -> str:
    """Returns the traceback and the stack of a record as the standard library writes them, or an empty text."""
    if record.exc_info and not record.exc_text:
        try:
            record.exc_text = formatter.formatException(record.exc_info)
        except Exception as error:  # noqa: BLE001 - user code: an exception's `__str__`
            record.exc_text = f"<traceback without text: {type(error).__name__}>"
    parts = [record.exc_text, record.stack_info]
    return "\n".join(part.rstrip("\n") for part in parts if part)


def _lines_below(trace: str) -> str:
    """Returns a traceback as continuation lines, each of which a reader counts to the record before it."""
    lines = _LINE_END.split(trace)
    return "".join(f"\n{line if _TRACEBACK_MARGIN.match(line) else INDENT + line}" for line in lines)


class ColoredFormatter(logging.Formatter):
    """A `logging.Formatter` that colours the level where standard error is a terminal.

    `NO_COLOR` turns colour off and `FORCE_COLOR` on, where they are set to anything but an empty text; of both,
    `NO_COLOR` counts. `FORCE_COLOR=0` and `TERM=dumb` turn it off.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Returns the line; the record's level name is afterwards what it was."""
        name = record.levelname
        record.levelname = coloured(name)
        try:
            return super().format(record)
        finally:
            record.levelname = name


def coloured(level: str) -> str:
    """Returns the level's name in its colour, where there is one and standard error is a terminal."""
    return f"{COLORS[level]}{level}{COLORS['RESET']}" if level in COLORS and _is_terminal() else level


def _is_terminal() -> bool:
    environment = os.environ
    if environment.get("NO_COLOR"):
        return False
    if forced := environment.get("FORCE_COLOR"):
        return forced not in {"0", "false"}
    try:
        return environment.get("TERM") != "dumb" and sys.stderr.isatty()
    except Exception:  # noqa: BLE001 - there is none, or it is closed, or what stands in its place cannot say
        return False


class LineFormatter(Watched, logging.Formatter):
    """Text lines: a header by the standard library's rules, the message, the traceback below it."""

    def format(self, record: logging.LogRecord) -> str:
        """Returns the record's lines without the last line end."""
        message = message_of(record)
        name, shown = record.levelname, level_of(record)
        if name not in COLORS and "\033" not in name:
            record.levelname = shown
        try:
            record.message = one_record(message)
            record.asctime = self.formatTime(record, self.datefmt)
            head = self.formatMessage(record)
        finally:
            record.levelname = name
            record.message = message
        trace = _trace_of(self, record)
        return head + _lines_below(trace) if trace else head


class ConsoleFormatter(ColoredFormatter, LineFormatter):
    """`[05:52:25] [1234] [INFO] message`."""

    def __init__(self) -> None:
        """Takes nothing: the form is fixed."""
        super().__init__("[%(asctime)s] [%(process)d] [%(levelname)s] %(message)s", "%H:%M:%S")


class ProcessFormatter(LineFormatter):
    """`2025-10-19 05:52:25.123 [1234] [INFO] message`, in local time."""

    def __init__(self) -> None:
        """Takes nothing: the form is fixed."""
        super().__init__("%(asctime)s.%(msecs)03d [%(process)d] [%(levelname)s] %(message)s", "%Y-%m-%d %H:%M:%S")
        self._second = (-1, "")

    def format(self, record: logging.LogRecord) -> str:
        """Returns the record's lines without the last line end; the second's text is kept from record to record."""
        message = message_of(record)
        second, stamp = self._second
        if second != int(record.created):
            second = int(record.created)
            stamp = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(second))
            vars(self)["_second"] = (second, stamp)  # no setting
        pid = record.process or os.getpid()
        head = f"{stamp}.{int(record.msecs):03d} [{pid}] [{level_of(record)}] {one_record(message)}"
        trace = _trace_of(self, record)
        return head + _lines_below(trace) if trace else head


class ServiceFormatter(LineFormatter):
    """`2025-11-11 22:30:45 - job_processor - INFO - Processing job #123`, in local time."""

    def __init__(self, app: str) -> None:
        """Takes the app, which is left out before a logger's name."""
        super().__init__("%(asctime)s - %(name)s - %(levelname)s - %(message)s", "%Y-%m-%d %H:%M:%S")
        self._app = app

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the standard library's name
        """Returns the header and the message."""
        return f"{record.asctime} - {_name_in(self._app, record)} - {record.levelname} - {record.message}"


class JsonFormatter(Watched, logging.Formatter):
    """The JSON lines of a service: timestamp, level, logger, message, module, function, line, fields, exception."""

    def __init__(self, app: str) -> None:
        """Takes the app, which is left out before a logger's name."""
        super().__init__()
        self._app = app

    def format(self, record: logging.LogRecord) -> str:
        """Returns one JSON object on one line."""
        line: dict[str, Any] = {
            "timestamp": _utc(record, "%Y-%m-%dT%H:%M:%S.%fZ"),
            "level": level_of(record),
            "logger": _name_in(self._app, record),
            "message": message_of(record),
            "module": record.module,
            "function": record.funcName,
            "line": record.lineno,
        }
        for key, value in _fields_of(record).items():
            line[f"{key}_" if key in line or key == "exception" else key] = value
        if trace := _trace_of(self, record):
            line["exception"] = trace
        return json_text.encoded(json_text.SPACED, line)


class JobFormatter(Watched, logging.Formatter):
    """The compact JSON lines of one job: ts, level, component, projectId, jobId, msg, data."""

    _LEVELS = {"DEBUG": "debug", "INFO": "info", "WARNING": "warn", "ERROR": "error", "CRITICAL": "error"}  # noqa: RUF012
    _IDS = {"projectId": ("projectId", "project_id"), "jobId": ("jobId", "job_id")}  # noqa: RUF012

    def __init__(self, component: str) -> None:
        """Takes the component: worker, backend, comfyui, python, ui."""
        super().__init__()
        self._component = component

    def format(self, record: logging.LogRecord) -> str:
        """Returns one JSON object on one line; what has no key of its own stands in `data`."""
        fields = _fields_of(record)
        line: dict[str, Any] = {
            "ts": _utc(record, "%Y-%m-%dT%H:%M:%S.") + f"{int(record.msecs):03d}Z",
            "level": self._LEVELS[level_of(record)],
            "component": self._component,
        }
        for key, spellings in self._IDS.items():
            found = [fields.pop(spelling) for spelling in spellings if spelling in fields]
            if found:
                line[key] = found[0]
        line["msg"] = message_of(record)
        if trace := _trace_of(self, record):
            fields["stack"] = trace
        if fields:
            line["data"] = json_text.whole(fields)
        return json_text.encoded(json_text.COMPACT, line)


def _utc(record: logging.LogRecord, form: str) -> str:
    return datetime.fromtimestamp(record.created, timezone.utc).strftime(form)


def _name_in(app: str, record: logging.LogRecord) -> str:
    return _LINE_END.sub(" ", record.name.removeprefix(f"{app}."))


def _fields_of(record: logging.LogRecord) -> dict[str, Any]:
    """Returns the record's own fields and then those of the context, in their order."""
    fields = {key: value for key, value in vars(record).items() if key not in STANDARD_FIELDS}
    for key, value in LogContext.fields().items():
        fields.setdefault(key, value)
    return fields

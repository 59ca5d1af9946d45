"""Lines that somebody else has made, into a log of ours: what structlog's native loggers and loguru write to."""

from __future__ import annotations

import logging
import os
from typing import Any

from jobtrail.formatters import one_record
from jobtrail.handlers import FileHandler


class Line:
    """What a handler asks of a record, where there is only a line."""

    __slots__ = ("levelno", "text")

    def __init__(self, text: str, levelno: int) -> None:
        self.text = text
        self.levelno = levelno


class LineHandler(FileHandler):
    """A log's file that takes lines as well as records."""

    def format(self, record: Any) -> str:
        """Returns a line as it is, and a record as its formatter writes it."""
        return str(record.text) if isinstance(record, Line) else super().format(record)

    def write(self, text: str, level: int) -> None:
        """Writes a line; a line end inside it is indented, so that it cannot begin a second record."""
        self.acquire()  # as `handle` does, which would need a record
        try:
            self.emit(Line(one_record(text), level))  # type: ignore[arg-type]
        finally:
            self.release()


class LineSink:
    r"""A log to which lines are written that are made already: redacted, rotated, shared by processes.

    With loguru: `logger.add(LineSink("app.log"), format="...")`. With structlog: see `StructlogFactory`. Also any
    function that takes a line: `sink.write`. A line end inside a line is indented, so that it cannot begin a second
    record. Nothing here raises for a fault of the disk.

    Examples:
        >>> import tempfile
        >>> from pathlib import Path
        >>> path = Path(tempfile.mkdtemp(), "app.log")
        >>> sink = LineSink(path, max_bytes=1_000_000, backup_count=3)
        >>> sink.write('{"event": "started", "token": "abcdefgh12345678"}')
        >>> sink.close()
        >>> path.read_text()
        '{"event": "started", "token": "[redacted:token]"}\n'
    """

    def __init__(self, path: str | os.PathLike[str], **options: Any) -> None:
        """Opens the log; the options are those of `jobtrail.handlers.FileHandler`."""
        self._handler = LineHandler(path, **options)

    def write(self, line: str | bytes) -> None:
        """Writes a line; one line end behind it does not count. Its level is loguru's, where it comes from there."""
        record = getattr(line, "record", None)
        self._write(line, record["level"].no if isinstance(record, dict) else logging.INFO)

    def flush(self) -> None:
        """Tries to write what waits."""
        self._handler.flush()

    def close(self) -> None:
        """Writes what waits and closes the log. A line that comes later opens it again."""
        self._handler.close()

    stop = close  # loguru's name

    def stats(self) -> dict[str, int]:
        """Returns counts, as `jobtrail.handlers.FileHandler.stats` does."""
        return self._handler.stats()

    def _write(self, line: str | bytes, level: int) -> None:
        text = line.decode("utf-8", "backslashreplace") if isinstance(line, bytes) else str(line)
        self._handler.write(text.removesuffix("\n"), level)

    def msg(self, line: str | bytes) -> None:
        """Writes a line, as structlog's native loggers do."""
        self._write(line, logging.INFO)

    def error(self, line: str | bytes) -> None:
        """Writes a line that is looked for at once, whatever the durability."""
        self._write(line, logging.ERROR)

    log = debug = info = warn = warning = msg
    critical = fatal = failure = exception = err = error


class StructlogFactory:
    """A `logger_factory` for `structlog.configure`, as `structlog.BytesLoggerFactory` is one for a file.

    The last processor makes the line, as text or as bytes: `structlog.processors.JSONRenderer()`, with or without
    `serializer=orjson.dumps`.

    Examples:
        >>> import tempfile
        >>> factory = StructlogFactory(tempfile.mkdtemp() + "/app.log", compress="gzip")
        >>> factory().info(b'{"event": "started"}')
        >>> factory.sink.stats()["written"]
        1
    """

    def __init__(self, path: str | os.PathLike[str], **options: Any) -> None:
        """Opens the log; the options are those of `jobtrail.handlers.FileHandler`."""
        self.sink = LineSink(path, **options)

    def __call__(self, *_: object) -> LineSink:
        """Returns the logger that writes; there is one for all."""
        return self.sink

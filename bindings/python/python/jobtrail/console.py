"""The handler of the console. It never raises into the program that logs."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING, TextIO

from jobtrail._core import redact
from jobtrail.formatters import KEEP_PATHS

if TYPE_CHECKING:
    _TextStreamHandler = logging.StreamHandler[TextIO]
else:
    _TextStreamHandler = logging.StreamHandler


class ConsoleHandler(_TextStreamHandler):
    """Lines on standard error, redacted like those of the file.

    `failures` counts the lines that could not be written: a closed standard error is no reason to stop.
    """

    def __init__(self, *, paths: str | None = "home") -> None:
        """Takes the standard error of this moment, and what `redact` does with paths; None: nothing is redacted."""
        super().__init__(sys.stderr)
        self.failures = 0
        self._paths = paths

    def format(self, record: logging.LogRecord) -> str:
        """Returns the record's lines, redacted."""
        text = super().format(record)
        if self._paths is None:
            return text
        return redact(text, "off" if hasattr(record, KEEP_PATHS) else self._paths)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002, N802 - the standard library's name
        """Counts the line. Saying more would need the very stream that fails."""
        self.failures += 1

    def flush(self) -> None:
        """Flushes standard error if it is still open."""
        try:
            super().flush()
        except (OSError, ValueError):
            self.failures += 1

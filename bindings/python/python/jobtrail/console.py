"""The handler of the console. It never raises into the program that logs, and never breaks a progress bar."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, TextIO

from jobtrail._core import redact
from jobtrail.formatters import KEEP_PATHS, coloured
from jobtrail.watched import Watched

if TYPE_CHECKING:
    _TextStreamHandler = logging.StreamHandler[TextIO]
else:
    _TextStreamHandler = logging.StreamHandler

# How long a line waits for whoever draws a bar. It is written then all the same, and the lines of the next seconds wait
# no more at all.
_BAR_PATIENCE_S = 1.0
_IMPATIENT_S = 10.0


class ConsoleHandler(Watched, _TextStreamHandler):
    """Lines on standard error, redacted like those of the file.

    Bars of tqdm are taken away for the line and drawn again below it; while one of rich is shown, the line goes through
    the stand-in that rich puts in the place of standard error. `failures` counts the lines that could not be written: a
    closed standard error is no reason to stop.
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

    def emit(self, record: logging.LogRecord) -> None:
        """Writes the record's lines at once."""
        try:
            self._put(self.format(record))
        except Exception:  # noqa: BLE001 - a formatter, a stream or a bar of the user's
            self.handleError(record)

    def show(self, level: str, clock: str, message: str) -> None:
        """Writes the lines that `ConsoleFormatter` would make of a record, without one: for the fast path."""
        self.show_line(f"[{clock}] [{os.getpid()}] [{coloured(level)}] {message}")

    def show_line(self, line: str) -> None:
        """Writes a line, redacted, that a formatter would have made of a record: likewise."""
        self.acquire()
        try:
            self._put(line if self._paths is None else redact(line, self._paths))
        except Exception:  # noqa: BLE001 - as above
            self.failures += 1
        finally:
            self.release()

    def _put(self, text: str) -> None:
        stream = sys.stderr if _is_stand_in_for(self.stream) else self.stream
        with _without_bars(stream):
            _write(stream, text + self.terminator)
        self.flush()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002, N802 - the standard library's name
        """Counts the line. Saying more would need the very stream that fails."""
        self.failures += 1

    def flush(self) -> None:
        """Flushes standard error if it is still open."""
        try:
            super().flush()
        except (OSError, ValueError):
            self.failures += 1


def _is_stand_in_for(stream: TextIO) -> bool:
    """Whether rich shows something live, and has put itself in the place of this stream."""
    return sys.stderr is not stream and getattr(sys.stderr, "rich_proxied_file", None) is stream


def _write(stream: TextIO, text: str) -> None:
    try:
        stream.write(text)
    except UnicodeEncodeError:  # an older terminal, or half a surrogate pair
        encoding = getattr(stream, "encoding", None) or "ascii"
        stream.write(text.encode(encoding, "backslashreplace").decode(encoding))


@contextlib.contextmanager
def _without_bars(stream: TextIO) -> Iterator[None]:
    """Takes tqdm's bars off the terminal while something is written to it, where the program has loaded tqdm at all."""
    tqdm: Any = getattr(sys.modules.get("tqdm.std"), "tqdm", None)
    if tqdm is None or not getattr(tqdm, "_instances", None):
        yield
        return
    lock = tqdm.get_lock()
    is_ours = _acquired(lock)
    try:
        # Without the lock a bar may be drawn into the line; but a line must not wait for a bar for ever.
        with tqdm.external_write_mode(file=stream, nolock=True):
            yield
    finally:
        if is_ours:
            lock.release()


def _acquired(lock: Any) -> bool:
    """Whether tqdm's lock, which is two locks, or what a program has put in its place, could be had in time."""
    global _patient_from  # noqa: PLW0603 - there is one tqdm
    patience_s = _BAR_PATIENCE_S if time.monotonic() >= _patient_from else 0
    held: list[Any] = []
    for one in getattr(lock, "locks", [lock]):
        if not one.acquire(timeout=patience_s):
            _patient_from = time.monotonic() + _IMPATIENT_S
            for other in reversed(held):
                other.release()
            return False
        held.append(one)
    return True


_patient_from = 0.0

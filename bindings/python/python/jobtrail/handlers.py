"""The handler of a log's file. It never raises into the program that logs."""

from __future__ import annotations

import contextlib
import logging
import logging.handlers
import os
import sys
import weakref
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from jobtrail._core import LogWriter, settings_changed
from jobtrail.formatters import KEEP_PATHS, message_of, one_record
from jobtrail.watched import Watched

Period = Literal["daily", "weekly", "monthly"]
Compression = Literal["gzip", "zstd"]
Durability = Literal["process", "mapped", "disk"]


class FileHandler(Watched, logging.handlers.RotatingFileHandler):
    r"""Appends each record to a log, in Rust: redacted, rotated by size and time, shared with other processes.

    It is a `RotatingFileHandler` by type and by its `baseFilename`, `maxBytes` and `backupCount`; the file, its
    rotation and every fault of the disk are the writer's. A record that cannot be written waits in a bounded buffer
    (1 MiB), one warning goes to standard error, and writing resumes by itself. `failures` counts records that could not
    be handed to the writer at all.

    Examples:
        >>> import logging, tempfile
        >>> from pathlib import Path
        >>> path = Path(tempfile.mkdtemp(), "app.log")
        >>> handler = FileHandler(path, when="weekly", compress="gzip", max_age_days=90, durability="mapped")
        >>> handler.emit(logging.makeLogRecord({"msg": "password=hunter2"}))
        >>> handler.flush()
        >>> path.read_text()
        'password=[redacted:password]\n'
        >>> handler.close()
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        max_bytes: int = 10 * 1024 * 1024,
        backup_count: int = 5,
        when: Period | tuple[int, int] | None = None,
        max_age_days: float | None = None,
        max_total_bytes: int = 0,
        compress: Compression | None = None,
        durability: Durability = "process",
        paths: str | None = "home",
        roots: Sequence[str] = (),
        file_mode: int | None = None,
        delay: bool = False,
    ) -> None:
        """Opens the log; a fault is a warning, not an exception.

        `paths` is as in `ConsoleHandler`, and with `strict` paths below `roots` become relative; `delay` leaves the
        file alone before the first record; `when` may also be how many seconds a period has and a second since 1970 at
        which one begins; the other options are as in `setup_logger`. One that is not known raises JobtrailError with
        the code `bad_option`.
        """
        super().__init__(
            Path(path).absolute(), maxBytes=max_bytes, backupCount=backup_count, encoding="utf-8", delay=True
        )
        self.failures = 0
        self._paths = paths
        self._is_mapped = durability == "mapped"
        self._options: dict[str, Any] = {
            "when": when,
            "max_age_s": None if max_age_days is None else int(max_age_days * 86_400),
            "max_total_bytes": max_total_bytes,
            "compress": compress,
            "durability": durability,
            "mode": file_mode,
            "roots": list(roots),
        }
        self._writer: LogWriter | None = None if delay else self._open_writer()
        _open_handlers.add(self)

    def _open_writer(self) -> LogWriter:
        return LogWriter(
            self.baseFilename,
            max_bytes=self.maxBytes,
            backup_count=self.backupCount,
            paths=self._paths,
            warn=_warn,
            **self._options,
        )

    def emit(self, record: logging.LogRecord) -> None:
        """Writes the record. One that the formatter cannot read is written in the plainest form."""
        try:
            text = self.format(record)
        except Exception as error:  # noqa: BLE001 - a formatter of the user's
            text = f"{one_record(message_of(record))} [not formatted: {type(error).__name__}]"
        try:
            writer = self._writer
            if writer is None:  # closed or forked, and logged to again
                writer = self._writer = self._open_writer()
            level: object = record.levelno  # of a made record it may be anything
            is_urgent = isinstance(level, int) and level >= logging.ERROR
            writer.append(text, hasattr(record, KEEP_PATHS), is_urgent)
        except Exception:  # noqa: BLE001 - nothing is known to raise here, and nothing may
            self.handleError(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002, N802 - the standard library's name
        """Counts the record. The writer warns of its own faults; more would be said to the program that logs."""
        self.failures += 1

    def flush(self) -> None:
        """Tries to write what waits; everything else is written already."""
        if writer := getattr(self, "_writer", None):
            writer.flush()

    def close(self) -> None:
        """Writes what waits and closes the file. A record that comes later opens it again."""
        self.flush()
        if self._writer is not None:
            self._writer.close()
        super().close()

    def doRollover(self) -> None:  # noqa: N802 - the standard library's name
        """Does nothing: the writer rotates, with the other processes in view."""

    def stats(self) -> dict[str, int]:
        """Returns counts since the file was opened: `written`, `buffered`, `dropped`, `rotated`, `errors`."""
        counts = self._writer.stats() if self._writer is not None else [0] * 5
        return dict(zip(("written", "buffered", "dropped", "rotated", "errors"), counts, strict=True))

    def before_fork(self) -> None:
        """Writes what waits in shared memory, so that it stands in front of what the child will write."""
        if self._is_mapped:
            self.flush()

    def after_fork(self) -> None:
        """Starts anew in a forked child: a lock may be held there for ever, and what waits is the parent's."""
        settings_changed()  # the process's number among them
        if self._writer is not None:
            _left_behind.append(self._writer)
            self._writer = None


_open_handlers: weakref.WeakSet[FileHandler] = weakref.WeakSet()
# Writers of a parent process. They are kept, not freed: another thread may have been at work in one when it forked.
_left_behind: list[LogWriter] = []


def _before_fork() -> None:
    for handler in list(_open_handlers):
        handler.before_fork()


def _after_fork() -> None:
    for handler in list(_open_handlers):
        handler.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before_fork, after_in_child=_after_fork)


def _warn(text: str) -> None:
    """Tells the user about the log itself. Where standard error is gone there is nobody left to tell."""
    with contextlib.suppress(AttributeError, OSError, ValueError):
        sys.stderr.write(f"jobtrail: {text}\n")
        sys.stderr.flush()


# Configurations name them here, beside the standard library's; they are made of the handler above.
from jobtrail.rotating import RotatingFileHandler, TimedRotatingFileHandler  # noqa: E402

__all__ = ["Compression", "Durability", "FileHandler", "Period", "RotatingFileHandler", "TimedRotatingFileHandler"]

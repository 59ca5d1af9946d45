"""Holds back lines that repeat, and says how many: a rate limit, and a sample of what is over it."""

from __future__ import annotations

import atexit
import contextlib
import logging
import os
import re
import threading
import time
import weakref
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from jobtrail.errors import bad_option

_MOST_KINDS = 1000
_NUMBER = re.compile(r"\d+")
_TOLD = "held back %d lines like: %s"


class _Count(logging.LogRecord):
    """A record of ours that says how many lines were held back. It always passes."""

    def made(self, held: int) -> _Count:
        """Returns it with its number, made now."""
        told = self.args[1] if isinstance(self.args, tuple) else ""
        own = _Count(self.name, self.levelno, self.pathname, self.lineno, _TOLD, (held, told), None, self.funcName)
        own.levelname = self.levelname
        own.held_back = held
        return own


@dataclass
class _Window:
    """One kind of line, from its first one on."""

    ends: float
    count: _Count
    seen: int = 0
    held: int = 0


class RepeatFilter(logging.Filter):
    """Lets the first lines of a kind pass, holds the others back for a while, and then writes how many those were.

    Lines are of a kind if logger, level and message without its arguments are the same; numbers in it do not count.
    What was held back is written as a line of its own, with the level and logger of the lines: `held back 990 lines
    like: retrying %s`, with the field `held_back`. It is written when the window ends, at the latest a moment later,
    when there are too many kinds to remember (1000: the oldest goes), at `close`, and when the program ends. Only a
    process that is killed takes a count with it, of one window at most.

    Put it on a handler with `limit_repeats`; each handler needs one of its own.

    Examples:
        >>> import io
        >>> out = io.StringIO()
        >>> handler = logging.StreamHandler(out)
        >>> repeats = limit_repeats(handler, first=2, window_s=3600)
        >>> log = logging.Logger("poller")
        >>> log.addHandler(handler)
        >>> for number in range(100):
        ...     log.warning("try %d", number)
        >>> repeats.close()
        >>> print(out.getvalue(), end="")
        try 0
        try 1
        held back 98 lines like: try %d
    """

    def __init__(
        self,
        handler: logging.Handler,
        *,
        first: int = 10,
        every: int = 0,
        window_s: float = 60.0,
        below: int = logging.CRITICAL,
        kind: Callable[[logging.LogRecord], object] | None = None,
    ) -> None:
        """Takes the handler that writes the counts; `limit_repeats` describes the options."""
        super().__init__()
        if type(first) is not int or first < 0:
            raise bad_option(f"bad first {first!r}, expected a whole number from 0 on")
        if type(every) is not int or every < 0:
            raise bad_option(f"bad every {every!r}, expected a whole number from 0 on")
        if not 0 < window_s < threading.TIMEOUT_MAX:
            raise bad_option(f"bad window_s {window_s!r}, expected a number of seconds above 0")
        # Held while a count is out, by the timer: a logger that is set up anew lets go of its handlers before that.
        self._handler = handler
        self._first, self._every, self._window_s, self._below = first, every, window_s, below
        self._kind = _kind_of if kind is None else kind
        self._windows: OrderedDict[object, _Window] = OrderedDict()
        self._lock = threading.RLock()
        self._timer: threading.Timer | None = None
        self._is_over = False
        _open.add(self)

    def filter(self, record: logging.LogRecord) -> bool:
        """Returns whether the record is written."""
        if record.levelno >= self._below or isinstance(record, _Count):
            return True
        text = _text_of(record)
        try:
            kind = self._kind(record)
            hash(kind)
        except Exception:  # noqa: BLE001 - user code; a line that cannot be told from others is written
            return True
        now = time.monotonic()
        ended: list[_Window] = []
        with self._lock:
            if self._is_over:
                return True
            window = self._windows.get(kind)
            if window is None or window.ends <= now:
                if window is not None:
                    ended.append(self._windows.pop(kind))
                elif len(self._windows) >= _MOST_KINDS:
                    ended.append(self._windows.popitem(last=False)[1])
                window = self._windows[kind] = _Window(now + self._window_s, _count_of(record, text))
            window.seen += 1
            over = window.seen - self._first
            is_written = over <= 0 or (self._every > 0 and over % self._every == 0)
            if not is_written:
                window.held += 1
                self._wake_at_the_end(window.ends - now)
        self._tell(ended)
        return is_written

    def held_back(self) -> int:
        """Returns how many lines are held back now, and not yet told of."""
        with self._lock:
            return sum(window.held for window in self._windows.values())

    def flush(self) -> None:
        """Writes what has been held back until now; lines go on being counted from here."""
        with self._lock:
            ended = list(self._windows.values())
            self._windows.clear()
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
        self._tell(ended)

    def close(self) -> None:
        """Writes what has been held back, and takes the filter off its handler. Every line passes from now on."""
        with self._lock:
            self._is_over = True
        self.flush()
        self._handler.removeFilter(self)

    def _wake_at_the_end(self, in_s: float) -> None:
        if self._timer is None:
            self._timer = threading.Timer(max(0.0, in_s), self._wake)
            self._timer.daemon = True
            try:
                self._timer.start()
            except RuntimeError:  # no thread is to be had: the next line tells of it, or the end of the program
                self._timer = None

    def _wake(self) -> None:
        """Tells of the windows that have ended, and sleeps until the next one does."""
        now = time.monotonic()
        with self._lock:
            self._timer = None
            ended = [self._windows.pop(kind) for kind, window in [*self._windows.items()] if window.ends <= now]
            ends = [window.ends for window in self._windows.values() if window.held]
            if ends:
                self._wake_at_the_end(min(ends) - now)
        self._tell(ended)

    def _tell(self, windows: list[_Window]) -> None:
        """Writes the counts, with no lock of ours held."""
        for window in windows:
            if window.held:
                self._handler.handle(window.count.made(window.held))

    def _after_fork(self) -> None:
        """Forgets what the parent held back, which the parent tells of itself."""
        self._lock = threading.RLock()
        self._windows.clear()
        self._timer = None


def limit_repeats(
    handler: logging.Handler,
    *,
    first: int = 10,
    every: int = 0,
    window_s: float = 60.0,
    below: int = logging.CRITICAL,
    kind: Callable[[logging.LogRecord], object] | None = None,
) -> RepeatFilter:
    """Holds back, on this handler, lines that repeat, and returns the filter that does so; its `close` ends it.

    Args:
        handler: The handler; every other one writes all lines.
        first: So many lines of a kind pass in each window.
        every: Of those over it each so-many-th passes too, as a sample; 0: none.
        window_s: How long a window lasts from its first line on, in seconds.
        below: Lines of this level and above always pass.
        kind: What tells kinds apart: a function of the record. None: logger, level and message, without its arguments
            and without numbers.

    Raises:
        JobtrailError: An option cannot be; `code` is `bad_option`.

    Examples:
        >>> handler = logging.NullHandler()
        >>> limit_repeats(handler, first=5, every=100, window_s=10).close()
    """
    repeats = RepeatFilter(handler, first=first, every=every, window_s=window_s, below=below, kind=kind)
    handler.addFilter(repeats)
    return repeats


def _kind_of(record: logging.LogRecord) -> tuple[Any, ...]:
    return record.name, record.levelno, _NUMBER.sub("#", str(record.msg))


def _text_of(record: logging.LogRecord) -> str:
    """Returns the message without its arguments. Asked for before any lock is taken: it may be user code."""
    try:
        return str(record.msg)
    except Exception as error:  # noqa: BLE001 - user code
        return f"<{type(record.msg).__name__} without text: {type(error).__name__}>"


def _count_of(like: logging.LogRecord, text: str) -> _Count:
    """Returns the record that will say how many lines like this one were held back; it keeps nothing of it alive."""
    count = _Count(like.name, like.levelno, like.pathname, like.lineno, _TOLD, (0, text), None, like.funcName)
    count.levelname = like.levelname
    return count


_open: weakref.WeakSet[RepeatFilter] = weakref.WeakSet()


def _at_exit() -> None:
    for repeats in list(_open):
        with contextlib.suppress(Exception):  # a handler of the user's; the others have counts to tell of too
            repeats.close()  # what is logged later still is written, and not counted


def _after_fork() -> None:
    for repeats in list(_open):
        repeats._after_fork()  # noqa: SLF001 - this module's own


atexit.register(_at_exit)  # before `logging` closes its handlers, whose own was registered earlier
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)

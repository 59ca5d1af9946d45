"""How Redis is doing: what an error means, one warning for each outage, and when to try again."""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from collections import Counter

from jobtrail._core import redact
from jobtrail.json_text import text_of

_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.05, 5.0


def is_refused(error: BaseException) -> bool:
    """Whether Redis is there and will never take this: its key holds something else."""
    return "WRONGTYPE" in str(error)


class Outage:
    """Whether Redis is away, since when, and what has been counted. Any thread may use it."""

    def __init__(self) -> None:
        """Begins with Redis there."""
        self.counts: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._began: float | None = None
        self._next_try = 0.0
        self.wait_s = _FIRST_WAIT_S
        self._refused: set[str] = set()

    def after_fork(self) -> None:
        """Starts anew in a forked child."""
        self.__init__()  # type: ignore[misc]

    @property
    def is_on(self) -> bool:
        """Whether the last try failed."""
        return self._began is not None

    def is_waiting(self) -> bool:
        """Whether it is too early to try again."""
        return self._began is not None and time.monotonic() < self._next_try

    def failed(self, error: BaseException, then: str) -> float:
        """Notes a failed try, and returns after how many seconds to try again; the first one of an outage warns."""
        with self._lock:
            begins = self._began is None
            if begins:
                self._began, self.wait_s = time.monotonic(), _FIRST_WAIT_S
            wait_s = self.wait_s
            self.wait_s = min(wait_s * 2, _LONGEST_WAIT_S)
            self._next_try = time.monotonic() + wait_s
        if begins:
            warn(f"Redis takes no job logs ({_said(error)}): {then}")
        return wait_s

    def ended(self, summary: str) -> None:
        """Notes that Redis is there; the end of an outage is told too."""
        with self._lock:
            began, self._began = self._began, None
        if began is not None:
            warn(f"Redis takes job logs again after {time.monotonic() - began:.1f} s{summary}")

    def refused(self, key: str, error: BaseException, count: int) -> None:
        """Notes entries that Redis will never take; warns once of a key."""
        with self._lock:
            self.counts["refused"] += count
            is_new = key not in self._refused and len(self._refused) < _MOST_KEYS
            self._refused.add(key)
        if is_new:
            warn(f"Redis refuses the log at the key {key} ({_said(error)}): its entries go to the console alone")


_MOST_KEYS = 100


def warn(text: str) -> None:
    """Tells the user. Where standard error is gone there is nobody left to tell."""
    with contextlib.suppress(AttributeError, OSError, ValueError):
        sys.stderr.write(f"jobtrail: {text}\n")
        sys.stderr.flush()


def _said(error: BaseException) -> str:
    """Returns an error on one line, without secrets: a URL of Redis holds its password."""
    line = " ".join(text_of(error).split())[:200]
    shown = redact("".join(char if char.isprintable() else "?" for char in line))
    return f"{type(error).__name__}: {shown}" if shown else type(error).__name__

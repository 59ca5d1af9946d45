"""The handler that sends a job's records to its log in Redis, beside the file that has them all."""

from __future__ import annotations

import logging
import os
import threading
import time
import weakref
from collections import deque
from typing import TYPE_CHECKING, Any

from jobtrail._redis.entries import EntryWriter, Line, job_of
from jobtrail._redis.manager import JobLogManager
from jobtrail._redis.outage import warn
from jobtrail._redis.steps import in_parts, now_ms
from jobtrail.formatters import _fields_of, _trace_of, level_of, message_of

if TYPE_CHECKING:
    from redis import Redis

_JOB_KEYS = ("job_id", "jobId")


class RedisHandler(logging.Handler):
    """Sends each record of a job to that job's log, in batches, by a thread of its own.

    A record is a job's if it is logged inside its `job_log` or `LogContext(job_id=...)`, or has
    `extra={"job_id": ...}`; others pass by. Its fields become the entry's `metadata`, its traceback `metadata.stack`.
    Nothing is raised and nobody waits: while Redis is away entries wait as `JobLogManager` says, and where more than
    `max_waiting` records wait for the thread, further ones are dropped and counted in `dropped`.

    Examples:
        >>> import logging
        >>> from jobtrail import LogContext
        >>> handler = RedisHandler(None)  # a redis.Redis, a URL, a JobLogManager; None: nowhere
        >>> log = logging.getLogger("mesher")
        >>> log.addHandler(handler)
        >>> with LogContext(job_id="MSH-0105-A7F2"):
        ...     log.warning("meshing")
        >>> handler.flush()
        >>> log.removeHandler(handler)
    """

    def __init__(
        self,
        redis: Redis | JobLogManager | str | None,
        *,
        level: int | str = logging.NOTSET,
        interval_s: float = 0.05,
        max_waiting: int = 10_000,
        **options: Any,
    ) -> None:
        """Connects at the first record.

        Args:
            redis: The program's client, a URL, or a manager.
            level: Records below it pass by.
            interval_s: For how long records are gathered before they are sent.
            max_waiting: How many may wait for that.
            options: Those of `JobLogManager`.
        """
        super().__init__(level)
        self._is_ours = not isinstance(redis, JobLogManager)
        self._manager = redis if isinstance(redis, JobLogManager) else JobLogManager(redis, **options)
        self._interval_s = interval_s
        self._max_waiting = max_waiting
        self._entries = EntryWriter(None, self._manager.worker, now_ms)
        self.dropped = 0
        """Records that found no room, or were of no job that can be."""
        self.after_fork()
        _open_handlers.add(self)

    def after_fork(self) -> None:
        """Starts anew in a forked child: what waits is the parent's, and so is the thread."""
        self._waiting: deque[tuple[str, Line]] = deque()
        self._is_sending = False
        self._changed = threading.Condition()
        self._is_hurried = False
        self._thread: threading.Thread | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Puts the record where the thread finds it."""
        try:
            fields = _fields_of(record)
            jobs = [fields.pop(key) for key in _JOB_KEYS if key in fields]
            if not jobs:
                return
            job = job_of(jobs[0])
            if trace := _trace_of(self.formatter or _PLAIN, record):
                fields["stack"] = trace
            entry = {
                "timestamp": int(record.created * 1000),
                "type": _TYPES[level_of(record)],
                "message": message_of(record),
                "metadata": fields or None,
            }
            self._put(job, self._entries.line(job, entry))
        except Exception:  # noqa: BLE001 - an ID that is none; nothing else is known to raise here, and nothing may
            self.handleError(record)

    def flush(self) -> None:
        """Waits until what is there was sent, or waits in the manager's file; no longer than twice its time limit."""
        deadline = time.monotonic() + 2 * self._manager.timeout_s
        with self._changed:
            while (self._waiting or self._is_sending) and (left := deadline - time.monotonic()) > 0:
                if not self._start():
                    break
                self._is_hurried = True
                self._changed.notify_all()
                self._changed.wait(left)
        if self._waiting and self._thread is None:  # there can be no thread any more: the program ends
            self._send()

    def close(self) -> None:
        """Sends what waits, and closes its manager if it made it. A record that comes later is sent all the same."""
        self.flush()
        if self._is_ours:
            self._manager.close()
        super().close()

    def _put(self, job: str, line: Line) -> None:
        with self._changed:
            if len(self._waiting) >= self._max_waiting:
                self.dropped += 1
                if self.dropped == 1:
                    warn(f"more than {self._max_waiting} records wait for Redis: further ones are not sent there")
                return
            self._waiting.append((job, line))
            if len(self._waiting) == 1 and self._start():
                self._changed.notify_all()

    def _start(self) -> bool:
        """Starts the thread if there is none, and returns whether there is one."""
        if self._thread is None:
            thread = threading.Thread(target=self._work, name="jobtrail-redis-handler", daemon=True)
            try:
                thread.start()
            except RuntimeError:  # the interpreter is ending
                return False
            self._thread = thread
        return True

    def _work(self) -> None:
        """Sends what comes; ends when for a while nothing does."""
        while True:
            with self._changed:
                if not self._changed.wait_for(lambda: self._waiting, _IDLE_S):
                    self._thread = None
                    return
                self._changed.wait_for(lambda: self._is_hurried, self._interval_s)
                self._is_hurried = False
            self._send()

    def _send(self) -> None:
        with self._changed:
            taken, self._waiting = self._waiting, deque()
            self._is_sending = True
        try:
            jobs: dict[str, list[Line]] = {}
            for job, line in taken:
                jobs.setdefault(job, []).append(line)
            for job, lines in jobs.items():
                for part in in_parts(lines, _MOST_AT_ONCE):
                    self._manager.append_lines(job, part)
        finally:
            with self._changed:
                self._is_sending = False
                self._changed.notify_all()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002, N802 - the standard library's name
        """Counts the record; it is in the other handlers."""
        self.dropped += 1


_TYPES = {"DEBUG": "debug", "INFO": "info", "WARNING": "warn", "ERROR": "error", "CRITICAL": "error"}
_MOST_AT_ONCE = 500
_IDLE_S = 5.0
_PLAIN = logging.Formatter()

_open_handlers: weakref.WeakSet[RedisHandler] = weakref.WeakSet()


def _after_fork() -> None:
    for handler in list(_open_handlers):
        handler.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)

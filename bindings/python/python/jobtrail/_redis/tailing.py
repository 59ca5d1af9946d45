"""Following a job's stream: entries as they come, without a consumer group."""

from __future__ import annotations

import time
from collections.abc import Callable

from jobtrail._redis.entries import Entry, read_entry
from jobtrail._redis.outage import is_refused
from jobtrail._redis.steps import JobLogSteps, Pause, Steps
from jobtrail._redis.stores import StreamStore
from jobtrail.errors import bad_option

Found = list[tuple[str, Entry]]
"""Entries with their IDs; none: the end."""


def tail_steps(logs: JobLogSteps, job: str, last_id: str, wait_s: float | None) -> Callable[[], Steps[Found]]:
    """Returns what gives the next entries each time it is done, and nothing at the end."""
    store = logs.options.store
    if not isinstance(store, StreamStore):
        raise bad_option('bad store `list`: only a stream can be waited on, expected store="stream"')
    return _Tail(logs, store, job, last_id, wait_s).next


class _Tail:
    def __init__(self, logs: JobLogSteps, store: StreamStore, job: str, last_id: str, wait_s: float | None) -> None:
        self._logs = logs
        self._store = store
        self._job = job
        self._last_id = last_id
        self._wait_s = wait_s

    def next(self) -> Steps[Found]:
        """Waits for entries; each command waits for less than a connection's time limit."""
        began = time.monotonic()
        wait_ms = max(1, int(self._logs.options.timeout_s * 250))
        while self._logs.has_server and (self._wait_s is None or time.monotonic() - began < self._wait_s):
            try:
                if self._last_id == "$":  # said anew each time, it would miss what comes in between
                    newest = self._store.items((yield self._store.newest_id(self._job)))
                    self._last_id = newest[0][0] if newest else "0-0"
                items = self._store.read((yield self._store.newer(self._job, self._last_id, wait_ms)))
            except Exception as error:
                if is_refused(error):
                    raise
                yield Pause(self._logs.outage.failed(error, "who follows a log waits"))
                continue
            if not self._logs.has_waiting:
                self._logs.note_there()
            found = [(item_id, self._entry(text)) for item_id, text in items]
            if found:
                self._last_id = found[-1][0]
            self._logs.note_broken(self._store.key(self._job), sum(entry is None for _, entry in found))
            if entries := [(item_id, entry) for item_id, entry in found if entry is not None]:
                return entries
        return []

    def _entry(self, text: str) -> Entry | None:
        redact = self._logs.options.redact
        return read_entry(text if redact is None else redact(text))

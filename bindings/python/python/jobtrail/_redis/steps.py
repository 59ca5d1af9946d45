"""All that a manager does, as steps that need no connection: each yields a command and is sent its reply.

Whoever drives them (`manager`, `async_manager`) runs the commands, sends replies in and throws errors in, and sleeps
where a `Pause` comes.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeVar

from jobtrail import folders
from jobtrail._core import redact as redact_text
from jobtrail._redis import stores
from jobtrail._redis.entries import Entry, EntryWriter, Line, read_entries
from jobtrail._redis.outage import Outage, is_refused, warn
from jobtrail._redis.spool import Spool, Waiting
from jobtrail._redis.stores import Command, ListStore, Store, StreamStore
from jobtrail.errors import bad_option
from jobtrail.redaction import Redactor

T = TypeVar("T")


Late = tuple[str, bool]
"""The text of an entry that waited, and whether it was sent without a reply."""


class Pause(NamedTuple):
    """A step that waits."""

    seconds: float


Steps = Generator[Command | Pause, Any, T]
"""Steps that end in a T."""


class Options(NamedTuple):
    """What a manager is told, checked."""

    store: Store
    redact: Callable[[str], str] | None
    worker: str | None
    ttl_s: int
    max_entries: int
    timeout_s: float
    spool_folder: Path | None
    spool_bytes: int


def options(
    *,
    max_entries: int,
    ttl_s: int,
    redact: bool | Redactor,
    timeout_s: float,
    spool: str | os.PathLike[str] | bool,
    spool_bytes: int,
    store: Literal["list", "stream"],
    worker: str | None,
) -> Options:
    """Returns the options of a manager. Raises JobtrailError (`bad_option`) for one that cannot be had."""
    for name, value in (("max_entries", max_entries), ("ttl_s", ttl_s), ("timeout_s", timeout_s)):
        if type(value) not in {int, float} or not 0 < value < 2**31:
            raise bad_option(f"bad {name} `{value}`, expected a number above 0")
    if store not in _STORES:
        raise bad_option(f"bad store `{store}`, expected list or stream")
    folder = None
    if spool is True:
        folder = _default_folder()
    elif spool is not False and spool is not None:
        folder = Path(spool).absolute()
    return Options(
        store=_STORES[store](int(max_entries), int(ttl_s)),
        redact=redact.redact if isinstance(redact, Redactor) else redact_text if redact else None,
        worker=worker,
        ttl_s=int(ttl_s),
        max_entries=int(max_entries),
        timeout_s=float(timeout_s),
        spool_folder=folder,
        spool_bytes=spool_bytes,
    )


def _default_folder() -> Path:
    try:
        return folders.platform_folder("jobtrail") / "redis-spool"
    except RuntimeError:  # no home directory
        return folders.temporary_folder("jobtrail") / "redis-spool"


_STORES: dict[str, Callable[[int, int], Store]] = {"list": ListStore, "stream": StreamStore}


class JobLogSteps:
    """A manager's work, for one server. `wake` is called when something begins to wait."""

    def __init__(self, told: Options, server: str | None, wake: Callable[[], object]) -> None:
        """Takes the options, what names the server (None: there is none), and who is to start the replay."""
        self.options = told
        self.has_server = server is not None
        self.now_ms = now_ms
        self.entries = EntryWriter(told.redact, told.worker, now_ms)
        self.outage = Outage()
        self._wake = wake
        self._spool: Spool | None = None
        self._has_looked = False
        if server is not None and told.spool_folder is not None:
            word = hashlib.sha256(f"{server} {type(told.store).__name__}".encode()).hexdigest()[:12]
            self._spool = Spool(told.spool_folder, word, told.spool_bytes)

    @property
    def has_waiting(self) -> bool:
        """Whether something waits for Redis; what comes then waits behind it."""
        return self._spool is not None and not self._spool.is_empty

    def look_once(self) -> None:
        """Takes over what dead processes left, at the first use."""
        if not self._has_looked:
            self._has_looked = True
            if self._spool is not None and self._spool.adopt():
                self._wake()

    def append(self, job: str, lines: Sequence[Line], *, is_shown: bool = True) -> Steps[None]:
        """Appends entries to a job's log; where Redis takes them not, they are shown on the console and wait."""
        if not self.has_server:
            self._show(lines, is_shown)
            return
        if not self._has_looked:
            self.look_once()
        for part in [lines] if len(lines) <= MOST_AT_ONCE else in_parts(lines, MOST_AT_ONCE):
            is_sent = not self.has_waiting and not self.outage.is_waiting()
            if is_sent:
                try:
                    yield self.options.store.append(job, [line.text for line in part])
                except Exception as error:  # noqa: BLE001 - whatever the connection raises; the program goes on
                    if is_refused(error):
                        self.outage.refused(self.options.store.key(job), error, len(part))
                        self._show(part, is_shown)
                        continue
                    self.outage.failed(error, self._then())
                else:
                    self.note_there(len(part))
                    continue
            self._show(part, is_shown)
            self._keep([Waiting(now_ms(), job, line.text, is_sent) for line in part])

    def get_logs(self, job: str, limit: int) -> Steps[list[Entry]]:
        """Returns the last entries of a job; none where Redis is away."""
        if type(limit) is not int or limit < 0:
            raise bad_option(f"bad limit `{limit}`, expected a whole number from 0 on")
        if not self.has_server or limit == 0 or self.outage.is_waiting():
            return []
        self.look_once()
        store = self.options.store
        try:
            texts = store.texts((yield store.newest(job, limit)))
        except Exception as error:  # noqa: BLE001 - as above
            self._unread(job, error)
            return []
        if not self.has_waiting:
            self.note_there()
        entries, broken = read_entries(texts, self.options.redact)
        self.note_broken(store.key(job), broken)
        return entries

    def delete_logs(self, job: str) -> Steps[None]:
        """Removes a job's log; where Redis is away, when it is back."""
        if not self.has_server:
            return
        self.look_once()
        if not self.has_waiting and not self.outage.is_waiting():
            try:
                yield stores.delete(self.options.store, job)
            except Exception as error:  # noqa: BLE001 - as above
                self.outage.failed(error, self._then())
            else:
                self.note_there()
                return
        self._keep([Waiting(now_ms(), job, None)])

    def publish(self, job: str, text: str) -> Steps[None]:
        """Hands a live event to those who listen now; where Redis is away, nobody does."""
        if not self.has_server or self.outage.is_waiting():
            return
        try:
            yield stores.publish(job, text)
        except Exception as error:  # noqa: BLE001 - as above
            self.outage.failed(error, self._then())

    def replay(self, *, is_last_try: bool = False) -> Steps[None]:
        """Does what waits, in its order, until nothing does; the last try ends at the first fault."""
        spool = self._spool
        if self.outage.is_waiting() and not is_last_try:
            yield Pause(self.outage.wait_s)
        is_new = False  # whether no earlier try can have written what was never sent by itself
        while spool is not None:
            items, mark = spool.peek()
            is_new = is_new and not spool.is_another_ones
            if mark == 0:
                self.note_there()
                return
            try:
                for job, group in self._by_job(items).items():
                    yield from self._catch_up(job, group, is_new)
                is_new = True
            except Exception as error:  # noqa: BLE001 - as above
                is_new = False
                wait_s = self.outage.failed(error, self._then())
                if is_last_try:
                    return
                yield Pause(wait_s)
                continue
            with contextlib.suppress(OSError):
                spool.done(mark)

    def note_broken(self, key: str, count: int) -> None:
        """Counts what was no entry, and tells of the first."""
        if count:
            if not self.outage.counts["broken"]:
                warn(f"the log at the key {key} holds {count} that are no entries: they are left out")
            self.outage.counts["broken"] += count

    def stats(self) -> dict[str, int]:
        """Returns the counts by their names."""
        return {name: self.outage.counts[name] for name in COUNTS}

    def close(self) -> None:
        """Lets go of the spool; what waits in it is for the next process."""
        if self._spool is not None:
            self._spool.close()

    def after_fork(self) -> None:
        """Starts anew in a forked child; the spool does so by itself."""
        self.outage.after_fork()
        self._has_looked = False

    def _then(self) -> str:
        if self._spool is None:
            return "they go to the console alone"
        return "they go to the console and wait in a file"

    def note_there(self, count: int = 0) -> None:
        """Counts entries that Redis took, and ends an outage."""
        self.outage.counts["written"] += count
        if self.outage.is_on:
            counts = self.outage.counts
            told = [f"{counts[name]} {words}" for name, words in _TOLD.items() if counts[name]]
            self.outage.ended(": so far " + ", ".join(told) if told else "")

    def _show(self, lines: Iterable[Line], is_shown: bool) -> None:
        for line in lines if is_shown else ():
            _print(line.console() if self.options.redact is None else self.options.redact(line.console()))

    def _keep(self, items: Sequence[Waiting]) -> None:
        kept = 0
        if self._spool is not None:
            try:
                kept = self._spool.put(items)
            except OSError as error:
                if not self.outage.counts["dropped"]:
                    warn(f"job logs cannot wait in {self.options.spool_folder} ({error}): they go to the console alone")
            else:
                if kept < len(items) and not self.outage.counts["dropped"]:
                    warn(f"job logs in {self.options.spool_folder} fill its {self.options.spool_bytes} bytes: further "
                         "ones go to the console alone")  # fmt: skip
        self.outage.counts["spooled"] += kept
        self.outage.counts["dropped"] += len(items) - kept
        if kept:
            self._wake()

    def _unread(self, job: str, error: Exception) -> None:
        if is_refused(error):
            self.outage.refused(self.options.store.key(job), error, 0)
        else:
            self.outage.failed(error, self._then())

    def _by_job(self, items: Iterable[Waiting]) -> dict[str, tuple[bool, list[Late]]]:
        """Returns of each job whether its log is to be deleted first, and what is to be appended."""
        oldest_ms = now_ms() - self.options.ttl_s * 1000
        jobs: dict[str, tuple[bool, list[Late]]] = {}
        for item in items:
            is_deleted, waiting = jobs.get(item.job, (False, []))
            if item.text is None:
                is_deleted, waiting = True, []
            elif item.at_ms < oldest_ms:
                self.outage.counts["expired"] += 1
            else:
                waiting.append((item.text, item.is_sent))
            jobs[item.job] = (is_deleted, waiting)
        return jobs

    def _catch_up(self, job: str, group: tuple[bool, list[Late]], is_new: bool) -> Steps[None]:
        """Does what waits for one job, but for what an earlier try did whose reply was lost."""
        is_deleted, waiting = group
        store = self.options.store
        texts: list[str] = []
        try:
            if is_deleted:
                yield stores.delete(store, job)
            waiting = waiting[-self.options.max_entries :]  # what was before them would be trimmed at once
            known: list[str] = []
            if waiting and not (is_new and not any(is_sent for _, is_sent in waiting)):
                known = store.texts((yield store.newest(job, self.options.max_entries)))
            texts = missing(waiting, known)
            for part in in_parts(texts, MOST_AT_ONCE):
                yield store.append(job, part)
        except Exception as error:
            if not is_refused(error):
                raise
            self.outage.refused(store.key(job), error, len(waiting))
        else:
            self.outage.counts["replayed"] += len(texts)


MOST_AT_ONCE = 500
"""Entries of one command: a script takes some thousand arguments."""

COUNTS = ("written", "spooled", "replayed", "dropped", "expired", "refused", "broken")
_TOLD = {
    "replayed": "entries written late",
    "dropped": "that did not fit or could not wait",
    "expired": "too old to be written",
    "refused": "refused",
}


def in_parts(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Returns the items so many at a time.

    >>> list(in_parts("abcde", 2))
    ['ab', 'cd', 'e']
    """
    return (items[start : start + size] for start in range(0, len(items), size))


def missing(waiting: Iterable[Late], known: Sequence[str]) -> list[str]:
    """Returns the texts that are not yet in a log that ends in the known ones.

    What was sent without a reply may stand there in any order: threads sent it. What was never sent by itself stands
    there only if an earlier try wrote it, so from the first on, in its order, other writers' entries between.

    >>> missing([(text, text == "s") for text in "sabc"], ["a", "x", "s", "b"])
    ['c']
    """
    there = Counter(known)
    rest: list[Late] = []
    for text, is_sent in waiting:
        if is_sent and there[text]:
            there[text] -= 1
        else:
            rest.append((text, is_sent))
    written = how_many_are_there([text for text, is_sent in rest if not is_sent], known)
    texts: list[str] = []
    for text, is_sent in rest:
        if is_sent or not written:
            texts.append(text)
        else:
            written -= 1
    return texts


def how_many_are_there(texts: Sequence[str], known: Iterable[str]) -> int:
    """Returns how many texts, from the first on, stand in a log already, in their order, others between them.

    >>> how_many_are_there(["a", "b", "c"], ["x", "a", "y", "b"])
    2
    """
    count = 0
    for text in known:
        if count < len(texts) and text == texts[count]:
            count += 1
    return count


def now_ms() -> int:
    """Returns the present time in Unix milliseconds."""
    return time.time_ns() // 1_000_000


def _print(line: str) -> None:
    """Prints a line; control characters in it reach no terminal, and where standard output is gone the job goes on."""
    out = sys.stdout
    safe = "".join(char if char.isprintable() or char == "\t" else repr(char)[1:-1] for char in line)
    with contextlib.suppress(OSError, ValueError, AttributeError):
        encoding = getattr(out, "encoding", None) or "utf-8"
        out.write(safe.encode(encoding, "backslashreplace").decode(encoding) + "\n")
        out.flush()

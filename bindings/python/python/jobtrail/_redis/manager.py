"""The manager of jobs' logs in Redis, for programs without an event loop."""

from __future__ import annotations

import os
import threading
import time
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal

from jobtrail._redis import steps as job_steps
from jobtrail._redis.entries import Entry, JobRef, Line, job_of
from jobtrail._redis.events import JobEventSteps
from jobtrail._redis.steps import JobLogSteps, Pause, Steps, T
from jobtrail._redis.stores import Command
from jobtrail._redis.tailing import tail_steps
from jobtrail._redis.wire import Wire
from jobtrail.redaction import Redactor

if TYPE_CHECKING:
    from redis import Redis


class JobLogManager:
    """Keeps the logs of jobs in Redis: the last entries of each, oldest first, at `job:logs:<job>`.

    An entry is compact JSON as `JSON.stringify` writes it, `{"timestamp":1734470400000,"type":"info","message":"..."}`
    with `metadata` where there is some; secrets and personal paths in it are masked. Each call is one round trip, and
    no fault of Redis is raised: what it does not take is shown on standard output, `[JobLogManager] [<job>] INFO: ...`,
    waits in a file, and is written in its order when Redis is back; one warning goes to standard error. Any number of
    threads, processes and hosts may write one job's log.

    Examples:
        >>> logs = JobLogManager(None)  # without Redis: to the console
        >>> logs.info("MSH-0105-A7F2", "Processing data (45%)", {"progress": 45})
        [JobLogManager] [MSH-0105-A7F2] INFO: Processing data (45%)
        >>> logs.get_logs("MSH-0105-A7F2")
        []
    """

    def __init__(
        self,
        redis: Redis | str | None,
        *,
        max_entries: int = 200,
        ttl_s: int = 604_800,
        redact: bool | Redactor = True,
        timeout_s: float = 1.0,
        spool: str | os.PathLike[str] | bool = True,
        spool_bytes: int = 16 * 1024 * 1024,
        store: Literal["list", "stream"] = "list",
        worker: str | None = None,
    ) -> None:
        """Connects at the first use.

        Args:
            redis: The program's client, a URL, or None: everything goes to the console.
            max_entries: How many entries of a job stay.
            ttl_s: For how long they stay after the last one, in seconds.
            redact: Masks secrets and personal paths in what is written and read; or what is to mask them.
            timeout_s: How long a call may be held up, but for the look-up of the server's name: half of it to connect,
                half for the reply. Clients of clusters and sentinels have their own time limits.
            spool: The folder of the files in which entries wait; True: beside the platform's logs. False: they do not.
            spool_bytes: How large such a file may grow; what does not fit is counted (`stats`).
            store: `list`, or `stream`: at `job:stream:<job>`, which `tail` can wait on.
            worker: The name of this worker: entries carry it as `metadata.worker`.

        Raises:
            JobtrailError: An option cannot be had; `code` is `bad_option`.
            ImportError: The package `redis` is missing (`pip install "jobtrail[redis]"`).
        """
        told = job_steps.options(
            max_entries=max_entries,
            ttl_s=ttl_s,
            redact=redact,
            timeout_s=timeout_s,
            spool=spool,
            spool_bytes=spool_bytes,
            store=store,
            worker=worker,
        )
        self._wire = None if redis is None else Wire(redis, told.timeout_s)
        self._replayer = _Replayer(self._wire, told.timeout_s)
        server = None if self._wire is None else self._wire.server
        self._steps = self._replayer.steps = JobLogSteps(told, server, self._replayer.wake)
        self._events = JobEventSteps(self._steps)
        self._end = weakref.finalize(self, self._replayer.finish)
        _open_managers.add(self)

    def append_log(self, job_id: JobRef, entry: Mapping[str, Any]) -> None:
        """Appends an entry: `type`, `message`, and as they are there `timestamp`, `metadata` and keys of your own.

        A `timestamp` is Unix milliseconds; one below 10^11 is taken as seconds, a datetime as what it is, None as now.
        What JSON cannot hold (a set, bytes, NaN, a ring) stands in it as its text.

        Raises:
            JobtrailError: The ID is none (`bad_job_id`), or the entry is none (`bad_option`).
        """
        job = job_of(job_id)
        self._do(self._steps.append(job, [self._steps.entries.line(job, entry)]))

    def append_logs(self, job_id: JobRef, entries: Iterable[Mapping[str, Any]]) -> None:
        """Appends entries in one round trip for each 500 of them; raises as `append_log`, before it writes."""
        job = job_of(job_id)
        self._do(self._steps.append(job, [self._steps.entries.line(job, entry) for entry in entries]))

    def append_lines(self, job: str, lines: Sequence[Line]) -> None:
        """Appends what a handler has made of a job's records, redacted here; it is not shown on the console."""
        redact = self._steps.options.redact
        if redact is not None:
            lines = [line._replace(text=redact(line.text)) for line in lines]
        self._do(self._steps.append(job, lines, is_shown=False))

    @property
    def timeout_s(self) -> float:
        """How long a call may be held up."""
        return self._steps.options.timeout_s

    @property
    def worker(self) -> str | None:
        """The name of this worker."""
        return self._steps.options.worker

    def info(self, job_id: JobRef, message: str, metadata: Mapping[str, Any] | None = None) -> None:
        """Appends an entry of now and the type `info`."""
        self._say(job_id, "info", message, metadata)

    def warn(self, job_id: JobRef, message: str, metadata: Mapping[str, Any] | None = None) -> None:
        """Appends an entry of now and the type `warn`."""
        self._say(job_id, "warn", message, metadata)

    def error(self, job_id: JobRef, message: str, metadata: Mapping[str, Any] | None = None) -> None:
        """Appends an entry of now and the type `error`."""
        self._say(job_id, "error", message, metadata)

    def debug(self, job_id: JobRef, message: str, metadata: Mapping[str, Any] | None = None) -> None:
        """Appends an entry of now and the type `debug`."""
        self._say(job_id, "debug", message, metadata)

    def get_logs(self, job_id: JobRef, limit: int = 100) -> list[Entry]:
        """Returns the last `limit` entries in the order of their times; none where there is no Redis.

        What is no entry is left out and counted, with one warning.
        """
        return self._do(self._steps.get_logs(job_of(job_id), limit))

    def delete_logs(self, job_id: JobRef) -> None:
        """Removes a job's log; where Redis is away, when it is back."""
        self._do(self._steps.delete_logs(job_of(job_id)))

    def tail(self, job_id: JobRef, last_id: str = "$", *, wait_s: float | None = None) -> Iterator[tuple[str, Entry]]:
        """Gives entries of a stream with their IDs as they come, from behind `last_id` on.

        Args:
            job_id: The job.
            last_id: The ID of the last entry that is known; `0`: from the first on; `$`: from now on.
            wait_s: Ends when so long nothing came; None: never. While Redis is away it goes on waiting.

        Raises:
            JobtrailError: The manager's store is a list; `code` is `bad_option`.
        """
        following = tail_steps(self._steps, job_of(job_id), last_id, wait_s)
        while found := self._do(following()):
            yield from found

    def publish_progress(self, job_id: JobRef, user_id: str | int, state: str, step: str, progress: float) -> None:
        """Publishes how far a job is on `job:event:<job>`, and logs `<step> (<progress>%)`."""
        self._do(self._events.progress(job_id, user_id, state, step, progress))

    def publish_complete(self, job_id: JobRef, user_id: str | int, result: Any, duration_ms: float) -> None:
        """Publishes that a job has done its work, and logs `Job completed in <n>ms`."""
        self._do(self._events.complete(job_id, user_id, result, duration_ms))

    def publish_error(
        self,
        job_id: JobRef,
        user_id: str | int,
        error: BaseException | str,
        recoverable: bool = True,
        code: str | None = None,
    ) -> None:
        """Publishes that a job has failed, and logs the error with `code` and `recoverable`."""
        self._do(self._events.error(job_id, user_id, error, recoverable, code))

    def stats(self) -> dict[str, int]:
        """Returns counts of entries.

        `written`: at once; `spooled`: waited; `replayed`: written late; `dropped`: did not fit or could not wait;
        `expired`: waited longer than `ttl_s`; `refused`: the key holds something else; `broken`: read and no entries.
        """
        return self._steps.stats()

    def flush(self, timeout_s: float = 5.0) -> bool:
        """Waits until nothing waits for Redis any more, and returns whether that came."""
        deadline = time.monotonic() + timeout_s
        while self._steps.has_waiting and time.monotonic() < deadline:
            self._replayer.wake()
            time.sleep(0.005)
        return not self._steps.has_waiting

    def close(self) -> None:
        """Tries once more, no longer than `timeout_s`, to write what waits, and closes the connections.

        This is also done at the end of the program. What still waits is written by the next process that has the same
        folder and server.
        """
        self._end()

    def __enter__(self) -> JobLogManager:  # noqa: PYI034 - `Self` is younger than Python 3.10
        """Returns the manager."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Closes it."""
        self.close()

    def _say(self, job_id: JobRef, kind: str, message: str, metadata: Mapping[str, Any] | None) -> None:
        job = job_of(job_id)
        self._do(self._steps.append(job, [self._steps.entries.said(job, kind, message, metadata)]))

    def _do(self, steps: Steps[T]) -> T:
        return drive(steps, self._replayer.run, time.sleep)

    def _after_fork(self) -> None:
        if self._wire is not None:
            self._wire.after_fork()
        self._replayer.after_fork()
        self._steps.after_fork()
        self._events.after_fork()


def drive(steps: Steps[T], run: Callable[[Command], Any], pause: Callable[[float], object]) -> T:
    """Does the steps and returns what they end in."""
    try:
        step = next(steps)
        while True:
            if isinstance(step, Pause):
                pause(step.seconds)
                step = steps.send(None)
                continue
            try:
                reply = run(step)
            except Exception as error:  # noqa: BLE001 - the steps know what it means
                step = steps.throw(error)
            else:
                step = steps.send(reply)
    except StopIteration as ended:
        return ended.value  # type: ignore[no-any-return]


class _Replayer:
    """A thread that writes what waits. It is there while something does."""

    steps: JobLogSteps

    def __init__(self, wire: Wire | None, timeout_s: float) -> None:
        self._wire = wire
        self._timeout_s = timeout_s
        self.after_fork()

    def after_fork(self) -> None:
        """Starts anew in a forked child, which has no such thread."""
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def run(self, command: Command) -> Any:
        if self._wire is None:
            raise RuntimeError("no server, so no command")
        return self._wire.run(command)

    def pause(self, seconds: float) -> None:
        if self._stop.wait(seconds):
            raise _StoppedError

    def wake(self) -> None:
        """Starts the thread, if there is none."""
        if self._thread is not None or self._stop.is_set():
            return
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="jobtrail-redis", daemon=True)
                try:
                    self._thread.start()
                except RuntimeError:  # the interpreter is ending
                    self._thread = None

    def finish(self) -> None:
        """Ends the thread, tries once more, and closes everything."""
        self._stop.set()
        thread = self._thread
        if thread is not None:
            thread.join(self._timeout_s)
        if self._wire is not None and (thread is None or not thread.is_alive()):
            deadline = time.monotonic() + self._timeout_s
            drive(self.steps.replay(is_last_try=True), self._run_until(deadline), time.sleep)
        self.steps.close()
        if self._wire is not None:
            self._wire.close()
        self.after_fork()  # an entry that comes later finds everything as at first

    def _run_until(self, deadline: float) -> Callable[[Command], Any]:
        def run(command: Command) -> Any:
            if time.monotonic() > deadline:
                raise TimeoutError("no time left")
            return self.run(command)

        return run

    def _work(self) -> None:
        try:
            while True:
                drive(self.steps.replay(), self._run_if_wanted, self.pause)
                with self._lock:
                    if not self.steps.has_waiting:
                        self._thread = None  # here, where nobody can be between a look at it and the next
                        return
        except _StoppedError:
            return
        finally:
            self._thread = None

    def _run_if_wanted(self, command: Command) -> Any:
        if self._stop.is_set():
            raise _StoppedError
        return self.run(command)


class _StoppedError(BaseException):
    """The replayer is to end; no fault, so no step catches it."""


_open_managers: weakref.WeakSet[JobLogManager] = weakref.WeakSet()


def _after_fork() -> None:
    for manager in list(_open_managers):
        manager._after_fork()  # noqa: SLF001 - our own class


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)

"""The manager of jobs' logs in Redis, for programs with an event loop."""

from __future__ import annotations

import os
import time
import weakref
from collections.abc import AsyncIterator, Iterable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal

from jobtrail._redis import steps as job_steps
from jobtrail._redis.entries import Entry, JobRef, job_of
from jobtrail._redis.events import JobEventSteps
from jobtrail._redis.steps import JobLogSteps, Pause, Steps, T
from jobtrail._redis.tailing import tail_steps
from jobtrail.redaction import Redactor

if TYPE_CHECKING:
    from asyncio import Task

    from redis.asyncio import Redis

    from jobtrail._redis.async_wire import AsyncWire


class AsyncJobLogManager:
    """What `JobLogManager` is, for `redis.asyncio`: the same arguments, entries and promises.

    It belongs to the event loop in which it is first used. A line that waits goes to a file in the loop's thread.

    Examples:
        >>> import asyncio
        >>> asyncio.run(AsyncJobLogManager(None).warn("MSH-0105-A7F2", "slow"))
        [JobLogManager] [MSH-0105-A7F2] WARN: slow
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
        """Takes what `JobLogManager` takes, `redis` a `redis.asyncio.Redis`; connects at the first use."""
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
        self._wire = None if redis is None else _wire_of(redis, told.timeout_s)
        self._replay: Task[None] | None = None
        wake = weakref.WeakMethod(self._wake)
        server = None if self._wire is None else self._wire.server
        self._steps = JobLogSteps(told, server, lambda: (found := wake()) and found())
        self._events = JobEventSteps(self._steps)
        self._end = weakref.finalize(self, self._steps.close)

    async def append_log(self, job_id: JobRef, entry: Mapping[str, Any]) -> None:
        """Appends an entry, as `JobLogManager.append_log` does."""
        job = job_of(job_id)
        await self._do(self._steps.append(job, [self._steps.entries.line(job, entry)]))

    async def append_logs(self, job_id: JobRef, entries: Iterable[Mapping[str, Any]]) -> None:
        """Appends entries in one round trip for each 500 of them."""
        job = job_of(job_id)
        await self._do(self._steps.append(job, [self._steps.entries.line(job, entry) for entry in entries]))

    async def info(self, job_id: JobRef, message: str, metadata: Mapping[str, Any] | None = None) -> None:
        """Appends an entry of now and the type `info`."""
        await self._say(job_id, "info", message, metadata)

    async def warn(self, job_id: JobRef, message: str, metadata: Mapping[str, Any] | None = None) -> None:
        """Appends an entry of now and the type `warn`."""
        await self._say(job_id, "warn", message, metadata)

    async def error(self, job_id: JobRef, message: str, metadata: Mapping[str, Any] | None = None) -> None:
        """Appends an entry of now and the type `error`."""
        await self._say(job_id, "error", message, metadata)

    async def debug(self, job_id: JobRef, message: str, metadata: Mapping[str, Any] | None = None) -> None:
        """Appends an entry of now and the type `debug`."""
        await self._say(job_id, "debug", message, metadata)

    async def get_logs(self, job_id: JobRef, limit: int = 100) -> list[Entry]:
        """Returns the last `limit` entries in the order of their times; none where there is no Redis."""
        return await self._do(self._steps.get_logs(job_of(job_id), limit))

    async def delete_logs(self, job_id: JobRef) -> None:
        """Removes a job's log; where Redis is away, when it is back."""
        await self._do(self._steps.delete_logs(job_of(job_id)))

    async def tail(
        self, job_id: JobRef, last_id: str = "$", *, wait_s: float | None = None
    ) -> AsyncIterator[tuple[str, Entry]]:
        """Gives entries of a stream with their IDs as they come, as `JobLogManager.tail` does."""
        following = tail_steps(self._steps, job_of(job_id), last_id, wait_s)
        while found := await self._do(following()):
            for item in found:
                yield item

    async def publish_progress(
        self, job_id: JobRef, user_id: str | int, state: str, step: str, progress: float
    ) -> None:
        """Publishes how far a job is on `job:event:<job>`, and logs `<step> (<progress>%)`."""
        await self._do(self._events.progress(job_id, user_id, state, step, progress))

    async def publish_complete(self, job_id: JobRef, user_id: str | int, result: Any, duration_ms: float) -> None:
        """Publishes that a job has done its work, and logs `Job completed in <n>ms`."""
        await self._do(self._events.complete(job_id, user_id, result, duration_ms))

    async def publish_error(
        self,
        job_id: JobRef,
        user_id: str | int,
        error: BaseException | str,
        recoverable: bool = True,
        code: str | None = None,
    ) -> None:
        """Publishes that a job has failed, and logs the error with `code` and `recoverable`."""
        await self._do(self._events.error(job_id, user_id, error, recoverable, code))

    def stats(self) -> dict[str, int]:
        """Returns the counts of `JobLogManager.stats`."""
        return self._steps.stats()

    async def flush(self, timeout_s: float = 5.0) -> bool:
        """Waits until nothing waits for Redis any more, and returns whether that came."""
        deadline = time.monotonic() + timeout_s
        while self._wire is not None and self._steps.has_waiting and time.monotonic() < deadline:
            self._wake()
            await self._wire.sleep(0.005)
        return not self._steps.has_waiting

    async def close(self) -> None:
        """Tries once more to write what waits, and closes the connections; a later process writes what still waits."""
        if self._wire is not None:
            if self._replay is not None:
                await self._wire.end(self._replay)
                self._replay = None
            await self._wire.within_limit(self._do(self._steps.replay(is_last_try=True)))
            await self._wire.close()
        self._steps.close()

    async def __aenter__(self) -> AsyncJobLogManager:  # noqa: PYI034 - `Self` is younger than Python 3.10
        """Returns the manager."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Closes it."""
        await self.close()

    async def _say(self, job_id: JobRef, kind: str, message: str, metadata: Mapping[str, Any] | None) -> None:
        job = job_of(job_id)
        await self._do(self._steps.append(job, [self._steps.entries.said(job, kind, message, metadata)]))

    async def _do(self, steps: Steps[T]) -> T:
        try:
            step = next(steps)
            while True:
                if self._wire is None:
                    raise RuntimeError("no server, so no step that needs one")
                if isinstance(step, Pause):
                    await self._wire.sleep(step.seconds)
                    step = steps.send(None)
                    continue
                try:
                    reply = await self._wire.run(step)
                except Exception as error:  # noqa: BLE001 - the steps know what it means
                    step = steps.throw(error)
                else:
                    step = steps.send(reply)
        except StopIteration as ended:
            return ended.value  # type: ignore[no-any-return]

    def _wake(self) -> None:
        """Starts the task that writes what waits, if there is none."""
        if self._wire is not None and (self._replay is None or self._replay.done()):
            self._replay = self._wire.start(self._do(self._steps.replay()))


def _wire_of(redis: Redis | str, timeout_s: float) -> AsyncWire:
    from jobtrail._redis.async_wire import AsyncWire  # noqa: PLC0415 - no program waits for asyncio that has no use for it

    return AsyncWire(redis, timeout_s)

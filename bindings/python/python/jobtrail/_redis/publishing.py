"""The functions of a worker that tells how its job is doing: live events, and the log."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any

from jobtrail._redis.entries import JobRef
from jobtrail._redis.manager import JobLogManager

if TYPE_CHECKING:
    from redis import Redis

_publishers: weakref.WeakKeyDictionary[Any, JobLogManager] = weakref.WeakKeyDictionary()
_without: list[JobLogManager] = []


def init_job_publisher(redis: Redis | None, **options: Any) -> JobLogManager:
    """Makes what the functions below log with for this client, and returns it. Call it once.

    Without it they make their own, with the defaults.

    Args:
        redis: The program's client, or None: everything goes to the console.
        options: Those of `JobLogManager`.

    Examples:
        >>> logs = init_job_publisher(None, worker="mesher-1")
        >>> publish_job_progress(None, "MSH-0105-A7F2", "ann", "analysis", "Processing data", 45)
        [JobLogManager] [MSH-0105-A7F2] INFO: Processing data (45%)
    """
    manager = JobLogManager(redis, **options)
    if redis is None:
        _without[:] = [manager]
    else:
        _publishers[redis] = manager
    return manager


def publish_job_progress(
    redis: Redis | None, job_id: JobRef, user_id: str | int, state: str, step: str, progress: float
) -> None:
    """Publishes `{jobId, userId, state, step, progress, timestamp, sequence}`, and logs `<step> (<progress>%)`.

    The event goes to `job:event:<job>`, its timestamp is Unix milliseconds, and the sequence counts a job's events of
    this process from 1 on. Raises JobtrailError for a job ID that is none, and nothing else.
    """
    _of(redis).publish_progress(job_id, user_id, state, step, progress)


def publish_job_complete(
    redis: Redis | None, job_id: JobRef, user_id: str | int, result: Any, duration_ms: float
) -> None:
    """Publishes the state `completed` with `result` and `durationMs`, and logs `Job completed in <n>ms`."""
    _of(redis).publish_complete(job_id, user_id, result, duration_ms)


def publish_job_error(
    redis: Redis | None,
    job_id: JobRef,
    user_id: str | int,
    error: BaseException | str,
    recoverable: bool = True,
    code: str | None = None,
) -> None:
    """Publishes the state `failed` with `error`, `code` and `recoverable`, and logs the error with the latter two."""
    _of(redis).publish_error(job_id, user_id, error, recoverable, code)


def _of(redis: Redis | None) -> JobLogManager:
    found = (_without[0] if _without else None) if redis is None else _publishers.get(redis)
    return found or init_job_publisher(redis)

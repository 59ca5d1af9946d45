"""Live events of a job and the log lines that go with them, as steps."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from jobtrail._redis.entries import JobRef, job_of
from jobtrail._redis.js_text import js_text
from jobtrail._redis.steps import JobLogSteps, Steps
from jobtrail.json_text import text_of

_MOST_JOBS = 10_000


class JobEventSteps:
    """Publishes events on `job:event:<job>` and logs them. A job's events of one process are numbered from 1 on."""

    def __init__(self, logs: JobLogSteps) -> None:
        """Takes where they are logged."""
        self._logs = logs
        self._lock = threading.Lock()
        self._last: OrderedDict[str, int] = OrderedDict()

    def after_fork(self) -> None:
        """Starts anew in a forked child."""
        self.__init__(self._logs)  # type: ignore[misc]

    def progress(self, job_id: JobRef, user_id: object, state: str, step: str, progress: float) -> Steps[None]:
        """Publishes how far a job is, and logs `<step> (<progress>%)`."""
        job = job_of(job_id)
        yield from self._publish(job, user_id, state, step, progress, {})
        told = {"progress": progress, "step": step}
        percent = js_text(progress).strip('"')
        yield from self._log(job, "info", f"{text_of(step)} ({percent}%)", told)

    def complete(self, job_id: JobRef, user_id: object, result: object, duration_ms: float) -> Steps[None]:
        """Publishes that a job has done its work, and logs `Job completed in <n>ms`."""
        job = job_of(job_id)
        more = {"result": result, "durationMs": duration_ms}
        yield from self._publish(job, user_id, "completed", "completed", 100, more)
        took = js_text(duration_ms).strip('"')
        yield from self._log(job, "info", f"Job completed in {took}ms", {"durationMs": duration_ms})

    def error(
        self, job_id: JobRef, user_id: object, error: BaseException | str, recoverable: bool, code: str | None
    ) -> Steps[None]:
        """Publishes that a job has failed, and logs the error with `code` and `recoverable`."""
        job = job_of(job_id)
        told = text_of(error) or type(error).__name__
        facts: dict[str, Any] = {} if code is None else {"code": code}
        facts["recoverable"] = recoverable
        yield from self._publish(job, user_id, "failed", "error", None, {"error": told, **facts})
        yield from self._log(job, "error", told, facts)

    def _log(self, job: str, kind: str, message: str, metadata: Mapping[str, Any]) -> Steps[None]:
        yield from self._logs.append(job, [self._logs.entries.said(job, kind, message, metadata)])

    def _publish(
        self, job: str, user_id: object, state: str, step: str, progress: float | None, more: Mapping[str, Any]
    ) -> Steps[None]:
        event = {
            "jobId": job,
            "userId": user_id,
            "state": state,
            "step": step,
            "progress": progress,
            "timestamp": self._logs.now_ms(),
            "sequence": self._next(job),
            **more,
        }
        text = js_text(event)
        redact = self._logs.options.redact
        yield from self._logs.publish(job, text if redact is None else redact(text))

    def _next(self, job: str) -> int:
        with self._lock:
            number = self._last.pop(job, 0) + 1
            self._last[job] = number
            if len(self._last) > _MOST_JOBS:
                self._last.popitem(last=False)
        return number

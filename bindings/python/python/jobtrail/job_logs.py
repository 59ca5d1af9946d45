"""The log of one job: its start, its end, how long it took, and why it failed."""

from __future__ import annotations

import logging
import sys
import time
from types import TracebackType
from typing import Any, final
from uuid import UUID

from jobtrail._core import JobId, check_job_ref
from jobtrail.context import LogContext
from jobtrail.logging import current_logger


@final
class job_log:  # noqa: N801 - it reads as the function that it is used as
    """Logs a job's start and end around a `with` block, and gives its ID to every record logged inside.

    At the start: `Job started: <id>`; at the end `Job completed: <id> in 1.234 s`, with the fields `status` and
    `duration_ms`. An exception is logged at ERROR as `Job failed: <id> after 1.234 s: ValueError: ...` with the whole
    stack, and goes on; a job that is cancelled (`asyncio.CancelledError`, Ctrl-C) is logged at WARNING. The block may
    await; tasks and threads started inside with a copied context carry the ID too.

    Args:
        job_id: A job's ID: typed (`MSH-0105-A7F2`, lower case is normalised), a UUID, a number, or 1 to 128 of
            `A-Z a-z 0-9 . _ -`. It is safe in a path.
        project_id: The project's ID, checked likewise.
        logger: The logger to write to. None: the one that was set up last, or that of `get_logger_from_env`.
        fields: More fields for every record inside.

    Raises:
        JobtrailError: An ID is none; `code` is `bad_job_id`.

    Examples:
        >>> import tempfile
        >>> from jobtrail import read_logs, setup_logger
        >>> folder = tempfile.mkdtemp()
        >>> log = setup_logger("worker", folder, console=False, format="job")
        >>> with job_log("MSH-0105-A7F2", project_id="p1") as log:
        ...     log.info("meshing")
        >>> [record.message[:11] for record in read_logs(folder, job="MSH-0105-A7F2")]
        ['Job started', 'meshing', 'Job complet']
    """

    def __init__(
        self,
        job_id: str | int | UUID,
        project_id: str | int | UUID | None = None,
        *,
        logger: logging.Logger | None = None,
        **fields: Any,
    ) -> None:
        """Checks the IDs; nothing is logged before the block is entered."""
        self.job_id = _normal(str(job_id))
        ids = {"job_id": self.job_id}
        if project_id is not None:
            check_job_ref(str(project_id))
            ids["project_id"] = str(project_id)
        self._context = LogContext(**{**fields, **ids})
        self._logger = logger
        self._began = 0.0

    def __enter__(self) -> logging.Logger:
        """Logs the start and returns the logger."""
        if self._logger is None:
            self._logger = current_logger()
        self._context.__enter__()
        self._began = time.perf_counter()
        self._logger.info("Job started: %s", self.job_id, extra={"status": "started"}, stacklevel=2)
        return self._logger

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Logs the end; an exception goes on."""
        duration_s = time.perf_counter() - self._began
        took = {"duration_ms": round(duration_s * 1000)}
        log = self._logger or current_logger()
        try:
            if error is None:
                fields = {"status": "completed", **took}
                log.info("Job completed: %s in %.3f s", self.job_id, duration_s, extra=fields, stacklevel=2)
            elif _is_cancelled(error):
                fields = {"status": "cancelled", **took}
                log.warning("Job cancelled: %s after %.3f s", self.job_id, duration_s, extra=fields, stacklevel=2)
            else:
                fields = {"status": "error", **took}
                log.error(
                    "Job failed: %s after %.3f s: %s: %s",
                    self.job_id,
                    duration_s,
                    type(error).__name__,
                    _text_of(error),
                    exc_info=(type(error), error, trace),
                    extra=fields,
                    stacklevel=2,
                )
        finally:
            self._context.__exit__(kind, error, trace)


def _normal(job_id: str) -> str:
    """Returns the ID, a typed one in upper case, which is how it is written everywhere."""
    check_job_ref(job_id)
    try:
        return str(JobId(job_id))
    except ValueError:
        return job_id


def _is_cancelled(error: BaseException) -> bool:
    """Whether a job did not fail, but was told to stop."""
    if isinstance(error, (KeyboardInterrupt, GeneratorExit)):
        return True
    loops = sys.modules.get("asyncio")  # nobody has cancelled anything where it is not even loaded
    return loops is not None and isinstance(error, loops.CancelledError)


def _text_of(error: BaseException) -> str:
    try:
        return str(error)
    except Exception as fault:  # noqa: BLE001 - user code
        return f"<without text: {type(fault).__name__}>"

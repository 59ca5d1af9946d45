"""The log of one job: its start, its end, how long it took, and why it failed."""

from __future__ import annotations

import logging
import os
import sys
import time
from contextvars import ContextVar
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, final

from jobtrail import folders
from jobtrail._core import check_job_ref
from jobtrail.context import LogContext
from jobtrail.errors import bad_option
from jobtrail.formatters import JobFormatter
from jobtrail.handlers import FileHandler
from jobtrail.job_ids import normal_job_id
from jobtrail.logging import current_logger

if TYPE_CHECKING:
    from uuid import UUID


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
        data_dir: Also writes what is logged inside, to this logger, into the job's own file in the form `job`:
            `<data_dir>/projects/<project_id>/files/logs/jobs/<job_id>.jsonl`. `log_path` is its path in `data_dir`.
        logger: The logger to write to. None: the one that was set up last, or that of `get_logger_from_env`.
        fields: More fields for every record inside.

    Raises:
        JobtrailError: An ID is none (`bad_job_id`), or `data_dir` is given without `project_id` (`bad_option`).

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
        data_dir: str | os.PathLike[str] | None = None,
        logger: logging.Logger | None = None,
        **fields: Any,
    ) -> None:
        """Checks the IDs; nothing is logged before the block is entered."""
        self.job_id = normal_job_id(str(job_id))
        ids = {"job_id": self.job_id}
        if project_id is not None:
            check_job_ref(str(project_id))
            ids["project_id"] = str(project_id)
        self.log_path: str | None = None
        self.data_dir = None if data_dir is None else Path(data_dir)
        if data_dir is not None:
            if project_id is None:
                raise bad_option("bad data_dir: the job's file stands under its project, expected a project_id")
            self.log_path = f"projects/{ids['project_id']}/files/logs/jobs/{self.job_id}.jsonl"
        self._file: FileHandler | None = None
        self._outer: job_log | None = None
        self._context = LogContext(**{**fields, **ids})
        self._logger = logger
        self._began = 0.0

    def __enter__(self) -> logging.Logger:
        """Logs the start and returns the logger."""
        if self._logger is None:
            self._logger = current_logger()
        if self.data_dir is not None and self.log_path is not None:
            self._file = _file_of(self, self.data_dir / self.log_path, self._logger)
            self._logger.addHandler(self._file)
        self._outer = _innermost.get()
        _innermost.set(self)
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
            _innermost.set(self._outer)
            if self._file is not None:
                log.removeHandler(self._file)
                self._file.close()


_innermost: ContextVar[job_log | None] = ContextVar("jobtrail_job", default=None)


class _OfJob(logging.Filter):
    """Lets the records of one job pass: what its block logs, with the tasks and threads that have its context."""

    def __init__(self, job: job_log) -> None:
        super().__init__()
        self._job = job

    def filter(self, record: logging.LogRecord) -> bool:  # noqa: ARG002 - where it is logged says whose it is
        return _innermost.get() is self._job


def _file_of(job: job_log, path: Path, logger: logging.Logger) -> FileHandler:
    """Returns the handler of a job's own file: never renamed, no absolute path in it, relative ones below the data."""
    folders.keep_out_of_git(path.parent)
    roots = [] if job.data_dir is None else [str(job.data_dir.absolute())]
    handler = FileHandler(path, max_bytes=0, backup_count=0, paths="strict", roots=roots)
    handler.setFormatter(JobFormatter(logger.name.rpartition(".")[2]))
    handler.addFilter(_OfJob(job))
    return handler


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

"""The logs of a studio service: a file for each job, one for each service, one for application events."""

from __future__ import annotations

import logging
import os
import subprocess
import time
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, final

from jobtrail import folders, json_text
from jobtrail._core import check_job_ref
from jobtrail.formatters import JobFormatter
from jobtrail.job_ids import normal_job_id
from jobtrail.loggers import JobLogger
from jobtrail.sinks import LineHandler
from jobtrail.subprocesses import run_logged
from jobtrail.summaries import summarize

if TYPE_CHECKING:
    from uuid import UUID

Level = Literal["debug", "info", "warn", "error"]
_RANKS: dict[str, int] = {"debug": logging.DEBUG, "info": logging.INFO, "warn": logging.WARNING, "error": logging.ERROR}


class _StudioLog:
    """A file of lines `{"ts":...,"level":...,"component":...,"projectId":...,"jobId":...,"msg":...,"data":...}`."""

    def __init__(  # noqa: PLR0917 - of this file alone
        self, data_root: Path, log_path: str, component: str, ids: dict[str, str], max_bytes: int, backup_count: int
    ) -> None:
        self.log_path = log_path
        self.path = data_root / log_path
        self.component = component
        self._ids = ids
        roots = {str(data_root), os.path.realpath(data_root)}
        folders.keep_out_of_git(self.path.parent)
        self._file = LineHandler(
            self.path,
            max_bytes=max_bytes,
            backup_count=backup_count,
            paths="strict",
            roots=sorted(roots),
            delay=True,
        )
        self._file.setFormatter(JobFormatter(component))

    def debug(self, msg: str, data: Mapping[str, Any] | None = None, **more: Any) -> None:
        """Logs what is of interest to whoever looks for a fault."""
        self.write("debug", msg, {**(data or {}), **more})

    def info(self, msg: str, data: Mapping[str, Any] | None = None, **more: Any) -> None:
        """Logs what happened."""
        self.write("info", msg, {**(data or {}), **more})

    def warn(self, msg: str, data: Mapping[str, Any] | None = None, **more: Any) -> None:
        """Logs what is not as it should be."""
        self.write("warn", msg, {**(data or {}), **more})

    warning = warn

    def error(
        self, msg: str, data: Mapping[str, Any] | None = None, *, error: BaseException | None = None, **more: Any
    ) -> None:
        """Logs what failed; of `error` its text and its whole stack, with everything that led to it."""
        self.write("error", msg, {**(data or {}), **more, **_told_by(error)})

    def write(self, level: Level, msg: str, data: Mapping[str, Any] | None = None, **ids: str) -> None:
        """Appends a line, with one write; empty data is left out. Never raises for a fault of the disk.

        What JSON cannot hold (a set, bytes, NaN, a ring) stands there as its text.
        """
        now = datetime.now(timezone.utc)
        line: dict[str, Any] = {
            "ts": f"{now:%Y-%m-%dT%H:%M:%S}.{now.microsecond // 1000:03d}Z",
            "level": level,
            "component": self.component,
            **self._ids,
            **ids,
            "msg": json_text.text_of(msg),
        }
        if data:
            line["data"] = json_text.whole(dict(data))
        self._file.write(json_text.encoded(json_text.COMPACT, line), _RANKS[level])

    def close(self) -> None:
        """Lets go of the file. A line that comes later opens it again."""
        self._file.close()


@final
class JobLog(_StudioLog):
    """The log of one job: `<data_root>/projects/<project_id>/files/logs/jobs/<job_id>.jsonl`.

    It says when the job began and ended and how long it took, what it was asked in summary, each call to the outside,
    the last of what a failing program said, and an error's whole stack. Tokens are masked; a path below `data_root`
    becomes relative, of any other the last part stays. Any number of processes may write it.

    As a `with` block it logs the start, the end and how long it took; an exception is logged and goes on.

    Args:
        data_root: The folder of all data.
        project_id: The project's ID, safe in a path.
        job_id: The job's ID, likewise.
        component: Who writes: `worker`, `backend`, `comfyui`, `python` or `ui`.
        max_bytes: The size from which on the file is rotated; 0: never, the job's end is its own.
        backup_count: How many rotated files stay.

    Raises:
        JobtrailError: An ID is none; `code` is `bad_job_id`.

    Examples:
        >>> import tempfile
        >>> from jobtrail import read_logs
        >>> data = tempfile.mkdtemp()
        >>> with JobLog(data, "p1", "J1") as log:
        ...     with log.step("submit", url="http://127.0.0.1:8188/prompt"):
        ...         pass
        ...     log.info("queued", position=3)
        >>> log.log_path
        'projects/p1/files/logs/jobs/J1.jsonl'
        >>> [record.message.partition(" in ")[0] for record in read_logs(log.path)]
        ['Job started', 'submit', 'queued', 'Job completed']
    """

    def __init__(
        self,
        data_root: str | os.PathLike[str],
        project_id: str | int | UUID,
        job_id: str | int | UUID,
        *,
        component: str = "worker",
        max_bytes: int = 0,
        backup_count: int = 0,
    ) -> None:
        """Checks the IDs and makes the folder; the file comes with the first line."""
        check_job_ref(str(project_id))
        self.job_id = normal_job_id(str(job_id))
        self.project_id = str(project_id)
        log_path = f"projects/{self.project_id}/files/logs/jobs/{self.job_id}.jsonl"
        ids = {"projectId": self.project_id, "jobId": self.job_id}
        super().__init__(Path(data_root).absolute(), log_path, component, ids, max_bytes, backup_count)
        self._began = time.perf_counter()

    @property
    def logger(self) -> logging.Logger:
        """A logger of its own that writes into this log, for code that wants one."""
        logger = JobLogger(f"jobtrail.jobs.{self.job_id}")
        logger.propagate = False
        logger.addHandler(self._file)
        logger.addFilter(self._with_ids)
        return logger

    def started(self, job_type: str | None = None, job_input: Any = None, *, max_bytes: int = 2000) -> None:
        """Logs that the job begins, of what type, and its input in summary."""
        self._began = time.perf_counter()
        told = {"type": job_type, "input": None if job_input is None else summarize(job_input, max_bytes)}
        self.info("Job started", {key: value for key, value in told.items() if value is not None}, status="started")

    def completed(self, job_output: Any = None, *, max_bytes: int = 2000) -> None:
        """Logs that the job has done its work, how long it took, and what came of it, in summary."""
        told = {} if job_output is None else {"output": summarize(job_output, max_bytes)}
        self.info(f"Job completed in {self._seconds():.3f} s", told, status="completed", duration_ms=self._ms())

    def failed(self, error: BaseException | str) -> None:
        """Logs that the job has failed, after how long, and why."""
        told = _told_by(error) if isinstance(error, BaseException) else {"error": error}
        said = f"Job failed after {self._seconds():.3f} s: {_named(error)}"
        self.write("error", said, {"status": "error", "duration_ms": self._ms(), **told})

    @contextmanager
    def step(self, name: str, **data: Any) -> Iterator[None]:
        """Logs how long a part of the job took: a call to the outside, a download, a conversion.

        An exception is logged as the step's failure and goes on.
        """
        began = time.perf_counter()
        try:
            yield
        except BaseException as error:
            took = time.perf_counter() - began
            told = {"step": name, **data, "duration_ms": round(took * 1000), **_told_by(error)}
            self.write("error", f"{name} failed after {took:.3f} s: {_named(error)}", told)
            raise
        took = time.perf_counter() - began
        self.info(f"{name} in {took:.3f} s", {"step": name, **data, "duration_ms": round(took * 1000)})

    def run(self, cmd: Sequence[str | bytes | os.PathLike[str]], **options: Any) -> subprocess.CompletedProcess[str]:
        """Runs a program, logs how it ended, and where it fails the last of what it said: see `run_logged`."""
        return run_logged(cmd, logger=self.logger, **options)

    def __enter__(self) -> JobLog:
        """Logs the start."""
        self.started()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Logs the end."""
        if error is None:
            self.completed()
        else:
            self.failed(error)
        self.close()

    def _seconds(self) -> float:
        return time.perf_counter() - self._began

    def _ms(self) -> int:
        return round(self._seconds() * 1000)

    def _with_ids(self, record: logging.LogRecord) -> bool:
        record.projectId, record.jobId = self.project_id, self.job_id
        return True


class ServiceLog(_StudioLog):
    r"""The log of a service: `<data_root>/runtime/logs/<service>.jsonl`, lines without a job, rotated by size.

    Raises JobtrailError for a service that is not safe in a path.

    Examples:
        >>> import tempfile
        >>> log = ServiceLog(tempfile.mkdtemp(), "backend")
        >>> log.info("listening", port=3000)
        >>> log.path.read_text()[33:]
        '"level":"info","component":"backend","msg":"listening","data":{"port":3000}}\n'
    """

    def __init__(
        self,
        data_root: str | os.PathLike[str],
        service: str,
        *,
        max_bytes: int = 10 * 1024 * 1024,
        backup_count: int = 5,
    ) -> None:
        """Makes the folder; the file comes with the first line."""
        check_job_ref(service)
        path = f"runtime/logs/{service}.jsonl"
        super().__init__(Path(data_root).absolute(), path, service, {}, max_bytes, backup_count)


class EventLog(_StudioLog):
    r"""What happened in the application: `<data_root>/runtime/logs/events.jsonl`, one line an event.

    Examples:
        >>> import tempfile
        >>> events = EventLog(tempfile.mkdtemp())
        >>> events.emit("asset.approved", project_id="p1", asset_id="a7")
        >>> events.path.read_text()[33:]
        '"level":"info","component":"backend","projectId":"p1","msg":"asset.approved","data":{"assetId":"a7"}}\n'
    """

    def __init__(
        self,
        data_root: str | os.PathLike[str],
        *,
        component: str = "backend",
        max_bytes: int = 10 * 1024 * 1024,
        backup_count: int = 5,
    ) -> None:
        """Makes the folder; the file comes with the first line."""
        root = Path(data_root).absolute()
        super().__init__(root, "runtime/logs/events.jsonl", component, {}, max_bytes, backup_count)

    def emit(self, event_type: str, level: Level | None = None, **ids: Any) -> None:
        """Appends an event: `job.failed`, `asset.approved`, `export.created`.

        Args:
            event_type: The line's `msg`.
            level: None: `error` for a type that ends with `failed` or `error`, else `info`.
            ids: Of what: `project_id`, `job_id`, `spec_id`, `asset_id`, in either spelling, and anything else.
        """
        named = {_camel(key): value for key, value in ids.items()}
        own = {key: str(named.pop(key)) for key in ("projectId", "jobId") if named.get(key) is not None}
        is_bad = event_type.endswith(("failed", "error"))
        self.write(level or ("error" if is_bad else "info"), event_type, named, **own)


def _camel(key: str) -> str:
    """Returns `projectId` for `project_id`."""
    first, *others = key.split("_")
    return first + "".join(word[:1].upper() + word[1:] for word in others)


def _named(error: BaseException | str) -> str:
    text = json_text.text_of(error)
    return text if isinstance(error, str) else f"{type(error).__name__}: {text}".removesuffix(": ")


def _told_by(error: BaseException | None) -> dict[str, str]:
    """Returns what an exception says of itself, and the whole of its stack."""
    if error is None:
        return {}
    try:
        stack = "".join(traceback.format_exception(error)).rstrip("\n")
    except Exception as fault:  # noqa: BLE001 - user code: an exception's `__str__`
        stack = f"<traceback without text: {type(fault).__name__}>"
    return {"error": _named(error), "stack": stack}

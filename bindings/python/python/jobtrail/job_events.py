"""Events of jobs in monthly files: `jobs_2026-01.jsonl`, one JSON object a line, as a mesh service writes them."""

from __future__ import annotations

import contextlib
import json
import os
import re
import sys
import threading
import warnings
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from jobtrail import job_ids, json_text
from jobtrail._core import Query, redact
from jobtrail._core import read_logs as _read
from jobtrail.claimed_ids import ClaimedIds
from jobtrail.events_console import event_line
from jobtrail.records import read_jobs
from jobtrail.sinks import LineSink

Event = dict[str, Any]
"""An event as it stands in its file, its keys in their order."""

_MONTHLY = re.compile(r"jobs_(\d{4}-\d{2})\.jsonl(?:\.gz|\.zst)?")


class JobEvents:
    """What happened to jobs, in one file a month (UTC), which any number of threads and processes write.

    Writing never raises for a fault of the disk: an event that cannot be written waits, and one warning goes to
    standard error. Reading gives events as dicts as they were written, secrets and personal paths masked; where a file
    cannot be read to its end, a UserWarning says so. The folder and the month's file are made by the first event.

    Args:
        folder: The folder of the files.
        redact: Masks secrets and personal paths in what is written and in what is read.
        console: Also prints each event on standard output: `[JOB LOG] MSH-0105-A7F2 | MESH | started | ...`.

    Examples:
        >>> import tempfile
        >>> events = JobEvents(tempfile.mkdtemp())
        >>> job = events.generate_job_id("MSH")
        >>> events.started(job, user_email="a@b.co", filename="bracket.step", strategy="fast")
        >>> events.completed(job, {"node_count": 5000})
        >>> [event["status"] for event in events.by_job(job)]
        ['started', 'completed']
        >>> [event["details"] for event in events.recent(1)]
        [{'node_count': 5000}]
        >>> events.unfinished()
        []
    """

    def __init__(self, folder: str | os.PathLike[str], *, redact: bool = True, console: bool = False) -> None:
        """Opens nothing yet."""
        self.folder = Path(folder).absolute()
        self._is_redacted = redact
        self._is_printed = console
        self._claimed = ClaimedIds(self.folder)
        self._lock = threading.Lock()
        self._month = ""
        self._sink: LineSink | None = None

    def generate_job_id(self, job_type: str = "MSH", *, types: Mapping[str, str] | None = None) -> str:
        """Returns an ID of today (UTC) that nobody has been given in this folder.

        Raises:
            JobtrailError: The type is not known (`types` adds some: code to name), or all 65,536 IDs of the day are
                taken; `code` is `bad_job_id`.
        """
        now = datetime.now(timezone.utc)
        file = self._file(now)
        return job_ids.generate_job_id(
            job_type, taken=lambda job_id: not self._claimed.claim(job_id, now, file), types=types
        )

    def started(self, job_id: str, job_type: str | None = None, **fields: Any) -> None:
        """Logs that a job begins.

        Args:
            job_id: Any ID that is safe in a path. The type of a typed one need not be named.
            job_type: `mesh`, `import`, or a word of your own.
            fields: `user_email`, `project_id`, `filename`; of a mesh job `strategy` and `quality_params`, of an
                import `file_size`; `details`, a mapping. Any other name goes into the details.

        Raises:
            JobtrailError: The ID is none; `code` is `bad_job_id`.
        """
        kind = job_type or _TYPES.get(job_id.upper().partition("-")[0], "job")
        keys = _KEYS.get(kind, _ANY_KEYS)
        details = {**(fields.pop("details", None) or {})}
        details.update({key: fields.pop(key) for key in list(fields) if key not in keys})
        given = {"job_type": kind, "status": "started", **fields, "details": details}
        self.write(job_id, {key: given.get(key) for key in keys})

    def processing(self, job_id: str, details: Mapping[str, Any] | None = None) -> None:
        """Logs that a job goes on."""
        self.update(job_id, "processing", details)

    def completed(self, job_id: str, details: Mapping[str, Any] | None = None) -> None:
        """Logs that a job has done its work."""
        self.update(job_id, "completed", details)

    def error(
        self, job_id: str, details: Mapping[str, Any] | None = None, *, error: BaseException | str | None = None
    ) -> None:
        """Logs that a job has failed; `error` is put into the details as `error`, its class as `error_type`."""
        told = {} if error is None else {"error": json_text.text_of(error)}
        if isinstance(error, BaseException):
            told["error_type"] = type(error).__name__
        self.update(job_id, "error", {**told, **(details or {})})

    def update(self, job_id: str, status: str, details: Mapping[str, Any] | None = None) -> None:
        """Logs a job's status and nothing else of it."""
        self.write(job_id, {"status": status, "details": details or {}})

    def write(self, job_id: str, event: Mapping[str, Any]) -> None:
        """Appends an event of these keys behind `timestamp` and `job_id`, with one write.

        What JSON cannot hold (a set, bytes, NaN, a ring) stands there as its text. Raises JobtrailError for an ID that
        is not safe in a path.
        """
        now = datetime.now(timezone.utc)
        whole = {"timestamp": f"{now:%Y-%m-%dT%H:%M:%S.%f}Z", "job_id": job_ids.normal_job_id(str(job_id)), **event}
        self._sink_of(now).write(json_text.encoded(json_text.ASCII, whole))
        if self._is_printed:
            _print(redact(event_line(whole)) if self._is_redacted else event_line(whole))

    def by_job(self, job_id: str) -> list[Event]:
        """Returns all events of a job, the oldest first, of all months.

        Raises JobtrailError for what can be no job's ID.
        """
        wanted = job_ids.normal_job_id(str(job_id))
        events = self._read(f'job:"{wanted}"', self.files())
        return sorted((event for event in events if _is_of(event, wanted)), key=_time_of)

    def recent(
        self,
        limit: int = 100,
        job_type: str | None = None,
        user_email: str | None = None,
        status: str | None = None,
    ) -> list[Event]:
        """Returns the last `limit` events of that type, user and status, the newest first."""
        wanted = {"job_type": job_type, "user_email": user_email, "status": status}
        found: list[Event] = []
        for file in reversed(self.files()):
            if len(found) >= limit:
                break
            newest_first = self._matching(wanted, [file])[::-1]  # of equal times the one written last
            found += sorted(newest_first, key=_time_of, reverse=True)
        return found[: max(limit, 0)]

    def between(self, start: datetime, end: datetime, job_type: str | None = None) -> list[Event]:
        """Returns the events from `start` to `end`, both included, the oldest first; naive times are UTC."""
        first, last = (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc) for moment in (start, end))
        months = (f"{first.astimezone(timezone.utc):%Y-%m}", f"{last.astimezone(timezone.utc):%Y-%m}")
        files = [file for file in self.files() if months[0] <= _month_of(file) <= months[1]]
        span = [f"{word}:{_rfc3339(moment)}" for word, moment in (("since", first), ("until", last))]
        return sorted(self._matching({"job_type": job_type}, files, *span), key=_time_of)

    def unfinished(self, older_than: timedelta | float = 0) -> list[dict[str, Any]]:
        """Returns the jobs that began, never ended and have been silent for longer: the sign of a hard crash.

        Args:
            older_than: How long ago the last event must be; a number is seconds.

        Returns:
            What `jobtrail.read_jobs` says of each, the longest silent first.
        """
        seconds = older_than.total_seconds() if isinstance(older_than, timedelta) else older_than
        files = self.files()
        jobs = read_jobs(files, redact=self._is_redacted) if files else []
        silent = [job for job in jobs if job["silent_ms"] is not None and job["silent_ms"] > seconds * 1000]
        return sorted(silent, key=lambda job: -job["silent_ms"])

    def files(self) -> list[Path]:
        """Returns the monthly files that are there, the oldest first; compressed ones too."""
        try:
            return sorted(file for file in self.folder.iterdir() if _MONTHLY.fullmatch(file.name))
        except FileNotFoundError:
            return []

    def close(self) -> None:
        """Lets go of the month's file. An event that comes later opens it again."""
        with self._lock:
            if self._sink is not None:
                self._sink.close()

    def _file(self, moment: datetime) -> Path:
        return self.folder / f"jobs_{moment:%Y-%m}.jsonl"

    def _sink_of(self, moment: datetime) -> LineSink:
        with self._lock:
            month = f"{moment:%Y-%m}"
            if self._sink is None or month != self._month:
                if self._sink is not None:
                    self._sink.close()
                paths = "home" if self._is_redacted else None
                self._sink = LineSink(self._file(moment), max_bytes=0, backup_count=0, paths=paths)
                self._month = month
            return self._sink

    def _matching(self, wanted: Mapping[str, str | None], files: list[Path], *more: str) -> list[Event]:
        """Returns the events that have exactly these values, in the order of the files."""
        asked = {key: value for key, value in wanted.items() if value is not None}
        query = " ".join([*more, *(f"{key}:{_quoted(value)}" for key, value in asked.items())])
        events = self._read(query, files)
        return [event for event in events if all(event.get(key) == value for key, value in asked.items())]

    def _read(self, query: str, files: list[Path]) -> list[Event]:
        records, problems = _read(files, [Query(query)] if query else [], self._is_redacted, "UTC")
        for name, code, text in problems:
            if code not in {"no_time", "no_zone"}:
                warnings.warn(f"{name}: {text}", stacklevel=4)
        events = (_event_of(record.text) for record in records)
        return [event for event in events if event is not None]


_TYPES = {"MSH": "mesh", "IMP": "import"}
_ANY_KEYS = ("job_type", "user_email", "project_id", "filename", "status", "details")
_KEYS = {
    "mesh": (*_ANY_KEYS[:5], "strategy", "quality_params", "details"),
    "import": (*_ANY_KEYS[:4], "file_size", "status", "details"),
}


def _print(line: str) -> None:
    """Prints a line; where standard output is closed, full or of another encoding, the job goes on."""
    out = sys.stdout
    with contextlib.suppress(OSError, ValueError, AttributeError):
        encoding = getattr(out, "encoding", None) or "utf-8"
        out.write(line.encode(encoding, "backslashreplace").decode(encoding) + "\n")
        out.flush()


def _event_of(text: str) -> Event | None:
    """Returns the event on a line, None for a line that is none: cut off, or something else."""
    try:
        event = json.loads(text)
    except ValueError:
        return None
    return event if isinstance(event, dict) and isinstance(event.get("job_id"), str) else None


def _is_of(event: Event, job_id: str) -> bool:
    return str(event["job_id"]).casefold() == job_id.casefold()


def _time_of(event: Event) -> str:
    """Returns what events are ordered by: their stamps are of one form, but for the digits of the fraction."""
    stamp = event.get("timestamp")
    return stamp.removesuffix("Z") if isinstance(stamp, str) else ""


def _month_of(file: Path) -> str:
    found = _MONTHLY.fullmatch(file.name)
    return found[1] if found else ""


def _rfc3339(moment: datetime) -> str:
    return f"{moment.astimezone(timezone.utc):%Y-%m-%dT%H:%M:%S.%f}Z"


def _quoted(text: str) -> str:
    escaped = str(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'

"""Logs as records: of a disk, or of a text."""

from __future__ import annotations

import json
import os
import time
import warnings
from collections.abc import Iterable
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from jobtrail import _core
from jobtrail._core import Query, Record, check_job_ref

_EXCEPTIONS: dict[str, type[OSError]] = {"not_found": FileNotFoundError, "unreadable": PermissionError}


def read_logs(
    paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    query: str | Query | None = None,
    *,
    level: str | None = None,
    job: str | None = None,
    since: str | datetime | None = None,
    until: str | datetime | None = None,
    redact: bool = True,
    tz: str | None = None,
) -> list[Record]:
    r"""Returns the records of files and directories, each log's oldest first, rotated and compressed files included.

    Args:
        paths: One file or directory, or several. A directory is searched for logs.
        query: In the query language, such as `level>=warning "connection lost" -logger:health`.
        level: This level or above.
        job: This job only.
        since: Not before: RFC 3339, a date, an age such as `2h`, or a datetime (a naive one is local time).
        until: Not after, likewise.
        redact: Masks secrets and personal paths in the records.
        tz: The zone of times that name none, in the logs and in the query: `local`, an offset such as `+02:00`, or a
            name such as `Europe/Berlin`. UTC by default, which is said where it may be wrong.

    Raises:
        JobtrailError: The query or an argument cannot be read; `code` and `column` say more.
        FileNotFoundError, PermissionError, OSError: One of `paths` cannot be read. What cannot be read further down in
            a directory is a UserWarning, and the rest is read.

    Examples:
        >>> import pathlib, tempfile
        >>> log = pathlib.Path(tempfile.mkdtemp(), "worker.log")
        >>> _ = log.write_text("2026-01-05 14:30:01.000 [1] [ERROR] MSH-0105-A7F2 failed\n")
        >>> [(record.level, record.job_id) for record in read_logs(log, "failed")]
        [('ERROR', 'MSH-0105-A7F2')]
    """
    named, zone = _named(paths), tz or "UTC"
    asked = _asked(query, zone, level=level, job=job, since=since, until=until)
    records, problems = _core.read_logs(named, asked, redact, zone)
    _tell(problems, named, tz)
    return records


def read_jobs(
    paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    query: str | Query | None = None,
    *,
    level: str | None = None,
    job: str | None = None,
    since: str | datetime | None = None,
    until: str | datetime | None = None,
    redact: bool = True,
    tz: str | None = None,
    now: str | None = None,
) -> list[dict[str, Any]]:
    r"""Returns the jobs that the records of files and directories tell of, in the order of their first record.

    A job is a dict: `job_id`; `type`; `status` (the last that a record said: `started`, `processing`, `completed`,
    `error`, or a word of the log's own; None where none did); `is_finished`; `first`, `last`; `duration_ms`;
    `silent_ms` (from its last record until `now`, where it has a status and is not finished: the sign of a crash);
    `records`; `levels` (counts, lowest first, then of the records without one); `errors`; `first_error`; `user_id`;
    `project_id`; `sources`.

    Args:
        paths: As for `read_logs`, and so are the arguments that select records, `redact` and `tz`.
        query: Only what these records say.
        level: Likewise.
        job: Likewise.
        since: Likewise.
        until: Likewise.
        redact: Masks secrets and personal paths.
        tz: The zone of times that name none.
        now: Until when a job is silent, RFC 3339. None: the present.

    Raises:
        JobtrailError, FileNotFoundError, PermissionError, OSError: As `read_logs` does.

    Examples:
        >>> import pathlib, tempfile
        >>> log = pathlib.Path(tempfile.mkdtemp(), "worker.log")
        >>> _ = log.write_text("2026-01-05 14:30:01.000 [1] [INFO] Started MSH-0105-A7F2\n")
        >>> [(job["job_id"], job["status"], job["silent_ms"]) for job in read_jobs(log, now="2026-01-05T14:31:01Z")]
        [('MSH-0105-A7F2', 'started', 60000)]
    """
    named, zone = _named(paths), tz or "UTC"
    asked = _asked(query, zone, level=level, job=job, since=since, until=until)
    text, problems = _core.read_jobs(named, asked, redact, zone, now)
    _tell(problems, named, tz)
    jobs: list[dict[str, Any]] = json.loads(text)
    return jobs


def _named(paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]]) -> list[Path]:
    return [Path(path) for path in ([paths] if isinstance(paths, (str, os.PathLike)) else paths)]


def _asked(
    query: str | Query | None,
    zone: str,
    *,
    level: str | None,
    job: str | None,
    since: str | datetime | None,
    until: str | datetime | None,
) -> list[Query]:
    """Returns the queries that the arguments come to, all of which a record must match."""
    queries = [Query(query, tz=zone) if isinstance(query, str) else query] if query is not None else []
    if level is not None:
        queries.append(Query(f"level>={level}"))
    if job is not None:
        check_job_ref(job)
        queries.append(Query(f"job:{job}"))
    queries.extend(
        Query(f"{word}:{_time(moment)}", tz=zone) for word, moment in (("since", since), ("until", until)) if moment
    )
    return queries


def _tell(problems: list[tuple[str, str, str]], named: list[Path], tz: str | None) -> None:
    """Raises for what was named and could not be read, and warns of the rest."""
    names = {str(path) for path in named} | {path.name for path in named}
    for name, code, text in problems:
        if code == "no_zone":
            if tz is None and time.localtime().tm_gmtoff:
                warnings.warn(f"{text}, this machine is set to another zone: tz='local'", stacklevel=3)
        elif name in names and code != "no_time":
            raise _EXCEPTIONS.get(code, OSError)(f"{name}: {text}")
        else:
            warnings.warn(f"{name}: {text}", stacklevel=3)


def parse_text(text: str | bytes, *, redact: bool = True) -> list[Record]:
    r"""Returns the records of a text, such as a copied piece of a log; a traceback belongs to the record before it.

    Examples:
        >>> [record.message for record in parse_text("[INFO] one\n[ERROR] two\nValueError: x\n")]
        ['one', 'two']
    """
    data = text if isinstance(text, bytes) else text.encode("utf-8", "backslashreplace")
    return _core.parse_text(data, redact)


def _time(moment: str | datetime) -> str:
    if isinstance(moment, str):
        return moment
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")

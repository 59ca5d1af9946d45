"""Logs as records: of a disk, or of a text."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable
from datetime import datetime, timezone
from pathlib import Path

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
    named = [Path(path) for path in ([paths] if isinstance(paths, (str, os.PathLike)) else paths)]
    queries = [Query(query) if isinstance(query, str) else query] if query is not None else []
    if level is not None:
        queries.append(Query(f"level>={level}"))
    if job is not None:
        check_job_ref(job)
        queries.append(Query(f"job:{job}"))
    queries.extend(Query(f"{word}:{_time(time)}") for word, time in (("since", since), ("until", until)) if time)
    records, problems = _core.read_logs(named, queries, redact)
    for name, code, text in problems:
        if name in {str(path) for path in named} | {path.name for path in named}:
            raise _EXCEPTIONS.get(code, OSError)(f"{name}: {text}")
        warnings.warn(f"{name}: {text}", stacklevel=2)
    return records


def parse_text(text: str | bytes, *, redact: bool = True) -> list[Record]:
    r"""Returns the records of a text, such as a copied piece of a log; a traceback belongs to the record before it.

    Examples:
        >>> [record.message for record in parse_text("[INFO] one\n[ERROR] two\nValueError: x\n")]
        ['one', 'two']
    """
    data = text if isinstance(text, bytes) else text.encode("utf-8", "backslashreplace")
    return _core.parse_text(data, redact)


def _time(time: str | datetime) -> str:
    if isinstance(time, str):
        return time
    return time.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")

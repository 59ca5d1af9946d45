"""Logs as records: of a disk, or of a text."""

from __future__ import annotations

import os
import time
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
    named = [Path(path) for path in ([paths] if isinstance(paths, (str, os.PathLike)) else paths)]
    zone = tz or "UTC"
    queries = [Query(query, tz=zone) if isinstance(query, str) else query] if query is not None else []
    if level is not None:
        queries.append(Query(f"level>={level}"))
    if job is not None:
        check_job_ref(job)
        queries.append(Query(f"job:{job}"))
    queries.extend(
        Query(f"{word}:{_time(moment)}", tz=zone) for word, moment in (("since", since), ("until", until)) if moment
    )
    records, problems = _core.read_logs(named, queries, redact, zone)
    for name, code, text in problems:
        if code == "no_zone":
            if tz is None and time.localtime().tm_gmtoff:
                warnings.warn(f"{text}, this machine is set to another zone: tz='local'", stacklevel=2)
        elif name in {str(path) for path in named} | {path.name for path in named} and code != "no_time":
            raise _EXCEPTIONS.get(code, OSError)(f"{name}: {text}")
        else:
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


def _time(moment: str | datetime) -> str:
    if isinstance(moment, str):
        return moment
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")

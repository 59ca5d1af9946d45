"""Leaves requests for some paths out of the access logs of uvicorn and gunicorn: health checks, metrics."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase

_REQUEST = re.compile(r'"[A-Z]+ (\S+) HTTP/[\d.]+" (\d{3})\b')
_FIRST_ERROR = 400


class ExcludePaths(logging.Filter):
    """Drops access lines of these paths that succeeded; a request that failed (400 and above) is always logged.

    `/health` is that path with any query; `/static/*` all below it. For access lines of other servers the request is
    looked for in the message: `"GET /health HTTP/1.1" 200`. Anything else passes. What is dropped was asked to be, and
    is counted in `dropped` alone.

    Examples:
        >>> import logging
        >>> quiet = ExcludePaths(["/health", "/static/*"])
        >>> line = logging.makeLogRecord({"msg": '%s - "GET %s HTTP/1.1" %d', "args": ("::1", "/health?x=1", 200)})
        >>> quiet.filter(line), quiet.dropped
        (False, 1)
        >>> logging.getLogger("uvicorn.access").addFilter(quiet)
        >>> logging.getLogger("uvicorn.access").removeFilter(quiet)
    """

    def __init__(self, paths: Iterable[str]) -> None:
        """Takes the paths."""
        super().__init__()
        self._paths = [paths] if isinstance(paths, str) else list(paths)
        self.dropped = 0

    def filter(self, record: logging.LogRecord) -> bool:
        """Returns whether the line is written."""
        try:
            path, status = _request_of(record)
        except Exception:  # noqa: BLE001 - user code: a message that cannot be formatted is not ours to drop
            return True
        if path is None or status >= _FIRST_ERROR:
            return True
        path = path.partition("?")[0]
        if not any(fnmatchcase(path, pattern) for pattern in self._paths):
            return True
        self.dropped += 1
        return False


def _request_of(record: logging.LogRecord) -> tuple[str | None, int]:
    """Returns a request's path and status; None and 0 where the record is none."""
    args = record.args
    if isinstance(args, Mapping) and isinstance(args.get("U"), str):  # gunicorn's atoms
        return str(args["U"]), int(str(args.get("s")))
    found = _REQUEST.search(record.getMessage())
    return (None, 0) if found is None else (found[1], int(found[2]))

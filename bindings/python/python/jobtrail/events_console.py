"""The console line of a service that logs events of jobs: `[JOB LOG] MSH-0105-A7F2 | MESH | started | bracket.step`."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from jobtrail.context import LogContext
from jobtrail.formatters import LineFormatter, one_record


def event_line(event: Mapping[str, Any]) -> str:
    """Returns the line of an event, which has a `job_id` and a `status`; of the rest, what is there.

    Examples:
        >>> mesh = {"job_type": "mesh", "filename": "bracket.step", "strategy": "fast"}
        >>> event_line({"job_id": "MSH-0105-A7F2", "status": "started", **mesh})
        '[JOB LOG] MSH-0105-A7F2 | MESH | started | bracket.step | Strategy: fast'
        >>> event_line({"job_id": "MSH-0105-A7F2", "status": "completed"})
        '[JOB LOG] MSH-0105-A7F2 | UPDATE | completed'
    """
    kind = event.get("job_type")
    parts = [event["job_id"], str(kind or "update").upper(), event["status"]]
    if event.get("filename"):
        parts.append(event["filename"])
    title, key = _ASIDES.get(kind, ("", "")) if isinstance(kind, str) else ("", "")
    if event.get(key):
        parts.append(f"{title}: {event[key]}")
    return "[JOB LOG] " + " | ".join(one_record(str(part)) for part in parts)


# What the line of a type of job tells beside the file.
_ASIDES = {"mesh": ("Strategy", "strategy"), "import": ("User", "user_email")}


class EventsConsoleFormatter(LineFormatter):
    """Writes a record that is an event of a job as `[JOB LOG] ...`, and any other as `[INFO] message`.

    An event has the fields `job_id` and `status`, by `extra=` or by the context. `job_type` (`mesh`, `import`; without
    it, `update`), `filename`, `strategy` of a mesh job and `user_email` of an import are written where they are there.
    `extra=` may not be called `filename`, a name of the standard library's own: give it as `file`, or by the context.

    Examples:
        >>> form = EventsConsoleFormatter().format
        >>> said = {"levelno": 20, "levelname": "INFO", "msg": "Uploaded x.step"}
        >>> event = {"job_id": "MSH-0105-A7F2", "job_type": "mesh", "status": "started", "file": "x.step"}
        >>> form(logging.makeLogRecord({**said, **event, "strategy": "fast"}))
        '[JOB LOG] MSH-0105-A7F2 | MESH | started | x.step | Strategy: fast'
        >>> form(logging.makeLogRecord(said))
        '[INFO] Uploaded x.step'
    """

    def __init__(self) -> None:
        """Takes nothing: the form is fixed."""
        super().__init__("[%(levelname)s] %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the standard library's name
        """Returns the line."""
        context = LogContext.fields()
        fields = {**context, **vars(record)}
        if not fields.get("job_id") or not fields.get("status"):
            return super().formatMessage(record)
        return event_line({**fields, "filename": fields.get("file") or context.get("filename")})

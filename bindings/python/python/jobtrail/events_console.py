"""The console line of a service that logs events of jobs: `[JOB LOG] MSH-0105-A7F2 | MESH | started | bracket.step`."""

from __future__ import annotations

import logging

from jobtrail.context import LogContext
from jobtrail.formatters import LineFormatter, one_record


class EventsConsoleFormatter(LineFormatter):
    """Writes a record that is an event of a job as `[JOB LOG] ...`, and any other as `[INFO] message`.

    An event has the fields `job_id` and `status`, by `extra=` or by the context. `job_type` (`mesh`, `import`; without
    it, `update`), `filename`, `strategy` and `user_email` are written where they are there. `extra=` may not be called
    `filename`, a name of the standard library's own: give it as `file`, or by the context.

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
        fields = {**LogContext.fields(), **vars(record)}
        if not fields.get("job_id") or not fields.get("status"):
            return super().formatMessage(record)
        file = fields.get("file") or LogContext.fields().get("filename")
        parts = [fields["job_id"], str(fields.get("job_type") or "update").upper(), fields["status"]]
        parts += [file] if file else []
        parts += [f"{title}: {fields[key]}" for key, title in _TITLES.items() if fields.get(key)]
        return "[JOB LOG] " + " | ".join(one_record(str(part)) for part in parts)


_TITLES = {"strategy": "Strategy", "user_email": "User"}

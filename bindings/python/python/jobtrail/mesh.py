"""What the top-level module `job_logger` offers: the job events of a mesh service, by the names it always had.

The files stand in `JOB_LOG_DIR`, else in `logs/` beside the package that logs first.
"""

from __future__ import annotations

import os
import sys
import threading
from datetime import datetime
from pathlib import Path
from typing import Any

from jobtrail.job_events import Event, JobEvents

__all__ = [
    "generate_job_id",
    "get_logs_by_date_range",
    "get_logs_by_job_id",
    "get_recent_logs",
    "log_import_job",
    "log_job_update",
    "log_mesh_job",
]


def generate_job_id(job_type: str = "MSH") -> str:
    """Returns a new job ID of today (UTC): `MSH` for a mesh, `IMP` for an import."""
    return _events().generate_job_id(job_type)


def log_import_job(
    job_id: str,
    user_email: str | None,
    project_id: str | None,
    filename: str | None,
    file_size: int | None,
    status: str = "started",
    details: dict[str, Any] | None = None,
) -> None:
    """Logs an import: one event with everything known of it, and its line on standard output."""
    _events().write(
        job_id,
        {
            "job_type": "import",
            "user_email": user_email,
            "project_id": project_id,
            "filename": filename,
            "file_size": file_size,
            "status": status,
            "details": details or {},
        },
    )


def log_mesh_job(
    job_id: str,
    user_email: str | None,
    project_id: str | None,
    filename: str | None,
    status: str = "started",
    strategy: str | None = None,
    quality_params: dict[str, Any] | None = None,
    details: dict[str, Any] | None = None,
) -> None:
    """Logs a mesh job: one event with everything known of it, and its line on standard output."""
    _events().write(
        job_id,
        {
            "job_type": "mesh",
            "user_email": user_email,
            "project_id": project_id,
            "filename": filename,
            "status": status,
            "strategy": strategy,
            "quality_params": quality_params,
            "details": details or {},
        },
    )


def log_job_update(job_id: str, status: str, details: dict[str, Any] | None = None) -> None:
    """Logs a job's status, and its line on standard output."""
    _events().update(job_id, status, details)


def get_logs_by_job_id(job_id: str) -> list[Event]:
    """Returns all events of a job, the oldest first."""
    return _events().by_job(job_id)


def get_recent_logs(
    limit: int = 100, job_type: str | None = None, user_email: str | None = None, status: str | None = None
) -> list[Event]:
    """Returns the last events of that type, user and status, the newest first."""
    return _events().recent(limit, job_type, user_email, status)


def get_logs_by_date_range(start_date: datetime, end_date: datetime, job_type: str | None = None) -> list[Event]:
    """Returns the events between two times, both included, the oldest first; naive times are UTC."""
    return _events().between(start_date, end_date, job_type)


_opened: dict[Path, JobEvents] = {}
_opening = threading.Lock()
_beside: Path | None = None


def _events() -> JobEvents:
    """Returns the events of the folder that is right now: `JOB_LOG_DIR` may change while a program runs."""
    global _beside  # noqa: PLW0603 - the folder of whoever logs first stays that of the program
    named = os.environ.get("JOB_LOG_DIR")
    with _opening:
        if named:
            folder = Path(named).absolute()
        else:
            folder = _beside = _beside or _beside_caller()
        if folder not in _opened:
            _opened[folder] = JobEvents(folder, console=True)
        return _opened[folder]


def _beside_caller() -> Path:
    """Returns `logs` beside the package of the first caller outside of here; beside a caller that is in none."""
    frame = sys._getframe()  # noqa: SLF001 - `inspect` reads source files for the same
    while frame.f_back is not None and frame.f_globals.get("__name__", "").partition(".")[0] in {
        "jobtrail",
        "job_logger",
    }:
        frame = frame.f_back
    if frame.f_code.co_filename.startswith("<"):  # typed in: there is no file to stand beside
        return Path.cwd() / "logs"
    here = Path(frame.f_code.co_filename).absolute().parent
    is_in_package = bool(frame.f_globals.get("__package__"))
    return (here.parent if is_in_package else here) / "logs"

"""Job IDs: `TYPE-MMDD-XXXX`."""

from __future__ import annotations

import os
from collections.abc import Callable, Container, Mapping
from datetime import datetime, timezone

from jobtrail import _core
from jobtrail._core import JobId, JobtrailError, check_job_ref


def generate_job_id(
    job_type: str = "MSH",
    *,
    taken: Container[str] | Callable[[str], bool] = (),
    types: Mapping[str, str] | None = None,
) -> str:
    """Returns a new job ID of today (UTC) that is not `taken`.

    Args:
        job_type: `MSH` (mesh), `IMP` (import), or one of `types`.
        taken: The IDs of today that are in use, or a function that tells. Four digits are few: without it, even odds of
            a double come after about 300 jobs a day.
        types: Job types beside those two: code to name.

    Raises:
        JobtrailError: The type is not known, or all IDs of the day are taken; `code` is `bad_job_id`.

    Examples:
        >>> is_valid_job_id(generate_job_id("IMP"))
        True
    """
    today = datetime.now(timezone.utc)
    is_taken = taken if callable(taken) else taken.__contains__
    day = (today.year, today.month, today.day)
    return _core.generate_job_id(job_type, types, day, int.from_bytes(os.urandom(8), "little"), is_taken)


def is_valid_job_id(text: str, *, types: Mapping[str, str] | None = None) -> bool:
    """Returns whether the text is a typed job ID, in upper or lower case.

    Examples:
        >>> is_valid_job_id("MSH-0105-A7F2"), is_valid_job_id("MSH-1305-A7F2")
        (True, False)
    """
    try:
        JobId(text, types)
    except JobtrailError:
        return False
    return True


def normal_job_id(text: str) -> str:
    """Returns a job's ID as it is written everywhere: a typed one in upper case, any other as it is.

    Raises JobtrailError for one that is not safe in a path or a key.
    """
    check_job_ref(text)
    try:
        return str(JobId(text))
    except JobtrailError:
        return text

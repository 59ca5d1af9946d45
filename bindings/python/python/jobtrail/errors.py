"""How an option or an ID that cannot be had is said, where the core is not asked."""

from jobtrail._core import JobtrailError


def bad_option(text: str) -> JobtrailError:
    """Returns the error to raise, its code `bad_option`. The text names option and value, and what would be right."""
    error = JobtrailError(text)
    error.code, error.column = "bad_option", None
    return error


def bad_job_id(text: str) -> JobtrailError:
    """Returns the error to raise, its code `bad_job_id`, for what cannot be an ID by its type."""
    error = JobtrailError(text)
    error.code, error.column = "bad_job_id", None
    return error

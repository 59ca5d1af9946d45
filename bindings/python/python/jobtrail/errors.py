"""How an option that cannot be had is said: the one error that setting up a log raises."""

from jobtrail._core import JobtrailError


def bad_option(text: str) -> JobtrailError:
    """Returns the error to raise, its code `bad_option`. The text names option and value, and what would be right."""
    error = JobtrailError(text)
    error.code, error.column = "bad_option", None
    return error

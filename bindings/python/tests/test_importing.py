"""What `import jobtrail` offers, and what it does not load before it is asked for."""

import jobtrail
import pytest
from programs import run


def test_every_name_is_there_and_stands_in_its_module() -> None:
    """The table of names and `__all__` say the same, and what is loaded is listed."""
    later = [name for names in jobtrail._MODULES.values() for name in names]

    assert sorted(set(jobtrail.__all__) - set(later)) == [
        "JobId",
        "JobtrailError",
        "Query",
        "Record",
        "parse_line",
        "redact",
    ]
    assert set(later) <= set(jobtrail.__all__) <= set(dir(jobtrail))
    assert [name for name in jobtrail.__all__ if getattr(jobtrail, name, None) is None] == []
    with pytest.raises(AttributeError, match="module 'jobtrail' has no attribute 'setup_loger'"):
        _ = jobtrail.setup_loger  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("program", "not_loaded"),
    [
        ("import jobtrail", ["logging", "asyncio", "subprocess"]),
        ("import jobtrail.cli", ["logging", "asyncio", "subprocess"]),
        ("from jobtrail import read_logs", ["logging", "asyncio", "subprocess"]),
        ("from jobtrail import setup_logger, LogContext, bind, job_log", ["asyncio", "subprocess", "inspect", "uuid"]),
        ("from jobtrail import *", ["asyncio"]),
    ],
)
def test_only_what_is_used_is_loaded(program: str, not_loaded: list[str]) -> None:
    """A command line tool need not wait for a logger, and one that logs not for an event loop."""
    ended = run(f"{program}\nimport sys\nprint([name for name in {not_loaded} if name in sys.modules])")

    assert (ended.stdout, ended.stderr) == ("[]\n", "")


@pytest.mark.parametrize("program", ["jobtrail.handlers.FileHandler", "jobtrail.logging.get_logger", "jobtrail.access"])
def test_a_module_is_there_as_if_it_had_been_imported(program: str) -> None:
    """A program may have come to rely on it."""
    ended = run(f"import jobtrail\n{program}")

    assert ended.returncode == 0, ended.stderr

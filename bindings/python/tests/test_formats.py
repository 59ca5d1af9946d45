"""The forms of records by name and by environment, profiles, and line ends as they are."""

import json
import logging
import os
import re
import time
from pathlib import Path

import jobtrail
import pytest
from jobtrail import LogContext, get_logger_from_env, setup_logger
from jobtrail.console import ConsoleHandler
from jobtrail.handlers import FileHandler


def last_line(path: Path) -> str:
    return path.read_text(encoding="utf-8").splitlines()[-1]


def test_the_console_forms_in_a_file_are_exact_and_without_colour(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the console has colour."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    setup_logger("a", tmp_path, console=False, format="console").warning("größer")
    setup_logger("b", tmp_path, console=False, format="events-console").warning("größer")

    assert re.fullmatch(r"\[\d\d:\d\d:\d\d\] \[\d+\] \[WARNING\] größer", last_line(tmp_path / "a.log"))
    assert last_line(tmp_path / "b.log") == "[WARNING] größer"


@pytest.mark.parametrize(
    ("fields", "line"),
    [
        (
            {"job_type": "mesh", "status": "started", "file": "bracket.step", "strategy": "fast"},
            "[JOB LOG] MSH-0105-A7F2 | MESH | started | bracket.step | Strategy: fast",
        ),
        (
            {"job_type": "import", "status": "started", "file": "x.step", "user_email": "a@b.co"},
            "[JOB LOG] MSH-0105-A7F2 | IMPORT | started | x.step | User: a@b.co",
        ),
        ({"status": "completed"}, "[JOB LOG] MSH-0105-A7F2 | UPDATE | completed"),
        ({}, "[INFO] said"),
    ],
)
def test_the_job_events_console_line_is_exact_and_read_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], fields: dict[str, str], line: str
) -> None:
    """As system 1's back end prints it; anything else is its line without a time."""
    log = setup_logger("backend", tmp_path, console_format="events-console")
    with LogContext(job_id="MSH-0105-A7F2"):
        log.info("said", extra=fields)

    assert capsys.readouterr().err.splitlines()[-1] == line
    record = jobtrail.parse_line(line)
    assert record.status == fields.get("status")
    assert record.job_id == ("MSH-0105-A7F2" if fields else None)


def test_line_ends_may_be_written_as_they_are(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In text; JSON always escapes them."""
    for name in ("process", "service", "console", "events-console", "json"):
        log = setup_logger(name, tmp_path, format=name, raw_newlines=True, console=name == "process")
        try:
            raise ValueError("three\nfour")
        except ValueError:
            log.exception("one\ntwo %d", 2)

        text = (tmp_path / f"{name}.log").read_text()
        if name == "json":
            assert json.loads(text.splitlines()[-1])["message"] == "one\ntwo 2"
            continue
        assert re.search(r"ERROR.*one\ntwo 2\nTraceback \(most recent", text)
        assert text.endswith("\nValueError: three\nfour\n")
    assert "one\ntwo 2\nTraceback" in capsys.readouterr().err


def test_a_raw_line_whose_arguments_do_not_fit_is_written(tmp_path: Path) -> None:
    """In the same words as any other."""
    log = setup_logger("a", tmp_path, console=False, raw_newlines=True)
    log.handlers[0].handle(log.makeRecord("a", logging.INFO, "x.py", 1, "%d", ("x",), None))

    assert last_line(tmp_path / "a.log").endswith("[INFO] %d ('x',) [not formatted: TypeError]")


def test_the_environment_chooses_the_form(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once, where the logger is asked for by it; every setting."""
    for name, value in {
        "PROCESS_TYPE": "mesher",
        "FORMAT": "service",
        "CONSOLE_FORMAT": "json",
        "RAW_NEWLINES": "1",
        "PROFILE": "staging",
        "LOG_DIR": str(tmp_path),
        "LOG_LEVEL": "WARNING",
    }.items():
        monkeypatch.setenv(f"JOBTRAIL_{name}", value)
    log = get_logger_from_env()
    log.info("hidden")
    log.warning("one\ntwo")

    assert log is get_logger_from_env()
    lines = (tmp_path / "mesher.log").read_text().splitlines()
    assert [line[22:] for line in lines] == ["mesher - WARNING - one", ""]
    assert lines[1] == "two"


@pytest.mark.parametrize(
    ("name", "value"), [("FORMAT", "xml"), ("RAW_NEWLINES", "yes"), ("PROFILE", "prod"), ("LOG_LEVEL", "LOUD")]
)
def test_a_setting_that_is_not_known_is_said(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    """Not ignored: a log in the wrong form is found out too late."""
    monkeypatch.setenv(f"JOBTRAIL_{name}", value)
    with pytest.raises(jobtrail.JobtrailError, match=f"bad .*{value}"):
        get_logger_from_env()


@pytest.mark.parametrize(("profile", "days"), [("development", 7), ("staging", 14), ("production", 90)])
def test_a_profile_keeps_files_by_age_and_rotates_by_day(tmp_path: Path, profile: str, days: int) -> None:
    """However many there are; what is older is deleted."""
    for number, age_days in enumerate([1.5, *([days - 0.5] * 9), days + 0.5]):
        path = tmp_path / (f"worker.log.{number}" if number else "worker.log")
        path.write_text(f"{age_days}\n")
        then = time.time() - age_days * 86_400
        os.utime(path, (then, then))
    setup_logger("worker", tmp_path, console=False, profile=profile)  # type: ignore[arg-type]

    deadline = time.monotonic() + 20
    while len(list(tmp_path.glob("worker.log.*"))) > 10:
        assert time.monotonic() < deadline  # old files are deleted beside what is logged
        time.sleep(0.01)
    kept = [path.read_text() for path in tmp_path.glob("worker.log.*")]
    assert sorted(kept) == sorted(["1.5\n", *([f"{days - 0.5}\n"] * 9)])


def test_what_is_said_beside_a_profile_counts(tmp_path: Path) -> None:
    """Age and period."""
    log = setup_logger("worker", tmp_path, console=False, profile="production", max_age_days=30, when="weekly")

    handler = log.handlers[0]
    assert isinstance(handler, FileHandler)
    assert (handler._options["when"], handler._options["max_age_s"]) == ("weekly", 30 * 86_400)


def test_the_mode_of_the_log_is_asked_for(tmp_path: Path) -> None:
    """By `file_mode`."""
    setup_logger("worker", tmp_path, console=False, file_mode=0o600)

    assert (tmp_path / "worker.log").stat().st_mode & 0o777 == 0o600


def test_a_console_of_json_is_not_coloured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Containers collect standard error as JSON lines."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    log = setup_logger("worker", tmp_path, console_format="json")
    console = next(handler for handler in log.handlers if isinstance(handler, ConsoleHandler))

    assert (
        json.loads(console.format(logging.makeLogRecord({"name": "x", "msg": "x", "levelname": "INFO"})))["message"]
        == "x"
    )


def test_the_job_form_on_a_console_keeps_paths_short_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As in its file, whatever the file's form is."""
    setup_logger("worker", tmp_path, console_format="job").info("wrote /srv/data/p1/out.bin")

    assert json.loads(capsys.readouterr().err.splitlines()[-1])["msg"] == "wrote out.bin"
    assert last_line(tmp_path / "worker.log").endswith("wrote /srv/data/p1/out.bin")

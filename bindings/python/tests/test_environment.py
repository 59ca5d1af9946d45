"""`configure_from_env`: files, values with comments, defaults, and one log of errors that several processes write."""

import json
import logging
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import jobtrail
import pytest
from jobtrail import configure_from_env

NAMES = ("LOG_FILE", "WORKER_LOG_FILE", "ERROR_LOG_FILE", "LOG_LEVEL", "JSON_LOGS")


@pytest.fixture(autouse=True)
def _in_an_empty_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def test_the_defaults_are_those_of_the_service(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`data/logs/backend.log` and `errors.log`, INFO, the plain line; the console too."""
    root = configure_from_env()
    log = logging.getLogger("job_processor")
    log.debug("hidden")
    log.info("Processing job #%d", 123)
    log.error("größer")

    assert root is logging.getLogger()
    lines = (tmp_path / "data/logs/backend.log").read_text(encoding="utf-8").splitlines()
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d - job_processor - INFO - Processing job #123", lines[0])
    assert (tmp_path / "data/logs/errors.log").read_text(encoding="utf-8").splitlines() == lines[1:]
    assert lines[1].endswith(" - job_processor - ERROR - größer")
    assert capsys.readouterr().err.splitlines() == lines
    assert not (tmp_path / "data/logs/worker.log").exists()


def test_a_worker_writes_its_own_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Named so by the caller or by the environment."""
    configure_from_env(process_type="worker", console=False)
    logging.getLogger("a").warning("one")
    monkeypatch.setenv("JOBTRAIL_PROCESS_TYPE", "worker")
    configure_from_env(console=False)
    logging.getLogger("a").warning("two")

    assert (tmp_path / "data/logs/worker.log").read_text().count(" - a - WARNING - ") == 2


@pytest.mark.parametrize(
    ("value", "is_read_as"),
    [
        ("x.log  # of the API", "x.log"),
        ("x.log\t#note", "x.log"),
        ('"x # 1.log"  # quoted', "x # 1.log"),
        ("'x y.log'", "x y.log"),
        ("x#1.log", "x#1.log"),
        ("  x.log  ", "x.log"),
        ("", "data/logs/backend.log"),
        ("# nothing", "data/logs/backend.log"),
    ],
)
def test_values_may_carry_a_comment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str, is_read_as: str
) -> None:
    """In the file, and in the environment, where `--env-file` of Docker leaves it."""
    (tmp_path / ".env").write_text(f"# settings\n\nexport LOG_FILE={value}\nnonsense\n")
    configure_from_env(console=False)
    logging.getLogger("a").warning("by the file")
    monkeypatch.setenv("LOG_FILE", value)
    (tmp_path / ".env").unlink()
    configure_from_env(console=False)
    logging.getLogger("a").warning("by the environment")

    assert [line[-6:] for line in (tmp_path / is_read_as).read_text().splitlines()] == ["e file", "onment"]


def test_the_environment_counts_before_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As with every reader of such files; an empty value is none."""
    dotenv = tmp_path / "settings.env"
    dotenv.write_text("\ufeffLOG_LEVEL=DEBUG  # DEBUG, INFO, ...\r\nLOG_FILE=file.log\r\n", encoding="utf-8")
    monkeypatch.setenv("LOG_FILE", "environment.log")
    monkeypatch.setenv("LOG_LEVEL", "")
    root = configure_from_env(dotenv, console=False)

    assert root.level == logging.DEBUG
    assert not (tmp_path / "file.log").exists()
    assert (tmp_path / "environment.log").exists()


@pytest.mark.parametrize("value", ["true", "True", "1", "yes", "on"])
def test_json_lines_are_exact(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    """Python's separators, text as it is, in both files."""
    monkeypatch.setenv("JSON_LOGS", f"{value}  # or false")
    configure_from_env(console=False)
    with jobtrail.LogContext(job_id=7):
        logging.getLogger("api").error("größer")

    (line,) = (tmp_path / "data/logs/backend.log").read_text(encoding="utf-8").splitlines()
    assert '"level": "ERROR", "logger": "api", "message": "größer", "module": "test_environment", ' in line
    assert line.endswith(', "job_id": 7}')
    assert (tmp_path / "data/logs/errors.log").read_text(encoding="utf-8") == line + "\n"


@pytest.mark.parametrize(("value", "level"), [("warn", 30), ("Fatal # loud", 50), ("debug", 10)])
def test_levels_may_be_written_as_people_do(monkeypatch: pytest.MonkeyPatch, value: str, level: int) -> None:
    """In any case, and by their short names."""
    monkeypatch.setenv("LOG_LEVEL", value)

    assert configure_from_env(console=False).level == level


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("LOG_LEVEL", "LOUD", "bad LOG_LEVEL 'LOUD', supported: DEBUG, INFO, WARNING, ERROR, CRITICAL"),
        ("JSON_LOGS", "maybe", "bad JSON_LOGS 'maybe', supported: true, 1, yes, on, false, 0, no, off"),
    ],
)
def test_a_value_that_is_not_known_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str
) -> None:
    """And nothing was set up."""
    before = logging.getLogger().handlers[:]
    monkeypatch.setenv(name, value)
    with pytest.raises(jobtrail.JobtrailError, match=re.escape(says)) as raised:
        configure_from_env()

    assert raised.value.code == "bad_option"
    assert logging.getLogger().handlers == before
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_named_and_not_there_is_said(tmp_path: Path) -> None:
    """Or cannot be read; one that is not named need not be there."""
    with pytest.raises(jobtrail.JobtrailError, match=r"no.env` is not there") as raised:
        configure_from_env(tmp_path / "no.env")
    assert raised.value.code == "not_found"
    with pytest.raises(jobtrail.JobtrailError, match="cannot be read: IsADirectoryError") as raised:
        configure_from_env(tmp_path)
    assert raised.value.code == "unreadable"
    with pytest.raises(jobtrail.JobtrailError, match="bad profile 'prod'"):
        configure_from_env(profile="prod")  # type: ignore[arg-type]


def test_a_folder_of_that_name_is_no_file_of_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`.env` is also what people call a virtual environment."""
    (tmp_path / ".env").mkdir()
    monkeypatch.chdir(tmp_path)
    configure_from_env(console=False)

    assert (tmp_path / "data/logs/backend.log").exists()


def test_called_again_it_doubles_nothing_and_leaves_others_handlers(tmp_path: Path) -> None:
    """Root keeps what somebody else gave it."""
    other = logging.NullHandler()
    logging.getLogger().addHandler(other)
    configure_from_env(console=False)
    configure_from_env(console=False)
    logging.getLogger("a").error("once")

    assert other in logging.getLogger().handlers
    logging.getLogger().removeHandler(other)
    for name in ("backend", "errors"):
        assert (tmp_path / f"data/logs/{name}.log").read_text().count("once") == 1


def test_a_profile_keeps_the_files_by_age(tmp_path: Path) -> None:
    """The service's by days, the errors for 90."""
    logs = tmp_path / "data/logs"
    logs.mkdir(parents=True)
    for name in ("backend", "errors"):
        for number, age_days in enumerate((8, 80, 100), start=1):
            path = logs / f"{name}.log.{number}"
            path.write_text(f"{age_days}\n")
            then = time.time() - age_days * 86_400
            os.utime(path, (then, then))
    configure_from_env(console=False, profile="development", file_mode=0o640)

    deadline = time.monotonic() + 20
    while sorted(path.name for path in logs.glob("*.log.*")) != ["errors.log.1", "errors.log.2"]:
        assert time.monotonic() < deadline  # old files are deleted beside what is logged
        time.sleep(0.01)
    assert (logs / "backend.log").stat().st_mode & 0o777 == 0o640


def test_one_file_for_both_has_each_error_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However it is spelled."""
    monkeypatch.setenv("LOG_FILE", "all.log")
    monkeypatch.setenv("ERROR_LOG_FILE", str(tmp_path / "all.log"))
    configure_from_env(console=False)
    logging.getLogger("a").error("once")

    assert (tmp_path / "all.log").read_text().count("once") == 1


def test_a_container_may_log_to_its_output(tmp_path: Path) -> None:
    """`LOG_FILE=/dev/stdout`, as people set it there."""
    environment = {**os.environ, "LOG_FILE": "/dev/stdout", "ERROR_LOG_FILE": "/dev/stderr", "JSON_LOGS": "1"}
    program = "import logging\nfrom jobtrail import configure_from_env\nconfigure_from_env(console=False)\n"
    command = [sys.executable, "-c", program + "logging.getLogger('a').error('said')"]
    ended = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60, check=True)

    assert [json.loads(line)["message"] for line in ended.stdout.splitlines()] == ["said"]
    assert ended.stderr == ended.stdout


PROGRAM = """
import logging, sys
from jobtrail import configure_from_env
configure_from_env(process_type=sys.argv[1], console=False)
log = logging.getLogger(sys.argv[2])
for number in range(500):
    log.error("%d", number)
"""


def test_processes_share_the_log_of_errors(tmp_path: Path) -> None:
    """While it is renamed from outside, as logrotate does: no line lost, torn or doubled."""
    environment = {**os.environ, "JSON_LOGS": "true"}
    command = [sys.executable, "-W", "error", "-c", PROGRAM]
    processes = [
        subprocess.Popen([*command, kind, f"{kind}-{number}"], env=environment)
        for kind in ("backend", "worker")
        for number in range(2)
    ]
    errors = tmp_path / "data/logs/errors.log"
    deadline = time.monotonic() + 20
    while not errors.exists() or errors.stat().st_size < 10_000:
        assert time.monotonic() < deadline
        time.sleep(0.001)
    errors.rename(errors.with_name("errors.log.20260105"))
    assert [process.wait(60) for process in processes] == [0] * 4

    written = [json.loads(line) for path in errors.parent.glob("errors.log*") for line in path.read_text().splitlines()]
    assert len(written) == 2000
    assert len({(line["logger"], line["message"]) for line in written}) == 2000
    assert len((errors.parent / "worker.log").read_text().splitlines()) == 1000

"""`jobtrail.setup_logger` and its formats: exact lines, options, context, and messages that try to forge a record."""

import asyncio
import json
import logging
import logging.config
import os
import re
import sys
from pathlib import Path
from typing import Any

import jobtrail
import pytest
from jobtrail import LogContext, get_logger, get_logger_from_env, setup_logger
from jobtrail.logging import FormatName

FORMATS: list[FormatName] = ["process", "service", "json", "job"]


def lines(folder: Path, name: str = "worker") -> list[str]:
    """The lines after jobtrail's own first record."""
    return (folder / f"{name}.log").read_text(encoding="utf-8").splitlines()[1:]


def only(folder: Path) -> dict[str, Any]:
    (line,) = lines(folder)
    record: dict[str, Any] = json.loads(line)
    return record


def test_a_real_logger_of_its_app(tmp_path: Path) -> None:
    """Name, level, propagation; handlers of others stay when it is set up again."""
    other = logging.NullHandler()
    log = setup_logger("indexer", tmp_path, "WARNING", app="acme", console=False)
    log.addHandler(other)
    again = setup_logger("indexer", tmp_path, logging.INFO, app="acme", console=False, max_bytes=0, backup_count=0)

    assert again is log is logging.getLogger("acme.indexer")
    assert (log.level, log.propagate) == (logging.INFO, False)
    assert other in log.handlers
    log.removeHandler(other)
    assert (tmp_path / "indexer.log").read_text().count("initialized") == 1  # WARNING hid the first one


def test_the_service_line_is_exact(tmp_path: Path) -> None:
    """`2025-11-11 22:30:45 - job_processor - INFO - Processing job #123`."""
    setup_logger("job_processor", tmp_path, console=False, format="service").info("Processing job #%d", 123)

    (line,) = lines(tmp_path, "job_processor")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d - job_processor - INFO - Processing job #123", line)


def test_the_json_line_is_exact(tmp_path: Path) -> None:
    """Python's separators, text as it is, the fields in their order, then the context's."""
    log = setup_logger("backend", tmp_path, console=False, format="json")
    with LogContext(user_id=1, job_id=7):
        log.getChild("api").info("größer: %s", "ok", extra={"size": 2.0, "job_id": 8})

    (line,) = lines(tmp_path, "backend")
    head, tail = line.split(", ", 1)
    assert re.fullmatch(r'\{"timestamp": "\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z"', head)
    number = re.search(r'"line": (\d+)', tail)
    assert number is not None
    assert tail == (
        '"level": "INFO", "logger": "backend.api", "message": "größer: ok", "module": "test_logging", '
        f'"function": "test_the_json_line_is_exact", "line": {number[1]}, "size": 2.0, "job_id": 8, "user_id": 1}}'
    )


def test_the_json_line_carries_the_traceback(tmp_path: Path) -> None:
    """In `exception`, as the standard library formats it."""
    log = setup_logger("worker", tmp_path, console=False, format="json")
    try:
        int("x")
    except ValueError:
        log.exception("failed")

    record = only(tmp_path)
    assert record["exception"].startswith("Traceback (most recent call last):\n")
    assert record["exception"].endswith("ValueError: invalid literal for int() with base 10: 'x'")
    assert list(record)[-1] == "exception"


def test_the_job_line_is_exact(tmp_path: Path) -> None:
    """Compact, as `JSON.stringify` gives it: ts, level, component, projectId, jobId, msg, data."""
    log = setup_logger("worker", tmp_path / "jobs", console=False, format="job")
    with LogContext(project_id="p1", job_id="j-7"):
        log.warning('say "hi"', extra={"step": 2.0, "items": [1.5, 3.0]})
    log.debug("below")
    log.critical("bare")

    first, second = lines(tmp_path / "jobs")
    assert re.sub(r'"ts":"[^"]*"', '"ts":T', first) == (
        r'{"ts":T,"level":"warn","component":"worker","projectId":"p1","jobId":"j-7","msg":"say \"hi\"",'
        r'"data":{"step":2,"items":[1.5,3]}}'
    )
    assert re.fullmatch(
        r'\{"ts":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z","level":"error","component":"worker","msg":"bare"\}', second
    )
    assert (tmp_path / "jobs/.gitignore").read_text() == "*\n"


def test_only_a_job_folder_that_jobtrail_makes_is_kept_out_of_git(tmp_path: Path) -> None:
    """Neither one that is there nor a folder of another kind of log."""
    setup_logger("a", tmp_path, console=False, format="job")
    setup_logger("b", tmp_path / "plain", console=False)

    assert list(tmp_path.rglob(".gitignore")) == []


@pytest.mark.parametrize("format_name", FORMATS)
def test_a_message_cannot_forge_a_record(tmp_path: Path, format_name: FormatName) -> None:
    """Line ends in a message, an exception, a note or a logger's name make no second record."""
    forged = "2026-01-01 00:00:00.000 [1] [CRITICAL] forged"
    log = setup_logger("worker", tmp_path, console=False, format=format_name)
    log.info("one\n%s\r%s\r\n%s", forged, '{"level": "CRITICAL"}', "[CRITICAL] forged")
    try:
        raise ValueError(f"two\n{forged}\n[CRITICAL] forged")
    except ValueError as error:
        if sys.version_info >= (3, 11):
            error.add_note(forged)
        log.exception("failed")
    logging.getLogger(f"jobtrail.worker.x\n{forged}").error("named")

    records = jobtrail.read_logs(tmp_path)
    assert [record.level for record in records] == ["INFO", "INFO", "ERROR", "ERROR"]


def test_a_traceback_follows_its_record_and_is_redacted(tmp_path: Path) -> None:
    """In the same write; chained exceptions keep their shape."""
    log = setup_logger("worker", tmp_path, console=False)
    try:
        try:
            raise KeyError("password=hunter2")
        except KeyError as error:
            raise RuntimeError("token=ghp_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa") from error
    except RuntimeError:
        log.exception("failed", stack_info=True)

    text = (tmp_path / "worker.log").read_text()
    assert "hunter2" not in text
    assert "ghp_" not in text
    assert "\n\nThe above exception was the direct cause of the following exception:\n\nTraceback" in text
    assert "\nStack (most recent call last):\n" in text
    (record,) = jobtrail.read_logs(tmp_path, "failed")
    assert record.exception is not None
    assert record.exception.startswith("Traceback")


def test_secrets_are_masked_in_file_and_console(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """And shown where redaction is off; the first record's path is shown, its secrets are not."""
    home = tmp_path / "home/bob"
    log = setup_logger("worker", home)
    log.info("password=hunter2 in /home/bob/x.txt")
    log = setup_logger("open", home, redact=False)
    log.info("password=hunter2 in /home/bob/x.txt")
    setup_logger("worker", tmp_path / "token=ghp_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" / "home/bob")

    masked, shown = "password=[redacted:password] in ~/x.txt", "password=hunter2 in /home/bob/x.txt"
    console = capsys.readouterr().err
    assert [masked in text for text in (console, (home / "worker.log").read_text())] == [True, True]
    assert [shown in text for text in (console, (home / "open.log").read_text())] == [True, True]
    assert str(home / "worker.log") in (home / "worker.log").read_text()
    assert "ghp_" not in console


def test_paths_in_a_job_log_keep_their_last_part(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As system 3 asks; elsewhere only personal ones are shortened."""
    for format_name in FORMATS:
        setup_logger(format_name, tmp_path, format=format_name).info("wrote /srv/data/p1/out.bin")

    for format_name in FORMATS:
        (line,) = lines(tmp_path, format_name)
        assert ("/srv/data" in line) == (format_name != "job")
        assert "out.bin" in line
    assert capsys.readouterr().err.count("wrote out.bin") == 1


@pytest.mark.parametrize("format_name", FORMATS)
def test_levels_of_a_programs_own_are_written_as_the_standard_ones(tmp_path: Path, format_name: FormatName) -> None:
    """TRACE is DEBUG, something between INFO and WARNING is INFO; so are standard ones that it renamed."""
    log = setup_logger("worker", tmp_path, 1, format=format_name)
    logging.addLevelName(5, "TRACE")
    logging.addLevelName(30, "\033[33mWARN\033[0m")
    try:
        for level in (5, 25, 30, 60):
            log.log(level, "at %d", level)
    finally:
        logging.addLevelName(30, "WARNING")

    written = [record.level for record in jobtrail.read_logs(tmp_path)[1:]]
    assert written == ["DEBUG", "INFO", "WARNING", "ERROR" if format_name == "job" else "CRITICAL"]


def test_context_reaches_tasks_started_inside(tmp_path: Path) -> None:
    """Across `await`, into tasks, nested, and gone afterwards."""
    log = setup_logger("worker", tmp_path, console=False, format="json")

    async def work() -> None:
        await asyncio.sleep(0)
        log.info("inside")

    async def main() -> None:
        with LogContext(user_id=1):
            with LogContext(job_id=7):
                task = asyncio.create_task(work())
            log.info("outer")
            await task
        log.info("after")

    asyncio.run(main())

    seen = {r["message"]: (r.get("user_id"), r.get("job_id")) for r in map(json.loads, lines(tmp_path))}
    assert seen == {"outer": (1, None), "inside": (1, 7), "after": (None, None)}


def test_one_context_may_be_entered_twice() -> None:
    """Leaving it takes away what its own entering gave."""
    context = LogContext(a=1)
    with context, LogContext(b=2), context:
        assert LogContext.fields() == {"a": 1, "b": 2}
    assert LogContext.fields() == {}


@pytest.mark.parametrize(
    ("option", "value", "says"),
    [
        ("when", "midnight", "bad when 'midnight', supported: None, 'daily', 'weekly', 'monthly'"),
        ("durability", "memory", "bad durability 'memory', supported: 'process', 'mapped', 'disk'"),
        ("compress", "gz", "bad compress 'gz', supported: None, 'gzip', 'zstd'"),
        ("max_age_days", 0, "bad max_age_days 0, expected a number of days above 0 and below 1000000"),
        ("max_age_days", "7d", "bad max_age_days '7d', expected a number of days above 0 and below 1000000"),
        ("max_total_bytes", -1, f"bad max_total_bytes -1, expected a whole number from 0 to {2**63 - 1}"),
        (
            "format",
            "xml",
            "bad format 'xml', supported: 'process', 'service', 'json', 'job', 'console', 'events-console'",
        ),
        ("console_format", "xml", "bad console_format 'xml', supported: 'process', 'service', 'json', 'job'"),
        ("profile", "prod", "bad profile 'prod', supported: None, 'development', 'staging', 'production'"),
        ("file_mode", "0644", "bad file_mode '0644', expected permission bits such as 0o640"),
        ("file_mode", 0o10000, "bad file_mode 4096, expected permission bits such as 0o640"),
        ("log_level", "LOUD", "bad log_level 'LOUD', expected a number or a name such as 'INFO'"),
        ("max_bytes", -1, "bad max_bytes -1, expected a whole number from 0 to 4294967295"),
        ("backup_count", 1.5, "bad backup_count 1.5, expected a whole number from 0 to 4294967295"),
        ("app", "a/b", "bad app 'a/b', expected 1 to 128 letters, digits, `.`, `_` or `-`"),
    ],
)
def test_options_that_are_not_there_say_what_is(tmp_path: Path, option: str, value: object, says: str) -> None:
    """A ValueError with its code, and nothing was made."""
    with pytest.raises(ValueError, match=re.escape(says)) as raised:
        setup_logger("worker", tmp_path / "logs", **{option: value})  # type: ignore[arg-type]

    assert isinstance(raised.value, jobtrail.JobtrailError)
    assert (raised.value.code, raised.value.column) == ("bad_option", None)
    assert not (tmp_path / "logs").exists()


def test_the_handler_can_be_named_in_a_dict_config(tmp_path: Path) -> None:
    """With any formatter; what it writes is one record and redacted all the same."""
    path = tmp_path / "app.log"
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"plain": {"format": "%(levelname)s %(message)s"}},
            "handlers": {"file": {"class": "jobtrail.handlers.FileHandler", "path": path, "formatter": "plain"}},
            "loggers": {"dict-config": {"handlers": ["file"], "level": "INFO"}},
        }
    )
    log = logging.getLogger("dict-config")
    log.info("password=%s", "hunter2")
    log.handlers.pop(0).close()

    assert path.read_text() == "INFO password=[redacted:password]\n"


@pytest.mark.parametrize("name", ["", ".", "..", "../x", "a/b", "a\nb", "a\0b", "x" * 129, "Ü"])
def test_a_process_type_cannot_leave_the_folder(tmp_path: Path, name: str) -> None:
    """It becomes a file's name."""
    with pytest.raises(jobtrail.JobtrailError, match="bad process type"):
        setup_logger(name, tmp_path)


def test_get_logger_sets_up_in_the_platforms_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once; afterwards it gives what is there."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    log = get_logger("worker")
    monkeypatch.setenv("JOBTRAIL_PROCESS_TYPE", "host")

    assert get_logger("worker") is log
    assert get_logger_from_env().name == "jobtrail.host"
    assert sorted(os.listdir(tmp_path / "jobtrail/log")) == ["host.log", "worker.log"]  # noqa: PTH208

"""`jobtrail.testing.capture_logs`, for users' tests, by itself and in pytest."""

import asyncio
import logging
import subprocess
import sys
from pathlib import Path

import pytest
from jobtrail import LogContext, bind, job_log, setup_logger
from jobtrail.testing import Captured, capture_logs


def test_records_of_every_logger_are_collected_once(tmp_path: Path) -> None:
    """Whether it propagates or not, was there before or is set up inside; handlers go on."""
    log = setup_logger("worker", tmp_path, console=False)
    with capture_logs() as logs:
        log.warning("one")
        log.getChild("child").error("two")
        logging.getLogger("elsewhere").warning("three")
        setup_logger("later", tmp_path, console=False).warning("four")
    log.warning("after")
    logging.getLogger("jobtrail.later").warning("after")

    assert [message for message in logs.messages if "initialized" not in message] == ["one", "two", "three", "four"]
    assert [one.message for one in logs.errors] == ["two"]
    assert [len(one.handlers) for one in (log, logging.getLogger("jobtrail.later"))] == [
        len(setup_logger(name, tmp_path, console=False).handlers) for name in ("worker", "later")
    ]
    assert "one" in (tmp_path / "worker.log").read_text()


def test_a_record_is_as_it_would_be_written() -> None:
    """Redacted, with its fields, the context's too, and its traceback."""
    with capture_logs() as logs, LogContext(job_id="J-7"):
        try:
            raise ValueError("token=abcdefgh12345678")
        except ValueError:
            logging.getLogger("shop").exception(
                "card %d password=%s", 1, "hunter2", extra={"api_key": "k" * 20, "n": 1}
            )

    (record,) = logs
    assert isinstance(record, Captured)
    assert (record.level, record.logger, record.message) == ("ERROR", "shop", "card 1 password=[redacted:password]")
    assert record.fields == {"api_key": "[redacted:api-key]", "n": 1, "job_id": "J-7"}
    assert record.exception is not None
    assert record.exception.endswith("ValueError: token=[redacted:token]")
    assert logs[-1] is logs[0]
    assert len(logs) == 1


def test_lines_and_queries_are_those_of_the_log() -> None:
    """In any form, with the context that was in force then."""
    with capture_logs(level="DEBUG") as logs:
        with job_log("MSH-0105-A7F2", project_id="p1", logger=logging.getLogger("jobs")):
            bind(logging.getLogger("jobs"), step=2).debug("meshing")
        logging.getLogger("other").info("else")

    assert [one.message for one in logs.matching("job:MSH-0105-A7F2 step:2")] == ["meshing"]
    assert [one.logger for one in logs.matching("level>=info -job:*")] == ["other"]
    assert logs.lines("job")[1].endswith('"projectId":"p1","jobId":"MSH-0105-A7F2","msg":"meshing","data":{"step":2}}')
    assert logs.lines()[3].endswith("] [INFO] else")
    assert [record.status for record in logs.read()] == ["started", None, "completed", None]
    logs.clear()
    assert logs.messages == []


def test_levels_are_let_through_and_put_back() -> None:
    """Of the loggers that are wanted, and no others."""
    quiet, loud = logging.getLogger("shop.quiet"), logging.getLogger("elsewhere")
    quiet.setLevel(logging.ERROR)
    with capture_logs(level="INFO", logger="shop") as logs:
        quiet.info("heard")
        quiet.debug("not heard")
        logging.getLogger("shop").info("heard too")
        logging.getLogger("shopping").warning("not wanted")
        loud.info("not heard")

    assert logs.messages == ["heard", "heard too"]
    assert (quiet.level, logging.getLogger("shop").level, loud.level) == (logging.ERROR, 0, 0)
    quiet.setLevel(logging.NOTSET)


def fail_inside(outer: capture_logs, inner: capture_logs) -> None:
    with outer, inner:
        logging.getLogger("a").warning("both")
        raise ValueError("x")


def test_it_is_put_away_after_an_exception() -> None:
    """And nested ones do not mind each other."""
    before = logging.getLogger().handlers[:]
    outer, inner = capture_logs(), capture_logs()
    with pytest.raises(ValueError, match="x"):
        fail_inside(outer, inner)

    assert logging.getLogger().handlers == before
    assert outer.messages == inner.messages == ["both"]


def test_tasks_are_heard_too() -> None:
    """In any context."""

    async def work(number: int) -> None:
        with LogContext(number=number):
            await asyncio.sleep(0)
            logging.getLogger("task").warning("done")

    async def main() -> None:
        await asyncio.gather(work(1), work(2))

    with capture_logs(logger="task") as logs:
        asyncio.run(main())

    assert [one.fields for one in logs] == [{"number": 1}, {"number": 2}]


def test_the_fixture_of_the_plugin(tmp_path: Path) -> None:
    """In a test suite of a user's, with the real pytest."""
    (tmp_path / "conftest.py").write_text('pytest_plugins = ["jobtrail.pytest_plugin"]\n')
    (tmp_path / "test_shop.py").write_text(
        """
import logging

def test_it(captured_logs):
    logging.getLogger("shop").debug("sold %d", 3)
    assert captured_logs.messages == ["sold 3"]

def test_it_begins_anew(captured_logs):
    assert len(captured_logs) == 0
"""
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "."]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)

    assert "2 passed" in ended.stdout, ended.stdout

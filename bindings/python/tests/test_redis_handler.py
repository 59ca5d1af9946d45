"""A job's records in Redis, by way of `logging`."""

from __future__ import annotations

import logging
import logging.config
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from jobtrail import JobLogManager, LogContext, RedisHandler, job_log, setup_logger
from programs import run
from redis_servers import DEADLINE_S, RedisServer, needs_redis

pytestmark = needs_redis
JOB = "MSH-0105-A7F2"


@pytest.fixture(autouse=True)
def _no_handler_outlives_its_test() -> Iterator[None]:
    yield
    log = logging.getLogger("jobtrail.worker")
    for handler in [one for one in log.handlers if isinstance(one, RedisHandler)]:
        log.removeHandler(handler)


@pytest.fixture
def logs(redis_server: RedisServer) -> JobLogManager:
    spool = redis_server.socket.parent / "spool"
    return JobLogManager(redis_server.client(), spool=spool, max_entries=100_000, timeout_s=DEADLINE_S)


def test_a_record_of_a_job_is_in_the_file_and_in_redis(tmp_path: Path, logs: JobLogManager) -> None:
    """With its level, fields and stack, redacted; a record without a job is in the file alone."""
    log = setup_logger("worker", tmp_path, logging.DEBUG, console=False)
    handler = RedisHandler(logs)
    log.addHandler(handler)
    with LogContext(job_id="msh-0105-a7f2", user_id=7):
        log.info("meshing with password=%s", "hunter2", extra={"nodes": 5000.0})
        log.debug("detail")
        try:
            int("x")
        except ValueError:
            log.exception("failed")
    log.warning("of no job")
    log.critical("by extra", extra={"jobId": JOB})
    log.error("of a job that cannot be", extra={"job_id": "../x"})
    handler.flush()

    first, *_, failed, last = entries = logs.get_logs(JOB)
    assert [(entry["type"], entry["message"]) for entry in entries] == [
        ("info", "meshing with password=[redacted:password]"),
        *(("debug", "detail"), ("error", "failed"), ("error", "by extra")),
    ]
    assert first["metadata"] == {"nodes": 5000, "user_id": 7}
    assert "ValueError: invalid literal" in failed["metadata"]["stack"]
    assert "metadata" not in last
    assert handler.dropped == 1
    assert (tmp_path / "worker.log").read_text().count("\n") > 6


def test_a_jobs_block_is_in_redis_from_start_to_end(tmp_path: Path, logs: JobLogManager) -> None:
    """Also with a handler that a configuration made."""
    log = setup_logger("worker", tmp_path, console=False)
    handler = RedisHandler(logs, level="WARNING")
    everything = RedisHandler(logs)
    log.addHandler(handler)
    with job_log("low", logger=log):
        log.warning("slow")
    log.addHandler(everything)
    with job_log(JOB, logger=log):
        log.info("meshing")
    handler.flush()
    everything.flush()

    assert [entry["message"] for entry in logs.get_logs("low")] == ["slow"]
    assert [entry["message"][:11] for entry in logs.get_logs(JOB)] == ["Job started", "meshing", "Job complet"]


def test_many_threads_lose_nothing_in_few_commands(
    tmp_path: Path, redis_server: RedisServer, logs: JobLogManager
) -> None:
    """In the order of each, in far fewer commands than records."""
    log = setup_logger("worker", tmp_path, console=False)
    handler = RedisHandler(logs)
    log.addHandler(handler)

    def write(worker: int) -> None:
        with LogContext(job_id=JOB):
            for number in range(200):
                log.info("%d:%d", worker, number)

    threads = [threading.Thread(target=write, args=(worker,)) for worker in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    handler.flush()

    texts = [entry["message"] for entry in logs.get_logs(JOB, 10_000)]
    for worker in range(8):
        own = [text for text in texts if text.startswith(f"{worker}:")]
        assert own == [f"{worker}:{number}" for number in range(200)]
    assert redis_server.client().info("commandstats")["cmdstat_eval"]["calls"] < 400


def test_records_wait_while_redis_is_away(
    tmp_path: Path, redis_server: RedisServer, logs: JobLogManager, capsys: pytest.CaptureFixture[str]
) -> None:
    """They are not shown on the console once more; the program does not wait."""
    log = setup_logger("worker", tmp_path, console=False)
    handler = RedisHandler(logs)
    log.addHandler(handler)
    redis_server.kill()
    with LogContext(job_id=JOB):
        for number in range(50):
            log.info("away %d", number)
        handler.flush()
        redis_server.start()
        assert logs.flush(DEADLINE_S)
        log.info("back")
    handler.flush()

    assert [entry["message"] for entry in logs.get_logs(JOB)] == [*(f"away {number}" for number in range(50)), "back"]
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("Redis takes no job logs") == 1


def test_what_finds_no_room_is_counted(
    redis_server: RedisServer, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """While the server hangs, and told once."""
    logs = JobLogManager(redis_server.client(), spool=tmp_path / "spool", timeout_s=1)
    handler = RedisHandler(logs, max_waiting=10)
    redis_server.pause()
    for number in range(100):
        handler.handle(logging.makeLogRecord({"msg": str(number), "job_id": JOB, "levelno": 20, "levelname": "INFO"}))
    redis_server.go_on()
    deadline = time.monotonic() + DEADLINE_S
    while logs.stats()["written"] + logs.stats()["spooled"] + handler.dropped < 100:
        assert time.monotonic() < deadline
        handler.flush()

    assert logs.flush(DEADLINE_S)
    assert 80 <= handler.dropped <= 90
    assert len(logs.get_logs(JOB)) == 100 - handler.dropped
    assert capsys.readouterr().err.count("more than 10 records wait") == 1


def test_a_program_sends_its_last_records_and_its_children_theirs(redis_server: RedisServer, tmp_path: Path) -> None:
    """At its end, by itself; a forked child begins with nothing of its parent's."""
    program = f"""if True:
        import logging, logging.config, os
        logging.config.dictConfig({{
            "version": 1,
            "handlers": {{"redis": {{
                "class": "jobtrail.redis_logs.RedisHandler",
                "redis": "unix://{redis_server.socket}",
                "spool": {str(tmp_path / "spool")!r},
                "interval_s": 10,
            }}}},
            "root": {{"handlers": ["redis"], "level": "INFO"}},
        }})
        logging.info("parent", extra={{"job_id": {JOB!r}}})
        if (child := os.fork()) == 0:
            logging.info("child", extra={{"job_id": {JOB!r}}})
            logging.shutdown()
            os._exit(0)
        os.waitpid(child, 0)
        logging.info("last words", extra={{"job_id": {JOB!r}}})
    """
    ended = run(program)

    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
    entries = JobLogManager(redis_server.client(), spool=False).get_logs(JOB)
    assert [entry["message"] for entry in entries] == ["parent", "child", "last words"]

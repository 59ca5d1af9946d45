"""`job_log`, `bind` and the context in threads: a job's start, end and failure, and the fields of its records."""

import asyncio
import contextvars
import json
import logging
import logging.handlers
import queue
import threading
from pathlib import Path
from typing import Any
from uuid import UUID

import jobtrail
import pytest
from jobtrail import LogContext, bind, job_log, setup_logger


def records(folder: Path, name: str = "worker") -> list[dict[str, Any]]:
    """The records after jobtrail's own first one."""
    return [json.loads(line) for line in (folder / f"{name}.log").read_text(encoding="utf-8").splitlines()[1:]]


def test_a_job_logs_its_start_its_end_and_how_long_it_took(tmp_path: Path) -> None:
    """Every record inside carries the IDs, and the reader knows the job's life."""
    setup_logger("worker", tmp_path, console=False, format="json")
    with job_log("msh-0105-a7f2", project_id="p1", user_id=3) as log:
        log.info("meshing")

    start, inside, end = records(tmp_path)
    ids = {"job_id": "MSH-0105-A7F2", "project_id": "p1", "user_id": 3}
    assert [{name: record[name] for name in ids} for record in (start, inside, end)] == [ids] * 3
    assert (start["message"], start["status"]) == ("Job started: MSH-0105-A7F2", "started")
    assert end["message"].startswith("Job completed: MSH-0105-A7F2 in 0.")
    assert (end["status"], type(end["duration_ms"])) == ("completed", int)
    assert start["function"] == end["function"] == "test_a_job_logs_its_start_its_end_and_how_long_it_took"
    assert LogContext.fields() == {}
    read = jobtrail.read_logs(tmp_path, job="MSH-0105-A7F2")
    assert [record.status for record in read] == ["started", None, "completed"]


def test_a_job_that_fails_leaves_the_whole_stack(tmp_path: Path) -> None:
    """With its cause; the exception goes on; a secret in its text is masked."""
    setup_logger("worker", tmp_path, console=False, format="json")

    def read() -> None:
        try:
            raise KeyError("inner")
        except KeyError as error:
            raise RuntimeError("password=hunter2") from error

    with pytest.raises(RuntimeError), job_log("J-7"):
        read()

    (_, failed) = records(tmp_path)
    assert failed["message"].startswith("Job failed: J-7 after 0.")
    assert failed["message"].endswith(" s: RuntimeError: password=[redacted:password]")
    assert (failed["level"], failed["status"], failed["job_id"]) == ("ERROR", "error", "J-7")
    for part in ("KeyError: 'inner'", "direct cause", "in read\n", "in test_a_job_that_fails", "[redacted:password]"):
        assert part in failed["exception"]


@pytest.mark.parametrize("error", [KeyboardInterrupt(), asyncio.CancelledError()])
def test_a_job_that_is_cancelled_did_not_fail(tmp_path: Path, error: BaseException) -> None:
    """WARNING, without a stack."""
    setup_logger("worker", tmp_path, console=False, format="json")
    with pytest.raises(type(error)), job_log("7"):
        raise error

    (_, cancelled) = records(tmp_path)
    assert cancelled["message"].startswith("Job cancelled: 7 after 0.")
    assert (cancelled["level"], cancelled["status"], "exception" in cancelled) == ("WARNING", "cancelled", False)


@pytest.mark.parametrize("job_id", [7, UUID(int=7)])
def test_numbers_and_uuids_are_ids(tmp_path: Path, job_id: int | UUID) -> None:
    """As their texts."""
    setup_logger("worker", tmp_path, console=False, format="json")
    with job_log(job_id, job_id):
        pass

    assert {(record["job_id"], record["project_id"]) for record in records(tmp_path)} == {(str(job_id), str(job_id))}


def test_an_exception_without_text_is_logged_all_the_same(tmp_path: Path) -> None:
    """Its `__str__` raises; the program sees the exception, not that."""

    class Mute(Exception):  # noqa: N818
        def __str__(self) -> str:
            raise ValueError("no")

    setup_logger("worker", tmp_path, console=False)
    with pytest.raises(Mute), job_log("7"):
        raise Mute

    assert "Job failed: 7 after" in (tmp_path / "worker.log").read_text()


@pytest.mark.parametrize("job_id", ["", "..", "../x", "a/b", "a\0b", "a\nb", "x" * 129])
def test_an_id_that_is_none_is_refused(job_id: str) -> None:
    """Before anything is logged; of the project too."""
    with pytest.raises(jobtrail.JobtrailError):
        job_log(job_id)
    with pytest.raises(jobtrail.JobtrailError):
        job_log("J-7", job_id)


def test_a_job_may_await_and_start_tasks_and_threads(tmp_path: Path) -> None:
    """Two at once do not mix; a thread needs a copied context."""
    log = setup_logger("worker", tmp_path, console=False, format="json")

    async def task(job_id: str) -> None:
        await asyncio.sleep(0)
        log.info("in a task of %s", job_id)
        await asyncio.to_thread(log.info, "in a thread of %s", job_id)

    async def job(job_id: str) -> None:
        with job_log(job_id):
            await asyncio.gather(task(job_id), task(job_id))
            context = contextvars.copy_context()
            thread = threading.Thread(target=context.run, args=(log.info, "in a copied context of %s", job_id))
            thread.start()
            thread.join()

    async def main() -> None:
        await asyncio.gather(job("A"), job("B"))

    asyncio.run(main())
    written = records(tmp_path)
    assert len(written) == 14
    assert all(record["job_id"] == ("A" if "A" in record["message"] else "B") for record in written)


def test_a_job_may_have_a_file_of_its_own(tmp_path: Path) -> None:
    """Under its project, in the form of system 3, for the records of its block alone; with no absolute path in it."""
    log = setup_logger("worker", tmp_path / "logs", console=False)

    async def step(text: str) -> None:
        await asyncio.sleep(0)
        log.info("%s wrote /srv/data/out.bin", text)

    async def job(job_id: str) -> str | None:
        job = job_log(job_id, "p1", data_dir=tmp_path / "data")
        with job:
            await asyncio.gather(step(job_id), step(job_id))
            if job_id == "B":
                with job_log("inner", logger=log):
                    log.info("inside")
        return job.log_path

    async def main() -> tuple[str | None, str | None]:
        return await asyncio.gather(job("A"), job("B"))

    paths = asyncio.run(main())
    log.info("outside")
    assert list(paths) == [f"projects/p1/files/logs/jobs/{name}.jsonl" for name in "AB"]
    for name, path in zip("AB", paths, strict=True):
        assert path is not None
        written = [json.loads(line) for line in (tmp_path / "data" / path).read_text().splitlines()]
        assert [record["msg"][:13] for record in written] == [
            "Job started: ",
            f"{name} wrote out.b",
            f"{name} wrote out.b",
            "Job completed",
        ]
        assert list(written[0]) == ["ts", "level", "component", "projectId", "jobId", "msg", "data"]
        assert {(record["component"], record["projectId"], record["jobId"]) for record in written} == {
            ("worker", "p1", name)
        }
    assert (tmp_path / "data/projects/p1/files/logs/jobs/.gitignore").read_text() == "*\n"
    assert all(type(handler) is not jobtrail.FileHandler for handler in log.handlers[1:])
    assert "inside" in (tmp_path / "logs/worker.log").read_text()


def test_a_job_of_no_project_has_no_file(tmp_path: Path) -> None:
    """It is said before anything is logged."""
    with pytest.raises(jobtrail.JobtrailError, match="bad data_dir") as raised:
        job_log("J-7", data_dir=tmp_path)

    assert raised.value.code == "bad_option"


def test_a_thread_without_the_context_has_none_of_it(tmp_path: Path) -> None:
    """As with every context variable before Python 3.14's free-threaded builds."""
    log = setup_logger("worker", tmp_path, console=False, format="json")
    with LogContext(job_id=7):
        bare = threading.Thread(target=contextvars.Context().run, args=(log.info, "bare"))
        bare.start()
        bare.join()
        log.info("here")

    assert [record.get("job_id") for record in records(tmp_path)] == [None, 7]


def test_a_bound_logger_gives_its_fields_to_every_record(tmp_path: Path) -> None:
    """The call's own count before them, they before the context's; others are left as they are."""
    log = setup_logger("worker", tmp_path, console=False, format="json")
    bound = bind(log, user_id=1, step="a")
    further = bound.bind(step="b", tool="x").unbind("tool", "not there")
    with LogContext(step="context", job_id=7):
        bound.info("one %d", 1)
        further.warning("two", extra={"user_id": 2})
        log.info("bare")

    picked = [(r["message"], r.get("user_id"), r.get("step"), r.get("job_id")) for r in records(tmp_path)]
    assert picked == [("one 1", 1, "a", 7), ("two", 2, "b", 7), ("bare", None, "context", 7)]
    assert "tool" not in records(tmp_path)[1]
    assert records(tmp_path)[0]["function"] == "test_a_bound_logger_gives_its_fields_to_every_record"


def test_a_bound_logger_logs_exceptions_and_asks_for_levels(tmp_path: Path) -> None:
    """As any logger adapter."""
    bound = bind(setup_logger("worker", tmp_path, console=False, format="json"), user_id=1)
    try:
        int("x")
    except ValueError:
        bound.exception("failed")

    assert not bound.isEnabledFor(logging.DEBUG)
    (record,) = records(tmp_path)
    assert record["user_id"] == 1
    assert "invalid literal" in record["exception"]


def test_without_a_logger_the_one_that_was_set_up_last_is_meant(tmp_path: Path) -> None:
    """Of the loggers of this process."""
    setup_logger("first", tmp_path, console=False)
    setup_logger("second", tmp_path, console=False)
    setup_logger("first", tmp_path, console=False)

    assert bind().logger.name == "jobtrail.first"


def test_root_is_meant_where_it_was_set_up_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By `configure_from_env`."""
    monkeypatch.chdir(tmp_path)
    setup_logger("first", tmp_path, console=False)
    jobtrail.configure_from_env(console=False)

    assert bind().logger is logging.getLogger()


def test_fields_go_with_a_record_to_the_thread_of_a_queue(tmp_path: Path) -> None:
    """With `LogContext.add_to` as a filter; the record's own field counts, and no attribute of it is written over."""
    log = setup_logger("worker", tmp_path, console=False, format="json")
    records: queue.SimpleQueue[logging.LogRecord] = queue.SimpleQueue()
    handler = logging.handlers.QueueHandler(records)
    handler.addFilter(LogContext.add_to)
    listener = logging.handlers.QueueListener(records, *log.handlers)
    log.handlers = [handler]
    listener.start()
    with LogContext(user_id=7, size=1, name="not the logger's"):
        log.info("inside", extra={"size": 2})
    log.info("outside")
    listener.stop()

    inside, outside = (json.loads(line) for line in (tmp_path / "worker.log").read_text().splitlines()[1:])
    assert (inside["logger"], inside["user_id"], inside["size"]) == ("worker", 7, 2)
    assert "user_id" not in outside

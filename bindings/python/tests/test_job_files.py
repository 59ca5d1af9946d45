"""A studio service's logs: the exact lines and places, what a job's log tells, and what it never holds."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from jobtrail import EventLog, JobLog, JobtrailError, ServiceLog, job_log, read_jobs, read_logs, setup_logger, summarize

TS = r'"ts":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"'


def lines_of(path: Path) -> list[dict[str, Any]]:
    """Returns the objects in a file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_lines_are_exact(tmp_path: Path) -> None:
    """Compact JSON as `JSON.stringify` gives it, keys in their order, `data` only where there is some."""
    log = JobLog(tmp_path, "p1", "J1", component="comfyui")
    log.info("größe\n2", progress=45, scale=2.0, factor=0.5)
    log.warning("no data")

    first, second = log.path.read_text(encoding="utf-8").splitlines()
    assert log.path == tmp_path / "projects/p1/files/logs/jobs/J1.jsonl" == tmp_path / log.log_path
    assert re.fullmatch(
        rf'{{{TS},"level":"info","component":"comfyui","projectId":"p1","jobId":"J1","msg":"größe\\n2",'
        r'"data":\{"progress":45,"scale":2,"factor":0\.5\}\}',
        first,
    )
    assert re.fullmatch(
        rf'{{{TS},"level":"warn","component":"comfyui","projectId":"p1","jobId":"J1","msg":"no data"}}', second
    )


def test_a_job_tells_its_life(tmp_path: Path) -> None:
    """Start with its input, steps, end with what came of it; the reader and `read_jobs` understand all of it."""
    log = JobLog(tmp_path, "p1", "msh-0105-a7f2")
    log.started("upscale", {"image": "a.png", "prompt": "x" * 3000})
    with log.step("download", url="https://example.com/a.png"):
        pass
    log.completed({"images": 4})
    log.close()

    started, step, completed = lines_of(log.path)
    assert (started["jobId"], started["data"]["type"], started["data"]["status"]) == (
        "MSH-0105-A7F2",
        "upscale",
        "started",
    )
    assert started["data"]["input"]["prompt"].endswith("… (3000 characters)")
    assert (step["data"]["step"], step["data"]["url"]) == ("download", "https://example.com/a.png")
    assert isinstance(step["data"]["duration_ms"], int)
    assert (completed["data"]["status"], completed["data"]["output"]) == ("completed", {"images": 4})
    (job,) = read_jobs(tmp_path)
    assert (job["job_id"], job["status"], job["project_id"], job["records"]) == ("MSH-0105-A7F2", "completed", "p1", 3)


def test_an_error_brings_its_whole_stack(tmp_path: Path) -> None:
    """Of a step and of the job, with the exception that led to it; it goes on to the caller."""

    def fail(log: JobLog) -> None:
        with log, log.step("submit"):
            try:
                raise ValueError("no vertices")
            except ValueError as error:
                raise RuntimeError("cannot mesh") from error

    log = JobLog(tmp_path, "p1", "J1")
    with pytest.raises(RuntimeError):
        fail(log)

    _, step, failed = lines_of(log.path)
    for line in (step, failed):
        assert line["level"] == "error"
        assert line["data"]["error"] == "RuntimeError: cannot mesh"
        assert "ValueError: no vertices" in line["data"]["stack"]
        assert "direct cause" in line["data"]["stack"]
    assert failed["data"]["status"] == "error"
    assert re.fullmatch(r"Job failed after \d+\.\d{3} s: RuntimeError: cannot mesh", failed["msg"])


def test_a_failing_program_leaves_its_tail(tmp_path: Path) -> None:
    """With the job's IDs and without the secret it printed; a long output is cut."""
    log = JobLog(tmp_path, "p1", "J1")
    program = "import sys; print('x' * 100000); print('token=abcdefgh12345678', file=sys.stderr); sys.exit(3)"
    ended = log.run([sys.executable, "-c", program], tail=200)

    last = lines_of(log.path)[-1]
    assert ended.returncode == 3
    assert (last["level"], last["projectId"], last["jobId"]) == ("error", "p1", "J1")
    assert "token=[redacted:token]" in last["msg"]
    assert len(last["msg"]) < 800
    assert last["data"]["returncode"] == 3


def test_no_path_of_this_machine_and_no_token_is_in_it(tmp_path: Path) -> None:
    """Below the data a path becomes relative, of any other the last part stays; `job_log`'s own file is the same."""
    log = JobLog(tmp_path, "p1", "J1")
    said = f"wrote {tmp_path}/projects/p1/out/a.png from /opt/models/sd.safetensors"
    log.info(said, api_key="abcdefgh12345678")
    logger = setup_logger("worker", tmp_path / "logs", console=False)
    with job_log("J2", "p1", data_dir=tmp_path, logger=logger) as inner:
        inner.info("wrote %s/projects/p1/out/b.png", tmp_path)

    text = log.path.read_text() + (tmp_path / "projects/p1/files/logs/jobs/J2.jsonl").read_text()
    assert "wrote projects/p1/out/a.png from sd.safetensors" in text
    assert "wrote projects/p1/out/b.png" in text
    assert (str(tmp_path) in text, "/opt" in text, "abcdefgh" in text) == (False, False, False)


def test_folders_stay_out_of_git(tmp_path: Path) -> None:
    """Each that is made has a `.gitignore` for everything in it."""
    ServiceLog(tmp_path / "data", "worker").info("ready")

    assert (tmp_path / "data/runtime/logs/.gitignore").read_text() == "*\n"


def test_services_and_events_have_their_files(tmp_path: Path) -> None:
    """Lines without a job where there is none; an event's project and job stand where a job's line has them."""
    ServiceLog(tmp_path, "backend").error("down", error=OSError("no route"))
    events = EventLog(tmp_path)
    events.emit("job.failed", project_id="p1", job_id="J1", spec_id="s3", reason="no vertices")
    events.emit("export.created", assetId=7)

    (service,) = lines_of(tmp_path / "runtime/logs/backend.jsonl")
    failed, created = lines_of(tmp_path / "runtime/logs/events.jsonl")
    assert list(service) == ["ts", "level", "component", "msg", "data"]
    assert service["data"]["error"] == "OSError: no route"
    assert list(failed) == ["ts", "level", "component", "projectId", "jobId", "msg", "data"]
    assert (failed["level"], failed["data"]) == ("error", {"specId": "s3", "reason": "no vertices"})
    assert (created["level"], created["msg"], created["data"]) == ("info", "export.created", {"assetId": 7})
    assert [record.format for record in read_logs(tmp_path)] == ["job", "job", "job"]


WRITER = """
import sys
from jobtrail import JobLog

log = JobLog(sys.argv[1], "p1", "J1")
for number in range(300):
    log.info("at work", number=number, padding="x" * (number % 200))
"""


def test_processes_share_a_jobs_file(tmp_path: Path) -> None:
    """Four at once: every line is whole, none is lost."""
    running = [subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)]) for _ in range(4)]

    assert [process.wait(60) for process in running] == [0, 0, 0, 0]
    written = lines_of(tmp_path / "projects/p1/files/logs/jobs/J1.jsonl")
    assert sorted(line["data"]["number"] for line in written) == sorted(list(range(300)) * 4)


@pytest.mark.parametrize("bad", ["../x", "", "a/b", "a\n", "x" * 200])
def test_bad_ids_are_refused(tmp_path: Path, bad: str) -> None:
    """Of projects, jobs and services, before anything is made."""
    for make in (
        lambda: JobLog(tmp_path, bad, "J1"),
        lambda: JobLog(tmp_path, "p1", bad),
        lambda: ServiceLog(tmp_path, bad),
    ):
        with pytest.raises(JobtrailError) as refused:
            make()
        assert refused.value.code == "bad_job_id"
    assert list(tmp_path.iterdir()) == []


GRAPH = {str(at): {"class_type": "KSampler" if at % 3 else "LoadImage", "inputs": {"seed": at}} for at in range(1, 61)}


def test_a_workflow_is_never_shown() -> None:
    """Neither the graph that is run nor the editor's form, at any depth and any size that is allowed."""
    editor = {"nodes": [{"type": "KSampler", "widgets": [1] * 50}] * 5 + [7], "links": [[1, 2, 3]] * 100}
    for limit in (64, 200, 2000, 100_000):
        short = summarize({"prompt": GRAPH, "extra": {"workflow": editor}}, limit)

        assert "seed" not in json.dumps(short)
        assert "widgets" not in json.dumps(short)
    assert short == {
        "prompt": {"workflow": "60 nodes", "types": {"KSampler": 40, "LoadImage": 20}},
        "extra": {"workflow": {"workflow": "6 nodes", "types": {"KSampler": 5, "?": 1}}},
    }


@pytest.mark.parametrize("limit", [64, 100, 300, 2000])
def test_a_summary_has_the_size_that_was_asked_for(limit: int) -> None:
    """Whatever it is of: long texts, wide and deep objects, long lists, other scripts, bytes."""
    deep: Any = 1
    for _ in range(100):
        deep = {"deeper": deep}
    values: list[Any] = [
        "ä" * 10_000,
        {f"key {n}" * 9: "value" * n for n in range(500)},
        deep,
        [[n] * 9 for n in range(999)],
    ]
    for value in [*values, values, {"a": values, "b": b"x" * 999, "c": float("inf"), "d": {1, 2}}]:
        short = summarize(value, limit)

        assert len(json.dumps(short, ensure_ascii=False, separators=(",", ":")).encode()) <= limit
        assert short


def test_what_is_short_stays_as_it_is() -> None:
    """Numbers, texts, null, nested lists and objects; not finite numbers and bytes have no JSON."""
    value = {"a": [1, 2.5, True, None, "x"], "b": {"c": {"d": "e"}}}

    assert summarize(value) == value
    assert summarize([float("nan"), b"xy", (1, 2)]) == [None, "(2 bytes)", [1, 2]]

"""Events of jobs in monthly files: their bytes, several writers at once, and what is read from them."""

from __future__ import annotations

import gzip
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import job_logger
import pytest
from jobtrail import JobEvents, JobtrailError, mesh, read_jobs
from jobtrail.claimed_ids import CLAIMS

STAMP = r'"timestamp": "\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z"'


def month_file(folder: Path) -> Path:
    """Returns the file of the present month."""
    return folder / f"jobs_{datetime.now(timezone.utc):%Y-%m}.jsonl"


def old_event(stamp: str, job_id: str, status: str, **more: object) -> str:
    """Returns an event's line as any program of the system writes it."""
    return json.dumps({"timestamp": stamp, "job_id": job_id, **more, "status": status, "details": {}}) + "\n"


@pytest.fixture
def events(tmp_path: Path) -> Iterator[JobEvents]:
    """Gives events in a folder that is not there yet."""
    events = JobEvents(tmp_path / "logs")
    yield events
    events.close()


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Has the module `job_logger` write into a folder of its own."""
    monkeypatch.setenv("JOB_LOG_DIR", str(tmp_path / "service"))
    return tmp_path / "service"


def test_the_module_writes_the_bytes_and_lines_it_always_did(service: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Keys in their order, Python's separators, nulls and `{}` kept, ASCII only; a line on standard output each."""
    job_logger.log_mesh_job("MSH-0105-A7F2", "a@b.co", "p1", "größe.step", strategy="fast")
    job_logger.log_import_job("IMP-0105-77AA", "a@b.co", None, "x.step", 1234)
    job_logger.log_job_update("MSH-0105-A7F2", "completed", {"node_count": 5000})

    mesh_line, import_line, update_line = month_file(service).read_text("ascii").splitlines()
    assert re.fullmatch(
        rf'{{{STAMP}, "job_id": "MSH-0105-A7F2", "job_type": "mesh", "user_email": "a@b\.co", "project_id": "p1", '
        r'"filename": "gr\\u00f6\\u00dfe\.step", "status": "started", "strategy": "fast", "quality_params": null, '
        r'"details": \{\}}',
        mesh_line,
    )
    assert re.fullmatch(
        rf'{{{STAMP}, "job_id": "IMP-0105-77AA", "job_type": "import", "user_email": "a@b\.co", "project_id": null, '
        r'"filename": "x\.step", "file_size": 1234, "status": "started", "details": \{\}}',
        import_line,
    )
    assert re.fullmatch(
        rf'{{{STAMP}, "job_id": "MSH-0105-A7F2", "status": "completed", "details": {{"node_count": 5000}}}}',
        update_line,
    )
    assert capsys.readouterr().out.splitlines() == [
        "[JOB LOG] MSH-0105-A7F2 | MESH | started | größe.step | Strategy: fast",
        "[JOB LOG] IMP-0105-77AA | IMPORT | started | x.step | User: a@b.co",
        "[JOB LOG] MSH-0105-A7F2 | UPDATE | completed",
    ]


def test_the_module_reads_what_it_wrote(service: Path) -> None:
    """By job oldest first, recent newest first, a range with both its ends."""
    first = job_logger.generate_job_id()
    job_logger.log_mesh_job(first, "a@b.co", "p1", "a.step")
    job_logger.log_import_job("IMP-0105-77AA", "c@d.co", None, "b.step", None)
    job_logger.log_job_update(first, "completed")
    now = datetime.now(timezone.utc)

    assert [event["status"] for event in job_logger.get_logs_by_job_id(first)] == ["started", "completed"]
    assert [event["job_id"] for event in job_logger.get_recent_logs(2)] == [first, "IMP-0105-77AA"]
    assert [event["filename"] for event in job_logger.get_recent_logs(user_email="c@d.co")] == ["b.step"]
    assert job_logger.get_recent_logs(status="error") == []
    naive = now.replace(tzinfo=None)
    assert len(job_logger.get_logs_by_date_range(naive - timedelta(hours=1), naive)) == 3
    assert len(job_logger.get_logs_by_date_range(now - timedelta(hours=1), now, "mesh")) == 1
    assert {path.name for path in service.iterdir()} == {month_file(service).name, CLAIMS}


def test_the_folder_is_that_beside_the_calling_package(tmp_path: Path) -> None:
    """`backend/app/main.py` in the package `app` writes `backend/logs`; so does the script `backend/run.py`."""
    package = tmp_path / "backend/app"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "main.py").write_text("import job_logger\njob_logger.log_job_update('MSH-0105-A7F2', 'started')\n")
    (tmp_path / "backend/run.py").write_text((package / "main.py").read_text())
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path / "backend"), *sys.path])}
    environment.pop("JOB_LOG_DIR", None)

    for program in (["-m", "app.main"], [str(tmp_path / "backend/run.py")]):
        subprocess.run([sys.executable, *program], check=True, env=environment, cwd="/", stdout=subprocess.DEVNULL)

    assert len(month_file(tmp_path / "backend/logs").read_text().splitlines()) == 2


def test_a_life_is_told_in_events(events: JobEvents) -> None:
    """`started` has the keys of its type, what it does not know goes into the details; an error says what it is."""
    events.started("imp-0105-77aa", filename="x.step", file_size=5, attempt=2)
    events.processing("IMP-0105-77AA", {"progress": 40})
    events.error("IMP-0105-77AA", error=ValueError("no vertices"))
    events.started("4711", "report", user_email="a@b.co", details={"pages": 3})

    started, processing, failed = events.by_job("IMP-0105-77AA")
    assert list(started)[2:] == ["job_type", "user_email", "project_id", "filename", "file_size", "status", "details"]
    assert (started["job_id"], started["file_size"], started["details"]) == ("IMP-0105-77AA", 5, {"attempt": 2})
    assert processing["details"] == {"progress": 40}
    assert failed["details"] == {"error": "no vertices", "error_type": "ValueError"}
    assert events.by_job("4711")[0]["details"] == {"pages": 3}


def test_all_months_are_looked_through(events: JobEvents) -> None:
    """Also a compressed one; other files are not events."""
    events.folder.mkdir()
    (events.folder / "jobs_2025-12.jsonl").write_text(old_event("2025-12-31T23:59:59.999Z", "MSH-1231-0001", "started"))
    with gzip.open(events.folder / "jobs_2025-11.jsonl.gz", "wt") as packed:
        packed.write(old_event("2025-11-01T00:00:00.000001Z", "MSH-1101-0001", "started", job_type="mesh"))
    (events.folder / "jobs_2026-01.jsonl").write_text(
        old_event("2026-01-01T00:00:01.000000Z", "MSH-1231-0001", "completed")
        + '{"timestamp": "2026-01-01T00:00:02.000000Z", "job_id": "MSH-1231-0001", "sta\n'
        + "not an event, MSH-1231-0001\n"
    )
    (events.folder / "worker.log").write_text("[INFO] MSH-1231-0001\n")

    assert [event["status"] for event in events.by_job("MSH-1231-0001")] == ["started", "completed"]
    assert [event["job_id"] for event in events.recent(10)] == ["MSH-1231-0001", "MSH-1231-0001", "MSH-1101-0001"]
    new_year = datetime(2026, 1, 1, tzinfo=timezone.utc)
    assert [event["status"] for event in events.between(new_year - timedelta(seconds=1), new_year)] == ["started"]
    assert [job["job_id"] for job in events.unfinished(timedelta(days=1))] == ["MSH-1101-0001"]


def test_a_month_that_cannot_be_read_is_told(events: JobEvents) -> None:
    """Of a damaged one what could be read is given, and the other months are."""
    events.completed("MSH-1101-0001")
    whole = gzip.compress(old_event("2025-11-01T00:00:00.000001Z", "MSH-1101-0001", "started").encode() * 5000)
    (events.folder / "jobs_2025-11.jsonl.gz").write_bytes(whole[: len(whole) // 2])

    with pytest.warns(UserWarning, match="jobs_2025-11"):
        found = events.by_job("MSH-1101-0001")

    assert found[-1]["status"] == "completed"


def test_nothing_is_there_before_the_first_event(events: JobEvents) -> None:
    """Reading makes no folder, and an empty one is no error."""
    assert (events.by_job("MSH-0105-A7F2"), events.recent(), events.unfinished()) == ([], [], [])
    assert not events.folder.exists()


def test_ids_are_never_given_twice(events: JobEvents) -> None:
    """Not by two objects on one folder, and not one that another program has used already."""
    other = JobEvents(events.folder)
    today = f"{datetime.now(timezone.utc):%m%d}"
    events.folder.mkdir()
    month_file(events.folder).write_text(old_event("2026-01-01T00:00:00Z", f"MSH-{today}-0000", "started"))

    given = [one.generate_job_id() for _ in range(400) for one in (events, other)]

    assert len(set(given)) == 800
    assert f"MSH-{today}-0000" not in given
    assert {claim.name for claim in (events.folder / CLAIMS).iterdir()} == set(given)


def test_claims_of_other_days_go(events: JobEvents) -> None:
    """What was given last week takes no room for ever."""
    (events.folder / CLAIMS).mkdir(parents=True)
    (events.folder / CLAIMS / "MSH-0000-A7F2").touch()

    given = events.generate_job_id("IMP")

    assert [claim.name for claim in (events.folder / CLAIMS).iterdir()] == [given]


WRITER = """
import sys
from jobtrail import JobEvents

events = JobEvents(sys.argv[1])
for number in range(int(sys.argv[2])):
    events.update(events.generate_job_id(), "started", {"number": number, "padding": "x" * (number % 300)})
"""


def test_processes_write_one_file(events: JobEvents) -> None:
    """Four at once: no event is lost or torn, no ID given twice."""
    running = [subprocess.Popen([sys.executable, "-c", WRITER, str(events.folder), "150"]) for _ in range(4)]

    assert [process.wait(60) for process in running] == [0, 0, 0, 0]
    written = [json.loads(line) for line in month_file(events.folder).read_text().splitlines()]
    assert len(written) == len({event["job_id"] for event in written}) == 600
    assert sorted(event["details"]["number"] for event in written) == sorted(list(range(150)) * 4)


def test_secrets_are_hidden_and_json_stays_json(events: JobEvents, capsys: pytest.CaptureFixture[str]) -> None:
    """In the file, on the console, and where another program has written them."""
    printed = JobEvents(events.folder, console=True)
    printed.started("MSH-0105-A7F2", filename="/home/alice/x.step", details={"password": "hunter2", "rows": 3})
    with month_file(events.folder).open("a") as file:
        file.write('{"timestamp": "2026-01-05T14:30:01.000000Z", "job_id": "MSH-0105-A7F2", "status": "error", ')
        file.write('"details": {"api_key": "abcdefgh12345678"}}\n')

    text = month_file(events.folder).read_text()
    first, last = sorted(events.by_job("MSH-0105-A7F2"), key=lambda event: str(event["status"]), reverse=True)
    assert ("hunter2" in text, "alice" in text) == (False, False)
    assert first["details"] == {"password": "[redacted:password]", "rows": 3}
    assert last["details"] == {"api_key": "[redacted:api-key]"}
    assert "alice" not in capsys.readouterr().out
    plain = JobEvents(events.folder, redact=False)
    assert {"api_key": "abcdefgh12345678"} in [event["details"] for event in plain.by_job("MSH-0105-A7F2")]


@pytest.mark.parametrize("job_id", ["../x", "a/b", "MSH-0105-A7F2\n", "", "x" * 129, "a:b", "..", "\0"])
def test_a_bad_id_is_refused(events: JobEvents, job_id: str) -> None:
    """Before anything is written, and with the code that says what it is."""
    with pytest.raises(JobtrailError) as refused:
        events.completed(job_id)

    assert refused.value.code == "bad_job_id"
    assert not events.folder.exists()


def test_what_json_cannot_hold_is_written_as_text(events: JobEvents) -> None:
    """Sets, NaN, bytes, a ring, a key that is no text, an object whose `__str__` raises: one whole line each."""

    class Mute:
        def __str__(self) -> str:
            raise ValueError("no")

    ring: dict[str, object] = {}
    ring["self"] = ring
    hard: list[dict[object, object]] = [
        {"a": {1}},
        {"b": float("nan")},
        {"c": b"x"},
        {"d": ring},
        {(1, 2): 3},
        {"e": Mute()},
    ]
    for details in hard:
        events.update("MSH-0105-A7F2", "processing", details)  # type: ignore[arg-type]

    read = [event["details"] for event in events.by_job("MSH-0105-A7F2")]
    assert read[:3] == [{"a": "{1}"}, {"b": "nan"}, {"c": "b'x'"}]
    assert read[4] == {"(1, 2)": 3}
    assert "without text" in read[5]["e"]


def test_a_full_or_missing_folder_does_not_stop_the_job(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A file stands where the folder should: an ID is given, the event waits, one warning is said."""
    (tmp_path / "logs").write_text("in the way")
    events = JobEvents(tmp_path / "logs")

    job_id = events.generate_job_id()
    events.started(job_id)
    events.completed(job_id)

    assert capfd.readouterr().err.count("jobtrail: ") == 1
    events.close()


def test_jobs_of_any_log_are_told(tmp_path: Path) -> None:
    """`read_jobs` sums up events and a worker's lines alike; the source of one has no time for the other."""
    (tmp_path / "jobs_2026-01.jsonl").write_text(old_event("2026-01-05T14:00:00.000000Z", "MSH-0105-A7F2", "started"))
    (tmp_path / "worker.log").write_text("2026-01-05 14:00:02.000 [1] [ERROR] MSH-0105-A7F2 failed: no vertices\n")

    (job,) = read_jobs(tmp_path, now="2026-01-05T15:00:00Z")

    assert (job["status"], job["duration_ms"], job["errors"]) == ("error", 2000, 1)
    assert job["sources"] == ["jobs_2026-01.jsonl", "worker.log"]
    assert read_jobs(tmp_path, job="MSH-0105-0000") == []


def test_the_module_and_its_home_have_the_same_names() -> None:
    """What `job_logger` offers is what `jobtrail.mesh` holds."""
    assert job_logger.__all__ == mesh.__all__

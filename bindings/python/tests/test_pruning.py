"""Old logs are deleted by age, size and number, and nothing else is."""

from __future__ import annotations

import os
import time
from datetime import timedelta
from pathlib import Path

import pytest
from jobtrail import JobLog, JobtrailError, prune

DAY_S = 86_400


def make(path: Path, days_old: float, text: str = "[INFO] x\n") -> Path:
    """Makes a file that was last written to so long ago."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    then = time.time() - days_old * DAY_S
    os.utime(path, (then, then))
    return path


def test_age_deletes_old_files_of_logs_alone(tmp_path: Path) -> None:
    """Rotated files, months that are over, jobs that are over; not live logs, other files, a month of today."""
    for name in (
        "worker.log",
        "worker.log.1",
        "worker.log.2.bak",
        "notes.txt",
        "jobs_2020-01.jsonl",
        "jobs_2999-01.jsonl",
    ):
        make(tmp_path / name, 40)
    make(tmp_path / "worker.log.2", 3)

    would = prune(tmp_path, older_than=timedelta(days=30), dry_run=True)
    assert {(file.path.name, file.kind, file.fate) for file in would} == {
        ("worker.log.1", "rotated", "would go"),
        ("jobs_2020-01.jsonl", "events", "would go"),
        ("jobs_2999-01.jsonl", "events", "it is of this month"),
    }
    assert (tmp_path / "worker.log.1").exists()

    gone = prune([tmp_path], older_than=timedelta(days=30))
    assert {file.path.name for file in gone if file.fate == "deleted"} == {"worker.log.1", "jobs_2020-01.jsonl"}
    assert sum(file.size_bytes for file in gone if file.fate == "deleted") == 18
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {"worker.log", "worker.log.2.bak", "worker.log.2", "notes.txt", "jobs_2999-01.jsonl"}


def test_a_job_that_runs_keeps_its_log(tmp_path: Path) -> None:
    """Its JSON says so; once that says it is over, the log goes. One that is being written stays in any case."""
    log = JobLog(tmp_path, "p1", "J1")
    log.info("at work")
    (fresh,) = prune(tmp_path, keep_files=0)
    job = tmp_path / "projects/p1/jobs/J1.json"
    make(log.path, 40, log.path.read_text())
    make(job, 0, '{"status": "running"}')
    (running,) = prune(tmp_path, profile="staging")
    make(job, 0, '{"status": "completed"}')
    (over,) = prune(tmp_path, profile="staging")

    assert (fresh.fate, running.fate) == ("it was written to within the last hour", "the job is `running`")
    assert (over.kind, over.rule, over.fate) == ("job", "older_than", "a writer has it open")
    log.close()
    assert [file.fate for file in prune(tmp_path, profile="staging")] == ["deleted"]


def test_errors_are_kept_longer(tmp_path: Path) -> None:
    """In each profile, and where an age of their own is given."""
    for name in ("errors.log.1", "worker.log.1"):
        make(tmp_path / name, 20)

    assert [file.path.name for file in prune(tmp_path, profile="development", dry_run=True)] == ["worker.log.1"]
    gone = prune(tmp_path, older_than=timedelta(days=30), errors_older_than=timedelta(days=10))
    assert [file.path.name for file in gone] == ["errors.log.1"]


def test_size_and_number_take_the_oldest(tmp_path: Path) -> None:
    """Until what is left is small enough."""
    for turn in range(1, 6):
        make(tmp_path / f"worker.log.{turn}", turn)

    assert [file.path.name for file in prune(tmp_path, keep_bytes=30)] == ["worker.log.5", "worker.log.4"]
    assert [file.path.name for file in prune(tmp_path, keep_files=2)] == ["worker.log.3"]


@pytest.mark.parametrize(
    "rules",
    [{}, {"live": True}, {"keep_files": -1}, {"keep_bytes": -1}, {"older_than": timedelta(-1)}, {"profile": "home"}],
)
def test_bad_rules_are_refused(tmp_path: Path, rules: dict[str, object]) -> None:
    """Before anything is deleted."""
    make(tmp_path / "worker.log.1", 400)

    with pytest.raises(JobtrailError) as refused:
        prune(tmp_path, **rules)  # type: ignore[arg-type]

    assert refused.value.code == "bad_option"
    assert (tmp_path / "worker.log.1").exists()


def test_what_cannot_be_looked_at_is_said(tmp_path: Path) -> None:
    """A directory that is not there, and a link, which is not followed."""
    (tmp_path / "link").symlink_to(tmp_path, target_is_directory=True)

    with pytest.warns(UserWarning, match="link"):
        assert prune(tmp_path / "link", keep_files=0) == []
    with pytest.warns(UserWarning, match="missing"):
        assert prune(tmp_path / "missing", keep_files=0) == []

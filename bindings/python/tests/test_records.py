"""`read_logs`, `parse_line`, `redact`, `Query` and job IDs: what the vectors cannot say."""

import gzip
import re
import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from jobtrail import JobId, JobtrailError, Query, generate_job_id, is_valid_job_id, parse_line, read_logs, redact

LINE = "2026-01-05 14:30:0{}.000 [1] [{}] MSH-0105-A7F2 password=hunter2 {}\n"


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    """A rotated log and another one."""
    with gzip.open(tmp_path / "worker.log.2.gz", "wt") as packed:
        packed.write(LINE.format(1, "INFO", "one"))
    (tmp_path / "worker.log.1").write_text(LINE.format(2, "ERROR", "two"))
    (tmp_path / "worker.log").write_text(LINE.format(3, "WARNING", "three"))
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep/host.log").write_text("2026-01-05 15:00:00.000 [2] [INFO] other\n")
    return tmp_path


def last_words(path: "Path | list[Path]", *args: str, **options: object) -> list[str]:
    return [record.message.split()[-1] for record in read_logs(path, *args, **options)]  # type: ignore[arg-type]


def test_a_directory_is_read_with_its_rotated_files_in_order(logs: Path) -> None:
    """Compressed ones included; each record knows its source and line."""
    records = read_logs(logs)

    assert sorted(last_words(logs)) == ["one", "other", "three", "two"]
    assert [record.message[-4:] for record in records if record.source != "deep/host.log"] == [" one", " two", "hree"]
    assert {record.source for record in records} == {
        "worker.log.2.gz",
        "worker.log.1",
        "worker.log",
        "deep/host.log",
    }
    assert all(record.line == 1 for record in records)


def test_filters_are_joined(logs: Path) -> None:
    """Query, level, job, since and until must all hold."""
    assert last_words(logs, "password") == ["one", "two", "three"]
    assert last_words(logs, level="warning") == ["two", "three"]
    assert last_words(logs, level="warning", since="2026-01-05T14:30:03Z") == ["three"]
    assert last_words(logs, job="MSH-0105-A7F2", until="2026-01-05T14:30:02Z") == ["one", "two"]
    assert last_words(logs, since=datetime(2026, 1, 5, 15, tzinfo=timezone(timedelta(hours=0)))) == ["other"]
    assert last_words([logs / "worker.log", logs / "deep"], "-other") == ["three"]


def test_records_are_redacted_unless_asked(logs: Path) -> None:
    """A secret neither shows nor matches."""
    assert read_logs(logs, "hunter2") == []
    assert "password=[redacted:password]" in read_logs(logs / "worker.log")[0].text
    assert "hunter2" in read_logs(logs / "worker.log", redact=False)[0].message
    assert "hunter2" not in parse_line("password=hunter2").message
    assert "hunter2" in parse_line("password=hunter2", redact=False).message


def test_a_large_file_gives_the_records_of_one_pass(tmp_path: Path) -> None:
    """However many threads read a file, and whatever a filter passes over, the records are those of one pass."""
    path = tmp_path / "worker.log"
    trace = 'Traceback (most recent call last):\n  File "jobs.py"\nValueError: no\n'
    with path.open("w", encoding="utf-8") as log:
        for i in range(110_000):
            stamp = f"2026-01-05 {i // 3600 % 24:02}:{i // 60 % 60:02}:{i % 60:02}.000"
            level, rest = ("ERROR", trace) if i % 5000 == 0 else ("INFO", "")
            log.write(f"{stamp} [12] [{level}] Job #{i}: every step of it was done in time\n{rest}")
    everything = read_logs(path)
    assert path.stat().st_size > 8 << 20

    for text in ["level:error", "job:70001 OR job:3", "ValueError", "line>100 line<200", "-step"]:
        query = Query(text)
        expected = [record for record in everything if query.matches(record)]

        assert read_logs(path, text) == expected, text
    assert len(read_logs(path, "since:2026-01-05T10:00:00Z until:2026-01-05T10:00:59Z")) == 60


def test_what_cannot_be_read_is_said(logs: Path) -> None:
    """A path that was named raises; one further down warns, and the rest is read."""
    with pytest.raises(FileNotFoundError, match="no such file"):
        read_logs(logs / "missing.log")
    (logs / "broken.log.gz").write_bytes(gzip.compress(b"[INFO] half\n" * 9000)[:60])
    with pytest.warns(UserWarning, match=r"broken\.log\.gz"):
        assert len(read_logs(logs, "password")) == 3


def test_times_without_a_zone_are_read_in_the_one_that_is_named(logs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """UTC where none is, which is said on a machine in another zone when times are compared."""
    log = logs / "worker.log"
    assert read_logs(log)[0].timestamp == "2026-01-05T14:30:03.000000Z"
    assert read_logs(log, tz="+02:00")[0].timestamp == "2026-01-05T12:30:03.000000Z"
    assert len(read_logs(log, "since:2026-01-05T12:30:00Z until:2026-01-05T12:31:00Z", tz="Europe/Helsinki")) == 1
    with pytest.raises(JobtrailError, match="unknown time zone `Middle/Earth`"):
        read_logs(log, tz="Middle/Earth")
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    with pytest.warns(UserWarning, match="tz='local'"):
        assert len(read_logs(log, since="2026-01-05")) == 1
    assert read_logs(log, tz="local")[0].timestamp == "2026-01-05T05:30:03.000000Z"
    monkeypatch.delenv("TZ")
    time.tzset()


@pytest.mark.parametrize(
    ("act", "code", "column"),
    [
        (lambda: Query("level>=loud"), "bad_query", 7),
        (lambda: Query("größe level>=loud"), "bad_query", 13),
        (lambda: Query("x", now="noon"), "bad_option", None),
        (lambda: Query("x", tz="Mars"), "bad_option", None),
        (lambda: read_logs(".", job="../x"), "bad_job_id", None),
        (lambda: JobId("MSH-1305-A7F2"), "bad_job_id", None),
        (lambda: redact("x", paths="some"), "bad_option", None),
        (lambda: generate_job_id("NOPE"), "bad_job_id", None),
    ],
)
def test_errors_are_value_errors_with_a_code(act: Callable[[], object], code: str, column: int | None) -> None:
    """The column counts characters; the text is one line."""
    with pytest.raises(JobtrailError) as raised:
        act()

    assert isinstance(raised.value, ValueError)
    assert (raised.value.code, raised.value.column) == (code, column)
    assert "\n" not in str(raised.value)


def test_any_text_is_a_record() -> None:
    """Lone surrogates and NUL too; fields are Python values."""
    assert parse_line("").message == ""
    assert parse_line("\ud800\0").format == "plain"
    assert redact("\ud800 password=hunter2") == "\\ud800 password=[redacted:password]"
    assert parse_line('{"level": "info", "message": "m", "size": 3, "deep": {"a": [1]}}').fields == {
        "size": 3,
        "deep": {"a": [1]},
    }


def test_job_ids_are_values() -> None:
    """Equal by their text, usable as keys, with types of one's own."""
    job = JobId("msh-0105-a7f2")

    assert job == JobId("MSH-0105-A7F2") != JobId("IMP-0105-A7F2")
    assert {job: 1}[JobId(str(job))] == 1
    assert repr(job) == "JobId('MSH-0105-A7F2')"
    assert JobId("RENDER-0229-00FF", {"RENDER": "render"}).job_type == "RENDER"
    assert not is_valid_job_id("RENDER-0229-00FF")
    assert is_valid_job_id("RENDER-0229-00FF", types={"RENDER": "render"})


def test_generated_job_ids_are_of_today_and_not_taken() -> None:
    """What is taken may be a container or a function; what it raises comes through."""
    today = datetime.now(timezone.utc).strftime("%m%d")
    seen: set[str] = set()
    for _ in range(2000):
        job = generate_job_id(taken=seen)
        assert re.fullmatch(rf"MSH-{today}-[0-9A-F]{{4}}", job) or datetime.now(timezone.utc).strftime("%m%d") != today
        assert job not in seen
        seen.add(job)

    free = f"IMP-{today}-BEEF"
    assert generate_job_id("IMP", taken=lambda job: not job.endswith("-BEEF"))[-5:] == free[-5:]
    with pytest.raises(JobtrailError, match="wrong full"):
        generate_job_id(taken=lambda _: True)
    with pytest.raises(ZeroDivisionError):
        generate_job_id(taken=lambda _: 1 / 0 > 1)

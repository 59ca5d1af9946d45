"""How a log is kept: rotation by time, retention by age and size, compression, and what a record has survived."""

import gzip
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import jobtrail
import pytest
from jobtrail import setup_logger
from jobtrail.handlers import Compression, Durability, FileHandler, Period
from programs import run

DAY_S = 86_400
DEADLINE_S = 20


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + DEADLINE_S
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def aged(path: Path, days: float, text: str = "old\n") -> None:
    path.write_text(text)
    then = time.time() - days * DAY_S
    os.utime(path, (then, then))


def messages(folder: Path) -> list[str]:
    records = [record.message for record in jobtrail.read_logs(folder)]
    return [message for message in records if "Logger initialized" not in message]


@pytest.mark.parametrize(("when", "days"), [("daily", 2), ("weekly", 8), ("monthly", 32)])
def test_a_file_of_an_earlier_period_is_renamed(tmp_path: Path, when: Period, days: int) -> None:
    """Its last record is from then; without `when` it is written on."""
    aged(tmp_path / "kept.log", days)
    setup_logger("kept", tmp_path, console=False)
    aged(tmp_path / "worker.log", days)

    setup_logger("worker", tmp_path, console=False, when=when).info("new")

    assert (tmp_path / "worker.log.1").read_text() == "old\n"
    assert "old" not in (tmp_path / "worker.log").read_text()
    assert (tmp_path / "kept.log").read_text().startswith("old\n")
    assert not (tmp_path / "kept.log.1").exists()


def test_old_files_go_by_their_age(tmp_path: Path) -> None:
    """At the set-up already; half a day is an age too."""
    aged(tmp_path / "worker.log.1", 0.25)
    aged(tmp_path / "worker.log.2", 0.75)

    setup_logger("worker", tmp_path, console=False, max_age_days=0.5)

    wait_until(lambda: not (tmp_path / "worker.log.2").exists())
    assert (tmp_path / "worker.log.1").exists()


def test_old_files_go_by_their_size_together(tmp_path: Path) -> None:
    """The oldest first."""
    for number in (1, 2, 3):
        (tmp_path / f"worker.log.{number}").write_text("x" * 1000)

    setup_logger("worker", tmp_path, console=False, max_total_bytes=2500)

    wait_until(lambda: not (tmp_path / "worker.log.3").exists())
    assert (tmp_path / "worker.log.1").exists()
    assert (tmp_path / "worker.log.2").exists()


@pytest.mark.parametrize(("compress", "ending"), [("gzip", ".gz"), ("zstd", ".zst")])
def test_old_files_are_compressed_and_read_again(tmp_path: Path, compress: Compression, ending: str) -> None:
    """And everything stands in the set once, whatever is compressed by now."""
    log = setup_logger("worker", tmp_path, console=False, max_bytes=10_000, backup_count=100, compress=compress)
    for number in range(1000):
        log.info("record %04d", number)

    wait_until(lambda: len(list(tmp_path.glob(f"worker.log.*{ending}"))) >= 4)
    wait_until(lambda: not list(tmp_path.glob(".worker.log.*.tmp")))

    assert sorted(messages(tmp_path)) == [f"record {number:04d}" for number in range(1000)]
    if compress == "gzip":
        assert all(b"record" in gzip.decompress(path.read_bytes()) for path in tmp_path.glob("*.gz"))


@pytest.mark.parametrize("durability", ["process", "mapped", "disk"])
def test_every_durability_writes_the_same_lines(tmp_path: Path, durability: Durability) -> None:
    """Through rotations, each once, when they are flushed."""
    log = setup_logger("worker", tmp_path, console=False, max_bytes=2000, backup_count=100, durability=durability)
    for number in range(200):
        log.info("record %03d", number)
    log.handlers[0].flush()

    assert sorted(messages(tmp_path)) == [f"record {number:03d}" for number in range(200)]
    assert len(list(tmp_path.glob("worker.log.*"))) >= 2


def test_an_error_goes_from_memory_to_the_file_at_once(tmp_path: Path) -> None:
    """With what was logged before it, in its order; the rest comes by itself."""
    log = setup_logger("worker", tmp_path, console=False, durability="mapped")
    log.info("before")
    log.error("now")

    assert messages(tmp_path) == ["before", "now"]
    log.info("after")
    wait_until(lambda: messages(tmp_path) == ["before", "now", "after"])


WRITE = """if True:
    import sys
    from jobtrail import setup_logger
    log = setup_logger("worker", sys.argv[1], console=False, durability=sys.argv[2])
    number = 0
    while True:
        log.info("record %06d", number)
        print(number, flush=True)
        number += 1
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL here")
@pytest.mark.parametrize("durability", ["mapped", "disk"])
def test_a_killed_process_loses_nothing_whose_call_returned(tmp_path: Path, durability: str) -> None:
    """What it left in memory is written by the next process that opens the log, each record once."""
    command = [sys.executable, "-c", WRITE, str(tmp_path), durability]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for _ in range(300):
            process.stdout.readline()
        process.kill()
        last = 299 + len(process.stdout.readlines())

    setup_logger("worker", tmp_path, console=False)

    found = messages(tmp_path)
    assert found[: last + 1] == [f"record {number:06d}" for number in range(last + 1)]
    assert len(found) == len(set(found)) <= last + 2


FORK = """if True:
    import os, sys
    from jobtrail import setup_logger
    log = setup_logger("worker", sys.argv[1], console=False, durability="mapped")
    log.info("before")
    child = os.fork()
    if child == 0:
        log.info("child")
        log.handlers[0].flush()
        os._exit(0)
    os.waitpid(child, 0)
    log.info("after")
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_memory_is_flushed_at_a_fork_and_at_exit(tmp_path: Path) -> None:
    """So the three stand in the order in which they were logged."""
    ended = run(FORK, tmp_path)

    assert (ended.returncode, ended.stderr) == (0, "")
    assert messages(tmp_path) == ["before", "child", "after"]


def test_a_handler_of_its_own_says_what_it_does_not_know(tmp_path: Path) -> None:
    """As a dictConfig may name it, with no set-up in between."""
    with pytest.raises(jobtrail.JobtrailError, match="bad when 'hourly', supported: 'daily', 'weekly', 'monthly'"):
        FileHandler(tmp_path / "x.log", when="hourly")  # type: ignore[arg-type]

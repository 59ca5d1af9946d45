"""Faults met on the fast path: at the end of the program, in signal handlers, in recursion, on full disks."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from jobtrail.loggers import IS_FAST
from programs import run

pytestmark = pytest.mark.skipif(not IS_FAST, reason="this build has the standard path alone")


def messages(path: Path) -> list[str]:
    """Returns the messages behind the first record; every line has to be one."""
    lines = path.read_text(encoding="utf-8").splitlines()
    found = [re.fullmatch(r"\S+ \S+ \[\d+\] \[[A-Z]+\] (.*)", line) for line in lines]
    assert all(found), lines
    return [match[1] for match in found if match][1:]


@pytest.mark.parametrize("durability", ["process", "mapped", "disk"])
def test_last_words_are_written(tmp_path: Path, durability: str) -> None:
    """In `atexit`, after `logging` was shut down, from a thread that goes on, and while modules are taken apart."""
    code = """if True:
        import atexit, sys
        log = None
        def last():
            for number in range(3):
                log.info("last %d", number)
        atexit.register(last)  # before that of `logging`, so it runs after it
        from jobtrail import setup_logger
        log = setup_logger("worker", sys.argv[1], console=False, durability=sys.argv[2])
        class Late:
            def __init__(self, log):
                self.info = log.info
            def __del__(self, late="late %d"):
                self.info(late, 1)
                self.info(late, 2)
        late = Late(log)
        log.info("first")
    """
    ended = run(code, tmp_path, durability)

    assert (ended.returncode, ended.stderr) == (0, "")
    assert messages(tmp_path / "worker.log") == ["first", "last 0", "last 1", "last 2", "late 1", "late 2"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="signals of POSIX")
@pytest.mark.parametrize("durability", ["process", "mapped"])
def test_a_signal_handler_may_log(tmp_path: Path, durability: str) -> None:
    """On the thread that is logging itself: each record once, none torn, no deadlock."""
    code = """if True:
        import itertools, signal, sys
        from jobtrail import setup_logger
        log = setup_logger("worker", sys.argv[1], console=False, durability=sys.argv[2], max_bytes=0)
        numbers = itertools.count()  # one signal may interrupt the handler of another
        is_enough = False
        def handle(number, frame):
            global is_enough
            count = next(numbers)
            log.info("signal %d", count)
            is_enough = count >= 200
        class Slow:
            def __str__(self):
                return str(sum(range(50)))
        signal.signal(signal.SIGALRM, handle)
        signal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0005)
        number = 0
        while not is_enough:
            log.info("main %d", number)
            log.info("slow %s %d", Slow(), number)
            number += 1
        signal.setitimer(signal.ITIMER_REAL, 0)
        print(number, next(numbers))
    """
    ended = run(code, tmp_path, durability)
    assert (ended.returncode, ended.stderr) == (0, "")
    numbers, signals = map(int, ended.stdout.split())

    expected = Counter(f"signal {number}" for number in range(signals))
    expected.update(line for number in range(numbers) for line in (f"main {number}", f"slow 1225 {number}"))
    assert Counter(messages(tmp_path / "worker.log")) == expected


def test_a_text_that_logs_itself_ends(tmp_path: Path) -> None:
    """Python's limit of recursion ends it, and the program goes on."""
    code = """if True:
        import sys
        from jobtrail import setup_logger
        log = setup_logger("worker", sys.argv[1], console=False)
        class Self:
            def __str__(self):
                log.info("%s", self)
                return "text"
            __repr__ = __str__
        sys.setrecursionlimit(200)
        log.info("%s and %r", Self(), 1)
        log.info("after")
    """
    ended = run(code, tmp_path)

    assert (ended.returncode, ended.stderr) == (0, "")
    lines = (tmp_path / "worker.log").read_text().splitlines()
    assert [line.rpartition("] ")[2] for line in lines[-2:]] == ["text and 1", "after"]
    assert len(lines) < 1000


def test_a_very_long_message_is_one_record(tmp_path: Path) -> None:
    """50 MB, and what comes after it; memory for it is given back."""
    code = """if True:
        import sys
        from jobtrail import setup_logger
        log = setup_logger("worker", sys.argv[1], console=False, durability=sys.argv[2], max_bytes=0)
        log.info("x" * 50_000_000)
        log.info("after")
    """
    for durability in ("process", "mapped"):
        folder = tmp_path / durability
        ended = run(code, folder, durability)

        assert (ended.returncode, ended.stderr) == (0, "")
        found = messages(folder / "worker.log")
        assert [len(message) for message in found] == [50_000_000, 5]
        shutil.rmtree(folder)


@pytest.mark.skipif(sys.platform == "win32", reason="no such limit there")
def test_without_descriptors_the_file_grows_and_records_stay(tmp_path: Path) -> None:
    """A rotation that cannot open its new file is made later."""
    code = """if True:
        import os, resource, sys
        from jobtrail import setup_logger
        log = setup_logger("worker", sys.argv[1], console=False, max_bytes=4096, backup_count=100)
        taken = [os.open("/dev/null", os.O_RDONLY)]
        resource.setrlimit(resource.RLIMIT_NOFILE, (taken[0] + 1, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
        for number in range(200):
            log.info("record %d", number)
        os.close(taken.pop())
        resource.setrlimit(resource.RLIMIT_NOFILE, (256, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
        log.handlers[0].flush()
        for number in range(200, 300):
            log.info("record %d", number)
        print(log.handlers[0].stats())
    """
    ended = run(code, tmp_path)

    assert ended.returncode == 0, ended.stderr
    assert eval(ended.stdout)["dropped"] == 0
    text = "".join(path.read_text() for path in tmp_path.glob("worker.log*"))
    assert Counter(re.findall(r"record \d+$", text, re.MULTILINE)) == Counter(f"record {n}" for n in range(300))


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="only root may mount a small disk")
@pytest.mark.parametrize("durability", ["process", "mapped", "disk"])
def test_a_full_disk_costs_no_record_that_memory_can_hold(tmp_path: Path, durability: str) -> None:
    """A disk of 64 KB fills up and is emptied again: one warning, and every record in its order."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk], check=False)
    if mounted.returncode != 0:
        pytest.skip("no mounting here")
    code = """if True:
        import os, sys
        from jobtrail import setup_logger
        log = setup_logger("worker", sys.argv[1], console=False, durability=sys.argv[2], max_bytes=0)
        ballast = open(sys.argv[1] + "/ballast", "wb")
        ballast.write(bytes(32768))
        ballast.flush()
        for number in range(2000):
            log.info("record %d", number)
        log.handlers[0].flush()
        os.remove(sys.argv[1] + "/ballast")
        ballast.close()
        os.system("mount -o remount,size=4m " + sys.argv[1])
        log.handlers[0].flush()
        log.info("record 2000")
        log.handlers[0].flush()
        print(log.handlers[0].stats()["dropped"])
    """
    try:
        ended = run(code, disk, durability)
        assert (ended.returncode, ended.stdout) == (0, "0\n"), ended.stderr
        assert ended.stderr.count("jobtrail: cannot write") == 1
        whole = re.findall(r"^\S+ \S+ \[\d+\] \[INFO\] record (\d+)$", (disk / "worker.log").read_text(), re.MULTILINE)
        assert whole == [str(number) for number in range(2001)]
    finally:
        subprocess.run(["umount", disk], check=True)


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="asks Linux for its descriptors")
@pytest.mark.parametrize("durability", ["process", "mapped", "disk"])
def test_a_program_that_closes_all_descriptors_has_its_own_files_to_itself(tmp_path: Path, durability: str) -> None:
    """Those that it knows of are not ours; where it closes every one, the log is opened anew."""
    code = """if True:
        import os, sys
        from jobtrail import setup_logger
        log = setup_logger("worker", sys.argv[1], console=False, durability=sys.argv[2])
        handler = log.handlers[0]
        log.info("before")
        handler.flush()
        os.closerange(3, 256)
        for number in range(100):
            os.open(f"{sys.argv[1]}/own-{number}", os.O_CREAT | os.O_WRONLY)
        log.info("after some")
        handler.flush()
        os.closerange(3, 4096)
        log.info("after all")
        handler.flush()
        # One of the program's own has the very number of ours.
        file = os.stat(f"{sys.argv[1]}/worker.log")
        def is_the_log(number):
            try:
                return os.path.samestat(os.fstat(number), file)
            except OSError:
                return False
        ours = next(filter(is_the_log, range(4096)))
        other = os.open(f"{sys.argv[1]}/own-last", os.O_CREAT | os.O_WRONLY)
        os.dup2(other, ours)
        handler.flush()  # looks
        log.info("after that")
        handler.close()
        os.write(ours, b"whole")
    """
    ended = run(code, tmp_path, durability)

    assert (ended.returncode, ended.stderr) == (0, "")
    assert messages(tmp_path / "worker.log") == ["before", "after some", "after all", "after that"]
    own = {path.name: path.read_bytes() for path in tmp_path.glob("own-*")}
    assert own.pop("own-last") == b"whole"
    assert list(own.values()) == [b""] * 100


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="only root may mount")
@pytest.mark.parametrize("durability", ["process", "mapped", "disk"])
def test_a_folder_mounted_for_reading_only_costs_no_record(tmp_path: Path, durability: str) -> None:
    """Bound where nothing may be written, as in a container, and then it may: records wait, with one warning."""
    disk, bound = tmp_path / "disk", tmp_path / "bound"
    disk.mkdir()
    bound.mkdir()
    if subprocess.run(["mount", "--bind", disk, bound], check=False).returncode != 0:
        pytest.skip("no mounting here")
    code = """if True:
        import os, sys
        from jobtrail import setup_logger
        assert os.system(f"mount -o remount,bind,ro {sys.argv[1]}") == 0
        options = {"durability": sys.argv[2], "max_bytes": 4096, "backup_count": 100}
        log = setup_logger("worker", sys.argv[1], console=False, **options)
        for number in range(200):
            log.info("record %d", number)
        print(log.handlers[0].stats()["buffered"])
        assert os.system(f"mount -o remount,bind,rw {sys.argv[1]}") == 0
        log.handlers[0].flush()
        log.info("record 200")
        log.handlers[0].flush()
        print(log.handlers[0].stats()["dropped"])
    """
    try:
        ended = run(code, bound, durability)
        assert (ended.returncode, ended.stdout) == (0, "201\n0\n"), ended.stderr
        assert ended.stderr.count("jobtrail: cannot write") == 1
        files = sorted(disk.glob("worker.log*"), key=lambda path: int(path.suffix[1:]) if path.suffix != ".log" else 0)
        text = "".join(path.read_text() for path in reversed(files))
        assert len(files) > 2
        assert re.findall(r"record (\d+)$", text, re.MULTILINE) == [str(number) for number in range(201)]
    finally:
        subprocess.run(["umount", bound], check=True)


@pytest.mark.parametrize("durability", ["process", "mapped", "disk"])
def test_a_clock_that_is_set_back_renames_nothing(tmp_path: Path, durability: str) -> None:
    """The file was last written ten days from now, as it is when the clock was wrong until a moment ago."""
    code = """if True:
        import os, sys, time
        from jobtrail import setup_logger
        from unittest import mock
        path = sys.argv[1] + "/worker.log"
        log = setup_logger("worker", sys.argv[1], console=False, durability=sys.argv[2], when="daily", backup_count=9)
        log.info("today")
        log.handlers[0].close()
        os.utime(path, (time.time() + 10 * 86400,) * 2)
        log = setup_logger("worker", sys.argv[1], console=False, durability=sys.argv[2], when="daily", backup_count=9)
        for number in range(3):
            log.info("record %d", number)
        with mock.patch("time.time", lambda: 1e9), mock.patch("time.time_ns", lambda: 10**18):
            log.info("long ago")
        log.info("now")
        log.handlers[0].flush()
    """
    ended = run(code, tmp_path, durability)

    assert (ended.returncode, ended.stderr) == (0, "")
    assert [path.name for path in tmp_path.glob("worker.log*")] == ["worker.log"]
    lines = (tmp_path / "worker.log").read_text().splitlines()
    found = [line.rpartition("] ")[2] for line in lines if "Logger initialized" not in line]
    assert found == ["today", "record 0", "record 1", "record 2", "long ago", "now"]
    assert [line[:7] for line in lines if line.endswith("long ago")] == ["2001-09"]

"""Several processes and threads on one log: nothing lost, torn or doubled, whoever is killed, forked or rotated."""

import logging
import os
import re
import signal
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

import pytest
from jobtrail import setup_logger
from programs import run

WRITE = """if True:
    import sys
    from jobtrail import setup_logger
    folder, name, count, backups = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    log = setup_logger("worker", folder, console=False, max_bytes=256 * 1024, backup_count=backups)
    print("ready", flush=True)
    sys.stdin.readline()
    for number in range(count):
        log.info("%s %06d %s end", name, number, "x" * (number % 90))
        if len(sys.argv) > 5:
            print(number, flush=True)
"""
LINE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} \[\d+\] \[INFO\] (\w+ \d{6}) x* end")


def start(*arguments: object) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", WRITE, *map(str, arguments)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def records(folder: Path) -> Counter[str]:
    found: Counter[str] = Counter()
    for path in folder.glob("worker.log*"):
        for line in path.read_text().splitlines():
            if "Logger initialized" not in line:
                match = LINE.fullmatch(line)
                assert match, line
                found[match[1]] += 1
    return found


def test_four_processes_rotate_one_log_and_lose_nothing(tmp_path: Path) -> None:
    """5,000 records each through files of 256 KB."""
    names = ["alpha", "beta", "gamma", "delta"]
    processes = [start(tmp_path, name, 5000, 1000) for name in names]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in processes:
        process.communicate(timeout=60)
        assert process.returncode == 0

    expected = Counter(f"{name} {number:06d}" for name in names for number in range(5000))
    assert records(tmp_path) == expected
    assert len(list(tmp_path.glob("worker.log.*"))) >= 7


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL here")
def test_a_killed_process_loses_nothing_whose_call_returned(tmp_path: Path) -> None:
    """It says each number after its call; what it said stands in the log."""
    for round_number in range(5):
        name = f"round{round_number}"
        process = start(tmp_path, name, 1_000_000, 1000, "tell")
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("go\n")
        process.stdin.flush()
        for _ in range(200 + 100 * round_number):
            process.stdout.readline()
        process.kill()
        rest, _ = process.communicate(timeout=60)
        told = 200 + 100 * round_number + rest.count("\n")

        found = records(tmp_path)
        assert all(found[f"{name} {number:06d}"] == 1 for number in range(told))


def test_threads_share_a_logger(tmp_path: Path) -> None:
    """Eight threads, each record once."""
    log = setup_logger("worker", tmp_path, console=False, max_bytes=64 * 1024, backup_count=100)

    def write(name: str) -> None:
        for number in range(500):
            log.info("%s %06d  end", name, number)

    threads = [threading.Thread(target=write, args=(f"t{one}",)) for one in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert records(tmp_path) == Counter(f"t{one} {number:06d}" for one in range(8) for number in range(500))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_forked_children_go_on_while_threads_of_the_parent_write(tmp_path: Path) -> None:
    """Also where a lock was held at the fork; what waited in the parent is not written twice."""
    code = """if True:
        import os, sys, threading, warnings
        warnings.simplefilter("ignore", DeprecationWarning)
        from jobtrail import setup_logger
        log = setup_logger("worker", sys.argv[1], console=False)
        stop = threading.Event()
        def busy():
            while not stop.is_set():
                log.info("busy 000000  end")
        threads = [threading.Thread(target=busy) for _ in range(3)]
        for thread in threads: thread.start()
        children = []
        for number in range(40):
            child = os.fork()
            if child == 0:
                log.info("child %06d  end", number)
                os._exit(0)
            children.append(child)
        codes = [os.waitpid(child, 0)[1] for child in children]
        stop.set()
        for thread in threads: thread.join()
        assert codes == [0] * 40, codes
    """
    ended = run(code, tmp_path)
    assert (ended.returncode, ended.stderr) == (0, "")

    found = records(tmp_path)
    assert {name: count for name, count in found.items() if name.startswith("child")} == {
        f"child {number:06d}": 1 for number in range(40)
    }


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_what_waits_at_a_fork_is_the_parents(tmp_path: Path) -> None:
    """The child does not write it again."""
    code = """if True:
        import os, sys
        from pathlib import Path
        from jobtrail import setup_logger
        folder = Path(sys.argv[1], "logs")
        folder.write_text("in the way")
        log = setup_logger("worker", folder, console=False)
        log.info("waits 000001  end")
        folder.unlink()
        child = os.fork()
        log.info("%s 000002  end", "parent" if child else "child")
        if not child:
            log.handlers[0].flush()
            os._exit(0)
        os.waitpid(child, 0)
    """
    assert run(code, tmp_path).returncode == 0

    assert records(tmp_path / "logs") == Counter(["waits 000001", "parent 000002", "child 000002"])


def test_a_log_renamed_from_outside_is_made_anew_with_its_mode(tmp_path: Path) -> None:
    """As logrotate does it, without a restart: within a tenth of a second, or at a flush."""
    log = setup_logger("worker", tmp_path, console=False)
    path = tmp_path / "worker.log"
    path.chmod(0o640)
    log.handlers[0].close()
    log.info("before")
    path.rename(tmp_path / "worker.log.20260105")
    log.handlers[0].flush()
    log.info("after")

    assert path.stat().st_mode & 0o777 == 0o640
    assert path.read_text().endswith("[INFO] after\n")
    assert (tmp_path / "worker.log.20260105").read_text().endswith("[INFO] before\n")


def test_setting_up_again_while_threads_write_loses_nothing(tmp_path: Path) -> None:
    """The handlers are exchanged at once."""
    log = setup_logger("worker", tmp_path, console=False)
    stop = threading.Event()
    written = 0

    def write() -> None:
        nonlocal written
        while not stop.is_set():
            log.info("busy %06d  end", written)
            written += 1

    thread = threading.Thread(target=write)
    thread.start()
    for _ in range(50):
        setup_logger("worker", tmp_path, logging.INFO, console=False)
    stop.set()
    thread.join()

    assert records(tmp_path) == Counter(f"busy {number:06d}" for number in range(written))

"""Measures the Python logger beside its peers: the cost of a call, and what several processes lose at rotation."""

from __future__ import annotations

import importlib.util
import logging
import logging.handlers
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any, Literal

CALLS = 20_000
RUNS = 5
PROCESSES = 4
RECORDS = 14_000
LIMIT_BYTES = 256 * 1024
LINE = "%(asctime)s.%(msecs)03d [%(process)d] [%(levelname)s] %(message)s"
STAMP = "%Y-%m-%d %H:%M:%S"

Durability = Literal["process", "mapped", "disk"]


def with_handler(name: str, handler: logging.Handler) -> Callable[[str], None]:
    logger = logging.getLogger(f"bench.{name}.{time.monotonic_ns()}")
    handler.setFormatter(logging.Formatter(LINE, STAMP))
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False
    return logger.info


def stdlib(path: Path, limit: int) -> Callable[[str], None]:
    handler = logging.handlers.RotatingFileHandler(path, maxBytes=limit, backupCount=1000)
    return with_handler("stdlib", handler)


def concurrent(path: Path, limit: int) -> Callable[[str], None]:
    from concurrent_log_handler import ConcurrentRotatingFileHandler  # noqa: PLC0415 - only where it is installed

    return with_handler("clh", ConcurrentRotatingFileHandler(str(path), maxBytes=limit, backupCount=1000))


def loguru(path: Path, limit: int) -> Callable[[str], None]:
    from loguru import logger  # noqa: PLC0415 - only where it is installed

    logger.remove()
    form = "{time:YYYY-MM-DD HH:mm:ss.SSS} [{process}] [{level}] {message}"
    logger.add(str(path), rotation=limit, format=form, catch=True)
    info: Callable[[str], None] = logger.info
    return info


def jobtrail(path: Path, limit: int, durability: Durability = "process") -> Callable[[str], None]:
    from jobtrail import setup_logger  # noqa: PLC0415 - beside its peers

    options: dict[str, Any] = {"console": False, "max_bytes": limit, "backup_count": 1000}
    return setup_logger(path.stem, path.parent, app=durability, durability=durability, **options).info


def mapped(path: Path, limit: int) -> Callable[[str], None]:
    return jobtrail(path, limit, "mapped")


Log = Callable[[str], None]
PEERS: dict[str, Callable[[Path, int], Log]] = {
    "jobtrail": jobtrail,
    "jobtrail-mapped": mapped,
    "stdlib": stdlib,
    "concurrent-log-handler": concurrent,
    "loguru": loguru,
}
# What the table compares with: the usual answer where several processes write one file.
USUAL = "concurrent-log-handler"
PACKAGES = {"concurrent-log-handler": "concurrent_log_handler", "loguru": "loguru"}


def nanoseconds(info: Callable[[str], None]) -> float:
    """Returns the processor time of one call."""
    began = time.process_time_ns()
    for number in range(CALLS):
        info(f"MSH-0105-A7F2: request served in {number} ms, cache hit, worker 7, tile done")
    return (time.process_time_ns() - began) / CALLS


def lost(peer: str) -> tuple[int, int, float]:
    """Returns how many records several processes lost and how many lines were torn, and the seconds it took."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.log"
        began = time.monotonic()
        command = [sys.executable, __file__, "write", peer, str(path)]
        numbers = map(str, range(PROCESSES))
        writers = [subprocess.Popen([*command, number], stderr=subprocess.DEVNULL) for number in numbers]
        if any(writer.wait() for writer in writers):
            raise RuntimeError(f"a writer of {peer} failed")
        taken = time.monotonic() - began
        wanted = {f"record {number}-{i} end" for number in range(PROCESSES) for i in range(RECORDS)}
        lines = [line for file in Path(folder).glob("bench*") for line in file.read_text(errors="replace").splitlines()]
        found = {line.rpartition("] ")[2] for line in lines}
        torn = sum("record" in line and not line.endswith(" end") for line in lines)
        return len(wanted - found), torn, taken


def write(peer: str, path: str, number: str) -> None:
    info = PEERS[peer](Path(path), LIMIT_BYTES)
    for i in range(RECORDS):
        info(f"record {number}-{i} end")


def main() -> None:
    present = [peer for peer in PEERS if peer not in PACKAGES or importlib.util.find_spec(PACKAGES[peer])]
    print(f"Logging: processor time a call (median of {RUNS} runs of {CALLS}), a file that rotates at 10 MB; and")
    print(f"{PROCESSES} processes with {RECORDS} records each into one file that rotates at 256 KB\n")
    print(f"| logger | ns a call | jobtrail is faster by | lost | torn | seconds | records/s | of {USUAL}'s |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    with tempfile.TemporaryDirectory() as folder:
        calls = {peer: PEERS[peer](Path(folder) / f"{peer}.log", 10 * 1024 * 1024) for peer in present}
        times = {peer: median(nanoseconds(info) for _ in range(RUNS)) for peer, info in calls.items()}
    losses = {peer: lost(peer) for peer in times}
    usual = losses[USUAL][2] if USUAL in losses else None
    for peer, taken in times.items():
        gone, torn, wall = losses[peer]
        rate = PROCESSES * RECORDS / wall
        ratio = f"{usual / wall:.1f}" if usual else "not installed"
        faster = f"{taken / times['jobtrail']:.1f}"
        print(f"| {peer} | {taken:.0f} | {faster} | {gone} | {torn} | {wall:.1f} | {rate:.0f} | {ratio} |")


if __name__ == "__main__":
    if sys.argv[1:2] == ["write"]:
        write(*sys.argv[2:])
    else:
        main()

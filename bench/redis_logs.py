"""Measures job logs in Redis: appends a second against the original's three calls, on a server of its own."""

from __future__ import annotations

import logging
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from statistics import median
from typing import Any

CALLS = 2_000
BATCH = 100
RUNS = 7
JOB = "MSH-0105-A7F2"
MESSAGE = "Processing data (45%)"
FACTS = {"progress": 45, "step": "analysis"}
DEADLINE_S = 20

Run = Callable[[int], object]
"""Appends so many entries."""


def three_calls(client: Any) -> Run:
    """The original: RPUSH, LTRIM and EXPIRE, each waited for; nothing is redacted."""
    import json  # noqa: PLC0415 - as the other runs load theirs

    def run(count: int) -> None:
        for _ in range(count):
            entry = {"timestamp": int(time.time() * 1000), "type": "info", "message": MESSAGE, "metadata": FACTS}
            client.rpush("three", json.dumps(entry, separators=(",", ":")))
            client.ltrim("three", -200, -1)
            client.expire("three", 604_800)

    return run


def one_by_one(client: Any) -> Run:
    from jobtrail import JobLogManager  # noqa: PLC0415 - from the wheel that is measured

    logs = JobLogManager(client, spool=False)

    def run(count: int) -> None:
        for _ in range(count):
            logs.info(JOB, MESSAGE, FACTS)

    return run


def batched(client: Any) -> Run:
    from jobtrail import JobLogManager  # noqa: PLC0415

    logs = JobLogManager(client, spool=False)
    entry = {"type": "info", "message": MESSAGE, "metadata": FACTS}

    def run(count: int) -> None:
        for _ in range(count // BATCH):
            logs.append_logs(JOB, [entry] * BATCH)

    return run


def by_logging(client: Any) -> Run:
    from jobtrail import RedisHandler  # noqa: PLC0415

    handler = RedisHandler(client, spool=False)
    log = logging.getLogger("bench.redis")
    log.propagate = False
    log.setLevel(logging.INFO)
    log.addHandler(handler)

    def run(count: int) -> None:
        for _ in range(count):
            log.info(MESSAGE, extra={"job_id": JOB, **FACTS})
        handler.flush()

    return run


CASES = {
    "three calls (RPUSH, LTRIM, EXPIRE)": three_calls,
    "jobtrail, one by one": one_by_one,
    f"jobtrail, {BATCH} at a time": batched,
    "jobtrail, by logging": by_logging,
}


def measured(client: Any) -> dict[str, tuple[float, float]]:
    """Returns of each case the medians of entries a second and of this process's time for one, in microseconds."""
    runs = {name: case(client) for name, case in CASES.items()}
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in runs}
    for _ in range(RUNS):  # in turns, so that the machine's other work meets all
        for name, run in runs.items():
            wall, processor = time.perf_counter(), time.process_time()
            run(CALLS)
            took = (time.perf_counter() - wall, time.process_time() - processor)
            found[name].append((CALLS / took[0], took[1] / CALLS * 1e6))
    return {name: (median(rate for rate, _ in all_), median(us for _, us in all_)) for name, all_ in found.items()}


def main() -> int:
    program = shutil.which("redis-server")
    try:
        from redis import Redis  # noqa: PLC0415 - where it is not installed there is nothing to measure
    except ImportError:
        program = None
    if program is None:
        print("redis: no redis-server or no package redis here")
        return 0
    with socket.socket() as free, tempfile.TemporaryDirectory() as folder:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:
            try:
                client = Redis(host="127.0.0.1", port=port)
                wait_for(client)
                print_table(measured(client))
            finally:
                server.kill()
    return 0


def wait_for(client: Any) -> None:
    deadline = time.monotonic() + DEADLINE_S
    while not answers(client):
        if time.monotonic() > deadline:
            raise TimeoutError("redis-server did not start")
        time.sleep(0.01)


def answers(client: Any) -> bool:
    from redis import exceptions  # noqa: PLC0415

    try:
        return bool(client.ping())
    except exceptions.ConnectionError:
        return False


def print_table(found: dict[str, tuple[float, float]]) -> None:
    base_rate, base_us = next(iter(found.values()))
    print(f"{'job logs in Redis, one writer':36} {'entries/s':>10} {'':>6} {'us of processor':>16}")
    for name, (rate, us) in found.items():
        print(f"{name:36} {rate:>10,.0f} {rate / base_rate:>5.1f}x {us:>10.1f} {base_us / us:>4.1f}x")


if __name__ == "__main__":
    sys.exit(main())

"""Runs the Python logger long and hard, and prints what came of it: `make soak`, or this with the parts to run.

Exits with 1 if a record was lost, torn or doubled, if memory grows, or if a descriptor is left open.
"""

from __future__ import annotations

import multiprocessing
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jobtrail import setup_logger
from jobtrail.handlers import Durability

PROCESSES = 8
RECORDS = 20_000
KILLS = 50
LIMIT_BYTES = 256 * 1024
LINES = 10_000_000
RECONFIGURATIONS = 1000
# What an allocator may keep.
MOST_GROWTH_KB = 2048

DURABILITIES: tuple[Durability, ...] = ("process", "mapped", "disk")
LINE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} \[\d+\] \[INFO\] (\w+ \d{6}) x* end")


def write(folder: str, durability: Durability, name: str, count: int, tell: bool = False) -> None:
    """Logs numbered records from two threads, as one process of several."""
    log = setup_logger(
        "worker", folder, console=False, max_bytes=LIMIT_BYTES, backup_count=100_000, durability=durability
    )

    def run(thread: int) -> None:
        for number in range(thread, count, 2):
            log.info("%s %06d %s end", name, number, "x" * (number % 90))
            if tell:
                os.write(1, b"%d\n" % number)

    threads = [threading.Thread(target=run, args=(thread,)) for thread in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def found_in(folder: str) -> tuple[Counter[str], int]:
    """Returns how often each record is there, and how many lines are none."""
    found: Counter[str] = Counter()
    torn = 0
    for path in Path(folder).glob("worker.log*"):
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            match = LINE.fullmatch(line)
            if match:
                found[match[1]] += 1
            elif "Logger initialized" not in line:
                torn += 1
    return found, torn


def rotation(durability: Durability) -> bool:
    """Half of the processes are forked, half spawned."""
    with tempfile.TemporaryDirectory() as folder:
        processes = []
        for number in range(PROCESSES):
            context: Any = multiprocessing.get_context("fork" if number % 2 else "spawn")
            arguments = (folder, durability, f"p{number}", RECORDS)
            process = context.Process(target=write, args=arguments)
            processes.append(process)
            process.start()
        for process in processes:
            process.join()
        found, torn = found_in(folder)
        files = len(list(Path(folder).glob("worker.log*")))
    wanted = Counter(f"p{number} {i:06d}" for number in range(PROCESSES) for i in range(RECORDS))
    lost, doubled = (wanted - found).total(), (found - wanted).total()
    print(f"rotation, {durability}: {wanted.total()} records by {PROCESSES} processes in {files} files:", end=" ")
    print(f"{lost} lost, {torn} torn, {doubled} doubled", flush=True)
    return lost == torn == doubled == 0 and all(process.exitcode == 0 for process in processes)


def kills(durability: Durability) -> bool:
    """One process after the other is killed while another one goes on writing. What was told of is there, once."""
    told: set[str] = set()
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, __file__, "write", folder, durability]
        steady = subprocess.Popen([*command, "steady", "tell"], stdout=subprocess.PIPE)
        for number in range(KILLS):
            with subprocess.Popen([*command, f"k{number}", "tell"], stdout=subprocess.PIPE) as process:
                assert process.stdout is not None
                output = b"".join(process.stdout.readline() for _ in range(20 + 7 * number))
                process.kill()
                output += process.stdout.read()
            told.update(f"k{number} {int(line):06d}" for line in output.split(b"\n")[:-1])
        steady.kill()
        told.update(f"steady {int(line):06d}" for line in steady.communicate()[0].split(b"\n")[:-1])
        # Whoever opens the log next writes what the dead have left in memory.
        write(folder, durability, "last", 2)
        found, torn = found_in(folder)
    lost = sum(found[record] == 0 for record in told)
    doubled = sum(count > 1 for count in found.values())
    print(f"{KILLS} kills, {durability}: {len(told)} records whose call returned:", end=" ")
    print(f"{lost} lost, {doubled} doubled, {torn} cut (in the middle of a call)", flush=True)
    # A record whose call had not returned may be cut, one for each kill; none that was told of.
    return lost == doubled == 0 and torn <= 2 * (KILLS + 1)


def resident_kb() -> int:
    """Returns the memory of this process, without what it shares with others."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    match = re.search(r"RssAnon:\s*(\d+) kB", status)
    return int(match[1]) if match else 0


def memory(durability: Durability) -> bool:
    """Ten million lines, some with fields and newlines, through many rotations."""
    with tempfile.TemporaryDirectory() as folder:
        log = setup_logger("memory", folder, console=False, backup_count=2, format="process", durability=durability)
        began = time.process_time()
        sizes = []
        for _ in range(10):
            for number in range(LINES // 40):
                log.info("MSH-0105-A7F2: request %d served", number)
                log.info("%s and %s", "password=hunter2" if number % 100 == 0 else "nothing", 1.5)
                log.warning("plain", extra={"a": number})
                log.info("two\nlines %r", number)
            sizes.append(resident_kb())
        spent = time.process_time() - began
    growth = sizes[-1] - sizes[0]
    print(f"memory, {durability}: {LINES} lines in {spent:.1f} s of processor time:", end=" ")
    print(f"{sizes[0]} kB after the first tenth, {sizes[-1]} kB after the last", flush=True)
    return growth <= MOST_GROWTH_KB


def descriptors(durability: Durability) -> bool:
    """Set up anew a thousand times, in the same folder and in others."""
    with tempfile.TemporaryDirectory() as folder:
        counts = []
        for number in range(RECONFIGURATIONS):
            log = setup_logger("again", f"{folder}/{number % 3}", console=False, durability=durability)
            log.info("number %d", number)
            if number in {10, RECONFIGURATIONS - 1}:
                counts.append((len(os.listdir("/proc/self/fd")), threading.active_count(), resident_kb()))
        log.handlers[0].close()
    (first, _, size), (last, _, last_size) = counts
    tasks = len(os.listdir("/proc/self/task"))
    print(f"{RECONFIGURATIONS} reconfigurations, {durability}: {first} descriptors, then {last};", end=" ")
    print(f"{size} kB, then {last_size} kB; {tasks} threads", flush=True)
    return last <= first and last_size - size <= MOST_GROWTH_KB


PARTS: dict[str, Callable[[Durability], bool]] = {
    "rotation": rotation,
    "kills": kills,
    "memory": memory,
    "descriptors": descriptors,
}


def main(wanted: list[str]) -> int:
    bad = [
        f"{name}, {durability}"
        for name in wanted or PARTS
        for durability in DURABILITIES
        if not (name == "memory" and durability == "disk") and not PARTS[name](durability)
    ]
    print(f"soak: failed: {'; '.join(bad)}" if bad else "soak: nothing lost, nothing leaked")
    return 1 if bad else 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["write"]:
        kind = next(one for one in DURABILITIES if one == sys.argv[3])
        write(sys.argv[2], kind, sys.argv[4], 10_000_000, tell=sys.argv[5:] == ["tell"])
    else:
        sys.exit(main(sys.argv[1:]))

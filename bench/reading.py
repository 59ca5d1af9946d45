"""Measures the command line beside what people type today: whole processes, the same question, the same file.

Usage: reading.py FOLDER MEGABYTES PROGRAM. Prints tables; exits with 1 where an answer is wrong.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import NamedTuple

from corpus import make, shuffled
from questions import ERRORS, HL, HL_THEN, NUMBER, RG_THEN, STATS, Command, Row, of_json, of_text

RUNS = 5
OUTPUT, SAID = ".cache/bench/output", ".cache/bench/said"
MEMORY_MB = 32
START_MS = 10
TWO_CORES = 1.6


class Used(NamedTuple):
    """What a process took: processor seconds, seconds by the clock, the most memory it had in MB."""

    cpu: float
    wall: float
    memory: float


def used(command: Command) -> Used:
    """Runs a command once. Its output goes to a file: some tools stop early where nobody reads."""
    began = time.monotonic()
    to_files = [
        (os.POSIX_SPAWN_OPEN, stream, name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        for stream, name in ((1, OUTPUT), (2, SAID))
    ]
    pid = os.posix_spawn(command[0], command, os.environ, file_actions=to_files)
    _, status, usage = os.wait4(pid, 0)
    if os.waitstatus_to_exitcode(status) not in (0, 1):
        raise RuntimeError(f"{' '.join(command)} failed: {Path(SAID).read_text()}")
    return Used(usage.ru_utime + usage.ru_stime, time.monotonic() - began, usage.ru_maxrss / 1000)


def seconds(command: Command) -> float:
    """Returns the processor time of one run."""
    return used(command).cpu


def typical(command: Command) -> Used:
    """Returns the median of several runs, the first of which only warms up, and the most memory."""
    used(command)
    runs = [used(command) for _ in range(RUNS)]
    return Used(median(run.cpu for run in runs), median(run.wall for run in runs), max(run.memory for run in runs))


def count(how: str) -> int:
    """Counts the answers of the last output, without reading it into this process: children begin with its memory."""
    if how == NUMBER:
        return int(Path(OUTPUT).read_text().split()[-1])
    if how == STATS:
        stats = json.loads(Path(OUTPUT).read_text())
        slices = stats.get("slices") or [["", stats["levels"].values()]]
        return sum(sum(counts) for _, counts in slices)
    found = subprocess.run(["grep", "-c", how, OUTPUT], stdout=subprocess.PIPE, check=False)  # noqa: S607
    return int(found.stdout)


def errors_are_whole(path: Path) -> bool:
    """Whether the last output is, byte for byte, what reading every line of a text log gives of its errors."""
    given, expected = hashlib.sha256(), hashlib.sha256()
    with Path(OUTPUT).open("rb") as output:
        while block := output.read(1 << 20):
            given.update(block)
    is_error = False
    with path.open("rb") as log:
        for line in log:
            if line.startswith(b"2026-"):
                is_error = b"[ERROR]" in line[:48]
            if is_error:
                expected.update(line)
    return given.digest() == expected.digest()


def verdict(row: Row, size: int, taken: dict[str, Used]) -> str:
    """Returns what is there beside what is wanted."""
    ours = taken["jobtrail"].cpu
    told = []
    for tool, wanted in row.wanted.items():
        if tool == "ms":
            is_met, found = ours * 1000 <= wanted, f"{ours * 1000:.0f} of {wanted:g} ms"
        else:
            if tool == "GB/s":
                times = size / ours / 1e9
            elif tool in taken:
                times = taken[tool].cpu / ours
            elif tool == "hl":  # as it stood to ripgrep then
                rg = taken["rg"].cpu if "rg" in taken else size / (RG_THEN * 1e9)
                times = rg * RG_THEN / HL_THEN[row.name] / ours
            else:
                continue
            is_met, found = times >= wanted, f"{times:.2f} of {wanted:g} {tool if tool == 'GB/s' else 'x ' + tool}"
        told.append(("" if is_met else "MISSED: ") + found)
    return ", ".join(told)


def measure(rows: list[Row], corpus: str, path: Path) -> list[str]:
    """Prints the rows of a table; returns what was wrong."""
    wrong = []
    size = path.stat().st_size
    for row in rows:
        taken: dict[str, Used] = {}
        counts: dict[str, int] = {}
        for tool, ask in {"jobtrail": row.ours, **row.peers}.items():
            place = shutil.which(ask.command[0])
            if place is None:
                continue
            try:
                taken[tool] = typical([place, *ask.command[1:]])
            except RuntimeError as error:
                wrong.append(f"{corpus}, {row.name}: {error}")
                break
            counts[tool] = count(ask.counts)
            if counts[tool] != counts["jobtrail"]:
                wrong.append(f"{corpus}, {row.name}: {tool} counts {counts[tool]}, jobtrail {counts['jobtrail']}")
            if tool == "jobtrail" and row.name == ERRORS and not errors_are_whole(path):
                wrong.append(f"{corpus}, {row.name}: lines are missing or too many")
        for tool, found in taken.items():
            is_ours = tool == "jobtrail"
            said = verdict(row, size, taken) if is_ours else f"{found.cpu / taken['jobtrail'].cpu:.2f} x its time"
            memory = ("MISSED: " if is_ours and found.memory > MEMORY_MB else "") + f"{found.memory:.0f}"
            speed = size / found.cpu / 1e9
            cells = (corpus, row.name, tool, counts[tool], f"{found.cpu:.3f}", f"{speed:.2f}", memory, said)
            print("|", " | ".join(map(str, cells)), "|")
        sys.stdout.flush()
    return wrong


def fastest(command: Command, cores: set[int]) -> float:
    """Returns the least time by the clock on these cores: others may use them too."""
    os.sched_setaffinity(0, cores)
    return min(used(command).wall for _ in range(RUNS))


def main() -> int:
    folder, megabytes, ours = Path(sys.argv[1]), int(sys.argv[2]), str(Path(sys.argv[3]).resolve())
    cores = sorted(os.sched_getaffinity(0))[:2]
    os.sched_setaffinity(0, cores[:1])
    start = typical([ours, "--version"])
    print(f"Reading {megabytes} MB, warm, one core: processor time of whole processes, median of {RUNS} runs. `x its")
    print("time` is by how much jobtrail is faster; memory is the most, in MB, and at least what this script has.")
    if not HL:
        print(
            f"hl is not installed here (HL=path): `x hl` goes by what it took beside ripgrep elsewhere, {HL_THEN} GB/s."
        )
    print(f"Start: {start.cpu * 1000:.1f} ms of {START_MS}\n")
    print("| corpus | question | tool | answers | seconds | GB/s | memory | wanted |")
    print("| --- | --- | --- | ---: | ---: | ---: | ---: | --- |")
    asked, wrong = [], []
    for name, path in make(folder, megabytes).items():
        kind = name.removesuffix(".log")
        rows = (of_json if kind == "json" else of_text)(ours, path, shuffled(path))
        wrong += measure(rows, kind, path)
        asked += [(kind, row) for row in rows]
    if len(cores) > 1:
        print(f"\nThe same by the clock, the fastest of {RUNS} runs; {TWO_CORES} times is wanted\n")
        print("| corpus | question | one core | two | times faster |")
        print("| --- | --- | ---: | ---: | ---: |")
        for kind, row in asked:
            one, two = fastest(row.ours.command, set(cores[:1])), fastest(row.ours.command, set(cores))
            missed = "" if one / two >= TWO_CORES else " MISSED"
            print(f"| {kind} | {row.name} | {one:.3f} | {two:.3f} | {one / two:.2f}{missed} |", flush=True)
    print("".join(f"\nWRONG: {what}" for what in wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

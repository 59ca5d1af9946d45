"""Measures the look-up of one job in a year of job events beside grep: `job_events.py FOLDER MEGABYTES_A_MONTH`."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

JOB = "MSH-0705-A7F2"
RUNS = 5
EVENTS_OF_JOB = 3
MONTHS = [f"2025-{month:02d}" for month in range(1, 13)]


def make(folder: Path, megabytes: int) -> list[Path]:
    """Writes the year's files, if they are not there yet; the job's events stand in July."""
    folder.mkdir(parents=True, exist_ok=True)
    files = [folder / f"jobs_{month}.jsonl" for month in MONTHS]
    for month, file in zip(MONTHS, files, strict=True):
        if not file.exists():
            file.write_text(events_of(month, megabytes * 1_000_000), encoding="ascii")
    return files


def events_of(month: str, size_bytes: int) -> str:
    chance = random.Random(month)  # noqa: S311 - a corpus
    lines: list[str] = []
    size = 0
    while size < size_bytes:
        day = f"{month}-{min(28, 1 + 28 * size // size_bytes):02d}"
        job_id = f"MSH-{day[5:7]}{day[8:]}-{chance.randrange(0x10000):04X}"
        job_id = "MSH-0705-A7F3" if job_id == JOB else job_id
        event = {
            "timestamp": f"{day}T10:00:00.{chance.randrange(10**6):06d}Z",
            "job_id": job_id,
            "job_type": "mesh",
            "user_email": f"user{chance.randrange(99)}@example.com",
            "project_id": f"p{chance.randrange(999)}",
            "filename": "bracket.step",
            "status": chance.choice(["started", "processing", "completed"]),
            "strategy": "fast",
            "quality_params": None,
            "details": {"node_count": chance.randrange(10**6)},
        }
        lines.append(json.dumps(event))
        size += len(lines[-1]) + 1
    if month == f"2025-{JOB[4:6]}":
        lines[len(lines) // 2 : len(lines) // 2] = [
            json.dumps({"timestamp": f"2025-07-05T11:00:0{n}.000000Z", "job_id": JOB, "status": "processing"})
            for n in range(EVENTS_OF_JOB)
        ]
    return "\n".join(lines) + "\n"


def timed(work: Callable[[], int]) -> float:
    """Returns the median of several runs in seconds; each has to find the job's events."""
    seconds = []
    for _ in range(RUNS):
        began = time.perf_counter()
        found = work()
        seconds.append(time.perf_counter() - began)
        if found != EVENTS_OF_JOB:
            sys.exit(f"{found} events found, expected {EVENTS_OF_JOB}")
    return median(seconds)


def main() -> None:
    from jobtrail import JobEvents  # noqa: PLC0415 - from the wheel that is measured

    folder = Path(sys.argv[1], f"events-{sys.argv[2]}mb")
    files = make(folder, int(sys.argv[2]))
    size = sum(file.stat().st_size for file in files)
    events = JobEvents(folder)

    def grep() -> int:
        found = subprocess.run(["grep", "-h", JOB, *files], capture_output=True, check=True)  # noqa: S607
        return len(found.stdout.splitlines())

    grep()  # into the page cache
    peer, ours = timed(grep), timed(lambda: len(events.by_job(JOB)))
    print(f"| one job in {size / 1e9:.1f} GB of events, 12 files | s | GB/s |\n| --- | ---: | ---: |")
    for name, seconds in (("grep", peer), ("JobEvents.by_job", ours)):
        print(f"| {name} | {seconds:.2f} | {size / seconds / 1e9:.2f} |")
    print(f"\nby_job is {peer / ours:.1f} times as fast as grep (wanted: 1)")


if __name__ == "__main__":
    main()

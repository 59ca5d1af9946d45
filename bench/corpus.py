"""Makes the logs that are measured: the same bytes for the same size and seed.

Usage: corpus.py FOLDER MEGABYTES, or corpus.py --shuffle FROM TO
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SEED = 20260105
START = datetime(2026, 1, 5, tzinfo=timezone.utc)
STEP = timedelta(milliseconds=20)
LEVELS = ("INFO",) * 38 + ("DEBUG",) * 6 + ("WARNING",) * 5 + ("ERROR",)
WORDS = (
    "request",
    "served",
    "mesh",
    "node",
    "retry",
    "upload",
    "frame",
    "cache",
    "queue",
    "step",
    "tile",
    "batch",
    "done",
)
TRACE = (
    "Traceback (most recent call last):",
    '  File "/app/jobs.py", line 50, in run',
    "    result = step(job)",
    '  File "/app/steps.py", line 12, in step',
    '    raise ValueError("no vertices")',
    "ValueError: no vertices",
)


def _events() -> Iterator[tuple[datetime, str, str, str, int, random.Random]]:
    """Gives endless log calls: time, level, logger, message, job number."""
    chance = random.Random(SEED)  # noqa: S311 - a corpus, not a secret
    at = START
    while True:
        at += STEP
        job = chance.randrange(20_000)
        message = f"Job #{job}: {' '.join(chance.choices(WORDS, k=6))} in {chance.randrange(5000)} ms"
        yield at, chance.choice(LEVELS), f"app.{chance.choice(WORDS)}", message, job, chance


def json_lines() -> Iterator[str]:
    """The image service's JSON lines; each error carries its traceback."""
    for at, level, logger, message, job, chance in _events():
        record: dict[str, object] = {
            "timestamp": f"{at:%Y-%m-%dT%H:%M:%S.%f}Z",
            "level": level,
            "logger": logger,
            "message": message,
            "module": "jobs",
            "function": "run",
            "line": chance.randrange(1, 400),
            "user_id": chance.randrange(500),
            "job_id": job,
            "duration_ms": chance.randrange(5000),
        }
        if level == "ERROR":
            record["exception"] = "\n".join(TRACE)
        yield json.dumps(record, ensure_ascii=False) + "\n"


def text_lines() -> Iterator[str]:
    """The desktop tool's file lines; each error is followed by its traceback."""
    for at, level, _, message, _, _ in _events():
        trace = "\n".join(TRACE) + "\n" if level == "ERROR" else ""
        yield f"{at:%Y-%m-%d %H:%M:%S}.{at.microsecond // 1000:03} [1234] [{level}] {message}\n{trace}"


CORPORA: dict[str, Callable[[], Iterator[str]]] = {"json.log": json_lines, "text.log": text_lines}


def make(folder: Path, megabytes: int) -> dict[str, Path]:
    """Writes what is not there yet, and returns each corpus's path by its name."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = {}
    for name, lines in CORPORA.items():
        path = paths[name] = folder / f"{megabytes}mb-{SEED}-{name}"
        if path.exists():
            continue
        unfinished = path.with_suffix(".part")
        written = 0
        with unfinished.open("w", encoding="utf-8") as file:
            for line in lines():
                written += file.write(line)
                if written >= megabytes * 1_000_000:
                    break
        unfinished.rename(path)
    return paths


def shuffled(path: Path) -> Path:
    """Writes the records of a log in no order, if that is not there yet, in a process whose memory ends with it."""
    target = path.with_name(path.name.replace(".log", "-unordered.log"))
    if not target.exists():
        subprocess.run([sys.executable, __file__, "--shuffle", str(path), str(target)], check=True)
    return target


def _shuffle(path: Path, target: Path) -> None:
    records: list[str] = []
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if line.startswith(("{", "2026-")):
                records.append(line)
            else:
                records[-1] += line
    random.Random(SEED).shuffle(records)  # noqa: S311 - a corpus, not a secret
    unfinished = target.with_suffix(".part")
    unfinished.write_text("".join(records), encoding="utf-8")
    unfinished.rename(target)


if __name__ == "__main__":
    if sys.argv[1] == "--shuffle":
        _shuffle(Path(sys.argv[2]), Path(sys.argv[3]))
    else:
        make(Path(sys.argv[1]), int(sys.argv[2]))

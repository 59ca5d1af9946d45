"""The demo's jobs: small real work with a log, as a worker would do it. Each returns what came of it."""

from __future__ import annotations

import csv
import hashlib
import math
import os
import random
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import logging
    from collections.abc import Callable, Iterator

Point = tuple[float, float, float]

FOLDER = Path(__file__).resolve().parent
PROGRESS_STEPS = 4
STEP_PAUSE_S = 0.15
"""Lets the lines come at a pace that can be read."""


def mesh(log: logging.Logger, job_id: str, output: Path, seed: int) -> str:
    """Makes a mesh of a wavy surface, measures it and writes it to a file."""
    generator = random.Random(seed)  # noqa: S311 - a surface, not a secret
    size = generator.randrange(40, 80)
    log.info("%s: meshing a surface of %d x %d points", job_id, size, size)
    rows: list[list[Point]] = []
    for step in range(1, PROGRESS_STEPS + 1):
        until = size * step // PROGRESS_STEPS
        rows += [[_point(x / size, y / size, seed) for x in range(size)] for y in range(len(rows), until)]
        log.info("%s: progress %d%%", job_id, 100 * step // PROGRESS_STEPS)
        time.sleep(STEP_PAUSE_S)
    area = sum(_triangle_area(*triangle) for triangle in _triangles(rows))
    path = output / f"{job_id}.obj"
    path.write_text("".join(f"v {x:.6f} {y:.6f} {z:.6f}\n" for row in rows for x, y, z in row))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    log.info("%s: wrote %s, %d points, area %.4f, sha256 %s", job_id, path.name, size * size, area, digest[:16])
    return f"area {area:.4f}"


def import_table(log: logging.Logger, job_id: str, output: Path, seed: int) -> str:
    """Reads a table with one bad row: a warning with its traceback, and the rest goes on."""
    generator = random.Random(seed)  # noqa: S311
    path = output / f"{job_id}.csv"
    bad = generator.randrange(20, 80)
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerows([row, "12,5 mm" if row == bad else f"{generator.random():.3f}"] for row in range(100))
    log.info("%s: importing %s (%d bytes)", job_id, path.name, path.stat().st_size)
    total, skipped = 0.0, 0
    with path.open(newline="") as file:
        for row, text in csv.reader(file):
            try:
                total += float(text)
            except ValueError:
                skipped += 1
                log.warning("%s: row %s skipped", job_id, row, exc_info=True)
            if int(row) % 50 == 0:
                time.sleep(STEP_PAUSE_S)
    secret = os.environ["DEMO_SECRET"]
    # What must never be seen on the page: nobody means to log such things, and everybody does.
    log.info("%s: uploading with token=%s to https://uploader:%s@models.example/v1", job_id, secret, secret)
    log.info("%s: kept a copy in /home/maria.lopez/projects/%s", job_id, path.name)
    return f"sum {total:.3f}, {skipped} row skipped"


def broken(log: logging.Logger, job_id: str, _output: Path, seed: int) -> str:
    """Fails: all corners of its mesh are one point, and such a mesh has no normal."""
    log.info("%s: computing normals", job_id)
    time.sleep(STEP_PAUSE_S)
    corner = _point(0.5, 0.5, seed)
    return f"normal {1 / _triangle_area(corner, corner, corner):.3f}"


def doomed(log: logging.Logger, job_id: str, output: Path, _seed: int) -> str:
    """Runs a job in a process of its own, which is killed in the middle of it."""
    log.info("%s: handing over to a process of its own", job_id)
    command: list[str | Path] = [sys.executable, FOLDER / "doomed.py", output.parent / "logs", job_id]
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    exit_code = child.wait()
    if exit_code:
        raise JobKilledError(child.pid, exit_code)
    return "survived"


def outside_tool(log: logging.Logger, job_id: str, output: Path, seed: int) -> str:
    """Calls a program that writes a log of its own, with no logger of ours to mask what it says."""
    log.info("%s: calling the slicer", job_id)
    secret = os.environ["DEMO_SECRET"]
    with (output.parent / "logs/slicer.log").open("a") as file:
        file.write(f"{_now()} - slicer - INFO - {job_id}: Authorization: Bearer {secret}\n")
        file.flush()
        program = "import sys; print(sum(int(line) ** 2 for line in sys.stdin))"
        numbers = "".join(f"{number}\n" for number in range(seed % 1000))
        done = subprocess.run(
            [sys.executable, "-c", program], input=numbers, stdout=subprocess.PIPE, stderr=file, text=True, check=True
        )
        file.write(f"{_now()} - slicer - WARNING - {job_id}: 3 thin walls; /home/maria.lopez/slicer/walls.txt\n")
    return f"checksum {done.stdout.strip()}"


class JobKilledError(RuntimeError):
    """The process that a job ran in was killed."""

    def __init__(self, pid: int, exit_code: int) -> None:
        super().__init__(f"process {pid} ended with {exit_code}")
        self.pid = pid


KINDS: dict[str, Callable[[logging.Logger, str, Path, int], str]] = {
    "mesh": mesh,
    "import": import_table,
    "broken": broken,
    "doomed": doomed,
    "slice": outside_tool,
}


def _point(x: float, y: float, seed: int) -> Point:
    return (x, y, 0.1 * math.sin(9 * x + seed) * math.cos(7 * y))


def _triangles(rows: list[list[Point]]) -> Iterator[tuple[Point, Point, Point]]:
    for upper, lower in pairwise(rows):
        for at in range(len(upper) - 1):
            yield upper[at], upper[at + 1], lower[at]
            yield upper[at + 1], lower[at + 1], lower[at]


def _triangle_area(a: Point, b: Point, c: Point) -> float:
    ux, uy, uz = (b[axis] - a[axis] for axis in range(3))
    vx, vy, vz = (c[axis] - a[axis] for axis in range(3))
    return math.hypot(uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx) / 2


def _now() -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime())

"""Measures the engine beside what else answers the same questions: whole processes, the same file."""

from __future__ import annotations

import shutil
import sys
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from corpus import make
from reading import RUNS, seconds

if TYPE_CHECKING:
    from questions import Command

DUCKDB = (
    "import duckdb; duckdb.sql('set threads=1'); logs = duckdb.read_json({path!r}, format='newline_delimited');"
    "print(duckdb.sql({query!r}).{take})"
)
POLARS = (
    "import os; os.environ['POLARS_MAX_THREADS'] = '1';"
    "import polars as pl; logs = pl.scan_ndjson({path!r}); print({expression}.collect().shape)"
)


def peers(path: Path, kind: str) -> dict[str, dict[str, Command]]:
    """Returns, for each question, the other tools' commands."""
    if kind == "text":
        level, job = r"\[ERROR\]", "Job #123:"
        return {
            "level": {"grep": ["grep", "-c", level, str(path)], "rg": ["rg", "-c", level, str(path)]},
            "job": {"grep": ["grep", "-c", job, str(path)], "rg": ["rg", "-c", job, str(path)]},
            "counts": {},
            "columns": {},
            "raw columns": {},
            "records": {},
            "raw records": {},
        }
    level, job = '"level": "ERROR"', '"job_id": 123[,}]'

    def duckdb(query: str, take: str = "fetchall()") -> Command:
        return [sys.executable, "-c", DUCKDB.format(path=str(path), query=query, take=take)]

    def polars(expression: str) -> Command:
        return [sys.executable, "-c", POLARS.format(path=str(path), expression=expression)]

    return {
        "level": {
            "grep": ["grep", "-c", level, str(path)],
            "rg": ["rg", "-c", level, str(path)],
            "duckdb": duckdb("select count(*) from logs where level = 'ERROR'"),
            "polars": polars("logs.filter(pl.col('level') == 'ERROR').select(pl.len())"),
        },
        "job": {
            "grep": ["grep", "-cE", job, str(path)],
            "rg": ["rg", "-c", job, str(path)],
            "duckdb": duckdb("select count(*) from logs where job_id = 123"),
            "polars": polars("logs.filter(pl.col('job_id') == 123).select(pl.len())"),
        },
        "counts": {
            "duckdb": duckdb("select level, count(*) from logs group by level"),
            "polars": polars("logs.group_by('level').len()"),
        },
        "columns": {
            "duckdb": duckdb("select timestamp, level, logger, job_id, message from logs", "to_arrow_table().num_rows"),
            "polars": polars("logs.select('timestamp', 'level', 'logger', 'job_id', 'message')"),
        },
        "raw columns": {},
        "records": {},
        "raw records": {},
    }


def wall(command: Command) -> float:
    began = time.monotonic()
    seconds(command)
    return time.monotonic() - began


def main() -> None:
    folder, megabytes, ours = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    print(
        f"The engine on {megabytes} MB, one core: processor time of whole processes, median of {RUNS} runs. Records of"
    )
    print(
        "a level are counted, those of a job read; columns are time, level, logger, job and message, records have all\n"
        "fields; both redacted, but for raw ones, as the others' are\n"
    )
    print("| corpus | question | tool | seconds | MB/s | times jobtrail's speed |")
    print("| --- | --- | --- | ---: | ---: | ---: |")
    two_cores = []
    for name, path in make(folder, megabytes).items():
        kind = name.removesuffix(".log")
        size = path.stat().st_size / 1e6
        for question, others in peers(path, kind).items():
            commands = {"jobtrail": [ours, str(path), question]}
            commands |= {tool: command for tool, command in others.items() if shutil.which(command[0])}
            for tool, command in commands.items():
                commands[tool] = [shutil.which(command[0]) or command[0], *command[1:]]
                seconds(commands[tool])  # warm: the file into memory, the program too
            times = {tool: median(seconds(command) for _ in range(RUNS)) for tool, command in commands.items()}
            for tool, taken in times.items():
                ratio = times["jobtrail"] / taken
                print(f"| {kind} | {question} | {tool} | {taken:.2f} | {size / taken:.0f} | {ratio:.2f} |")
            one, two = (median(wall([ours, str(path), question, n]) for _ in range(RUNS)) for n in ("1", "2"))
            two_cores.append(f"| {kind} | {question} | {one:.2f} | {two:.2f} | {one / two:.2f} |")
    print("\nThe same by the clock, with one thread and with two\n")
    print("| corpus | question | one | two | times faster |")
    print("| --- | --- | ---: | ---: | ---: |")
    print("\n".join(two_cores))


if __name__ == "__main__":
    main()

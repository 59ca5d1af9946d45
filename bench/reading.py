"""Measures the command line beside what people type today: whole processes, the same question, the same file."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from statistics import median

from corpus import make

RUNS = 5
OUTPUT = ".cache/bench/output"

Command = list[str]


def seconds(command: Command) -> float:
    """Returns the processor time of one run. Its output goes to a file: some tools stop early where nobody reads."""
    pid = os.posix_spawn(
        command[0],
        command,
        os.environ,
        file_actions=[(os.POSIX_SPAWN_OPEN, 1, OUTPUT, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)],
    )
    _, status, usage = os.wait4(pid, 0)
    if os.waitstatus_to_exitcode(status) not in (0, 1):
        raise RuntimeError(f"{' '.join(command)} failed")
    return usage.ru_utime + usage.ru_stime


def matches(command: Command) -> int:
    """Returns how many lines a command prints."""
    return subprocess.run(command, stdout=subprocess.PIPE, check=False).stdout.count(b"\n")


def questions(ours: str, path: Path, kind: str) -> dict[str, dict[str, Command]]:
    """Returns each question with the commands that answer it; what is not installed is left out."""
    duckdb = (
        "import duckdb,sys; duckdb.sql('set threads=1');"
        "print(duckdb.sql(\"select count(*) from read_json('{}', format='newline_delimited') where {}\").fetchall())"
    )
    if kind == "json":
        level, job = '"level": "ERROR"', '"job_id": 123[,}]'
        sql = {"level": "level='ERROR'", "job": "job_id=123"}
        jq = {"level": '.level=="ERROR"', "job": ".job_id==123"}
    else:
        level, job = r"\[ERROR\]", "Job #123:"
        sql, jq = {}, {}
    asked = {
        "level": {
            "jobtrail": [ours, "view", "-o", "raw", str(path), "level:error"],
            "grep": ["grep", level, str(path)],
            "rg": ["rg", "-N", level, str(path)],
        },
        "job": {
            "jobtrail": [ours, "view", "-o", "raw", str(path), "job:123"],
            "grep": ["grep", "-E", job, str(path)],
            "rg": ["rg", "-N", job, str(path)],
        },
    }
    for name, commands in asked.items():
        if name in jq:
            commands["jq"] = ["jq", "-c", f"select({jq[name]})", str(path)]
        if name in sql:
            commands["duckdb"] = [sys.executable, "-c", duckdb.format(path, sql[name])]
    found = {}
    for name, commands in asked.items():
        present = {peer: (shutil.which(command[0]), command) for peer, command in commands.items()}
        found[name] = {peer: [place, *command[1:]] for peer, (place, command) in present.items() if place}
    return found


def main() -> None:
    folder, megabytes, ours = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    print(f"Reading {megabytes} MB, one core: processor time of whole processes, median of {RUNS} runs\n")
    print("| corpus | question | tool | lines | seconds | MB/s | times jobtrail's speed |")
    print("| --- | --- | --- | ---: | ---: | ---: | ---: |")
    for name, path in make(folder, megabytes).items():
        kind = name.removesuffix(".log")
        size = path.stat().st_size / 1e6
        for question, commands in questions(ours, path, kind).items():
            for command in commands.values():
                seconds(command)  # warm: the file into memory, the program too
            times = {peer: median(seconds(command) for _ in range(RUNS)) for peer, command in commands.items()}
            for peer, taken in times.items():
                lines = matches(commands[peer]) if peer != "duckdb" else "-"
                ratio = times["jobtrail"] / taken
                print(f"| {kind} | {question} | {peer} | {lines} | {taken:.2f} | {size / taken:.0f} | {ratio:.2f} |")


if __name__ == "__main__":
    main()

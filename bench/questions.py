"""What is asked of the generated logs, of us and of what people type today. Data only; reading.py measures."""

from __future__ import annotations

import os
import shutil
import sys
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

Command = list[str]

HL = os.environ.get("HL") or shutil.which("hl")
# GB/s of hl 0.36 on one core and these logs, measured where it could be installed, beside ripgrep at 3.4.
HL_THEN = {"level": 0.34, "job": 0.31, "half an hour": 0.24, "everything reformatted": 0.16}
RG_THEN = 3.4

# Held against what reading every line gives.
ERRORS = "errors with tracebacks"


# How the answers in an output are counted: its lines, those that begin a record of text, a number that the tool prints
# last, or the sum of what `stats` counts.
LINES, STAMPS, NUMBER, STATS = "", "^2026-", "number", "stats"


class Ask(NamedTuple):
    """A command, and how its answers are counted."""

    command: Command
    counts: str = LINES


class Row(NamedTuple):
    """A question: our command, the others', and what is wanted of ours."""

    name: str
    ours: Ask
    peers: dict[str, Ask] = {}  # noqa: RUF012 - never changed
    # How many times a tool's speed ours must have; or `GB/s` at least; or `ms` at most.
    wanted: dict[str, float] = {}  # noqa: RUF012


def duckdb(path: Path, select: str) -> dict[str, Ask]:
    """A query of one table, `logs`, that gives one number."""
    query = select.replace("logs", f"read_json('{path}', format='newline_delimited')")
    code = f"import duckdb; duckdb.sql('set threads=1'); print(*duckdb.sql({query!r}).fetchall()[0])"
    return {"duckdb": Ask([sys.executable, "-c", code], NUMBER)}


def search(pattern: str, path: Path) -> dict[str, Ask]:
    """The searches that know nothing of records."""
    return {
        tool: Ask([*command, pattern, str(path)]) for tool, command in (("rg", ["rg", "-N"]), ("grep", ["grep", "-E"]))
    }


def jq(condition: str, path: Path) -> dict[str, Ask]:
    """Lines of which something is true."""
    return {"jq": Ask(["jq", "-c", f"select({condition})", str(path)])}


def hl(path: Path, *arguments: str) -> dict[str, Ask]:
    """The fastest viewer of JSON logs that we know, where it is installed."""
    return {"hl": Ask([HL, "--config", "-", "-P", "--color", "never", *arguments, str(path)])} if HL else {}


def of_json(ours: str, path: Path, unordered: Path) -> list[Row]:
    """Questions about JSON lines."""

    def view(*arguments: str, log: Path = path) -> Ask:
        return Ask([ours, "view", "-o", "raw", str(log), *arguments])

    def stats(part: str) -> Ask:
        return Ask([ours, "stats", str(path), "-o", "json", "--only", part], STATS)

    def per(group: str) -> dict[str, Ask]:
        return duckdb(path, f"select sum(n) from (select {group} g, count(*) n from logs group by g)")  # noqa: S608 - our own words

    span = ["--since", "2026-01-05T01:00:00Z", "--until", "2026-01-05T01:29:59.999999Z"]
    in_span = "timestamp >= '2026-01-05 01:00' and timestamp < '2026-01-05 01:30'"
    half_hour = '"timestamp": "2026-01-05T01:[0-2]'
    level = '"level": "ERROR"'
    count = "select count(*) from logs where"
    levels = search(level, path) | jq('.level=="ERROR"', path) | duckdb(path, f"{count} level='ERROR'")
    jobs = search('"job_id": 123,', path) | jq(".job_id==123", path) | duckdb(path, f"{count} job_id=123")
    return [
        Row("level", view("level:error"), levels | hl(path, "--raw", "-l", "error"), {"rg": 0.9, "hl": 9}),
        Row("job", view("job:123"), jobs | hl(path, "--raw", "-f", "job_id=123"), {"rg": 1}),
        Row("half an hour", view(*span), search(half_hour, path) | duckdb(path, f"{count} {in_span}"), {"ms": 50}),
        Row("half an hour, unordered", view(*span, log=unordered), search(half_hour, unordered), {"rg": 1}),
        Row(
            "level, jobs and half an hour",
            view(*span, "level:error job_id<200"),
            duckdb(path, f"{count} level='ERROR' and job_id<200 and {in_span}"),
            {"ms": 50},
        ),
        Row(
            "how many errors",
            Ask([ours, "view", "--count", str(path), "level:error"], NUMBER),
            {"rg": Ask(["rg", "-c", level, str(path)], NUMBER)},
            {"rg": 0.9},
        ),
        Row("counts by level", stats("levels"), per("level"), {"duckdb": 5}),
        Row("counts by minute", stats("slices"), per("date_trunc('minute', timestamp)"), {"duckdb": 5}),
        Row("everything reformatted", Ask([ours, "view", str(path)]), hl(path), {"hl": 3}),
        Row("everything as JSON", Ask([ours, "view", "-o", "json", str(path)])),
        Row("everything as CSV", Ask([ours, "export", "-o", "csv", str(path)])),
    ]


def of_text(ours: str, path: Path, unordered: Path) -> list[Row]:
    """Questions about lines of text, of which some have tracebacks below them."""

    def view(*arguments: str, log: Path = path, counts: str = STAMPS) -> Ask:
        return Ask([ours, "view", "-o", "raw", str(log), *arguments], counts)

    def stats(part: str) -> Ask:
        return Ask([ours, "stats", str(path), "-o", "json", "--only", part], STATS)

    span = ["--since", "2026-01-05T01:00:00Z", "--until", "2026-01-05T01:59:59.999999Z"]
    level, hour = r"\[ERROR\]", "^2026-01-05 01:"
    return [
        Row(ERRORS, view("level:error"), search(level, path), {"GB/s": 2}),
        Row("job", view("-g", "Job #123:"), search("Job #123:", path), {"rg": 1}),
        Row("an hour", view(*span), search(hour, path), {"ms": 50}),
        Row("an hour, unordered", view(*span, log=unordered), search(hour, unordered), {"rg": 1}),
        Row("level, jobs and an hour", view(*span, "-g", "Job #12", "level:error"), {}, {"ms": 50}),
        Row(
            "how many errors",
            Ask([ours, "view", "--count", str(path), "level:error"], NUMBER),
            {"rg": Ask(["rg", "-c", level, str(path)], NUMBER)},
            {"rg": 0.9},
        ),
        Row("counts by level", stats("levels")),
        Row("counts by minute", stats("slices")),
        Row("everything reformatted", Ask([ours, "view", str(path)], STAMPS)),
        Row("everything as JSON", Ask([ours, "view", "-o", "json", str(path)])),
        Row("everything as CSV", Ask([ours, "export", "-o", "csv", str(path)], STAMPS)),
    ]

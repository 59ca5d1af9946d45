"""Measures redaction in Python: jobtrail beside what people write today, and what it adds to a log call."""

from __future__ import annotations

import importlib.util
import re
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import jobtrail
from corpus import make

if TYPE_CHECKING:
    from collections.abc import Callable

RUNS = 5
LINES = 20_000
# Peers that would take minutes look at fewer lines.
FEW = 200
CALLS = 20_000

# Twenty patterns of the kind that projects keep in a `filters.py`.
PATTERNS = [
    re.compile(pattern, flags)
    for pattern, flags in (
        (r"(password|passwd|pwd)(\s*[=:]\s*)\S+", re.IGNORECASE),
        (r"(secret|token|api[_-]?key)(\s*[=:]\s*)\S+", re.IGNORECASE),
        (r"(\"(?:password|secret|token|api_?key)\"\s*:\s*)\"[^\"]*\"", re.IGNORECASE),
        (r"(Authorization:\s*)\S+ \S+", re.IGNORECASE),
        (r"Bearer [A-Za-z0-9._~+/-]+=*", re.IGNORECASE),
        (r"Basic [A-Za-z0-9+/]+=*", 0),
        (r"eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+", 0),
        (r"-----BEGIN [A-Z ]*PRIVATE KEY-----", 0),
        (r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b", 0),
        (r"\bgh[pousr]_[A-Za-z0-9]{36,}\b", 0),
        (r"\bglpat-[A-Za-z0-9_-]{20,}\b", 0),
        (r"\bxox[abprs]-[A-Za-z0-9-]{10,}\b", 0),
        (r"\b[sr]k_(?:live|test)_[A-Za-z0-9]{16,}\b", 0),
        (r"\bsk-[A-Za-z0-9_-]{20,}\b", 0),
        (r"\bAIza[A-Za-z0-9_-]{35}\b", 0),
        (r"\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}\b", 0),
        (r"\bnpm_[A-Za-z0-9]{36}\b", 0),
        (r"\bhf_[A-Za-z0-9]{30,}\b", 0),
        (r"://[^:/\s]+:[^@/\s]+@", 0),
        (r"\b(?:\d[ -]?){15}\d\b", 0),
    )
]


def with_patterns(line: str) -> str:
    """Masks by one pattern after the other."""
    for pattern in PATTERNS:
        line = pattern.sub("[redacted]", line)
    return line


def seconds_a_line(run: Callable[[str], object], lines: list[str]) -> float:
    """Returns the processor time of a line: the median of some runs."""
    times = []
    for _ in range(RUNS):
        began = time.process_time()
        for line in lines:
            run(line)
        times.append((time.process_time() - began) / len(lines))
    return median(times)


def peers(settings: ExitStack) -> dict[str, tuple[Callable[[str], object], int]]:
    """Returns what is measured, with the number of lines that it looks at; a peer is set up until `settings` end."""
    found: dict[str, tuple[Callable[[str], object], int]] = {
        "jobtrail.redact": (jobtrail.redact, LINES),
        "20 times re.sub": (with_patterns, LINES // 4),
    }
    if importlib.util.find_spec("detect_secrets"):
        from detect_secrets.core.scan import scan_line  # noqa: PLC0415 - only where it is installed
        from detect_secrets.settings import default_settings  # noqa: PLC0415

        settings.enter_context(default_settings())

        def scan(line: str) -> list[object]:
            return list(scan_line(line))

        found["detect-secrets"] = (scan, FEW)
    return found


def call(*, redact: bool, message: str) -> float:
    """Returns the processor time of a log call."""
    with tempfile.TemporaryDirectory() as folder:
        logger = jobtrail.setup_logger("bench", folder, console=False, max_bytes=0, redact=redact)
        taken = seconds_a_line(logger.info, [message] * CALLS)
        for handler in list(logger.handlers):
            handler.close()
            logger.removeHandler(handler)
    return taken


def main() -> None:
    """Prints the tables."""
    with ExitStack() as settings:
        compare(Path(sys.argv[1]), int(sys.argv[2]), peers(settings))


def compare(folder: Path, megabytes: int, measured: dict[str, tuple[Callable[[str], object], int]]) -> None:
    """Prints what a line and a log call take."""
    print(f"Redaction in Python, processor time of a line, median of {RUNS} runs\n")
    print("| corpus | what | us a line | MB/s | times jobtrail's time |")
    print("| --- | --- | ---: | ---: | ---: |")
    for name, path in make(folder, megabytes).items():
        with path.open(encoding="utf-8") as file:
            lines = [line.rstrip("\n") for line, _ in zip(file, range(LINES), strict=False)]
        ours = 0.0
        for what, (run, count) in measured.items():
            some = lines[:count]
            taken = seconds_a_line(run, some)
            ours = ours or taken
            size = sum(len(line) + 1 for line in some) / len(some)
            print(
                f"| {name.removesuffix('.log')} | {what} | {taken * 1e6:.2f} | {size / taken / 1e6:.1f} "
                f"| {taken / ours:.1f} |"
            )
    message = "Job #12625: mesh done request step step done in 4361 ms, 1822 nodes of tile 7 served from cache".ljust(
        100, "."
    )
    pairs = [(call(redact=True, message=message), call(redact=False, message=message)) for _ in range(RUNS)]
    on, off = (median(pair[i] for pair in pairs) for i in (0, 1))
    print("\nA log call with a message of 100 bytes, processor time\n")
    print("| redaction | us a call |\n| --- | ---: |")
    print(f"| on | {on * 1e6:.2f} |\n| off | {off * 1e6:.2f} |\n| added | {(on - off) * 1e6:.2f} |")


if __name__ == "__main__":
    main()

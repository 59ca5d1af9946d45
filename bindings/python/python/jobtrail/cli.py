"""The console script `jobtrail`: `serve` is Python's, everything else Rust's."""

from __future__ import annotations

import sys


def main() -> int:
    """Runs the command line and returns its exit code."""
    arguments = sys.argv[1:]
    if arguments[:1] == ["serve"]:
        from jobtrail.serve import main as serve  # noqa: PLC0415 - needs the extra `serve`

        return serve(arguments[1:])
    sys.stderr.write("jobtrail: only `serve` is built into this package yet\n")
    return 2

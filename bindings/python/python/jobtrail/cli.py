"""The console script `jobtrail`: `serve` is Python's, everything else the Rust command line's."""

from __future__ import annotations

import signal
import sys

from jobtrail import _core


def main() -> int:
    """Runs the command line and returns its exit code: 0 found, 1 nothing found, 2 error."""
    arguments = sys.argv[1:]
    if arguments[:1] == ["serve"]:
        from jobtrail.serve import main as serve  # noqa: PLC0415 - the other commands start sooner without it

        return serve(arguments[1:])
    # Rust does not come back to Python's handler while it works: Ctrl-C ends the process, as in the program itself.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    return _core.run_cli(["jobtrail", *arguments])

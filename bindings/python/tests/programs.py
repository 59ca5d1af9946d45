"""Python programs of their own, for what only another process can show."""

import subprocess
import sys


def run(code: str, *arguments: object, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Runs a Python program, its warnings errors, and returns how it ended."""
    command = [sys.executable, "-W", "error", "-c", code, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, env=env, timeout=60, check=False)

"""The wheel's `jobtrail` is the native program: the same bytes, the same exit codes, and an end when asked for one."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
SAMPLE = ROOT / "crates/cli/tests/samples/five-systems.log"
WHEEL = [sys.executable, "-c", "import sys; from jobtrail.cli import main; sys.argv[0] = 'jobtrail'; sys.exit(main())"]
DEADLINE_S = 30


@pytest.fixture(scope="session")
def program() -> list[str]:
    """Gives the native program, built if it is not yet."""
    build = ["cargo", "build", "--quiet", "--package", "jobtrail-cli", "--message-format", "json"]
    built = subprocess.run(build, cwd=ROOT, capture_output=True, text=True, check=True)
    messages = [json.loads(line) for line in built.stdout.splitlines()]
    programs = [message["executable"] for message in messages if message.get("executable")]
    assert len(programs) == 1, programs
    return programs


def environment(**settings: str) -> dict[str, str]:
    """Returns this environment without settings of the user's own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("JOBTRAIL_")}
    return {**kept, "JOBTRAIL_NO_CONFIG": "1", **settings}


def run(command: list[str], arguments: list[str], given: bytes, **settings: str) -> tuple[int, bytes, bytes]:
    """Runs a command on what is piped in and returns its exit code and what it said."""
    ended = subprocess.run(
        [*command, *arguments],
        input=given,
        capture_output=True,
        env=environment(**settings),
        timeout=DEADLINE_S,
        check=False,
    )
    return ended.returncode, ended.stdout, ended.stderr


COMMANDS = [
    ["view", str(SAMPLE)],
    ["view", str(SAMPLE), "-o", "json"],
    ["view", str(SAMPLE), "-o", "csv", "level>=error"],
    ["view", str(SAMPLE), "--color", "always", "--no-fields", "-g", "tile"],
    ["view", str(SAMPLE), "-g", "nothing like that"],
    ["view", "no-such.log"],
    ["view", "-q", "level>=loud"],
    ["view"],
    ["redact", "--report"],
    ["stats", str(SAMPLE), "-o", "json"],
    ["id", "explain", "MSH-0105-A7F2", "X"],
    ["formats"],
    ["config"],
    ["help", "query"],
    ["completions", "bash"],
    ["man", "view"],
    ["--help"],
    ["-V"],
    ["view", "--nonsense"],
    [],
]


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_same_bytes(program: list[str], arguments: list[str]) -> None:
    """What the wheel's command prints, says and returns is what the program does."""
    given = "[INFO] größe password=hunter2\n".encode() + b"\xff\n"

    expected = run(program, arguments, given)

    assert run(WHEEL, arguments, given) == expected


def test_settings_reach_both(program: list[str]) -> None:
    """Variables of the environment count for the wheel's command too."""
    given = b"[INFO] one\n[ERROR] two\n"

    shown = run(WHEEL, ["view"], given, JOBTRAIL_LEVEL="error", JOBTRAIL_OUTPUT="raw")

    assert shown == (0, b"[ERROR] two\n", b"")
    assert run(program, ["view"], given, JOBTRAIL_LEVEL="error", JOBTRAIL_OUTPUT="raw") == shown


def following(log: Path) -> subprocess.Popen[bytes]:
    """Starts the wheel's command as it follows a log, and waits until it shows the first line."""
    log.write_text("[INFO] one\n")
    command = [*WHEEL, "view", "-f", "-o", "raw", str(log)]
    started = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment())
    assert started.stdout is not None
    assert started.stdout.readline() == b"[INFO] one\n"
    return started


def test_interrupt_ends_it(tmp_path: Path) -> None:
    """Ctrl-C ends the wheel's command at once and without a word, as a shell reports by 130."""
    started = following(tmp_path / "worker.log")

    started.send_signal(signal.SIGINT)
    _, told = started.communicate(timeout=DEADLINE_S)

    assert (started.returncode, told) == (-signal.SIGINT, b"")


def test_closed_pipe_is_silent(tmp_path: Path) -> None:
    """A reader that goes away ends the wheel's command without a word, also while nothing is written."""
    started = following(tmp_path / "worker.log")
    assert started.stdout is not None
    assert started.stderr is not None

    started.stdout.close()
    told = started.stderr.read()
    started.stderr.close()

    assert (started.wait(DEADLINE_S), told) == (0, b"")

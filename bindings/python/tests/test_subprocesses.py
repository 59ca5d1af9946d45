"""`run_logged`: the end of a program, and the last of what it said where it failed."""

import json
import logging
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import jobtrail
import pytest
from jobtrail import run_logged, setup_logger


def python(program: str) -> list[str]:
    return [sys.executable, "-c", program]


@pytest.fixture
def log(tmp_path: Path) -> logging.Logger:
    return setup_logger("worker", tmp_path / "logs", console=False, format="json")


@pytest.fixture
def said(tmp_path: Path) -> Any:
    """The last record of the log."""
    return lambda: json.loads((tmp_path / "logs/worker.log").read_text(encoding="utf-8").splitlines()[-1])


@pytest.mark.usefixtures("log")
def test_a_program_that_succeeds_is_logged_without_its_output(said: Any) -> None:
    """It is returned; the logger is the one that was set up last."""
    ended = run_logged(python("print('out'); import sys; print('err', file=sys.stderr)"))

    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "out\n", "err\n")
    record = said()
    assert record["message"].startswith(f"{Path(sys.executable).name} ended in ")
    assert (record["level"], record["returncode"], type(record["duration_ms"])) == ("INFO", 0, int)
    assert record["function"] == "test_a_program_that_succeeds_is_logged_without_its_output"


def test_a_program_that_fails_is_logged_with_both_tails(log: logging.Logger, said: Any) -> None:
    """Redacted; with `check` an exception follows."""
    program = "import sys; print('done 1 of 2'); print('token=abcdefgh12345678', file=sys.stderr); sys.exit(3)"
    ended = run_logged(python(program), logger=log)

    record = said()
    assert (ended.returncode, ended.stderr) == (3, "token=[redacted:token]\n")
    assert (record["level"], record["returncode"]) == ("ERROR", 3)
    first, *below = record["message"].splitlines()
    assert " failed with exit code 3 after " in first
    assert below == ["stderr, 23 bytes:", "token=[redacted:token]", "stdout, 12 bytes:", "done 1 of 2"]
    with pytest.raises(subprocess.CalledProcessError) as raised:
        run_logged(python(program), logger=log, check=True)
    assert (raised.value.returncode, raised.value.stderr) == (3, "token=[redacted:token]\n")


def test_only_the_tail_is_kept_in_whole_lines(log: logging.Logger, said: Any) -> None:
    """However much there was."""
    program = "import sys\nfor number in range(300_000): print(f'line {number:06d}')\nsys.exit(1)"
    ended = run_logged(python(program), tail=100, logger=log)

    assert ended.stdout.splitlines() == [f"line {number:06d}" for number in range(299_992, 300_000)]
    assert "stdout, last 95 of 3600000 bytes:\nline 299992\n" in said()["message"]


def test_one_long_line_is_cut(log: logging.Logger) -> None:
    """Nothing, where nothing is wanted."""
    program = "import sys; sys.stdout.write('ab' * 100_000); sys.exit(1)"

    assert run_logged(python(program), tail=7, logger=log).stdout == "bababab"
    assert run_logged(python(program), tail=0, logger=log).stdout == ""


def test_a_secret_at_the_edge_of_the_tail_is_masked(log: logging.Logger, tmp_path: Path) -> None:
    """Also where its key has been cut off, and where a key block begins before it."""
    for tail in range(1, 60):
        run_logged(python("print('x' * 20 + ' password=hunter2hunter2 ' + 'y' * 20); exit(1)"), tail=tail, logger=log)
    block = "-----BEGIN RSA PRIVATE KEY-----\n" + "MIIEpAIBAAKCAQEA7bq6\n" * 40 + "-----END RSA PRIVATE KEY-----\n"
    for tail in (30, 100, 500):
        run_logged(python(f"print({block!r}); exit(1)"), tail=tail, logger=log)
    text = (tmp_path / "logs/worker.log").read_text().replace("Running", "\nRunning")

    ends = [line for line in text.splitlines() if "failed with" in line]
    assert len(ends) == 62
    assert not any("hunter2" in line or "ter2" in line or "MIIEpAIBAA" in line for line in ends)


def test_a_program_that_takes_too_long_is_killed_and_its_tail_logged(log: logging.Logger, said: Any) -> None:
    """And `TimeoutExpired` goes on, with the tail."""
    program = "echo half way; exec sleep 600"  # a shell: Python may take longer to start, where much else runs
    with pytest.raises(subprocess.TimeoutExpired) as raised:
        run_logged(["sh", "-c", program], timeout=1.5, logger=log)

    assert raised.value.output == "half way\n"
    assert " did not end within 1.5 s and was killed after " in said()["message"]
    assert said()["message"].endswith("stdout, 9 bytes:\nhalf way")


def test_what_is_not_utf8_is_shown_and_logged(log: logging.Logger, said: Any) -> None:
    """A character that the cut halves is left out."""
    program = "import sys; sys.stdout.buffer.write(b'\\xff\\x00 gr\\xc3\\xbc\\xc3\\x9f'); sys.exit(1)"
    assert run_logged(python(program), logger=log).stdout == "\ufffd\ufffd grüß"
    assert "\ufffd\ufffd grüß" in said()["message"]
    assert run_logged(python(program), tail=3, logger=log).stdout == "ß"


def test_a_program_that_cannot_be_started_is_logged(log: logging.Logger, said: Any) -> None:
    """And the exception goes on."""
    with pytest.raises(FileNotFoundError):
        run_logged(["no-such-program-here", "--x"], logger=log)

    assert said()["message"].startswith("no-such-program-here could not be started: FileNotFoundError")


def test_arguments_may_be_bytes_and_paths(log: logging.Logger, tmp_path: Path) -> None:
    """They reach the program as they are, also where they are not UTF-8."""
    program = "import os, sys; print([os.fsencode(word) for word in sys.argv[1:]])"
    ended = run_logged([sys.executable.encode(), "-c", program, b"a b\xff", tmp_path], logger=log)

    assert ended.stdout.startswith("[b'a b\\xff', b'")


def test_a_program_that_is_killed_names_the_signal(log: logging.Logger, said: Any) -> None:
    """By its name."""
    run_logged(python("import os, signal; os.kill(os.getpid(), signal.SIGKILL)"), logger=log)

    assert " was killed by SIGKILL after " in said()["message"]
    assert said()["returncode"] == -9


def test_the_command_is_logged_without_its_secrets(log: logging.Logger, tmp_path: Path) -> None:
    """As a shell would take it."""
    run_logged([*python("pass"), "a b", "--password=hunter2"], logger=log)
    line = (tmp_path / "logs/worker.log").read_text().splitlines()[1]

    assert "hunter2" not in line
    assert "-c pass 'a b' --password=[redacted:" in json.loads(line)["message"]


def test_input_directory_and_environment_are_handed_on(log: logging.Logger, tmp_path: Path) -> None:
    """A program need not read all that it is given."""
    program = "import os, sys; print(os.getcwd(), os.environ['X'], sys.stdin.readline().strip())"
    environment = {**os.environ, "X": "7"}
    ended = run_logged(python(program), cwd=tmp_path, env=environment, input=b"given\n" * 100_000, logger=log)

    assert ended.stdout.split()[1:] == ["7", "given"]


def test_a_program_that_goes_on_in_the_background_does_not_hold_it_up(log: logging.Logger, tmp_path: Path) -> None:
    """It holds the pipes still; what was said until the end is there."""
    waits = "import pathlib, time\nwhile not pathlib.Path('go').exists(): time.sleep(0.01)"
    program = (
        "import subprocess, sys; print('started', flush=True);"
        f"subprocess.Popen([sys.executable, '-c', {waits!r}]); sys.exit(2)"
    )
    before = threading.active_count()
    ended = run_logged(python(program), cwd=tmp_path, logger=log)
    is_held = threading.active_count() > before
    (tmp_path / "go").touch()
    deadline = time.monotonic() + 20
    while threading.active_count() > before:
        assert time.monotonic() < deadline
        time.sleep(0.01)

    assert ended.stdout == "started\n"
    assert is_held


@pytest.mark.parametrize(("cmd", "tail"), [("ls -l", 10), ([], 10), (["ls"], -1), (["ls"], 1.5), (["ls"], 2**30)])
def test_options_that_cannot_be_are_said(cmd: Any, tail: Any) -> None:
    """Before anything is started."""
    with pytest.raises(jobtrail.JobtrailError, match=r"bad (cmd|tail)"):
        run_logged(cmd, tail=tail)

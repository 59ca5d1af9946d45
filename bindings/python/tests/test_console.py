"""The console: colour where it is wanted, progress bars that stay whole, streams that fail."""

import io
import logging
import os
import pty
import re
import subprocess
import sys
import termios
import textwrap
from fcntl import ioctl
from pathlib import Path
from struct import pack

import pytest
from jobtrail.console import ConsoleHandler
from jobtrail.formatters import ConsoleFormatter
from programs import run

LINE = logging.makeLogRecord({"msg": "said", "levelno": 30, "levelname": "WARNING", "created": 0})
COLUMNS, ROWS = 120, 40


def on_a_terminal(program: str, **environment: str) -> list[str]:
    """The lines that a terminal shows when a Python program has run on it, as an emulator of one draws them."""
    pyte = pytest.importorskip("pyte")
    screen = pyte.Screen(COLUMNS, ROWS)
    screen.set_mode(pyte.modes.LNM)
    pyte.ByteStream(screen).feed(bytes_to_a_terminal(program, **environment))
    return [line.rstrip() for line in screen.display if line.strip()]


def bytes_to_a_terminal(program: str, **environment: str) -> bytes:
    """What a Python program writes when its standard output and error are a terminal."""
    terminal, programs_end = pty.openpty()
    ioctl(programs_end, termios.TIOCSWINSZ, pack("HHHH", ROWS, COLUMNS, 0, 0))
    process = subprocess.Popen(
        [sys.executable, "-W", "error", "-c", textwrap.dedent(program)],
        stdin=programs_end,
        stdout=programs_end,
        stderr=programs_end,
        env={**os.environ, "TERM": "xterm", "COLUMNS": str(COLUMNS), **environment},
    )
    os.close(programs_end)
    seen = b""
    try:
        while piece := os.read(terminal, 65_536):
            seen += piece
    except OSError:  # the program has ended, and nobody holds the terminal any more
        pass
    os.close(terminal)
    assert process.wait(20) == 0, seen.decode()
    return seen


SETUP = "from jobtrail import setup_logger; log = setup_logger('worker', dev_mode=True)"


def test_a_terminal_gets_colour() -> None:
    """The level, and nothing else."""
    seen = bytes_to_a_terminal(f"{SETUP}; log.warning('said')")

    assert re.search(rb"\] \[\x1b\[33mWARNING\x1b\[0m\] said\r\n$", seen)


@pytest.mark.parametrize(
    ("environment", "is_coloured"),
    [
        ({"NO_COLOR": "1"}, False),
        ({"NO_COLOR": ""}, True),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
        ({"FORCE_COLOR": "0"}, False),
        ({"TERM": "dumb"}, False),
    ],
)
def test_the_environment_decides_on_a_terminal(environment: dict[str, str], is_coloured: bool) -> None:
    """NO_COLOR before FORCE_COLOR before what the terminal is."""
    assert (b"\x1b[33m" in bytes_to_a_terminal(f"{SETUP}; log.warning('said')", **environment)) == is_coloured


def test_the_environment_decides_where_there_is_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """FORCE_COLOR colours a pipe, as in CI."""
    assert ConsoleFormatter().format(LINE).endswith("[WARNING] said")
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert ConsoleFormatter().format(LINE).endswith("[\x1b[33mWARNING\x1b[0m] said")


def test_lines_stand_above_a_bar_of_tqdm() -> None:
    """Each whole, and the bar once, at the bottom."""
    pytest.importorskip("tqdm")
    shown = on_a_terminal(
        f"""
        from tqdm import tqdm
        {SETUP}
        for number in tqdm(range(5), desc="meshing", mininterval=0):
            log.info("line %d", number)
        """
    )

    assert [line.rpartition("] ")[2] for line in shown[1:6]] == [f"line {number}" for number in range(5)]
    assert [line for line in shown if "meshing" in line] == [shown[-1]]
    assert "100%" in shown[-1]
    assert len(shown) == 7


def test_lines_of_threads_stand_above_several_bars_of_tqdm() -> None:
    """While another thread draws."""
    pytest.importorskip("tqdm")
    shown = on_a_terminal(
        f"""
        import threading
        from tqdm import tqdm
        {SETUP}
        def speak(name):
            for number in range(5):
                log.info("%s %d", name, number)
        bars = [tqdm(total=200, desc=name, position=place, mininterval=0) for place, name in enumerate(["one", "two"])]
        threads = [threading.Thread(target=speak, args=(name,)) for name in "abc"]
        for thread in threads:
            thread.start()
        for bar in bars:
            for _ in range(200):
                bar.update()
        for thread in threads:
            thread.join()
        for bar in bars:
            bar.close()
        """
    )

    lines = [line for line in shown if "[INFO]" in line]
    assert sorted(line[-3:] for line in lines[1:]) == [f"{name} {number}" for name in "abc" for number in range(5)]
    assert [line[:9] for line in shown if "%|" in line] == ["one: 100%", "two: 100%"]
    assert len(shown) == 18


def test_a_program_that_holds_the_lock_of_tqdm_stops_no_line() -> None:
    """It is written a moment later all the same."""
    pytest.importorskip("tqdm")
    shown = on_a_terminal(
        f"""
        import threading
        from tqdm import tqdm
        {SETUP}
        bar = tqdm(total=1, desc="meshing")
        with tqdm.get_lock():
            for number in range(100):  # a hundred do not wait a hundred times
                thread = threading.Thread(target=log.info, args=("through %d", number))
                thread.start()
                thread.join(30)
                assert not thread.is_alive()
        bar.close()
        """
    )

    assert any("through 99" in line for line in shown)


@pytest.mark.parametrize("console", ["Console()", "Console(stderr=True)"])
def test_lines_stand_above_a_bar_of_rich(console: str) -> None:
    """Whichever stream it is shown on, and in colour."""
    pytest.importorskip("rich")
    program = f"""
        from rich.console import Console
        from rich.progress import Progress
        {SETUP}
        with Progress(console={console}) as progress:
            task = progress.add_task("meshing", total=5)
            for number in range(5):
                log.warning("line %d [bold]", number)
                progress.advance(task)
        log.info("after")
        """
    shown = on_a_terminal(program)

    assert [line[-13:] for line in shown[1:6]] == [f"line {number} [bold]" for number in range(5)]
    assert [line for line in shown if "meshing" in line] == [shown[6]]
    assert "100%" in shown[6]
    assert shown[7].endswith("[INFO] after")
    assert len(shown) == 8


def test_a_stream_that_is_closed_or_gone_is_no_reason_to_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    """Closed, None, or one whose other end is gone: counted."""
    closed = io.StringIO()
    monkeypatch.setattr(sys, "stderr", closed)
    handler = ConsoleHandler()
    closed.close()
    handler.handle(LINE)
    monkeypatch.setattr(sys, "stderr", None)
    nowhere = ConsoleHandler()
    nowhere.handle(LINE)
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w", buffering=1) as pipe:
        monkeypatch.setattr(sys, "stderr", pipe)
        gone = ConsoleHandler()
        gone.handle(LINE)
        monkeypatch.undo()
        os.dup2(os.open(os.devnull, os.O_WRONLY), writing)

    assert (handler.failures, gone.failures) == (1, 1)
    assert nowhere.failures <= 1


def test_what_the_stream_cannot_spell_is_spelled_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """An older terminal, or half a surrogate pair."""
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stderr", io.TextIOWrapper(raw, encoding="ascii", write_through=True))
    ConsoleHandler().handle(logging.makeLogRecord({"msg": "größe \udc80"}))

    assert raw.getvalue() == b"gr\\xf6\\xdfe \\udc80\n"


def test_an_endless_repr_stops_no_program(tmp_path: Path) -> None:
    """Neither on the console nor in the file."""
    program = """
import sys
from jobtrail import setup_logger
log = setup_logger("worker", sys.argv[1])
class Endless:
    def __repr__(self):
        return repr(self)
log.info("%r", Endless())
log.info("goes on")
"""
    ended = run(program, tmp_path)

    assert ended.returncode == 0, ended.stderr
    assert ended.stderr.count("goes on") == 1
    assert "goes on" in (tmp_path / "worker.log").read_text()

"""Starts the demo: a host and two workers at work, and the server that shows their logs.

Ctrl-C stops everything. With DEMO_SECONDS it stops by itself: exit code 0 if the lines of every process, also those
of the one that was killed, reached the page's endpoint and no secret did; else 1.
"""

from __future__ import annotations

import json
import math
import os
import secrets
import signal
import string
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from doomed import LINES
from watch import Watch

if TYPE_CHECKING:
    from types import FrameType

FOLDER = Path(__file__).resolve().parent
STOP_S = 10
START_S = 30
USER = "maria.lopez"

LOOK = """
  Look at this:
    - The lines of host.log, worker.log (two processes write it) and slicer.log arrive as they are written.
    - Level "error": a job that fails, with its traceback; a job whose process is killed in the middle of its work.
    - Click a job's ID, such as MSH-0105-A7F2: only its lines stay, from every process.
    - Tokens, a password in a URL and a person's home path are logged again and again; see what is shown of them.

  The logs are in {logs}
  {ending}
"""


class Process(NamedTuple):
    """A process of the demo that logs."""

    name: str
    pid: int


class Demo:
    """The processes of one demo, and what they have told."""

    def __init__(self, folder: Path) -> None:
        self.logs = folder / "logs"
        self.processes: list[Process] = []
        self._folder = folder
        self._console = (folder / "console.txt").open("wb")
        self._started: list[subprocess.Popen[str]] = []

    def start_server(self) -> str:
        """Starts the server on port 5173 or the next free one; returns the page's URL."""
        server = self._start("-m", "jobtrail.serve", self.logs)
        line = server.stdout.readline() if server.stdout else ""
        if not line.startswith("jobtrail: http"):
            raise DemoError(f"the server did not start: {self.console_tail()}")
        return line.removeprefix("jobtrail: ").strip()

    def start_host(self) -> None:
        """Starts the host, which starts the workers; its tellings are gathered in `processes`."""
        host = self._start(FOLDER / "host.py", self._folder)
        threading.Thread(target=self._listen, args=(host,), daemon=True).start()

    def _start(self, *arguments: str | Path) -> subprocess.Popen[str]:
        # A session of their own keeps the terminal's Ctrl-C from them: they are stopped in order.
        process = subprocess.Popen(
            [sys.executable, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._console,
            text=True,
            start_new_session=True,
        )
        self._started.append(process)
        return process

    def _listen(self, host: subprocess.Popen[str]) -> None:
        for line in host.stdout or ():
            told = json.loads(line)
            self.processes.append(Process(told["process"], told["pid"]))

    def fault(self) -> str | None:
        """Returns what has ended that should not have."""
        for process in self._started:
            if process.poll() is not None:
                return f"a process ended with {process.returncode}: {self.console_tail()}"
        return None

    def console_tail(self) -> str:
        """Returns the end of what the processes wrote to their consoles."""
        return (self._folder / "console.txt").read_text(errors="replace")[-2000:]

    def stop(self) -> None:
        """Ends the host and its workers, then the server; kills what does not end."""
        for process in reversed(self._started):
            if process.stdin:
                process.stdin.close()
            if process is self._started[0]:
                process.terminate()
            try:
                process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
            if process.stdout:
                process.stdout.close()
        self._console.close()


class DemoError(Exception):
    """The demo did not do what it is there to show."""


def missing(demo: Demo, watch: Watch, secret: str) -> list[str]:
    """Returns what should have reached the page's endpoint and has not, or the other way round."""
    wanted = ("host", "worker 1", "worker 2", "killed")
    faults = [f"no process is known as {name}" for name in wanted if name not in {p.name for p in demo.processes}]
    for process in list(demo.processes):
        messages = watch.messages(process.pid)
        if not messages:
            faults.append(f"no line of {process.name} (process {process.pid})")
        elif process.name == "killed":
            steps = sum(": doomed step " in message for message in messages)
            if steps != LINES:
                faults.append(f"{steps} of the {LINES} lines that process {process.pid} logged before it was killed")
    faults += [f"`{text}` in the log text" for text in (secret, USER) if watch.holds(text)]
    return faults


def wait(demo: Demo, seconds: float) -> None:
    """Lets the demo run for its time. Raises `DemoError` if a process that should run has ended."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if fault := demo.fault():
            raise DemoError(fault)
        time.sleep(0.1)


def check(demo: Demo, watch: Watch, secret: str) -> None:
    """Raises `DemoError` if something is missing; on a slow machine it gives the first jobs some time more."""
    last = time.monotonic() + START_S
    while (faults := missing(demo, watch, secret)) and time.monotonic() < last:
        time.sleep(0.1)
    if faults:
        raise DemoError("; ".join(faults))


def main() -> int:
    seconds = float(os.environ.get("DEMO_SECONDS") or 0)
    alphabet = string.ascii_letters + string.digits
    secret = os.environ.setdefault("DEMO_SECRET", "ghp_" + "".join(secrets.choice(alphabet) for _ in range(36)))
    # Said outright: a shell that starts this in the background has interrupts ignored.
    signal.signal(signal.SIGINT, _interrupt)
    signal.signal(signal.SIGTERM, _interrupt)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="jobtrail-demo-")))
        for name in ("logs", "output"):
            (folder / name).mkdir()
        demo = Demo(folder)
        stack.callback(demo.stop)
        try:
            url = demo.start_server()
            demo.start_host()
            ending = f"It stops after {seconds:g} seconds." if seconds else "Ctrl-C stops the demo."
            print(f"\n  {url}\n{LOOK.format(logs=demo.logs, ending=ending)}", flush=True)
            watch = Watch(url) if seconds else None
            wait(demo, seconds or math.inf)
            if watch:
                check(demo, watch, secret)
        except KeyboardInterrupt:
            print("\nstopping", file=sys.stderr)
            return 0
        except DemoError as error:
            print(f"demo: failed: {error}", file=sys.stderr)
            return 1
        if watch:
            counts = ", ".join(f"{process.name} {len(watch.messages(process.pid))}" for process in demo.processes)
            print(f"demo: passed; lines that reached the page's endpoint: {counts}")
    return 0


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())

"""`capture_exceptions`: what nobody caught, in the log and on standard error as ever; and hard crashes."""

import asyncio
import gc
import logging
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import jobtrail
import pytest
from jobtrail import capture_exceptions, setup_logger
from jobtrail.crashes import gather_crashes
from programs import run

START = """
import sys
from jobtrail import capture_exceptions, setup_logger
log = setup_logger("worker", sys.argv[1], console=False)
capture = capture_exceptions()
"""


def messages(folder: Path, query: str = "level>=error") -> list[str]:
    return [record.message for record in jobtrail.read_logs(folder, query)]


def test_an_uncaught_exception_is_logged_and_printed(tmp_path: Path) -> None:
    """Redacted in the log; the program ends as it would have."""
    ended = run(START + "raise ValueError('password=hunter2')", tmp_path)

    assert ended.returncode == 1
    assert ended.stderr.endswith("ValueError: password=hunter2\n")
    (record,) = jobtrail.read_logs(tmp_path, "level:critical", redact=False)
    assert record.message == "Uncaught exception"
    assert record.exception is not None
    assert record.exception.endswith("ValueError: password=[redacted:password]")
    assert list(tmp_path.glob(".*crash*")) == []


@pytest.mark.parametrize("program", ["raise KeyboardInterrupt", "sys.exit(3)", "pass"])
def test_an_end_that_was_asked_for_is_no_fault(tmp_path: Path, program: str) -> None:
    """Ctrl-C, `sys.exit` and the end."""
    run(START + program, tmp_path)

    assert messages(tmp_path) == []


def test_a_threads_exception_is_logged(tmp_path: Path) -> None:
    """With its name, and the hook that was there is called; `sys.exit` in a thread is no fault."""
    program = """
import threading
def fail():
    raise ValueError("in a thread")
for target in (fail, sys.exit):
    thread = threading.Thread(target=target, name="feeder")
    thread.start()
    thread.join()
"""
    ended = run(START + program, tmp_path)

    assert "Exception in thread feeder" in ended.stderr
    assert messages(tmp_path) == ["Uncaught exception in thread feeder"]


def test_what_cannot_be_raised_is_logged(tmp_path: Path) -> None:
    """An exception in `__del__`."""
    program = """
class Fails:
    def __del__(self):
        raise ValueError("gone wrong")
Fails()
"""
    ended = run(START + program, tmp_path)

    assert "Exception ignored in" in ended.stderr
    (message,) = messages(tmp_path)
    assert message.startswith("Exception ignored in")
    assert "Fails.__del__" in message
    assert jobtrail.read_logs(tmp_path, "level:error")[0].exception is not None


def test_a_tasks_exception_that_nobody_asked_for_is_logged(tmp_path: Path) -> None:
    """Once, also where the loop's own way comes to the same log; the loop's handler is called."""
    log = setup_logger("worker", tmp_path, console=False)
    seen: list[dict[str, Any]] = []

    async def fail() -> None:
        raise ValueError("in a task")

    async def main(*, with_handler: bool) -> None:
        if with_handler:
            asyncio.get_running_loop().set_exception_handler(lambda _, context: seen.append(context))
        task = asyncio.create_task(fail())
        await asyncio.wait([task])
        del task
        gc.collect()

    with capture_exceptions(log):
        asyncio.run(main(with_handler=True))
        asyncio.run(main(with_handler=False))
        logging.getLogger("asyncio").addHandler(log.handlers[0])
        asyncio.run(main(with_handler=False))
        logging.getLogger("asyncio").removeHandler(log.handlers[0])
    asyncio.run(main(with_handler=True))

    assert len(seen) == 2
    assert len(messages(tmp_path)) == 3
    assert all(message.startswith("Task exception was never retrieved") for message in messages(tmp_path))
    assert all("in a task" in (record.exception or "") for record in jobtrail.read_logs(tmp_path, "level:error"))


@pytest.mark.parametrize("order", [("one", "other"), ("other", "one")])
def test_two_that_capture_for_one_logger_log_once(tmp_path: Path, order: tuple[str, str]) -> None:
    """As in a program that captures and then calls `install`; whichever is closed first, the other goes on."""
    program = """
import threading
def fail():
    raise ValueError
def fail_in_thread(name):
    thread = threading.Thread(target=fail, name=name)
    thread.start()
    thread.join()
captures = {"one": capture, "other": capture_exceptions(log)}
fail_in_thread("both")
for name in sys.argv[2:]:
    captures[name].close()
    fail_in_thread("after " + name)
"""
    ended = run(START + program, tmp_path, *order)

    assert ended.returncode == 0, ended.stderr
    assert messages(tmp_path) == [f"Uncaught exception in thread {name}" for name in ("both", f"after {order[0]}")]


def hooks() -> list[object]:
    return [sys.excepthook, threading.excepthook, sys.unraisablehook, asyncio.BaseEventLoop.call_exception_handler]


def test_closing_it_leaves_every_hook_as_it_was(tmp_path: Path) -> None:
    """Also when it is closed twice; one that somebody has put over ours since stays, and ours only passes on."""
    before = hooks()
    log = setup_logger("worker", tmp_path, console=False)
    capture = capture_exceptions(log, crashes=False)
    assert all(now is not then for now, then in zip(hooks(), before, strict=True))
    capture.close()
    capture.close()
    assert hooks() == before

    capture = capture_exceptions(log, crashes=False)
    ours, called = sys.excepthook, []
    sys.excepthook = lambda *args: (called.append(args), ours(*args))  # type: ignore[func-returns-value]
    capture.close()
    theirs, sys.excepthook = sys.excepthook, before[0]  # type: ignore[assignment]
    assert hooks() == before
    theirs(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert len(called) == 1
    assert messages(tmp_path) == []


CRASH = """
import os, signal, threading
def deep():
    {crash}
deep()
"""


@pytest.mark.parametrize("form", ["process", "json"])
@pytest.mark.parametrize(
    ("crash", "what"),
    [
        ("os.kill(os.getpid(), signal.SIGSEGV)", "Segmentation fault"),
        ("os.abort()", "Aborted"),
        ("os.kill(os.getpid(), signal.SIGBUS)", "Bus error"),
    ],
)
def test_a_hard_crash_is_in_the_log_when_the_service_starts_again(
    tmp_path: Path, crash: str, what: str, form: str
) -> None:
    """As one CRITICAL record with the stacks, once, in the log's own form."""
    start = START.replace("console=False", f"console=False, format={form!r}")
    ended = run(start + CRASH.format(crash=crash), tmp_path)
    assert ended.returncode < 0
    (left,) = tmp_path.glob(".worker.log.crash-*")
    pid = int(left.name.split("-")[1])

    run(start, tmp_path)
    run(start, tmp_path)
    (record,) = jobtrail.read_logs(tmp_path, "level:critical")
    assert record.message.startswith(f"Process {pid} crashed at 20")
    assert record.message.endswith(f"Z: {what}")
    assert " in deep" in record.text
    assert list(tmp_path.glob(".*crash*")) == []


def test_a_killed_process_leaves_nothing_to_tell(tmp_path: Path) -> None:
    """Its empty file goes at the next start."""
    ended = run(START + CRASH.format(crash="os.kill(os.getpid(), signal.SIGKILL)"), tmp_path)
    assert ended.returncode == -signal.SIGKILL
    assert len(list(tmp_path.glob(".*crash*"))) == 1
    run(START, tmp_path)

    assert messages(tmp_path) == []
    assert list(tmp_path.glob(".*crash*")) == []


def test_the_file_of_a_process_that_lives_is_left_alone(tmp_path: Path) -> None:
    """It may crash yet; and a forked child has its own."""
    program = """
import os
child = os.fork()
if child == 0:
    print(len([name for name in os.listdir(sys.argv[1]) if "crash" in name]), flush=True)
    input()
    os._exit(0)
os.waitpid(child, 0)
"""
    command = [sys.executable, "-c", START + program, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == "2\n"
        log = setup_logger("worker", tmp_path, console=False)
        gathered = gather_crashes(str(tmp_path / "worker.log"), log)
        assert (gathered, len(list(tmp_path.glob(".*crash*")))) == (0, 2)
        process.stdin.write("end\n")
        process.stdin.close()
        assert process.wait(20) == 0

    gather_crashes(str(tmp_path / "worker.log"), log)
    assert list(tmp_path.glob(".*crash*")) == []


def test_a_program_that_has_turned_faulthandler_on_keeps_it(tmp_path: Path) -> None:
    """Its own file, its own rules."""
    begin = "import faulthandler, sys\nfaulthandler.enable(open(sys.argv[1] + '/own', 'w'))\n"
    run(begin + START + CRASH.format(crash="os.abort()"), tmp_path)

    assert " in deep" in (tmp_path / "own").read_text()
    assert list(tmp_path.glob(".*crash*")) == []


def test_a_folder_that_cannot_be_written_is_no_fault(tmp_path: Path) -> None:
    """The program goes on without a file for its trace."""
    (tmp_path / "file").write_text("")
    ended = run(START + "log.info('goes on')", tmp_path / "file/logs")

    assert ended.returncode == 0, ended.stderr
    assert os.listdir(tmp_path) == ["file"]  # noqa: PTH208


def test_a_parent_tells_of_its_children_when_it_forks_again_and_ends(tmp_path: Path) -> None:
    """As a server does whose workers crash; what ended without a word leaves nothing behind."""
    program = """
import os, signal
def child(act):
    pid = os.fork()
    if pid == 0:
        act()
    os.waitpid(pid, 0)
def crash():
    os.kill(os.getpid(), signal.SIGSEGV)
child(crash)
print(open(log.handlers[0].baseFilename).read().count("crashed"))
child(lambda: os._exit(0))
print(open(log.handlers[0].baseFilename).read().count("crashed"))
child(crash)
"""
    ended = run(START + program, tmp_path)

    assert ended.returncode == 0, ended.stderr
    assert ended.stdout == "0\n1\n"
    assert len(messages(tmp_path, "level:critical crashed")) == 2
    assert list(tmp_path.glob(".*crash*")) == []


def test_a_daemon_that_has_closed_our_descriptor_keeps_its_own_files(tmp_path: Path) -> None:
    """A daemon closes all that it has not opened; what then has the crash file's number is not closed by us."""
    program = """
import os
if os.fork():
    os._exit(os.waitstatus_to_exitcode(os.wait()[1]))
os.closerange(3, 256)
theirs = [os.open(sys.argv[1] + "/theirs", os.O_WRONLY | os.O_CREAT) for _ in range(32)]
child = os.fork()
if child == 0:
    for one in theirs:
        os.fstat(one)
    os._exit(0)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
log.info("after")
capture.close()
for one in theirs:
    os.fstat(one)
"""
    ended = run(START + program, tmp_path)

    assert ended.returncode == 0, ended.stderr
    assert ended.stdout == "0\n"
    assert (tmp_path / "theirs").read_bytes() == b""
    assert (tmp_path / "worker.log").read_text().endswith(" [INFO] after\n")


def test_a_crash_waits_for_a_logger_that_writes(tmp_path: Path) -> None:
    """One that is disabled, or whose filter fails, would lose it."""
    run(START + CRASH.format(crash="os.abort()"), tmp_path)
    log = setup_logger("worker", tmp_path, console=False)
    path = str(tmp_path / "worker.log")

    def fails(_: logging.LogRecord) -> bool:
        raise LookupError

    log.disabled = True
    assert gather_crashes(path, log) == 0
    log.disabled = False
    log.addFilter(fails)
    assert gather_crashes(path, log) == 0
    log.removeFilter(fails)
    assert gather_crashes(path, log) == 1
    assert len(messages(tmp_path, "level:critical crashed")) == 1


def test_what_somebody_else_has_put_there_is_left_alone(tmp_path: Path) -> None:
    """A pipe, a link, a file of another user's: none is read, waited for, or removed."""
    log = setup_logger("worker", tmp_path, console=False)
    (tmp_path / "elsewhere").write_text("Fatal Python error: planted")
    (tmp_path / ".worker.log.crash-1").symlink_to(tmp_path / "elsewhere")
    os.mkfifo(tmp_path / ".worker.log.crash-2")
    (tmp_path / ".worker.log.crash-x").write_text("Fatal Python error: planted")
    if os.geteuid() == 0:
        (tmp_path / ".worker.log.crash-3").write_text("Fatal Python error: planted")
        os.chown(tmp_path / ".worker.log.crash-3", 65_534, 65_534)

    assert gather_crashes(str(tmp_path / "worker.log"), log) == 0
    assert "planted" not in (tmp_path / "worker.log").read_text()
    assert len(list(tmp_path.glob(".*crash*"))) == 3 + (os.geteuid() == 0)

"""Lines that repeat are held back, and their count is never lost; paths that are left out of access logs."""

import json
import logging
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jobtrail
import pytest
from jobtrail import ExcludePaths, RepeatFilter, limit_repeats, setup_logger
from programs import run


class Lines(logging.Handler):
    """Keeps what it is handed."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)

    @property
    def messages(self) -> list[str]:
        return [record.getMessage() for record in self.records]


@pytest.fixture
def lines() -> Lines:
    return Lines()


@pytest.fixture
def log(lines: Lines) -> Iterator[logging.Logger]:
    log = logging.Logger("poller")  # noqa: LOG001 - one that no other test sees
    log.addHandler(lines)
    yield log
    for one in lines.filters[:]:
        if isinstance(one, RepeatFilter):
            one.close()


def test_the_first_lines_pass_and_the_others_are_counted(log: logging.Logger, lines: Lines) -> None:
    """By level and logger; the count is a record like the lines."""
    repeats = limit_repeats(lines, first=3, window_s=3600)
    for number in range(10):
        log.warning("try %d", number)
    log.error("try %d", 10)
    log.warning("another")

    assert lines.messages == ["try 0", "try 1", "try 2", "try 10", "another"]
    assert repeats.held_back() == 7
    repeats.flush()
    assert lines.messages[5:] == ["held back 7 lines like: try %d"]
    count = lines.records[-1]
    assert (count.levelname, count.name, vars(count)["held_back"]) == ("WARNING", "poller", 7)
    assert repeats.held_back() == 0
    log.warning("try again")
    repeats.flush()
    assert len(lines.records) == 7


def test_every_so_many_th_is_a_sample(log: logging.Logger, lines: Lines) -> None:
    """Of those over the first."""
    repeats = limit_repeats(lines, first=1, every=4, window_s=3600)
    for number in range(10):
        log.info("line %d", number)
    repeats.close()

    assert lines.messages == ["line 0", "line 4", "line 8", "held back 7 lines like: line %d"]
    assert lines.filters == []


def test_numbers_in_a_message_that_is_made_already_do_not_count(log: logging.Logger, lines: Lines) -> None:
    """Unless a function of the user's tells kinds apart; one that fails lets all pass."""
    repeats = limit_repeats(lines, first=1, window_s=3600)
    for number in range(3):
        log.info(f"row {number} of 3")  # noqa: G004 - what people write
    repeats.close()
    assert lines.messages == ["row 0 of 3", "held back 2 lines like: row 0 of 3"]

    repeats = limit_repeats(lines, first=1, window_s=3600, kind=lambda record: record.args)
    for number in range(3):
        log.info("row %d", number)
    repeats.close()
    assert lines.messages[2:] == ["row 0", "row 1", "row 2"]

    def fails(record: logging.LogRecord) -> object:
        raise ValueError(record)

    def cannot_be_hashed(record: logging.LogRecord) -> object:
        return [record]

    for kind in (fails, cannot_be_hashed):
        repeats = limit_repeats(lines, first=0, kind=kind)
        log.info("row")
        repeats.close()
    assert lines.messages[5:] == ["row", "row"]


def test_lines_of_a_level_always_pass(log: logging.Logger, lines: Lines) -> None:
    """CRITICAL without being asked for."""
    repeats = limit_repeats(lines, first=0, below=logging.ERROR)
    for level in (logging.INFO, logging.ERROR, logging.CRITICAL):
        log.log(level, "line")
    repeats.close()
    repeats = limit_repeats(lines, first=0)
    log.critical("critical")
    repeats.close()

    assert lines.messages == ["line", "line", "held back 1 lines like: line", "critical"]


def test_the_count_comes_by_itself_when_the_window_ends(log: logging.Logger, lines: Lines) -> None:
    """Without a further line; the next window begins with the next one."""
    repeats = limit_repeats(lines, first=1, window_s=0.1)
    deadline = time.monotonic() + 20
    said = 0
    while repeats.held_back() == 0:
        assert time.monotonic() < deadline
        log.info("again")
        said += 1
    while not lines.messages[-1].startswith("held back"):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    told = len(lines.records)
    log.info("again")

    held = sum(vars(record).get("held_back", 0) for record in lines.records)
    assert held >= 1
    assert lines.messages.count("again") + held == said + 1
    assert lines.messages[told:] == ["again"]


def test_more_kinds_than_it_remembers_lose_no_count(log: logging.Logger, lines: Lines) -> None:
    """The oldest is told of when it has to go."""
    repeats = limit_repeats(lines, first=1, window_s=3600, kind=logging.LogRecord.getMessage)
    for number in range(1500):
        log.info("kind %d", number)
        log.info("kind %d", number)
    repeats.close()

    held = sum(vars(record).get("held_back", 0) for record in lines.records)
    assert held == 1500
    assert len(repeats._windows) == 0


def test_threads_lose_no_count(log: logging.Logger, lines: Lines) -> None:
    """Each line is written or counted, while windows end all the time."""
    repeats = limit_repeats(lines, first=5, every=7, window_s=0.002)

    def speak() -> None:
        for number in range(3000):
            log.info("line %d", number)

    threads = [threading.Thread(target=speak) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    repeats.close()

    counts = [vars(record)["held_back"] for record in lines.records if hasattr(record, "held_back")]
    assert len(lines.records) - len(counts) + sum(counts) == 12_000


PROGRAM = """
import os, sys
from jobtrail import limit_repeats, setup_logger
log = setup_logger("worker", sys.argv[1], console=False, format=sys.argv[2])
limit_repeats(log.handlers[0], first=2, window_s=3600)
for number in range(10):
    log.info("password=hunter2 %d", number)
"""


@pytest.mark.parametrize("end", ["", "sys.exit(3)", "raise ValueError"])
def test_the_count_is_written_when_the_program_ends(tmp_path: Path, end: str) -> None:
    """However it ends by itself; masked as every line, and with its field in JSON."""
    run(PROGRAM + end, tmp_path, "json")

    last = json.loads((tmp_path / "worker.log").read_text().splitlines()[-1])
    assert last["message"] == "held back 8 lines like: password=[redacted:password] %d"
    assert last["held_back"] == 8
    assert "_jobtrail" not in (tmp_path / "worker.log").read_text()


def test_lines_at_the_very_end_are_written_not_counted(tmp_path: Path) -> None:
    """When nobody would tell of them any more."""
    late = "import atexit\natexit._run_exitfuncs()\nfor number in range(5):\n    log.info('late')\n"
    run(PROGRAM + late, tmp_path, "json")

    lines = [json.loads(line)["message"] for line in (tmp_path / "worker.log").read_text().splitlines()]
    assert lines[-6:] == ["held back 8 lines like: password=[redacted:password] %d", *(["late"] * 5)]


def test_a_message_that_has_no_text_is_no_fault(log: logging.Logger, lines: Lines) -> None:
    """The program that logs sees nothing of it, and the count is written."""

    class Mute:
        def __str__(self) -> str:
            raise ValueError("no")

    for kind in (None, type):
        repeats = limit_repeats(lines, first=0, kind=kind)
        log.info(Mute())
        repeats.close()

    assert [record.msg for record in lines.records[1:]] == ["held back %d lines like: %s"]
    assert lines.records[1].getMessage() == "held back 1 lines like: <Mute without text: ValueError>"


def test_a_count_outlives_its_handler(tmp_path: Path) -> None:
    """A logger that is set up anew lets go of its handlers; their counts are written all the same."""
    program = """
import gc, sys
from jobtrail import limit_repeats, setup_logger
for _ in range(2):
    log = setup_logger("worker", sys.argv[1], console=False)
    limit_repeats(log.handlers[0], first=1)
    for number in range(5):
        log.info("try %d", number)
    gc.collect()
"""
    ended = run(program, tmp_path)

    assert ended.returncode == 0, ended.stderr
    assert (tmp_path / "worker.log").read_text().count("held back 4 lines like: try %d") == 2


def test_a_handler_that_fails_at_the_end_costs_no_other_its_count(tmp_path: Path) -> None:
    """Each is closed by itself."""
    program = """
import logging, sys
from jobtrail import limit_repeats, setup_logger
class Fails(logging.Handler):
    def emit(self, record):
        if hasattr(record, "held_back"):
            raise ValueError("gone wrong")
log = setup_logger("worker", sys.argv[1], console=False)
others = [Fails(), Fails()]
for handler in (others[0], log.handlers[0], others[1]):
    log.addHandler(handler)
    limit_repeats(handler, first=1)
for number in range(5):
    log.info("try")
"""
    run(program, tmp_path)

    assert (tmp_path / "worker.log").read_text().count("held back 4 lines like: try") == 1


def test_a_message_may_log_while_it_is_asked_for_its_text(lines: Lines, log: logging.Logger) -> None:
    """No lock is held meanwhile, so that another thread may log too."""
    limit_repeats(lines, first=5, window_s=3600)
    waited_in_vain = []

    class Message:
        def __str__(self) -> str:
            thread = threading.Thread(target=log.info, args=("from a thread",), daemon=True)
            thread.start()
            thread.join(20)
            waited_in_vain.append(thread.is_alive())
            return "a message"

    log.info(Message())

    assert waited_in_vain
    assert not any(waited_in_vain)


def test_closing_while_threads_log_loses_no_count(lines: Lines) -> None:
    """Each line is written or counted."""
    log = logging.Logger("poller")  # noqa: LOG001 - one that no other test sees
    log.addHandler(lines)
    stop = threading.Event()
    said = [0, 0]

    def speak(place: int) -> None:
        while not stop.is_set():
            log.info("line")
            said[place] += 1

    threads = [threading.Thread(target=speak, args=(place,)) for place in range(2)]
    for thread in threads:
        thread.start()
    for _ in range(200):
        limit_repeats(lines, first=1).close()
    stop.set()
    for thread in threads:
        thread.join()

    counts = [vars(record)["held_back"] for record in lines.records if hasattr(record, "held_back")]
    assert len(lines.records) - len(counts) + sum(counts) == sum(said)


def test_a_forked_child_counts_its_own(tmp_path: Path) -> None:
    """What its parent holds back is the parent's to tell."""
    fork = """
import warnings
warnings.simplefilter("ignore")  # later Pythons warn of a fork beside a thread, here the one that waits for a window
if os.fork() == 0:
    for number in range(5):
        log.info("password=hunter2 %d", number)
    sys.exit(0)
os.wait()
"""
    run(PROGRAM + fork, tmp_path, "json")

    lines = [json.loads(line) for line in (tmp_path / "worker.log").read_text().splitlines()]
    assert sorted(line["held_back"] for line in lines if "held_back" in line) == [3, 8]


@pytest.mark.parametrize("options", [{"first": -1}, {"first": 1.5}, {"every": -1}, {"window_s": 0}, {"window_s": 1e99}])
def test_options_that_cannot_be_are_said(options: dict[str, Any]) -> None:
    """A JobtrailError with its code."""
    with pytest.raises(jobtrail.JobtrailError, match="bad ") as raised:
        limit_repeats(logging.NullHandler(), **options)

    assert raised.value.code == "bad_option"


def access(path: str, status: int = 200) -> logging.LogRecord:
    arguments = ("127.0.0.1:1", "GET", path, "1.1", status)
    return logging.LogRecord("uvicorn.access", 20, "x.py", 1, '%s - "%s %s HTTP/%s" %d', arguments, None)


@pytest.mark.parametrize(
    ("record", "passes"),
    [
        (access("/health"), False),
        (access("/health?deep=1"), False),
        (access("/health", 500), True),
        (access("/health", 404), True),
        (access("/healthy"), True),
        (access("/health/x"), True),
        (access("/static/a/b.css"), False),
        (access("/static"), True),
        (logging.makeLogRecord({"msg": '1.2.3.4 - - [x] "HEAD /health HTTP/1.0" 200 12'}), False),
        (logging.makeLogRecord({"msg": '1.2.3.4 - - [x] "HEAD /health HTTP/1.0" 503 12'}), True),
        (logging.makeLogRecord({"msg": "GET /health"}), True),
        (logging.makeLogRecord({"msg": 'retrying "GET /health HTTP/1.1"'}), True),
        (logging.makeLogRecord({"msg": "%(U)s", "args": {"U": "/health"}}), True),
        (logging.makeLogRecord({"msg": "%d", "args": ("/health",)}), True),
        (logging.makeLogRecord({"msg": "%(r)s", "args": {"U": "/health", "s": "200"}}), False),
        (logging.makeLogRecord({"msg": "%(r)s", "args": {"U": "/health", "s": "502"}}), True),
    ],
)
def test_requests_for_these_paths_are_left_out(record: logging.LogRecord, passes: bool) -> None:
    """Those that succeeded."""
    paths = ExcludePaths(["/health", "/static/*"])

    assert paths.filter(record) == passes
    assert paths.dropped == (0 if passes else 1)


def test_one_path_may_be_given_as_a_text() -> None:
    """It is not its characters."""
    assert not ExcludePaths("/health").filter(access("/health"))
    assert ExcludePaths("/health").filter(access("/"))


def test_a_limit_on_a_log_of_ours_keeps_every_count(tmp_path: Path) -> None:
    """On the handler of a file, and only there."""
    log = setup_logger("worker", tmp_path, console=False)
    repeats = limit_repeats(log.handlers[0], first=1)
    for _ in range(6):
        log.info("again")
    repeats.close()

    assert "held back 5 lines like: again" in (tmp_path / "worker.log").read_text()

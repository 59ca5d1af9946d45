"""The standard library's rotating handlers on jobtrail's writer: their arguments, what differs, several processes."""

import inspect
import logging
import logging.config
import logging.handlers
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import time as time_of_day
from pathlib import Path
from typing import Any

import jobtrail
import pytest
from jobtrail.handlers import FileHandler, RotatingFileHandler, TimedRotatingFileHandler
from jobtrail.rotating import _period

DEADLINE_S = 20
HOUR_S = 3600
DAY_S = 24 * HOUR_S
MONDAY_S = 20_458 * DAY_S  # 2026-01-05


def logger_of(handler: logging.Handler) -> logging.Logger:
    log = logging.Logger("own")  # noqa: LOG001 - one that no other test sees
    log.addHandler(handler)
    return log


def text_of(folder: Path) -> str:
    """All files of a log, oldest first."""
    files = sorted(folder.glob("x.log*"), key=lambda path: -int(path.suffix[1:]) if path.suffix != ".log" else 1)
    return "".join(path.read_text(encoding="utf-8") for path in files)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (RotatingFileHandler, logging.handlers.RotatingFileHandler),
        (TimedRotatingFileHandler, logging.handlers.TimedRotatingFileHandler),
    ],
)
def test_the_arguments_are_the_standard_ones(ours: Callable[..., Any], theirs: Callable[..., Any]) -> None:
    """Names, order and defaults; what is ours can only be named."""
    arguments = inspect.signature(ours).parameters.values()
    standard = [(one.name, one.default) for one in arguments if one.kind is one.POSITIONAL_OR_KEYWORD]

    assert standard == [(one.name, one.default) for one in inspect.signature(theirs).parameters.values()]


def test_files_rotate_by_size_and_are_numbered(tmp_path: Path) -> None:
    """No file passes the limit, so many are kept, and nothing is lost while they are enough."""
    handler = RotatingFileHandler(tmp_path / "x.log", "a", 100, 3, "utf-8")
    log = logger_of(handler)
    for number in range(30):
        log.warning("line %02d", number)
    handler.close()

    assert isinstance(handler, logging.handlers.RotatingFileHandler)
    assert sorted(path.name for path in tmp_path.glob("x.log*")) == ["x.log", "x.log.1", "x.log.2"]
    assert all(path.stat().st_size <= 100 for path in tmp_path.glob("x.log*"))
    assert text_of(tmp_path).splitlines() == [f"line {number:02d}" for number in range(30)]


def test_without_a_limit_nothing_rotates(tmp_path: Path) -> None:
    """As with the standard handler: `maxBytes` or `backupCount` 0."""
    for max_bytes, count in ((0, 0), (10, 0), (0, 3)):
        log = logger_of(RotatingFileHandler(tmp_path / "x.log", maxBytes=max_bytes, backupCount=count))
        log.warning("a longer line than ten bytes")
        log.handlers[0].close()

    assert [path.name for path in tmp_path.iterdir()] == ["x.log"]


def test_the_formatter_is_the_users_and_the_line_redacted(tmp_path: Path) -> None:
    """Or not, with `redact=False`."""
    for redact in (True, False):
        handler = RotatingFileHandler(tmp_path / "x.log", redact=redact)
        handler.setFormatter(logging.Formatter("%(levelname)s|%(message)s"))
        logger_of(handler).error("password=%s", "hunter2")
        handler.close()

    assert (tmp_path / "x.log").read_text() == "ERROR|password=[redacted:password]\nERROR|password=hunter2\n"


def test_delay_leaves_the_file_alone_before_the_first_record(tmp_path: Path) -> None:
    """As with the standard handler."""
    handler = RotatingFileHandler(tmp_path / "x.log", delay=True)
    assert not (tmp_path / "x.log").exists()

    logger_of(handler).warning("now")
    handler.close()
    assert (tmp_path / "x.log").read_text() == "now\n"


@pytest.mark.parametrize(
    ("errors", "written"),
    [(None, "\\udc80"), ("strict", "\\udc80"), ("replace", "?"), ("ignore", ""), ("xmlcharrefreplace", "&#56448;")],
)
def test_what_utf8_cannot_hold_is_written_as_errors_says(tmp_path: Path, errors: str | None, written: str) -> None:
    """And no line is lost over it."""
    handler = RotatingFileHandler(tmp_path / "x.log", errors=errors)
    logger_of(handler).warning("grüß %s!", "\udc80")
    handler.close()

    assert (tmp_path / "x.log").read_text(encoding="utf-8") == f"grüß {written}!\n"


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"mode": "w"}, "bad mode 'w', supported: 'a': a file that several processes share is never cut"),
        ({"mode": "x", "maxBytes": 9}, "bad mode 'x'"),
        ({"encoding": "latin-1"}, "bad encoding 'latin-1', supported: None, 'utf-8'"),
        ({"encoding": "no such"}, "bad encoding 'no such'"),
        ({"errors": "surrogateescape"}, "bad errors 'surrogateescape', supported: None, 'backslashreplace', 'strict'"),
        ({"maxBytes": -1}, "bad maxBytes -1, supported: a whole number from 0 to 4294967295"),
        ({"backupCount": "3"}, "bad backupCount '3'"),
        ({"compress": "zip"}, "bad compress 'zip', supported: 'gzip', 'zstd'"),
    ],
)
def test_what_cannot_be_had_is_said(tmp_path: Path, options: dict[str, Any], says: str) -> None:
    """Not done in another way in silence."""
    with pytest.raises(jobtrail.JobtrailError, match=re.escape(says)) as raised:
        RotatingFileHandler(tmp_path / "x.log", **options)

    assert raised.value.code == "bad_option"


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"when": "Y"}, "bad when 'Y', supported: 'S', 'M', 'H', 'D', 'midnight', 'W0' to 'W6'"),
        ({"when": "W7"}, "bad when 'W7'"),
        ({"when": None}, "bad when None"),
        ({"interval": 0}, "bad interval 0, supported: a whole number from 1 on, for at most 136 years"),
        ({"interval": 1.5}, "bad interval 1.5"),
        ({"backupCount": -1}, "bad backupCount -1"),
        ({"encoding": "ascii"}, "bad encoding 'ascii'"),
    ],
)
def test_a_period_that_cannot_be_had_is_said(tmp_path: Path, options: dict[str, Any], says: str) -> None:
    """Likewise."""
    with pytest.raises(jobtrail.JobtrailError, match=re.escape(says)):
        TimedRotatingFileHandler(tmp_path / "x.log", **options)


def test_namer_and_rotator_cannot_be_set(tmp_path: Path) -> None:
    """All processes must know an old file's name; None is what they are."""
    handler = RotatingFileHandler(tmp_path / "x.log")
    handler.namer = handler.rotator = None
    with pytest.raises(jobtrail.JobtrailError, match="bad namer"):
        handler.namer = str
    with pytest.raises(jobtrail.JobtrailError, match=r"bad rotator .*compress='gzip'"):
        handler.rotator = os.replace
    handler.close()


@pytest.mark.parametrize(
    ("when", "interval", "ahead_h", "at", "seconds", "begins"),
    [
        ("s", 5, 0, None, 5, 0),
        ("M", 1, 0, None, 60, 0),
        ("h", 2, 0, None, 2 * HOUR_S, 0),
        ("D", 1, 2, None, DAY_S, -2 * HOUR_S),
        ("midnight", 1, 2, None, DAY_S, -2 * HOUR_S),
        ("midnight", 3, 0, time_of_day(4, 30, 5), 3 * DAY_S, 4.5 * HOUR_S + 5),
        ("W0", 1, 0, None, 7 * DAY_S, MONDAY_S + DAY_S),  # where Monday ends
        ("W6", 1, -5, time_of_day(0), 7 * DAY_S, MONDAY_S + 6 * DAY_S + 5 * HOUR_S),
    ],
)
def test_periods_begin_by_the_clock(
    when: str, interval: int, ahead_h: int, at: time_of_day | None, seconds: int, begins: float
) -> None:
    """At the full hour, at local midnight, where a weekday ends, at the time of day that is named."""
    period_s, begin_s = _period(when, interval, ahead_h * HOUR_S, at)

    assert period_s == seconds
    assert (begin_s - begins) % seconds == 0


@pytest.mark.parametrize("when", ["W0", "W3", "W6", "midnight"])
@pytest.mark.parametrize("at", [None, time_of_day(0), time_of_day(7, 15)])
def test_midnight_and_weekdays_are_those_of_the_standard_handler(
    tmp_path: Path, when: str, at: time_of_day | None
) -> None:
    """Its own reckoning, asked at some moments of a week."""
    theirs = logging.handlers.TimedRotatingFileHandler(tmp_path / "x.log", when, delay=True, utc=True, atTime=at)
    period_s, begin_s = _period(when, 1, 0, at)
    for hours in range(0, 8 * 24, 5):
        now = MONDAY_S + hours * HOUR_S + 7
        ours = now + period_s - (now - begin_s) % period_s

        assert theirs.computeRollover(now) == ours


def test_a_file_of_an_earlier_period_is_renamed_by_the_next_record(tmp_path: Path) -> None:
    """`backupCount` 0 keeps all old files, as with the standard handler."""
    path = tmp_path / "x.log"
    path.write_text("old\n")
    then = time.time() - 2 * HOUR_S
    os.utime(path, (then, then))
    handler = TimedRotatingFileHandler(path, "h")
    log = logger_of(handler)
    log.warning("first of the hour")
    log.warning("second")
    handler.close()

    assert (handler.when, handler.interval, handler.backupCount) == ("h", 1, 0)
    assert (tmp_path / "x.log.1").read_text() == "old\n"
    assert path.read_text() == "first of the hour\nsecond\n"


def test_a_period_of_a_second_really_rotates(tmp_path: Path) -> None:
    """While one process goes on writing."""
    handler = TimedRotatingFileHandler(tmp_path / "x.log", "S", backupCount=1000)
    log = logger_of(handler)
    deadline = time.monotonic() + DEADLINE_S
    written = 0
    while not (tmp_path / "x.log.2").exists():
        assert time.monotonic() < deadline
        log.warning("%d", written)
        written += 1
        time.sleep(0.01)
    handler.close()

    assert text_of(tmp_path).split() == [str(number) for number in range(written)]


WRITER = """
import logging, os, sys
from jobtrail.handlers import {name}
handler = {name}({arguments})
handler.setFormatter(logging.Formatter("%(process)d %(message)s"))
log = logging.getLogger("x")
log.addHandler(handler)
number = 0
while number < 3000 or not os.path.exists(sys.argv[1] + ".2"):  # two rotations, however long they take
    log.warning("%d", number)
    number += 1
print(number)
"""


@pytest.mark.parametrize(
    ("name", "arguments", "limit"),
    [
        ("RotatingFileHandler", "sys.argv[1], maxBytes=20_000, backupCount=1000", 20_000),
        ("TimedRotatingFileHandler", "sys.argv[1], 'S', backupCount=1000", 2**40),
    ],
)
def test_processes_share_a_log_and_lose_nothing(tmp_path: Path, name: str, arguments: str, limit: int) -> None:
    """Every line once, whole, and each process's in its order."""
    program = WRITER.format(name=name, arguments=arguments)
    command = [sys.executable, "-W", "error", "-c", program, str(tmp_path / "x.log")]
    writers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    counts = [int(writer.communicate(timeout=60)[0]) for writer in writers]

    assert all(path.stat().st_size <= limit for path in tmp_path.glob("x.log*"))
    lines = [line.split() for line in text_of(tmp_path).splitlines()]
    assert len(lines) == sum(counts)
    for writer, count in zip(writers, counts, strict=True):
        assert [line[1] for line in lines if line[0] == str(writer.pid)] == [str(number) for number in range(count)]


def test_configurations_name_them(tmp_path: Path) -> None:
    """`dictConfig` and `fileConfig`, with the strings that stood there for the standard ones."""
    path = tmp_path / "x.log"
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"f": {"format": "dict %(message)s"}},
            "handlers": {
                "timed": {
                    "class": "jobtrail.handlers.TimedRotatingFileHandler",
                    "filename": path,
                    "when": "midnight",
                    "backupCount": 7,
                    "formatter": "f",
                }
            },
            "loggers": {"configured": {"handlers": ["timed"], "propagate": False}},
        }
    )
    log = logging.getLogger("configured")
    log.warning("token=abcdefgh12345678")
    log.handlers[0].close()
    file = tmp_path / "logging.ini"
    file.write_text(
        f"""
[loggers]
keys=root,configured
[handlers]
keys=file
[formatters]
keys=f
[logger_root]
handlers=
[logger_configured]
qualname=configured
propagate=0
handlers=file
[handler_file]
class=jobtrail.handlers.RotatingFileHandler
args=({str(path)!r}, 'a', 10_000_000, 5)
formatter=f
[formatter_f]
format=file %(message)s
"""
    )
    before = logging.getLogger().handlers[:]
    logging.config.fileConfig(file, disable_existing_loggers=False)
    logging.getLogger().handlers[:] = before
    log.warning("two")
    (handler,) = log.handlers
    log.removeHandler(handler)
    handler.close()

    assert isinstance(handler, FileHandler)
    assert path.read_text() == "dict token=[redacted:token]\nfile two\n"


def test_the_mode_of_the_files_is_the_one_that_is_asked_for(tmp_path: Path) -> None:
    """Whatever the umask takes away, also after a rotation."""
    handler = RotatingFileHandler(tmp_path / "x.log", maxBytes=10, backupCount=2, file_mode=0o640)
    log = logger_of(handler)
    for _ in range(3):
        log.warning("some line")
    handler.close()

    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o640}
    assert len(list(tmp_path.glob("x.log*"))) == 3


def test_setting_up_a_logger_again_leaves_a_handler_of_the_users(tmp_path: Path) -> None:
    """Also where it is one of ours by type."""
    handler = RotatingFileHandler(tmp_path / "own.log")
    log = jobtrail.setup_logger("worker", tmp_path, console=False)
    log.addHandler(handler)
    jobtrail.setup_logger("worker", tmp_path, console=False).warning("here")

    assert handler in log.handlers
    assert "here\n" in (tmp_path / "own.log").read_text()
    log.removeHandler(handler)
    handler.close()


def test_a_fast_logger_with_a_rotating_handler_writes_the_same(tmp_path: Path) -> None:
    """Its `errors` and its formatter count, whatever the logger's class."""
    log = jobtrail.setup_logger("worker", tmp_path, console=False)
    form = log.handlers[0].formatter
    handler = RotatingFileHandler(tmp_path / "own.log", errors="replace")
    handler.setFormatter(form)
    before, log.handlers = log.handlers, [handler]
    log.info("grüß %s password=hunter2", "\udc80")
    log.handlers = before
    handler.close()

    assert (tmp_path / "own.log").read_text(encoding="utf-8").endswith("grüß ? password=[redacted:password]\n")


@pytest.fixture
def _zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Sets the time zone of this process; it is put back afterwards."""

    def set_zone(name: str) -> None:
        monkeypatch.setenv("TZ", name)
        time.tzset()

    yield set_zone
    monkeypatch.undo()
    time.tzset()


def test_periods_follow_local_time_when_its_offset_changes(tmp_path: Path, _zone: Callable[[str], None]) -> None:  # noqa: PT019
    """As where daylight saving begins; no line is lost over it, and UTC knows no such day."""
    _zone("XXX-1")
    handlers = [TimedRotatingFileHandler(tmp_path / f"{utc}.log", "midnight", utc=utc) for utc in (False, True)]
    before = [handler._options["when"] for handler in handlers]
    _zone("XXX-2")
    for handler in handlers:
        for after_s in (0, 899.9, 1800):
            record = logging.makeLogRecord({"msg": f"{after_s}", "created": time.time() + after_s})
            handler.handle(record)
        handler.close()

    assert before == [(DAY_S, -HOUR_S), (DAY_S, 0)]
    assert [handler._options["when"] for handler in handlers] == [(DAY_S, -2 * HOUR_S), (DAY_S, 0)]
    for utc in (False, True):
        assert (tmp_path / f"{utc}.log").read_text() == "0\n899.9\n1800\n"

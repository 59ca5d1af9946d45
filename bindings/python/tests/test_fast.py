"""The fast path of `JobLogger`: the line of the standard path, byte for byte, and only where nobody else is in play."""

from __future__ import annotations

import copy
import decimal
import fractions
import logging
import logging.handlers
import os
import pickle
import queue
import re
import sys
import threading
import time
from collections import UserDict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import jobtrail
import pytest
from jobtrail import LogContext, formatters, setup_logger
from jobtrail.console import ConsoleHandler
from jobtrail.handlers import FileHandler
from jobtrail.loggers import IS_FAST, JobLogger
from programs import run

pytestmark = pytest.mark.skipif(not IS_FAST, reason="this build has the standard path alone")

FORMATS = ("process", "service", "json", "job")
TIMES = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?Z?")

Log = logging.Logger
Call = Callable[[Any], object]


class Text(str):
    __slots__ = ()

    def __str__(self) -> str:
        return "a text of its own"


class Number(int):
    def __str__(self) -> str:
        return "a number of its own"


class Raises:
    def __str__(self) -> str:
        raise ValueError("no text")

    __repr__ = __str__


class Logs:
    """Its text logs too."""

    def __init__(self, log: Log) -> None:
        self.log = log

    def __str__(self) -> str:
        self.log.info("from inside")
        return "from outside"


def bare_logger(folder: Path, *arguments: Any, **options: Any) -> Log:
    """Sets up `worker` without the handlers that pytest gives to loggers that do not propagate."""
    log = setup_logger("worker", folder, *arguments, console=False, **options)
    log.handlers = [handler for handler in log.handlers if isinstance(handler, FileHandler)]
    return log


# Calls that must go the fast way, in every format.
SIMPLE: dict[str, Call] = {
    "plain": lambda log: log.info("ready"),
    "empty": lambda log: log.info(""),
    "levels": lambda log: (log.debug("d"), log.warning("w"), log.error("e"), log.critical("c")),
    "log": lambda log: (log.log(20, "i"), log.log(logging.ERROR, "e %s", 1)),
    "texts": lambda log: log.info("%s and %s", "one", "zwei ä€😀"),
    "numbers": lambda log: log.info("%d %i %s %s %s", 0, -7, 2**62, -(2**63), 10**18),
    "truths": lambda log: log.info("%s %s %s %d", True, False, None, True),
    "floats": lambda log: log.info("%s %s %s %s %s", 0.0, -0.0, 1.5, 0.1, 123456789.123456789),
    "long floats": lambda log: log.info("%s %s %s", 993515199423632.25, 8.0000152587890625, 0.1 + 0.2),
    "fixed": lambda log: log.info("%.0f %.2f %f %.9f", 2.5, 2.675, 1 / 3, -1e14),
    "halves": lambda log: log.info("%.0f %.0f %.0f %.1f %.1f %.2f %.2f", 0.5, 1.5, 3.5, 0.25, 0.75, 0.125, 0.375),
    "percents": lambda log: log.info("100%% of %s%%", "it"),
    "percent alone": lambda log: log.info("100%"),
    "percent alone with a conversion": lambda log: log.info("100% %s"),
    "ints": lambda log: log.info("%s", 7),
    "dashes": lambda log: log.info("--password %s", "hunter2"),
    "secrets": lambda log: log.info("password=%s token=%s", "hunter2", "ghp_" + "x1Y2" * 9),
    "secret across": lambda log: log.info("%s=%s", "password", "hunter2"),
    "json secret": lambda log: log.info('{"password": "%s", "n": %d}', "hunter2", 4),
    "path": lambda log: log.info("wrote /home/alice/out.csv"),
    "newlines": lambda log: log.info("one\ntwo\r\nthree\rfour\n\n%s\n", "five\nsix"),
    "controls": lambda log: log.info('\x00\x01\b\f\t\x1b[31m\x7f\u2028 " \\'),
    "long": lambda log: log.info("%s", "x" * 100_000),
    "extra": lambda log: log.info("x", extra={"job_id": "MSH-0105-A7F2", "n": 3, "ok": True, "none": None}),
    "extra floats": lambda log: log.info("x", extra={"a": 1.0, "b": 2.5, "c": -0.0, "d": 1e15, "e": 2.0**53}),
    "extra texts": lambda log: log.info("x", extra={'ä\n"': "ü\n\x01", "projectId": "p", "jobId": 7}),
    "extra secrets": lambda log: log.info("x", extra={"password": "hunter2", "pin": 1234}),
    "extra empty": lambda log: (log.info("x", extra={}), log.info("x", extra=None)),
    "not exc_info": lambda log: log.error("x", exc_info=False, stack_info=False),
}

# Calls that may go either way.
OTHER: dict[str, Call] = {
    "no text": lambda log: log.info(7),
    "none": lambda log: log.info(None),
    "a text's kind": lambda log: log.info(Text("x")),
    "a text's kind as argument": lambda log: log.info("%s", Text("x")),
    "a number's kind": lambda log: log.info("%s %d", Number(3), Number(4)),
    "large numbers": lambda log: log.info("%s %d", 2**63, -(2**64)),
    "odd floats": lambda log: log.info("%s %s %s %s", 1e16, 1e-5, float("nan"), float("-inf")),
    "float as integer": lambda log: log.info("%d", 3.7),
    "integer as float": lambda log: log.info("%f", 3),
    "large fixed": lambda log: log.info("%.2f %.1f", 1e20, float("nan")),
    "fixed with many digits": lambda log: log.info("%.12f %.1e", 1 / 3, 1234.5),
    "widths": lambda log: log.info("%5d|%-5s|%05.1f|%x|%+d", 1, "a", 2.5, 255, 3),
    "repr": lambda log: log.info("%r %a", "ä", "ä"),
    "others": lambda log: log.info("%s %s", decimal.Decimal("1.10"), fractions.Fraction(1, 3)),
    "lists": lambda log: log.info("%s %s", [1, "a"], (2,)),
    "one tuple": lambda log: log.info("%s", (1, 2)),
    "a dict": lambda log: log.info("%(a)s %(b)d", {"a": 1, "b": 2}),
    "a dict as text": lambda log: log.info("%s", {"a": 1}),
    "an empty dict": lambda log: log.info("%s", {}),
    "a mapping": lambda log: log.info("%(a)s", UserDict(a=1)),
    "bytes": lambda log: log.info("%s %s", b"x", bytearray(b"y")),
    "surrogates": lambda log: (log.info("a\udc80b"), log.info("%s", "\ud800")),
    "too few": lambda log: log.info("%s %s", 1),  # noqa: PLE1206
    "too many": lambda log: log.info("%s", 1, 2),  # noqa: PLE1205
    "no conversion": lambda log: log.info("x", 1),  # noqa: PLE1205
    "bad conversion": lambda log: log.info("%y", 1),
    "unfinished": lambda log: log.info("x %", 1),
    "text for a number": lambda log: log.info("%d", "x"),
    "raises": lambda log: log.info("%s", Raises()),
    "raises as message": lambda log: log.info(Raises()),
    "logs": lambda log: log.info("%s", Logs(log)),
    "other levels": lambda log: (log.log(25, "x"), log.log(5, "x"), log.log(60, "x"), log.log(True, "x")),
    "extra of all kinds": lambda log: log.info("x", extra={"l": [1, {"a": 2.0}], "d": {"k": None}, "p": Path("/tmp")}),
    "extra numbers": lambda log: log.info("x", extra={"a": 2**70, "b": float("nan"), "c": 1e300, "d": Number(3)}),
    "extra names": lambda log: log.info("x", extra={"level": 1, "timestamp": 2, "logger": 3}),
    "extra keys": lambda log: log.info("x", extra={"a": Text("x"), "taskName_": 1}),
    "both ids": lambda log: log.info("x", extra={"job_id": 1, "jobId": 2, "project_id": 3, "projectId": 4}),
    "extra surrogates": lambda log: log.info("x", extra={"a": "\udc80"}),
    "extra of a dict's kind": lambda log: log.info("x", extra=UserDict(a=1)),
    "stack": lambda log: log.info("x", stack_info=True),
    "stack level": lambda log: log.info("x", stacklevel=1),
    "large": lambda log: log.info("x" * 3_000_000),
}


@contextmanager
def both(folder: Path, form: str, **options: Any) -> Iterator[tuple[Log, Log]]:
    """Gives a logger with the fast path and one that a filter keeps from it, with the same name and settings."""
    pair = []
    for kind in ("fast", "standard"):
        log = bare_logger(folder / kind, logging.DEBUG, app=kind, format=form, **options)
        pair.append(log)
    pair[1].addFilter(lambda record: True)
    yield pair[0], pair[1]


def written(log: Log) -> list[str]:
    """Returns the lines behind the first, without their times."""
    handler = log.handlers[0]
    handler.flush()
    assert isinstance(handler, FileHandler)
    text = Path(handler.baseFilename).read_text(encoding="utf-8")
    return [TIMES.sub("TIME", line) for line in text.split("\n")[1:]]


def passes_logging(call: Callable[[], object]) -> bool:
    """Whether a call runs Python code of `logging`."""
    seen = False

    def look(frame: Any, event: str, argument: object) -> None:
        nonlocal seen
        seen |= event == "call" and frame.f_code.co_filename == logging.__file__

    before = sys.getprofile()
    sys.setprofile(look)
    try:
        call()
    finally:
        sys.setprofile(before)
    return seen


def is_fast(log: Log) -> bool:
    """Whether the logger's records go the fast way. After a change the first of them asks `logging` for levels."""
    log.warning("asks")
    return not passes_logging(lambda: log.warning("is this fast?"))


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("name", [*SIMPLE, *OTHER])
def test_the_line_is_that_of_the_standard_path(tmp_path: Path, form: str, name: str) -> None:
    """For every kind of call and in every format; what is simple goes the fast way."""
    call = {**SIMPLE, **OTHER}[name]
    with both(tmp_path, form) as (fast, standard):
        for log in (fast, standard):
            call(log)

        assert written(standard) == written(fast)
        assert len(written(fast)) > 1
        if name in SIMPLE:
            assert not passes_logging(lambda: call(fast))


@pytest.mark.parametrize("name", ["message", "asctime", "name", "levelno"])
def test_a_field_with_a_name_of_the_record_raises_as_ever(tmp_path: Path, name: str) -> None:
    """KeyError, as `logging` has it; and nothing else that a call is given wrongly is taken in silence."""
    with both(tmp_path, "json") as pair:
        for log in pair:
            with pytest.raises(KeyError, match="Attempt to overwrite"):
                log.info("x", extra={name: 1})
            with pytest.raises(TypeError):
                log.info()  # type: ignore[call-arg]
            with pytest.raises(TypeError):
                log.info("x", unknown=1)  # type: ignore[call-arg]
            with pytest.raises(TypeError, match="level must be an integer"):
                log.log("INFO", "x")  # type: ignore[arg-type]


def test_what_no_log_call_keeps_to_itself_is_raised(tmp_path: Path) -> None:
    """An interrupt that arrives while an argument is shown ends the call, on both paths."""

    class Interrupts:
        def __str__(self) -> str:
            raise KeyboardInterrupt

    with both(tmp_path, "process") as pair:
        for log in pair:
            with pytest.raises(KeyboardInterrupt):
                log.info("%s", Interrupts())
            log.info("after")
        assert written(pair[0]) == written(pair[1])


def fail(log: Log) -> None:
    try:
        raise ValueError("bad\n2026-01-05 00:00:00.000 [1] [INFO] forged")
    except ValueError as error:
        log.exception("failed %d", 1)
        log.error("failed", exc_info=True)  # noqa: G201
        log.warning("failed", exc_info=error)


def test_exceptions_have_their_tracebacks(tmp_path: Path) -> None:
    """`exception`, `exc_info=True`, an exception as `exc_info`."""
    for form in FORMATS:
        with both(tmp_path / form, form) as pair:
            for log in pair:
                fail(log)
            assert written(pair[0]) == written(pair[1])
            assert "Traceback" in "".join(written(pair[0]))


def test_the_context_stands_in_the_line(tmp_path: Path) -> None:
    """Its own fields, those of `extra` before them, in their order; also what is not simple."""
    for form in ("json", "job"):
        with both(tmp_path / form, form) as pair:
            for log in pair:
                with LogContext(user_id=1, job_id="MSH-0105-A7F2", a=[1]):
                    log.info("not simple")
                with LogContext(user_id=1, job_id="MSH-0105-A7F2"), LogContext(user_id=2, step="mesh"):
                    log.info("inner", extra={"step": "own", "n": 1})
                log.info("outside")
            assert written(pair[0]) == written(pair[1])
            assert "mesh" not in "".join(written(pair[0]))
            with LogContext(user_id=1):
                assert is_fast(pair[0])


def test_the_caller_is_the_callers_line(tmp_path: Path) -> None:
    """Through adapters, wrappers of `logging` and `exec`."""

    def inner(log: Any) -> None:
        log.info("inner")

    with both(tmp_path, "json") as pair:
        for log in pair:
            inner(log)
            inner(logging.LoggerAdapter(log, {"a": 1}))
            exec(compile("log.info('exec')", "/x/..hidden.tar.gz", "exec"), {"log": log})
            exec(compile("log.info('exec')", "no suffix", "exec"), {"log": log})
            exec(compile("log.info('exec')", "/a/.py", "exec"), {"log": log})
            exec(compile("log.info('exec')", "/a.b/", "exec"), {"log": log})
        assert written(pair[0]) == written(pair[1])


class Seen(logging.Handler):
    """Keeps what it is handed."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


@contextmanager
def handler_added(log: Log) -> Iterator[None]:
    handler = Seen()
    log.addHandler(handler)
    yield
    log.removeHandler(handler)
    assert "is this fast?" in handler.messages


@contextmanager
def handlers_replaced(log: Log) -> Iterator[None]:
    handler, before = Seen(), log.handlers
    log.handlers = [*before, handler]
    yield
    log.handlers = before
    assert "is this fast?" in handler.messages


@contextmanager
def handler_of_an_ancestor(log: Log) -> Iterator[None]:
    handler = Seen()
    log.propagate = True
    logging.getLogger(log.name.partition(".")[0]).addHandler(handler)
    yield
    logging.getLogger(log.name.partition(".")[0]).removeHandler(handler)
    log.propagate = False
    assert "is this fast?" in handler.messages


@contextmanager
def filter_on(target: logging.Filterer) -> Iterator[None]:
    seen: list[str] = []

    def look(record: logging.LogRecord) -> bool:
        seen.append(record.getMessage())
        return True

    target.addFilter(look)
    yield
    target.removeFilter(look)
    assert "is this fast?" in seen


@contextmanager
def record_factory(_log: Log) -> Iterator[None]:
    made: list[logging.LogRecord] = []
    before = logging.getLogRecordFactory()

    def factory(*arguments: Any, **keywords: Any) -> logging.LogRecord:
        made.append(before(*arguments, **keywords))
        return made[-1]

    logging.setLogRecordFactory(factory)
    yield
    logging.setLogRecordFactory(before)
    assert made


@contextmanager
def patched(target: object, name: str) -> Iterator[None]:
    with mock.patch.object(target, name, autospec=True, side_effect=getattr(target, name)) as patch:
        yield
    assert patch.called


@contextmanager
def class_patched(_log: Log) -> Iterator[None]:
    """As Sentry does it."""
    called = []
    before = logging.Logger.callHandlers

    def call_handlers(self: Log, record: logging.LogRecord) -> None:
        called.append(record)
        before(self, record)

    logging.Logger.callHandlers = call_handlers  # type: ignore[method-assign]
    yield
    logging.Logger.callHandlers = before  # type: ignore[method-assign]
    assert called


@contextmanager
def level_renamed(_log: Log) -> Iterator[None]:
    logging.addLevelName(30, "ERROR")
    yield
    logging.addLevelName(30, "WARNING")


@contextmanager
def formatter_of_ones_own(log: Log) -> Iterator[None]:
    before = log.handlers[0].formatter
    log.handlers[0].setFormatter(logging.Formatter("own: %(message)s"))
    yield
    log.handlers[0].setFormatter(before)
    assert "own: is this fast?" in written(log)


@contextmanager
def formatter_changed(log: Log) -> Iterator[None]:
    formatter = log.handlers[0].formatter
    assert formatter is not None
    with mock.patch.object(formatter, "format", lambda record: f"changed: {record.getMessage()}"):
        yield
    assert "changed: is this fast?" in written(log)


@contextmanager
def formatters_class_changed(log: Log) -> Iterator[None]:
    with mock.patch.object(formatters.ProcessFormatter, "format", lambda self, record: f"class: {record.getMessage()}"):
        yield
    assert "class: is this fast?" in written(log)


@contextmanager
def clock_patched(_log: Log) -> Iterator[None]:
    with ExitStack() as stack:
        for name, real in (("time", time.time), ("time_ns", time.time_ns)):
            stack.enter_context(mock.patch.object(time, name, side_effect=real))
        yield


GUARDS: dict[str, Callable[[Log], Any]] = {
    "a handler added": handler_added,
    "the list of handlers replaced": handlers_replaced,
    "a handler of an ancestor": handler_of_an_ancestor,
    "a filter on the logger": filter_on,
    "a filter on the handler": lambda log: filter_on(log.handlers[0]),
    "a record factory": record_factory,
    "Logger.callHandlers patched": class_patched,
    "Logger.makeRecord patched": lambda _: patched(logging.Logger, "makeRecord"),
    "Logger.warning patched": lambda _: patched(logging.Logger, "warning"),
    "Logger.isEnabledFor patched": lambda _: patched(logging.Logger, "isEnabledFor"),
    "Filterer.filter patched": lambda _: patched(logging.Filterer, "filter"),
    "the logger's handle mocked": lambda log: patched(log, "handle"),
    "the logger's _log mocked": lambda log: patched(log, "_log"),
    "the handler's emit mocked": lambda log: patched(log.handlers[0], "emit"),
    "the handler's format mocked": lambda log: patched(log.handlers[0], "format"),
    "the handler's class patched": lambda _: patched(FileHandler, "emit"),
    "Handler.handle patched": lambda _: patched(logging.Handler, "handle"),
    "a level renamed": level_renamed,
    "a formatter of one's own": formatter_of_ones_own,
    "our formatter changed": formatter_changed,
    "our formatter's class changed": formatters_class_changed,
    "the clock patched": clock_patched,
}


@pytest.mark.parametrize("name", GUARDS)
def test_whatever_is_in_play_is_asked(tmp_path: Path, name: str) -> None:
    """It sees each record, the line is written all the same, and when it is gone the fast way is taken again."""
    log = bare_logger(tmp_path)
    assert is_fast(log)

    with GUARDS[name](log):
        assert not is_fast(log)

    assert is_fast(log)
    assert sum("is this fast?" in line for line in written(log)) == 3


def test_a_method_may_be_mocked(tmp_path: Path) -> None:
    """On one logger and on the class."""
    log = bare_logger(tmp_path)
    for target in (log, JobLogger):
        with mock.patch.object(target, "info") as info:
            log.info("to the mock")
        info.assert_called_once_with("to the mock")
    log.info("to the file")

    assert "mock" not in "".join(written(log))
    assert is_fast(log)


def makes_a_record(call: Callable[[], object]) -> bool:
    """Whether a call runs `Logger._log`."""
    seen = False

    def look(frame: Any, event: str, argument: object) -> None:
        nonlocal seen
        seen |= event == "call" and frame.f_code.co_name == "_log"

    before = sys.getprofile()
    sys.setprofile(look)
    try:
        call()
    finally:
        sys.setprofile(before)
    return seen


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("shows", ["plain", "colour", "file's form"])
def test_the_console_shows_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, form: Any, shows: str
) -> None:
    """Its lines are made without records too, in colour and without or in the file's form, redacted, and indented."""
    monkeypatch.setenv("FORCE_COLOR", str(int(shows == "colour")))
    console_form = form if shows == "file's form" else "console"
    shown = []
    for kind in ("fast", "standard"):
        forms = {"format": form, "console_format": console_form}
        log = setup_logger("worker", tmp_path / kind, logging.DEBUG, app="console", **forms)
        log.handlers = [handler for handler in log.handlers if isinstance(handler, (FileHandler, ConsoleHandler))]
        if kind == "standard":
            log.addFilter(lambda record: True)
        capsys.readouterr()
        for name, call in {**SIMPLE, **OTHER}.items():
            if "large" not in name and name != "logs":
                call(log)
        shown.append(re.sub(r"\[\d\d:\d\d:\d\d\]", "[TIME]", TIMES.sub("TIME", capsys.readouterr().err)))
        assert makes_a_record(lambda log=log: log.info("x")) == (kind == "standard")  # type: ignore[misc]
        log.filters.clear()

    assert shown[0] == shown[1]
    assert shown[0].count("\n") > 50
    assert ("\033[32mINFO" in shown[0]) == (shows == "colour")


@pytest.mark.parametrize("json", ["true", "false"])
def test_a_service_by_its_environment_goes_the_fast_way_with_its_console(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], json: str
) -> None:
    """Its console has the form of its files; one that has another form is asked."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("JSON_LOGS", json)
    root = logging.getLogger()
    with mock.patch.object(root, "handlers", []):
        jobtrail.configure_from_env()
        capsys.readouterr()
        assert not makes_a_record(lambda: root.error("password=%s", "hunter2"))
        seen = capsys.readouterr().err
        console = next(handler for handler in root.handlers if isinstance(handler, ConsoleHandler))
        console.setFormatter(formatters.ProcessFormatter())
        assert makes_a_record(lambda: root.error("of another form"))
        for handler in root.handlers:
            handler.close()
    jobtrail.loggers.make_standard(root)

    assert Path("data/logs/backend.log").read_text().splitlines()[0] == seen.rstrip("\n")
    assert "password=[redacted:password]" in seen


def test_a_console_of_ones_own_is_asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Another form, a filter, a level, a mocked method; and a file's level of its own."""
    log = setup_logger("worker", tmp_path, app="console-own")
    log.handlers = [handler for handler in log.handlers if isinstance(handler, (FileHandler, ConsoleHandler))]
    console, file = log.handlers
    log.info("both")
    console.setFormatter(logging.Formatter("own %(message)s"))
    log.info("form")
    console.setFormatter(formatters.ConsoleFormatter())
    console.addFilter(lambda record: "secret" not in record.getMessage())
    log.info("secret")
    console.filters.clear()
    console.setLevel(logging.ERROR)
    log.info("file alone")
    console.setLevel(logging.INFO)
    file.setLevel(logging.ERROR)
    log.info("console alone")
    with mock.patch.object(console, "emit") as emit:
        log.error("mocked")
    emit.assert_called_once()

    lines = capsys.readouterr().err.splitlines()[1:]
    assert [line.rpartition("] ")[2] for line in lines] == ["both", "own form", "console alone"]
    kept = (tmp_path / "worker.log").read_text().splitlines()[1:]
    assert [line.rpartition("] ")[2] for line in kept] == ["both", "form", "secret", "file alone", "mocked"]


def test_levels_are_asked_of_the_whole_tree(tmp_path: Path) -> None:
    """`setLevel` of the logger and of those above it, `logging.disable`, `disabled`, the handler's level."""
    log = bare_logger(tmp_path)
    parent = logging.getLogger("jobtrail")

    def reaches(message: str) -> bool:
        log.info(message)
        return any(message in line for line in written(log))

    assert reaches("first")
    log.setLevel(logging.ERROR)
    assert not reaches("level")
    log.setLevel(logging.NOTSET)
    parent.setLevel(logging.ERROR)
    assert not reaches("above")
    parent.setLevel(logging.INFO)
    assert reaches("above again")
    parent.setLevel(logging.NOTSET)
    log.setLevel(logging.INFO)
    logging.disable(logging.INFO)
    assert not reaches("all")
    logging.disable(logging.NOTSET)
    log.disabled = True
    assert not reaches("off")
    log.disabled = False
    log.handlers[0].setLevel(logging.WARNING)
    assert not reaches("handler")
    log.handlers[0].setLevel(logging.DEBUG)
    assert reaches("last")
    assert is_fast(log)


def test_a_method_of_a_subclass_is_called(tmp_path: Path) -> None:
    """A class of one's own may change whatever it likes."""
    seen = []

    class Own(JobLogger):
        def makeRecord(self, *arguments: Any, **keywords: Any) -> logging.LogRecord:  # noqa: N802
            seen.append(arguments)
            return super().makeRecord(*arguments, **keywords)

    class Plain(JobLogger):
        pass

    path = tmp_path / "own.log"
    handler = FileHandler(path)
    handler.setFormatter(formatters.ProcessFormatter())
    for log in (Own("own"), Plain("plain")):
        log.addHandler(handler)
        log.warning("hello %d", 1)
        assert is_fast(log) == isinstance(log, Plain)
    handler.close()

    assert len(seen) == 3
    assert path.read_text().count("hello 1") == 2


def test_a_logger_below_ours_is_fast_too(tmp_path: Path) -> None:
    """Where its records reach our handler alone: also through a root of the standard library."""
    root = logging.getLogger("above")
    handler = FileHandler(tmp_path / "app.log")
    handler.setFormatter(formatters.ServiceFormatter("above"))
    root.addHandler(handler)
    root.propagate = False
    below = JobLogger.manager.loggerDict["above.below"] = JobLogger("above.below")
    below.parent = root
    assert is_fast(below)
    other = Seen()
    root.addHandler(other)
    assert not is_fast(below)
    root.removeHandler(other)
    assert is_fast(below)
    root.handlers = [handler, other]
    assert not is_fast(below)
    root.handlers = [handler]
    root.propagate = True
    logging.getLogger().addHandler(other)
    assert not is_fast(below)
    logging.getLogger().removeHandler(other)
    del JobLogger.manager.loggerDict["above.below"], JobLogger.manager.loggerDict["above"]
    handler.close()

    assert (tmp_path / "app.log").read_text().count(" - below - WARNING - is this fast?") == 5


class AsErrors:
    """A logger whose `info` is `error`."""

    def __init__(self, log: Log) -> None:
        self._log = log

    def __getattr__(self, name: str) -> Any:
        return getattr(self._log, "error" if name == "info" else name)


@contextmanager
def errors_beside(log: Log, folder: Path) -> Iterator[FileHandler]:
    """Gives the logger a second file, of errors, in the form of its first."""
    errors = FileHandler(folder / "errors.log")
    errors.setLevel(logging.ERROR)
    errors.setFormatter(log.handlers[0].formatter)
    log.addHandler(errors)
    try:
        yield errors
    finally:
        log.removeHandler(errors)
        errors.close()


@pytest.mark.parametrize("form", ["service", "json"])
@pytest.mark.parametrize("name", [*SIMPLE, *OTHER])
def test_a_second_file_takes_the_errors(tmp_path: Path, form: str, name: str) -> None:
    """Both files have the lines of the standard path, each by its own level."""
    call = {**SIMPLE, **OTHER}[name]
    with both(tmp_path, form) as (log, other), ExitStack() as stack:
        files = [stack.enter_context(errors_beside(one, tmp_path / one.name)) for one in (log, other)]
        for one in (log, other):
            call(AsErrors(one))
            one.info("no error")
            one.error("password=hunter2")

        fast, standard = (TIMES.sub("TIME", Path(file.baseFilename).read_text(encoding="utf-8")) for file in files)
        assert standard == fast
        assert "password=[redacted:password]" in fast
        assert "no error" not in fast
        assert written(other) == written(log)
        assert len(written(log)) > 2
        if name in SIMPLE:
            assert not passes_logging(lambda: call(AsErrors(log)))


def test_a_second_file_that_differs_is_asked(tmp_path: Path) -> None:
    """In its form, by a filter or by a level set later."""
    log = bare_logger(tmp_path)
    with errors_beside(log, tmp_path) as errors:
        assert is_fast(log)
        errors.setLevel(logging.WARNING)
        errors.setFormatter(formatters.ServiceFormatter("jobtrail"))
        assert not is_fast(log)
        errors.setFormatter(log.handlers[0].formatter)
        with filter_on(errors):
            assert not is_fast(log)
        assert is_fast(log)

        assert len(written(log)) == 2 * 4 + 1
        assert (tmp_path / "errors.log").read_text().count("\n") == 2 * 3


def test_what_install_routes_goes_the_fast_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Loggers that were there, and those that programs ask for later; then all is as it was."""
    monkeypatch.chdir(tmp_path)
    root, early = logging.getLogger(), logging.getLogger("service.early")
    with mock.patch.object(root, "handlers", []):
        jobtrail.configure_from_env(console=False)
        before = type(root)
        jobtrail.install(root)
        late = logging.getLogger("service.late")
        assert all(map(is_fast, (root, early, late)))
        late.error("password=%s", "hunter2")
        root.info("done")
        jobtrail.uninstall()
        for handler in root.handlers:
            handler.close()

    assert [before, logging.Logger, logging.Logger] == [type(root), type(early), logging.getLoggerClass()]
    lines = [line[22:] for line in Path("data/logs/backend.log").read_text().splitlines()]
    error = "service.late - ERROR - password=[redacted:password]"
    names = ("root", "service.early", "service.late")
    asked = [f"{name} - WARNING - {text}" for name in names for text in ("asks", "is this fast?")]
    assert [*asked, error, "root - INFO - done"] == lines
    assert Path("data/logs/errors.log").read_text()[22:] == error + "\n"


def test_a_logger_that_was_there_before_becomes_a_fast_one(tmp_path: Path) -> None:
    """Whoever got it before it was set up holds the same object."""
    before = logging.getLogger("jobtrail.early")
    assert type(before) is logging.Logger

    log = setup_logger("early", tmp_path, console=False)

    assert log is before
    assert is_fast(before)


def test_loggers_copy_and_pickle_by_their_names(tmp_path: Path) -> None:
    """As `logging` has it."""
    log = bare_logger(tmp_path)

    assert copy.copy(log) is copy.deepcopy(log) is pickle.loads(pickle.dumps(log)) is log


def test_queues_adapters_and_caplog_work(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Each sees real records."""
    log = bare_logger(tmp_path)
    records: queue.SimpleQueue[logging.LogRecord] = queue.SimpleQueue()
    handler = logging.handlers.QueueHandler(records)
    log.addHandler(handler)
    log.addHandler(caplog.handler)
    logging.LoggerAdapter(log, {"job_id": 7}).info("adapted %s", "so")
    log.removeHandler(handler)
    log.removeHandler(caplog.handler)

    assert records.get().getMessage() == "adapted so"
    assert caplog.messages[-1] == "adapted so"
    assert is_fast(log)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_forked_child_writes_its_own_number(tmp_path: Path) -> None:
    """And goes the fast way like its parent."""
    code = """if True:
        import os, sys
        from jobtrail import setup_logger
        log = setup_logger("worker", sys.argv[1], console=False)
        log.info("parent %d", os.getpid())
        child = os.fork()
        for _ in range(2):
            log.info("%s %d", "parent" if child else "child", os.getpid())
        if not child:
            os._exit(0)
        os.waitpid(child, 0)
    """
    ended = run(code, tmp_path)
    assert (ended.returncode, ended.stderr) == (0, "")

    lines = (tmp_path / "worker.log").read_text().splitlines()[1:]
    found = [re.fullmatch(r".* \[(\d+)\] \[INFO\] (\w+) (\d+)", line) for line in lines]
    assert sorted(match[2] for match in found if match) == ["child"] * 2 + ["parent"] * 3
    assert all(match[1] == match[3] for match in found if match)


def test_a_forgotten_logger_is_not_kept(tmp_path: Path) -> None:
    """What is known of it goes with it; another at its place in memory is looked at anew."""
    for number in range(200):
        handler = FileHandler(tmp_path / f"{number}.log")
        handler.setFormatter(formatters.ProcessFormatter())
        log = JobLogger(f"short.{number}")
        log.addHandler(handler)
        log.warning("mine %d", number)
        handler.close()
        del log

    for number in range(200):
        assert (tmp_path / f"{number}.log").read_text().endswith(f"mine {number}\n")


def test_threads_write_whole_lines(tmp_path: Path) -> None:
    """Of several formats at once, while one thread reconfigures."""
    log = bare_logger(tmp_path, max_bytes=64 * 1024, backup_count=1000)
    stop = threading.Event()

    def change() -> None:
        while not stop.is_set():
            log.setLevel(logging.DEBUG)
            log.handlers[0].setLevel(logging.DEBUG)

    def write(name: str) -> None:
        for number in range(2000):
            log.info("%s %d %s end", name, number, "x" * (number % 50))

    changer = threading.Thread(target=change)
    writers = [threading.Thread(target=write, args=(f"t{number}",)) for number in range(4)]
    for thread in (changer, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    stop.set()
    changer.join()

    texts = [path.read_text() for path in tmp_path.glob("worker.log*")]
    found = sorted(re.findall(r"^\S+ \S+ \[\d+\] \[INFO\] (t\d \d+) x* end$", "".join(texts), re.MULTILINE))
    assert found == sorted(f"t{name} {number}" for name in range(4) for number in range(2000))


def test_the_clock_may_go_back_and_the_zone_may_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each line has the time of its moment, as `time.localtime` has it."""
    log = bare_logger(tmp_path)
    hours = []
    for zone in ("UTC", "UTC-5", "UTC+7"):
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        second = int(time.time())
        while int(time.time()) == second:
            time.sleep(0.01)
        log.info("now")
        hours.append(int((tmp_path / "worker.log").read_text().splitlines()[-1][11:13]))
    monkeypatch.delenv("TZ")
    time.tzset()

    assert [(hours[1] - hours[0]) % 24, (hours[2] - hours[0]) % 24] in ([5, 17], [6, 17], [5, 18], [6, 18])


def test_mapped_errors_are_seen_at_once(tmp_path: Path) -> None:
    """ERROR and above are in the file when the call returns, with what came before them."""
    log = bare_logger(tmp_path, durability="mapped")
    log.info("before")
    log.error("failed")

    text = (tmp_path / "worker.log").read_text()
    assert "[INFO] before\n" in text
    assert text.endswith("[ERROR] failed\n")
    assert jobtrail.read_logs(tmp_path)[-1].message == "failed"

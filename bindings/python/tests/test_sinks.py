"""Recipes with the real structlog and loguru, and lines that somebody else has made."""

import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jobtrail
import pytest
from jobtrail import ConsoleHandler, LineSink, LogContext, RotatingFileHandler, StructlogFactory
from jobtrail.formats import formatter_for
from jobtrail.handlers import FileHandler

structlog = pytest.importorskip("structlog")


@pytest.fixture(autouse=True)
def _fresh_structlog() -> Iterator[None]:
    yield
    structlog.reset_defaults()


def test_structlogs_formatter_on_our_handlers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`ProcessorFormatter`: its own lines and those of `logging`, redacted, on the file and the console."""
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )
    handlers: list[logging.Handler] = [
        RotatingFileHandler(tmp_path / "app.log", maxBytes=10_000_000, backupCount=3),
        ConsoleHandler(),
    ]
    root = logging.getLogger("shop")
    root.propagate = False
    root.setLevel(logging.INFO)
    for handler in handlers:
        handler.setFormatter(formatter)
        root.addHandler(handler)
    structlog.get_logger("shop.cart").info("größer", token="abcdefgh12345678", items=3)
    try:
        int("x")
    except ValueError:
        logging.getLogger("shop.other").exception("failed", extra={"password": "hunter2"})
    for handler in handlers:
        root.removeHandler(handler)
        handler.close()
    root.propagate = True
    root.setLevel(logging.NOTSET)

    first, second = map(json.loads, (tmp_path / "app.log").read_text(encoding="utf-8").splitlines())
    assert first == {"token": "[redacted:token]", "items": 3, "event": "größer", "level": "info"}
    assert (second["event"], second["password"]) == ("failed", "[redacted:password]")
    assert "invalid literal" in second["exception"]
    assert capsys.readouterr().err == (tmp_path / "app.log").read_text(encoding="utf-8")


def test_structlogs_native_loggers_write_bytes_into_our_log(tmp_path: Path) -> None:
    """As with `BytesLoggerFactory`; every method; redacted and counted."""
    factory = StructlogFactory(tmp_path / "app.log", max_bytes=1_000_000, backup_count=2)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(serializer=lambda value, **_: json.dumps(value).encode()),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=factory,
        cache_logger_on_first_use=False,
    )
    log = structlog.get_logger().bind(user_id=1)
    log.debug("hidden")
    with structlog.contextvars.bound_contextvars(job_id=7):
        for method in ("info", "warning", "error", "critical"):
            getattr(log, method)("password=hunter2")
    try:
        int("x")
    except ValueError:
        log.exception("failed")
    factory.sink.close()

    records = [json.loads(line) for line in (tmp_path / "app.log").read_text().splitlines()]
    assert [record["level"] for record in records] == ["info", "warning", "error", "critical", "error"]
    assert records[0] == {"user_id": 1, "job_id": 7, "event": "password=[redacted:password]", "level": "info"}
    assert "invalid literal" in records[-1]["exception"]


def test_structlogs_console_lines_cannot_forge_a_record(tmp_path: Path) -> None:
    """Text of more than one line is indented."""
    sink = StructlogFactory(tmp_path / "app.log")()
    sink.info("one\n[CRITICAL] forged")
    sink.error(b"not \xff utf-8")
    sink.close()

    assert (tmp_path / "app.log").read_text() == "one\n    [CRITICAL] forged\nnot \\xff utf-8\n"


def test_loguru_writes_into_our_log(tmp_path: Path) -> None:
    """Its own line and traceback; redacted; one record a line."""
    loguru = pytest.importorskip("loguru")
    sink = LineSink(tmp_path / "app.log", durability="mapped")
    loguru.logger.remove()
    line = "{time:YYYY-MM-DD HH:mm:ss.SSS} | {level: <8} | {name}:{function}:{line} - {message}"
    number = loguru.logger.add(sink, format=line)
    loguru.logger.bind(user_id=1).info("password={}", "hunter2")
    try:
        int("x")
    except ValueError:
        loguru.logger.exception("failed")
    assert "failed" in (tmp_path / "app.log").read_text()  # an ERROR is there at once
    loguru.logger.remove(number)  # closes it

    first, second = jobtrail.read_logs(tmp_path)
    assert (first.format, first.level, first.message) == ("loguru", "INFO", "password=[redacted:password]")
    assert (second.level, second.message) == ("ERROR", "failed")
    assert "ValueError: invalid literal" in second.text


def test_loguru_writes_to_our_handlers_too(tmp_path: Path) -> None:
    """A `logging.Handler` is a sink of its own kind: in the form of ours, with the context."""
    loguru = pytest.importorskip("loguru")
    handler = FileHandler(tmp_path / "app.log")
    handler.setFormatter(formatter_for("json", app="jobtrail", process_type="worker"))
    loguru.logger.remove()
    number = loguru.logger.add(handler, format="{message}", level="INFO")
    with LogContext(job_id=7):
        loguru.logger.info("größer {}", 1)  # noqa: PLE1205 - loguru's own
    loguru.logger.debug("hidden")
    loguru.logger.remove(number)
    handler.close()

    (record,) = map(json.loads, (tmp_path / "app.log").read_text(encoding="utf-8").splitlines())
    assert (record["message"], record["level"], record["job_id"]) == ("größer 1", "INFO", 7)
    assert record["function"] == "test_loguru_writes_to_our_handlers_too"


def test_a_closed_sink_opens_again_and_counts(tmp_path: Path) -> None:
    """Nothing is lost."""
    sink = LineSink(tmp_path / "app.log")
    sink.write("one\n")
    sink.close()
    sink.write("two")
    sink.flush()

    assert sink.stats()["written"] == 2
    sink.close()
    assert (tmp_path / "app.log").read_text() == "one\ntwo\n"


WRITER = """
import sys
from jobtrail import LineSink
sink = LineSink(sys.argv[1], max_bytes=5000, backup_count=1000)
for number in range(1000):
    sink.write(f"{sys.argv[2]} {number}\\n")
"""


def test_processes_share_a_sink(tmp_path: Path) -> None:
    """None loses a line at a rotation."""
    command = [sys.executable, "-W", "error", "-c", WRITER, str(tmp_path / "app.log")]
    writers = [subprocess.Popen([*command, str(number)]) for number in range(3)]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]

    lines = [line for path in tmp_path.glob("app.log*") for line in path.read_text().splitlines()]
    assert sorted(lines) == sorted(f"{writer} {number}" for writer in range(3) for number in range(1000))

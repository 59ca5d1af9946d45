"""Whatever the disk or a logged value does, logging never raises into the program and loses no more than it must."""

import errno
import json
import logging
import os
import shutil
import sys
from pathlib import Path

import jobtrail
import pytest
from jobtrail import setup_logger
from jobtrail.console import ConsoleHandler
from jobtrail.handlers import FileHandler
from jobtrail.logging import FormatName
from programs import run

FORMATS: list[FormatName] = ["process", "service", "json", "job"]


class Rude:
    """A value whose text cannot be had."""

    def __str__(self) -> str:
        raise RuntimeError("rude")

    __repr__ = __str__


def file_handler(log: logging.Logger) -> FileHandler:
    return next(handler for handler in log.handlers if isinstance(handler, FileHandler))


@pytest.mark.parametrize("format_name", FORMATS)
def test_rude_values_become_records(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], format_name: FormatName
) -> None:
    """Values without text, arguments that do not fit, lone surrogates, messages that are no text."""
    # An app of its own: pytest hands its handlers, which do raise, to the loggers that are there when a test begins.
    log = setup_logger("worker", tmp_path, format=format_name, app=f"rude-{format_name}")
    log.info(Rude())
    log.info("a %s", Rude())
    log.info("b %d", "x")
    log.info("c %s %s", 1)  # noqa: PLE1206 - that is the point
    log.info("d \ud800 \0 \x1b[31m")
    log.info(["e", 1])
    log.info(None)
    log.info("f", extra={"rude": Rude(), "nan": float("nan"), "set": {1}, "deep": {(1, 2): 3}})
    try:
        raise ValueError(Rude())
    except ValueError:
        log.exception("g")

    records = jobtrail.read_logs(tmp_path)
    messages = [record.message for record in records[1:]]
    assert len(messages) == 9
    assert messages[0] == "<Rude without text: RuntimeError> [not formatted: RuntimeError]"
    assert messages[1] == "a %s [not formatted: RuntimeError]"
    assert messages[2] == "b %d ('x',) [not formatted: TypeError]"
    assert messages[3] == "c %s %s (1,) [not formatted: TypeError]"
    assert messages[5:8] == ["['e', 1]", "None", "f"]
    assert capsys.readouterr().err.count("[INFO]") == 9
    assert file_handler(log).stats()["written"] == 10


@pytest.mark.parametrize("format_name", ["json", "job"])
def test_every_json_line_is_json(tmp_path: Path, format_name: FormatName) -> None:
    """Also with values that JSON cannot hold: they stand there as their text."""
    log = setup_logger("worker", tmp_path, console=False, format=format_name, app=f"rude-values-{format_name}")
    ring: list[object] = []
    ring.append(ring)
    extra = {"rude": Rude(), "nan": float("nan"), "ring": ring, "keys": {(1, 2): 3}, "level": "x", "ok": [1]}
    log.info("m \ud800", extra=extra)

    line = json.loads((tmp_path / "worker.log").read_text().splitlines()[1])
    fields = line if format_name == "json" else line["data"]
    assert fields["level_" if format_name == "json" else "level"] == "x"
    assert fields["ok"] == [1]
    assert fields["nan"] == "nan"
    assert fields["rude"] == "<Rude without text: RuntimeError>"
    assert fields["ring"].startswith("[[")
    assert fields["keys"] == {"(1, 2)": 3}
    assert line["message" if format_name == "json" else "msg"] == "m \ud800"


def test_a_formatter_that_raises_costs_the_form_and_not_the_record(tmp_path: Path) -> None:
    """The handlers' formatters are the user's to change."""

    class Broken(logging.Formatter):
        def format(self, record: logging.LogRecord) -> str:
            raise KeyError(record.name)

    log = setup_logger("worker", tmp_path)
    for handler in log.handlers[:2]:
        handler.setFormatter(Broken())
    log.info("still here\n2026-01-01 00:00:00.000 [1] [INFO] forged")

    assert (
        "still here\n    2026-01-01 00:00:00.000 [1] [INFO] forged [not formatted: KeyError]\n"
        in (tmp_path / "worker.log").read_text()
    )
    console = next(handler for handler in log.handlers if isinstance(handler, ConsoleHandler))
    assert console.failures == 1


@pytest.mark.parametrize("stderr", ["sys.stderr.close()", "sys.stderr = None", "os.close(2)"])
def test_without_a_standard_error_the_file_goes_on(tmp_path: Path, stderr: str) -> None:
    """Closed before or after the set-up, by Python or by the system."""
    code = f"""if True:
        import os, sys
        from jobtrail import setup_logger
        log = setup_logger("early", sys.argv[1])
        {stderr}
        log.error("one")
        setup_logger("late", sys.argv[1]).error("two")
        setup_logger("full", "/dev/null/x").error("three")
    """
    ended = run(code, tmp_path)

    assert (ended.returncode, ended.stderr.count("Traceback")) == (0, 0)
    assert "[ERROR] one\n" in (tmp_path / "early.log").read_text()
    assert "[ERROR] two\n" in (tmp_path / "late.log").read_text()


def test_a_removed_folder_is_made_again(tmp_path: Path) -> None:
    """A new file is there within a tenth of a second, or at a flush, with the records that went into the old one."""
    log = setup_logger("worker", tmp_path / "a/b", console=False)
    shutil.rmtree(tmp_path / "a")
    log.info("back")
    log.handlers[0].flush()

    assert (tmp_path / "a/b/worker.log").read_text().endswith("[INFO] back\n")


def test_a_folder_that_cannot_be_made_warns_once_and_buffers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """And what waited is written when it can be."""
    (tmp_path / "logs").write_text("a file in the way")
    log = setup_logger("worker", tmp_path / "logs", console=False)
    for number in range(5):
        log.info("record %d", number)
    assert capsys.readouterr().err.count("jobtrail: cannot write") == 1
    assert file_handler(log).stats()["buffered"] == 6

    (tmp_path / "logs").unlink()
    log.handlers[0].flush()

    text = (tmp_path / "logs/worker.log").read_text()
    assert [line.rsplit(" ", 1)[1] for line in text.splitlines()[1:]] == ["0", "1", "2", "3", "4"]


@pytest.mark.skipif(sys.platform != "linux", reason="/dev/full is Linux's full disk")
def test_a_full_disk_warns_once_and_never_raises(tmp_path: Path) -> None:
    """The buffer is bounded; what does not fit is counted."""
    (tmp_path / "worker.log").symlink_to("/dev/full")
    code = """if True:
        import sys
        from jobtrail import setup_logger
        log = setup_logger("worker", sys.argv[1], console=False)
        for _ in range(3000):
            log.info("x" * 1000)
        print(log.handlers[0].stats())
    """
    ended = run(code, tmp_path)

    assert ended.returncode == 0
    stats = eval(ended.stdout)
    assert stats["written"] == 0
    assert stats["dropped"] > 1900
    assert stats["buffered"] + stats["dropped"] == 3001
    (warning,) = ended.stderr.splitlines()
    assert warning.startswith(f"jobtrail: cannot write `{tmp_path}/worker.log`, up to 1048576 bytes wait in memory: ")
    assert os.strerror(errno.ENOSPC) in warning


def test_a_disk_that_fills_and_is_emptied_costs_no_record(tmp_path: Path) -> None:
    """A size limit of the process stands for the disk; the record that was cut is written again."""
    code = """if True:
        import resource, sys, time
        from jobtrail import setup_logger
        log = setup_logger("worker", sys.argv[1], console=False)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
        for number in range(100):
            log.info("record %03d %s", number, "x" * 50)
        assert log.handlers[0].stats()["buffered"] > 30
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        log.handlers[0].flush()
        log.info("record 100 end")
    """
    ended = run(code, tmp_path)
    assert (ended.returncode, ended.stdout) == (0, "")

    text = (tmp_path / "worker.log").read_text()
    whole = [line.split("record ")[1][:3] for line in text.splitlines() if line.endswith(("x" * 50, "end"))]
    assert whole == [f"{number:03d}" for number in range(101)]
    assert "cannot write" in ended.stderr


def test_a_log_that_may_not_be_written_is_warned_of(tmp_path: Path) -> None:
    """A folder in the file's place; the program goes on."""
    (tmp_path / "worker.log").mkdir()
    code = "import sys, jobtrail; jobtrail.setup_logger('worker', sys.argv[1], console=False).info('x')"
    ended = run(code, tmp_path)

    assert ended.returncode == 0
    assert ended.stderr.startswith("jobtrail: cannot write `")


def test_closed_handlers_write_again(tmp_path: Path) -> None:
    """As the standard library's file handler does; at exit `logging.shutdown` closes before the last words."""
    log = setup_logger("worker", tmp_path, console=False)
    log.handlers[0].close()
    log.info("after")

    assert "[INFO] after\n" in (tmp_path / "worker.log").read_text()


def test_a_relative_folder_stays_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that changes its directory does not scatter its log."""
    monkeypatch.chdir(tmp_path)
    log = setup_logger("worker", "logs", console=False)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir("elsewhere")
    log.info("here")

    assert (tmp_path / "logs/worker.log").read_text().endswith("[INFO] here\n")
    assert list(Path().iterdir()) == []

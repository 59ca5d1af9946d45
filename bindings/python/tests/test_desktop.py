"""The module `logger` is a drop-in for system 4's: what that system's own kind of tests would check."""

import logging
import logging.handlers
import os
import re
import sys
from pathlib import Path
from unittest.mock import patch

import logger as logger_module
import pytest
from logger import COLORS, ColoredFormatter, get_logger, get_logger_from_env, setup_logger
from programs import run


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    return tmp_path


def make_record(level: int = logging.INFO, message: str = "Test message") -> logging.LogRecord:
    return logging.LogRecord("test", level, "", 0, message, (), None)


def test_the_module_offers_exactly_system_fours_names() -> None:
    """Every name can be imported, and the module only re-exports them."""
    names = {"COLORS", "ColoredFormatter", "ProcessType", "get_logger", "get_logger_from_env", "logger", "setup_logger"}

    assert names == set(logger_module.__all__)
    assert all(hasattr(logger_module, name) for name in names)


def test_set_up_logger_writes_file_and_console(tmp_path: Path) -> None:
    """Two handlers, the level as given, no propagation, the file there at once."""
    log = setup_logger("worker", log_dir=tmp_path, log_level=logging.DEBUG)

    assert log.name == "chaiNNer.worker"
    assert log is logging.getLogger("chaiNNer.worker")
    assert isinstance(log, logging.Logger)
    assert log.level == logging.DEBUG
    assert log.propagate is False
    console, file = log.handlers
    assert isinstance(console, logging.StreamHandler)
    assert isinstance(console.formatter, ColoredFormatter)
    assert isinstance(file, logging.handlers.RotatingFileHandler)
    assert [console.level, file.level] == [logging.DEBUG] * 2
    assert (file.maxBytes, file.backupCount) == (10 * 1024 * 1024, 5)
    assert file.baseFilename == str(tmp_path / "worker.log")
    assert (tmp_path / "worker.log").exists()
    assert os.listdir(tmp_path) == ["worker.log"]  # noqa: PTH208 - no `.gitignore`, nothing else


def test_messages_reach_the_file_of_their_process(tmp_path: Path) -> None:
    """Host and worker write files of their own, from the level on that was set."""
    host, worker = setup_logger("host", tmp_path), setup_logger("worker", tmp_path, logging.DEBUG)
    host.info("Host message")
    host.debug("not shown")
    worker.debug("Worker message")

    host_text, worker_text = (tmp_path / "host.log").read_text(), (tmp_path / "worker.log").read_text()
    assert "Host message" in host_text
    assert "not shown" not in host_text
    assert "Worker message" in worker_text
    assert "Worker message" not in host_text


def test_lines_are_exact_to_the_byte(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """File and console forms are those of the documents; the first record names the file, unmasked."""
    folder = tmp_path / "home" / "me" / "logs"
    log = setup_logger("worker", folder)
    log.warning("low on %s", "memory")

    stamp = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}"
    pid = os.getpid()
    first, second = (folder / "worker.log").read_text().splitlines()
    expected = f"Logger initialized for worker process. Log file: {folder / 'worker.log'}"
    assert re.fullmatch(rf"{stamp} \[{pid}\] \[INFO\] {re.escape(expected)}", first)
    assert re.fullmatch(rf"{stamp} \[{pid}\] \[WARNING\] low on memory", second)
    shown = capsys.readouterr().err.splitlines()
    assert re.fullmatch(rf"\[\d\d:\d\d:\d\d\] \[{pid}\] \[INFO\] {re.escape(expected)}", shown[0])
    assert re.fullmatch(rf"\[\d\d:\d\d:\d\d\] \[{pid}\] \[WARNING\] low on memory", shown[1])


def test_file_lines_are_those_of_the_standard_librarys_formatter(tmp_path: Path) -> None:
    """The form that system 4 gave to `logging.Formatter` makes the same bytes."""
    log = setup_logger("worker", tmp_path)
    theirs = logging.Formatter("%(asctime)s.%(msecs)03d [%(process)d] [%(levelname)s] %(message)s", "%Y-%m-%d %H:%M:%S")
    ours = log.handlers[1].formatter
    assert ours is not None
    record = make_record()
    for created in (0.0, 1760853145.123, 1760853145.9996, 1793254712.0005):
        record.created, record.msecs = created, created % 1 * 1000

        assert theirs.format(record) == ours.format(record)


def test_dev_mode_makes_no_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One console handler and no file; the first record says so."""
    log = setup_logger("worker", log_dir=tmp_path / "logs", dev_mode=True)

    assert len(log.handlers) == 1
    assert isinstance(log.handlers[0], logging.StreamHandler)
    assert not isinstance(log.handlers[0], logging.FileHandler)
    assert not (tmp_path / "logs").exists()
    assert "[INFO] Logger initialized for worker process (dev mode - no file logging)\n" in capsys.readouterr().err


def test_setting_up_again_reconfigures_and_never_doubles(tmp_path: Path) -> None:
    """The second call's level and file count."""
    setup_logger("worker", tmp_path / "one")
    log = setup_logger("worker", tmp_path / "two", logging.ERROR)
    log.error("once")

    assert log.level == logging.ERROR
    assert len(log.handlers) == 2
    assert (tmp_path / "two/worker.log").read_text().count("once") == 1
    assert "once" not in (tmp_path / "one/worker.log").read_text()
    assert len(setup_logger("worker", tmp_path / "two", dev_mode=True).handlers) == 1


def test_cleared_handlers_are_made_again(tmp_path: Path) -> None:
    """System 4's tests clear the handlers between them."""
    log = setup_logger("worker", tmp_path)
    for handler in log.handlers:
        handler.flush()
        handler.close()
    log.handlers.clear()

    assert len(setup_logger("worker", tmp_path).handlers) == 2


def test_get_logger_sets_up_once(home: Path) -> None:
    """The first use sets up in the default folder; the second gives the same logger."""
    log = get_logger("host")

    assert (log.name, len(log.handlers)) == ("chaiNNer.host", 2)
    assert get_logger("host") is log
    assert (home / ".config/chaiNNer/logs/host.log").exists()


@pytest.mark.parametrize(
    ("value", "name"), [("host", "host"), ("worker", "worker"), ("HOST", "worker"), ("", "worker")]
)
def test_the_environment_picks_the_process(monkeypatch: pytest.MonkeyPatch, value: str, name: str) -> None:
    """`host` is the host, anything else the worker."""
    monkeypatch.setenv("CHAINNER_PROCESS_TYPE", value)

    assert get_logger_from_env().name == f"chaiNNer.{name}"


def test_without_the_environment_it_is_the_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """And jobtrail's own variable counts where the original's is not set."""
    assert get_logger_from_env().name == "chaiNNer.worker"
    monkeypatch.setenv("JOBTRAIL_PROCESS_TYPE", "host")
    assert get_logger_from_env().name == "chaiNNer.host"


def test_the_name_logger_is_the_processs_logger_not_set_up() -> None:
    """It has a name, no handler, and importing it made no file."""
    code = """if True:
        import logging, os
        from logger import logger
        assert isinstance(logger, logging.Logger)
        print(logger.name, len(logger.handlers), os.path.exists(os.path.expanduser("~/.config")))
    """
    shown = {
        kind: run(code, env={**os.environ, "CHAINNER_PROCESS_TYPE": kind}).stdout.strip() for kind in ("host", "x")
    }

    assert shown == {"host": "chaiNNer.host 0 False", "x": "chaiNNer.worker 0 False"}


def test_jobtrail_app_changes_the_app(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    """In the logger's name and in the default folder."""
    monkeypatch.setenv("JOBTRAIL_APP", "Atelier")

    assert get_logger("worker").name == "Atelier.worker"
    assert (home / ".config/Atelier/logs/worker.log").exists()


def test_a_portable_installation_keeps_its_logs_beside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file `portable` beside the executable is the sign."""
    monkeypatch.setattr(sys, "executable", str(tmp_path / "bin" / "python"))
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/portable").touch()
    setup_logger("worker")

    assert (tmp_path / "bin/logs/worker.log").exists()


@pytest.mark.parametrize(
    ("platform", "folder"),
    [
        ("win32", "roaming/chaiNNer/logs"),
        ("darwin", "Library/Application Support/chaiNNer/logs"),
        ("linux", ".config/chaiNNer/logs"),
    ],
)
def test_default_folders_by_platform(monkeypatch: pytest.MonkeyPatch, home: Path, platform: str, folder: str) -> None:
    """Those of system 4."""
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setenv("APPDATA", str(home / "roaming"))
    setup_logger("worker")

    assert (home / folder / "worker.log").exists()


def test_a_folder_that_cannot_be_written_falls_back_to_the_temporary_one(
    monkeypatch: pytest.MonkeyPatch, home: Path, tmp_path: Path
) -> None:
    """Here a file stands where the configuration folder should be."""
    (home / ".config").write_text("in the way")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    setup_logger("worker")

    assert (tmp_path / "tmp/chaiNNer/logs/worker.log").exists()


def test_colors_are_the_documented_codes() -> None:
    """Cyan, green, yellow, red, magenta, and the reset."""
    codes = {"DEBUG": 36, "INFO": 32, "WARNING": 33, "ERROR": 31, "CRITICAL": 35, "RESET": 0}

    assert {name: f"\033[{code}m" for name, code in codes.items()} == COLORS


@pytest.mark.parametrize("level", [10, 20, 30, 40, 50])
def test_the_formatter_colours_the_level_on_a_terminal_and_restores_it(level: int) -> None:
    """The record's own level name is afterwards what it was."""
    record = make_record(level)
    name = record.levelname
    with patch.object(sys.stderr, "isatty", return_value=True):
        line = ColoredFormatter(fmt="[%(levelname)s] %(message)s", datefmt="%H:%M:%S").format(record)

    assert line == f"[{COLORS[name]}{name}{COLORS['RESET']}] Test message"
    assert record.levelname == name


def test_the_formatter_colours_nothing_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not in a file or a pipe, not under NO_COLOR, not without a standard error."""
    formatter = ColoredFormatter("[%(levelname)s] %(message)s")
    assert formatter.format(make_record(30)) == "[WARNING] Test message"
    monkeypatch.setenv("NO_COLOR", "1")
    with patch.object(sys.stderr, "isatty", return_value=True):
        assert formatter.format(make_record()) == "[INFO] Test message"
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setattr(sys, "stderr", None)
    assert formatter.format(make_record()) == "[INFO] Test message"


def test_the_console_line_is_coloured_on_a_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """And the file's is not."""
    log = setup_logger("worker", tmp_path)
    with patch.object(sys.stderr, "isatty", return_value=True):
        log.error("red")

    assert "[\033[31mERROR\033[0m] red\n" in capsys.readouterr().err
    assert "[ERROR] red\n" in (tmp_path / "worker.log").read_text()

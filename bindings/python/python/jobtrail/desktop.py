"""What the top-level module `logger` offers: the logger of a desktop tool's host and worker processes.

The app is `chaiNNer`, as that system's documents say, unless `JOBTRAIL_APP` names another.
"""

from __future__ import annotations

import logging
import os
from typing import Literal

from jobtrail import folders
from jobtrail.console import ConsoleHandler
from jobtrail.formatters import COLORS, ColoredFormatter
from jobtrail.handlers import FileHandler
from jobtrail.logging import is_ready
from jobtrail.logging import setup_logger as _setup

__all__ = [
    "COLORS",
    "ColoredFormatter",
    "ProcessType",
    "get_logger",
    "get_logger_from_env",
    "logger",
    "setup_logger",
]

ProcessType = Literal["host", "worker"]
"""The processes of the tool."""


def setup_logger(
    process_type: ProcessType,
    log_dir: str | os.PathLike[str] | None = None,
    log_level: int = logging.INFO,
    dev_mode: bool = False,
) -> logging.Logger:
    """Sets up the logger of a process: lines on standard error, and in `<log_dir>/<process_type>.log` of 10 MB.

    Args:
        process_type: `host` or `worker`.
        log_dir: The folder of the file. None: `logs` beside a portable executable, else the user's configuration
            folder, else the temporary directory.
        log_level: Of the logger and its handlers.
        dev_mode: Writes no file.

    Returns:
        The logger `chaiNNer.<process_type>`. Called again, it is reconfigured. It has these handlers and no others,
        as it always had: one that was added is taken off (`jobtrail.setup_logger` leaves it).
    """
    app = _app()
    log = logging.getLogger(f"{app}.{process_type}")
    for handler in log.handlers[:]:
        if not isinstance(handler, (ConsoleHandler, FileHandler)):
            log.removeHandler(handler)
    if log_dir is None and not dev_mode:
        log_dir = folders.writable(folders.desktop_folder, app)
    return _setup(process_type, log_dir, log_level, dev_mode, app=app)


def get_logger(process_type: ProcessType) -> logging.Logger:
    """Returns the logger of a process; at its first use it is set up with defaults."""
    if is_ready(process_type, _app()):
        return logging.getLogger(f"{_app()}.{process_type}")
    return setup_logger(process_type)


def get_logger_from_env() -> logging.Logger:
    """Returns the logger of this process, as `CHAINNER_PROCESS_TYPE` (or `JOBTRAIL_PROCESS_TYPE`) says.

    `host` is the host; anything else, and nothing, is the worker.
    """
    return get_logger(_process_type())


def _app() -> str:
    return os.environ.get("JOBTRAIL_APP") or "chaiNNer"


def _process_type() -> ProcessType:
    environment = os.environ
    named = environment.get("CHAINNER_PROCESS_TYPE") or environment.get("JOBTRAIL_PROCESS_TYPE")
    return "host" if named == "host" else "worker"


logger = logging.getLogger(f"{_app()}.{_process_type()}")
"""The logger of this process's type, not set up yet."""

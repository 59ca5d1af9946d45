"""Sets up the log of a service by its environment or a `.env` file: `backend.log` or `worker.log`, and `errors.log`."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Mapping
from pathlib import Path

from jobtrail._core import JobtrailError
from jobtrail.console import ConsoleHandler
from jobtrail.errors import bad_option
from jobtrail.formats import FormatName, formatter_for
from jobtrail.handlers import FileHandler
from jobtrail.loggers import make_fast
from jobtrail.logging import give_handlers
from jobtrail.profiles import ERRORS, PROFILES, ProfileName

DEFAULTS = {
    "LOG_FILE": "data/logs/backend.log",
    "WORKER_LOG_FILE": "data/logs/worker.log",
    "ERROR_LOG_FILE": "data/logs/errors.log",
    "LOG_LEVEL": "INFO",
    "JSON_LOGS": "false",
}
"""The settings that `configure_from_env` reads, and what counts where one is missing or empty."""

_TRUTHS = {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False}
_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
_ALIASES = {"WARN": "WARNING", "FATAL": "CRITICAL"}
_ASSIGNMENT = re.compile(r"\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*?)\s*$")
_QUOTED = re.compile(r"""(['"])(.*?)\1\s*(?:#.*)?$""")
_COMMENT = re.compile(r"(?:^|\s+)#.*$")


def configure_from_env(
    dotenv: str | os.PathLike[str] | None = None,
    *,
    process_type: str | None = None,
    console: bool = True,
    profile: ProfileName | None = None,
    file_mode: int | None = None,
) -> logging.Logger:
    r"""Sets up the root logger as the environment says, and returns it; called again, it is set up anew.

    Every process writes its ERROR and CRITICAL records to `ERROR_LOG_FILE` too, which they all share. Files are renamed
    from outside (logrotate), which is noticed, or by `profile`.

    Settings: `LOG_FILE` (of every process but a worker), `WORKER_LOG_FILE`, `ERROR_LOG_FILE`, `LOG_LEVEL` and
    `JSON_LOGS`; `DEFAULTS` holds what counts where one is missing or empty. A value may be followed by a comment, as
    in `LOG_LEVEL=INFO  # DEBUG, INFO, ...`, also in the environment itself, where Docker's `--env-file` leaves it.
    The environment's own values count before those of the file. Files are relative to the working directory.

    Args:
        dotenv: A file of `NAME=value` lines. None: `.env` in the working directory, if it is there.
        process_type: `worker` writes `WORKER_LOG_FILE`, anything else `LOG_FILE`. None: as `JOBTRAIL_PROCESS_TYPE`
            says; without it `backend`.
        console: Writes to standard error too, in the form of the file.
        profile: `development`, `staging` or `production`: the file is rotated daily and kept for 7, 14 or 90 days, the
            errors weekly and kept for 90. None: the files are rotated from outside.
        file_mode: Permission bits of the files, such as 0o640.

    Raises:
        JobtrailError: A setting has a value that is not known (`bad_option`), or `dotenv` was named and is not there
            (`not_found`) or cannot be read (`unreadable`).

    Examples:
        >>> import tempfile
        >>> from pathlib import Path
        >>> folder = Path(tempfile.mkdtemp())
        >>> file = folder / ".env"
        >>> lines = [f"LOG_FILE={folder}/api.log  # of the API", f"ERROR_LOG_FILE={folder}/errors.log"]
        >>> _ = file.write_text("\n".join(lines))
        >>> root = configure_from_env(file, console=False)
        >>> logging.getLogger("job_processor").error("Job #7 failed")
        >>> (folder / "api.log").read_text()[19:]
        ' - job_processor - ERROR - Job #7 failed\n'
        >>> (folder / "errors.log").read_text() == (folder / "api.log").read_text()
        True
        >>> for handler in root.handlers[:]:
        ...     root.removeHandler(handler)
        ...     handler.close()
    """
    if profile is not None and profile not in PROFILES:
        known = ", ".join(map(repr, PROFILES))
        raise bad_option(f"bad profile {profile!r}, supported: None, {known}")
    settings = _settings(dotenv)
    level = settings["LOG_LEVEL"].upper()
    level = _ALIASES.get(level, level)
    if level not in _LEVELS:
        raise bad_option(f"bad LOG_LEVEL {settings['LOG_LEVEL']!r}, supported: {', '.join(_LEVELS)}")
    is_json = _TRUTHS.get(settings["JSON_LOGS"].lower())
    if is_json is None:
        raise bad_option(f"bad JSON_LOGS {settings['JSON_LOGS']!r}, supported: {', '.join(_TRUTHS)}")
    process_type = process_type or os.environ.get("JOBTRAIL_PROCESS_TYPE") or "backend"

    form: FormatName = "json" if is_json else "service"
    file = settings["WORKER_LOG_FILE" if process_type == "worker" else "LOG_FILE"]
    handlers: list[logging.Handler] = [ConsoleHandler()] if console else []
    handlers.append(_file_handler(file, profile, file_mode, is_for_errors=False))
    if Path(settings["ERROR_LOG_FILE"]).absolute() != Path(file).absolute():  # else each would stand there twice
        handlers.append(_file_handler(settings["ERROR_LOG_FILE"], profile, file_mode, is_for_errors=True))
    for handler in handlers:
        handler.setFormatter(formatter_for(form, app="jobtrail", process_type=process_type))
    root = logging.getLogger()
    give_handlers(root, level, handlers)
    make_fast(root)
    return root


def _file_handler(file: str, profile: ProfileName | None, file_mode: int | None, *, is_for_errors: bool) -> FileHandler:
    if profile is None:
        handler = FileHandler(file, max_bytes=0, backup_count=0, file_mode=file_mode)
    else:
        kept = ERRORS if is_for_errors else PROFILES[profile]
        handler = FileHandler(
            file,
            max_bytes=0,
            backup_count=kept.backup_count,
            when=kept.when,
            max_age_days=kept.max_age_days,
            file_mode=file_mode,
        )
    handler.setLevel(logging.ERROR if is_for_errors else logging.NOTSET)
    return handler


def _settings(dotenv: str | os.PathLike[str] | None) -> dict[str, str]:
    """Returns every setting's value, without its comment."""
    values = _read_dotenv(dotenv)
    environment: Mapping[str, str] = os.environ
    return {
        name: _value(environment.get(name) or "") or values.get(name) or default for name, default in DEFAULTS.items()
    }


def _read_dotenv(dotenv: str | os.PathLike[str] | None) -> dict[str, str]:
    path = Path(".env" if dotenv is None else dotenv)
    if dotenv is None and path.is_dir():  # a virtual environment of that name
        return {}
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        if dotenv is None:
            return {}
        raise _unread(path, "not_found", "is not there") from None
    except (OSError, UnicodeDecodeError) as error:
        raise _unread(path, "unreadable", f"cannot be read: {type(error).__name__}") from None
    pairs = filter(None, map(_ASSIGNMENT.match, text.splitlines()))
    return {pair[1]: _value(pair[2]) for pair in pairs}


def _value(text: str) -> str:
    """Returns a value without quotes, and without the comment that may follow it."""
    text = text.strip()
    if quoted := _QUOTED.match(text):
        return quoted[2]
    return _COMMENT.sub("", text)


def _unread(path: Path, code: str, what: str) -> JobtrailError:
    error = JobtrailError(f"`{path}` {what}")
    error.code, error.column = code, None
    return error

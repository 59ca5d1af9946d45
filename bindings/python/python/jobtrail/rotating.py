"""The standard library's two rotating handlers on jobtrail's writer: the same arguments, also for several processes."""

from __future__ import annotations

import codecs
import contextlib
import logging
import os
import time
from collections.abc import Callable
from datetime import time as time_of_day
from typing import Any

from jobtrail._core import JobtrailError
from jobtrail.errors import bad_option
from jobtrail.handlers import Compression, Durability, FileHandler

_DAY_S = 86_400
_MONDAY_S = 4 * _DAY_S  # the first of January 1970 was a Thursday
_SECONDS = {"S": 1, "M": 60, "H": 3600, "D": _DAY_S, "MIDNIGHT": _DAY_S, **{f"W{day}": 7 * _DAY_S for day in range(7)}}
_WHENS = "'S', 'M', 'H', 'D', 'midnight', 'W0' to 'W6'"
# Ways with what UTF-8 cannot hold (half a surrogate pair) that leave UTF-8. `strict` would lose the line: it is shown.
_ERRORS = ("backslashreplace", "strict", "replace", "ignore", "xmlcharrefreplace", "namereplace")
_END_OF_COUNT = 2**32
_ALL_FILES = _END_OF_COUNT - 2


class _StandardHandler(FileHandler):
    """What both have in common: which of the standard arguments mean something else here, or cannot be had."""

    def __init__(
        self,
        filename: str | os.PathLike[str],
        *,
        mode: str,
        encoding: str | None,
        errors: str | None,
        redact: bool,
        **options: Any,
    ) -> None:
        if mode != "a" and not (mode == "w" and options["max_bytes"] > 0):  # as there: a log that rotates is not cut
            raise _bad("mode", mode, "'a': a file that several processes share is never cut")
        if encoding is not None and not _is_utf8(encoding):
            raise _bad("encoding", encoding, "None, 'utf-8'")
        if errors not in {None, *_ERRORS}:
            raise _bad("errors", errors, f"None, {', '.join(map(repr, _ERRORS))}")
        super().__init__(filename, paths="home" if redact else None, **options)
        self.errors = errors
        if errors not in {None, "strict", "backslashreplace"}:
            # Of this handler alone: where no method is its own, a fast logger does without a record.
            self.format = self._spelled  # type: ignore[method-assign]

    def _spelled(self, record: logging.LogRecord) -> str:
        """Returns the line of the user's formatter, with what UTF-8 cannot hold spelled as `errors` says."""
        return super().format(record).encode("utf-8", self.errors or "strict").decode("utf-8")

    @property
    def namer(self) -> Callable[[str], str] | None:
        """None: an old file's name is the log's with `.1`, `.2`, because all processes must know it."""
        return None

    @namer.setter
    def namer(self, namer: Callable[[str], str] | None) -> None:
        if namer is not None:
            raise _bad("namer", namer, "None: old files are named `.1`, `.2`, with `.gz` or `.zst`")

    @property
    def rotator(self) -> Callable[[str, str], None] | None:
        """None: the writer renames, with the other processes in view, and compresses with `compress`."""
        return None

    @rotator.setter
    def rotator(self, rotator: Callable[[str, str], None] | None) -> None:
        if rotator is not None:
            raise _bad("rotator", rotator, "None, and `compress='gzip'` or `'zstd'` to compress old files")


class RotatingFileHandler(_StandardHandler):
    r"""`logging.handlers.RotatingFileHandler` for any number of processes: no line lost or torn, secrets masked.

    The arguments are the standard ones, in their order, and mean the same; the formatter is the user's. What differs:

    - `mode` is `a`. `w` is taken where the standard handler takes it for `a`: with `maxBytes`.
    - `encoding` is UTF-8, also where it is None.
    - `errors`: None and `strict` write what UTF-8 cannot hold as `\udc80`, where the standard handler loses the line.
    - `namer` and `rotator` cannot be set: all processes must know an old file's name.
    - The file never passes `maxBytes`, but by a single record that is larger.

    `redact` masks secrets and personal paths; `durability`, `compress` and `file_mode` are as in `setup_logger`. What
    cannot be had raises JobtrailError with the code `bad_option`, whose text names what can.

    Examples:
        >>> import logging, tempfile
        >>> from pathlib import Path
        >>> path = Path(tempfile.mkdtemp(), "app.log")
        >>> handler = RotatingFileHandler(path, maxBytes=1_000_000, backupCount=3)
        >>> handler.setFormatter(logging.Formatter("%(levelname)s %(message)s"))
        >>> handler.handle(logging.makeLogRecord({"levelname": "INFO", "msg": "password=hunter2"})) and None
        >>> handler.close()
        >>> path.read_text()
        'INFO password=[redacted:password]\n'
    """

    def __init__(  # noqa: PLR0917 - the standard library's arguments
        self,
        filename: str | os.PathLike[str],
        mode: str = "a",
        maxBytes: int = 0,  # noqa: N803 - the standard library's name
        backupCount: int = 0,  # noqa: N803
        encoding: str | None = None,
        delay: bool = False,
        errors: str | None = None,
        *,
        redact: bool = True,
        durability: Durability = "process",
        compress: Compression | None = None,
        file_mode: int | None = None,
    ) -> None:
        """Opens the log, with `delay` at the first record; a fault of the disk is a warning, not an exception."""
        _check_count("maxBytes", maxBytes)
        _check_count("backupCount", backupCount)
        super().__init__(
            filename,
            mode=mode,
            encoding=encoding,
            errors=errors,
            redact=redact,
            max_bytes=maxBytes,
            backup_count=backupCount,
            delay=delay,
            durability=durability,
            compress=compress,
            file_mode=file_mode,
        )


class TimedRotatingFileHandler(_StandardHandler):
    """`logging.handlers.TimedRotatingFileHandler` for any number of processes.

    The arguments are the standard ones, in their order. What differs, because processes that come and go have to agree:

    - Periods begin by the clock (`H`: at the full hour, `D`: at midnight), not when the process did.
    - An old file is named by a number, `.1` the newest, not by its time. `backupCount` 0 keeps all, as there.
    - Where daylight saving begins or ends, or the zone is changed, periods follow within a quarter of an hour.
    - A file is renamed by the first record of the new period, so an empty one never is.

    `encoding`, `errors`, `namer`, `rotator` and the options behind the star are as in `RotatingFileHandler`.

    Examples:
        >>> import tempfile
        >>> from pathlib import Path
        >>> path = Path(tempfile.mkdtemp(), "app.log")
        >>> handler = TimedRotatingFileHandler(path, when="midnight", backupCount=14, utc=True)
        >>> handler.close()
    """

    def __init__(  # noqa: PLR0917 - the standard library's arguments
        self,
        filename: str | os.PathLike[str],
        when: str = "h",
        interval: int = 1,
        backupCount: int = 0,  # noqa: N803 - the standard library's name
        encoding: str | None = None,
        delay: bool = False,
        utc: bool = False,
        atTime: time_of_day | None = None,  # noqa: N803
        errors: str | None = None,
        *,
        redact: bool = True,
        durability: Durability = "process",
        compress: Compression | None = None,
        file_mode: int | None = None,
    ) -> None:
        """Opens the log, with `delay` at the first record; a fault of the disk is a warning, not an exception.

        `atTime` is the time of day at which `midnight` and `W0` to `W6` rotate; without it `W0` rotates where Monday
        ends, as the standard handler does.
        """
        _check_count("backupCount", backupCount)
        self.when, self.interval, self.utc, self.atTime = when, interval, utc, atTime
        self._ahead_s = 0 if utc else time.localtime().tm_gmtoff
        self._asks_zone_at = _next_quarter(time.time())
        super().__init__(
            filename,
            mode="a",
            encoding=encoding,
            errors=errors,
            redact=redact,
            max_bytes=0,
            backup_count=backupCount or _ALL_FILES,
            when=_period(when, interval, self._ahead_s, atTime),
            delay=delay,
            durability=durability,
            compress=compress,
            file_mode=file_mode,
        )
        self.backupCount = backupCount
        if not utc:
            self.emit = self._emit_in_zone  # type: ignore[method-assign]  # as `format` above

    def _emit_in_zone(self, record: logging.LogRecord) -> None:
        """Writes the record, into the file of the period in which it was made."""
        with contextlib.suppress(Exception):  # of a made record the time may be anything; the line is written
            if record.created >= self._asks_zone_at:
                self._follow_the_zone(record.created)
        super().emit(record)

    def _follow_the_zone(self, now: float) -> None:
        """Opens the log with other periods, if local time is now another number of hours ahead."""
        ahead_s = time.localtime(now).tm_gmtoff
        self._asks_zone_at = _next_quarter(now)
        if ahead_s != self._ahead_s:
            self._ahead_s = ahead_s
            self._options["when"] = _period(self.when, self.interval, ahead_s, self.atTime)
            before, self._writer = self._writer, None
            if before is not None:
                before.close()


def _next_quarter(now: float) -> float:
    """Returns when to ask next: no zone changes between two quarters of an hour."""
    return (now // 900 + 1) * 900


def _period(when: str, interval: int, ahead_s: int, at: time_of_day | None) -> tuple[int, int]:
    """Returns how many seconds a period has, and a second since 1970 at which one begins."""
    name = str(when).upper()
    if name not in _SECONDS:
        raise _bad("when", when, _WHENS)
    if type(interval) is not int or not 0 < interval * _SECONDS[name] < _END_OF_COUNT:
        raise _bad("interval", interval, "a whole number from 1 on, for at most 136 years")
    begin = -ahead_s
    if name.startswith("W"):
        begin += _MONDAY_S + int(name[1]) * _DAY_S + (_DAY_S if at is None else 0)
    if at is not None and name in {"MIDNIGHT", *(f"W{day}" for day in range(7))}:
        begin += at.hour * 3600 + at.minute * 60 + at.second
    return interval * _SECONDS[name], begin


def _is_utf8(encoding: str) -> bool:
    try:
        return codecs.lookup(encoding).name == "utf-8"
    except LookupError:
        return False


def _check_count(option: str, value: int) -> None:
    if type(value) is not int or not 0 <= value < _END_OF_COUNT:
        raise _bad(option, value, f"a whole number from 0 to {_END_OF_COUNT - 1}")


def _bad(option: str, value: object, supported: str) -> JobtrailError:
    return bad_option(f"bad {option} {value!r}, supported: {supported}")

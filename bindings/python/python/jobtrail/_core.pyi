"""The Rust half of jobtrail. Use it through `jobtrail`, whose names are public."""

import logging
from collections.abc import Callable, Mapping, Sequence
from os import PathLike
from typing import Any, final

__all__ = [
    "JobId",
    "JobtrailError",
    "LogWriter",
    "Query",
    "Record",
    "Redactor",
    "check_job_ref",
    "complete_query",
    "generate_job_id",
    "parse_line",
    "parse_text",
    "prepare_logger_class",
    "prune",
    "read_jobs",
    "read_logs",
    "redact",
    "run_cli",
    "settings_changed",
]

class JobtrailError(ValueError):
    """A bad argument. `code` is a stable word, `column` the character at which a text goes wrong, or None."""

    code: str
    column: int | None

@final
class Record:
    """One record of a log. Whatever the line, there is a message; everything else may be None.

    `timestamp` is RFC 3339 in UTC with six digits, as in the JSON form; `text` is the whole record as it is shown and
    searched; `fields` holds every key that has no name of its own.
    """

    @property
    def timestamp(self) -> str | None: ...
    @property
    def level(self) -> str | None: ...
    @property
    def logger(self) -> str | None: ...
    @property
    def component(self) -> str | None: ...
    @property
    def pid(self) -> int | None: ...
    @property
    def thread(self) -> str | None: ...
    @property
    def job_id(self) -> str | None: ...
    @property
    def project_id(self) -> str | None: ...
    @property
    def user_id(self) -> str | None: ...
    @property
    def status(self) -> str | None: ...
    @property
    def message(self) -> str: ...
    @property
    def exception(self) -> str | None: ...
    @property
    def fields(self) -> dict[str, Any]: ...
    @property
    def format(self) -> str: ...
    @property
    def source(self) -> str | None: ...
    @property
    def line(self) -> int | None: ...
    @property
    def offset(self) -> int: ...
    @property
    def text(self) -> str: ...
    def to_json(self) -> str:
        """Returns the record as one JSON object with every name, in the order of the other faces."""

    def to_dict(self) -> dict[str, Any]:
        """Returns what `to_json` says, as a dict."""

    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...

def parse_line(text: str, redact: bool = True) -> Record:
    """Returns the record that a line is, with the lines that continue it. Any text is a record; never fails."""

def parse_text(text: bytes, redact: bool = True) -> list[Record]:
    """Returns the records of a text, tracebacks with the record that they follow. Never fails."""

def redact(text: str, paths: str = "home") -> str:
    """Returns the text with secrets and personal paths masked, each mask saying what it hid.

    `paths` is `home` (a personal path loses what stands before `~`), `strict` (a local path keeps its last part) or
    `off`. Redacting twice changes nothing more.
    """

@final
class Redactor:
    """What `jobtrail.Redactor` hands its work to."""

    def __new__(
        cls,
        *,
        paths: str,
        roots: list[str],
        extra: tuple[bool, bool, bool],
        patterns: list[str],
        off: list[str],
        allow: list[str],
        mask: str | None,
    ) -> Redactor: ...
    def redact(self, text: str) -> str: ...
    def find(self, text: str) -> list[tuple[str, int, int]]: ...

@final
class Query:
    """A query in the language of the command line and the panel.

    Ages and clock times are resolved when it is made, against `now` (RFC 3339; by default the present) in the time zone
    `tz` (`local`, an offset such as `+02:00`, or a name). Raises JobtrailError with `code` and `column` where it cannot
    be read.

    Its `str` is its canonical text: short names spelled out, no needless quotes, times as they were typed. So a query
    that is kept as text stays relative to the day on which it is asked again.
    """

    def __new__(cls, text: str, *, now: str | None = None, tz: str = "UTC") -> Query: ...
    def matches(self, record: Record) -> bool:
        """Returns whether the record matches."""

def complete_query(
    text: str, cursor: int, values: Mapping[str, Sequence[str]]
) -> tuple[int, int, str, list[tuple[str, str, str]]]:
    """Returns start, end (bytes, as the cursor), what is expected, and the items of `jobtrail.complete_query`."""

@final
class JobId:
    """A job ID such as `MSH-0105-A7F2`; lower case is accepted and normalised.

    `types` are job types beside MSH (mesh) and IMP (import): code to name. Raises JobtrailError with the code
    `bad_job_id`, whose text says which part is wrong.
    """

    def __new__(cls, text: str, types: Mapping[str, str] | None = None) -> JobId: ...
    @property
    def job_type(self) -> str: ...
    @property
    def month(self) -> int: ...
    @property
    def day(self) -> int: ...
    @property
    def suffix(self) -> str: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

def generate_job_id(
    job_type: str,
    types: Mapping[str, str] | None,
    today: tuple[int, int, int],
    seed: int,
    taken: Callable[[str], object],
) -> str:
    """Returns a job ID of that day that is not taken."""

def check_job_ref(text: str) -> None:
    """Raises JobtrailError unless the text is safe in a path or key."""

def read_logs(
    paths: Sequence[str | PathLike[str]], queries: Sequence[Query], redact: bool, tz: str
) -> tuple[list[Record], list[tuple[str, str, str]]]:
    """Returns the records that match all queries, and name, code and text of what was not read so."""

def prune(
    roots: Sequence[str | PathLike[str]],
    profile: str | None,
    max_age_s: int | None,
    max_age_errors_s: int | None,
    keep_bytes: int | None,
    keep_files: int | None,
    live: bool,
    dry_run: bool,
) -> tuple[list[tuple[str | PathLike[str], int, str, str, str]], list[tuple[str, str, str]]]:
    """Returns path, size, kind, rule and fate of each file that a rule is against, and what could not be looked at."""

def read_jobs(
    paths: Sequence[str | PathLike[str]], queries: Sequence[Query], redact: bool, tz: str, now: str | None
) -> tuple[str, list[tuple[str, str, str]]]:
    """Returns the jobs that those records tell of, as a JSON array, and what `read_logs` says of what was not read."""

def run_cli(arguments: Sequence[str]) -> int:
    """Runs the command line, the program's name first, on this process's streams; returns its exit code."""

def prepare_logger_class(cls: type[logging.Logger], parts: dict[str, Any]) -> bool:
    """Puts the fast methods on the class of loggers, once; False where this build or this Python has none."""

def settings_changed() -> None:
    """Has every logger looked at again before its next record."""

@final
class LogWriter:
    """A log open for appending, by any number of threads and processes. Nothing here raises for a fault of the disk.

    `when` is `daily`, `weekly`, `monthly`, or how many seconds a period has and a second since 1970 at which one
    begins; `compress` is `gzip` or `zstd`, `durability` is `process`, `mapped` or `disk`; any other raises
    JobtrailError with the code `bad_option`. `paths` is what redaction does with paths, as in `redact`; None: no
    redaction at all. `warn` receives one line for each fault that begins or ends. `mode` are the permission bits of a
    file that has to be made; None: those of the one before it, else what the umask leaves. With `strict` paths, those
    below `roots` become relative.
    """

    def __new__(
        cls,
        path: str | PathLike[str],
        *,
        max_bytes: int,
        backup_count: int,
        when: str | tuple[int, int] | None,
        max_age_s: int | None,
        max_total_bytes: int,
        compress: str | None,
        durability: str,
        paths: str | None,
        warn: Callable[[str], object],
        mode: int | None = None,
        roots: Sequence[str] | None = None,
    ) -> LogWriter: ...
    def append(self, record: str, keep_paths: bool = False, is_urgent: bool = False) -> str:
        """Redacts the record and appends it with one write: `written`, `buffered` or `dropped`.

        An urgent one is in the file when this returns, with `mapped` too.
        """

    def close(self) -> None:
        """Writes what waits and lets go of the file; a record that comes later opens it again."""

    def flush(self) -> bool:
        """Tries at once to write what waits; True when nothing waits any more."""

    def stats(self) -> list[int]:
        """Returns counts: written, buffered, dropped, rotated, errors."""

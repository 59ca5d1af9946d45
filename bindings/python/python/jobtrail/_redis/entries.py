"""Entries of a job's log, made and read: `{"timestamp":1734470400000,"type":"info","message":"x","metadata":{}}`."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timezone
from functools import lru_cache
from typing import Any, Literal, NamedTuple
from uuid import UUID

from jobtrail._redis.js_text import js_text
from jobtrail.errors import bad_job_id, bad_option
from jobtrail.job_ids import normal_job_id
from jobtrail.json_text import text_of

LogType = Literal["info", "warn", "error", "debug"]
Entry = dict[str, Any]
"""An entry as it was read: `timestamp` (Unix milliseconds), `type`, `message`, and `metadata` where there is some."""

JobRef = str | int | UUID
"""A job's ID: typed (`MSH-0105-A7F2`), a UUID, a number, or 1 to 128 of `A-Z a-z 0-9 . _ -`."""

MAX_ENTRY_BYTES = 1024 * 1024
"""A larger entry loses its metadata and the end of its message."""

_TYPES = {
    **{name: name for name in ("info", "warn", "error", "debug")},
    "trace": "debug",
    "warning": "warn",
    "critical": "error",
    "fatal": "error",
}
_FIRST_MS = 100_000_000_000  # 1973; as seconds, the year 5138
_END_MS = 100_000_000_000_000  # the year 5138; what is larger counts microseconds


class Line(NamedTuple):
    """An entry on its way: its text as Redis gets it, and what its line of the console is made of."""

    text: str
    job: str
    message: str

    def console(self) -> str:
        """Returns the line of the console, not redacted."""
        _, _, rest = self.text.partition('"type":"')
        return f"[JobLogManager] [{self.job}] {rest.partition(chr(34))[0].upper()}: {self.message}"


def job_of(job_id: object) -> str:
    """Returns a job's ID in its normal form, safe in a key. Raises JobtrailError (`bad_job_id`) for what is none."""
    if isinstance(job_id, str):
        return _checked(job_id)
    if isinstance(job_id, UUID) or (isinstance(job_id, int) and not isinstance(job_id, bool)):
        return _checked(str(job_id))
    raise bad_job_id(f"bad job ID of type {type(job_id).__name__}: expected a text, a UUID or a whole number")


_checked = lru_cache(1024)(normal_job_id)


def type_of(name: object) -> str:
    """Returns a type as it is written; names of levels are taken in any case. Raises JobtrailError for others."""
    if isinstance(name, str) and (found := _TYPES.get(name) or _TYPES.get(name.lower())):
        return found
    raise bad_option(f"bad type `{text_of(name)[:40]}`, expected info, warn, error or debug")


def time_ms(stamp: object, now_ms: int) -> int:
    """Returns a time as Unix milliseconds: now for None, a number below 10^11 is seconds, a naive datetime is UTC.

    Raises JobtrailError (`bad_option`) for anything else, also for a number from 10^14 on, which counts microseconds.
    """
    if stamp is None:
        return now_ms
    if isinstance(stamp, datetime):
        moment = stamp if stamp.tzinfo else stamp.replace(tzinfo=timezone.utc)
        return math.floor(moment.timestamp() * 1000)
    if isinstance(stamp, (int, float)) and not isinstance(stamp, bool) and 0 <= stamp < _END_MS:
        return math.floor(stamp if stamp >= _FIRST_MS else stamp * 1000)
    raise bad_option(f"bad timestamp `{text_of(stamp)[:40]}`, expected Unix milliseconds or seconds, or a datetime")


class EntryWriter:
    """Makes entries: checked, redacted, in the bytes of `JSON.stringify`."""

    def __init__(self, redact: Callable[[str], str] | None, worker: str | None, now_ms: Callable[[], int]) -> None:
        """Takes what redacts (None: nothing), the worker's name (None: none) and the clock."""
        self._redact = redact
        self._worker = worker
        self._now_ms = now_ms

    def line(self, job: str, entry: Mapping[str, Any]) -> Line:
        """Returns an entry that a program hands over whole. Raises JobtrailError for one that is none."""
        if not isinstance(entry, Mapping):
            raise bad_option(f"bad entry of type {type(entry).__name__}, expected a mapping with type and message")
        message, kind = entry.get("message"), type_of(entry.get("type"))
        if message is None:
            raise bad_option("bad entry without a message, expected type and message")
        stamp = time_ms(entry.get("timestamp"), self._now_ms())
        rest = [f",{js_text(text_of(key))}:{js_text(value)}" for key, value in entry.items() if key not in _KEYS]
        return self._line(job, f'{{"timestamp":{stamp},"type":"{kind}"', message, entry.get("metadata"), "".join(rest))

    def said(self, job: str, kind: str, message: object, metadata: object) -> Line:
        """Returns an entry of now; `kind` is one of the four types."""
        return self._line(job, f'{{"timestamp":{self._now_ms()},"type":"{kind}"', message, metadata)

    def _line(self, job: str, head: str, message: object, metadata: object, rest: str = "") -> Line:
        told = message if isinstance(message, str) else text_of(message)
        if self._worker is not None and (metadata is None or isinstance(metadata, Mapping)):
            metadata = {"worker": self._worker, **(metadata or {})}
        facts = "" if metadata is None else f',"metadata":{js_text(metadata)}'
        text = f'{head},"message":{js_text(told)}{facts}{rest}}}'
        if len(text) > MAX_ENTRY_BYTES // 4 and (size := len(text.encode())) > MAX_ENTRY_BYTES:
            told = told[:_CUT]
            text = f'{head},"message":{js_text(told)},"metadata":{{"cut_bytes":{size}}}}}'
        if self._redact is not None:
            text = self._redact(text)
        return Line(text, job, told)


_KEYS = frozenset({"timestamp", "type", "message", "metadata"})
_CUT = MAX_ENTRY_BYTES // 16  # in characters, each of which may become an escape of six bytes


def read_entries(texts: Iterable[str], redact: Callable[[str], str] | None) -> tuple[list[Entry], int]:
    """Returns the entries in the order of their times, equal times as they stood, and how many texts were no entry.

    An entry without a time stays behind the one that it stood behind.
    """
    entries: list[tuple[float, Entry]] = []
    broken, before = 0, 0.0
    for text in texts:
        entry = read_entry(text if redact is None else redact(text))
        if entry is None:
            broken += 1
            continue
        stamp = entry.get("timestamp")
        if isinstance(stamp, (int, float)) and math.isfinite(stamp):
            before = float(stamp)
        entries.append((before, entry))
    return [entry for _, entry in sorted(entries, key=lambda pair: pair[0])], broken


def read_entry(text: str) -> Entry | None:
    """Returns the entry of a text, None for what is none: no JSON object, or one without a message."""
    try:
        entry = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return entry if isinstance(entry, dict) and isinstance(entry.get("message"), str) else None

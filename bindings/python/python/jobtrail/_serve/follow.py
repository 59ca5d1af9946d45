"""Follows one log for one reader: what was added since its cursor, over rotation, truncation and reconnection.

A file is opened for each look and closed again, so that nothing hinders a rename and no reader keeps a file alive.
Its old name is found again by device and inode; after a reconnection by a checksum of its first bytes.
"""

from __future__ import annotations

import os
import re
import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from jobtrail._serve.blocks import Block, BlockCache, fingerprint, read_block, tail_start
from jobtrail._serve.errors import ServeError
from jobtrail._serve.sources import FileKey, Source, key_of, open_source, rotated_set

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from jobtrail._serve.blocks import Show

BLOCKS_A_LOOK = 8
QUIET_S = 2.0
"""An unfinished line counts as complete after this time without growth."""
MAX_ID_CHARS = 16_000
SETTLE_S = 0.5
"""A renamed file is watched for so long: its writer may not have noticed yet."""


@dataclass(frozen=True)
class Cursor:
    """Where a reader stands: a byte offset, and a checksum of the file's first bytes if it is known."""

    offset: int
    fingerprint: str | None = None


@dataclass(frozen=True)
class Reset:
    """The source starts anew: its file was rotated or truncated."""


Found = list[tuple[Block | Reset, Cursor]]
"""What a look gave, each with the cursor behind it."""

_START = Cursor(0, "00000000")


class Follower:
    """One reader's place in one source. Its methods do file work and are called in a thread, one at a time."""

    def __init__(self, source: Source, cache: BlockCache, show: Show) -> None:
        self.id = source.id
        self._path = source.path
        self._root = source.root
        self._is_live = source.is_live
        self._cache = cache
        self._show = show
        self._key: FileKey | None = None
        self._offset = _START.offset
        self._fingerprint = _START.fingerprint
        self._pending_reset = False
        self._seen: tuple[FileKey, int, int] | None = None
        self._size = 0
        self._quiet_at = -1
        self._grew_at = time.monotonic()
        self._settle_at: float | None = None

    @property
    def cursor(self) -> Cursor:
        """Where the next line comes from."""
        return Cursor(self._offset, self._fingerprint)

    def start_at_tail(self, tail_bytes: int) -> None:
        """Begins with the last `tail_bytes` bytes, cut at a line border; 0 begins at the end."""
        descriptor = self._open(self._path)
        if descriptor is None:
            return
        try:
            size = self._note(descriptor)
            self._offset = tail_start(descriptor, size, tail_bytes) if tail_bytes else size
            self._fingerprint = fingerprint(descriptor, self._offset)
        finally:
            os.close(descriptor)

    def start_at(self, cursor: Cursor) -> None:
        """Begins at a cursor: in the file it belongs to if it is still there, else at the start of the present one."""
        candidates = reversed(rotated_set(self._path)) if self._is_live and cursor.fingerprint else [self._path]
        for path in candidates:
            descriptor = self._open(path)
            if descriptor is None:
                continue
            try:
                size = os.fstat(descriptor).st_size
                known = cursor.fingerprint in (None, fingerprint(descriptor, cursor.offset))
                if cursor.offset <= size and known:
                    self._note(descriptor)
                    self._offset = cursor.offset
                    self._fingerprint = fingerprint(descriptor, self._offset)
                    return
            finally:
                os.close(descriptor)
        self._pending_reset = True

    def wants_look(self, source: Source) -> bool:
        """Returns whether a look could give anything, from what a walk saw of the source. No file work."""
        quiet_rest = self._offset < self._size != self._quiet_at and time.monotonic() - self._grew_at >= QUIET_S
        return self._seen != (source.key, source.size, source.modified_ns) or self._settle_at is not None or quiet_rest

    def look(self, source: Source) -> tuple[Found, bool]:
        """Returns what is new, oldest first, and whether there is more than one look gives."""
        found: Found = []
        if self._pending_reset:
            self._pending_reset = False
            found.append((Reset(), _START))
        descriptor = self._open(self._path)
        if descriptor is None:
            return found, False  # Between a rename and the new file.
        try:
            current = key_of(os.fstat(descriptor))
            if self._key is not None and self._key != current:
                if not self._drain_rotated(found):
                    return found, len(found) >= BLOCKS_A_LOOK
                if self._key != current:
                    return found, True  # A part between the two: it was rotated more than once.
            size = self._note(descriptor)
            if size < self._offset:
                self._offset = 0
                found.append((Reset(), _START))
            is_quiet = time.monotonic() - self._grew_at >= QUIET_S
            more = self._read(descriptor, size, found, is_quiet=is_quiet)
            if not more:
                self._seen = (source.key, source.size, source.modified_ns)
            return found, more
        finally:
            os.close(descriptor)

    def _drain_rotated(self, found: Found) -> bool:
        """Reads what is left in the file that lost its name. Returns whether this source has moved on to the next."""
        parts = rotated_set(self._path) if self._is_live else [self._path]
        keys = [_key_at(path) for path in parts]
        if self._key in keys:
            place = keys.index(self._key)
            descriptor = self._open(parts[place])
            if descriptor is None:
                return False  # Renamed once more at this moment.
            try:
                if key_of(os.fstat(descriptor)) != self._key:
                    return False
                size = self._note(descriptor)
                now = time.monotonic()
                if self._settle_at is None:
                    self._settle_at = now + SETTLE_S
                has_settled = now >= self._settle_at
                if self._read(descriptor, size, found, is_quiet=has_settled) or not has_settled:
                    return False
            finally:
                os.close(descriptor)
            following = next((key for key in keys[place + 1 :] if key is not None), None)
        else:
            following = keys[-1]  # Deleted or compressed: what was not read is gone.
        self._settle_at = None
        self._key = following
        self._size = 0
        self._offset = _START.offset
        self._fingerprint = _START.fingerprint
        found.append((Reset(), _START))
        return following is not None

    def _read(self, descriptor: int, size: int, found: Found, *, is_quiet: bool) -> bool:
        """Adds the next blocks to `found`; returns whether there are more."""
        more = False
        for _ in range(BLOCKS_A_LOOK):
            if self._offset >= size:
                break
            offset = self._offset
            block = self._cache.get(
                (self._key, os.fstat(descriptor).st_mtime_ns, offset, size, is_quiet),
                partial(read_block, descriptor, offset, size, self._show, is_quiet=is_quiet),
            )
            if block is None or block.end <= offset:
                break
            self._offset = block.end
            self._fingerprint = fingerprint(descriptor, block.end)
            found.append((block, self.cursor))
        else:
            more = self._offset < size
        if is_quiet and not more:
            self._quiet_at = size
        return more

    def _note(self, descriptor: int) -> int:
        """Notes which file this is and how large; returns its size."""
        status = os.fstat(descriptor)
        self._key = key_of(status)
        if status.st_size != self._size:
            self._grew_at = time.monotonic()
            self._size = status.st_size
        return status.st_size

    def _open(self, path: Path) -> int | None:
        try:
            return open_source(path, self._root)
        except (OSError, ServeError):
            return None


def _key_at(path: Path) -> FileKey | None:
    try:
        return key_of(path.stat())
    except OSError:
        return None


def write_cursors(cursors: Mapping[str, Cursor]) -> str:
    """Returns the text of an event's ID: `worker.log=456-1a2b3c4d&host.log=99-5e6f7081`, names URL-encoded.

    Of very many it holds the last ones, as many as fit into a header; the others would start with their tails again.
    """
    parts: list[str] = []
    left = MAX_ID_CHARS
    for name, at in reversed(list(cursors.items())):
        part = f"{quote(name, safe='/')}={at.offset}-{at.fingerprint}"
        left -= len(part) + 1
        if left < 0:
            break
        parts.append(part)
    return "&".join(reversed(parts))


def read_cursors(text: str) -> dict[str, Cursor]:
    """Reads an event's ID; what is no cursor is left out, as if the source had not been read yet."""
    cursors: dict[str, Cursor] = {}
    for part in text.split("&"):
        matched = re.fullmatch(r"([^=]+)=([0-9]{1,15})(?:-([0-9a-f]{8}))?", part)
        if matched:
            cursors[unquote(matched[1])] = Cursor(int(matched[2]), matched[3])
    return cursors

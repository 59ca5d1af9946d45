"""Blocks of lines of a file, redacted or as they stand. A block begins and ends where redaction has all it needs.

A secret must not be cut by a block: half a token is no token to the redactor, and a private key is one only together
with its first line. So whatever offset is asked for, a block begins at the start of a line that is outside a key
block, and ends behind a complete line.
"""

from __future__ import annotations

import os
import re
import threading
import zlib
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    Show = Callable[[str], str]

BLOCK_BYTES = 256 * 1024
MAX_LINE_BYTES = 1024 * 1024
"""A longer line is cut in what is shown."""
KEY_BYTES = 16 * 1024
"""A private key's block is not longer; its first line alone, further back, is somebody's prose."""
FINGERPRINT_BYTES = 256
_CUT_MARK = " [line cut]"
_WORD_BYTES = 4096

_KEY_BORDER = re.compile(rb"-----(BEGIN|END) [A-Z0-9 ]{0,40}PRIVATE KEY[A-Z ]{0,10}-----")
# What the redactor takes for the inside of a key: the first other character ends it, such as a log line's bracket.
_KEY_BODY = re.compile(rb"[A-Za-z0-9\s+/=\\:,.-]*")


@dataclass(frozen=True)
class Block:
    """Whole lines: `offset` and `end` count the file's bytes, `text` is what is shown of them."""

    offset: int
    end: int
    text: str


def tail_start(descriptor: int, size: int, tail_bytes: int) -> int:
    """Returns the start of the first line that begins in the last `tail_bytes` bytes; of the last line if none does."""
    start = max(0, size - tail_bytes)
    if start == 0:
        return 0
    at = _read(descriptor, start - 1, size - start + 1).find(b"\n")
    return start + at if at >= 0 and start + at < size else _line_start(descriptor, size)


def read_block(
    descriptor: int, start: int, size: int, show: Show, *, is_quiet: bool, limit_bytes: int = BLOCK_BYTES
) -> Block | None:
    """Reads the block at `start` of a file of `size` bytes; `None` if there is no complete line yet.

    `show` gives what is shown of a text: `redact`, or `str` for the text itself.

    It begins before `start` where that is inside a line or a key. Where the file has been quiet, an unfinished last
    line and an unfinished key count as complete: they are given as they are, and given again once they have grown.
    """
    stop = min(size, start + limit_bytes)
    start = _safe_start(descriptor, min(start, size), size)
    raw = _read(descriptor, start, stop - start)
    cut = raw.rfind(b"\n") + 1
    if cut == 0 and stop < size:
        raw = _read(descriptor, start, min(MAX_LINE_BYTES, size - start))
        cut = raw.find(b"\n") + 1
    if cut == 0 and len(raw) >= MAX_LINE_BYTES:
        return _cut_line(descriptor, start, raw, size, show)
    cut = len(raw) if is_quiet and start + len(raw) == size else _before_open_key(raw, cut)
    if cut == 0:
        return None
    text = show(raw[:cut].decode("utf-8", "replace"))
    return Block(start, start + cut, text if text.endswith("\n") else f"{text}\n")


def fingerprint(descriptor: int, offset: int) -> str:
    """Returns what tells a file from its successor of the same name: a checksum of its first bytes before `offset`."""
    return f"{zlib.crc32(_read(descriptor, 0, min(FINGERPRINT_BYTES, offset))):08x}"


class BlockCache:
    """Remembers the last blocks, so that a line is read and made ready once for all who follow it. Safe for threads."""

    def __init__(self, max_chars: int = 8 * 1024 * 1024) -> None:
        self._max_chars = max_chars
        self._chars = 0
        self._blocks: OrderedDict[tuple[object, ...], Block] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: tuple[object, ...], make: Callable[[], Block | None]) -> Block | None:
        """Returns the block of `key`, made if it is not there. A key has to say which bytes it stands for."""
        with self._lock:
            known = self._blocks.get(key)
            if known is not None:
                self._blocks.move_to_end(key)
                return known
        made = make()
        if made is None:
            return None
        with self._lock:
            if key not in self._blocks:
                self._blocks[key] = made
                self._chars += len(made.text)
            while self._chars > self._max_chars and self._blocks:
                self._chars -= len(self._blocks.popitem(last=False)[1].text)
        return made


def _read(descriptor: int, start: int, length: int) -> bytes:
    os.lseek(descriptor, start, os.SEEK_SET)
    parts: list[bytes] = []
    while length > 0:
        part = os.read(descriptor, length)
        if not part:
            break
        parts.append(part)
        length -= len(part)
    return b"".join(parts)


def _line_start(descriptor: int, at: int) -> int:
    """Returns where the line begins that holds the byte before `at`.

    Of a line that is over 1 MiB up to there, it returns `at` itself: nobody can say what such a place is inside of.
    """
    end = at
    while end > 0:
        if at - end >= MAX_LINE_BYTES:
            return at
        begin = max(0, end - 64 * 1024)
        # The line end directly before `at` is this line's own.
        found = _read(descriptor, begin, min(end, at - 1) - begin).rfind(b"\n")
        if found >= 0:
            return begin + found + 1
        end = begin
    return 0


def _safe_start(descriptor: int, start: int, size: int) -> int:
    """Moves `start` back to the start of its line, and to the first line of the key block it is in.

    The middle of a line that is too long to go back in is left forward, to the next line.
    """
    if start > 0 and _read(descriptor, start - 1, 1) != b"\n":
        found = _line_start(descriptor, start)
        start = found if found < start else (_next_line(descriptor, start, size) or size)
    begin = max(0, start - KEY_BYTES)
    before = _read(descriptor, begin, start - begin)
    at = _open_key_at(before)
    return start if at is None else begin + before.rfind(b"\n", 0, at) + 1


def _next_line(descriptor: int, at: int, size: int) -> int | None:
    """Returns where the first line begins at or behind `at + 1`; `None` if the line at `at` has no end yet."""
    while at < size:
        part = _read(descriptor, at, min(MAX_LINE_BYTES, size - at))
        if not part:
            break
        found = part.find(b"\n")
        if found >= 0:
            return at + found + 1
        at += len(part)
    return None


def _open_key_at(raw: bytes) -> int | None:
    """Returns where a private key begins that does not end in `raw`."""
    borders = list(_KEY_BORDER.finditer(raw))
    last = borders[-1] if borders else None
    if last is None or last[1] == b"END" or not _KEY_BODY.fullmatch(raw, last.end()):
        return None
    return last.start()


def _before_open_key(raw: bytes, cut: int) -> int:
    """Returns `cut`, or the start of the line where a key begins that may still be being written."""
    at = _open_key_at(raw[:cut])
    if at is None or cut - at > KEY_BYTES:
        return cut
    return raw.rfind(b"\n", 0, at) + 1


def _cut_line(descriptor: int, start: int, raw: bytes, size: int, show: Show) -> Block | None:
    """Gives the beginning of a line over 1 MiB once it has an end, so that the next block begins behind that."""
    end = _next_line(descriptor, start + len(raw) - 1, size)
    if end is None:
        return None
    # The last word may be the first half of a secret.
    word = max(raw.rfind(b" ", len(raw) - _WORD_BYTES), raw.rfind(b",", len(raw) - _WORD_BYTES))
    kept = raw[:word] if word > 0 else raw[:-_WORD_BYTES]
    return Block(start, end, show(kept.decode("utf-8", "replace")) + f"{_CUT_MARK}\n")

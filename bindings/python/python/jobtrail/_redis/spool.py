"""What waits for Redis: a bounded file of each process, in order, which outlives it.

A line is what to do: `A <ms> <job> <entry>` appends an entry, `S` one that was sent without a reply, and `D <ms> <job>`
deletes a job's log, each said at that time. The first line of the file says how far it has been done. Each line is one
write, so a killed process loses none; what a dead process left is done by the next one that has the same folder and the
same server.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import stat
import sys
import threading
import weakref
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple


class Waiting(NamedTuple):
    """One thing to do: append the text to a job's log, or delete the log where the text is None."""

    at_ms: int
    job: str
    text: str | None
    is_sent: bool = False
    """Whether Redis may have it already."""

    def line(self) -> bytes:
        """Returns it as a line of the file."""
        if self.text is None:
            return f"D {self.at_ms} {self.job}\n".encode()
        return f"{'S' if self.is_sent else 'A'} {self.at_ms} {self.job} {self.text}\n".encode()


_LINE = re.compile(r"(?:D (\d{1,16}) ([\w.-]{1,128})|([AS]) (\d{1,16}) ([\w.-]{1,128}) (\{.*\}))", re.ASCII)


def _read(line: str) -> Waiting | None:
    """Returns what a line says, None for one that is torn."""
    found = _LINE.fullmatch(line)
    if found is None:
        return None
    deleted_at, deleted, kind, at, job, text = found.groups()
    return Waiting(int(deleted_at), deleted, None) if text is None else Waiting(int(at), job, text, kind == "S")


class Spool:
    """What waits, oldest first. Any thread may use it. It raises OSError where the folder cannot be used."""

    def __init__(self, folder: Path, server: str, max_bytes: int) -> None:
        """Takes the folder, a word that is the same for the same server alone, and how large a file may grow."""
        self._folder = folder
        self._server = server
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._own: _File | None = None
        self._left: list[_File] = []
        self.is_empty = True
        """Whether nothing waits: asked at each entry."""
        _open_spools.add(self)

    def put(self, items: Sequence[Waiting]) -> int:
        """Adds items, and returns how many found room."""
        with self._lock:
            if self._own is None:
                self._own = _File.new(self._folder, self._server)
            room = self._max_bytes - self._own.size
            lines: list[bytes] = []
            for item in items:
                line = item.line()
                if len(line) > room:
                    break
                room -= len(line)
                lines.append(line)
            if lines:
                self._own.append(b"".join(lines))
                self.is_empty = False
            return len(lines)

    def adopt(self) -> bool:
        """Takes over what dead processes left, and returns whether there is something."""
        with self._lock, contextlib.suppress(OSError):
            ours = {file.path for file in (self._own, *self._left) if file is not None}
            for path in sorted(self._folder.glob(f"{self._server}-*{_SUFFIX}")):
                if path not in ours and (file := _File.of_the_dead(path)):
                    self._left.append(file)
            self._look()
        return not self.is_empty

    def peek(self) -> tuple[list[Waiting], int]:
        """Returns the oldest items, some hundred at most, and the mark to hand to `done` when they are done."""
        with self._lock:
            file = self._oldest()
            return file.peek() if file is not None else ([], 0)

    def done(self, mark: int) -> None:
        """Forgets what the last `peek` gave, for good."""
        with self._lock:
            file = self._oldest()
            if file is None:
                return
            file.done_to(mark)
            if file.is_empty() and file is not self._own:
                self._left.remove(file)
                file.remove()
            self._look()

    @property
    def is_another_ones(self) -> bool:
        """Whether a dead process left what waits first: it may have done some of that."""
        return bool(self._left)

    def close(self) -> None:
        """Lets go of the files; those in which nothing waits are removed."""
        with self._lock:
            for file in (self._own, *self._left):
                if file is not None:
                    (file.remove if file.is_empty() else file.let_go)()
            self._own, self._left = None, []
            self._look()

    def after_fork(self) -> None:
        """Starts anew in a forked child: what waits is the parent's."""
        self._lock = threading.Lock()
        for file in (self._own, *self._left):
            if file is not None:
                file.let_go()  # the lock stays the parent's
        self._own, self._left = None, []
        self._look()

    def _look(self) -> None:
        self.is_empty = self._oldest() is None

    def _oldest(self) -> _File | None:
        return next((file for file in (*self._left, self._own) if file is not None and not file.is_empty()), None)


class _File:
    """A file of lines, locked by the process that has it."""

    def __init__(self, path: Path, opened: int) -> None:
        self.path = path
        self._opened = opened
        self.size = max(os.fstat(opened).st_size, _HEAD)
        self._done = self._read_done()

    @classmethod
    def new(cls, folder: Path, server: str) -> _File:
        """Makes a file of a name of its own."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        while True:
            path = folder / f"{server}-{os.getpid()}-{secrets.token_hex(4)}{_SUFFIX}"
            opened = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | _BINARY, 0o600)
            try:
                # Somebody who looks for what dead processes left may have had it between the two steps, and removed it.
                if _lock(opened) and path.exists():
                    _write(opened, _head(_HEAD), 0)
                    return cls(path, opened)
            except OSError:
                os.close(opened)
                raise
            os.close(opened)

    @classmethod
    def of_the_dead(cls, path: Path) -> _File | None:
        """Returns the file if nobody has it and something waits in it; one in which nothing waits is removed."""
        try:
            opened = os.open(path, os.O_RDWR | _BINARY | getattr(os, "O_NOFOLLOW", 0))
        except OSError:
            return None
        told = os.fstat(opened)
        is_ours = not hasattr(os, "geteuid") or told.st_uid == os.geteuid()
        if not is_ours or not stat.S_ISREG(told.st_mode) or not _lock(opened):
            os.close(opened)
            return None
        file = cls(path, opened)
        if not file.is_empty():
            return file
        file.remove()
        return None

    def is_empty(self) -> bool:
        return self._done >= self.size

    def append(self, lines: bytes) -> None:
        """Adds lines, all or none of them."""
        try:
            _write(self._opened, lines, self.size)
        except OSError:
            with contextlib.suppress(OSError):
                os.ftruncate(self._opened, self.size)
            raise
        self.size += len(lines)

    def peek(self) -> tuple[list[Waiting], int]:
        """Returns the items of the next whole lines; one that is torn is left out."""
        read = _pread(self._opened, _PIECE, self._done)
        if b"\n" not in read:  # a very long line, or the torn end of what a process was killed over
            line, end, _ = _pread(self._opened, _LONGEST_LINE, self._done).partition(b"\n")
            read = line + end
        whole = read.rfind(b"\n") + 1
        if whole == 0:
            return [], self.size
        items = (_read(line.decode("utf-8", "replace")) for line in read[: whole - 1].split(b"\n"))
        return [item for item in items if item is not None], self._done + whole

    def done_to(self, mark: int) -> None:
        """Notes that everything before the mark is done."""
        self._done = mark
        if self._done < self.size:
            _write(self._opened, _head(self._done), 0)
            return
        # First the lines, then the note: a process killed in between leaves a note beyond the end, so an empty file.
        os.ftruncate(self._opened, _HEAD)
        _write(self._opened, _head(_HEAD), 0)
        self._done = self.size = _HEAD

    def let_go(self) -> None:
        """Closes the file."""
        with contextlib.suppress(OSError):
            os.close(self._opened)

    def remove(self) -> None:
        """Removes the file and closes it."""
        with contextlib.suppress(OSError):
            self.path.unlink()
        self.let_go()

    def _read_done(self) -> int:
        found = re.fullmatch(rb"jobtrail-spool 1 (\d{20})\n", _pread(self._opened, _HEAD, 0))
        return max(int(found[1]), _HEAD) if found else _HEAD


_SUFFIX = ".spool"
_BINARY = getattr(os, "O_BINARY", 0)
_PIECE = 64 * 1024
_LONGEST_LINE = 8 * 1024 * 1024  # an entry of the largest size, and what masks may add to it


def _head(done: int) -> bytes:
    return b"jobtrail-spool 1 %020d\n" % done


_HEAD = len(_head(0))


def _write(opened: int, data: bytes, at: int) -> None:
    """Writes all of it at that place."""
    view = memoryview(data)
    while view:
        if hasattr(os, "pwrite"):
            count = os.pwrite(opened, view, at)
        else:
            os.lseek(opened, at, os.SEEK_SET)
            count = os.write(opened, view)
        at, view = at + count, view[count:]


def _pread(opened: int, count: int, at: int) -> bytes:
    if hasattr(os, "pread"):
        return os.pread(opened, count, at)
    os.lseek(opened, at, os.SEEK_SET)
    return os.read(opened, count)


if sys.platform == "win32":
    import msvcrt

    def _lock(opened: int) -> bool:
        """Takes the file, and returns whether it was free. The locked byte lies beyond any line."""
        os.lseek(opened, 2**30, os.SEEK_SET)
        try:
            msvcrt.locking(opened, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _lock(opened: int) -> bool:
        """Takes the file, and returns whether it was free."""
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True


_open_spools: weakref.WeakSet[Spool] = weakref.WeakSet()


def _after_fork() -> None:
    for spool in list(_open_spools):
        spool.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)

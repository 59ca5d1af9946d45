"""Which job IDs of a day are taken in a folder of events: told by its files, and by a book that processes share."""

from __future__ import annotations

import os
import re
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BOOK = ".job-ids"
"""The file that keeps the IDs given today, one a line, also those for which nothing has been logged yet."""


class TakenIds:
    """The IDs taken in a folder. Two processes that ask at once never get the same one.

    Where the book cannot be written, this process's own IDs and those in the files still count.
    """

    def __init__(self, folder: Path) -> None:
        """Takes the folder; nothing is read or made before the first ID is asked for."""
        self._folder = folder
        self._lock = threading.Lock()
        self._day = ""
        self._known: set[str] = set()
        self._read_to: dict[Path, int] = {}

    @contextmanager
    def of(self, day: str, file: Path) -> Iterator[set[str]]:
        """Gives the IDs of `day` (`MMDD`) that the book and the day's event file hold; those added are kept.

        Nobody else is given an ID of this folder until the block ends.
        """
        with self._lock:
            if day != self._day:
                self._day, self._known, self._read_to = day, set(), {}
            with _locked(self._folder / BOOK) as book:
                self._known |= self._in_book(book) | self._in_file(file)
                before = set(self._known)
                yield self._known
                self._keep(book, self._known - before)

    def _in_book(self, book: int | None) -> set[str]:
        text = b"" if book is None else os.pread(book, os.fstat(book).st_size, 0)
        ids = {line for line in text.decode("ascii", "replace").split() if f"-{self._day}-" in line}
        if book is not None and text and not ids:
            os.ftruncate(book, 0)  # of another day
        return ids

    def _in_file(self, file: Path) -> set[str]:
        """Returns the IDs in what was written since the last look: programs that know no book write there too."""
        try:
            with file.open("rb") as events:
                events.seek(self._read_to.get(file, 0))
                written = events.read()
        except OSError:
            return set()
        whole = written.rfind(b"\n") + 1
        self._read_to[file] = self._read_to.get(file, 0) + whole
        found = re.findall(rb'"job_id": ?"([A-Z]{2,8}-%b-[0-9A-F]{4})"' % self._day.encode(), written[:whole])
        return {job_id.decode() for job_id in found}

    def _keep(self, book: int | None, given: set[str]) -> None:
        if book is not None and given:
            os.write(book, "".join(f"{job_id}\n" for job_id in sorted(given)).encode())


@contextmanager
def _locked(path: Path) -> Iterator[int | None]:
    """Opens a file that one process has at a time; None where it cannot be had."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        opened: int | None = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
    except OSError:
        opened = None
    if opened is None:
        yield None
        return
    try:
        _lock(opened)
        yield opened
    finally:
        os.close(opened)  # lets go of the lock


if sys.platform == "win32":
    import msvcrt

    def _lock(file: int) -> None:
        msvcrt.locking(file, msvcrt.LK_LOCK, 1)

else:
    import fcntl

    def _lock(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_EX)

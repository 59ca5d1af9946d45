"""What a process leaves that crashes hard: the stacks of its threads in a file beside the log, and how it gets into it.

`faulthandler` writes to a descriptor, while the process dies, and knows neither rotation nor format. So each process
has a file of its own, empty as long as all is well, and locked as long as it lives; the next process on the same log
writes what it finds in the files of dead ones to the log, as a record.
"""

from __future__ import annotations

import atexit
import contextlib
import faulthandler
import glob
import logging
import os
import stat
import weakref
from datetime import datetime, timezone
from pathlib import Path
from typing import IO, final

try:
    from fcntl import LOCK_EX, LOCK_NB, flock
except ImportError:  # Windows, where nobody can remove a file that is open: that is lock enough
    _HAS_LOCKS = False
else:
    _HAS_LOCKS = True

_MOST_BYTES = 256 * 1024
_FATAL = "Fatal Python error: "


@final
class CrashFile:
    """This process's own, with `faulthandler` turned on."""

    def __init__(self, log: str, file: IO[bytes]) -> None:
        """Takes the log's path and the open file."""
        self._log = log
        self._file = file
        self._path = _path_beside(log)
        faulthandler.enable(file=file, all_threads=True)
        _open.add(self)

    @classmethod
    def open_beside(cls, log: str) -> CrashFile | None:
        """Turns `faulthandler` on; None where the program has done so itself, or the folder may not be written."""
        if faulthandler.is_enabled():
            return None
        file = _new_file(log)
        return None if file is None else cls(log, file)

    def close(self) -> None:
        """Turns `faulthandler` off and removes the file, which is empty, because this process lives."""
        if self._file.closed:
            return
        _open.discard(self)
        faulthandler.disable()
        self._file.close()
        with contextlib.suppress(OSError):
            self._path.unlink()

    def after_fork(self) -> None:
        """Gives a forked child a file of its own: the descriptor that it has is the parent's, lock and all."""
        theirs = self._file
        file = _new_file(self._log)
        if file is None:
            faulthandler.disable()
            _open.discard(self)
        else:
            self._file, self._path = file, _path_beside(self._log)
            faulthandler.enable(file=file, all_threads=True)
        theirs.close()


def gather_crashes(log: str, logger: logging.Logger) -> int:
    """Writes to the log what crashed processes have left beside it, and returns how many those were."""
    found = 0
    path = Path(log)
    with contextlib.suppress(OSError):
        for left in sorted(path.parent.glob(f".{glob.escape(path.name)}.crash-*")):
            with contextlib.suppress(OSError, ValueError):
                found += _gather(left, logger)
    return found


def _gather(left: Path, logger: logging.Logger) -> bool:
    """Writes one to the log, if its process is dead and crashed; whoever gets its lock does so, once."""
    pid = int(left.name.rpartition("-")[2])
    with _opened(left, "rb", os.O_RDONLY) as file:
        if _HAS_LOCKS:
            flock(file, LOCK_EX | LOCK_NB)
            if os.fstat(file.fileno()).st_nlink == 0:
                return False  # another process was faster
        trace = file.read(_MOST_BYTES).decode("utf-8", "replace").strip()
        crashed_at = datetime.fromtimestamp(os.fstat(file.fileno()).st_mtime, timezone.utc)
        if not _HAS_LOCKS:
            file.close()
        left.unlink()
    if not trace:
        return False  # killed: it left nothing to tell
    first, _, stacks = trace.partition("\n")
    what = first.removeprefix(_FATAL)
    record = logger.makeRecord(
        logger.name,
        logging.CRITICAL,
        __file__,
        0,
        "Process %d crashed at %s: %s",
        (pid, crashed_at.strftime("%Y-%m-%dT%H:%M:%SZ"), what),
        None,
        extra={"crashed_pid": pid},
    )
    record.exc_text = "\n".join(f"  {line}" if line else line for line in stacks.strip("\n").splitlines())
    logger.handle(record)
    return True


def _new_file(log: str) -> IO[bytes] | None:
    """Makes this process's file and locks it for as long as it is open."""
    own = _path_beside(log)
    with contextlib.suppress(OSError):
        own.parent.mkdir(parents=True, exist_ok=True)
        while True:
            file = _opened(own, "ab", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
            if not _HAS_LOCKS:
                return file
            flock(file, LOCK_EX | LOCK_NB)
            if os.fstat(file.fileno()).st_nlink > 0:
                return file
            file.close()  # taken for a dead process's, and removed, before it was locked
    return None


def _path_beside(log: str) -> Path:
    path = Path(log)
    return path.with_name(f".{path.name}.crash-{os.getpid()}")


def _opened(path: Path, mode: str, flags: int) -> IO[bytes]:
    """Opens a file of this user's own, and nothing that somebody else has put in its place."""
    for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY"):
        flags |= getattr(os, name, 0)
    descriptor = os.open(path, flags, 0o600)
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode) or (hasattr(os, "geteuid") and found.st_uid != os.geteuid()):
        os.close(descriptor)
        raise PermissionError(path)
    return os.fdopen(descriptor, mode, buffering=0)


_open: weakref.WeakSet[CrashFile] = weakref.WeakSet()


def _at_exit() -> None:
    for one in list(_open):
        one.close()


def _after_fork() -> None:
    for one in list(_open):
        one.after_fork()


atexit.register(_at_exit)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)

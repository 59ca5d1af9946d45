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
from collections.abc import Callable
from datetime import datetime, timezone
from functools import partial
from pathlib import Path
from typing import final

try:
    from fcntl import LOCK_EX, LOCK_NB, LOCK_SH, flock
except ImportError:  # Windows, where nobody can remove a file that is open: that is lock enough
    _HAS_LOCKS = False
else:
    _HAS_LOCKS = True

_MOST_BYTES = 256 * 1024
_FATAL = "Fatal Python error: "


@final
class CrashFile:
    """This process's own, with `faulthandler` turned on."""

    def __init__(self, log: str, logger: logging.Logger) -> None:
        """Takes the log's path and the logger that writes to it; OSError where the file cannot be made."""
        self._log = log
        self._logger = logger
        self._file: _OwnFile | None = _OwnFile(log)
        faulthandler.enable(file=self._file.descriptor, all_threads=True)
        _open.add(self)

    @classmethod
    def open_beside(cls, log: str, logger: logging.Logger) -> CrashFile | None:
        """Turns `faulthandler` on; None where the program has done so itself, or the folder may not be written."""
        if faulthandler.is_enabled():
            return None
        with contextlib.suppress(OSError):
            return cls(log, logger)
        return None

    def close(self) -> None:
        """Turns `faulthandler` off and removes the file, which is empty, because this process lives."""
        if self._file is None:
            return
        _open.discard(self)
        faulthandler.disable()
        self._file.remove()
        self._file = None
        gather_crashes(self._log, self._logger)

    def before_fork(self) -> None:
        """Writes to the log what crashed children have left: the next one mostly takes the place of one that died."""
        gather_crashes(self._log, self._logger)

    def after_fork(self) -> None:
        """Gives a forked child a file of its own: the descriptor that it has is the parent's, lock and all."""
        theirs, self._file = self._file, None
        try:
            self._file = _OwnFile(self._log)
        except OSError:
            faulthandler.disable()
            _open.discard(self)
        else:
            faulthandler.enable(file=self._file.descriptor, all_threads=True)
        if theirs is not None:
            theirs.close()


def gather_crashes(log: str, logger: logging.Logger) -> int:
    """Writes to the log what crashed processes have left beside it, and returns how many those were."""
    found = 0
    if logger.disabled:  # it would write nothing: they wait
        return found
    path = Path(log)
    with contextlib.suppress(OSError):
        for left in sorted(path.parent.glob(f".{glob.escape(path.name)}.crash-*")):
            with contextlib.suppress(Exception):  # also a filter or factory of the user's: this one stays for the next
                found += _gather(left, logger)
    return found


def _gather(left: Path, logger: logging.Logger) -> bool:
    """Writes one to the log, if its process is dead and crashed; whoever gets its lock does so, once."""
    pid = int(left.name.rpartition(".crash-")[2].partition("-")[0])
    if not _HAS_LOCKS and not _can_be_moved(left):
        return False
    with os.fdopen(_opened(left, os.O_RDONLY), "rb", buffering=0) as file:
        if _HAS_LOCKS:
            flock(file, LOCK_EX | LOCK_NB)
            if os.fstat(file.fileno()).st_nlink == 0:
                return False  # another process was faster
        trace = (file.read(_MOST_BYTES) or b"").decode("utf-8", "replace").strip()
        if trace:
            # Written before it is removed: if this process dies between the two, it is there twice, not never.
            logger.handle(_record_of(pid, os.fstat(file.fileno()).st_mtime, trace, logger))
        if _HAS_LOCKS:
            left.unlink()
    if not _HAS_LOCKS:
        left.unlink()
    return bool(trace)  # where there is none, its process was killed, or ended without a word


def _record_of(pid: int, crashed_at: float, trace: str, logger: logging.Logger) -> logging.LogRecord:
    """Returns the record of a crash: what it was in the message, the stacks as its traceback."""
    first, _, stacks = trace.partition("\n")
    when = datetime.fromtimestamp(crashed_at, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    record = logger.makeRecord(
        logger.name,
        logging.CRITICAL,
        __file__,
        0,
        "Process %d crashed at %s: %s",
        (pid, when, first.removeprefix(_FATAL)),
        None,
        extra={"crashed_pid": pid},
    )
    record.exc_text = "\n".join(f"  {line}" if line else line for line in stacks.strip("\n").splitlines())
    return record


@final
class _OwnFile:
    """A file of this process, locked for as long as it is open."""

    def __init__(self, log: str) -> None:
        """Makes it beside the log."""
        path = Path(log)
        path.parent.mkdir(parents=True, exist_ok=True)
        while True:
            # A number of its own: on a volume that containers share, each may be process 1.
            self.path = path.with_name(f".{path.name}.crash-{os.getpid()}-{os.urandom(4).hex()}")
            self.descriptor = _opened(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL)
            self._identity = _identity_of(self.descriptor)
            try:
                if _HAS_LOCKS:
                    flock(self.descriptor, LOCK_SH | LOCK_NB)
                if os.fstat(self.descriptor).st_nlink > 0 or not _HAS_LOCKS:
                    return
            except OSError:  # no locks on this disk: nobody could tell whether this process lives
                self.remove()
                raise
            self.close()  # taken for a dead process's, and removed, before it was locked

    def close(self) -> None:
        """Closes it, unless the program has: a daemon closes what it did not open, and its numbers are given anew."""
        with contextlib.suppress(OSError):
            if _identity_of(self.descriptor) == self._identity:
                os.close(self.descriptor)

    def remove(self) -> None:
        self.close()
        with contextlib.suppress(OSError):
            self.path.unlink()


def _identity_of(descriptor: int) -> tuple[int, int]:
    found = os.fstat(descriptor)
    return found.st_dev, found.st_ino


def _can_be_moved(path: Path) -> bool:
    """Whether nobody has a file open, on a system that otherwise leaves it where it is."""
    aside = path.with_name(f"{path.name}.aside")
    try:
        path.rename(aside)
        aside.rename(path)
    except OSError:
        return False
    return True


def _opened(path: Path, flags: int) -> int:
    """Returns the descriptor of a file of this user's own, and nothing that somebody else has put in its place."""
    for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY"):
        flags |= getattr(os, name, 0)
    descriptor = os.open(path, flags, 0o600)
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode) or (hasattr(os, "geteuid") and found.st_uid != os.geteuid()):
        os.close(descriptor)
        raise PermissionError(path)
    return descriptor


_open: weakref.WeakSet[CrashFile] = weakref.WeakSet()


def _for_each(act: Callable[[CrashFile], None]) -> None:
    for one in list(_open):
        with contextlib.suppress(Exception):  # a hook of the system's has nobody to tell
            act(one)


atexit.register(_for_each, CrashFile.close)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=partial(_for_each, CrashFile.before_fork), after_in_child=partial(_for_each, CrashFile.after_fork)
    )

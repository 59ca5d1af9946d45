"""Logs what nobody caught: exceptions of the program, its threads and its event loops, and hard crashes."""

from __future__ import annotations

import contextlib
import logging
import sys
import threading
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any, final

from jobtrail.console import ConsoleHandler
from jobtrail.crashes import CrashFile, gather_crashes
from jobtrail.handlers import FileHandler
from jobtrail.logging import current_logger

if TYPE_CHECKING:
    import asyncio


@final
class capture_exceptions:  # noqa: N801 - it reads as the function that it is used as
    """Logs what nobody caught, from now on, until `close` or the end of a `with` block.

    At CRITICAL `Uncaught exception`, with the stack, where it ends the program; at ERROR what a thread did not catch,
    what an event loop was told of (a task whose exception nobody asked for), and what could not be raised (in
    `__del__`). Then the hook that was there before is called, so the traceback stands on standard error as ever. Ctrl-C
    and `sys.exit` are no faults.

    Loops of another make (uvloop) log such errors by the logger `asyncio`, which `install` routes.

    A hard crash (a segmentation fault, an abort, a stack overflow) leaves the stacks of all threads, by `faulthandler`,
    in a file beside the log (`.worker.log.crash-1234-...`). It is written to the log as one CRITICAL record, `Process
    1234 crashed at ...: Segmentation fault`, which is read like any other, by the next process that captures on the
    same log, or by the parent of a forked process when it forks again or ends. SIGKILL leaves no trace in any process.
    A program that makes itself a daemon, and closes all descriptors for that, captures after it.

    Args:
        logger: The logger to write to. None: the one that was set up last, or that of `get_logger_from_env`.
        crashes: Whether `faulthandler` is turned on; one that a program has turned on itself is left alone.

    Examples:
        >>> import tempfile, threading
        >>> from jobtrail import read_logs, setup_logger
        >>> folder = tempfile.mkdtemp()
        >>> log = setup_logger("worker", folder, console=False)
        >>> with capture_exceptions(log):
        ...     before, threading.excepthook = threading.excepthook, threading.excepthook
        >>> log.name
        'jobtrail.worker'
    """

    def __init__(self, logger: logging.Logger | None = None, *, crashes: bool = True) -> None:
        """Puts the hooks in their places."""
        self._log = current_logger() if logger is None else logger
        _captures.append(self)
        self._places = ((sys, "excepthook"), (threading, "excepthook"), (sys, "unraisablehook"), _place_in_loops())
        self._before: list[Any] = [getattr(owner, name) for owner, name in self._places]
        # Each is one object, so that it is known again when it is taken away.
        self._hooks = (self._excepthook, self._thread_hook, self._unraisable_hook, self._loop_hook())
        for (owner, name), hook in zip(self._places, self._hooks, strict=True):
            setattr(owner, name, hook)
        self._crash_file: CrashFile | None = None
        path = next((one.baseFilename for one in self._log.handlers if isinstance(one, FileHandler)), None)
        if crashes and path is not None:
            gather_crashes(path, self._log)
            self._crash_file = CrashFile.open_beside(path, self._log)

    def close(self) -> None:
        """Takes the hooks away again, but not one that somebody has put over them since: it then only passes on."""
        if self not in _captures:
            return
        _captures.remove(self)
        for (owner, name), hook, before in zip(self._places, self._hooks, self._before, strict=True):
            if getattr(owner, name) == hook:
                setattr(owner, name, before)
        if self._crash_file is not None:
            self._crash_file.close()
            self._crash_file = None

    def __enter__(self) -> capture_exceptions:
        """Returns itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Closes it. An exception that leaves the block is not one that nobody caught: it goes on."""
        self.close()

    def _write(self, level: int, what: str, error: BaseException | None, *args: object) -> None:
        """Logs one, whatever state the program is in; once, where several capture for one logger."""
        of_this_log = [one for one in _captures if one._log is self._log]  # noqa: SLF001 - this module's own
        if of_this_log[-1:] == [self]:
            info = None if error is None else (type(error), error, error.__traceback__)
            with contextlib.suppress(Exception):
                self._log.log(level, what, *args, exc_info=info)

    def _excepthook(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if not issubclass(kind, KeyboardInterrupt):
            self._write(logging.CRITICAL, "Uncaught exception", error)
        self._before[0](kind, error, trace)

    def _thread_hook(self, args: threading.ExceptHookArgs) -> None:
        if not issubclass(args.exc_type, SystemExit):
            name = args.thread.name if args.thread is not None else "?"
            self._write(logging.ERROR, "Uncaught exception in thread %s", args.exc_value, name)
        self._before[1](args)

    def _unraisable_hook(self, args: Any) -> None:
        what = args.err_msg or "Exception ignored in"
        with contextlib.suppress(Exception):
            self._write(logging.ERROR, "%s: %r", args.exc_value, what, args.object)
        self._before[2](args)

    def _loop_hook(self) -> Callable[[asyncio.BaseEventLoop, dict[str, Any]], None]:
        """Returns a method for event loops."""

        def call_exception_handler(loop: asyncio.BaseEventLoop, context: dict[str, Any]) -> None:
            with contextlib.suppress(Exception):
                self._loop_error(loop, context)
            self._before[3](loop, context)

        return call_exception_handler

    def _loop_error(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        # The loop's own way is a line by the logger `asyncio`: where that comes to the same log, one is enough.
        if getattr(loop, "_exception_handler", None) is None and _reaches(logging.getLogger("asyncio"), self._log):
            return
        message = context.get("message") or "Unhandled exception in event loop"
        self._write(logging.ERROR, "%s", context.get("exception"), message)


_captures: list[capture_exceptions] = []
"""Those that are open, the latest last."""


def _place_in_loops() -> tuple[Any, str]:
    """Returns where every event loop of the standard library looks what to do with an error."""
    import asyncio  # noqa: PLC0415 - a program that has no loop need not wait for it when it imports jobtrail

    return asyncio.BaseEventLoop, "call_exception_handler"


def _reaches(source: logging.Logger, target: logging.Logger) -> bool:
    """Whether records of the one logger come to a file or console of the other."""
    handlers = {one for one in target.handlers if isinstance(one, (FileHandler, ConsoleHandler))}
    here: logging.Logger | None = source
    while here is not None:
        if handlers & set(here.handlers):
            return True
        here = here.parent if here.propagate else None
    return False

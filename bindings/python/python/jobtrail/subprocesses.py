"""Runs a program and logs how it ended; where it failed, with the last of what it said."""

from __future__ import annotations

import contextlib
import logging
import os
import shlex
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from typing import IO, Any

from jobtrail._core import redact
from jobtrail.errors import bad_option
from jobtrail.logging import current_logger

# What is kept before the tail: a secret that begins there is still seen whole, and masked, before the tail is cut.
_BEFORE_TAIL_BYTES = 8 * 1024
# A program that has ended may have left its pipes to one that goes on; what is there is read, not what may come.
_AFTER_END_S = 1.0
_MOST_TAIL_BYTES = 1024 * 1024


def run_logged(
    cmd: Sequence[str | bytes | os.PathLike[str]],
    *,
    tail: int = 4000,
    timeout: float | None = None,
    check: bool = False,
    cwd: str | os.PathLike[str] | None = None,
    env: Mapping[str, str] | None = None,
    input: bytes | None = None,  # noqa: A002 - as in `subprocess.run`
    logger: logging.Logger | None = None,
) -> subprocess.CompletedProcess[str]:
    r"""Runs a program, and logs its start and end; where it fails, the last of its output, redacted.

    The end is `ffmpeg ended in 1.234 s` at INFO, or at ERROR `ffmpeg failed with exit code 1 after 1.234 s` (`was
    killed by SIGKILL`, `did not end within 5 s and was killed`, `could not be started: ...`) with the tails of standard
    error and standard output below it. The records have the fields `returncode` and `duration_ms`. The program may say
    any amount: no more than the tails is kept in memory. Bytes that are not UTF-8 become U+FFFD.

    Args:
        cmd: The program and its arguments; no shell.
        tail: How many bytes of each stream are shown, from 0 to 1 MiB; a line that would be cut is left out, unless
            it is the only one.
        timeout: Seconds after which the program is killed.
        check: Raises `subprocess.CalledProcessError` where the exit code is not 0.
        cwd: The working directory.
        env: The environment; None: this process's.
        input: What the program reads from its standard input; None: nothing.
        logger: The logger to write to. None: the one that was set up last, or that of `get_logger_from_env`.

    Returns:
        The exit code, and in `stdout` and `stderr` the redacted tails.

    Raises:
        subprocess.TimeoutExpired: It took longer than `timeout`, was killed, and that was logged.
        subprocess.CalledProcessError: See `check`.
        OSError: It could not be started, which was logged.
        JobtrailError: `tail` is not such a number, or `cmd` no list; `code` is `bad_option`.

    Examples:
        >>> import sys, tempfile
        >>> from jobtrail import setup_logger
        >>> log = setup_logger("worker", tempfile.mkdtemp(), console=False)
        >>> ended = run_logged([sys.executable, "-c", "print('token=abcdefgh12345678'); exit(3)"], logger=log)
        >>> ended.returncode, ended.stdout
        (3, 'token=[redacted:token]\n')
    """
    if type(tail) is not int or not 0 <= tail <= _MOST_TAIL_BYTES:
        raise bad_option(f"bad tail {tail!r}, expected a whole number of bytes from 0 to {_MOST_TAIL_BYTES}")
    if isinstance(cmd, (str, bytes)) or not cmd:
        raise bad_option(f"bad cmd {cmd!r}, expected a list: the program and its arguments")
    log = current_logger() if logger is None else logger
    words = [os.fsdecode(word) for word in cmd]
    program = redact(os.path.basename(words[0]))  # noqa: PTH119 - a name as the system takes it
    log.info("Running %s", redact(shlex.join(words)), stacklevel=2)

    began = time.perf_counter()
    tails = (_Tail(tail), _Tail(tail))
    try:
        code = _run(words, tails, timeout, cwd, env, input or b"")
    except BaseException as error:
        _log_failure(log, f"{program} {_how_it_ended(error, timeout)}", began, None, tails)
        if isinstance(error, subprocess.TimeoutExpired):
            error.output, error.stderr = (kept.text() for kept in tails)  # type: ignore[assignment]  # text is as good
        raise

    stdout, stderr = (kept.text() for kept in tails)
    if code == 0:
        duration_s = time.perf_counter() - began
        fields = {"returncode": 0, "duration_ms": round(duration_s * 1000)}
        log.info("%s ended in %.3f s", program, duration_s, extra=fields, stacklevel=2)
        return subprocess.CompletedProcess(words, code, stdout, stderr)
    _log_failure(log, f"{program} {_said_by(code)}", began, code, tails)
    if check:
        raise subprocess.CalledProcessError(code, words, stdout, stderr)
    return subprocess.CompletedProcess(words, code, stdout, stderr)


def _run(  # noqa: PLR0917 - of one place
    words: list[str],
    tails: tuple[_Tail, _Tail],
    timeout: float | None,
    cwd: str | os.PathLike[str] | None,
    env: Mapping[str, str] | None,
    given: bytes,
) -> int:
    """Runs the program to its end and returns its exit code; whatever interrupts that kills it."""
    pipe = subprocess.PIPE
    process = subprocess.Popen(words, stdin=pipe, stdout=pipe, stderr=pipe, cwd=cwd, env=env)
    threads = [
        threading.Thread(target=_read, args=(process.stdout, tails[0]), daemon=True),
        threading.Thread(target=_read, args=(process.stderr, tails[1]), daemon=True),
        threading.Thread(target=_feed, args=(process.stdin, given), daemon=True),
    ]
    try:
        for thread in threads:
            thread.start()
        return process.wait(timeout)
    except BaseException:
        process.kill()
        process.wait()
        raise
    finally:
        deadline = time.monotonic() + _AFTER_END_S
        for thread in threads:
            if thread.ident is not None:
                thread.join(max(0.0, deadline - time.monotonic()))


class _Tail:
    """The last bytes of a stream, and how many there were in all."""

    def __init__(self, shown_bytes: int) -> None:
        self._shown = shown_bytes
        self._kept = bytearray()
        self._total = 0
        self._lock = threading.Lock()

    def add(self, piece: bytes) -> None:
        with self._lock:
            self._total += len(piece)
            self._kept += piece
            most = self._shown + _BEFORE_TAIL_BYTES
            if len(self._kept) > 2 * most:  # so that moving them costs little
                del self._kept[:-most]

    def text(self) -> str:
        """Returns the tail, redacted: whole lines, or the end of one that is longer."""
        with self._lock:
            kept, total = bytes(self._kept), self._total
        if self._shown == 0:
            return ""
        if len(kept) < total:  # begins in the middle of something, of which a secret's key may have been the beginning
            kept = kept.partition(b"\n")[2] or kept.partition(b" ")[2] or kept
        text = redact(_decoded(kept, is_cut=len(kept) < total)).encode()
        if len(text) > self._shown:
            text = text[-self._shown - 1 :]
            head, line_end, rest = text.partition(b"\n")
            text = rest if line_end and rest else head[1:]
        return _decoded(text, is_cut=True)

    def described(self) -> str:
        """Returns the tail below a line that says how much of the whole it is; nothing where nothing was said."""
        text = self.text().rstrip("\n")
        size = len(text.encode())
        part = f"last {size} of {self._total} bytes" if size + 1 < self._total else f"{self._total} bytes"
        return f"{part}:\n{text}" if text else ""


def _decoded(data: bytes, *, is_cut: bool) -> str:
    """Returns text; the rest of a character that was cut in two at the beginning is left out."""
    if is_cut:
        start = next((place for place in range(min(4, len(data))) if data[place] & 0xC0 != 0x80), 0)  # noqa: PLR2004
        data = data[start:]
    return data.decode("utf-8", "replace").replace("\0", "\N{REPLACEMENT CHARACTER}")


def _read(stream: IO[bytes], kept: _Tail) -> None:
    with stream, contextlib.suppress(OSError, ValueError):
        while piece := os.read(stream.fileno(), 65_536):
            kept.add(piece)


def _feed(stream: IO[bytes], data: bytes) -> None:
    with contextlib.suppress(OSError, ValueError):  # it need not read all of it
        stream.write(data)
    with contextlib.suppress(OSError, ValueError):
        stream.close()


def _log_failure(log: logging.Logger, what: str, began: float, code: int | None, tails: tuple[_Tail, _Tail]) -> None:
    duration_s = time.perf_counter() - began
    said = [(name, kept.described()) for name, kept in zip(("stderr", "stdout"), reversed(tails), strict=True)]
    below = "".join(f"\n{name}, {text}" for name, text in said if text)
    fields: dict[str, Any] = {"duration_ms": round(duration_s * 1000)}
    if code is not None:
        fields["returncode"] = code
    log.error("%s after %.3f s%s", what, duration_s, below, extra=fields, stacklevel=3)


def _said_by(code: int) -> str:
    if code > 0:
        return f"failed with exit code {code}"
    with contextlib.suppress(ValueError):
        return f"was killed by {signal.Signals(-code).name}"
    return f"was killed by signal {-code}"


def _how_it_ended(error: BaseException, timeout: float | None) -> str:
    if isinstance(error, subprocess.TimeoutExpired):
        return f"did not end within {timeout:g} s and was killed"
    if isinstance(error, (OSError, ValueError, TypeError)):
        return f"could not be started: {type(error).__name__}: {error}"
    return f"was killed because of {type(error).__name__}"

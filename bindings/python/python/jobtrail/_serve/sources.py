"""Which logs the roots hold, by ID. An ID is looked up among what a walk found, never joined to a path.

The names that count as logs are those of the command line (crates/files/src/name.rs); compressed files are left out,
as they have no raw tail.
"""

from __future__ import annotations

import os
import re
import stat
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from jobtrail._serve.errors import ServeError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

MAX_ID_CHARS = 1024
MAX_DEPTH = 16
MAX_SOURCES = 10_000
SKIPPED_DIRECTORIES = frozenset({"node_modules", "__pycache__"})

# A walk is repeated after this many times its own duration, so that a large tree costs a small part of one core.
_REST_FACTOR = 20
_MIN_REST_S = 0.2

_LIVE = re.compile(r".+\.(?:log|jsonl|ndjson)", re.DOTALL)
_ROTATED = re.compile(r"(?P<base>.+?\.(?:log|jsonl|ndjson))[.-](?P<turn>[0-9][0-9_T:.-]*)", re.DOTALL)
# A shorter row of digits is a number.
_DATE_DIGITS = 6
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_FOREIGN_PATH = re.compile(r"[A-Za-z]:|.*(?:^|[\\/])\.\.(?:$|[\\/])|\\")
_OUTSIDE = "the source leads out of the directories that are served"

FileKey = tuple[int, int]
"""Device and inode: which file it is, whatever its name."""


@dataclass(frozen=True)
class Source:
    """One log file: its ID, where it stands, and what it was like when it was last looked at."""

    id: str
    path: Path
    root: Path
    key: FileKey
    size: int
    modified_ns: int

    @property
    def is_live(self) -> bool:
        """Whether the name is that of a file being written, not of a rotated part."""
        return kind_of(self.path.name) == "live"


def kind_of(name: str) -> Literal["live", "rotated"] | None:
    """Returns what a file's name says: a log being written, a rotated part of one, or neither."""
    if _LIVE.fullmatch(name):
        return "live"
    return "rotated" if _ROTATED.fullmatch(name) else None


def real_roots(roots: Sequence[str | os.PathLike[str]]) -> dict[str, Path]:
    """Returns the roots' real paths by the prefix of their IDs: none for a single root, else the directory's name.

    Raises `ServeError` (`not_found`, `bad_option`) for a root that is missing or no directory, or if there is none.
    """
    real: list[Path] = []
    for root in roots:
        path = Path(root)
        try:
            resolved = path.resolve(strict=True)
        except OSError:
            raise ServeError("not_found", f"`{path}` does not exist") from None
        if not resolved.is_dir():
            raise ServeError("bad_option", f"`{path}` is not a directory")
        if resolved not in real:
            real.append(resolved)
    if not real:
        raise ServeError("bad_option", "no directory was named")
    if len(real) == 1:
        return {"": real[0]}
    named: dict[str, Path] = {}
    for path in real:
        name = path.name or "root"
        number = 2
        while f"{name}/" in named:
            name = f"{path.name}-{number}"
            number += 1
        named[f"{name}/"] = path
    return named


def check_id(text: str) -> None:
    """Raises `ServeError` if `text` cannot be the ID of a source: it then is not even looked up."""
    if not text or len(text) > MAX_ID_CHARS or _CONTROL.search(text):
        raise ServeError("bad_option", "the source has to be the ID of a log, as `/api/logs` lists them")
    if text.startswith("/") or ".." in text.split("/"):
        raise ServeError("outside_root", _OUTSIDE)


class Sources:
    """The logs under the roots. Safe for threads; a walk is shared by all who ask while it is fresh."""

    def __init__(self, roots: Sequence[str | os.PathLike[str]]) -> None:
        self._roots = real_roots(roots)
        self._lock = threading.Lock()
        self._found: dict[str, Source] = {}
        self._fresh_until = 0.0

    def all(self) -> dict[str, Source]:
        """Returns what a recent walk found, by ID in order of the IDs. Does file work: call it in a thread."""
        with self._lock:
            began = time.monotonic()
            if began >= self._fresh_until:
                self._found = self._walk()
                took = time.monotonic() - began
                self._fresh_until = began + took + max(_MIN_REST_S, took * _REST_FACTOR)
            return self._found

    def get(self, source_id: str) -> Source:
        """Returns one source; a new walk is made before it is said to be missing.

        Raises `ServeError` (`bad_option`, `outside_root`, `not_found`).
        """
        check_id(source_id)
        found = self.all().get(source_id)
        if found is None:
            with self._lock:
                self._found = self._walk()
                found = self._found.get(source_id)
        if found is None:
            # Names here, paths elsewhere: on Windows such a one would lead out.
            if _FOREIGN_PATH.match(source_id):
                raise ServeError("outside_root", _OUTSIDE)
            raise ServeError("not_found", f"no log has the ID `{source_id}`")
        return found

    def now(self, ids: Iterable[str]) -> dict[str, Source]:
        """Returns what a recent walk found, with these sources as they are at this moment; what is gone is left out."""
        found = self.all()
        known = (found[source_id] for source_id in ids if source_id in found)
        again = {old.id: _look_at(old.id, old.path, old.root) for old in known}
        return {source_id: source for source_id, source in (found | again).items() if source is not None}

    def _walk(self) -> dict[str, Source]:
        found = {source.id: source for prefix, root in self._roots.items() for source in _walk_root(prefix, root)}
        return dict(sorted(found.items()))


def _walk_root(prefix: str, root: Path) -> Iterator[Source]:
    waiting = [(root, prefix, 0)]
    count = 0
    while waiting:
        directory, folder, depth = waiting.pop()
        try:
            entries = list(os.scandir(directory))
        except OSError:
            continue  # Unreadable or gone: what it holds is not offered.
        for entry in entries:
            if _CONTROL.search(entry.name):
                continue
            if entry.is_dir(follow_symlinks=False):
                hidden = entry.name.startswith(".") or entry.name in SKIPPED_DIRECTORIES
                if not hidden and depth < MAX_DEPTH:
                    waiting.append((Path(entry.path), f"{folder}{entry.name}/", depth + 1))
            elif kind_of(entry.name) and count < MAX_SOURCES:
                source = _source_of(entry, f"{folder}{entry.name}", root)
                if source is not None:
                    count += 1
                    yield source


def _source_of(entry: os.DirEntry[str], source_id: str, root: Path) -> Source | None:
    path = Path(entry.path)
    try:
        if entry.is_symlink() and not path.resolve(strict=True).is_relative_to(root):
            return None
    except OSError:
        return None  # A broken link.
    return _look_at(source_id, path, root)


def _look_at(source_id: str, path: Path, root: Path) -> Source | None:
    try:
        # Not a directory entry's own status: Windows keeps one there without the inode, and as of the last closing.
        status = path.stat()
    except OSError:
        return None  # Gone since it was listed.
    if not stat.S_ISREG(status.st_mode):
        return None
    return Source(source_id, path, root, key_of(status), status.st_size, status.st_mtime_ns)


def key_of(status: os.stat_result) -> FileKey:
    """Returns which file a status belongs to."""
    return (status.st_dev, status.st_ino)


def open_source(path: Path, root: Path) -> int:
    """Opens a regular file under `root` for reading and returns its descriptor.

    Raises `ServeError` (`outside_root`, `unreadable`, `unsupported`) or `FileNotFoundError`. The name is checked again
    here: it may have become a link since it was listed.
    """
    real = path.resolve(strict=True)
    if not real.is_relative_to(root):
        raise ServeError("outside_root", _OUTSIDE)
    flags = os.O_RDONLY
    for name in ("O_CLOEXEC", "O_NONBLOCK", "O_NOFOLLOW", "O_BINARY"):
        flags |= getattr(os, name, 0)
    try:
        descriptor = os.open(real, flags)
    except PermissionError:
        raise ServeError("unreadable", "the log cannot be read: permission denied") from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise ServeError("unsupported", "the source is not a file")
    return descriptor


def rotated_set(path: Path) -> list[Path]:
    """Returns the uncompressed files of a live log's rotated set, oldest first, itself last. Missing files: fewer."""
    turns: list[tuple[tuple[int, int | str], Path]] = []
    for name in _names_beside(path):
        matched = _ROTATED.fullmatch(name)
        if matched and matched["base"] == path.name:
            turn = matched["turn"]
            # Dated parts come first, oldest first; of numbered ones the highest is the oldest.
            numbered = turn.isdigit() and len(turn) < _DATE_DIGITS
            turns.append(((1, -int(turn)) if numbered else (0, turn), path.with_name(name)))
    turns.sort(key=lambda turn: (turn[0][0], turn[0][1]))
    return [*(part for _, part in turns), path]


def _names_beside(path: Path) -> Iterable[str]:
    try:
        return [beside.name for beside in path.parent.iterdir()]
    except OSError:
        return ()

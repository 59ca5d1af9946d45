"""Deletes old logs by age, size and number: rotated files, events of months that are over, logs of jobs that are."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Literal, NamedTuple

from jobtrail import _core
from jobtrail.errors import bad_option


class Pruned(NamedTuple):
    """A file that a rule is against: which option says so, and its fate: `deleted`, `would go`, or why it stays."""

    path: Path
    size_bytes: int
    kind: Literal["rotated", "events", "job", "live"]
    rule: Literal["older_than", "keep_files", "keep_bytes"]
    fate: str


def prune(
    roots: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    *,
    older_than: timedelta | None = None,
    errors_older_than: timedelta | None = None,
    keep_bytes: int | None = None,
    keep_files: int | None = None,
    profile: Literal["development", "staging", "production"] | None = None,
    live: bool = False,
    dry_run: bool = False,
) -> list[Pruned]:
    r"""Deletes old logs below some directories, and returns every file that a rule is against, the oldest first.

    What may go: rotated files of a log (`worker.log.2.gz`), event files of months that are over
    (`jobs_2026-01.jsonl`), and logs of single jobs that are over and silent for an hour. Never: other files, hidden
    ones, what is not text, what a writer has open, and anything behind a symbolic link.

    Args:
        roots: A directory, or several.
        older_than: Files that were last written to longer ago go.
        errors_older_than: The same for logs of errors alone (`errors.log`); None: as the others.
        keep_bytes: The oldest go until all old files together have no more than this.
        keep_files: So many old files of each log stay, the newest.
        profile: 7, 14 or 90 days, and 90 for logs of errors, where `older_than` does not say otherwise.
        live: Live logs that nobody has written to for that long go too.
        dry_run: Deletes nothing, and says what would go.

    Raises:
        JobtrailError: No rule is given, or one that is no size or age; `code` is `bad_option`. What cannot be looked
            at is a UserWarning.

    Examples:
        >>> import tempfile
        >>> folder = Path(tempfile.mkdtemp())
        >>> for name in ("worker.log", "worker.log.1", "worker.log.2"):
        ...     _ = (folder / name).write_text("[INFO] x\n")
        >>> [(file.path.name, file.fate) for file in prune(folder, keep_files=1)]
        [('worker.log.2', 'deleted')]
    """
    if (
        profile is None
        and older_than is None
        and errors_older_than is None
        and keep_bytes is None
        and keep_files is None
    ):
        raise bad_option(
            "bad retention: nothing says what is old, expected older_than, keep_bytes, keep_files or profile"
        )
    for name, number in (("keep_bytes", keep_bytes), ("keep_files", keep_files)):
        if number is not None and number < 0:
            raise bad_option(f"bad {name} {number}, expected 0 or more")
    named = [Path(root) for root in ([roots] if isinstance(roots, (str, os.PathLike)) else roots)]
    files, problems = _core.prune(
        named,
        profile,
        _seconds("older_than", older_than),
        _seconds("errors_older_than", errors_older_than),
        keep_bytes,
        keep_files,
        live,
        dry_run,
    )
    for name, _, text in problems:
        warnings.warn(f"{name}: {text}", stacklevel=2)
    return [Pruned(Path(path), size, kind, rule, fate) for path, size, kind, rule, fate in files]  # type: ignore[arg-type]


def _seconds(name: str, age: timedelta | None) -> int | None:
    if age is None:
        return None
    if age < timedelta(0):
        raise bad_option(f"bad {name} {age}, expected a time span")
    return int(age.total_seconds())

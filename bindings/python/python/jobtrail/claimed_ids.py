"""Which job IDs are taken in a folder of events: those in its files, and those given that are not used yet."""

from __future__ import annotations

import contextlib
import os
import re
import threading
from datetime import datetime, timedelta
from pathlib import Path

CLAIMS = ".job-ids"
"""The folder with an empty file for each ID given today: to make one is to claim the ID, which only one process can."""


class ClaimedIds:
    """The IDs of a folder, each given once, whatever processes and programs ask; Node's `JobEvents` does the same.

    Where the claims cannot be written, this process's own IDs and those in the files still count.
    """

    def __init__(self, folder: Path) -> None:
        """Takes the folder; nothing is read or made before the first ID is asked for."""
        self._claims = folder / CLAIMS
        self._lock = threading.Lock()
        self._day = ""
        self._known: set[str] = set()
        self._read_to: dict[Path, int] = {}

    def claim(self, job_id: str, now: datetime, file: Path) -> bool:
        """Returns whether the ID was free until now; it is the caller's then. `file` holds the day's events."""
        with self._lock:
            self._begin(now)
            self._known |= self._written_in(file)
            if job_id in self._known:
                return False
            self._known.add(job_id)
            return self._make(job_id)

    def _begin(self, now: datetime) -> None:
        """Forgets an earlier day, and takes its claims away: its IDs stand in the files, or never will."""
        if self._day == f"{now:%m%d}":
            return
        self._day, self._known, self._read_to = f"{now:%m%d}", set(), {}
        recent = {self._day, f"{now - timedelta(days=1):%m%d}", f"{now + timedelta(days=1):%m%d}"}
        with contextlib.suppress(OSError):
            for claim in self._claims.iterdir():
                if claim.name.split("-")[1:2] not in ([day] for day in recent):
                    claim.unlink(missing_ok=True)

    def _make(self, job_id: str) -> bool:
        try:
            self._claims.mkdir(parents=True, exist_ok=True)
            os.close(os.open(self._claims / job_id, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644))
        except FileExistsError:
            return not self._claims.is_dir()  # a file stands where the folder should: there are no claims here
        except OSError:
            return True
        return True

    def _written_in(self, file: Path) -> set[str]:
        """Returns the IDs in what was written since the last look: programs that claim nothing write there too."""
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

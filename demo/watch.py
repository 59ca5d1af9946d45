"""Reads the endpoint that the page reads, and notes which processes' lines have come."""

from __future__ import annotations

import http.client
import json
import re
import threading
from collections import defaultdict
from urllib.parse import urlsplit

_HEADER = re.compile(r"^\S+ \S+ \[(\d+)\] \[[A-Z]+\] (.*)$", re.MULTILINE)


class Watch:
    """Everything that `/api/logs/live` has given since the demo began."""

    def __init__(self, page_url: str) -> None:
        address = urlsplit(page_url)
        self._connection = http.client.HTTPConnection(address.hostname or "127.0.0.1", address.port, timeout=30)
        self._messages: dict[int, list[str]] = defaultdict(list)
        self._text: list[str] = []
        self._changed = threading.Condition()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        self._connection.request("GET", "/api/logs/live?tailBytes=250000")
        response = self._connection.getresponse()
        try:
            for line in response:
                if line.startswith(b"data: "):
                    self._take(json.loads(line[len(b"data: ") :]).get("text", ""))
        except (OSError, http.client.HTTPException, ValueError):
            return  # The server has stopped.

    def _take(self, text: str) -> None:
        with self._changed:
            self._text.append(text)
            for pid, message in _HEADER.findall(text):
                self._messages[int(pid)].append(message)
            self._changed.notify_all()

    def messages(self, pid: int) -> list[str]:
        """Returns the messages of one process so far."""
        with self._changed:
            return list(self._messages.get(pid, ()))

    def holds(self, text: str) -> bool:
        """Returns whether `text` has come in any line."""
        with self._changed:
            return any(text in part for part in self._text)

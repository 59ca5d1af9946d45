"""The one error that a request can end with, and its codes: a closed list shared by all faces."""

from __future__ import annotations

from typing import Literal

Code = Literal["bad_option", "not_found", "unreadable", "outside_root", "unsupported", "io"]

_STATUS: dict[Code, int] = {
    "bad_option": 400,
    "outside_root": 400,
    "unreadable": 403,
    "not_found": 404,
    "unsupported": 405,
    "io": 500,
}


class ServeError(Exception):
    """Says what is wrong with a request, for the one who made it; never quotes log text or a path outside the roots."""

    def __init__(self, code: Code, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text

    @property
    def status(self) -> int:
        """The HTTP status that goes with the code."""
        return _STATUS[self.code]

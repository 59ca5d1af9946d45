"""Objects of which a changed setting is noticed: a logger looks at them again before its next record.

A logger does the same by itself: a plain one becomes a `JobLogger` in place, which one more base class does not allow.
"""

from __future__ import annotations

from typing import Any

from jobtrail._core import settings_changed


class Watched:
    """Says of each attribute that is set or taken away that settings have changed."""

    __slots__ = ()

    def __setattr__(self, name: str, value: Any) -> None:
        """Sets an attribute, and has the loggers looked at again before their next record."""
        super().__setattr__(name, value)
        settings_changed()

    def __delattr__(self, name: str) -> None:
        """Takes an attribute away likewise."""
        super().__delattr__(name)
        settings_changed()

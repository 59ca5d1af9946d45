"""What can stand at a place of a query that is being typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from jobtrail import _core


class Completion(NamedTuple):
    """One thing that can stand there: `kind` is `field`, `operator` or `value`; `detail` may be empty."""

    text: str
    kind: str
    detail: str


class Completions(NamedTuple):
    """What can stand there, the likeliest first. An item's text replaces the query's from `start` up to `end`."""

    start: int
    end: int
    expected: str
    items: list[Completion]


def complete_query(
    text: str, cursor: int | None = None, *, values: Mapping[str, Sequence[str]] | None = None
) -> Completions:
    """Returns what can stand at the character `cursor` (the end by default) of a query, however unfinished that is.

    Args:
        text: The query.
        cursor: A place between its characters, from 0.
        values: What is known of fields, by their full names: `{"job_id": ["MSH-0105-A7F2"]}`.

    Examples:
        >>> complete_query("level>=w lost", 8).items[0].text
        'warning'
        >>> [item.text for item in complete_query("job:a7", values={"job_id": ["MSH-0105-A7F2"]}).items]
        ['MSH-0105-A7F2']
    """
    encoded = text.encode()
    before = len(text[:cursor].encode())
    given = {field: list(known) for field, known in (values or {}).items()}
    start, end, expected, items = _core.complete_query(text, before, given)
    characters = [len(encoded[:at].decode()) for at in (start, end)]
    return Completions(characters[0], characters[1], expected, [Completion(*item) for item in items])

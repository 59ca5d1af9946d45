"""Values as JSON text, whatever a program hands over: what JSON cannot hold stands there as its text."""

from __future__ import annotations

import json
from typing import Any


def text_of(value: object) -> str:
    """Returns `str(value)`, or what can be said where that raises."""
    try:
        return str(value)
    except Exception as error:  # noqa: BLE001 - user code
        return f"<{type(value).__name__} without text: {type(error).__name__}>"


ASCII = json.JSONEncoder(allow_nan=False, default=text_of)
"""Python's own form: a space behind each separator, everything beyond ASCII escaped."""

SPACED = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(", ", ": "), default=text_of)
"""Python's separators, text as it is."""

COMPACT = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=text_of)
"""The separators of `JSON.stringify`, text as it is."""


def encoded(encoder: json.JSONEncoder, value: object, levels: int = 3) -> str:
    """Returns the value as JSON; what JSON cannot hold, so many levels down, stands there as its text.

    That is a set, bytes, NaN, a ring, a key that is no text, an object of a class. Never raises.
    """
    try:
        return encoder.encode(value)
    except Exception:  # noqa: BLE001 - user code: keys that are not text, NaN, a ring, any `__str__`
        if not isinstance(value, dict) or levels == 0:
            return encoder.encode(text_of(value))
        pairs = [
            f"{encoder.encode(text_of(key))}{encoder.key_separator}{encoded(encoder, item, levels - 1)}"
            for key, item in value.items()
        ]
        return "{" + encoder.item_separator.join(pairs) + "}"


def whole(value: Any, levels: int = 3) -> Any:
    """Returns the value with whole floats as JavaScript writes them: 2.0 is 2."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    if levels and type(value) is dict:
        return {key: whole(item, levels - 1) for key, item in value.items()}
    if levels and type(value) in {list, tuple}:
        return [whole(item, levels - 1) for item in value]
    return value

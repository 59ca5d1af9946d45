"""Values as `JSON.stringify` writes them, to the byte; what JSON cannot hold stands there as its text."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from json.encoder import encode_basestring
from typing import Any

from jobtrail.json_text import text_of

_DEEPEST = 100
_SURROGATE = re.compile("[\ud800-\udfff]")


def js_text(value: object) -> str:
    r"""Returns the value as compact JSON, text as it is, numbers as JavaScript writes them. Never raises.

    What JSON cannot hold is a string of its text: a set, bytes, NaN, a ring, an object of a class, what lies over a
    hundred levels deep. Keys are text; `True`, `None` and numbers as keys are as in JSON. Whole numbers keep all their
    digits, also those that JavaScript would round.

        >>> js_text({"progress": 45.0, "rate": 1e-05, "name": "Größe", "bad": {1}, None: (1, True)})
        '{"progress":45,"rate":0.00001,"name":"Größe","bad":"{1}","null":[1,true]}'
    """
    try:
        text = _written(value, ())
    except Exception:  # noqa: BLE001 - user code: a mapping that raises
        text = encode_basestring(text_of(value))
    return text if text.isascii() else _SURROGATE.sub(_escaped, text)


def _written(value: Any, above: tuple[int, ...]) -> str:
    if isinstance(value, str):
        return encode_basestring(value)
    if value is None or isinstance(value, (bool, int, float)):
        return _scalar(value)
    if not isinstance(value, (dict, list, tuple, Mapping)) or id(value) in above or len(above) >= _DEEPEST:
        return encode_basestring(text_of(value))
    inside = (*above, id(value))
    if isinstance(value, (list, tuple)):
        return f"[{','.join([_written(item, inside) for item in value])}]"
    return f"{{{','.join([f'{_key(key)}:{_written(item, inside)}' for key, item in value.items()])}}}"


def _scalar(value: float | None) -> str:
    if value is None or isinstance(value, bool):
        return _WORDS[value]
    if isinstance(value, int):
        return _whole(value)
    return _number(value) if math.isfinite(value) else f'"{float.__repr__(value)}"'


_WORDS = {None: "null", True: "true", False: "false"}


def _key(key: object) -> str:
    if isinstance(key, str):
        return encode_basestring(key)
    if key is None or isinstance(key, (bool, int, float)):
        return f'"{_scalar(key).strip(chr(34))}"'
    return encode_basestring(text_of(key))


def _whole(value: int) -> str:
    try:
        return int.__repr__(value)
    except ValueError:  # more digits than Python is willing to write
        return encode_basestring(text_of(value))


def _number(value: float) -> str:
    """Returns a finite number by ECMAScript's Number::toString: the shortest digits, other borders of the exponent."""
    text = float.__repr__(value)
    if "e" not in text:
        return "0" if value == 0 else text.removesuffix(".0")
    mantissa, _, power = text.partition("e")
    sign = "-" if mantissa[0] == "-" else ""
    digits = mantissa.lstrip("-").replace(".", "")
    point = int(power) + 1  # where it stands, counted from the first digit
    if len(digits) <= point <= _LAST_PLAIN:
        return sign + digits + "0" * (point - len(digits))
    if 0 < point <= _LAST_PLAIN:
        return f"{sign}{digits[:point]}.{digits[point:]}"
    if _FIRST_PLAIN < point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    rest = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{sign}{digits[0]}{rest}e{point - 1:+d}"


_FIRST_PLAIN, _LAST_PLAIN = -6, 21


def _escaped(found: re.Match[str]) -> str:
    """Returns half a surrogate pair as an escape: no UTF-8 can hold it."""
    return f"\\u{ord(found[0]):04x}"

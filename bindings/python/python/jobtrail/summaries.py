"""Values made short enough for a log: what a job was asked to do, never the whole of it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from jobtrail import json_text


class _Measure(NamedTuple):
    """How much of a value is shown."""

    levels: int
    items: int
    characters: int


# From generous to nothing but a count; the first one that fits is taken.
_MEASURES = (_Measure(5, 30, 400), _Measure(4, 15, 200), _Measure(3, 8, 80), _Measure(2, 5, 40), _Measure(1, 3, 20))
_NOTHING = _Measure(0, 0, 20)


def summarize(value: Any, max_bytes: int = 2000) -> Any:
    """Returns a value like this one whose JSON takes no more than `max_bytes` (UTF-8), at least 64.

    Long texts keep their beginning, long lists and objects their first items, each with how much there was; what is
    nested too deep is a count. A workflow graph, of nodes with a `class_type` or in the form of its editor, is never
    shown: only how many nodes of which type it has. Bytes are a count, NaN is None, any other value its text. Never
    raises; the value is not changed.

    Examples:
        >>> summarize({"prompt": "a" * 500, "steps": 20}, 100)
        {'prompt': 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa… (500 characters)', 'steps': 20}
        >>> summarize({"graph": {"1": {"class_type": "KSampler", "inputs": {}}}})
        {'graph': {'workflow': '1 node', 'types': {'KSampler': 1}}}
    """
    for measure in _MEASURES:
        short = _short(value, measure)
        if len(json_text.encoded(json_text.COMPACT, short).encode("utf-8", "replace")) <= max_bytes:
            return short
    return _short(value, _NOTHING)


def _short(value: Any, measure: _Measure) -> Any:
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, (bytes, bytearray, memoryview)):
        return f"({_many(len(value), 'byte')})"
    if isinstance(value, Mapping):
        return _short_object(value, measure)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return _short_list(value, measure)
    return _short_text(json_text.text_of(value), measure.characters)


def _short_text(text: str, characters: int) -> str:
    return text if len(text) <= characters else f"{text[:characters]}… ({_many(len(text), 'character')})"


def _short_list(items: Sequence[Any], measure: _Measure) -> Any:
    if measure.levels == 0:
        return f"({_many(len(items), 'item')})"
    inner = measure._replace(levels=measure.levels - 1)
    shown = [_short(item, inner) for item in items[: measure.items]]
    return [*shown, f"… ({len(items) - len(shown)} more)"] if len(items) > len(shown) else shown


def _short_object(pairs: Mapping[Any, Any], measure: _Measure) -> Any:
    if (types := _node_types(pairs)) is not None:
        return _short_workflow(types, measure)
    if measure.levels == 0:
        return f"({_many(len(pairs), 'key')})"
    inner = measure._replace(levels=measure.levels - 1)
    first = list(pairs.items())[: measure.items]
    shown = {_short_text(json_text.text_of(key), 60): _short(value, inner) for key, value in first}
    return {**shown, "…": f"{len(pairs) - len(first)} more"} if len(pairs) > len(first) else shown


def _short_workflow(types: list[str], measure: _Measure) -> Any:
    nodes = _many(len(types), "node")
    if measure.levels == 0:
        return f"(workflow of {nodes})"
    counted = sorted(Counter(types).items(), key=lambda pair: (-pair[1], pair[0]))
    shown = {_short_text(name, 60): count for name, count in counted[: measure.items]}
    rest = {"…": f"{len(counted) - len(shown)} more"} if len(counted) > len(shown) else {}
    return {"workflow": nodes, "types": {**shown, **rest}}


def _node_types(pairs: Mapping[Any, Any]) -> list[str] | None:
    """Returns the types of a workflow's nodes; None for what is no workflow."""
    nodes = pairs.get("nodes")
    if isinstance(nodes, list) and "links" in pairs:
        return [json_text.text_of(node.get("type")) if isinstance(node, Mapping) else "?" for node in nodes]
    is_graph = bool(pairs) and all(isinstance(node, Mapping) and "class_type" in node for node in pairs.values())
    return [json_text.text_of(node["class_type"]) for node in pairs.values()] if is_graph else None


def _many(count: int, thing: str) -> str:
    return f"{count} {thing}" if count == 1 else f"{count} {thing}s"

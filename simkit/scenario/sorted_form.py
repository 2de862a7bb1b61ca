"""Plain data in one order, so that the order of a file leaves no trace in what is compared or hashed."""

from __future__ import annotations

import json
from typing import Any


def sorted_form(value: Any, in_order: frozenset[str] = frozenset()) -> Any:
    """`value` with its keys in order, and its lists too, but those under a key of `in_order`, whose order says
    something.

    >>> sorted_form({"b": [2, 1], "a": [2, 1]}, frozenset({"a"}))
    {'a': [2, 1], 'b': [1, 2]}
    """
    if isinstance(value, dict):
        return {
            key: [sorted_form(each, in_order) for each in inner]
            if key in in_order and isinstance(inner, list)
            else sorted_form(inner, in_order)
            for key, inner in sorted(value.items())
        }
    if isinstance(value, list):
        return sorted((sorted_form(each, in_order) for each in value), key=as_text)
    return value


def as_text(value: Any) -> str:
    """`value` in one line: what lists are ordered by."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False)

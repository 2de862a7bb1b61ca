"""What is left of a file without its mistakes, so that one run shows the dangling names too."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Any

from pydantic import ValidationError

from simkit.errors import Problem
from simkit.scenario.schema import ScenarioPart

Where = tuple[str | int, ...]

_DEFINE_NOTHING = frozenset(
    {
        "description",
        "horizon",
        "policy",
        "include",
        "compare",
        "trust",
        "response",
        "observed",
        "incident",
        "sources",
        "assumptions",
        "expect",
        "unknowns",
        "unit",
        "prices",
    }
)


def pruned(raw: dict[str, Any], mistakes: Iterable[Where]) -> tuple[ScenarioPart, list[Where]] | None:
    """`raw` without what is at `mistakes`, and what was cut; None where that could make a good name dangle."""
    cuts = [_cut(where) for where in mistakes]
    if any(_defines_names(where, raw) for where in cuts):
        return None
    left = copy.deepcopy(raw)
    for where in cuts:
        _remove(left, where)
    try:
        return ScenarioPart.model_validate(left), cuts
    except ValidationError:
        return None


def untouched(problem: Problem, cuts: Iterable[Where]) -> bool:
    """True if `problem` does not come from cutting: nothing was cut from the thing that it is about."""
    return all(problem.where[: len(where) - 1] != where[:-1] or len(where) < 2 for where in cuts)


def _cut(where: Where) -> Where:
    """Up to the first index: a list goes as a whole, so that the places of its items stay true."""
    index = next((place for place, part in enumerate(where) if isinstance(part, int)), len(where))
    return where[:index]


def _defines_names(where: Where, raw: dict[str, Any]) -> bool:
    if not where or where[0] in _DEFINE_NOTHING:
        return not where
    if len(where) == 1 and where[0] not in ScenarioPart.model_fields:
        return isinstance(raw.get(str(where[0])), dict)
    return len(where) < 3 or (where[0] == "tools" and where[2] == "operations" and len(where) < 5)


def _remove(raw: Any, where: Where) -> None:
    for part in where[:-1]:
        raw = raw.get(part) if isinstance(raw, dict) else None
    if isinstance(raw, dict):
        raw.pop(where[-1], None)

"""Ranges as the scenario file writes them, read and written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simkit.errors import nearest
from simkit.scenario.units import MisfitError, duration, duration_text, shown
from simkit.unknowns import SHAPES, Kind, Range, Shape, middle, shape_of

KEYS = ("between", "best", "shape", "evidence", "why")
_MOST: Mapping[Kind, float] = {"chance": 1.0, "worth": 1e12, "frequency": 1e6, "money": 1e12, "number": 1e3}
"""The largest number of each kind."""


def is_range(raw: object) -> bool:
    """True for a mapping that says a range."""
    return isinstance(raw, dict) and "between" in raw


def range_of(raw: object, kind: Kind) -> Range:
    """The range that the mapping `raw` says, of numbers of a `kind`. Raises MisfitError.

    >>> range_of({"between": ["7d", "136d"], "best": "27d", "evidence": "gitguardian"}, "time").high / 86400
    136.0
    """
    given = _fields(raw)
    low, high = _bounds(given["between"], kind)
    shape = _shape(given, low, high)
    best = middle(low, high, shape)
    if "best" in given:
        best = _number(given["best"], kind, "best")
        if not low <= best <= high:
            raise MisfitError(f"best {shown(given['best'])} is not between the bounds: widen them, or move it", "best")
    return Range(low, high, best, shape, _text(given, "evidence"), _text(given, "why") if "why" in given else "")


def _fields(raw: object) -> dict[str, Any]:
    if not isinstance(raw, dict):
        raise MisfitError(f"{shown(raw)} is no range: write {{between: [LOW, HIGH], evidence: assumption}}")
    for key in raw:
        if key not in KEYS:
            raise MisfitError(f"a range has no key {shown(key)}: {nearest(key, KEYS)}", key, key=True)
    for key, mend in (("between", "add the two bounds"), ("evidence", "name a source, or write `assumption`")):
        if key not in raw:
            raise MisfitError(f"a range needs `{key}`: {mend}")
    return raw


def _bounds(raw: object, kind: Kind) -> tuple[float, float]:
    if not isinstance(raw, list) or len(raw) != 2:
        raise MisfitError(f"between is {shown(raw)}: write two bounds, such as [0.01, 0.5]", "between")
    low, high = (_number(each, kind, "between", index) for index, each in enumerate(raw))
    if low > high:
        raise MisfitError(f"the bound {shown(raw[0])} is above {shown(raw[1])}: swap them", "between", 0)
    return low, high


def _number(raw: object, kind: Kind, *at: str | int) -> float:
    try:
        return number(raw, kind)
    except MisfitError as misfit:
        raise MisfitError(str(misfit), *at) from None


def number(raw: object, kind: Kind) -> float:
    """The number of a `kind` that `raw` says, in seconds, in times a year or as it stands. Raises MisfitError."""
    if kind in ("time", "law"):
        return duration(raw)
    most = _MOST[kind]
    if isinstance(raw, bool) or not isinstance(raw, int | float) or not 0 <= raw <= most:
        raise MisfitError(f"{shown(raw)} is not a number from 0 to {most:g}: write one")
    return float(raw)


def _shape(given: Mapping[str, Any], low: float, high: float) -> Shape:
    found = given.get("shape", shape_of(low, high))
    if found not in SHAPES:
        raise MisfitError(f"{shown(found)} is no shape: {nearest(found, SHAPES)}", "shape")
    if found == "log" and low <= 0 < high:
        raise MisfitError("the shape log needs a bound above zero: raise it, or write `shape: flat`", "shape")
    return "log" if found == "log" else "flat"


def _text(given: Mapping[str, Any], key: str) -> str:
    found = given[key]
    if not isinstance(found, str) or not found.strip():
        mend = "name a source, or write `assumption`" if key == "evidence" else "say why, in a sentence"
        raise MisfitError(f"{key} is {shown(found)}: {mend}", key)
    return found


def number_value(value: float, kind: Kind) -> Any:
    """`value` as the file writes a number of a `kind`."""
    return duration_text(value) if kind == "time" else value


def range_value(given: Range, kind: Kind) -> dict[str, Any]:
    """`given` as the file writes it."""
    found: dict[str, Any] = {"between": [number_value(given.low, kind), number_value(given.high, kind)]}
    found["best"] = number_value(given.best, kind)
    if given.shape != shape_of(given.low, given.high):
        found["shape"] = given.shape
    found["evidence"] = given.evidence
    return {**found, "why": given.why} if given.why else found

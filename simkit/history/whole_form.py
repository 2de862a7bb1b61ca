"""All that a scenario says, sorted, so that two of them can be held against each other part by part."""

from __future__ import annotations

from typing import Any

from simkit.checks.elements import NAMED, Plain
from simkit.scenario import Scenario
from simkit.scenario.dumper import plain
from simkit.scenario.range_units import is_range
from simkit.scenario.sorted_form import sorted_form

SECTIONS = {**NAMED, "expect": "expectation", "unknowns": "range"}
"""The sections whose things have names, and what one of them is called: with those that no element is in."""
_HOLD_NAMES = frozenset({*SECTIONS, "operations"})
_FOR_PEOPLE = frozenset({"description", "note", "sources", "assumptions", "incident", "why"})
"""Keys that are only read by people."""
IN_ORDER = frozenset({"between", "empirical"})
"""Lists whose order says something."""


def whole_form(scenario: Scenario) -> Plain:
    """`scenario` as plain data that loads back, without what only people read: with ranges, prices and promises, too,
    which `simkit.checks.elements.canonical` leaves out."""
    form: Plain = sorted_form(_without_words(plain(scenario)), IN_ORDER)
    return {"policy": scenario.policy, **form}


def _without_words(value: Any, named: bool = False) -> Any:
    """A thing may be called `note`; then it is a name, and stays. A range of one number, which `--set` leaves, is that
    number."""
    if is_range(value) and len({str(end) for end in value["between"]}) == 1:
        return value["between"][0]
    if isinstance(value, dict):
        kept = {key: inner for key, inner in value.items() if named or key not in _FOR_PEOPLE}
        return {key: _without_words(inner, not named and key in _HOLD_NAMES) for key, inner in kept.items()}
    return [_without_words(inner) for inner in value] if isinstance(value, list) else value

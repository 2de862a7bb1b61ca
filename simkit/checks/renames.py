"""Which things of a scenario have only a new name, so that what they were is held against what they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from simkit.model import EntryPoint
from simkit.scenario import Expectation, Scenario


def with_new_names(before: Scenario, after: Scenario) -> Scenario:
    """`before` with the names that `after` gives to entry points and goals that are otherwise the same."""
    entries = _renamed(_how(before), _how(after))
    goals = _renamed(before.goals, after.goals)
    if not (entries or goals):
        return before
    expect = {name: _asked(each, entries, goals) for name, each in before.expect.items()}
    aims = tuple(goals.get(goal, goal) for goal in before.attacker.aims_at)
    return replace(
        before,
        entry_points=_named(before.entry_points, entries),
        goals=_named(before.goals, goals),
        expect=expect,
        attacker=replace(before.attacker, aims_at=aims),
    )


def _renamed(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, str]:
    """From old names to new ones: one that went for one that came and that says the same."""
    gone = {name: _said(each) for name, each in before.items() if name not in after}
    come = {name: _said(each) for name, each in after.items() if name not in before}
    found = {old: [new for new, said in come.items() if said == was] for old, was in gone.items()}
    return {old: new[0] for old, new in found.items() if len(new) == 1 and list(gone.values()).count(gone[old]) == 1}


def _how(scenario: Scenario) -> dict[str, EntryPoint]:
    """Its entry points without how often they are tried, which no baseline keeps."""
    return {name: replace(each, per_year=None) for name, each in scenario.entry_points.items()}


def _said(thing: Any) -> Any:
    return replace(thing, name="", note="")


def _named(things: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    renamed = ((names.get(name, name), each) for name, each in things.items())
    return {name: replace(each, name=name) for name, each in renamed}


def _asked(expectation: Expectation, entries: Mapping[str, str], goals: Mapping[str, str]) -> Expectation:
    measure = goals.get(expectation.measure, expectation.measure)
    entry = entries.get(expectation.entry_point, expectation.entry_point)
    return replace(expectation, measure=measure, entry_point=entry)

"""Two scenarios held against each other: what is said otherwise, and what that changes in the answer."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from simkit.checks.baseline import IN_FORCE
from simkit.checks.elements import Element, Plain, changes, restored
from simkit.checks.growth import Attribution, differences
from simkit.checks.lines import Lines
from simkit.checks.measured_change import Change
from simkit.checks.replays import Replays
from simkit.checks.spot import Spot
from simkit.checks.wider import wider
from simkit.fate import checked_seed
from simkit.history.alteration import HOW, Alteration, Gives
from simkit.history.new_names import Rename, renames
from simkit.history.scenario_diff import ScenarioDiff
from simkit.history.whole_form import whole_form
from simkit.scenario import Scenario, checked_scenario, chosen_entries
from simkit.simulation import checked_trials

TRIALS = 1000
"""How many trials an answer has where nobody says."""


def diff(
    before: Scenario,
    after: Scenario,
    *,
    answer: bool = True,
    policies: str | Iterable[str] | None = None,
    entry_points: str | Iterable[str] | None = None,
    trials: int = TRIALS,
    seed: int = 0,
    threads: int | None = None,
    names: tuple[str, str] | None = None,
) -> ScenarioDiff:
    """What is otherwise in `after` than in `before`: what came, went, was renamed or changed, each with its line; then
    what that changes in the answer, unless `answer` is false.

    Both are replayed with the same `seed`, so that differences are paired, sample by sample: under the policy that
    each has in force, or under `policies`, through the entry points of `after` or those of `entry_points`. What grew
    is blamed on the parts of the change that did it. `names` is how the two are called (None: as their files, or by
    their names).

    Raises QuestionError and PolicyError for a policy or an entry point that `after` lacks.

    >>> import simkit
    >>> world = simkit.load("scenarios/starter.yaml")
    >>> slower = simkit.load("scenarios/starter.yaml", changes={"response.approval_delay": "2h"})
    >>> simkit.diff(world, slower, answer=False).alterations[0].what
    'response.approval_delay (was 40m, is 2h)'
    """
    sides = _Sides.of(checked_scenario(before), checked_scenario(after), names)
    told = ScenarioDiff(*sides.names, tuple(sorted(sides.alterations(), key=lambda each: HOW.index(each.how))))
    if not answer:
        return told
    entries = chosen_entries(after, entry_points)
    slots = (IN_FORCE,) if policies is None else (policies,) if isinstance(policies, str) else tuple(policies)
    replays = Replays(checked_seed(seed), checked_trials(trials), threads)
    moved = tuple(sides.moved([(slot, entry) for slot in slots for entry in entries], replays))
    return replace(told, changes=moved, attacks=len(slots) * len(entries), trials=replays.trials)


@dataclass(frozen=True, slots=True)
class _Sides:
    """The two scenarios, and how each is called. `was` and `now` are their forms, the old one with its new names."""

    old: Scenario
    new: Scenario
    names: tuple[str, str]
    was: Plain
    now: Plain
    renamed: tuple[Rename, ...]
    elements: tuple[Element, ...]

    @classmethod
    def of(cls, old: Scenario, new: Scenario, names: tuple[str, str] | None) -> _Sides:
        now = whole_form(new)
        renamed, was = renames(whole_form(old), now)
        return cls(old, new, names or (_called(old), _called(new)), was, now, renamed, tuple(changes(was, now)))

    def alterations(self) -> Iterator[Alteration]:
        """Everything that is said otherwise; observed runs, of which there may be thousands, are counted."""
        for each in self.renamed:
            yield Alteration("renamed", each.what, self._place((each.section, each.new)))
        gives = _gives(self.elements)
        for index, element in enumerate(self.elements):
            if element.where != ("observed",):
                yield Alteration.of(element, self._place_of(element), gives.get(index, ""))
        if any(element.where == ("observed",) for element in self.elements):
            runs = f"observed runs (were {len(self.old.observed)}, are {len(self.new.observed)})"
            yield Alteration("changed", runs, self._place(("observed",)))

    def _place(self, where: Sequence[str]) -> str:
        return _at(self.new, self.names[1], Lines(self.new).of(where))

    def _place_of(self, element: Element) -> str:
        """Where it stands now; of what went, where it stood."""
        if element.change != "removed":
            lines, now = Lines(self.new), element
            return _at(self.new, self.names[1], _spot(lines, now.where, now.after if now.in_list else None))
        back = [Rename(each.section, each.new, each.old) for each in reversed(self.renamed)]
        where, item = element.where, element.before
        for name in back:
            where, item = tuple(name.in_text(key) for key in where), name.in_form({"": item})[""]
        return _at(self.old, self.names[0], _spot(Lines(self.old), where, item if element.in_list else None))

    def moved(self, attacks: Sequence[tuple[str, str]], replays: Replays) -> Iterator[Change]:
        """Each measure of `attacks` (policy and entry point) that is otherwise; what grew, with what did it."""
        if not self.elements:
            return
        old = restored(self.was, self.names[0])
        attribution = Attribution(self.was, self.now, self.elements, self.names[1], replays.of)
        for slot, entry in attacks:
            new, held = replays.must(self.new, slot, entry), replays.of(old, slot, entry)
            for change in differences(held, new):
                guilty = attribution.culprits(change, slot, held, new) if change.grew else ()
                yield replace(change, culprits=guilty)


def _gives(elements: Sequence[Element]) -> dict[int, Gives]:
    """By the place of an element: whether somebody may do more by it, or less."""
    undone = [Element(each.where, each.in_list, each.after, each.before) for each in elements]
    more, less = (set(map(id, wider(some))) for some in (elements, undone))
    found: dict[int, Gives] = {at: "less" for at, each in enumerate(undone) if id(each) in less}
    return found | {at: "more" for at, each in enumerate(elements) if id(each) in more and at not in found}


def _called(scenario: Scenario) -> str:
    return scenario.file or scenario.name


def _spot(lines: Lines, where: Sequence[str], item: Any) -> Spot:
    return lines.of(where) if item is None else lines.of_item(where, item)


def _at(scenario: Scenario, called: str, spot: Spot) -> str:
    """`FILE:LINE`, with the files that a scenario includes beside it; empty for one that is no file."""
    if scenario.document is None:
        return ""
    if spot.file and scenario.file != called:
        head, mark, path = called.rpartition(":")
        beside = os.path.relpath(spot.file, os.path.dirname(scenario.file))
        return f"{head}{mark}{os.path.normpath(os.path.join(os.path.dirname(path), beside))}:{spot.line}"
    return f"{spot.file or called}:{spot.line}"

"""What an attack means in a picture: which boxes it reaches, how often and when, and which ones each step lights up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from simkit.attackgraph import Fact, Ground
from simkit.blast_radius import AttackPath, BlastRadius
from simkit.diagram.diagram import Picture
from simkit.scenario import Scenario
from simkit.table import duration, percent
from simkit.techniques.grounds import kind_of

_KINDS = {"identities": "identity", "credentials": "credential", "tools": "tool", "resources": "resource"}
"""The kind of box that each group of a result's legend has."""


@dataclass(frozen=True, slots=True)
class BoxReach:
    """How far an attack got with the things of one box.

    `share` is the share of trials that reached at least one of them, `median` the seconds after which those that did
    were there (None where none did), `within` whether the worst case reaches one, chances and time ignored.
    """

    share: float
    median: float | None
    within: bool

    @property
    def state(self) -> str:
        """`reached` in a trial, `within` reach of the worst case only, or `out` of reach."""
        if self.share:
            return "reached"
        return "within" if self.within else "out"

    @property
    def words(self) -> str:
        """How far the attack got, in words."""
        if self.median is not None:
            return f"reached in {percent(self.share)} of trials, the median after {duration(self.median)}"
        return "reached in no trial, but within reach in the worst case" if self.within else "out of reach"


OUT = BoxReach(0.0, None, False)
"""Out of reach."""


def reached(result: BlastRadius, drawn: Picture) -> dict[str, BoxReach]:
    """For each box of `drawn` how far the attack got."""
    facts: dict[str, list[int]] = {node.id: [] for node in drawn.nodes}
    for group, names in result.legend.touched.items():
        for name, numbers in names.items():
            facts[drawn.boxes[f"{_KINDS[group]}:{name}"]].extend(numbers)
    return {box: _reached(result, sorted(set(numbers))) for box, numbers in facts.items()}


def _reached(result: BlastRadius, facts: list[int]) -> BoxReach:
    if not facts:
        return OUT
    first = result.outcomes.first[:, facts]
    earliest = np.where(first >= 0, first, np.iinfo(first.dtype).max).min(axis=1)
    times = np.sort(earliest[(first >= 0).any(axis=1)])
    median = int(times[(len(times) - 1) // 2]) / 1000 if len(times) else None
    within = any(result.shortest_hops(result.graph.facts[fact]) is not None for fact in facts)
    return BoxReach(len(times) / result.trials, median, within)


@dataclass(frozen=True, slots=True)
class Lit:
    """What one step of a path lights up: ids of boxes, and places in the picture's list of lines."""

    boxes: tuple[str, ...]
    lines: tuple[int, ...]


def lit(scenario: Scenario, result: BlastRadius, path: AttackPath, drawn: Picture) -> list[Lit]:
    """For each step of `path`, which `result` found, the boxes and lines that it uses and reaches."""
    touches = _touched(result)

    def boxes(things: Iterable[str]) -> set[str]:
        return {drawn.boxes[thing] for thing in things if thing in drawn.boxes}

    def touched(facts: Iterable[Fact]) -> set[str]:
        return boxes(thing for fact in facts for thing in touches.get(result.graph.index[fact], ()))

    found = []
    for taken in path.steps:
        step = result.graph.steps[taken.number]
        shown = touched(done.fact for done in step.conclusions) | boxes(_used(scenario, taken.grounds))
        # a shared session acts for several identities: the line may leave any of them, lit by the step before
        lines = _lines(shown | touched(step.premises), taken.grounds, drawn)
        found.append(Lit(tuple(sorted(shown)), tuple(lines)))
    return found


def _used(scenario: Scenario, grounds: Iterable[Ground]) -> Iterator[str]:
    """The things that make a step possible; those that no picture has fall out later."""
    for ground in grounds:
        yield from kind_of(ground).things(ground, scenario.entry_points, scenario.goals)


def _lines(boxes: set[str], grounds: Iterable[Ground], drawn: Picture) -> Iterator[int]:
    """The relations that a step uses: not every line between its boxes is one that it takes."""
    used = {relation for ground in grounds for relation in kind_of(ground).relations}
    for place, edge in enumerate(drawn.edges):
        if edge.relation in used and edge.source in boxes and edge.target in boxes:
            yield place


def _touched(result: BlastRadius) -> Mapping[int, list[str]]:
    """For each fact the things that it means the attacker reached."""
    found: dict[int, list[str]] = {}
    for group, names in result.legend.touched.items():
        for name, numbers in names.items():
            for number in numbers:
                found.setdefault(number, []).append(f"{_KINDS[group]}:{name}")
    return found

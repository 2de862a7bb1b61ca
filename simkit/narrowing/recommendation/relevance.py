"""What a narrowing bears on: the attack path that it cuts, the step of it, and what that is relevant to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from simkit.attackgraph import Step
from simkit.blast_radius import BlastRadius
from simkit.blast_radius.paths import chains_to
from simkit.engines.outcomes import Outcomes
from simkit.model import Model
from simkit.narrowing.edits.edit import Narrowing
from simkit.narrowing.recommendation.effect import PairedLosses, Question
from simkit.standards import Reference, of

PATHS = 200
"""Paths looked at for each entry point, the most frequent first."""
LOSSES = 20_000
"""Samples times losses that are traced where the question is about value, not about one goal."""


@dataclass(frozen=True, slots=True)
class Bearing:
    """The most frequent attack `path` that a narrowing bears on, `at` the first step of it that it does, and what that
    step is `relevant` to; all empty if no path that was taken uses what goes."""

    path: str = ""
    at: str = ""
    relevant: tuple[Reference, ...] = ()

    @property
    def ids(self) -> str:
        """The ids of the techniques and controls, in one line."""
        return ", ".join(reference.id for reference in self.relevant)


class Bearings:
    """The attack paths of the blast radii through each entry point, to ask which of them a narrowing bears on."""

    def __init__(self, results: Iterable[BlastRadius], question: Question, model: Model) -> None:
        self.model = model
        self.paths = [path for result in results for path in _paths(result, question.goal)]

    def of(self, narrowing: Narrowing) -> Bearing:
        """What `narrowing` bears on."""
        for _, path in self.paths:
            for step in path:
                if any(narrowing.bears_on(ground, self.model) for ground in step.grounds):
                    shown = " -> ".join(each.label for each in path)
                    return Bearing(shown, step.label, of(step.rule) if step.rule else ())
        return Bearing()


@dataclass(frozen=True, slots=True, eq=False)
class BeforeAndAfter:
    """The samples before and after changes, and what the attack was before, to ask what each change bears on."""

    before: PairedLosses
    after: PairedLosses
    bearings: Bearings


def _paths(result: BlastRadius, goal: str) -> Iterator[tuple[str, tuple[Step, ...]]]:
    """The paths to `goal`, where each leads and its steps; without one those to every loss, by how much of the mean
    value lost comes by them, or to every goal where nothing has a value."""
    steps = result.graph.steps
    if goal or not result.legend.value:
        for path in result.paths(goal or None, limit=PATHS):
            yield path.goal, tuple(steps[each.number] for each in path.steps)
        return
    values = {str(result.graph.facts[fact]): value for fact, value in result.legend.value.items()}
    targets = [(str(result.graph.facts[fact]), fact) for fact in result.legend.value]
    few = _first(result.outcomes, max(1, LOSSES // max(len(targets), 1)))
    found = chains_to(result.graph, few, targets)[: PATHS * max(len(targets), 1)]
    found.sort(key=lambda way: (-len(way.samples) / len(few) * values[way.goal], len(way.steps), way.goal))
    for way in found:
        yield way.goal, tuple(steps[number] for number in way.steps)


def _first(outcomes: Outcomes, samples: int) -> Outcomes:
    """The first of the samples: what a shorter run would have given."""
    here = np.s_[:samples]
    return Outcomes(
        outcomes.first[here], outcomes.by[here], outcomes.contained[here], outcomes.variant[here], outcomes.seed
    )

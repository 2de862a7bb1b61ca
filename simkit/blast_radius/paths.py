"""How the attacker got there: chains of steps, by how often each was the first to arrive."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from simkit.attackgraph import AttackGraph, Ground
from simkit.blast_radius.intervals import Interval, wilson
from simkit.engines.outcomes import Outcomes
from simkit.table import Table, duration, percent


@dataclass(frozen=True, slots=True)
class PathStep:
    """One step of a path: what it is, the technique, what it rests on, and when it is done (median, seconds).
    `number` is its place among the steps of the attack graph."""

    label: str
    rule: str
    key: str
    grounds: tuple[Ground, ...]
    done: float
    number: int

    @property
    def ground(self) -> Ground:
        """The ground that a report names."""
        return self.grounds[0]


@dataclass(frozen=True, slots=True)
class AttackPath:
    """One way to a goal, and in which share of the samples it was the first."""

    goal: str
    steps: tuple[PathStep, ...]
    share: Interval

    def __repr__(self) -> str:
        when = duration(self.steps[-1].done) if self.steps else "never"
        return f"AttackPath({self.goal}: {len(self.steps)} steps, {when}, {percent(self.share.estimate)} of trials)"

    def __str__(self) -> str:
        return " -> ".join(step.label for step in self.steps)

    def table(self) -> Table:
        """A row for each step, with the median moment at which it is done and what made it possible."""
        rows = [(duration(step.done), step.label, step.rule, str(step.ground)) for step in self.steps]
        title = f"{self.goal}: {percent(self.share.estimate)} of trials"
        return Table(("done", "step", "technique", "made possible by"), rows, title=title)

    def _repr_html_(self) -> str:
        return self.table().html()

    def to_dict(self) -> dict[str, object]:
        """The path as plain data."""
        return {
            "goal": self.goal,
            "share": self.share.to_dict(),
            "hops": len(self.steps),
            "steps": [
                {
                    "label": s.label,
                    "rule": s.rule,
                    "key": s.key,
                    "cause": [s.ground.kind, *s.ground.names],
                    "done": s.done,
                }
                for s in self.steps
            ],
        }


@dataclass(frozen=True, slots=True)
class AttackPaths:
    """Attack paths, the most frequent first, among equals the shortest."""

    title: str
    paths: tuple[AttackPath, ...]
    found: int
    """How many different paths there were before the list was cut."""

    def __len__(self) -> int:
        return len(self.paths)

    def __iter__(self):  # type: ignore[no-untyped-def]
        return iter(self.paths)

    def __repr__(self) -> str:
        return f"AttackPaths({len(self.paths)} of {self.found}: {self.title})"

    @property
    def summary(self) -> str:
        """The main path in a sentence."""
        if not self.paths:
            return f"{self.title}: no attack path was taken."
        main = self.paths[0]
        paths = "1 path" if self.found == 1 else f"{self.found} paths"
        return f"{self.title}: {paths}; the most frequent ({percent(main.share.estimate)} of trials): {main}."

    def table(self) -> Table:
        """A row for each path."""
        rows = [
            (path.goal, percent(path.share.estimate), len(path.steps), duration(path.steps[-1].done), str(path))
            for path in self.paths
        ]
        note = f"{len(self.paths)} of {self.found} paths" if self.found > len(self.paths) else ""
        return Table(("goal", "trials", "hops", "median time", "path"), rows, title=self.title, note=note)

    def tables(self) -> list[Table]:
        """All tables of this result."""
        return [self.table()]

    def to_dict(self) -> dict[str, object]:
        """The paths as plain data."""
        return {"title": self.title, "found": self.found, "paths": [path.to_dict() for path in self.paths]}

    def _repr_html_(self) -> str:
        return self.table().html()


@dataclass(frozen=True, slots=True)
class Chain:
    """The numbers of the `steps` by which some `samples` first reached a `goal`: each after all that it needed."""

    goal: str
    steps: tuple[int, ...]
    samples: tuple[int, ...]


def paths_to(graph: AttackGraph, outcomes: Outcomes, targets: Sequence[tuple[str, int]], limit: int) -> AttackPaths:
    """The paths by which samples first reached each of `targets` (name, fact)."""
    ways = chains_to(graph, outcomes, targets)
    return AttackPaths("attack paths", tuple(_path(graph, outcomes, way) for way in ways[:limit]), len(ways))


def chains_to(graph: AttackGraph, outcomes: Outcomes, targets: Sequence[tuple[str, int]]) -> list[Chain]:
    """The ways by which samples first reached each of `targets` (name, fact), the most frequent first."""
    samples: dict[tuple[str, tuple[int, ...]], list[int]] = {}
    premises = cache(graph.premises)  # the same few steps lead to most targets
    reached = outcomes.first[:, [fact for _, fact in targets]] >= 0
    for sample, those in enumerate(reached):
        # read one by one, which an array is slow at, and of a large graph too few to make lists of all
        first, by = memoryview(outcomes.first[sample]), memoryview(outcomes.by[sample])
        for place in np.flatnonzero(those).tolist():
            name, fact = targets[place]
            samples.setdefault((name, _chain(premises, first, by, fact)), []).append(sample)
    found = [Chain(goal, steps, tuple(those)) for (goal, steps), those in samples.items()]
    return sorted(found, key=lambda way: (-len(way.samples), len(way.steps), way.goal, way.steps))


def _chain(premises: Callable[[int], list[int]], first: Sequence[int], by: Sequence[int], fact: int) -> tuple[int, ...]:
    """The steps that led a sample to `fact`, each after all that it needed: `first` is when the sample reached each
    fact, and `by` the step that concluded it."""
    ordered: dict[int, None] = {}
    waiting: list[tuple[int, bool]] = [(by[fact], False)]
    while waiting:
        step, ready = waiting.pop()
        if ready:
            ordered[step] = None
        elif step not in ordered:
            waiting.append((step, True))
            needed = premises(step)
            if len(needed) > 1:
                needed = sorted(needed, key=lambda premise: (first[premise], premise), reverse=True)
            waiting += [(by[premise], False) for premise in needed]
    return tuple(ordered)


def _path(graph: AttackGraph, outcomes: Outcomes, way: Chain) -> AttackPath:
    found = tuple(_step(graph, number, _median_time(graph, outcomes, way.samples, number)) for number in way.steps)
    return AttackPath(way.goal, found, wilson(len(way.samples), len(outcomes)))


def _step(graph: AttackGraph, number: int, done: float) -> PathStep:
    step = graph.steps[number]
    return PathStep(step.label, step.rule, step.key, step.grounds, done, number)


def _median_time(graph: AttackGraph, outcomes: Outcomes, samples: tuple[int, ...], step: int) -> float:
    """When `step` first concluded something, in seconds: the lower median over `samples`."""
    concluded = graph.conclusion_idx[graph.conclusion_ptr[step] : graph.conclusion_ptr[step + 1]]
    by_fact = len(concluded) < len(samples)  # a step on what contains thousands concludes thousands
    places = ((samples, fact) for fact in concluded.tolist()) if by_fact else ((each, concluded) for each in samples)
    times = np.sort(np.concatenate([outcomes.first[at][outcomes.by[at] == step] for at in places]))
    return int(times[(len(times) - 1) // 2]) / 1000 if len(times) else 0.0

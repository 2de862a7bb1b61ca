"""Larger random attack graphs by the thousand: what tests/generated_graphs.py draws, from a seed and without shrinking.

Hypothesis takes tens of milliseconds for one of this size, and most of that is not the graph.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import TypeVar

from generated_graphs import KINDS, NOWHERE, VARYING, graph_of

from simkit.attackgraph import ACTIONS, Action, AttackGraph, Conclusion, Containment, Entry, Fact, Step, Variant
from simkit.distributions import Distribution, Fixed

FIXED: tuple[Distribution, ...] = tuple(map(Fixed, (0.0, 0.0, 1.0, 2.0, 7.0)))
CHANCES, LIVES = (1.0, 1.0, 1.0, 1.0, 0.7, 0.3), (0.0, 0.0, 1.0, 3.0, 10.0, 50.0, None)
Thing = TypeVar("Thing")


class Drawing:
    """One graph under way: its facts, and how its steps are drawn. In every third graph nothing varies and most of it
    takes no time, so that much falls on the same millisecond."""

    def __init__(self, seed: int, most_facts: int, most_steps: int) -> None:
        self.random = Random(seed)
        self.facts = [Fact(self.one_of(KINDS), f"{n}") for n in range(self.random.randint(most_facts // 3, most_facts))]
        self.steps = self.random.randint(most_steps // 3, most_steps)
        self.runs, self.varies = self.maybe(), self.random.random() < 2 / 3

    def one_of(self, things: Sequence[Thing]) -> Thing:
        return things[int(self.random.random() * len(things))]

    def maybe(self) -> bool:
        return self.random.random() < 0.5

    def some_facts(self, least: int, most: int) -> tuple[Fact, ...]:
        return tuple(self.random.sample(self.facts, min(self.random.randint(least, most), len(self.facts))))

    def duration(self) -> Distribution:
        return self.one_of(VARYING if self.varies and self.maybe() else FIXED)

    def conclusion(self, fact: Fact, *, again: bool) -> Conclusion:
        run = again and fact.kind in ("steers", "replays")
        after = self.one_of(VARYING) if self.varies and self.random.random() < 0.2 else self.one_of(LIVES)
        return Conclusion(
            fact,
            after,
            aged=isinstance(after, float) and self.maybe(),
            run=run,
            rotates=self.one_of((None, None, None, 20.0, 33.0)) if fact.kind == "holds" else None,
            outlives=tuple(self.one_of((0.0, 0.0, 4.0, None)) for _ in ACTIONS) if self.maybe() else (),
        )

    def step(self, key: str, *, root: bool = False) -> Step:
        again = self.runs and not root and self.maybe()
        made = Step(
            key=key,
            rule="act",
            premises=() if root else self.some_facts(1, self.one_of((1, 1, 3))),
            conclusions=tuple(self.conclusion(fact, again=again) for fact in self.some_facts(1, 2)),
            grounds=NOWHERE,
            chance=self.one_of(CHANCES),
            duration=self.duration(),
            wait=self.duration() if self.maybe() else Fixed(0.0),
            approval=self.duration() if self.random.random() < 1 / 3 else Fixed(0.0),
            alert=self.one_of(CHANCES) if self.maybe() else 0.0,
            alert_delay=self.duration(),
            logged=self.maybe(),
            again=again,
            silenced=self.some_facts(1, 2) if self.random.random() < 0.2 else (),
        )
        return made._replace(shown=made.alert * self.one_of((0.0, 0.5, 1.0)))

    def entry(self) -> Entry:
        return Entry("entry", tuple(self.variant(f"{n}") for n in range(self.random.randint(1, 3))))

    def variant(self, name: str) -> Variant:
        roots = tuple(self.step(f"root {name}.{n}", root=True) for n in range(self.random.randint(1, 4)))
        return Variant(f"variant {name}", self.one_of((1.0, 2.0, 0.5)), roots)

    def action(self) -> Action:
        return Action(self.one_of(ACTIONS), self.duration(), self.one_of(("", "", "team", "second team")))

    def containment(self) -> Containment:
        number = self.random.randint(1, 2)
        half = [[fact for fact in self.facts if self.maybe()] for _ in range(6)]
        return Containment(
            responders=tuple(tuple(self.action() for _ in range(self.random.randint(0, 3))) for _ in range(number)),
            lag=self.duration(),
            by={fact: self.random.randrange(number) for fact in half[0]},
            groups={fact: self.one_of("ab") for fact in half[1]},
            forgotten={f: self.one_of(CHANCES) for f in self.facts if f.kind in ("holds", "tainted", "runs_in")},
            overlooked=dict.fromkeys(half[4], 0.5),
            fates={f: self.one_of("cd") for f in half[5]},
            spread=dict.fromkeys(half[2], 2.0),
            spared=dict.fromkeys(half[3], ("revoke-secret", "terminate-sessions")),
            told={fact: self.some_facts(0, 2) for fact in half[4]},
        )

    def graph(self) -> AttackGraph:
        steps = [self.step(f"step {n:02}") for n in range(self.steps)]
        return graph_of(steps, self.entry(), self.containment())


class PlainDrawing(Drawing):
    """One in which a sample often reaches things in any case: the attack begins with facts of its own, which hold for
    some time, and few steps raise alerts."""

    def step(self, key: str, *, root: bool = False) -> Step:
        made, facts = super().step(key, root=root), self.facts[:3] if root else self.facts[3:]
        found = {each.fact: each for each in (self.plain(each, facts, root) for each in made.conclusions)}
        alert = made.alert if self.maybe() else 0.0
        return made._replace(conclusions=tuple(found.values()), alert=alert, shown=min(made.shown, alert))

    def plain(self, made: Conclusion, facts: Sequence[Fact], root: bool) -> Conclusion:
        after = self.one_of((10.0, 20.0, 50.0, 50.0, None)) if root else made.after
        return made._replace(fact=made.fact if made.fact in facts else self.one_of(facts), after=after)


def drawn_graph(seed: int, *, most_facts: int = 25, most_steps: int = 60, plain: bool = False) -> AttackGraph:
    """The graph number `seed`."""
    return (PlainDrawing if plain else Drawing)(seed, most_facts, most_steps).graph()

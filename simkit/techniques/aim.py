"""An attacker who wants one thing leaves everything alone that does not lead there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from simkit.attackgraph import Fact, Step
from simkit.techniques import objective

ADDS_UP = frozenset(rule.name for rule in objective.RULES)
"""Rules by which something is so, whoever wanted it: nobody takes these steps."""


def on_the_way(steps: Iterable[Step], goals: Iterable[str]) -> list[Step]:
    """The steps that can help to reach one of `goals`, and those that nobody takes."""
    given = list(steps)
    makers = defaultdict(list)
    for number, step in enumerate(given):
        for conclusion in step.conclusions:
            makers[conclusion.fact].append(number)
    waiting = [Fact("reached", goal) for goal in goals]
    wanted, helping = set(waiting), set[int]()
    while waiting:
        for number in makers[waiting.pop()]:
            if number not in helping:
                helping.add(number)
                new = [premise for premise in given[number].premises if premise not in wanted]
                wanted.update(new)
                waiting += new
    return [step for number, step in enumerate(given) if number in helping or step.rule in ADDS_UP]

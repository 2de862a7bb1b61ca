"""An attacker who wants one thing leaves everything alone that does not lead there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from simkit.attackgraph import Fact, Step
from simkit.techniques import meter, objective

ADDS_UP = frozenset(rule.name for rule in objective.RULES)
"""Rules by which something is so, whoever wanted it: nobody takes these steps."""
COUNTS = frozenset(rule.name for rule in meter.RULES)
"""Rules that count beside a step, with its fate."""


def on_the_way(steps: Iterable[Step], goals: Iterable[str]) -> list[Step]:
    """The steps that can help to reach one of `goals`, or to do so unseen, and those that nobody takes: what adds up,
    and what counts."""
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
                step = given[number]
                new = [fact for fact in (*step.premises, *step.silenced) if fact not in wanted]
                wanted.update(new)
                waiting += new
    taken = {given[number].fate or given[number].key for number in helping}
    return [step for number, step in enumerate(given) if number in helping or _goes_along(step, taken)]


def _goes_along(step: Step, taken: set[str]) -> bool:
    return step.rule in ADDS_UP or (step.rule in COUNTS and step.fate in taken)

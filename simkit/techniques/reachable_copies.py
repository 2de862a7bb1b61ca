"""Which steps of copying an entry point leads to. The others are never taken, and there may be many: all that a session
could copy, times all places, times all who read there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from simkit.attackgraph import Entry, Fact, Step
from simkit.techniques.stage import FIND, STAGE

COPYING = frozenset({STAGE.name, FIND.name})


def without_unreachable_copies(steps: Sequence[Step], entries: Iterable[Entry]) -> list[Step]:
    """`steps` without those of copying whose premises no entry point leads to, chances and time ignored.

    No question is asked from elsewhere, and to take something away leads to less: so no answer changes.
    """
    if not any(step.rule in COPYING for step in steps):
        return list(steps)
    roots = (step for entry in entries for variant in entry.variants for step in variant.steps)
    held = _held(steps, roots)
    return [step for step in steps if step.rule not in COPYING or held.issuperset(step.premises)]


def _held(steps: Iterable[Step], roots: Iterable[Step]) -> set[Fact]:
    """The facts that `roots`, all together, lead to by way of `steps`."""
    behind: dict[Fact, list[Step]] = {}
    for step in steps:
        for fact in step.premises:
            behind.setdefault(fact, []).append(step)
    held = {conclusion.fact for root in roots for conclusion in root.conclusions}
    waiting = list(held)
    while waiting:
        for step in behind.get(waiting.pop(), ()):
            if held.issuperset(step.premises):
                new = [each.fact for each in step.conclusions if each.fact not in held]
                held.update(new)
                waiting += new
    return held

"""An attacker who tries each time: what fails may work in a later run, or when it is tried again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from simkit.attackgraph import Fact, Step
from simkit.attackgraph.facts import AT_ONCE
from simkit.distributions import Exponential, Geometric, InTurn
from simkit.model import Attacker
from simkit.techniques.world import ASKS, ERRS, STEERS


def tried_again(attacker: Attacker, steps: Iterable[Step]) -> Iterator[Step]:
    """Beside each of `steps` that may fail, the same as it works in the end.

    Of runs of a task that come at a rate and work with a chance p, those that work come at rate x p, without memory:
    after a first run that fails, so much later. Both steps have one fate, so the first run is the same; and where p is
    smaller under another policy, it works no sooner. The attacker's own call is made again every `retry`.
    """
    for step in steps:
        if not 0.0 < step.chance < 1.0:
            continue
        fate = step.fate or step.key
        if step.wait != AT_ONCE:
            works = Exponential(step.wait.mean / step.chance)
            longer = works if step.duration == AT_ONCE else InTurn(step.duration, works)
            yield step._replace(key=f"{step.key} in a later run", fate=fate, chance=1.0, duration=longer)
        elif attacker.retry is not None and _is_own_call(step):
            later = Geometric(attacker.retry, step.chance)
            yield step._replace(key=f"{step.key} tried again", fate=fate, chance=1.0, wait=later)


def _is_own_call(step: Step) -> bool:
    """True for what the attacker does; an agent that errs, or that words steer, does what it does once in a run."""
    return not any(map(_is_of_an_agent, step.premises))


def _is_of_an_agent(premise: Fact) -> bool:
    return premise.kind in (STEERS, ERRS) or (premise.kind == ASKS and bool(premise.object))

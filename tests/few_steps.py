"""Attack graphs of a few steps, to be worked out by hand."""

from __future__ import annotations

from simkit.attackgraph import AttackGraph, Conclusion, Containment, Entry, Fact, Ground, Step, Variant
from simkit.distributions import Fixed
from simkit.engines import reference

HORIZON = 1000.0
TOKEN, SESSION, OTHER = Fact("holds", "token"), Fact("replays", "s"), Fact("replays", "t")
LOSS, SECOND = Fact("lost", "x", "integrity"), Fact("lost", "y", "integrity")
NO_RESPONSE = Containment()


def rule(key: str, premises: str | list[Fact], concluded: Fact, takes: float = 0.0, after: float | None = 0.0) -> Step:
    """A certain step that takes `takes` seconds; its fact outlives the premises by `after`."""
    facts = tuple(premises) if not isinstance(premises, str) else ()
    return Step(key, "act", facts, (Conclusion(concluded, after),), (Ground("flow"),), duration=Fixed(takes))


def graph(*steps: Step, containment: Containment = NO_RESPONSE) -> AttackGraph:
    """The graph whose one entry starts every step without premises."""
    roots = tuple(step for step in steps if not step.premises)
    entry = Entry("in", (Variant("", 1.0, roots),))
    return AttackGraph.build([s for s in steps if s.premises], [entry], containment, horizon=HORIZON)


def run(
    *steps: Step, containment: Containment = NO_RESPONSE, extensions: int = 8, sample: int = 0
) -> dict[Fact, float]:
    """When each fact first held, in seconds."""
    made = graph(*steps, containment=containment)
    trace = reference.replay(made, made.entry("in"), seed=0, sample=sample, extensions=extensions)
    return {made.facts[fact]: time / 1000 for fact, time in trace.first.items()}


def leak(after: float | None, takes: float = 0.0, key: str = "leak", fact: Fact = TOKEN) -> Step:
    return rule(key, "", fact, takes, after)


def alarm(step: Step, delay: float, chance: float = 1.0) -> Step:
    """`step`, which raises an alert so many seconds after it."""
    return step._replace(alert=chance, alert_delay=Fixed(delay))


def logged(step: Step) -> Step:
    """`step`, which is logged."""
    return step._replace(logged=True)


def contained(*steps: Step, containment: Containment, sample: int = 0) -> float | None:
    """When responders first act, in seconds."""
    made = graph(*steps, containment=containment)
    at = reference.replay(made, made.entry("in"), seed=0, sample=sample).contained
    return None if at is None else at / 1000

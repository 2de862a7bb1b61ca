"""Random small attack graphs: everything that an engine can meet, in a few facts and steps."""

from __future__ import annotations

from hypothesis import strategies as st

from simkit.attackgraph import ACTIONS, Action, AttackGraph, Conclusion, Containment, Entry, Fact, Ground, Step, Variant
from simkit.distributions import Distribution, Empirical, Exponential, Fixed, Lognormal, Uniform

HORIZON = 100.0
KINDS = ("holds", "replays", "steers", "runs_in", "outbound", "lost", "tainted", "seen", "performed", "reading")
NOWHERE = (Ground("flow"),)

# A few distributions only: each costs a quantile table, and the engines read tables, whatever made them.
VARYING: tuple[Distribution, ...] = (
    Exponential(5.0),
    Exponential(40.0),
    Uniform(0.0, 20.0),
    Lognormal(3.0, 1.5),
    Empirical((1.0, 2.0, 30.0)),
)
durations = st.one_of(st.sampled_from((0.0, 0.0, 1.0, 2.0, 7.0)).map(Fixed), st.sampled_from(VARYING))
chances = st.sampled_from((1.0, 1.0, 1.0, 0.7, 0.3, 0.0))
lifetimes = st.sampled_from((0.0, 0.0, 1.0, 3.0, 10.0, 50.0, None))


outliving = st.one_of(st.just(()), st.tuples(*[st.sampled_from((0.0, 0.0, 4.0, None))] * len(ACTIONS)))


@st.composite
def conclusions(draw: st.DrawFn, facts: list[Fact], *, again: bool) -> Conclusion:
    """A conclusion of any kind of fact, with any life; a run, if its step comes `again`."""
    fact = draw(st.sampled_from(facts))
    run = again and fact.kind in ("steers", "replays")
    after = draw(st.one_of(lifetimes, st.sampled_from(VARYING))) if run or draw(st.booleans()) else draw(lifetimes)
    aged = isinstance(after, float) and draw(st.booleans())
    rotates = draw(st.sampled_from((None, None, None, 20.0, 33.0))) if fact.kind == "holds" else None
    return Conclusion(fact, after, aged=aged, run=run, rotates=rotates, outlives=draw(outliving))


@st.composite
def steps(draw: st.DrawFn, key: str, facts: list[Fact], *, root: bool, alerts: bool, runs: bool) -> Step:
    """A step with one to three premises (none for a root) and one or two conclusions; some are runs of tasks."""
    premises = () if root else tuple(draw(st.lists(st.sampled_from(facts), min_size=1, max_size=3, unique=True)))
    again = runs and not root and draw(st.booleans())
    each = conclusions(facts, again=again)
    return Step(
        key=key,
        rule="act",
        premises=premises,
        conclusions=tuple(draw(st.lists(each, min_size=1, max_size=2, unique_by=lambda c: c.fact))),
        grounds=NOWHERE,
        chance=draw(chances),
        duration=draw(durations),
        wait=draw(st.one_of(st.just(Fixed(0.0)), durations)),
        approval=draw(st.one_of(st.just(Fixed(0.0)), st.just(Fixed(0.0)), durations)),
        alert=draw(chances) if alerts and draw(st.booleans()) else 0.0,
        alert_delay=draw(durations),
        logged=draw(st.booleans()) if alerts else False,
        again=again,
        silenced=tuple(draw(st.lists(st.sampled_from(facts), max_size=2, unique=True))) if alerts else (),
    )


@st.composite
def containments(draw: st.DrawFn, facts: list[Fact]) -> Containment:
    """Up to two responders, each with up to three actions; what they deal with, miss, disable together and are told."""
    action = st.builds(Action, st.sampled_from(ACTIONS), durations, st.sampled_from(("", "", "team", "second team")))
    responders = tuple(tuple(draw(st.lists(action, max_size=3))) for _ in range(draw(st.integers(1, 2))))
    some = st.lists(st.sampled_from(facts), max_size=2, unique=True).map(tuple)
    return Containment(
        responders=responders,
        lag=draw(durations),
        by={fact: draw(st.integers(0, len(responders) - 1)) for fact in facts if draw(st.booleans())},
        groups={fact: draw(st.sampled_from("ab")) for fact in facts if draw(st.booleans())},
        forgotten={fact: draw(chances) for fact in facts if fact.kind in ("holds", "tainted", "runs_in")},
        overlooked={fact: draw(chances) for fact in facts if draw(st.booleans())},
        fates={fact: draw(st.sampled_from("cd")) for fact in facts if draw(st.booleans())},
        spread={fact: 2.0 for fact in facts if draw(st.booleans())},
        spared={fact: ("revoke-secret", "terminate-sessions") for fact in facts if draw(st.booleans())},
        told={fact: draw(some) for fact in facts if draw(st.booleans())},
    )


@st.composite
def parts(
    draw: st.DrawFn, *, alerts: bool = True, most_facts: int = 9, most_steps: int = 14
) -> tuple[list[Step], Entry, Containment]:
    """The steps, the entry and the containment of a graph."""
    names = [f"{number}" for number in range(draw(st.integers(3, most_facts)))]
    facts = [Fact(draw(st.sampled_from(KINDS)), name) for name in names]
    count, runs = draw(st.integers(2, most_steps)), draw(st.booleans())
    made = [draw(steps(f"step {n:02}", facts, root=False, alerts=alerts, runs=runs)) for n in range(count)]
    variants = []
    for v in range(draw(st.integers(1, 3))):
        each = [
            steps(f"root {v}.{n}", facts, root=True, alerts=alerts, runs=False) for n in range(draw(st.integers(1, 2)))
        ]
        variants.append(Variant(f"variant {v}", draw(st.sampled_from((1.0, 2.0, 0.5))), tuple(map(draw, each))))
    return made, Entry("entry", tuple(variants)), draw(containments(facts))


def graph_of(made: list[Step], entry: Entry, containment: Containment) -> AttackGraph:
    """The graph of the given parts."""
    return AttackGraph.build(made, [entry], containment, horizon=HORIZON)


graphs = parts().map(lambda given: graph_of(*given))

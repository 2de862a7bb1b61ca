"""Random small attack graphs: everything that an engine can meet, in a few facts and steps."""

from __future__ import annotations

from hypothesis import strategies as st

from simkit.attackgraph import AttackGraph, Conclusion, Containment, Entry, Fact, Ground, Step, Variant
from simkit.distributions import Distribution, Empirical, Exponential, Fixed, Lognormal, Uniform

HORIZON = 100.0
KINDS = ("holds", "replays", "steers", "runs_in", "outbound", "lost", "tainted", "seen", "performed")
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


@st.composite
def conclusions(draw: st.DrawFn, facts: list[Fact]) -> Conclusion:
    """A conclusion of any kind of fact, with any lifetime."""
    after = draw(lifetimes)
    return Conclusion(draw(st.sampled_from(facts)), after, aged=after is not None and draw(st.booleans()))


@st.composite
def steps(draw: st.DrawFn, key: str, facts: list[Fact], *, root: bool, alerts: bool) -> Step:
    """A step with one to three premises (none for a root) and one or two conclusions."""
    premises = () if root else tuple(draw(st.lists(st.sampled_from(facts), min_size=1, max_size=3, unique=True)))
    return Step(
        key=key,
        rule="act",
        premises=premises,
        conclusions=tuple(draw(st.lists(conclusions(facts), min_size=1, max_size=2, unique_by=lambda c: c.fact))),
        grounds=NOWHERE,
        chance=draw(chances),
        duration=draw(durations),
        wait=draw(st.one_of(st.just(Fixed(0.0)), durations)),
        alert=draw(chances) if alerts and draw(st.booleans()) else 0.0,
        alert_delay=draw(durations),
    )


@st.composite
def parts(draw: st.DrawFn, *, alerts: bool = True) -> tuple[list[Step], Entry, Containment]:
    """The steps, the entry and the containment of a graph."""
    names = [f"{number}" for number in range(draw(st.integers(3, 9)))]
    facts = [Fact(draw(st.sampled_from(KINDS)), name) for name in names]
    count = draw(st.integers(2, 14))
    made = [draw(steps(f"step {n:02}", facts, root=False, alerts=alerts)) for n in range(count)]
    variants = []
    for v in range(draw(st.integers(1, 3))):
        roots = [draw(steps(f"root {v}.{n}", facts, root=True, alerts=alerts)) for n in range(draw(st.integers(1, 2)))]
        variants.append(Variant(f"variant {v}", draw(st.sampled_from((1.0, 2.0, 0.5))), tuple(roots)))
    forgotten = {fact: draw(chances) for fact in facts if fact.kind == "holds"}
    return made, Entry("entry", tuple(variants)), Containment(draw(durations), draw(durations), forgotten)


def graph_of(made: list[Step], entry: Entry, containment: Containment) -> AttackGraph:
    """The graph of the given parts."""
    return AttackGraph.build(made, [entry], containment, horizon=HORIZON)


graphs = parts().map(lambda given: graph_of(*given))

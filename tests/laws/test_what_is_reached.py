"""What is reached: never more than can be, and never more after something was taken away."""

from __future__ import annotations

from dataclasses import replace

import pytest
from examples_drawn import examples
from generated_graphs import graph_of, graphs, parts
from hypothesis import given, settings
from hypothesis import strategies as st

from simkit.attackgraph import AttackGraph, Conclusion, Containment, Entry, Fact, Step
from simkit.distributions import Distribution
from simkit.engines import reference

SAMPLES = range(6)
WITHOUT_END = 10**9
"""No bound on role juggling: the exact answer, which is monotone; generated horizons are short enough for it."""

Parts = tuple[list[Step], Entry, Containment]


@given(graphs, st.integers(0, 2**64 - 1))
@examples(200)
def test_replay_within_reach_within_the_worst_case(graph: AttackGraph, seed: int) -> None:
    entry = graph.entry("entry")
    for sample in SAMPLES:
        trace = reference.replay(graph, entry, seed=seed, sample=sample)
        ever = reference.reach(graph, entry, seed=seed, sample=sample)
        assert set(trace.first) <= ever <= reference.worst_case(graph, entry.roots(trace.variant))


def reached(given_parts: Parts, sample: int, extensions: int = WITHOUT_END) -> dict[Fact, int]:
    """When each fact first held in a replay without a bound on role juggling."""
    graph = graph_of(*given_parts)
    trace = reference.replay(graph, graph.entry("entry"), seed=5, sample=sample, extensions=extensions)
    return {graph.facts[fact]: time for fact, time in trace.first.items()}


def never_adds(wide: Parts, narrow: Parts) -> None:
    """In no sample is anything reached after the narrowing that was not reached before, or sooner."""
    for sample in SAMPLES:
        before, after = reached(wide, sample), reached(narrow, sample)
        assert all(fact in before and before[fact] <= time for fact, time in after.items())


@given(parts(alerts=False), st.data())
@examples(200)
def test_removing_steps_never_adds_to_what_any_sample_reaches(given_parts: Parts, data: st.DataObject) -> None:
    made, entry, containment = given_parts
    kept = data.draw(st.lists(st.sampled_from(made), unique_by=lambda step: step.key))
    never_adds(given_parts, (kept, entry, containment))


@given(parts(alerts=False), st.data())
@examples(200)
def test_shortening_a_lifetime_never_adds_to_what_any_sample_reaches(given_parts: Parts, data: st.DataObject) -> None:
    made, entry, containment = given_parts
    shorter = [step._replace(conclusions=tuple(map(shortened, step.conclusions))) for step in made]
    narrow = [data.draw(st.sampled_from(pair)) for pair in zip(made, shorter, strict=True)]
    never_adds(given_parts, (narrow, entry, containment))


def shortened(conclusion: Conclusion) -> Conclusion:
    """Half as long; of a life that varies nothing is left."""
    if isinstance(conclusion.after, Distribution):
        return conclusion._replace(after=0.0)
    return conclusion._replace(after=20.0 if conclusion.after is None else conclusion.after / 2)


@given(parts(), st.integers(0, 4))
@examples(200)
def test_the_bound_on_role_juggling_errs_on_the_attackers_side_only(given_parts: Parts, extensions: int) -> None:
    made, entry, containment = given_parts
    quiet = [step._replace(alert=0.0) for step in made]
    calm = replace(entry, variants=tuple(_without_alerts(variant) for variant in entry.variants))
    for sample in SAMPLES:
        exact = reached((quiet, calm, containment), sample)
        bounded = reached((quiet, calm, containment), sample, extensions)
        assert all(fact in bounded and bounded[fact] <= time for fact, time in exact.items())


def _without_alerts(variant):  # type: ignore[no-untyped-def]
    return replace(variant, steps=tuple(step._replace(alert=0.0) for step in variant.steps))


@pytest.mark.slow
@given(parts(alerts=False), st.data())
@settings(max_examples=2500)
def test_removing_steps_never_adds_on_many_more_graphs(given_parts: Parts, data: st.DataObject) -> None:
    made, entry, containment = given_parts
    kept = data.draw(st.lists(st.sampled_from(made), unique_by=lambda step: step.key))
    never_adds(given_parts, (kept, entry, containment))

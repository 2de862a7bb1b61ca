"""Impact: a design against itself changes nothing, a narrower one allows nothing new, a wider one denies nothing."""

from __future__ import annotations

from dataclasses import replace

from examples_drawn import examples
from generated_worlds import copying_worlds, worlds
from hypothesis import assume, given
from hypothesis import strategies as st

from simkit.entitlements import Resolver
from simkit.impacts import impact
from simkit.impacts.grant_design import DENIED, GrantDesign
from simkit.model import ObservedCall, ObservedRun
from simkit.narrowing import candidates
from simkit.policies import GrantPolicy
from simkit.scenario import Scenario

SCOPES = ("role", "task+reads", "task", "task+arguments")
"""Each takes away at least as much as those before it. A tier that shares all (`all`) has no environment of its own, so
that it may be kept out where one of its members is let in."""


@st.composite
def observed(draw: st.DrawFn) -> Scenario:
    """A world in which work was seen: runs of its tasks, and of its identities for none, that called anything."""
    scenario: Scenario = draw(st.one_of(worlds(), copying_worlds()))
    resolver, operations = Resolver(scenario.model), [name for name, _, _ in scenario.model.operations()]
    does = [grant for name in operations for grant in ((name, ""), *resolver.grants(name))]
    assume(does and scenario.model.tasks)
    calls = st.builds(lambda grant: ObservedCall(*grant), st.sampled_from(does))
    whose = st.one_of(
        st.builds(dict, task=st.sampled_from(list(scenario.model.tasks))),
        st.builds(dict, identity=st.sampled_from(list(scenario.model.identities))),
    )
    drawn = draw(st.lists(st.tuples(whose, st.lists(calls, min_size=1, max_size=4)), min_size=1, max_size=6))
    return replace(scenario, observed=tuple(ObservedRun(calls=tuple(made), **who) for who, made in drawn))


@given(observed())
@examples(40)
def test_an_identical_design_changes_nothing(scenario: Scenario) -> None:
    found = impact(scenario, scenario)
    assert not any(row.changes for row in found.rows)
    assert not found.stops
    assert not found.widens
    assert found.prompts[0] == found.prompts[1]


@given(observed(), st.data())
@examples(40)
def test_what_a_wider_scope_denies_a_narrower_one_denies(scenario: Scenario, data: st.DataObject) -> None:
    wide, narrow = sorted(
        data.draw(st.lists(st.sampled_from(SCOPES), min_size=2, max_size=2, unique=True)), key=SCOPES.index
    )
    designs = [
        GrantDesign.of(scenario.model, scenario.response, GrantPolicy("drawn", scope=scope)) for scope in (wide, narrow)
    ]
    for run in scenario.observed:
        if run.task:  # of no task each design chooses the session that serves it best
            before, after = (design.answers(run) or () for design in designs)
            assert all(b.answer == DENIED for a, b in zip(before, after, strict=True) if a.answer == DENIED)


@given(observed(), st.data())
@examples(40)
def test_a_narrowing_allows_no_call_that_was_denied(scenario: Scenario, data: st.DataObject) -> None:
    offered = candidates(scenario)
    assume(offered)
    narrowing = data.draw(st.sampled_from(offered))
    found = impact(scenario, narrowing.apply(scenario))
    assert not any(row.allowed for row in found.rows), narrowing
    assert not found.wider, narrowing
    back = impact(narrowing.apply(scenario), scenario)
    assert not any(row.denied or row.asked for row in back.rows), narrowing
    assert not back.stops

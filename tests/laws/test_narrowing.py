"""Narrowing: it never widens, a recommendation keeps every task and what it promised, exact is never dearer."""

from __future__ import annotations

import math

import numpy as np
import pytest
from examples_drawn import examples
from generated_worlds import attacked_worlds, copying_worlds, worlds
from hypothesis import assume, given
from hypothesis import strategies as st
from tiny_worlds import world
from what_holds import reached, worst

from simkit.entitlements import Resolver
from simkit.narrowing import Narrowing, TurnDial, candidates, cut_off, recommend
from simkit.narrowing.edits.restrictions import BindTargets
from simkit.narrowing.edits.unneeded import unneeded
from simkit.narrowing.recommendation.costs import Side
from simkit.narrowing.recommendation.recommendation import Recommendations
from simkit.privilege import over_privilege
from simkit.scenario import Scenario, dump, loads
from simkit.simulation import compile_attack, simulate
from simkit.techniques.givers import Givers


def drawn(scenario: Scenario, data: st.DataObject) -> Narrowing:
    offered = candidates(scenario)
    assume(offered)
    return data.draw(st.sampled_from(offered))


@given(st.one_of(worlds(), copying_worlds()), st.data())
@examples(100)
def test_narrowing_never_widens_the_worst_case(scenario: Scenario, data: st.DataObject) -> None:
    narrowing = drawn(scenario, data)
    before, after = compile_attack(scenario), compile_attack(narrowing.apply(scenario))
    for entry in scenario.entry_points:
        assert worst(after, entry) <= worst(before, entry), narrowing


def draws_its_own(narrowing: Narrowing) -> bool:
    """Where an edit makes steps of other names (a part of a target, a session for each task), these meet fates of their
    own: what is then reached is not less of the same sample, but less on average."""
    return isinstance(narrowing, BindTargets) or (isinstance(narrowing, TurnDial) and narrowing.dial in PER_TASK)


PER_TASK = ("identity", "scope")


@given(st.one_of(worlds(), copying_worlds()), st.data())
@examples(100)
def test_narrowing_never_widens_any_sample_when_nobody_is_alerted(scenario: Scenario, data: st.DataObject) -> None:
    narrowing = drawn(scenario, data)
    assume(not draws_its_own(narrowing))
    before, after = compile_attack(scenario), compile_attack(narrowing.apply(scenario))
    for entry in scenario.entry_points:
        for wide, narrow in zip(reached(before, entry), reached(after, entry), strict=True):
            assert narrow.keys() <= wide.keys(), narrowing


@pytest.mark.parametrize(("duration", "offered"), [("5m", True), ("{exponential: {mean: 5m}}", False)])
def test_a_token_for_a_run_that_may_take_longer_than_its_ttl_is_no_narrowing(duration: str, offered: bool) -> None:
    """Runs of 5 min on average: one in twenty takes longer than the 15 min that a token lives now."""
    scenario = world(f"""
        policy: jit
        identities: {{bot: {{entitlements: [{{operation: store.put}}]}}}}
        resources: {{ledger: {{value: {{integrity: 1}}}}}}
        tools: {{store: {{operations: {{put: {{effect: write, targets: [ledger]}}}}}}}}
        credentials: {{token: {{identity: bot, ttl: never}}}}
        tasks: {{book: {{identity: bot, needs: [store.put], rate: 1/d, duration: {duration}}}}}
        entry_points: {{start: {{leak: token}}}}
        goals: {{changed: {{lost: ["ledger: integrity"]}}}}
        """)
    assert (TurnDial("bot", "expiry", "completion") in candidates(scenario)) is offered


@given(worlds(alerts=True, grants=True), st.data())
@examples(50)
def test_a_narrowed_scenario_can_be_written_and_read(scenario: Scenario, data: st.DataObject) -> None:
    narrowing = drawn(scenario, data)
    narrowed = narrowing.apply(scenario)
    assert loads(dump(narrowed)).digest == narrowed.digest
    assert narrowing.apply(narrowed).digest == narrowed.digest, "what was taken away is not there to be taken again"


@given(worlds(alerts=True, grants=True))
@examples(60)
def test_what_costs_nothing_is_what_over_privilege_calls_unneeded_and_breaks_no_task(scenario: Scenario) -> None:
    privilege, model = over_privilege(scenario), scenario.model
    spare = {(grant.identity, grant.operation, grant.target) for grant in privilege.unneeded()}
    before = Side.of(scenario)
    for each in unneeded(model, privilege, Givers(model)):
        narrowed = each.narrowing.apply(scenario)
        assert not before.cost(Side.of(narrowed)).broken
        gone = {
            (name, *grant)
            for name in model.identities
            for grant in Resolver(model).identity(name).keys() - Resolver(narrowed.model).identity(name).keys()
        }
        assert not each.is_free or gone <= spare


def keeps_every_task(scenario: Scenario, found: Recommendations) -> None:
    before = Side.of(scenario)
    for each in found:
        after = Side.of(each.narrowing.apply(scenario))
        assert not before.work.lost(after.work)
        assert set(after.utility.broken) <= set(before.utility.broken)


def resimulates_to_what_it_promised(scenario: Scenario, found: Recommendations) -> None:
    for each in (first for first in found.ranked[:3] if not first.narrowing.judged):
        written = loads(dump(each.narrowing.apply(scenario)))
        values = [simulate(written, entry_point=name, trials=10).values for name in scenario.entry_points]
        assert math.isclose(float(np.concatenate(values).mean()), each.after.mean.estimate, abs_tol=1e-9)
    curve = [
        simulate(loads(dump(found.narrowed)), entry_point=name, trials=10).values for name in scenario.entry_points
    ]
    assert math.isclose(float(np.concatenate(curve).mean()), found.curve[-1].effect.mean.estimate, abs_tol=1e-9)


def puts_the_unneeded_before_anything_that_costs_as_much(found: Recommendations) -> None:
    ranked = found.ranked
    helpful = [each for each in ranked if each.helps and not each.narrowing.judged]
    assert list(ranked[: len(helpful)]) == helpful, "what is judged otherwise comes behind them"
    assert [each.worth for each in helpful] == sorted((each.worth for each in helpful), reverse=True)
    assert all(each.price == 0.0 for each in ranked if each.unneeded and not each.cost.tokens_a_day > 0)


@given(attacked_worlds(alerts=True))
@examples(18)
def test_a_recommendation_keeps_tasks_and_promises_and_puts_the_unneeded_first(scenario: Scenario) -> None:
    found = recommend(scenario, trials=10, budget=1)
    keeps_every_task(scenario, found)
    resimulates_to_what_it_promised(scenario, found)
    puts_the_unneeded_before_anything_that_costs_as_much(found)


@given(attacked_worlds(grants=True))
@examples(40)
def test_the_exact_cut_is_never_dearer_than_the_greedy_one(scenario: Scenario) -> None:
    goal = next(iter(scenario.goals))
    exact, greedy = (cut_off(scenario, goal=goal, exact=way, trials=5) for way in (True, False))
    assert exact.possible or not greedy.possible
    if greedy.possible:
        assert exact.price <= greedy.price
    for plan in (exact, greedy):
        if plan.possible:
            assert plan.is_cut
            assert not plan.cost.broken
        else:
            assert plan.narrowed == plan.scenario

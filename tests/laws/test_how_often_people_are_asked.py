"""People who are asked more often never let more through, and who aims at something takes no more."""

from __future__ import annotations

from dataclasses import replace

from examples_drawn import examples
from generated_worlds import copying_worlds, worlds
from hypothesis import given
from hypothesis import strategies as st
from what_holds import never_adds, reached, worst

from simkit.attackgraph import Step
from simkit.distributions import Fixed
from simkit.model import Attacker
from simkit.policies import DIALS
from simkit.scenario import Scenario
from simkit.simulation import compile_attack

either = st.one_of(worlds(), copying_worlds())


def answered_at_once(scenario: Scenario) -> Scenario:
    """A run that waits for a person goes on until the answer, which gives what else it does more time."""
    return replace(scenario, response=replace(scenario.response, approval_delay=Fixed(0.0)))


def by_agent(step: Step) -> bool:
    """An agent that errs, or that words steer, does what it does once in a run."""
    return any(
        premise.kind in ("errs", "steers") or (premise.kind == "asks" and premise.object) for premise in step.premises
    )


OFTEN = DIALS["asked"].settings
ABOUT = DIALS["approval"].settings


@given(either, st.sampled_from(ABOUT[1:]), st.sets(st.sampled_from(range(len(OFTEN))), min_size=2, max_size=2))
@examples(60)
def test_approvals_that_are_asked_more_often_never_widen(scenario: Scenario, approval: str, often: set[int]) -> None:
    prompt, base = answered_at_once(scenario), scenario.grant_policy().turned(approval=approval)
    wide, narrow = (compile_attack(prompt, base.turned(asked=OFTEN[at])) for at in sorted(often))
    never_adds(wide, narrow)


@given(either, st.sampled_from(OFTEN), st.sets(st.sampled_from(range(len(ABOUT))), min_size=2, max_size=2))
@examples(60)
def test_approvals_that_are_asked_about_more_never_widen(scenario: Scenario, asked: str, about: set[int]) -> None:
    prompt, base = answered_at_once(scenario), scenario.grant_policy().turned(asked=asked)
    wide, narrow = (compile_attack(prompt, base.turned(approval=ABOUT[at])) for at in sorted(about))
    never_adds(wide, narrow)


@given(worlds(alerts=True), st.sampled_from(("none", "checks")))
@examples(40)
def test_the_older_word_for_approvals_is_checks_and_approval_of_high_impact(scenario: Scenario, before: str) -> None:
    base = scenario.grant_policy().turned(approval="none", asked="each-use")
    one = compile_attack(scenario, base.turned(context="approval")).graph
    two = compile_attack(scenario, base.turned(context="checks", approval="high-impact")).graph
    assert (one.facts, one.steps) == (two.facts, two.steps)


@given(either, st.data())
@examples(60)
def test_who_aims_at_some_goals_takes_no_more_and_can_reach_these_as_before(
    scenario: Scenario, data: st.DataObject
) -> None:
    """With alerts off."""
    aims = data.draw(st.sets(st.sampled_from(sorted(scenario.goals)), min_size=1))
    greedy = compile_attack(scenario)
    aiming = compile_attack(replace(scenario, attacker=replace(scenario.attacker, aims_at=tuple(sorted(aims)))))
    never_adds(greedy, aiming)
    for entry in scenario.entry_points:
        ever = {fact for fact in worst(greedy, entry) if fact.kind == "reached" and fact.subject in aims}
        assert ever <= worst(aiming, entry)


@given(either, st.sampled_from((None, 60.0, 600.0)))
@examples(60)
def test_what_one_try_reaches_trying_each_time_reaches_no_later(scenario: Scenario, retry: float | None) -> None:
    """With alerts off, and answers at once: to wait for a person keeps a run going, and the next run ends that wait."""
    prompt = answered_at_once(scenario)
    once, each_time = (
        compile_attack(replace(prompt, attacker=Attacker(tries=how, retry=retry))) for how in ("once", "each-time")
    )
    for entry in scenario.entry_points:
        for one, other in zip(reached(once, entry), reached(each_time, entry), strict=True):
            assert one.keys() <= other.keys()
            assert all(other[fact] <= moment for fact, moment in one.items())
        assert worst(once, entry) == worst(each_time, entry)


@given(either)
@examples(30)
def test_whatever_may_fail_in_a_run_or_by_the_attackers_own_call_is_tried_again(scenario: Scenario) -> None:
    graph = compile_attack(replace(scenario, attacker=Attacker(tries="each-time", retry=60.0))).graph
    sure = {step.key for step in graph.steps if step.chance >= 1.0}
    for step in graph.steps:
        assert step.chance >= 1.0 or sure & {f"{step.key} in a later run", f"{step.key} tried again"} or by_agent(step)

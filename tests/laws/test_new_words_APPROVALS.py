"""People who are asked more often never let more through."""

from __future__ import annotations

from generated_worlds import copying_worlds, worlds
from hypothesis import given, settings
from hypothesis import strategies as st
from laws.test_new_words import never_adds

from simkit.policies import DIALS
from simkit.scenario import Scenario
from simkit.simulation import compile_attack

either = st.one_of(worlds(), copying_worlds())
OFTEN = DIALS["asked"].settings
ABOUT = DIALS["approval"].settings


@given(either, st.sampled_from(ABOUT[1:]), st.sets(st.sampled_from(range(len(OFTEN))), min_size=2, max_size=2))
@settings(max_examples=120)
def test_approvals_that_are_asked_more_often_never_widen(scenario: Scenario, approval: str, often: set[int]) -> None:
    base = scenario.grant_policy().turned(approval=approval)
    wide, narrow = (compile_attack(scenario, base.turned(asked=OFTEN[at])) for at in sorted(often))
    never_adds(wide, narrow)


@given(either, st.sampled_from(OFTEN), st.sets(st.sampled_from(range(len(ABOUT))), min_size=2, max_size=2))
@settings(max_examples=120)
def test_approvals_that_are_asked_about_more_never_widen(scenario: Scenario, asked: str, about: set[int]) -> None:
    base = scenario.grant_policy().turned(asked=asked)
    wide, narrow = (compile_attack(scenario, base.turned(approval=ABOUT[at])) for at in sorted(about))
    never_adds(wide, narrow)


@given(worlds(alerts=True), st.sampled_from(("none", "checks")))
@settings(max_examples=40)
def test_the_older_word_for_approvals_is_checks_and_approval_of_high_impact(scenario: Scenario, before: str) -> None:
    base = scenario.grant_policy().turned(approval="none", asked="each-use")
    one = compile_attack(scenario, base.turned(context="approval")).graph
    two = compile_attack(scenario, base.turned(context="checks", approval="high-impact")).graph
    assert (one.facts, one.steps) == (two.facts, two.steps)

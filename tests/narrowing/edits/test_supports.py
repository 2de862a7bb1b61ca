"""What removals do on the supported graph is what they do when they are applied and everything is compiled again."""

from __future__ import annotations

import pytest
from examples_drawn import examples
from generated_worlds import worlds
from hypothesis import assume, given
from hypothesis import strategies as st

from simkit.attackgraph import Fact
from simkit.engines.reach import worst_cases
from simkit.narrowing.cutset.problem import keeps
from simkit.narrowing.edits import supports
from simkit.narrowing.edits.candidates import removals
from simkit.narrowing.edits.edit import Narrowing
from simkit.narrowing.edits.removals import DropEntitlements
from simkit.narrowing.edits.supports import supported
from simkit.narrowing.edits.work import work_of
from simkit.scenario import Scenario, loads
from simkit.simulation import compile_attack
from simkit.techniques.givers import Givers, Holder

KINDS = ("lost", "performed", "reached", "runs_in", "deleted", "tainted")
"""Facts that are called the same before and after; sessions and tokens may change their names."""


def harm(facts, held) -> set[Fact]:  # type: ignore[no-untyped-def]
    return {fact for fact, holds in zip(facts, held, strict=True) if holds and fact.kind in KINDS}


def on_the_supported_graph(
    scenario: Scenario, taken: list[Narrowing], *, in_reach: bool = False
) -> dict[str, set[Fact]]:
    made = supported(scenario, in_reach=in_reach)
    gone = made.without(fact for each in taken for fact in each.removes() or ())
    found = {}
    for name, starts in made.starts.items():
        held = worst_cases(made.graph, starts or [()], without=[gone] * max(len(starts), 1), threads=1)
        found[name] = harm(made.graph.facts, held.any(axis=0))
    return found


def compiled_again(scenario: Scenario, taken: list[Narrowing]) -> dict[str, set[Fact]]:
    for each in taken:
        scenario = each.apply(scenario)
    graph = compile_attack(scenario).graph
    found = {}
    for name, entry in graph.entries.items():
        starts = [entry.roots(variant) for variant in range(len(entry.names))] or [[]]
        found[name] = harm(graph.facts, worst_cases(graph, starts, threads=1).any(axis=0))
    return found


@given(worlds(grants=True))
@examples(50)
def test_without_removals_it_is_the_attack_graph(scenario: Scenario) -> None:
    assume(not Givers(scenario.model).mixed())
    assert on_the_supported_graph(scenario, []) == compiled_again(scenario, [])


@given(worlds(grants=True), st.data())
@examples(120)
def test_removals_that_keep_every_task_do_the_same_on_both(scenario: Scenario, data: st.DataObject) -> None:
    assume(not Givers(scenario.model).mixed())
    requirements = tuple(work_of(scenario).requirements())
    able = [n for n in removals(scenario, Givers(scenario.model)) if keeps(n.removes(), requirements)]
    assume(able)
    taken = data.draw(st.lists(st.sampled_from(able), unique=True))
    assume(keeps(frozenset().union(*(n.removes() for n in taken)), requirements))
    assert on_the_supported_graph(scenario, taken) == compiled_again(scenario, taken)


@given(worlds(grants=True), st.data())
@examples(60)
def test_what_nobody_can_come_to_take_makes_no_difference_to_removals(scenario: Scenario, data: st.DataObject) -> None:
    offered = list(removals(scenario, Givers(scenario.model)))
    taken = data.draw(st.lists(st.sampled_from(offered), unique=True)) if offered else []
    assert on_the_supported_graph(scenario, taken, in_reach=True) == on_the_supported_graph(scenario, taken)


def test_steps_that_nobody_can_come_to_take_are_left_out() -> None:
    scenario = loads(STAGED)
    few, all_of_them = supported(scenario, in_reach=True).graph, supported(scenario).graph
    assert {step.key for step in few.steps} < {step.key for step in all_of_them.steps}


STAGED = """
simkit: 1
name: staged
identities:
  a: {kind: agent, susceptibility: 1, entitlements: [{operation: t.rd}, {operation: t.note}, {operation: t.mail}]}
  b: {kind: agent, susceptibility: 1, entitlements: [{operation: t.look}, {operation: t.mail}]}
resources: {vault: {value: {confidentiality: 1}}, notes: {}, inbox: {}}
tools:
  t:
    operations:
      rd: {effect: read, targets: [vault]}
      note: {effect: write, targets: [notes]}
      look: {effect: read, targets: [notes]}
      mail: {effect: send}
tasks: {k1: {identity: a, reads: [inbox]}, k2: {identity: b, reads: [inbox]}}
entry_points: {start: {poison: inbox}}
"""


def test_a_copy_that_only_a_removal_makes_worth_taking_is_on_the_supported_graph() -> None:
    scenario = loads(STAGED)
    assert not any(step.rule == "stage" for step in compile_attack(scenario).graph.steps)  # a mails it out itself
    mail = DropEntitlements(Holder("identity", "a"), (("t.mail", ""),))
    lost = Fact("lost", "vault", "confidentiality")
    assert lost in on_the_supported_graph(scenario, [mail])["start"]
    assert on_the_supported_graph(scenario, [mail]) == compiled_again(scenario, [mail])


def test_too_many_copies_are_left_out_and_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    assert supported(loads(STAGED)).whole
    monkeypatch.setattr(supports, "MOST_COPIES", 0)
    left_out = supported(loads(STAGED))
    assert not left_out.whole
    assert not any(step.rule == "stage" for step in left_out.graph.steps)


@given(worlds(grants=True))
@examples(30)
def test_what_was_compiled_already_gives_the_same_graph(scenario: Scenario) -> None:
    anew, taken = supported(scenario), supported(scenario, compile_attack(scenario, editable=True))
    assert [each.key for each in taken.graph.steps] == [each.key for each in anew.graph.steps]
    assert taken.graph.facts == anew.graph.facts
    assert (taken.starts, taken.step_of) == (anew.starts, anew.step_of)
    assert (taken.whole, taken.doubted) == (anew.whole, anew.doubted)

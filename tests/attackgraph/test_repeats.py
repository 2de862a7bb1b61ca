"""A graph of repeats is the graph of the steps that they stand for."""

from __future__ import annotations

import numpy as np
import pytest

from simkit.attackgraph import AttackGraph, Conclusion, Containment, Entry, Fact, Ground, Step, Variant
from simkit.attackgraph.repeats import Repeats, RepeatsMade, Series, StepSequence, Topic
from simkit.errors import EngineError
from simkit.remembered import remembering
from simkit.scenario import load
from simkit.simulation import compile_attack
from simkit.techniques import reachable_copies

FLOW = (Ground("flow", ("a",)),)
HAD, SEEN, OUT = Fact("steers", "a"), Fact("seen", "a", "p"), Fact("outbound", "a")
THINGS = ("a", "b", "b, c", "a in p")
NOBODY = Containment()


def step(key: str, *premises: Fact, fate: str = "") -> Step:
    return Step(key, "find", premises, (Conclusion(OUT),), FLOW, label="plain", fate=fate)


def series(before: str, after: str, *, own: bool = False) -> Series:
    plain = step("", HAD, SEEN, fate="shared")._replace(chance=0.5)
    around = (f"fate {before}", after)
    return Series(plain, (before, after), ("find ", after) if own else None, around if own else None)


def repeats(*given: Series) -> Repeats:
    made = RepeatsMade()
    things = made.numbers(map(Topic, THINGS))
    needs = made.new_facts([Fact("copied", thing, "p") for thing in THINGS])
    leads = made.concludes(
        [(Conclusion(Fact("lost", "nothing")),), *[(Conclusion(Fact("seen", "a", t)),) for t in THINGS]]
    )
    for each in given:
        made.add(each, things, needs, leads[1:])
    return made.made()


def graph(steps: list[Step], more: Repeats | None = None) -> AttackGraph:
    first = step("leak")._replace(conclusions=(Conclusion(HAD), Conclusion(SEEN)))
    return AttackGraph.build(steps, [Entry("e", (Variant("v", 1.0, (first,)),))], NOBODY, horizon=60.0, repeats=more)


def is_the_same(one: AttackGraph, other: AttackGraph, entry: str = "e") -> None:
    assert [*one.steps] == [*other.steps]
    assert one.facts == other.facts
    for name in one.__slots__:
        ours, theirs = getattr(one, name, None), getattr(other, name, None)
        if isinstance(ours, np.ndarray):
            assert ours.tolist() == theirs.tolist(), name
    assert one.entries[entry].root_idx.tolist() == other.entries[entry].root_idx.tolist()


def test_keys_are_in_order_whatever_they_begin_with() -> None:
    plain = [
        step(key, HAD) for key in ("find", "find(a, b", "find(a, b in p) more", "find(b", "goal", "find(a, b, b in q)")
    ]
    more = repeats(
        series("find(a, ", " in p)", own=True),
        series("find(a, ", " in q)"),
        series("find(a, b, ", " in p)", own=True),
        series("read -> ", ""),
    )
    is_the_same(graph(plain, more), graph([*plain, *more.steps()]))


def test_rows_that_are_left_out_leave_nothing_behind() -> None:
    more = repeats(series("find(a, ", " in p)", own=True), series("find(b, ", " in p)"))
    left = more.where(np.array([True, False, True, True, False, False, False, False]))
    assert [each.key for each in left.steps()] == ["find(a, a in p)", "find(a, b, c in p)", "find(a, a in p in p)"]
    is_the_same(graph([], left), graph([*left.steps()]))
    assert Fact("copied", "b", "p") not in graph([], left).index


def test_the_same_step_twice_is_one_and_another_of_its_key_an_error() -> None:
    once = repeats(series("find(a, ", " in p)"))
    assert len(graph([once.step(0)], once.beside(once)).steps) == 5
    with pytest.raises(EngineError, match=r"two different steps share the key 'find\(a, b in p\)'"):
        graph([step("find(a, b in p)", HAD)], once)


def test_a_step_that_never_succeeds_or_leads_to_nothing_is_not_made() -> None:
    made = RepeatsMade()
    needs = made.new_facts([Fact("copied", thing, "p") for thing in THINGS])
    leads = made.concludes([(), (Conclusion(OUT),), (), (Conclusion(HAD),)])
    never = series("never ", "")
    made.add(never._replace(plain=never.plain._replace(chance=0.0)), made.numbers(map(Topic, THINGS)), needs, leads)
    made.add(series("some ", ""), made.numbers(map(Topic, THINGS)), needs, leads)
    assert [(each.key, each.conclusions[0].fact) for each in made.made().steps()] == [
        ("some b", OUT),
        ("some a in p", HAD),
    ]


def test_steps_are_made_when_somebody_asks() -> None:
    steps = graph([], repeats(series("find(a, ", " in p)", own=True))).steps
    assert (steps[1].key, steps[1].label, steps[1].fate) == ("find(a, a in p)", "find a in p)", "fate find(a, a in p)")
    assert steps[1:3] == (steps[1], steps[2])
    assert steps[-1].key == "leak"
    assert steps == graph([*steps][:-1]).steps


@pytest.mark.parametrize("policy", ["rbac-context", "static-secrets"])
def test_copies_in_columns_are_the_steps_that_they_would_be(policy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = load("scenarios/starter.yaml")
    plain = compile_attack(scenario, policy).graph
    monkeypatch.setattr(reachable_copies, "FEW", 0)
    columns = compile_attack(scenario, policy).graph
    assert isinstance(columns.steps, StepSequence)
    assert not isinstance(plain.steps, StepSequence)
    is_the_same(columns, plain, "leaked-ci-secret")


def test_a_command_that_repeats_the_same_again_has_the_same_fates() -> None:
    mine, other = repeats(series("find(", ")", own=True)), repeats(series("seek(", ")", own=True))
    plain, others = graph([], mine).step_hash.tolist(), graph([], other).step_hash.tolist()
    with remembering():
        assert [graph([], each).step_hash.tolist() for each in (mine, mine, other, mine)] == [
            plain,
            plain,
            others,
            plain,
        ]
    assert plain != others

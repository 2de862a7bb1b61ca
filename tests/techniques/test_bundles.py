"""One thing stands for all that are seen and copied alike, and copies that no sample makes are absent: nothing else of
a sample changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from unittest.mock import patch

import pytest
from examples_drawn import examples
from generated_worlds import copying_worlds, named, worlds
from hypothesis import given, settings
from hypothesis import strategies as st
from what_happened import WRITTEN_DOWN, happened, reached, without_copies

from simkit.attackgraph import Fact
from simkit.distributions import Fixed
from simkit.engines.reach import reach
from simkit.estate import generate
from simkit.model import Operation
from simkit.policies import NAMED, GrantPolicy
from simkit.scenario import Scenario
from simkit.simulation import Attack, compile_attack, compile_samples
from simkit.techniques import compile as compiling
from simkit.techniques import reachable_sessions
from simkit.techniques.reachable_copies import COPYING
from simkit.techniques.reachable_sessions import NAMED as NAMED_KINDS


def doubled(scenario: Scenario) -> Scenario:
    """`scenario`, where beside each secret and each place there is another one, which is used as that is; who looks
    into them is sure to see them, each in its time, and nobody is asked first."""
    model = scenario.model
    beside = {name: f"{name}-beside" for name in model.resources if name.startswith(("secret", "place"))}
    others = [replace(model.resources[name], name=other, contains=()) for name, other in beside.items()]

    def both(targets: Sequence[str]) -> tuple[str, ...]:
        return (*targets, *(beside[name] for name in targets if name in beside))

    def on_both(one: Operation) -> Operation:
        sure = {"chance": 1.0, "duration": Fixed(one.duration.mean)} if one.effect == "read" else {}
        return replace(one, targets=both(one.targets), **sure)

    tools = [
        replace(tool, operations=named([*map(on_both, tool.operations.values())])) for tool in model.tools.values()
    ]
    tasks = [
        replace(task, needs=tuple([replace(need, targets=both(need.targets)) for need in task.needs]))
        for task in model.tasks.values()
    ]
    people = [
        replace(one, entitlements=tuple([replace(each, conditions=()) for each in one.entitlements]))
        for one in model.identities.values()
    ]
    resources, identities = {**model.resources, **named(others)}, named(people)
    return replace(
        scenario,
        model=replace(model, identities=identities, resources=resources, tools=named(tools), tasks=named(tasks)),
    )


either = st.one_of(
    copying_worlds().map(doubled),
    copying_worlds(alerts=True).map(doubled),
    copying_worlds(alerts=True),
    worlds(alerts=True, grants=True),
)
policies = st.builds(
    lambda name, context, response: replace(NAMED[name], name="drawn", context=context, response=response),
    st.sampled_from(sorted(NAMED)),
    st.sampled_from(["none", "checks", "approval"]),
    st.sampled_from(["manual", "manual", "rotation", "automatic"]),
)


def when(attack: Attack, entry: str, trials: int) -> list[tuple[dict[Fact, int], int, int]]:
    """What happened, but what is followed; by which step is no matter, for it may have another name."""
    samples = without_copies(happened(attack, entry, trials))
    return [({fact: first for fact, (first, _) in held.items()}, *rest) for held, *rest in samples]


def ever(attack: Attack, entry: str, trials: int) -> list[set[Fact]]:
    """What each sample ever reaches, but what is followed."""
    held, facts = reach(attack.graph, entry, seed=3, trials=trials), attack.graph.facts
    found = [{facts[fact] for fact in row.nonzero()[0]} for row in held]
    return [{fact for fact in each if fact.kind not in WRITTEN_DOWN} for each in found]


def in_all(
    scenario: Scenario, policy: GrantPolicy, trials: int = 20, many: int = 0, idle: int = 0
) -> tuple[int, int, int]:
    """How many steps copy where it is told what an attack reaches at all, among the samples, and in a graph that
    follows each thing, where `many` copies are too many to do that, and what sessions with `idle` grants together do is
    left out where nobody leads to them; what happens is the same."""
    entries = [*scenario.entry_points]
    theirs = compile_attack(scenario, policy, through=entries)
    with patch.object(compiling, "MANY_COPIES", many), patch.object(reachable_sessions, "FEW", idle):
        told, ours = compile_samples(scenario, policy, entries, seed=3, trials=trials)
    for entry in entries:
        assert when(ours, entry, trials) == when(theirs, entry, trials)
        assert ever(told, entry, trials) == ever(theirs, entry, trials)
        assert reached(told, entry) == reached(theirs, entry)
    assert lost_at_worst(told, entries) == lost_at_worst(theirs, entries)
    assert [*ours.legend.losses.values()] == [*theirs.legend.losses.values()]
    assert known(ours) == known(told) <= known(theirs)
    assert secrets(ours) == secrets(theirs)
    one, other, each = (sum(step.rule in COPYING for step in attack.graph.steps) for attack in (told, ours, theirs))
    return one, other, each


def lost_at_worst(attack: Attack, entries: Sequence[str]) -> dict[str, tuple[float, object]]:
    """The value and the goals that each entry point can cost at all."""
    return {name: (case.value, case.goals) for name, case in attack.worst_cases(entries).items()}


def known(attack: Attack) -> set[Fact]:
    """The losses, goals and secrets of a graph."""
    return {fact for fact in attack.graph.facts if fact.kind in NAMED_KINDS}


def secrets(attack: Attack) -> set[Fact]:
    """The secrets of a graph: who responds finds them, though nobody stole them."""
    return {fact for fact in attack.graph.facts if fact.kind in ("holds", "exposed", "kept")}


@given(either, policies)
@examples(40)
def test_bundles_change_no_sample(scenario: Scenario, policy: GrantPolicy) -> None:
    in_all(scenario, policy)


@pytest.mark.slow
@given(either, policies)
@settings(max_examples=2000)
def test_bundles_change_no_sample_in_many_worlds(scenario: Scenario, policy: GrantPolicy) -> None:
    in_all(scenario, policy)


@pytest.mark.parametrize("few", [0, compiling.FEW])
def test_what_is_read_alike_is_copied_by_one_step(few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each team of an estate reads its nine stores alike."""
    monkeypatch.setattr(compiling, "FEW", few)
    estate = generate(4000, seed=1)
    assert in_all(estate, NAMED["rbac-context"], trials=50) == (1188, 1188, 4617)


@pytest.mark.parametrize("few", [0, compiling.FEW])
def test_where_copies_may_be_noticed_only_those_that_a_sample_makes_are_there(
    few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiling, "FEW", few)
    noticed = replace(NAMED["rbac-context"], name="noticed", response="automatic")
    assert in_all(generate(4000, seed=1), noticed, trials=3) == (1188, 1613, 4617)


def test_few_copies_that_may_be_noticed_are_followed_thing_by_thing() -> None:
    one, other, each = in_all(generate(2000, seed=1), NAMED["zero-standing"], trials=10, many=compiling.MANY_COPIES)
    assert one == other == each

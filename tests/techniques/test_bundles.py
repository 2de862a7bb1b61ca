"""One thing stands for all that are seen and copied alike: nothing else of a sample changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from examples_drawn import examples
from generated_worlds import copying_worlds, named, worlds
from hypothesis import given, settings
from hypothesis import strategies as st
from what_happened import happened, reached, without_copies

from simkit.attackgraph import Fact
from simkit.distributions import Fixed
from simkit.estate import generate
from simkit.model import Operation
from simkit.policies import NAMED, GrantPolicy
from simkit.scenario import Scenario
from simkit.simulation import Attack, compile_attack
from simkit.techniques import compile as compiling
from simkit.techniques.reachable_copies import COPYING


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


def in_both(scenario: Scenario, policy: GrantPolicy, trials: int = 20) -> tuple[int, int]:
    """How many steps copy with bundles and without; the samples are the same."""
    entries = [*scenario.entry_points]
    ours, theirs = (compile_attack(scenario, policy, through=entries, bundles=each) for each in (True, False))
    for entry in entries:
        assert when(ours, entry, trials) == when(theirs, entry, trials)
        assert reached(ours, entry) == reached(theirs, entry)
    one, other = (sum(step.rule in COPYING for step in attack.graph.steps) for attack in (ours, theirs))
    return one, other


@given(either, policies)
@examples(40)
def test_bundles_change_no_sample(scenario: Scenario, policy: GrantPolicy) -> None:
    in_both(scenario, policy)


@pytest.mark.slow
@given(either, policies)
@settings(max_examples=2000)
def test_bundles_change_no_sample_in_many_worlds(scenario: Scenario, policy: GrantPolicy) -> None:
    in_both(scenario, policy)


@pytest.mark.parametrize("few", [0, compiling.FEW])
def test_what_is_read_alike_is_copied_by_one_step(few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each team of an estate reads its nine stores alike."""
    monkeypatch.setattr(compiling, "FEW", few)
    estate = generate(4000, seed=1)
    one, other = in_both(estate, NAMED["rbac-context"], trials=50)
    assert (one, other) == (1188, 4617)


def test_what_may_be_noticed_is_followed_thing_by_thing() -> None:
    one, other = in_both(generate(2000, seed=1), NAMED["zero-standing"], trials=10)
    assert one == other

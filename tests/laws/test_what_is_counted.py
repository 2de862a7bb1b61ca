"""What is counted adds up: alternatives of goals, records, what is undone, and how many are alike."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from examples_drawn import examples
from generated_counts import terms_of
from generated_graphs import NOWHERE
from generated_worlds import DAY, attacked_worlds, worlds
from hypothesis import assume, given
from hypothesis import strategies as st

from simkit.attackgraph import AttackGraph, Conclusion, Containment, Entry, Fact, Step, Variant
from simkit.distributions import Fixed
from simkit.engines import by_reference
from simkit.engines.replay import replay
from simkit.measures import MEASURES
from simkit.model import Goal, Operation
from simkit.narrowing.edits.candidates import removals
from simkit.scenario import Scenario, dump, loads
from simkit.simulation import Attack, compile_attack, rank
from simkit.techniques.givers import Givers

SAMPLES = 24


def aiming(scenario: Scenario, *goals: Goal) -> Attack:
    return compile_attack(replace(scenario, goals={goal.name: goal for goal in goals}))


def moments(attack: Attack, entry: str) -> dict[str, list[int | None]]:
    """For each goal when each sample first reached it."""
    first = replay(attack.graph, entry, seed=7, trials=SAMPLES, threads=1).first
    columns = {name: first[:, fact] for name, fact in attack.legend.goals.items() if fact is not None}
    never = np.full(SAMPLES, -1)
    return {
        name: [moment if moment >= 0 else None for moment in columns.get(name, never).tolist()]
        for name in attack.legend.goals
    }


def some_losses(draw: st.DataObject, scenario: Scenario) -> list[tuple[str, str]]:
    reached = scenario.goals["reached"].lost
    pairs = st.tuples(
        st.sampled_from(sorted(scenario.model.resources)), st.sampled_from(("confidentiality", "integrity"))
    )
    return list(dict.fromkeys([*reached, *draw.draw(st.lists(pairs, min_size=1, max_size=3))]))


@given(attacked_worlds(alerts=True), st.data())
@examples(60)
def test_any_is_reached_as_soon_as_the_first_of_its_alternatives_and_all_with_the_last(
    scenario: Scenario, data: st.DataObject
) -> None:
    pairs = some_losses(data, scenario)
    one_each = [Goal(f"{number}", lost=(pair,)) for number, pair in enumerate(pairs)]
    attack = aiming(scenario, Goal("any", any_of=terms_of(pairs)), Goal("all", lost=tuple(pairs)), *one_each)
    for entry in scenario.entry_points:
        found = moments(attack, entry)
        for row in range(SAMPLES):
            alone = [found[goal.name][row] for goal in one_each]
            reached = [moment for moment in alone if moment is not None]
            assert found["any"][row] == min(reached, default=None)
            assert found["all"][row] == (max(reached) if len(reached) == len(alone) else None)


@given(attacked_worlds(), st.data())
@examples(40)
def test_a_bare_list_is_what_stands_under_all(scenario: Scenario, data: st.DataObject) -> None:
    pairs = some_losses(data, scenario)
    bare, said = Goal("goal", lost=tuple(pairs)), Goal("goal", all_of=terms_of(pairs))
    assert replace(scenario, goals={"goal": bare}).digest == replace(scenario, goals={"goal": said}).digest
    for entry in scenario.entry_points:
        assert moments(aiming(scenario, bare), entry) == moments(aiming(scenario, said), entry)


@given(worlds())
@examples(60)
def test_goals_with_alternatives_load_back_equal(scenario: Scenario) -> None:
    again = loads(dump(scenario), scenario.file)
    assert again == scenario
    assert again.digest == scenario.digest


# ---- quotas

WITHOUT_END = 10**9
HOUR = 3600.0


def values(scenario: Scenario, entry: str, trials: int = SAMPLES) -> np.ndarray:
    """The value that each sample loses."""
    attack = compile_attack(scenario)
    outcomes = replay(attack.graph, entry, seed=5, trials=trials, threads=1, extensions=WITHOUT_END)
    return attack.legend.counted_value(outcomes.times)


def with_operations(scenario: Scenario, changed: Callable[[Operation], Operation]) -> Scenario:
    tools = {
        name: replace(tool, operations={key: changed(each) for key, each in tool.operations.items()})
        for name, tool in scenario.model.tools.items()
    }
    return replace(scenario, model=replace(scenario.model, tools=tools))


@st.composite
def metered_worlds(draw: st.DrawFn) -> Scenario:
    """As `worlds`, with a quota on most of what is read."""
    paces, sizes = st.sampled_from((0.001, 0.01, 5.0, None)), st.sampled_from((20.0, 1000.0))
    scenario = with_operations(
        draw(worlds()), lambda each: replace(each, throughput=draw(paces)) if each.effect == "read" else each
    )
    resources = {name: replace(each, records=draw(sizes)) for name, each in scenario.model.resources.items()}
    return replace(scenario, model=replace(scenario.model, resources=resources))


def has_quotas(scenario: Scenario) -> bool:
    return compile_attack(scenario).legend.quotas is not None


@given(attacked_worlds(alerts=True))
@examples(60)
def test_quotas_change_what_is_counted_and_nothing_else(scenario: Scenario) -> None:
    bare = with_operations(scenario, lambda each: replace(each, throughput=None))
    one, other = compile_attack(scenario), compile_attack(bare)
    for entry in scenario.entry_points:
        counted, whole = (replay(attack.graph, entry, seed=5, trials=SAMPLES, threads=1) for attack in (one, other))
        for fact, column in other.graph.index.items():
            assert (counted.first[:, one.graph.index[fact]] == whole.first[:, column]).all(), fact
        assert (counted.contained == whole.contained).all()
        assert (one.legend.counted_value(counted.times) <= other.legend.counted_value(whole.times) + 1e-9).all()


@given(metered_worlds(), st.data())
@examples(60)
def test_a_lower_quota_never_loses_more_in_any_sample(scenario: Scenario, data: st.DataObject) -> None:
    assume(has_quotas(scenario))
    drawn = data.draw(st.randoms(use_true_random=False))
    lower = with_operations(
        scenario,
        lambda each: replace(each, throughput=each.throughput and each.throughput * drawn.choice((1.0, 0.5, 0.01))),
    )
    for entry in scenario.entry_points:
        assert (values(lower, entry) <= values(scenario, entry) + 1e-9).all()


@given(metered_worlds(), st.data())
@examples(60)
def test_what_is_taken_away_never_adds_to_the_records_that_are_out(scenario: Scenario, data: st.DataObject) -> None:
    assume(has_quotas(scenario))
    edit = data.draw(st.sampled_from(list(removals(scenario, Givers(scenario.model))) or [None]))
    assume(edit is not None)
    for entry in scenario.entry_points:
        assert (values(edit.apply(scenario), entry) <= values(scenario, entry) + 1e-9).all(), edit


PARTS = """
simkit: 1
name: parts
identities: {{reader: {{entitlements: [{{operation: t.read}}]}}, writer: {{entitlements: [{{operation: t.read}}]}}}}
resources: {resources}
tools: {{t: {{operations: {{read: {{effect: read, targets: {targets}, throughput: {pace}/h}}}}}}}}
credentials: {{key: {{identity: reader, ttl: {ttl}}}, other: {{identity: writer, ttl: 5h}}}}
entry_points: {{leaked: {{leak: key}}}}
response: {{detection: {{entry: {{chance: 0.5, delay: {{exponential: {{mean: 4h}}}}}}}}, remediation_lag: 1h}}
horizon: 2d
"""


def parts(sizes: list[int], pace: int, ttl: str) -> Scenario:
    """One store for each of `sizes`, each record of which is worth 1; the first holds the key of another reader."""
    stores = {
        f"s{n}": {"value": {"confidentiality": size}, "records": size, "holds": ["other"] if n == 0 else []}
        for n, size in enumerate(sizes)
    }
    return loads(PARTS.format(resources=json.dumps(stores), targets=json.dumps(list(stores)), pace=pace, ttl=ttl))


@given(st.lists(st.integers(1, 5000), min_size=2, max_size=5), st.integers(1, 5000), st.sampled_from(("1h", "9h")))
@examples(30)
def test_the_parts_of_a_quota_add_up_to_the_whole(sizes: list[int], pace: int, ttl: str) -> None:
    """Also for readers who come later, and while two of them read."""
    split, whole = parts(sizes, pace, ttl), parts([sum(sizes)], pace, ttl)
    assert np.allclose(values(split, "leaked", 64), values(whole, "leaked", 64))


def test_the_time_of_reading_adds_up_over_sessions_that_do_not_overlap() -> None:
    """Ten seconds from 0, five from 20: what takes twelve seconds is there at 22."""
    reading, enough = Fact("reading", "t.read", "store"), Fact("enough", "store", "12")

    def opening(name: str, after: float, lasts: float) -> Step:
        session = Conclusion(Fact("replays", name), lasts)
        return Step(f"open {name}", "redeem", (), (session,), NOWHERE, duration=Fixed(after))

    def reads(name: str) -> Step:
        return Step(f"{name} reads", "meter", (Fact("replays", name),), (Conclusion(reading),), NOWHERE)

    last = Step("enough", "meter", (reading,), (Conclusion(enough),), NOWHERE, duration=Fixed(12.0))
    roots = (opening("a", 0.0, 10.0), opening("b", 20.0, 5.0))
    entry = Entry("entry", (Variant("one", 1.0, roots),))
    graph = AttackGraph.build([reads("a"), reads("b"), last], [entry], Containment(), horizon=100.0)
    for engine in (replay, by_reference.replay):
        first = engine(graph, "entry", seed=0, trials=1).first[0]
        assert first[graph.index[reading]] == 15_000
        assert first[graph.index[enough]] == 22_000


# ---- undoing


@st.composite
def undoing_worlds(draw: st.DrawFn) -> Scenario:
    """As `worlds` with alerts, with words about undoing on most of what changes and is changed."""
    spans, times = st.sampled_from((None, 0.0, 60.0, 3600.0, DAY)), st.sampled_from((None, 600.0))
    scenario = with_operations(
        draw(worlds(alerts=True)), lambda each: replace(each, undo=draw(spans), restore=draw(times))
    )
    resources = {
        name: replace(each, undo=draw(spans), restore=draw(times)) for name, each in scenario.model.resources.items()
    }
    return replace(scenario, model=replace(scenario.model, resources=resources))


def for_good(scenario: Scenario, entry: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What each sample loses, what of it for good, and the hours of outage."""
    attack = compile_attack(scenario)
    outcomes = replay(attack.graph, entry, seed=5, trials=SAMPLES, threads=1)
    names = ("value-lost", "value-lost-for-good", "outage")
    lost, good, outage = (MEASURES[name].of_times(attack, outcomes.first, outcomes.contained) for name in names)
    return lost, good, outage


@given(undoing_worlds())
@examples(40)
def test_what_is_lost_for_good_is_lost_and_words_about_undoing_change_nothing_else(scenario: Scenario) -> None:
    bare = with_operations(scenario, lambda each: replace(each, undo=None, restore=None))
    resources = {name: replace(each, undo=None, restore=None) for name, each in scenario.model.resources.items()}
    bare = replace(bare, model=replace(bare.model, resources=resources))
    for entry in scenario.entry_points:
        (lost, good, outage), (plainly, as_before, none) = for_good(scenario, entry), for_good(bare, entry)
        assert (lost == plainly).all()
        assert (as_before == plainly).all()
        assert (good <= lost).all()
        assert (none == 0).all()
        assert ((outage >= 0) & (outage <= len(resources) * scenario.horizon / HOUR)).all()


@given(undoing_worlds())
@examples(40)
def test_what_can_be_undone_for_longer_never_loses_more_for_good_nor_is_gone_for_longer(scenario: Scenario) -> None:
    longer = with_operations(scenario, lambda each: replace(each, undo=each.undo and 2 * each.undo))
    for entry in scenario.entry_points:
        (_, good, outage), (_, better, shorter) = for_good(scenario, entry), for_good(longer, entry)
        assert (better <= good).all()
        assert (shorter <= outage).all()


@given(undoing_worlds())
@examples(40)
def test_worlds_with_words_about_undoing_load_back_equal(scenario: Scenario) -> None:
    again = loads(dump(scenario), scenario.file)
    assert again == scenario
    assert again.digest == scenario.digest


# ---- how many


def doubled(scenario: Scenario, name: str) -> Scenario:
    """`scenario` with a twin of the identity called `name`, with tasks and credentials of its own."""
    model = scenario.model
    twin = replace(model.identities[name], name=f"twin of {name}")
    tasks = {f"{key} too": replace(each, name=f"{key} too", identity=twin.name)
             for key, each in model.tasks.items() if each.identity == name}  # fmt: skip
    keys = {f"{key} too": replace(each, name=f"{key} too", identity=twin.name)
            for key, each in model.credentials.items() if each.identity == name}  # fmt: skip
    made = replace(
        model,
        identities={**model.identities, twin.name: twin},
        tasks={**model.tasks, **tasks},
        credentials={**model.credentials, **keys},
    )
    return replace(scenario, model=made)


@given(worlds(alerts=True), st.data())
@examples(60)
def test_two_alike_cost_what_two_that_are_written_out_cost(scenario: Scenario, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(scenario.model.identities)))
    people = {key: replace(each, tier="") for key, each in scenario.model.identities.items()}
    apart = replace(scenario, model=replace(scenario.model, identities=people))
    two = replace(people[name], count=2)
    alike = replace(apart, model=replace(apart.model, identities={**people, name: two}))
    one, other = compile_attack(alike), compile_attack(doubled(apart, name))
    costs = ("tokens_a_day", "checks_a_day", "approvals_a_day", "records_a_day")
    assert [getattr(one.utility, cost) for cost in costs] == pytest.approx(
        [getattr(other.utility, cost) for cost in costs]
    )
    assert one.legend.totals == other.legend.totals


@given(worlds(), st.data())
@examples(40)
def test_how_many_are_alike_changes_no_worst_case_and_is_in_the_ranking(
    scenario: Scenario, data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(sorted(scenario.model.identities)))
    people = {**scenario.model.identities, name: replace(scenario.model.identities[name], count=12)}
    many = replace(scenario, model=replace(scenario.model, identities=people))
    assert loads(dump(many), many.file) == many
    assert many.digest != scenario.digest
    before, after = rank(scenario), rank(many)
    assert {(r.name, r.value, r.goals) for r in before.rows} == {(r.name, r.value, r.goals) for r in after.rows}
    assert {r.name: r.count for r in after.rows if r.kind == "identity"} == {key: i.count for key, i in people.items()}

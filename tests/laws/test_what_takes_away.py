"""Denies, boundaries and exceptions obey the laws: what takes away never adds, and beats what is given later."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from examples_drawn import examples
from generated_limits import ASKED, CLAIMS, JUDGED, denies, limited
from generated_worlds import copying_worlds, worlds
from hypothesis import assume, given
from hypothesis import strategies as st
from what_holds import never_adds, replay_is_within_reach_within_the_worst_case, worst

from simkit.engines.reach import worst_cases
from simkit.model import Entitlement
from simkit.narrowing import candidates
from simkit.narrowing.edits.supports import supported
from simkit.policies import DIALS, sessions
from simkit.scenario import Scenario, dump, loads
from simkit.simulation import Attack, compile_attack

either = st.one_of(worlds(grants=True), copying_worlds())


def never_widens(wide: Attack, narrow: Attack) -> None:
    for entry in wide.scenario.entry_points:
        assert worst(narrow, entry) <= worst(wide, entry)


def with_identity(scenario: Scenario, name: str, **said: object) -> Scenario:
    """`scenario` where identity `name` has other fields."""
    made = replace(scenario.model.identities[name], **said)  # type: ignore[arg-type]
    return replace(scenario, model=replace(scenario.model, identities={**scenario.model.identities, name: made}))


@given(either, st.data())
@examples(100)
def test_a_deny_that_is_added_never_adds_to_what_any_sample_reaches(scenario: Scenario, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(scenario.model.identities)))
    deny = data.draw(denies(scenario.model))
    never_adds(compile_attack(scenario), compile_attack(with_identity(scenario, name, denies=(deny,))))


@given(limited(either), st.data())
@examples(80)
def test_a_deny_or_a_boundary_more_never_widens_the_worst_case(scenario: Scenario, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(scenario.model.identities)))
    more = tuple(data.draw(st.lists(denies(scenario.model, excepting=True), max_size=3)))
    before = scenario.model.identities[name]
    assume(before.boundary is None)
    bounded = with_identity(scenario, name, boundary=tuple(replace(each, conditions=()) for each in more))
    denied = with_identity(scenario, name, denies=(*before.denies, *more))
    wide = compile_attack(scenario)
    never_widens(wide, compile_attack(bounded))
    never_widens(wide, compile_attack(denied))


@given(either, st.data())
@examples(60)
def test_nothing_rests_on_an_entitlement_that_is_denied_whoever_gave_it_and_when(
    scenario: Scenario, data: st.DataObject
) -> None:
    assume(not any(operation.effect == "lift" for _, _, operation in scenario.model.operations()))
    name = data.draw(st.sampled_from(sorted(scenario.model.identities)))
    deny = data.draw(denies(scenario.model))
    graph = compile_attack(with_identity(scenario, name, denies=(replace(deny, conditions=()),))).graph
    used = {ground.names for step in graph.steps for ground in step.grounds if ground.kind == "entitlement"}
    tool = deny.operation.removesuffix("*")
    about = {grant for who, *grant in map(tuple, used) if who == name for grant in [tuple(grant)]}
    assert not {g for g in about if g[0].startswith(tool) and (not deny.targets or g[1] in deny.targets)}


@given(either)
@examples(40)
def test_a_boundary_of_everything_and_a_deny_of_what_is_never_sure_change_nothing(scenario: Scenario) -> None:
    # what is said can be lifted, which is a step of its own
    assume(not any(operation.effect == "lift" for _, _, operation in scenario.model.operations()))
    full = tuple(Entitlement(name) for name, _, _ in scenario.model.operations())
    unsure = tuple(replace(each, conditions=("source",)) for each in full)
    people = {name: replace(each, boundary=full, denies=unsure) for name, each in scenario.model.identities.items()}
    told = replace(scenario, model=replace(scenario.model, identities=people))
    one, other = compile_attack(scenario).graph, compile_attack(told).graph
    assert (one.facts, one.steps) == (other.facts, other.steps)


@given(limited(st.one_of(worlds(alerts=True, grants=True), copying_worlds(alerts=True))))
@examples(60)
def test_replay_is_within_reach_within_the_worst_case_with_limits(scenario: Scenario) -> None:
    replay_is_within_reach_within_the_worst_case(scenario)


@given(limited(either), st.data())
@examples(100)
def test_narrowing_never_widens_where_something_is_denied_or_bounded(scenario: Scenario, data: st.DataObject) -> None:
    offered = candidates(scenario)
    assume(offered)
    narrowing = data.draw(st.sampled_from(offered))
    never_widens(compile_attack(scenario), compile_attack(narrowing.apply(scenario)))


@given(limited(either), st.data())
@examples(60)
def test_what_a_removal_leaves_is_within_what_its_supports_say(scenario: Scenario, data: st.DataObject) -> None:
    removing = [each for each in candidates(scenario) if each.removes() is not None]
    assume(removing)
    narrowing = data.draw(st.sampled_from(removing))
    after, made = compile_attack(narrowing.apply(scenario)), supported(scenario)
    gone = [made.without(narrowing.removes() or ())]
    for name, starts in made.starts.items():
        held = [worst_cases(made.graph, [start], without=gone, threads=1)[0] for start in starts or ((),)]
        bound = {made.graph.facts[number] for row in held for number in np.flatnonzero(row)}
        assert worst(after, name) <= bound, narrowing


@given(limited(either), st.data())
@examples(80)
def test_a_narrower_token_never_widens_the_worst_case(scenario: Scenario, data: st.DataObject) -> None:
    model = scenario.model
    keys = sorted(name for name, each in model.credentials.items() if each.use == "login" and each.limited_to is None)
    assume(keys)
    key = data.draw(st.sampled_from(keys))
    most = data.draw(st.lists(denies(model, excepting=True), max_size=3))
    made = replace(model.credentials[key], limited_to=tuple(replace(each, conditions=()) for each in most))
    narrow = replace(scenario, model=replace(model, credentials={**model.credentials, key: made}))
    never_widens(compile_attack(scenario), compile_attack(narrow))


@given(limited(worlds(grants=True)), st.data())
@examples(120)
def test_a_trust_edge_that_asks_for_more_never_adds_to_what_any_sample_reaches(
    scenario: Scenario, data: st.DataObject
) -> None:
    model = scenario.model
    assume(model.trust)
    at = data.draw(st.sampled_from(range(len(model.trust))))
    edge = model.trust[at]
    claims = tuple(sorted({**dict(data.draw(ASKED)), **dict(edge.claims)}.items()))
    more = replace(edge, claims=claims, conditions=tuple(dict.fromkeys((*edge.conditions, *data.draw(JUDGED)))))
    trust = tuple(more if each is edge else each for each in model.trust)
    never_adds(compile_attack(scenario), compile_attack(replace(scenario, model=replace(model, trust=trust))))


@given(limited(worlds(grants=True)), st.data())
@examples(80)
def test_a_role_for_a_shorter_time_never_adds_and_one_for_ever_is_never_less(
    scenario: Scenario, data: st.DataObject
) -> None:
    timed = sorted(name for name, each in scenario.model.identities.items() if each.role_ttls)
    assume(timed)
    name = data.draw(st.sampled_from(timed))
    ttls = scenario.model.identities[name].role_ttls
    shorter = tuple((role, ttl / 2) for role, ttl in ttls)
    never_adds(compile_attack(scenario), compile_attack(with_identity(scenario, name, role_ttls=shorter)))
    if not any(
        scenario.model.roles[role].limits for role, _ in ttls
    ):  # what these take away they take while they stand
        never_widens(compile_attack(with_identity(scenario, name, role_ttls=())), compile_attack(scenario))


@given(worlds(), st.data())
@examples(40)
def test_claims_that_nobody_asks_for_change_nothing(scenario: Scenario, data: st.DataObject) -> None:
    tasks = {name: replace(each, claims=data.draw(CLAIMS)) for name, each in scenario.model.tasks.items()}
    keys = {name: replace(each, claims=data.draw(CLAIMS)) for name, each in scenario.model.credentials.items()}
    told = replace(scenario, model=replace(scenario.model, tasks=tasks, credentials=keys))
    one, other = compile_attack(scenario).graph, compile_attack(told).graph
    assert (one.facts, one.steps) == (other.facts, other.steps)


@given(worlds())
@examples(40)
def test_a_token_limited_to_everything_reaches_what_it_reached(scenario: Scenario) -> None:
    full = tuple(Entitlement(name) for name, _, _ in scenario.model.operations())
    keys = {
        name: each if each.use == "signing" else replace(each, limited_to=full)
        for name, each in scenario.model.credentials.items()
    }
    told = replace(scenario, model=replace(scenario.model, credentials=keys))
    one, other = compile_attack(scenario), compile_attack(told)
    for entry in scenario.entry_points:
        assert worst(one, entry) == worst(other, entry)


@given(limited(either), st.data())
@examples(80)
def test_a_stronger_dial_never_widens_the_worst_case_of_work_on_behalf_of_others(
    scenario: Scenario, data: st.DataObject
) -> None:
    assume(any(task.on_behalf_of for task in scenario.model.tasks.values()))
    base, dial = scenario.grant_policy(), DIALS[data.draw(st.sampled_from(sorted(DIALS)))]
    weaker, stronger = sorted(data.draw(st.sets(st.sampled_from(range(len(dial.settings))), min_size=2, max_size=2)))
    never_widens(
        *(compile_attack(scenario, base.turned(**{dial.name: dial.settings[at]})) for at in (weaker, stronger))
    )


@given(limited(either))
@examples(60)
def test_on_behalf_of_a_user_nothing_is_used_that_the_user_may_not_do(scenario: Scenario) -> None:
    for policy in ("rbac", "task-scoped"):
        cut = sessions(scenario.model, scenario.grant_policy(policy))
        for session in cut.sessions.values():
            if len(session.holders) == 1:
                (user,) = session.holders
                assert all(cut.resolver.cover(grant, cut.entitled[user]) is not None for grant in session.grants)


@given(limited(worlds(alerts=True, grants=True)))
@examples(60)
def test_what_takes_away_loads_back_equal(scenario: Scenario) -> None:
    again = loads(dump(scenario), scenario.file)
    assert again.digest == scenario.digest
    assert again.model == scenario.model


@pytest.mark.parametrize("said", ["denies: []", "boundary: [t.read]", "denies: [{operation: t.read, except: [r]}]"])
def test_a_limit_that_takes_nothing_away_leaves_the_attack_as_it_is(said: str) -> None:
    plain = """
        simkit: 1
        name: plain
        identities: {a: {entitlements: [{operation: t.read}]%s}}
        resources: {r: {value: {confidentiality: 1}}}
        tools: {t: {operations: {read: {effect: read, targets: [r]}}}}
        credentials: {k: {identity: a}}
        entry_points: {e: {leak: k}}
        goals: {g: {lost: [{r: confidentiality}]}}
        """
    one, other = (compile_attack(loads(plain % more)).graph for more in ("", f", {said}"))
    assert (one.facts, one.steps) == (other.facts, other.steps)

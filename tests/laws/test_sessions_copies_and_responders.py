"""Sessions that outlive what opened them, copies and responders obey the laws; a word at its default says nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import yaml
from examples_drawn import examples
from generated_sessions import ended
from generated_worlds import DAY, copying_worlds, named, worlds
from hypothesis import assume, given
from hypothesis import strategies as st
from what_holds import never_adds, reached, replay_is_within_reach_within_the_worst_case, worst

from simkit.distributions import Fixed
from simkit.model import Entitlement, EntryPoint, Operation, SessionTerms, Tool, TrustEdge
from simkit.policies import DIALS, GrantPolicy, sessions
from simkit.scenario import Scenario, dump, loads
from simkit.simulation import compile_attack

either = st.one_of(worlds(), copying_worlds())


# ---- bounds


@given(worlds(alerts=True, grants=True))
@examples(60)
def test_replay_is_within_reach_within_the_worst_case_with_responders(scenario: Scenario) -> None:
    replay_is_within_reach_within_the_worst_case(scenario)


@given(copying_worlds(alerts=True))
@examples(60)
def test_what_leaves_by_way_of_copies_is_within_reach_within_the_worst_case(scenario: Scenario) -> None:
    replay_is_within_reach_within_the_worst_case(scenario)


@given(copying_worlds())
@examples(60)
def test_nothing_is_copied_that_nobody_has_seen(scenario: Scenario) -> None:
    attack = compile_attack(scenario)
    for name in scenario.entry_points:
        for first in reached(attack, name, ("copied", "seen")):
            for what, time in ((fact.subject, time) for fact, time in first.items() if fact.kind == "copied"):
                assert time >= min(at for fact, at in first.items() if fact.kind == "seen" and fact.object == what)


# ---- less is never more


def with_terms(scenario: Scenario, said: Callable[[Any], SessionTerms | None]) -> Scenario:
    """`scenario` with what `said` makes of each tool, credential and trust edge as its `session`."""
    model = scenario.model
    tools, credentials = (
        {name: replace(each, session=said(each)) for name, each in things.items()}
        for things in (model.tools, model.credentials)
    )
    trust = tuple(replace(edge, session=said(edge)) for edge in model.trust)
    return replace(scenario, model=replace(model, tools=tools, credentials=credentials, trust=trust))


@given(either, st.data())
@examples(120)
def test_ends_in_place_of_survives_never_adds_to_what_any_sample_reaches(
    scenario: Scenario, data: st.DataObject
) -> None:
    drawn = data.draw(st.randoms(use_true_random=False))
    narrow = with_terms(scenario, lambda each: ended(each.session) if drawn.random() < 0.7 else each.session)
    assume(narrow != scenario)
    never_adds(compile_attack(scenario), compile_attack(narrow))


@given(worlds())
@examples(60)
def test_a_trust_edge_that_ends_with_its_source_never_adds(scenario: Scenario) -> None:
    """Not said, a session along an edge of kind assume or federate survives."""
    assume(any(edge.kind in ("assume", "federate") and edge.session is None for edge in scenario.model.trust))
    edges = tuple(replace(edge, session=ended(edge.session or SessionTerms())) for edge in scenario.model.trust)
    narrow = replace(scenario, model=replace(scenario.model, trust=edges))
    never_adds(compile_attack(scenario), compile_attack(narrow))


def lives(scenario: Scenario, policy: GrantPolicy) -> dict[str, float]:
    """For each credential how long the longest-lived of its tokens can live."""
    cut = sessions(scenario.model, policy, rotation_period=scenario.response.rotation_period)
    return {name: max((longest(token) for token in tokens), default=0.0) for name, tokens in cut.tokens.items()}


def longest(token: Any) -> float:
    if token.run is not None:
        return float(max(token.run.quantiles()))
    return float("inf") if token.longest is None else token.longest


SAME_FATES = tuple(
    name for name, dial in DIALS.items() if name not in ("identity", "scope", "response") and not dial.opted_into
)
"""How people approve has a file of its own: where runs wait for answers, they have more time."""


@given(either, st.data())
@examples(150)
def test_a_stronger_setting_of_a_dial_never_loses_more_in_any_sample(scenario: Scenario, data: st.DataObject) -> None:
    """With alerts off. The dials `identity` and `scope` make sessions of other names, of which each run has its own
    wait; of these the worst case is compared below. A setting of `expiry` under which a token can live longer (a task
    that takes longer than a ttl) is no stronger one. People answer at once: a new run ends a wait in the old one."""
    scenario = replace(scenario, response=replace(scenario.response, approval_delay=Fixed(0.0)))
    base = scenario.grant_policy()
    dial = DIALS[data.draw(st.sampled_from(SAME_FATES))]
    weaker, stronger = sorted(data.draw(st.sets(st.sampled_from(range(len(dial.settings))), min_size=2, max_size=2)))
    policies = [base.turned(**{dial.name: dial.settings[setting]}) for setting in (weaker, stronger)]
    before, after = (lives(scenario, policy) for policy in policies)
    assume(all(after[name] <= before[name] for name in after))
    wide, narrow = (compile_attack(scenario, policy) for policy in policies)
    never_adds(wide, narrow)


@given(either, st.data())
@examples(80)
def test_a_stronger_response_never_loses_more_in_any_sample(scenario: Scenario, data: st.DataObject) -> None:
    """With alerts off it is rotation that differs: it ends secrets that live long. One that expires before its rotation
    is left alone. Where a session outlives a rotation and not an expiry it lives longer for it; such words are left
    out, and so are secrets that expire later than they rotate, whose rest is another draw."""
    model = with_terms(scenario, lambda each: None).model
    kept = {
        name: replace(each, ttl=each.ttl if each.ttl in (600.0, 7200.0) else None)
        for name, each in model.credentials.items()
    }
    response = replace(scenario.response, rotation_period=7200.0)
    plain = replace(scenario, model=replace(model, credentials=kept), response=response)
    settings_ = DIALS["response"].settings
    weaker, stronger = sorted(data.draw(st.sets(st.sampled_from(range(len(settings_))), min_size=2, max_size=2)))
    base = plain.grant_policy()
    wide, narrow = (compile_attack(plain, base.turned(response=settings_[at])) for at in (weaker, stronger))
    never_adds(wide, narrow)


@given(either, st.data())
@examples(100)
def test_a_stronger_setting_of_a_dial_never_widens_the_worst_case(scenario: Scenario, data: st.DataObject) -> None:
    base = scenario.grant_policy()
    dial = DIALS[data.draw(st.sampled_from(sorted(DIALS)))]
    weaker, stronger = sorted(data.draw(st.sets(st.sampled_from(range(len(dial.settings))), min_size=2, max_size=2)))
    wide, narrow = (
        compile_attack(scenario, base.turned(**{dial.name: dial.settings[at]})) for at in (weaker, stronger)
    )
    for name in scenario.entry_points:
        assert worst(narrow, name) <= worst(wide, name), (dial.name, weaker, stronger)


# ---- one world, two spellings


def spelled(scenario: Scenario, hops: list[tuple[str, str]], *, minted: bool) -> Scenario:
    """`scenario` where each identity of `hops` may become the other: along a trust edge, or with a token it mints."""
    model = scenario.model
    if not minted:
        trust = tuple(TrustEdge(source, target, "assume", ttl=2 * DAY) for source, target in hops)
        return replace(scenario, model=replace(model, trust=trust))
    issue = {f"for-{target}": Operation(f"for-{target}", "mint", (target,), duration=Fixed(1.0)) for _, target in hops}
    people = {
        name: replace(
            each,
            entitlements=(
                *each.entitlements,
                *(Entitlement(f"issuer.for-{target}") for source, target in hops if source == name),
            ),
        )
        for name, each in model.identities.items()
    }
    tools = {**model.tools, "issuer": Tool("issuer", issue)}
    return replace(scenario, model=replace(model, identities=people, tools=tools, trust=()))


@given(worlds(), st.data())
@examples(80)
def test_the_same_world_spelled_with_assume_and_with_mint_agrees(scenario: Scenario, data: st.DataObject) -> None:
    """To become a role, and to issue oneself a token of it, lose the same at the same moments in each sample: for a
    thief with keys, under roles, alerts off, where the role's session lives as long as a minted token (to the horizon).

    They differ by design for words (a steered agent is the role itself, a token that it mints has to leave first), for
    responders, who look for minted tokens by hand, and for who comes back to what it was: along a trust edge it goes on
    with what it had begun, with a token it begins anew."""
    key = data.draw(st.sampled_from(sorted(scenario.model.credentials)))
    identities, owner = sorted(scenario.model.identities), scenario.model.credentials[key].identity
    pairs = [(source, target) for source in identities for target in identities if source != target]
    first = data.draw(st.sampled_from([pair for pair in pairs if pair[0] == owner]))
    hops = list(dict.fromkeys((first, *data.draw(st.lists(st.sampled_from(pairs), max_size=3)))))
    assume(owner not in {target for _, target in hops})
    plain = quiet(replace(scenario, entry_points={"start": EntryPoint("start", "leak", key)}))
    policy = GrantPolicy("by role", expiry="ttl")
    kinds = ("lost", "deleted", "reached")
    one, other = (compile_attack(spelled(plain, hops, minted=minted), policy) for minted in (False, True))
    assert reached(one, "start", kinds) == reached(other, "start", kinds)


def quiet(scenario: Scenario) -> Scenario:
    """`scenario` without work and words, without operations that become or run somebody else, and without audiences (an
    edge names no tool): they would make the two spellings differ where they should."""
    model, gone = scenario.model, ("execute", "assume", "invoke", "mint")
    tools = named(
        replace(
            tool, operations=named(_never(each) if each.effect in gone else each for each in tool.operations.values())
        )
        for tool in model.tools.values()
    )
    people = named(replace(each, susceptibility=0.0) for each in model.identities.values())
    credentials = named(replace(each, audience=()) for each in model.credentials.values())
    bare = replace(model, tools=tools, identities=people, credentials=credentials, trust=(), tasks={})
    return replace(scenario, model=bare)


def _never(operation: Operation) -> Operation:
    return replace(operation, chance=0.0)


# ---- defaults


@given(worlds(alerts=True))
@examples(40)
def test_a_scenario_with_every_new_word_at_its_default_is_the_one_without_them(scenario: Scenario) -> None:
    plain = replace(
        with_terms(scenario, lambda each: None), response=replace(scenario.response, actions=(), propagation=0.0)
    )
    document = yaml.safe_load(dump(plain))
    credentials = {
        name: {key: said for key, said in each.items() if key not in NEW["credentials"]}
        for name, each in document["credentials"].items()
    }
    document["credentials"] = credentials
    without = loads(yaml.safe_dump(document))
    spoken = yaml.safe_load(dump(without))
    for each in spoken["credentials"].values():
        each.update(NEW["credentials"])
    for tool in spoken["tools"].values():
        for operation in tool["operations"].values():
            operation.setdefault("stream", False)
    spoken["response"] = {**spoken.get("response", {}), "actions": []}
    told = loads(yaml.safe_dump(spoken))
    assert told.digest == without.digest
    one, other = compile_attack(told).graph, compile_attack(without).graph
    assert (one.facts, one.steps) == (other.facts, other.steps)


NEW: dict[str, dict[str, Any]] = {"credentials": {"format": "opaque", "revocation_unit": "token"}}


@pytest.mark.parametrize("where", ["tools", "credentials"])
@given(scenario=either)
@examples(40)
def test_sessions_said_to_end_are_those_of_which_nothing_is_said(where: str, scenario: Scenario) -> None:
    """Of tools and credentials: with `ends` for each event the same is reached at the same moments in each sample."""
    plain = with_terms(scenario, lambda each: None)
    things = getattr(plain.model, where)
    said = {name: replace(each, session=ended(SessionTerms())) for name, each in things.items()}
    told = replace(plain, model=replace(plain.model, **{where: said}))
    one, other = compile_attack(plain), compile_attack(told)
    for name in scenario.entry_points:
        assert reached(one, name) == reached(other, name)

"""What is written loads back the same, and the digest sees what matters and nothing else."""

from __future__ import annotations

import json
import math
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from examples_drawn import examples
from hypothesis import given
from hypothesis import strategies as st
from scenario.worlds import FILES, ROOT, STARTER, raw

from simkit.distributions import Empirical, Exponential, Fixed, Lognormal, Uniform, Weibull
from simkit.model import Credential, Detection, EntryPoint, Identity, Model, Operation, Resource, Task, Tool
from simkit.policies import GrantPolicy, Selector
from simkit.scenario import Scenario, dump, load, loads

DIGEST = load(STARTER).digest
INSENSITIVE = ("description", "sources", "assumptions", "incident", "expect")


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_scenario_file_loads_back_equal(path: Path) -> None:
    scenario = load(path)
    again = loads(dump(scenario), scenario.file)
    assert again == scenario
    assert again.digest == scenario.digest
    assert dump(again) == dump(scenario)


def shuffled(value: Any, chance: random.Random) -> Any:
    """`value` with its mappings, and every list in which order says nothing, in another order."""
    if isinstance(value, dict):
        pairs = [(key, inner if key == "between" else shuffled(inner, chance)) for key, inner in value.items()]
        return dict(chance.sample(pairs, len(pairs)))
    if isinstance(value, list):
        return [shuffled(inner, chance) for inner in chance.sample(value, len(value))]
    return value


SHOWS = """
simkit: 1
name: shown
identities: {a: {}}
resources: {page: {kind: context, shows_itself: {chance: 0.5, delay: {uniform: {low: 1m, high: 5m}}}}}
tools: {t: {operations: {put: {effect: write, targets: [page], shows_itself: {chance: 1.0}}}}}
credentials: {k: {identity: a}}
entry_points: {l: {leak: k}}
goals: {g: {lost: [{resource: page, impact: integrity}]}}
"""


def test_what_shows_itself_loads_back_equal_and_is_in_the_digest() -> None:
    scenario = loads(SHOWS)
    assert scenario.model.resources["page"].shows_itself == Detection(0.5, Uniform(60.0, 300.0))
    assert scenario.model.operation("t.put").shows_itself == Detection(1.0)
    assert loads(dump(scenario)) == scenario
    assert len({loads(SHOWS.replace(*each)).digest for each in (("", ""), ("0.5", "0.6"), ("1.0", "0.9"))}) == 3


@examples(30)
@given(st.randoms(use_true_random=False))
def test_the_order_of_the_file_does_not_change_the_digest(chance: random.Random) -> None:
    assert loads(json.dumps(shuffled(raw(), chance))).digest == DIGEST


def test_json_and_yaml_say_the_same() -> None:
    written = json.dumps(raw())
    assert loads(written, "s") == replace(load(STARTER), file="s")


@pytest.mark.parametrize("key", INSENSITIVE)
def test_what_is_said_to_people_does_not_change_the_digest(key: str) -> None:
    left = {other: value for other, value in raw().items() if other != key}
    assert loads(json.dumps(left)).digest == DIGEST


def without_notes(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_notes(inner) for key, inner in value.items() if key != "note"}
    return [without_notes(inner) for inner in value] if isinstance(value, list) else value


def test_notes_do_not_change_the_digest() -> None:
    assert "note" in str(raw())
    assert loads(json.dumps(without_notes(raw()))).digest == DIGEST


CHANGES: dict[str, tuple[str, str]] = {
    "a chance": ("susceptibility: 0.5", "susceptibility: 0.6"),
    "a lifetime": ("ttl: 90d", "ttl: 91d"),
    "a measured lifetime": ("effective_ttl: never", "effective_ttl: 90d"),
    "a rate": ("rate: 40/d", "rate: 41/d"),
    "a duration": ("duration: 2s", "duration: 3s"),
    "a kind of distribution": ("delay: {exponential: {mean: 10d}}", "delay: 10d"),
    "a target": ("targets: [cases], duration", "targets: [tickets], duration"),
    "a condition": ("conditions: [source, environment]", "conditions: [source]"),
    "a dial": ("context: approval", "context: checks"),
    "what the attacker is after": ("aims_at: [customers-leaked, misled]", "aims_at: [misled]"),
    "how often the attacker tries": ("tries: each-time", "tries: once"),
    "how soon the attacker tries again": ("retry: 10m", "retry: 11m"),
    "what people are asked about": ("approval: all", "approval: high-impact"),
    "how often people are asked": ("asked: time", "asked: task"),
    "how long an approval stands": ("approved_for: 2h", "approved_for: 3h"),
    "what a selector selects": ("stage: [build, inference]", "stage: [build]"),
    "the policy in force": ("policy: agents-only", "policy: rbac"),
    "a run": ("success: false", "success: true"),
    "what a session does": ("on_disable: survives", "on_disable: ends"),
    "what a stream does": ("{on_delete: survives, on_ent", "{on_delete: ends, on_ent"),
    "how long a session survives": ("on_revoke: {survives: 4h}", "on_revoke: {survives: 5h}"),
    "what cuts a session": ("cut_by: [terminate-sessions, delete]", "cut_by: [delete]"),
    "the format of a token": ("format: jwt", "format: opaque"),
    "how a ttl counts": ("ttl_kind: idle", "ttl_kind: absolute"),
    "how long a token is renewed": ("{renewable: 7d}", "{renewable: 8d}"),
    "the life of a refresh token": ("refresh: {ttl: 30d", "refresh: {ttl: 31d"),
    "what a revocation ends": ("revocation_unit: identity", "revocation_unit: token"),
    "what responders do": ("    - revoke-secret\n", "    - disable\n"),
    "what they do it to": ("of: [tickets]", "of: [cases]"),
    "what a responder governs": ("governs: [support-agent, cases]", "governs: [support-agent]"),
    "how soon a responder acts": ("delay: 18m", "delay: 19m"),
    "how many people approve": ("of: {k: 2, n: 3}", "of: {k: 3, n: 3}"),
    "what those see who approve": ("blind: true", "blind: false"),
    "who needs no approval": ("exempt: [crm-admin]", "exempt: []"),
    "where nobody is asked": ("off_in: [fix-staging, sandbox]", "off_in: [fix-staging]"),
    "what responders forget": ("forgets: [crm-key]", "forgets: []"),
    "how fast it spreads": ("propagation: 4s", "propagation: 5s"),
    "a pair turned round": ("{from: coding-agent, to: ci}", "{from: ci, to: coding-agent}"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_can_change_a_result_changes_the_digest(change: str) -> None:
    old, new = CHANGES[change]
    text = STARTER.read_text("utf-8")
    assert old in text
    assert loads(text.replace(old, new, 1)).digest != DIGEST


HARD_TEXTS = st.one_of(
    st.sampled_from(["no", "1:30", "0o17", "1e3", "1.", ".5", "-0x1F", "0x1F", "null", "~", "<<", "true", "=", "010"]),
    st.text(
        st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\u2028\u2029\ufeff\ufffe\uffff"), min_size=1
    ),
).filter(lambda text: bool(text.strip()))
SECONDS = st.one_of(
    st.floats(0.001, 6e10), st.integers(1, 10**10).map(float), st.sampled_from([0.1, 1 / 3, 5400.0, 1e-3, 86399.999])
)
DISTRIBUTIONS = st.one_of(
    st.builds(Fixed, st.one_of(SECONDS, st.just(0.0))),
    st.builds(Exponential, SECONDS),
    st.builds(Lognormal, SECONDS, st.floats(0, 20)),
    st.builds(Weibull, st.floats(0.05, 1000), SECONDS),
    st.tuples(SECONDS, SECONDS).map(lambda pair: Uniform(min(pair), max(pair))),
    st.builds(Empirical, st.lists(SECONDS, min_size=1, max_size=4).map(tuple)),
)


@examples(60)
@given(HARD_TEXTS, HARD_TEXTS)
def test_names_that_yaml_could_misread_load_back(name: str, note: str) -> None:
    scenario = Scenario(
        name,
        Model(identities={name: Identity(name, note=note)}),
        {name: EntryPoint(name, "compromise", name, note=note)},
        description=note,
    )
    assert loads(dump(scenario), "") == scenario


@given(SECONDS, SECONDS, DISTRIBUTIONS, st.floats(1e-9, 1e3))
def test_durations_and_rates_load_back_to_the_last_bit(ttl: float, measured: float, made: Any, rate: float) -> None:
    model = Model(
        identities={"a": Identity("a")},
        resources={"r": Resource("r", value={"integrity": measured / 7})},
        tools={"t": Tool("t", {"o": Operation("o", "read", duration=made)})},
        credentials={"k": Credential("k", "a", ttl=ttl, effective_ttl=measured)},
        tasks={"w": Task("w", "a", rate=rate, duration=made)},
    )
    scenario = Scenario("s", model, {"e": EntryPoint("e", "leak", "k", delay=made)}, horizon=ttl)
    assert loads(dump(scenario), "") == scenario


def test_a_policy_that_only_another_one_leans_on_is_written_too() -> None:
    hidden = GrantPolicy("hidden", identity="shared", ttl=math.inf)
    seen = GrantPolicy("seen", scope="task", applies_to=Selector(kind=("agent",)), otherwise=hidden)
    model = Model(identities={"a": Identity("a")})
    scenario = Scenario("s", model, {"e": EntryPoint("e", "compromise", "a")}, policies={"seen": seen}, policy="seen")
    again = loads(dump(scenario))
    assert again.policies["seen"] == seen
    assert again.policies["hidden"] == hidden


def test_what_is_written_is_readable() -> None:
    written = dump(load(STARTER))
    assert "horizon: 14d" in written
    assert "rate: 40/d" in written
    assert "ttl: 1h30m" in written
    assert "susceptibility: 0.0" not in written
    assert yaml.safe_load(written)["identities"]["no"] == {
        "kind": "human",
        "note": "a name that YAML 1.1 would take for false",
    }


def test_policies_rest_on_each_other() -> None:
    policies = load(STARTER).policies
    short = policies["everything-short"]
    assert (short.scope, short.ttl, short.miss_rate) == ("task+arguments", 900.0, 0.0)
    assert policies["agents-only"].dials() == short.dials()
    assert policies["agents-only"].otherwise is not None
    assert policies["agents-only"].otherwise.name == "rbac"
    assert policies["half"].otherwise is not None
    assert policies["half"].otherwise.name == "static-secrets"


def test_a_policy_may_turn_the_named_one_that_it_replaces() -> None:
    world = {**raw(), "policies": {"rbac": {"ttl": "1h"}}, "policy": "rbac", "compare": [], "expect": {}}
    made = loads(json.dumps(world)).grant_policy()
    assert (made.ttl, made.expiry, made.response) == (3600.0, "ttl", "manual")


def test_never_as_measured_is_not_the_same_as_nothing_measured() -> None:
    keys = load(STARTER).model.credentials
    assert keys["crm-key"].effective_ttl == math.inf
    assert keys["ci-token"].effective_ttl is None
    assert keys["vendor"].ttl is None


@pytest.mark.parametrize("key", ["entitlements", "denies", "boundary"])
def test_an_operation_as_bare_text_is_the_entitlement_to_it(key: str) -> None:
    text = """\
simkit: 1
name: desk
identities: {{bot: {{kind: agent, {key}: [{said}]}}}}
resources: {{cases: {{value: {{confidentiality: 10}}}}}}
tools: {{crm: {{operations: {{read: {{effect: read, targets: [cases]}}}}}}}}
credentials: {{key: {{identity: bot}}}}
entry_points: {{leak: {{leak: key}}}}
"""
    bare, whole = (loads(text.format(key=key, said=said)) for said in ("crm.read", "{operation: crm.read}"))
    assert bare == whole


def test_what_a_thing_is_worth_is_read_in_the_order_of_the_format() -> None:
    """Not in that of a set, which is another one in each process: a report lists it."""
    vaults = "".join(f"  v{n}: {{value: {{availability: 1, confidentiality: {n}, integrity: 3}}}}\n" for n in (2, 5))
    start = "identities: {bot: {}}\nentry_points: {start: {compromise: bot}}\n"
    read = loads(f"simkit: 1\nname: vaults\n{start}resources:\n{vaults}")
    for name in ("v2", "v5"):
        assert list(read.model.resources[name].value) == ["confidentiality", "integrity", "availability"]

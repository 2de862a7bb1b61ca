"""Each kind of narrowing, applied to the small support desk by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support_desk import DESK

from simkit import reach
from simkit.entitlements import FREELY, Conditions, Resolver
from simkit.model import Entitlement, EntryPoint, Goal, Refresh
from simkit.narrowing import (
    AddCondition,
    AttenuateTrust,
    BindTargets,
    ConstrainSender,
    CutTrust,
    DropEntitlements,
    DropRole,
    Holder,
    MoveCredential,
    Narrowing,
    ShortenSession,
    ShortenTtl,
    TurnDial,
    candidates,
)
from simkit.narrowing.edits.work import work_of
from simkit.narrowing.recommendation.costs import Cost, Prices, Side
from simkit.policies import GrantPolicy
from simkit.scenario import Scenario, dump, loads

DAY = 86400.0
SUPPORT, BILLING = Holder("role", "support"), Holder("role", "billing")
SCENARIO = Scenario(
    "desk",
    DESK,
    {"key": EntryPoint("key", "leak", "crm-key"), "ticket": EntryPoint("ticket", "poison", "tickets")},
    {"cases-out": Goal("cases-out", (("cases", "confidentiality"),))},
)


def grants(scenario: Scenario, identity: str) -> dict[tuple[str, str], Conditions]:
    return Resolver(scenario.model).identity(identity)


def test_one_operation_goes_from_a_glob_and_the_rest_stays_as_it_was() -> None:
    narrowed = DropEntitlements(SUPPORT, (("crm.read_note", "cases"),)).apply(SCENARIO)
    assert grants(narrowed, "desk").keys() == grants(SCENARIO, "desk").keys() - {("crm.read_note", "cases")}
    assert narrowed.model.roles["support"].entitlements == (
        Entitlement("crm.read_case"),
        Entitlement("crm.write_case", ("cases",)),
        Entitlement("mail.send"),
    )


def test_one_target_goes_from_a_glob_over_targets() -> None:
    narrowed = DropEntitlements(Holder("identity", "ci"), (("crm.delete_case", "case-us"),)).apply(SCENARIO)
    assert grants(narrowed, "ci").keys() == {("deploy.run", "biller"), ("crm.delete_case", "case-eu")}


def test_an_operation_without_targets_can_go_too() -> None:
    narrowed = DropEntitlements(SUPPORT, (("mail.send", ""),)).apply(SCENARIO)
    assert ("mail.send", "") not in grants(narrowed, "desk")


def test_binding_replaces_a_container_by_the_part_that_is_needed_and_keeps_conditions() -> None:
    narrowed = BindTargets(SUPPORT, "crm.read_case", ("case-eu",)).apply(SCENARIO)
    assert ("crm.read_case", "case-eu") in grants(narrowed, "desk")
    assert ("crm.read_case", "cases") not in grants(narrowed, "desk")
    assert not work_of(SCENARIO).lost(work_of(narrowed))
    bound = BindTargets(BILLING, "pay.refund", ("ledger",)).apply(SCENARIO)
    assert grants(bound, "biller")["pay.refund", "ledger"] == frozenset({frozenset({"source"})})


def test_binding_never_gives_what_was_not_given() -> None:
    narrowed = BindTargets(SUPPORT, "crm.delete_case", ("case-eu",)).apply(SCENARIO)
    assert grants(narrowed, "desk") == grants(SCENARIO, "desk")


def test_a_condition_is_added_to_the_named_operations_alone() -> None:
    narrowed = AddCondition(SUPPORT, ("crm.read_note", "mail.send"), "approval").apply(SCENARIO)
    found = grants(narrowed, "desk")
    assert found["crm.read_note", "cases"] == found["mail.send", ""] == frozenset({frozenset({"approval"})})
    assert found["crm.read_case", "cases"] == found["crm.write_case", "cases"] == FREELY
    assert found.keys() == grants(SCENARIO, "desk").keys()


def test_a_credential_is_bound_with_the_refresh_token_beside_it() -> None:
    """A confidential client's refresh token is not bound to the key that binds its token (RFC 9449, section 5)."""
    key = replace(SCENARIO.model.credentials["crm-key"], refresh=Refresh(ttl=90 * DAY, binding="bearer"))
    model = replace(SCENARIO.model, credentials={**SCENARIO.model.credentials, "crm-key": key})
    world = replace(SCENARIO, model=model)
    bound = ConstrainSender("crm-key").apply(world)
    assert bound.model.credentials["crm-key"].refresh == Refresh(ttl=90 * DAY)
    assert reach(world, entry_point="key").chance("cases-out").estimate == 1.0
    assert reach(bound, entry_point="key").chance("cases-out").estimate == 0.0
    half = replace(key, binding="sender-constrained")
    offered = candidates(replace(world, model=replace(model, credentials={**model.credentials, "crm-key": half})))
    assert ConstrainSender("crm-key") in offered


def test_roles_edges_and_credentials_go_and_shorten() -> None:
    model = SCENARIO.model
    assert DropRole("desk", "support").apply(SCENARIO).model.identities["desk"].roles == ()
    assert CutTrust("ci -assume-> biller").apply(SCENARIO).model.trust == ()
    assert AttenuateTrust("ci -assume-> biller").apply(SCENARIO).model.trust[0].attenuates
    assert ShortenSession("ci -assume-> biller", 900.0).apply(SCENARIO).model.trust[0].ttl == 900.0
    assert MoveCredential("crm-key", resource="vault").apply(SCENARIO).model.resources["vault"].holds == ()
    moved = MoveCredential("vendor-key", identity="desk").apply(SCENARIO)
    assert moved.model.identities["desk"].runtime_holds == ()
    assert ConstrainSender("crm-key").apply(SCENARIO).model.credentials["crm-key"].binding == "sender-constrained"
    short = ShortenTtl("crm-key", DAY).apply(SCENARIO).model.credentials["crm-key"]
    assert (short.ttl, short.effective_ttl) == (DAY, DAY)
    assert model.credentials["crm-key"].ttl == 90 * DAY, "the scenario before it is as it was"


def test_a_dial_is_turned_for_one_identity_and_never_back() -> None:
    turned = TurnDial("desk", "scope", "task").apply(SCENARIO)
    policy, before = turned.grant_policy(), SCENARIO.grant_policy()
    identities = turned.model.identities
    assert policy.governing(identities["desk"]).dials() == {**before.dials(), "scope": "task"}
    assert policy.governing(identities["biller"]) == before
    assert TurnDial("desk", "scope", "task+reads").apply(turned) is turned
    again = TurnDial("biller", "context", "checks").apply(turned)
    assert again.grant_policy().governing(identities["desk"]).scope == "task"
    assert loads(dump(again)).digest == again.digest


@pytest.mark.parametrize(
    ("narrowing", "tasks"),
    [
        (DropEntitlements(SUPPORT, (("crm.read_case", "cases"),)), ("answer",)),
        (DropEntitlements(BILLING, (("crm.read_case", "cases"),)), ("answer",)),  # the tool runs as the biller
        (DropEntitlements(SUPPORT, (("crm.read_note", "cases"),)), ()),
        (DropRole("biller", "billing"), ("answer", "bill")),
        (CutTrust("ci -assume-> biller"), ()),
    ],
)
def test_what_an_edit_breaks_is_said(narrowing: Narrowing, tasks: tuple[str, ...]) -> None:
    assert Side.of(SCENARIO).cost(Side.of(narrowing.apply(SCENARIO))).broken == tasks


def test_the_price_is_that_of_the_burden() -> None:
    assert Cost().price() == 1.0
    assert Cost(tokens_a_day=-500.0, waiting_minutes_a_day=60.0).price() == 2.0
    assert Cost(changes=0, stopped=5, observed=10).price(Prices(stopped=4.0)) == 2.0


def test_candidates_come_once_in_a_fixed_order_with_names_of_their_own() -> None:
    found = candidates(SCENARIO)
    assert found == candidates(SCENARIO)
    assert len({each.name for each in found}) == len(found) == len(set(found))
    kinds = {each.kind for each in found}
    assert kinds == {
        "drop-entitlement", "drop-role", "bind-targets", "cut-trust", "attenuate-trust", "move-credential",
        "shorten-ttl", "constrain-sender", "add-condition", "turn-dial", "limit-token", "close-runtime",
    }  # fmt: skip
    assert not any(each.dial == "response" for each in found if isinstance(each, TurnDial))


def test_asking_more_often_is_proposed_where_the_policy_asks_and_nowhere_else() -> None:
    def turns(**dials: str) -> set[str]:
        ours = replace(SCENARIO, policy="ours", policies={"ours": GrantPolicy("ours", **dials)})
        found = [each for each in candidates(ours) if isinstance(each, TurnDial) and each.identity == "desk"]
        return {each.name for each in found if each.dial in ("approval", "asked")}

    assert turns() == turns(context="approval") == set()
    assert turns(approval="high-impact", asked="task") == {
        "Turn approval to all for desk",
        "Turn asked to each-use for desk",
    }

"""Who may do what, worked out by hand on the support desk."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support_desk import DESK, TOOLS, named

from simkit.entitlements import FREELY, Conditions, Resolver, both, either, tools_of
from simkit.model import Entitlement, Need, Operation, Role, Tool

FREE = FREELY


def under(*names: str) -> Conditions:
    """One set of conditions, all of which must hold."""
    return frozenset({frozenset(names)})


@pytest.fixture
def resolver() -> Resolver:
    return Resolver(DESK)


def test_a_role_without_targets_covers_the_operations_own(resolver: Resolver) -> None:
    assert resolver.identity("desk") == {
        ("crm.read_case", "cases"): FREE,
        ("crm.read_note", "cases"): FREE,
        ("crm.write_case", "cases"): FREE,
        ("mail.send", ""): FREE,
    }


def test_direct_entitlements_count_beside_roles(resolver: Resolver) -> None:
    assert resolver.identity("ci") == {
        ("deploy.run", "biller"): FREE,
        ("crm.delete_case", "case-eu"): FREE,
        ("crm.delete_case", "case-us"): FREE,
    }


def test_an_entitlement_keeps_its_conditions(resolver: Resolver) -> None:
    assert resolver.identity("biller")["pay.refund", "ledger"] == under("source")


def test_roles_and_direct_entitlements_add_up() -> None:
    desk = replace(DESK.identities["desk"], roles=("support", "billing"), entitlements=(Entitlement("deploy.run"),))
    found = Resolver(replace(DESK, identities={**DESK.identities, "desk": desk})).identity("desk")
    assert {operation for operation, _ in found} == {
        "crm.read_case",
        "crm.read_note",
        "crm.write_case",
        "mail.send",
        "pay.refund",
        "deploy.run",
    }


@pytest.mark.parametrize(
    ("operation", "targets", "grants"),
    [
        ("crm.read_case", (), [("crm.read_case", "cases")]),
        ("crm.read_case", ("case-us",), [("crm.read_case", "case-us")]),
        ("crm.read_*", ("cases",), [("crm.read_case", "cases"), ("crm.read_note", "cases")]),
        ("*.refund", (), [("pay.refund", "ledger")]),
        ("mail.send", (), [("mail.send", "")]),
        ("mail.send", ("*",), [("mail.send", name) for name in DESK.resources]),
        ("deploy.run", ("*",), [("deploy.run", "biller")]),
        ("crm.delete_case", ("case-*",), [("crm.delete_case", "case-eu"), ("crm.delete_case", "case-us")]),
        ("crm.delete_case", ("case-[eu]*", "cases"), [("crm.delete_case", n) for n in ("case-eu", "case-us", "cases")]),
        ("crm.read_case", ("case?",), [("crm.read_case", "cases")]),
        ("CRM.read_case*", (), []),
    ],
)
def test_globs_range_over_names_and_own_targets(
    resolver: Resolver, operation: str, targets: tuple[str, ...], grants: list[tuple[str, str]]
) -> None:
    assert list(resolver.grants(operation, targets)) == grants


def test_a_glob_over_operations_respects_each_ones_own_targets(resolver: Resolver) -> None:
    assert set(resolver.grants("*", ("*e*",))) >= {("pay.refund", "ledger"), ("deploy.run", "biller")}
    assert ("pay.refund", "cases") not in resolver.grants("*", ("*",))


def test_an_operations_own_targets_may_be_globs() -> None:
    wide = Tool("crm", named(Operation("export", "read", ("case*",))))
    resolver = Resolver(replace(DESK, tools={**TOOLS, "crm": wide}))
    assert [target for _, target in resolver.grants("crm.export")] == ["cases", "case-eu", "case-us"]
    assert [target for _, target in resolver.grants("crm.export", ("*-eu",))] == ["case-eu"]


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize(
    ("one", "two", "needed"),
    [
        (("source", "approval"), (), FREELY),
        (("source", "approval"), ("source",), under("source")),
        (("source",), ("approval",), under("source") | under("approval")),
        (("source",), ("source",), under("source")),
    ],
)
def test_a_grant_given_twice_is_used_under_the_conditions_of_either(
    resolver: Resolver, order: int, one: tuple[str, ...], two: tuple[str, ...], needed: Conditions
) -> None:
    given = [Entitlement("pay.refund", conditions=one), Entitlement("pay.refund", conditions=two)][::order]
    assert resolver.entitled(given) == {("pay.refund", "ledger"): needed}


def test_what_is_given_on_a_container_and_on_its_child_is_used_under_the_conditions_of_either(
    resolver: Resolver,
) -> None:
    given = [
        Entitlement("crm.write_case", ("cases",), ("approval",)),
        Entitlement("crm.write_case", ("case-eu",), ("source",)),
    ]
    assert resolver.cover(("crm.write_case", "case-eu"), resolver.entitled(given)) == under("approval") | under(
        "source"
    )
    assert resolver.cover(("crm.write_case", "case-us"), resolver.entitled(given)) == under("approval")


def test_to_need_two_entitlements_is_to_meet_the_conditions_of_both() -> None:
    one, other = under("source") | under("approval"), under("source")
    assert both(one, other) == under("source")  # what needs the source only is all that is left to meet
    assert both(under("source"), under("approval")) == under("source", "approval")
    assert both(one, FREELY) == one
    assert either(one, FREELY) == FREELY


def test_a_glob_over_operations_skips_those_that_a_named_target_does_not_fit(resolver: Resolver) -> None:
    found = resolver.grants("*", ("biller",))
    assert found == (("deploy.run", "biller"),)
    assert ("deploy.run", "ledger") not in resolver.grants("*", ("ledger",))


def test_needs_are_grants_in_order_without_repeats(resolver: Resolver) -> None:
    needs = [Need("mail.send"), Need("crm.read_case", ("case-us", "case-eu")), Need("mail.send")]
    assert list(resolver.needs(needs)) == [
        ("mail.send", ""),
        ("crm.read_case", "case-us"),
        ("crm.read_case", "case-eu"),
    ]


def test_what_covers_a_container_covers_its_children(resolver: Resolver) -> None:
    entitled = resolver.entitled([Entitlement("crm.write_case", ("cases",), ("approval",))])
    assert resolver.cover(("crm.write_case", "case-eu"), entitled) == under("approval")
    assert resolver.cover(("crm.write_case", "cases"), entitled) == under("approval")
    assert resolver.cover(("crm.write_case", "ledger"), entitled) is None
    assert resolver.cover(("crm.read_case", "case-eu"), entitled) is None


def test_what_covers_a_child_does_not_cover_its_container(resolver: Resolver) -> None:
    entitled = resolver.entitled([Entitlement("crm.write_case", ("case-eu",))])
    assert resolver.cover(("crm.write_case", "cases"), entitled) is None


def test_a_role_that_nobody_has_gives_nothing() -> None:
    roles = {**DESK.roles, "root": Role("root", (Entitlement("*"),))}
    resolver = Resolver(replace(DESK, roles=roles))
    assert all(operation != "deploy.run" for operation, _ in resolver.identity("desk"))


def test_tools_of_grants() -> None:
    assert tools_of([("crm.read", "db"), ("crm.write", "db"), ("mail.send", "")]) == {"crm", "mail"}
    assert tools_of([]) == frozenset()

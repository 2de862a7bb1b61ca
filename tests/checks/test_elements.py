"""The parts of a change: each can be named, undone and done again."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from typing import Any

import pytest
from checks.worlds import DESK
from scenario.worlds import FILES, STARTER

from simkit.checks.elements import canonical, changes, restored
from simkit.scenario import load, loads

BASE = DESK + "trust:\n  - {from: desk, to: clerk, kind: assume}\n"

CASES: dict[str, tuple[str, str, list[tuple[str, str]]]] = {
    "an entitlement of a role": (
        "- {operation: crm.answer}",
        "- {operation: crm.answer}\n      - {operation: crm.books, conditions: [source]}",
        [("entitlement", "entitlement crm.books if source of role desk added")],
    ),
    "an entitlement of an identity": (
        "clerk: {kind: human}",
        "clerk: {kind: human, entitlements: [{operation: crm.read}]}",
        [("entitlement", "entitlement crm.read of identity clerk added")],
    ),
    "a role that somebody is given": (
        "clerk: {kind: human}",
        "clerk: {kind: human, roles: [desk]}",
        [("role", "role desk of identity clerk added")],
    ),
    "wider targets": (
        "- {operation: crm.read}",
        "- {operation: crm.read, targets: [cases, ledger]}",
        [
            (
                "entitlement",
                "entitlement crm.read on cases, ledger of role desk changed "
                "(was crm.read, is crm.read on cases, ledger)",
            )
        ],
    ),
    "a credential": (
        "desk-key: {identity: desk}",
        "desk-key: {identity: desk}\n  spare: {identity: desk}",
        [("credential", "credential spare added")],
    ),
    "a lifetime": (
        "desk-key: {identity: desk}",
        "desk-key: {identity: desk, ttl: 1h}",
        [("ttl", "ttl of credential desk-key added (was the default, is 1h)")],
    ),
    "a trust edge": (
        "kind: assume}",
        "kind: assume}\n  - {from: clerk, to: desk}",
        [("trust edge", "trust edge clerk -assume-> desk added")],
    ),
    "a trust edge that attenuates": (
        "kind: assume}",
        "kind: assume, attenuates: true}",
        [
            (
                "trust edge",
                "trust edge desk -assume-> clerk changed (was the default, is attenuates true)",
            )
        ],
    ),
    "an operation": (
        "chance: 0.5}",
        "chance: 0.6}",
        [("chance", "operations.books.chance of tool crm changed (was 0.5, is 0.6)")],
    ),
    "the policy in force": ("policy: rbac", "policy: jit", [("policy", "policy changed (was the default, is jit)")]),
    "one value of several": (
        "ledger: {value: {confidentiality: 30}}",
        "ledger: {value: {confidentiality: 30, integrity: 2.5}}",
        [("value", "value of resource ledger changed (was the default, is integrity 2.5)")],
    ),
    "the response": (
        "goals:",
        "response: {delay: 2d}\ngoals:",
        [("setting", "response.delay changed (was the default, is 2d)")],
    ),
    "a secret that lies about": (
        "tickets: {exposure: public}",
        "tickets: {exposure: public, holds: [desk-key]}",
        [("credential", "credential desk-key of resource tickets added")],
    ),
    "what is only said": ("name: help-desk\n", "name: help-desk\ndescription: now with a text\n", []),
    "the order of the file": (
        "  clerk: {kind: human}\n  robot: {kind: service, entitlements: [{operation: crm.books}]}\n",
        "  robot: {kind: service, entitlements: [{operation: crm.books}]}\n  clerk: {kind: human}\n",
        [],
    ),
}


@pytest.mark.parametrize("what", CASES)
def test_a_change_is_named_by_its_parts(what: str) -> None:
    old, new, said = CASES[what]
    assert old in BASE
    found = changes(canonical(loads(BASE)), canonical(loads(BASE.replace(old, new, 1))))
    assert [(element.kind, str(element)) for element in found] == said


@pytest.mark.parametrize("what", CASES)
def test_undoing_every_part_leads_back_and_doing_them_leads_there(what: str) -> None:
    old, new, _ = CASES[what]
    before, after = loads(BASE), loads(BASE.replace(old, new, 1))
    back, there = canonical(after), canonical(before)
    for element in changes(canonical(before), canonical(after)):
        back, there = element.undone(back), element.done(there)
    assert restored(back, "x").digest == before.digest
    assert restored(there, "x").digest == after.digest


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_canonical_form_loads_back_with_the_same_digest(file: Any) -> None:
    scenario = replace(load(file), compare=())  # what `compare` shows is no part of the world
    again = restored(canonical(scenario), "x")
    assert again.digest == scenario.digest
    assert canonical(again) == canonical(scenario)
    assert "note" not in {key for part in canonical(scenario)["entry_points"].values() for key in part}


def test_the_order_of_the_file_leaves_no_trace() -> None:
    chance = random.Random(7)
    form = canonical(load(STARTER))
    pairs = list(form.items())
    chance.shuffle(pairs)
    assert json.dumps(canonical(restored(dict(pairs), "x"))) == json.dumps(form)


def test_far_apart_scenarios_differ_part_by_part() -> None:
    before, after = canonical(load(STARTER)), canonical(loads(BASE))
    back = after
    for element in changes(before, after):
        back = element.undone(back)
    assert restored(back, "x").digest == replace(load(STARTER), compare=()).digest

"""Narrowings as Cedar policies: Cedar itself decides every question as simkit does."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from typing import ClassVar

import pytest
from artifact_contract import ArtifactContract
from artifacts.test_rbac_manifests import TestKubernetes

from simkit import loads
from simkit.artifacts import carried_out
from simkit.artifacts.cedar_policies import CEDAR, decided_again, entities, policies, questions, schema
from simkit.narrowing import AddCondition, DropEntitlements, Holder

WORLD = r"""
simkit: 1
name: cases
identities:
  desk:
    kind: agent
    environment: eu
    roles: [support]
    denies: [{operation: crm.read, targets: [board]}]
    entitlements: [{operation: shell.run, conditions: [source]}]
  lead: {kind: human, roles: [support], entitlements: [{operation: crm.delete, conditions: [approval]}]}
roles:
  support:
    entitlements:
      - {operation: crm.read, targets: [cases]}
      - {operation: crm.note, targets: [cases], conditions: [environment]}
      - {operation: people.become, targets: [lead], conditions: [approval, source]}
resources:
  cases: {contains: [case 'é"1', board], environment: eu}
  case 'é"1': {}
  board: {}
tools:
  crm:
    operations:
      read: {effect: read, targets: [cases]}
      note: {effect: write, targets: [cases]}
      delete: {effect: delete, targets: [cases]}
  shell: {operations: {run: {effect: execute}}}
  people: {operations: {become: {effect: assume, targets: [lead]}}}
tasks: {answer: {identity: desk, needs: [crm.note], rate: 10/d}}
goals: {out: {lost: ["cases: confidentiality"]}}
entry_points: {"desk is taken over": {compromise: desk}}
"""


class TestCedar(ArtifactContract):
    kind = CEDAR
    sample: ClassVar[Mapping[str, str]] = TestKubernetes.sample


def test_each_condition_is_asked_for_with_has_and_what_is_denied_is_left_out() -> None:
    text = policies(loads(WORLD).model)
    assert "when { context has approved && context.approved }\nwhen { context has own_runtime" in text
    assert 'resource in Resource::"cases"\n)\nunless { resource in Resource::"board" };' in text
    assert "principal has environment && resource has environment" in text
    assert 'resource in Tool::"shell"' in text
    assert "forbid" not in text


def test_questions_are_about_everything_with_and_without_what_conditions_ask() -> None:
    asked = list(questions(loads(WORLD).model))
    assert len(asked) == 2 * 2 * (3 * (1 + 3) + 2 * (1 + 2)), "three operations on things, two on identities"
    allowed = {
        (request["action"]["id"], request["resource"]["id"], bool(request["context"]))
        for request, expected in asked
        if expected and request["principal"]["id"] == "desk"
    }
    case = "case 'é\"1'"
    assert ("crm.read", case, False) in allowed
    assert ("crm.read", "board", True) not in allowed, "denied"
    assert ("crm.note", "cases", False) in allowed, "its environment is the same"
    assert ("shell.run", "shell", True) in allowed
    assert ("shell.run", "shell", False) not in allowed


def test_cedar_decides_as_simkit_does() -> None:
    pytest.importorskip("cedarpy")
    model = loads(WORLD).model
    assert decided_again(model, policies(model), schema(model)).startswith("Cedar decides")


def test_the_patch_says_whether_cedar_was_asked() -> None:
    scenario = loads(WORLD)
    drop = DropEntitlements(Holder("role", "support"), (("crm.read", "cases"),))
    ask = AddCondition(Holder("role", "support"), ("crm.note",), "approval")
    made = carried_out(CEDAR, scenario, None, [drop, ask])
    asked = importlib.util.find_spec("cedarpy") is not None
    assert made.checks[0].startswith("Cedar decides" if asked else "not held against Cedar itself")
    (text,) = [text for name, (_, text) in made.files.items() if name.endswith("policies.cedar")]
    assert "crm.read" not in text
    assert "context has approved" in text


def test_what_lies_in_another_thing_is_in_it_for_cedar_too() -> None:
    found = {each["uid"]["id"]: each for each in entities(loads(WORLD).model)}
    assert found["board"]["parents"] == [{"type": "Resource", "id": "cases"}]
    assert found["board"]["attrs"] == {"environment": "eu"}

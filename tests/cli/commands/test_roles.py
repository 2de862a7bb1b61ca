"""`simkit roles`, as a user types it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import click.testing
import pytest

import simkit

Cli = Callable[..., click.testing.Result]
WORLD = """\
simkit: 1
name: help-desk
identities:
  desk: {kind: agent, susceptibility: 1.0, roles: [desk]}
resources:
  cases: {value: {confidentiality: 10}}
  tickets: {exposure: public}
tools:
  crm:
    operations:
      read: {effect: read, targets: [cases]}
      answer: {effect: send, targets: [tickets]}
credentials:
  desk-key: {identity: desk}
roles:
  desk: {entitlements: [{operation: crm.*}]}
tasks:
  reply: {identity: desk, needs: [crm.answer], reads: [tickets], rate: 40/d}
entry_points:
  leaked-key: {leak: desk-key}
  poisoned-ticket: {poison: tickets}
goals:
  cases-leaked: {lost: [{resource: cases, impact: confidentiality}]}
  answered: {performed: [crm.answer]}
"""


@pytest.fixture
def desk(tmp_path: Path) -> str:
    file = tmp_path / "desk.yaml"
    file.write_text(WORLD, "utf-8")
    return str(file)


def test_roles_says_how_many_are_enough_and_writes_them(cli: Cli, desk: str, tmp_path: Path) -> None:
    out = tmp_path / "split.yaml"
    done = cli("roles", desk, "--write", str(out), "--format", "json")
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)["result"]
    assert found["identity"] == "desk"
    assert [point["roles"] for point in found["points"]] == [1]
    assert list(simkit.load(out).identities) == ["desk/role-1"]
    assert cli("roles", desk, "--identity", "dask").exit_code == 2

"""A help desk on disk, for the commands that narrow it and split its roles."""

from __future__ import annotations

from pathlib import Path

import pytest

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

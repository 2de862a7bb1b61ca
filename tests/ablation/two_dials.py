"""Worlds in which two dials, and only these, stand between an attacker and 6 of value."""

from __future__ import annotations

import simkit
from simkit import Scenario

WORLD = """\
simkit: 1
name: two-dials
policy: rbac
horizon: 30d
identities:
  desk: {{kind: agent, roles: [desk]}}
resources:
  cases: {{value: {{confidentiality: 4}}}}
  notes: {{value: {{confidentiality: 2}}}}
tools:
  crm:
    operations:
      read_cases: {{effect: read, targets: [cases]}}
      read_notes: {{effect: read, targets: [notes]}}
credentials:
  key: {{identity: desk, ttl: 90d}}
roles:
  desk: {{entitlements: [{{operation: crm.*}}]}}
tasks:
  sum-up: {{identity: desk, needs: [crm.read_notes], rate: 10/d, duration: {duration}}}
entry_points:
  leaked: {{leak: key, delay: {delay}}}
goals:
  all-lost: {{lost: [{{resource: cases, impact: confidentiality}}, {{resource: notes, impact: confidentiality}}]}}
response: {{completeness: 1.0}}
"""


def two_dials(delay: str = "0s", duration: str = "5m") -> Scenario:
    """A leaked key that reads cases (4) and notes (2), used after `delay`; the task needs notes only."""
    return simkit.loads(WORLD.format(delay=delay, duration=duration), "two-dials.yaml")

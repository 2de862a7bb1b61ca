"""A help desk: a small world that every command can be asked about."""

from __future__ import annotations

WORLD = """\
simkit: 1
name: help-desk
policy: rbac
compare: [rbac, task-scoped]
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
policies:
  ours: {extends: jit, ttl: 30m}
"""
ANSWERED = "  answered: {performed: [crm.answer]}\n"
"""A goal that the work of the desk reaches itself: not all that leads there may be taken away."""

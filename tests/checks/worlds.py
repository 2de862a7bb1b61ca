"""A help desk with a ledger that nobody may read, until somebody adds one entitlement."""

from __future__ import annotations

from pathlib import Path

DESK = """\
simkit: 1
name: help-desk
policy: rbac
identities:
  desk: {kind: agent, susceptibility: 1.0, roles: [desk]}
  clerk: {kind: human}
  robot: {kind: service, entitlements: [{operation: crm.books}]}
resources:
  cases: {value: {confidentiality: 10}}
  ledger: {value: {confidentiality: 30}}
  tickets: {exposure: public}
tools:
  crm:
    operations:
      read: {effect: read, targets: [cases]}
      books: {effect: read, targets: [ledger], chance: 0.5}
      answer: {effect: send, targets: [tickets]}
credentials:
  desk-key: {identity: desk}
roles:
  desk:
    entitlements:
      - {operation: crm.read}
      - {operation: crm.answer}
tasks:
  reply: {identity: desk, needs: [crm.answer], reads: [tickets], rate: 40/d}
entry_points:
  leaked-key: {leak: desk-key}
  poisoned-ticket: {poison: tickets}
goals:
  cases-leaked: {lost: [{resource: cases, impact: confidentiality}]}
  books-leaked: {lost: [{resource: ledger, impact: confidentiality}]}
expect:
  books-stay-closed: {measure: books-leaked, at_most: 5%}
"""
ANSWER = "      - {operation: crm.answer}\n"
ADDED = ANSWER + "      - {operation: crm.books}\n"
"""What somebody adds; it stands in line 25."""
LINE = 25


def desk(folder: Path, text: str = DESK, name: str = "desk.yaml") -> str:
    """The path of a file with `text` in `folder`."""
    file = folder / name
    file.write_text(text, "utf-8")
    return str(file)


def grown(text: str = DESK) -> str:
    """The help desk with one entitlement more."""
    assert ANSWER in text
    return text.replace(ANSWER, ADDED)

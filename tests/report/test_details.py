"""What is said of a thing when its box is pointed at."""

from __future__ import annotations

import pytest
from support_desk import DESK

import simkit
from simkit.diagram.marks import pictured
from simkit.report.details import details

DRAWN = pictured(DESK)


@pytest.mark.parametrize(
    ("box", "said"),
    [
        (
            "identity:desk",
            {
                "kind": "agent, inference, production",
                "tier": "support",
                "steered by poisoned input": "50 %",
                "roles": "support",
                "tasks": "answer, triage",
                "in its runtime": "vendor-key",
            },
        ),
        ("credential:desk-token", {"authenticates": "desk", "expires after": "1 h", "binding": "bearer"}),
        (
            "credential:crm-key",
            {
                "authenticates": "biller",
                "expires after": "90 d",
                "measured to live for": "1 y 35 d",
                "binding": "bearer",
            },
        ),
        (
            "credential:vendor-key",
            {
                "authenticates": "biller",
                "expires after": "never",
                "binding": "bearer",
                "issued by": "a third party: no grant policy governs it",
            },
        ),
        (
            "resource:cases",
            {
                "kind": "data-store",
                "value": "confidentiality 10, integrity 5",
                "exposure": "private",
                "contains": "case-eu, case-us",
            },
        ),
    ],
)
def test_what_is_empty_is_not_said(box: str, said: dict[str, str]) -> None:
    (node,) = (node for node in DRAWN.nodes if node.id == box)
    assert details(DESK, node, DRAWN) == [("what", node.kind), *said.items()]


def test_alike_things_that_share_a_box_are_counted_and_named() -> None:
    few = pictured(DESK, most=3)
    node = next(node for node in few.nodes if node.count > 1)
    said = dict(details(DESK, node, few))
    assert said["what"].startswith(f"{node.count} alike")
    assert len(said["names"].split(", ")) == node.count


WORDS = """\
simkit: 1
name: words
identities:
  coder: {kind: agent, count: 12, egress: none, runtime_holds: [dotenv], entitlements: [{operation: crm.search}]}
resources:
  dotenv: {environment: sandbox, run_by: [coder], undo: 30d, restore: 4h, shows_itself: {chance: 0.5}}
  customers: {records: 5000, undo: never}
tools: {crm: {operations: {search: {effect: read, targets: [customers], throughput: 500/h, undo: never}}}}
credentials: {token: {identity: coder, format: jwt, refresh: {ttl: 30d}, claims: {ref: main}}}
entry_points: {leaked: {leak: token}}
"""


@pytest.mark.parametrize(
    ("box", "said"),
    [
        ("identity:coder", {"alike": "12", "in its runtime": "dotenv", "network of its own": "none"}),
        ("credential:token", {"format": "jwt", "refresh token": "expires after 30 d", "claims": "ref: main"}),
        ("tool:crm", {"operations": "search (read, 500 records an hour, can never be undone)"}),
        (
            "resource:dotenv",
            {
                "environment": "sandbox",
                "code that runs in": "coder",
                "a change": "can be undone for 30 d",
                "restored in": "4 h",
                "a change shows itself": "50 %",
            },
        ),
        ("resource:customers", {"records": "5,000", "a change": "can never be undone"}),
    ],
)
def test_the_words_of_the_format_are_said(box: str, said: dict[str, str]) -> None:
    model = simkit.loads(WORDS).model
    drawn = pictured(model)
    (node,) = (node for node in drawn.nodes if node.id == box)
    found = dict(details(model, node, drawn))
    assert {term: found.get(term) for term in said} == said

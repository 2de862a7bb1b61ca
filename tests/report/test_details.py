"""What is said of a thing when its box is pointed at."""

from __future__ import annotations

import pytest
from support_desk import DESK

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

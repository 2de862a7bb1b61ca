"""The graph of a report as a table, and what its script reads."""

from __future__ import annotations

import pytest
from book_shop import SELLS, SHOP, SWEEPS
from tiny_worlds import world

import simkit
from simkit.report.picture import Drawn


@pytest.fixture(scope="module")
def drawn() -> Drawn:
    shop = world(SHOP, SELLS + SWEEPS)
    return Drawn(simkit.report_on(shop, "rbac", policies=["task-scoped", "rbac"], trials=20, quick=True))


def test_what_is_reached_most_often_under_the_policy_in_force_comes_first(drawn: Drawn) -> None:
    rows = drawn.rows()
    assert [row.name for row in rows] == ["clerk-key", "clerk", "shop", "orders", "ledger", "cleaner", "ghost"]
    assert [row.marks for row in rows] == ["attack", "", "", "", "jewel", "", ""]
    assert {row.name: row.cells[1] for row in rows} == {
        **dict.fromkeys(("clerk-key", "clerk", "shop", "orders", "ledger"), ("reached", "100 %")),
        **dict.fromkeys(("cleaner", "ghost"), ("out", "–")),
    }


def test_the_script_begins_with_the_policy_in_force(drawn: Drawn) -> None:
    data = drawn.data()
    assert [policy["name"] for policy in data["policies"]] == ["task-scoped", "rbac"]
    assert data["inForce"] == 1


def test_a_step_says_how_long_it_made_the_attacker_wait_since_the_one_before() -> None:
    """The starter's key is found after a while; then everything happens in seconds."""
    starter = simkit.load("scenarios/starter.yaml")
    found = Drawn(
        simkit.report_on(starter, "rbac", policies=["rbac"], entry_point="leaked-ci-secret", trials=20, quick=True)
    )
    steps = found.data()["policies"][0]["paths"][0]["steps"]
    waited = [place for place, step in enumerate(steps) if step["gap"]]
    assert 0 < len(waited) < len(steps) - 1
    assert steps[-1]["what"] == "the goal"

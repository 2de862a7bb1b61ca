"""One design against another: by hand, and over shipped scenarios where the stronger one is known to fail."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from ablation.two_dials import two_dials

import simkit
from simkit import GrantPolicy, QuestionError, study

ROOT = Path(__file__).parents[1]


def shipped(name: str) -> simkit.Scenario:
    return simkit.load(ROOT / "scenarios" / name)


def test_a_row_by_hand() -> None:
    """Leaked and used at once: under rbac 6 is lost; what the task needs is to read notes (2) only."""
    found = study([two_dials()], "rbac", GrantPolicy("tasks", scope="task"), trials=40)
    (row,) = found.rows
    assert (row.weak.estimate, row.strong.estimate, row.saved.estimate) == (6.0, 2.0, 4.0)
    assert row.scope_alone.estimate == 4.0
    assert (row.verdict, row.still, row.pairs) == ("helps", (), (1, 0, 1))
    assert row.share == pytest.approx(2 / 3)
    assert repr(found) == "Study(rbac against tasks, 1 attacks: helps 1)"


def test_the_other_way_round_is_worse() -> None:
    (row,) = study([two_dials()], "task-scoped", "rbac", trials=20).rows
    assert row.verdict == "worse"
    assert row.still == ("all-lost",)
    assert "all-lost is reached" in row.path


def test_where_scoping_does_not_help_is_a_table_of_its_own() -> None:
    found = study([shipped("incidents/replit.yaml"), shipped("incidents/github-mcp.yaml")], trials=200)
    verdicts = {row.name: row.verdict for row in found.rows}
    assert verdicts["replit: agent-error"] == "no difference"
    assert verdicts["github-mcp: poisoned-issue"] == "helps in part"
    table = found.failures_table()
    assert [row[0] for row in table.rows] == [row.name for row in found.failures()]
    assert "live-rows-deleted" in str(table.rows[0][3])
    assert "sql.drop app-database" in str(table.rows[0][4])
    assert "makes no difference, or a worse one, in 1 (replit: agent-error)" in found.summary


def test_the_pairs_of_agentdojo_are_the_share_that_the_paper_reports() -> None:
    """105 of 629: the tools of the task suffice in 17 % of the cases (Debenedetti et al., 2024, section 4.3)."""
    suites = [shipped(f"agentdojo/{name}.yaml") for name in ("workspace", "travel", "banking", "slack")]
    found = study(suites, trials=8)
    assert all(row.entry_point.startswith("all ") for row in found.rows)
    weak, strong, of = (sum(row.pairs[at] for row in found.rows) for at in range(3))
    assert (weak, strong, of) == (629, 105, 629)
    assert {row.verdict for row in found.rows} == {"helps in part"}


def test_real_runs_that_the_strong_design_stops_are_counted_with_an_interval() -> None:
    found = study([shipped("taubench-airline/airline.yaml")], trials=4)
    assert "it stops 60 of 84 runs that did their job (61 % to 80 %)" in found.summary
    assert found.costs_table().records()[0]["good runs stopped"] == "60 of 84"


def test_bad_questions_are_refused() -> None:
    with pytest.raises(QuestionError, match="no scenario says nothing"):
        study([])
    with pytest.raises(QuestionError, match="both designs are called 'rbac'"):
        study([two_dials()], "rbac", "rbac")
    with pytest.raises(QuestionError, match="trials 0"):
        study([two_dials()], trials=0)


def test_the_study_is_plain_data() -> None:
    found = study([two_dials("1h")], trials=20)
    data = json.loads(json.dumps(found.to_dict()))
    assert data["rows"][0]["saved"]["estimate"] == 6.0
    assert "two-dials" in found.provenance
    assert found._repr_html_().count("<table") == 3


def test_every_attack_is_counted_in_the_summary() -> None:
    found = study([shipped("incidents/tanstack.yaml")], trials=50)
    assert [row.verdict for row in found.rows] == ["helps in part", "helps in part", "nothing to lose"]
    assert "over 3 attacks: it helps in 0, helps in part in 2" in found.summary
    assert "in 0; in 1 nothing is lost under either. Its scope alone" in found.summary

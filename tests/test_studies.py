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


PAYROLL = """\
simkit: 1
name: payroll
identities:
  clerk: {kind: service, entitlements: [{operation: hr.*}]}
resources:
  salaries: {value: {confidentiality: 200}}
  addresses: {value: {confidentiality: 60}}
tools:
  hr: {operations: {pay: {effect: read, targets: [salaries]}, mail: {effect: read, targets: [addresses]}}}
credentials:
  key: {identity: clerk}
tasks:
  pay: {identity: clerk, needs: [hr.pay]}
entry_points:
  leaked: {leak: key}
goals:
  salaries-read: {lost: [{resource: salaries, impact: confidentiality}]}
"""
BY_TASK = GrantPolicy("by-task", scope="task")


def test_a_design_gets_no_credit_for_an_identity_whose_task_was_forgotten() -> None:
    """The task needs 200 of 260, so scoping by it saves 60; without the task it would seem to save all 260."""
    (row,) = study(simkit.loads(PAYROLL), "rbac", BY_TASK, trials=10).rows
    assert (row.weak.estimate, row.strong.estimate, row.saved.estimate, row.refused) == (260.0, 200.0, 60.0, ())
    forgetful = simkit.loads(PAYROLL.replace("tasks:\n  pay: {identity: clerk, needs: [hr.pay]}\n", ""))
    assert simkit.simulate(forgetful, BY_TASK, trials=10).values.mean() == 0.0
    found = study(forgetful, "rbac", BY_TASK, trials=10)
    (row,) = found.rows
    assert (row.weak.estimate, row.strong.estimate, row.verdict) == (260.0, 260.0, "no difference")
    assert (row.refused, row.scope_alone.estimate) == (("clerk",), 0.0)
    assert "In payroll neither gets credit for clerk: without a task" in found.summary
    assert row.to_dict()["refused"] == ["clerk"]


def test_a_file_that_says_why_there_is_no_task_gives_the_credit() -> None:
    answered = PAYROLL.replace("tasks:\n  pay: {identity: clerk, needs: [hr.pay]}\n", "").replace(
        "  clerk:", "  # simkit: ignore[no-task] left last year\n  clerk:"
    )
    (row,) = study(simkit.loads(answered), "rbac", BY_TASK, trials=10).rows
    assert (row.saved.estimate, row.refused) == (260.0, ())


def test_only_the_identity_without_a_task_is_left_out_and_the_others_keep_their_credit() -> None:
    other = PAYROLL
    for before, after in (
        ("tools:", "  files: {value: {confidentiality: 7}}\ntools:"),
        ("pay: {effect", "copy: {effect: read, targets: [files]}, pay: {effect"),
        ("{operation: hr.*}", "{operation: hr.pay}, {operation: hr.mail}"),
        ("resources:", "  guest: {entitlements: [{operation: hr.copy}]}\nresources:"),
        ("tasks:", "  guest-key: {identity: guest}\ntasks:"),
        ("goals:", "  guest-leaked: {leak: guest-key}\ngoals:"),
    ):
        other = other.replace(before, after, 1)
    hybrid = GrantPolicy("hybrid", scope="task", applies_to=simkit.Selector(name=("clerk",)), otherwise=BY_TASK)
    for strong in (BY_TASK, hybrid):
        found = study(simkit.loads(other), "rbac", strong, trials=10)
        assert [(row.weak.estimate, row.strong.estimate) for row in found.rows] == [(260.0, 200.0), (7.0, 7.0)]
        assert found.rows[0].refused == ("guest",)


def test_two_designs_that_both_scope_by_task_are_compared_as_they_are() -> None:
    forgetful = simkit.loads(PAYROLL.replace("tasks:\n  pay: {identity: clerk, needs: [hr.pay]}\n", ""))
    (row,) = study(forgetful, "task-scoped", "zero-standing", trials=10).rows
    assert (row.verdict, row.refused) == ("nothing to lose", ())


def test_over_draws_a_study_says_where_it_wins_whatever_the_assumptions_and_where_it_depends() -> None:
    """The keys that a task needs are a part of what a role gives: less in every draw. Replit's agent errs alike."""
    found = study([two_dials("1h"), shipped("incidents/replit.yaml")], trials=20, draws=64)
    answers = {each.name: each.answer for each in found.drawn}
    assert answers == {"two-dials: leaked": "always less", "replit: agent-error": "no difference"}
    assert found.drawn[0].saved == (1.0, 1.0)
    assert "task-scoped loses less whatever the assumptions in 1 of 2 attacks; in 0 it depends" in found.summary
    assert "whatever the assumptions?" in [table.title for table in found.tables()]
    assert not study([two_dials()], trials=20).drawn
    with pytest.raises(QuestionError, match="draws 3 is not a whole number from 64"):
        study([two_dials()], trials=20, draws=3)


def test_what_differs_by_chance_alone_is_no_difference() -> None:
    """The assistant errs alike under both; its steps have other names, and so other fates."""
    found = study([shipped("incidents/m365-copilot.yaml")], entry_points="assistant-summarises", trials=20, draws=64)
    assert [each.answer for each in found.drawn] == ["no difference"]


DECOY = """\
simkit: 1
name: decoy
policy: wide
compare: [wide, narrow]
identities: {bot: {entitlements: [{operation: t.look}, {operation: t.copy}]}}
resources: {decoy: {}, vault: {value: {confidentiality: 10}}}
tools:
  t:
    operations:
      look: {effect: read, targets: [decoy], duration: 1s}
      copy: {effect: read, targets: [vault], duration: 1h}
credentials: {key: {identity: bot}}
tasks: {work: {identity: bot, needs: [t.copy], duration: 2h}}
entry_points: {leaked: {leak: key}}
goals: {copied: {lost: ["vault: confidentiality"]}}
response: {detection: {read: {chance: 1, delay: 1s}}, delay: 1m, completeness: 1}
policies:
  wide: {extends: rbac, response: automatic}
  narrow: {extends: wide, scope: task}
"""
"""Who may look at the decoy looks, and is noticed before the copy is done; who may not is not."""


def test_a_narrower_design_that_loses_more_is_said_with_the_first_step_that_differs() -> None:
    said = "narrow is narrower than wide and loses 10 more: in trial 0 the first step that differs is 't.copy vault'"
    world = simkit.loads(DECOY)
    found = study([world], "wide", "narrow", trials=50)
    (row,) = found.rows
    assert row.verdict == "worse"
    assert row.reversal is not None
    assert row.to_dict()["narrower_but_more"] == row.reversal.to_dict()
    assert f"In decoy: leaked, mind that {said}" in found.summary
    assert said in simkit.compare(world, trials=50).summary
    assert said in simkit.report_on(world, trials=50, quick=True).summary


def test_nothing_is_said_where_the_wider_design_loses_more() -> None:
    (row,) = study([simkit.loads(DECOY)], "narrow", "wide", trials=50).rows
    assert (row.verdict, row.reversal) == ("helps", None)

"""What the comments of some cases say of the same world told otherwise: a right less, a bound, no alert, prompts."""

from __future__ import annotations

from pathlib import Path

import pytest

import simkit

HERE = Path(__file__).parent
TRIALS = 4000


def told(case: str, before: str, after: str) -> simkit.Scenario:
    """The case with one thing of its file told otherwise."""
    text = (HERE / f"{case}.yaml").read_text("utf-8")
    assert text.count(before) == 1, before
    return simkit.loads(text.replace(before, after), f"{case}.yaml")


def chances(scenario: simkit.Scenario, policy: str | None = None, entry_point: str | None = None) -> dict[str, float]:
    result = simkit.simulate(scenario, policy, entry_point=entry_point, trials=TRIALS, seed=0)
    return {goal: result.chance(goal).estimate for goal in scenario.goals}


@pytest.mark.parametrize(
    ("before", "after", "chance"),
    [
        ("      - {operation: shell.*}\n", "      - {operation: shell.curl}\n", 0.0),
        ("{operation: fs.read, targets: [source]}\n", "{operation: fs.read, targets: [source, dotenv]}\n", 0.5),
    ],
    ids=["without-the-shell", "with-the-tool-that-was-denied"],
)
def test_the_shell_reads_what_the_tool_was_denied(before: str, after: str, chance: float) -> None:
    found = chances(told("01c-bash-executes-only", before, after))
    assert found["secret-out"] == pytest.approx(chance, abs=0.03)


def test_an_operator_that_is_bound_to_two_namespaces_reads_no_tenant_and_does_all_its_work() -> None:
    bound = told("02-operator-secrets", '["*/secrets"]', "[operator-ns/secrets, pg-ns/secrets]")
    assert set(chances(bound, entry_point="pod-owned").values()) == {0.0}
    assert not simkit.simulate(bound, "task-scoped", entry_point="pod-owned", trials=10).utility.broken


def test_an_alert_that_comes_to_nothing_before_the_rotation_changes_nothing() -> None:
    quiet = told("02-rotation-counted-once", ", detection: {leak: {chance: 1, delay: 1h}}", "")
    assert chances(quiet)["changed"] == pytest.approx(0.5, abs=0.025)


@pytest.mark.parametrize(("policy", "prompts"), [("each-use", 30.0), ("each-task", 10.0)])
def test_people_are_asked_so_often_a_day(policy: str, prompts: float) -> None:
    asked = simkit.load(HERE / "08b-ask-only.yaml")
    assert simkit.simulate(asked, policy, trials=10).utility.approvals_a_day == pytest.approx(prompts)


@pytest.mark.parametrize("case", ["12c-delegated-only", "12c-delegated-without-boundary"])
def test_who_works_on_behalf_of_others_with_no_right_of_its_own_breaks_no_task(case: str) -> None:
    delegated = simkit.load(HERE / f"{case}.yaml")
    for policy in ("static-secrets", "rbac", "task-scoped", "zero-standing"):
        assert not simkit.simulate(delegated, policy, trials=10).utility.broken

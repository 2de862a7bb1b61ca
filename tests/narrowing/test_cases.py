"""`narrow` on each case proposes the mend that the comment on top of its file names, and says what that leaves."""

from __future__ import annotations

from pathlib import Path

import pytest

from simkit.narrowing import cut_off, recommend
from simkit.scenario import load

CASES = Path(__file__).parents[1] / "cases"
MENDS = [
    ("01c-bash-executes-only", "secret-out", "Drop shell.run on coder, ", 0.0),
    ("01c-shell-of-its-own", "published", "Drop shell.run from role dev", 0.0),
    ("01c-deny-beats-what-is-gained", "accounts-gone", "Deny helper db.drop on accounts, ", 0.0),
    ("02-operator-secrets", "one-tenant-read", "Drop kube.get-secret on tenant-a/secrets, ", 0.0),
    (
        "02-operator-secrets",
        "one-tenant-read",
        "Bind kube.get-secret of role manager-role to operator-ns/secrets, ",
        1.0,
    ),
    ("02b-read-token-and-admin-token", "source-changed", "Issue admin-token for repo.read only", 0.5),
    ("03-agentic-action", "main-changed", "Drop github.push on main-branch, github.mint-oidc on deploy-role", 0.0),
    ("03-agentic-action", "prod-read", "Take role deploys from deploy-role", 0.0),
    ("03-invoker", "leaked", "Give no answer along the trust edge x -invoke-> a", 0.0),
    ("08b-ask-only", "config-changed", "Turn context to checks for agent", 0.15),
    ("09b-quotas", "a-thousand-out", "Let crm.search read 50 records an hour at most", 0.0),
    ("11-argument-deputy", "other-tenant", "Bind db.query of role desk to tenant-a", 0.0),
    ("12c-delegated-without-boundary", "salaries-out", "Bound assistant to erp.read-orders, mail.send", 0.0),
    (
        "13-assumed-role-survives-its-key",
        "copied",
        "Let sessions opened by builder -assume-> copier live 1 h",
        0.0,
    ),
    ("14-jit-outlives", "prod-changed", "Let role prod-access of engineer be active for 15 min at most", 0.05),
    ("14-request-outlives-its-session", "changed", "Turn expiry to completion for engineer", 0.05),
    (
        "16-cnpg-real-role",
        "tenant-a-read",
        "Drop kube.exec-pods on tenant-a/app, kube.create-pods ",
        0.0,
    ),
    ("02-rotation-counted-once", "changed", "Bind key to the runtime of its identity", 0.0),
    ("07-duration-without-memory", "changed", "Bind token to the runtime of its identity", 0.0),
    ("07-memory-outlives-the-incident", "out", "Turn context to checks for mailer", 0.1),
    ("09-empty-attenuated-session", "g", "Attenuate the trust edge b -assume-> c", 0.0),
    ("12-rotation-leaves-the-mailbox", "changed", "Turn context to checks for bot", 0.15),
    ("13-minted-token-survives-its-key", "copied", "Drop tokens.issue on copier from role mints", 0.0),
    ("bedrock-memory", "conversation-sent", "Turn context to checks for travel-agent", 0.1),
    (
        "nx-console-github-responders",
        "internal-repositories-taken",
        "Move employee-github-token out of the runtime of employee-machine",
        0.5,
    ),
    ("safe-bybit-aims-at-one", "bybit-emptied", "Drop s3.put_page on wallet-page from role safe-aws", 0.0),
    ("safe-bybit-blind", "bybit-emptied", "Show who approves wallet.transfer what is done", 0.2),
    ("safe-bybit-jit", "bybit-emptied", "Drop s3.put_page on wallet-page from role safe-aws", 0.0),
    ("approval-exempt-and-off", "staging-gone", "Ask people about anything also in staging", 0.6),
    ("run-by-function-package", "customers-out", "Take the network away from code in the runtime of function", 0.0),
]
"""A case, one of its goals, how the mend begins that its comment names, and the chance of the goal that it leaves at
most."""


@pytest.mark.parametrize(("case", "goal", "mend", "left"), MENDS)
def test_narrow_proposes_what_the_comment_of_a_case_says(case: str, goal: str, mend: str, left: float) -> None:
    found = recommend(load(str(CASES / f"{case}.yaml")), goal=goal, trials=200, budget=1)
    (each,) = [each for each in found.ranked if each.narrowing.name.startswith(mend)]
    assert not each.cost.broken
    assert each.after.chance is not None
    assert each.after.chance.estimate <= left


def test_what_no_removal_mends_is_said_and_nothing_is_promised() -> None:
    """Words alone harm here: whom they steer is no matter of rights, and no narrowing helps."""
    found = recommend(load(str(CASES / "06-poisoned-child.yaml")), goal="st", trials=200, budget=1)
    assert not any(each.helps for each in found.ranked)


def test_a_chance_too_small_for_the_trials_is_cut_off_in_the_worst_case() -> None:
    plan = cut_off(load(str(CASES / "01-staged-exfiltration.yaml")), goal="leaked", trials=100)
    assert not plan.possible, "each of the two runs needs all that it does"

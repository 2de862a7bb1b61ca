"""`narrow` on each case proposes the mend that the comment on top of its file names, and says what that leaves."""

from __future__ import annotations

from pathlib import Path

import pytest

from simkit.narrowing import recommend
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

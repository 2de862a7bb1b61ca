"""53 labs of pathfinding-labs: 43 lead to all rights of an account, 10 to a bucket, from the start that is given.

Principals, statements and resources are from DataDog/pathfinding-labs (Apache-2.0), see `tests/data/aws`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from small_account import plan

from simkit import Scenario, loads, rank
from simkit.importers import Imported, import_files
from simkit.importers.aws.account import shown_arn

FILE = Path(__file__).parents[2] / "data" / "aws" / "pathfinding_labs.json"
LABS: list[dict[str, Any]] = json.loads(FILE.read_text("utf-8"))["labs"]
IDS = [f"{each['name']} {each['target']}" for each in LABS]
ADMINISTRATOR = "administrator of 111111111111"
KEY = "AKIAEXAMPLEEXAMPLE01"
OBJECT = [
    ("aws_iam_access_key", {"user": "pl-prod-8min-compromised-user", "id": KEY}),
    (
        "aws_s3_object",
        {"bucket": "pl-prod-8min-rag-data-111111111111-abc123", "content": f"aws_access_key_id = {KEY}"},
    ),
]
"""What the first lab's Terraform makes besides, and the given extract leaves out: a key that lies in the bucket."""
STARTS = {
    "github-oidc-cross-account-pivot": "identities of ${aws_iam_openid_connect_provider.github.arn}",
    "ai-chatbot-lambda-pivot": "111111111111:role/pl-prod-ctf-002-chatbot-role",
    "exclusive-resource-policy": "111111111111:user/pl-prod-erp-to-bucket-starting-user",
}
"""Where the map's start is no principal: the provider, the role of the function, and one that was renamed."""


def made(lab: dict[str, Any], folder: Path) -> Imported:
    (folder / "account.json").write_text(json.dumps(lab["account"], indent=1), "utf-8")
    resources = [(name.partition(".")[0], values) for name, values in lab["resources"].items()]
    more = OBJECT if lab["name"] == "sysdig-8-minutes-to-admin" else []
    (folder / "plan.json").write_text(json.dumps(plan(*resources, *more)), "utf-8")
    (found,) = import_files([folder])
    return found


def with_goal(found: Imported, lab: dict[str, Any]) -> tuple[Scenario, str]:
    """The scenario with the lab's target as a goal, and the name of that."""
    if lab["target"] == "to-admin":
        return found.scenario(), ADMINISTRATOR
    bucket = next(values["bucket"] for name, values in lab["resources"].items() if name.startswith("aws_s3_bucket."))
    goal = f'goals:\n  out: {{"lost": ["bucket {bucket}: confidentiality"]}}\n'
    return loads(f"simkit: 1\nname: lab\n{found.text().replace('goals:', goal, 1)}", "lab.yaml"), "out"


def reaching(scenario: Scenario, goal: str) -> set[str]:
    return {row.name for row in rank(scenario).rows if row.kind == "identity" and goal in row.goals}


@pytest.mark.parametrize("lab", LABS, ids=IDS)
def test_the_target_is_reached_from_the_start(tmp_path: Path, lab: dict[str, Any]) -> None:
    scenario, goal = with_goal(made(lab, tmp_path), lab)
    assert STARTS.get(lab["name"], shown_arn(lab["start"])) in reaching(scenario, goal)


def test_there_are_43_labs_to_administrators_and_10_to_buckets() -> None:
    assert [sum(each["target"] == to for each in LABS) for to in ("to-admin", "to-bucket")] == [43, 10]


def test_of_39_principals_the_15_administrators_are_found_and_the_24_others_are_not(tmp_path: Path) -> None:
    """The lab on effective permissions: denials, boundaries and groups, one by one and together."""
    lab = next(each for each in LABS if each["name"] == "test-effective-permissions-evaluation")
    scenario, goal = with_goal(made(lab, tmp_path), lab)
    found = reaching(scenario, goal)
    principals = [name for name in scenario.model.identities if name.startswith("111111111111:")]
    names = [name.partition(":")[2] for name in principals if "-epe-" in name]
    wanted = {name for name in names if "isAdmin" in name}
    blocked = {name for name in names if "notAdmin" in name}
    assert (len(wanted), len(blocked)) == (15, 24)
    up = {name.partition(":")[2] for name in found}
    assert wanted - up == set()
    assert blocked & up == set()

"""The 65 paths of pathfinding.cloud: each is found with its permissions, and not without one of them.

Ids, permissions and preconditions are from DataDog/pathfinding.cloud (Apache-2.0), see `tests/data/aws`.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from small_account import ADMINISTRATOR, Json, administrators, arn, group, imported, managed, role, statement, user

from simkit.importers.aws.techniques_table import EXISTING, IAM, NEW, RUNS_FOR

DATA: Json = json.loads((Path(__file__).parents[2] / "data" / "aws" / "pathfinding_paths.json").read_text("utf-8"))
PATHS: dict[str, list[str]] = {name: each["needs"] for name, each in DATA["paths"].items()}
NOT_NEEDED = {"ec2:DescribeInstances"}
"""The catalogue names it with ec2instanceconnect-003: it helps to find the instance."""
OF_THE_LABS = {"ecs-009": ["iam:PassRole", "ecs:StartTask"]}
"""It needs no new task definition: what an old one runs is overridden."""
WAYS = {each.id: each for each in (*NEW, *EXISTING)}
SELF = {"iam-001", "iam-005", "iam-007", "iam-008", "iam-009", "iam-010", "iam-011", "iam-013"}
AS_ROLE = {"iam-005", "iam-009"}
TRUSTED = {"iam-014", "iam-016", "iam-017", "sts-001"}


def starts(needs: list[str]) -> dict[str, list[str]]:
    """Principals by name: one with all that is needed, and one for each permission that is left out, unless what is
    left is another path."""
    found = {"start": needs}
    for left_out in needs:
        rest = [each for each in needs if each != left_out]
        if left_out not in NOT_NEEDED and not any(set(other) <= set(rest) for other in (PATHS | OF_THE_LABS).values()):
            found[f"without-{left_out.partition(':')[2]}"] = rest
    return found


def made(path: str, name: str, needs: list[str]) -> Iterator[Json]:
    """The principal `name` with these permissions, where the path starts, and what it alone leads to."""
    target = f"target-of-{name}"
    own = arn("role", name) if path in AS_ROLE else arn("user", name)
    about = own if path in SELF else [arn(kind, target) for kind in ("user", "role", "policy")]
    on: Any = "*" if path in WAYS else arn("policy", target) if path == "iam-001" else about
    if path in ("iam-010", "iam-011", "iam-013"):
        on = arn("group", target)
    given = [statement(each, on=on) for each in needs]
    if path == "iam-001":
        yield managed(target, *given)
        yield user(name, attached=[arn("policy", target)])
    elif path in AS_ROLE:
        yield role(name, *given)
    else:
        yield user(name, *given, GroupList=[target] if path in ("iam-010", "iam-011") else [])
    yield from aims(path, name, target)


def aims(path: str, name: str, target: str) -> Iterator[Json]:
    admin, plain = [ADMINISTRATOR], statement("s3:ListAllMyBuckets")
    trusts = {"AWS": arn("user", name)} if path in TRUSTED else None
    if path in ("iam-010", "iam-011"):
        yield group(target)
    elif path == "iam-013":
        yield group(target, attached=admin)
    elif path in ("iam-002", "iam-003", "iam-004", "iam-006"):
        yield user(target, attached=admin)
    elif path in ("iam-012", "sts-001"):
        yield role(target, attached=admin, trusts=trusts)
    elif path in ("iam-015", "iam-018"):
        yield user(target, plain)
    elif path in ("iam-016", "iam-020"):
        yield managed(target, plain)
        yield role(target, attached=[arn("policy", target)], trusts=trusts)
    elif path in ("iam-014", "iam-017", "iam-019", "iam-021"):
        yield role(target, plain, trusts=trusts)


def service_role(path: str) -> Json:
    way = WAYS[path]
    services = [*(way.passed_to or RUNS_FOR[way.on])]
    profile = [{"InstanceProfileName": "worker"}]
    return role("worker", attached=[ADMINISTRATOR], trusts={"Service": services}, InstanceProfileList=profile)


@pytest.mark.parametrize("path", PATHS)
def test_a_path_is_found_and_not_without_one_of_its_permissions(tmp_path: Path, path: str) -> None:
    wanted = starts(PATHS[path])
    things = [each for name, needs in wanted.items() for each in made(path, name, needs)]
    if path in WAYS:
        things.append(service_role(path))
    found = administrators(imported(tmp_path, *things).scenario())
    kind = "role" if path in AS_ROLE else "user"
    assert {name for name in wanted if f"{kind}/{name}" in found} == expected(path, wanted)


def expected(path: str, wanted: dict[str, list[str]]) -> set[str]:
    """All permissions lead there. AssumeRole is not needed by a user whom the role's trust policy names: within one
    account either policy is enough (IAM user guide, "Policy evaluation logic")."""
    named = {"without-AssumeRole"} if path in TRUSTED and "without-AssumeRole" in wanted else set()
    return {"start", *named}


def test_all_65_paths_are_here_and_each_row_of_the_tables_is_one_of_them() -> None:
    assert len(PATHS) == 65
    rows = {each.id for each in (*NEW, *EXISTING, *IAM) if each.id}
    assert rows - set(PATHS) == set(OF_THE_LABS)
    assert set(PATHS) - rows == {f"iam-0{number}" for number in range(14, 22)} | {"sts-001"}, "these are two steps"


@pytest.mark.parametrize("path", [path for path, way in WAYS.items() if way.passed_to])
def test_a_role_that_does_not_trust_the_service_is_not_passed_to_it(tmp_path: Path, path: str) -> None:
    needs = (PATHS | OF_THE_LABS)[path]
    worker = service_role(path) | {"AssumeRolePolicyDocument": role("x")["AssumeRolePolicyDocument"]}
    assert "user/start" not in administrators(imported(tmp_path, *made(path, "start", needs), worker).scenario())


LISTS: dict[str, Json] = {
    "function": {"Functions": []},
    "stack": {"Stacks": []},
    "project": {"projects": []},
    "instance": {"Reservations": []},
    "launch template": {"LaunchTemplates": []},
    "development endpoint": {"DevEndpoints": []},
    "notebook": {"NotebookInstances": []},
    "cluster": {"clusterArns": []},
    "glue job": {"Jobs": []},
}


def kind_of(path: str) -> str:
    """What must be there."""
    return next(iter((*filter(None, [WAYS[path].on]), *WAYS[path].there)), "")


@pytest.mark.parametrize("path", [path for path in WAYS if kind_of(path) in LISTS])
def test_what_is_not_there_leads_nowhere(tmp_path: Path, path: str) -> None:
    """With a list of the kind that has nothing in it; without a list it may be there, and is listed as assumed."""
    kind, needs = kind_of(path), (PATHS | OF_THE_LABS)[path]
    things = [*made(path, "start", needs), service_role(path)]
    unknown = imported(tmp_path / "unknown", *things)
    assert "user/start" in administrators(unknown.scenario())
    assert any(kind in each.why for each in unknown.assumed)
    listed = imported(tmp_path / "listed", *things, things=LISTS[kind])
    assert "user/start" not in administrators(listed.scenario())


def keys(name: str, number: int) -> Json:
    return {"AccessKeyMetadata": [{"UserName": name, "AccessKeyId": f"AKIA{at}EXAMPLEEXAMPLE"} for at in range(number)]}


@pytest.mark.parametrize(("path", "has", "opens"), [("iam-002", 1, True), ("iam-002", 2, False), ("iam-003", 2, True)])
def test_a_third_access_key_needs_that_one_is_deleted(tmp_path: Path, path: str, has: int, opens: bool) -> None:
    target = "target-of-start"
    scenario = imported(tmp_path, *made(path, "start", PATHS[path]), keys=keys(target, has)).scenario()
    assert ("user/start" in administrators(scenario)) is opens


@pytest.mark.parametrize(
    ("path", "password", "opens"),
    [("iam-004", False, True), ("iam-004", True, False), ("iam-006", True, True), ("iam-006", False, False)],
)
def test_a_password_is_created_where_there_is_none_and_changed_where_there_is_one(
    tmp_path: Path, path: str, password: bool, opens: bool
) -> None:
    rows = f"user,arn,password_enabled\ntarget,{arn('user', 'target-of-start')},{str(password).lower()}\n"
    report = {"Content": base64.b64encode(rows.encode()).decode(), "ReportFormat": "text/csv"}
    scenario = imported(tmp_path, *made(path, "start", PATHS[path]), report=report).scenario()
    assert ("user/start" in administrators(scenario)) is opens

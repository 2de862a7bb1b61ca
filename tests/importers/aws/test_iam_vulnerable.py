"""An account that runs IAM-Vulnerable: 31 ways up, four that tools miss, five that they flag wrongly.

Principals, statements and labels are from BishopFox/iam-vulnerable (MIT) as salesforce/cloudsplaining (BSD-3-Clause)
publishes the account, see `tests/data/aws`.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from simkit import Scenario, rank, recommend, simulate
from simkit.importers import Imported, import_files
from simkit.importers.aws.account import shown_arn
from simkit.model import Need, ObservedCall, ObservedRun, Task
from simkit.narrowing import DropEntitlements, DropRole, candidates, cut_off
from simkit.narrowing.edits.work import work_of
from simkit.narrowing.recommendation.costs import Side
from simkit.simulation import compile_attack

DATA: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "data" / "aws" / "iam_vulnerable.json").read_text("utf-8")
)
ADMINISTRATOR = "administrator of 111122223333"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Imported:
    path = tmp_path_factory.mktemp("account") / "account.json"
    path.write_text(json.dumps(DATA["account"], indent=1), "utf-8")
    (found,) = import_files([path])
    return found


@pytest.fixture(scope="module")
def flagged(made: Imported) -> frozenset[str]:
    """The identities from which all rights of the account are reached."""
    rows = rank(made.scenario()).rows
    return frozenset(row.name for row in rows if row.kind == "identity" and ADMINISTRATOR in row.goals)


def rises(flagged: frozenset[str], principals: list[str]) -> list[bool]:
    return [shown_arn(each) in flagged for each in principals]


def test_all_31_ways_up_are_found(flagged: frozenset[str]) -> None:
    assert {name for name, who in DATA["paths"].items() if not any(rises(flagged, who))} == set()
    assert len(DATA["paths"]) == 31


def test_the_four_that_tools_miss_are_found_and_the_five_they_flag_wrongly_are_not(
    flagged: frozenset[str],
) -> None:
    found = {name: any(rises(flagged, who)) for name, (_, who) in DATA["tests"].items()}
    assert found == {name: expected for name, (expected, _) in DATA["tests"].items()}
    assert sum(found.values()) == 4


TWINS = {
    "role/privesc7-AttachUserPolicy-role",
    "role/privesc8-AttachGroupPolicy-role",
    "role/privesc10-PutUserPolicy-role",
    "role/privesc11-PutGroupPolicy-role",
    "role/privesc13-AddUserToGroup-role",
    "user/privesc9-AttachRolePolicy-user",
    "user/privesc12-PutRolePolicy-user",
    "user/privesc-AssumeRole-start-user",
}
"""Labelled with their twins, and no way up by themselves, as the labels' own notes say: a role cannot give itself what
users get, nor a user what roles get; the last has no policy at all."""
ADMINISTRATORS = {
    "role/AWS-QuickSetup-StackSet-Local-AdministrationRole",
    "role/AWS-QuickSetup-StackSet-Local-ExecutionRole",
    "role/OrganizationAccountAccessRole",
    "role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_AdministratorAccess_dc6414f7f2ab04fc",
    "role/aws-service-role/ssm.amazonaws.com/AWSServiceRoleForAmazonSSM",
    "role/privesc-high-priv-service-role",
    "role/privesc-sre-role",
    "role/stacksets-exec-b5520cb2730c2f54b523d6375a319abb",
    "user/privesc-sre-user",
}
"""No part of a label, and up: administrators, who may become one, who may change any policy, and the role of Systems
Manager, which may run commands on an instance that an administrator's role runs on."""


def test_nobody_else_in_the_account_is_flagged(flagged: frozenset[str]) -> None:
    labelled = {who for of in DATA["paths"].values() for who in of}
    labelled |= {who for expected, of in DATA["tests"].values() if expected for who in of}
    names = {shown_arn(each).removeprefix("111122223333:") for each in labelled}
    found = {each.removeprefix("111122223333:") for each in flagged if each.startswith("111122223333:")}
    assert names - found == TWINS
    assert found - names == ADMINISTRATORS


def test_a_statement_is_named_by_its_policy_and_its_line_is_told(made: Imported) -> None:
    named = "privesc7-AttachUserPolicy/0 (111122223333)"
    assert f"AttachUserPolicy by {named}" in made.sections["tools"]["iam"]["operations"]
    place = made.origins["roles", named]
    text = json.dumps(DATA["account"], indent=1).splitlines()
    assert "iam:AttachUserPolicy" in "".join(text[place.line - 1 : place.line + 3])
    assert place.file.endswith("account.json")


def test_nothing_of_the_export_is_left_out_in_silence(made: Imported) -> None:
    assert made.complete
    assert sum(made.read.values()) == sum(len(of) for of in DATA["account"].values())


PASSES = "access key of 111122223333:user/fn1-privesc3-partial-user leaks"


@pytest.fixture(scope="module")
def scenario(made: Imported) -> Scenario:
    return made.scenario()


def test_what_is_proposed_can_be_done_by_whoever_looks_after_the_account(scenario: Scenario) -> None:
    found = candidates(scenario)
    kinds = {each.kind for each in found if each.touches}
    assert kinds == {"drop-entitlement", "drop-role", "cut-trust", "add-condition"}, (
        "no session lives longer than an hour"
    )
    about = [name for each in found for name in each.touches]
    assert not [name for name in about if name.startswith(("account.TakeOver", "account.Use", "account.Administer"))]
    assert not [name for name in about if name.startswith(("administrator of", "any of", "account.ReadAll"))]
    assert not [each.name for each in found if "approval" in each.name or "15 min" in each.name]
    edited = {each.holder.name for each in found if isinstance(each, DropEntitlements)}
    assert edited
    assert not [name for name in edited if "AdministratorAccess/" in name], "AWS edits its own policies"
    detached = {each.role for each in found if isinstance(each, DropRole)}
    assert [name for name in detached if name.startswith("AdministratorAccess/")]


def test_every_statement_that_is_proposed_stands_at_the_line_that_is_told(made: Imported, scenario: Scenario) -> None:
    lines = json.dumps(DATA["account"], indent=1).splitlines()
    seen = set()
    for each in candidates(scenario):
        if isinstance(each, DropRole):
            place = made.origins["roles", each.role]
            for line in (place.line, *(other.line for other in place.also)):
                seen.add(line)
                assert lines[line - 1].strip() == "{" or "PolicyArn" in "".join(lines[line - 1 :][:4])
    assert len(seen) == 42


def test_paths_name_the_statements_of_each_step_that_some_allow(scenario: Scenario) -> None:
    (path, *_) = simulate(scenario, entry_point=PASSES, trials=20).paths(ADMINISTRATOR)
    words = " ".join(map(str, path.steps))
    assert "ec2.PassRole+RunInstances by fn1-passrole-star/0 and fn1-privesc3-partial/0 (111122223333)" in words


def test_the_first_narrowing_takes_the_statement_and_the_way_up_is_gone(scenario: Scenario) -> None:
    world = with_work(scenario)
    found = recommend(world, entry_points=PASSES, goal=ADMINISTRATOR, trials=20, budget=1)
    first = found.curve[-1]
    assert found[0].narrowing.touches[0].startswith(("fn1-", "privesc-high-priv", "111122223333:"))
    assert not first.effect.in_worst_case
    assert found.narrowed.model.tasks == world.model.tasks
    assert Side.of(world).cost(Side.of(found.narrowed)).broken == ()


def with_work(scenario: Scenario) -> Scenario:
    """The account with a task of the role that everybody wants: its rights are used, so they stay."""
    admin = "111122223333:role/privesc-high-priv-service-role"
    role = next(name for name in scenario.model.roles if name.startswith("privesc-high-priv-service-policy/0"))
    operation = scenario.model.roles[role].entitlements[0].operation
    task = Task("night", admin, (Need(operation, (ADMINISTRATOR,)),), rate=1 / 86400)
    return replace(scenario, model=replace(scenario.model, tasks={"night": task}))


@pytest.mark.slow
def test_all_ways_up_from_any_key_are_cleared_and_what_is_used_stays(scenario: Scenario) -> None:
    """With a declared task and an observed use: who may read everything still reads the bucket that it read."""
    reads = next(
        name for name, _, _ in scenario.model.operations() if name.startswith("s3.GetObject by ReadOnlyAccess")
    )
    gives = {
        name
        for name, role in scenario.model.roles.items()
        if any(each.operation == reads for each in role.entitlements)
    }
    reader = next(name for name, each in scenario.model.identities.items() if gives & set(each.roles))
    bucket = next(name for name in scenario.model.resources if name.startswith("bucket "))
    seen = ObservedRun("", identity=reader, calls=(ObservedCall(reads, bucket),), success=True)
    world = replace(with_work(scenario), observed=(seen,))
    keys = [name for name in world.entry_points if name.startswith("access key of")]
    plan = cut_off(world, goal=ADMINISTRATOR, entry_points=keys, exact=False, trials=20)
    assert plan.possible
    assert plan.is_cut
    used = work_of(world)
    assert sum(len(things) for things in used.needs.values()) >= 2
    assert used.lost(work_of(plan.narrowed)) == ()
    before, after = (compile_attack(each).worst_cases(keys) for each in (world, plan.narrowed))
    assert sum(ADMINISTRATOR in case.goals for case in before.values()) == 32
    assert not [name for name, case in after.items() if ADMINISTRATOR in case.goals]

"""What a principal used last: which rights it never used, for how long that was watched, and what cannot tell."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_account import ACCOUNT, Json, arn, imported, statement, user

from simkit import Scenario, over_privilege, recommend
from simkit.narrowing import DropEntitlements, candidates
from simkit.privilege import OverPrivilege

DEPLOY = f"{ACCOUNT}:user/deploy"
NEVER = "2026-01-01T00:00:00+00:00"
RIGHTS = user(
    "deploy",
    statement("iam:PutUserPolicy", "iam:CreateAccessKey", "secretsmanager:GetSecretValue", "s3:GetObject"),
    CreateDate="2020-01-01T00:00:00Z",
)
BUCKET: Json = {"Buckets": [{"Name": "reports"}]}
SECRETS: Json = {"SecretList": [{"Name": "token", "ARN": f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:token"}]}


def answer(*services: Json, **more: str) -> Json:
    return {
        "JobStatus": "COMPLETED",
        "JobType": "ACTION_LEVEL",
        "JobCompletionDate": "2026-06-01T00:00:00+00:00",
        "ServicesLastAccessed": list(services),
        **more,
    }


def service(name: str, last: str = "", **actions: str) -> Json:
    used = {"LastAuthenticated": last, "LastAuthenticatedEntity": arn("user", "deploy")} if last else {}
    tracked = [{"ActionName": each, **({"LastAccessedTime": time} if time else {})} for each, time in actions.items()]
    return {"ServiceNamespace": name, **used, **({"TrackedActionsLastAccessed": tracked} if tracked else {})}


USED = answer(
    service("iam", NEVER, PutUserPolicy="", CreateAccessKey="2026-02-01T10:00:00+00:00"),
    service("s3", "2026-03-01T10:00:00+00:00", ListAllMyBuckets="2026-03-01T10:00:00+00:00"),
    service("secretsmanager"),
)


def seen(folder: Path, used: Json = USED, rights: Json = RIGHTS) -> Scenario:
    return imported(folder, rights, used=used, buckets=BUCKET, secrets=SECRETS).scenario()


def said(found: OverPrivilege) -> dict[str, str]:
    """For each action of the user: used, unneeded, or not known."""
    words = {}
    for each in found.grants:
        if each.identity == DEPLOY:
            word = "used" if each.used else "unneeded" if each.unneeded else "not known"
            words[each.operation.partition(" ")[0]] = word
    return words


def test_each_right_was_used_or_never_or_nobody_can_tell(tmp_path: Path) -> None:
    found = over_privilege(seen(tmp_path))
    assert said(found) == {
        "iam.PutUserPolicy": "unneeded",
        "iam.CreateAccessKey": "used",
        "s3.GetObject": "not known",  # the service was used, and of this action no use is recorded
        "secretsmanager.GetSecretValue": "unneeded",  # the whole service never was
    }
    window = found.windows[DEPLOY]
    assert (window.summed, window.confidence) == (400 * 86400.0, "enough")
    assert {each.operation.partition(" ")[0] for each in found.removable()} == {
        "iam.PutUserPolicy",
        "secretsmanager.GetSecretValue",
    }


def test_without_that_data_nothing_is_called_unneeded(tmp_path: Path) -> None:
    found = over_privilege(imported(tmp_path, RIGHTS, buckets=BUCKET, secrets=SECRETS).scenario())
    assert found.unneeded() == []
    assert found.windows[DEPLOY].confidence == "none"


def test_the_window_is_no_longer_than_the_principal_is_there(tmp_path: Path) -> None:
    young = RIGHTS | {"CreateDate": "2026-05-02T00:00:00Z"}
    window = over_privilege(seen(tmp_path, rights=young)).windows[DEPLOY]
    assert (window.summed, window.confidence) == (30 * 86400.0, "too little")
    assert "30 d" in window.why


def test_what_was_never_used_goes_first_at_no_cost_and_what_was_used_stays(tmp_path: Path) -> None:
    world = seen(tmp_path)
    found = recommend(world, trials=20, budget=3)
    first = found[0]
    assert first.price == 0.0
    assert "iam.PutUserPolicy" in first.narrowing.name
    assert not [each for each in found if "CreateAccessKey" in each.narrowing.name and "Drop" in each.narrowing.name]
    used = [each for each in candidates(world) if isinstance(each, DropEntitlements) and "CreateAccessKey" in each.name]
    assert used
    assert f"what {DEPLOY} was seen to do" in {task for each in found.breaking for task in each.tasks}
    left = over_privilege(found.narrowed).grants
    assert [each for each in left if each.identity == DEPLOY and each.operation.startswith("iam.CreateAccessKey")]


@pytest.mark.parametrize(
    ("used", "known"),
    [
        (answer(service("iam")), False),
        (answer(service("iam"), Arn=arn("user", "deploy")), True),
        (answer(service("iam"), Arn=arn("user", "nobody")), False),
        (answer(service("iam", NEVER) | {"LastAuthenticatedEntity": arn("user", "somebody")}), False),
    ],
)
def test_of_whom_it_is_must_be_told(tmp_path: Path, used: Json, known: bool) -> None:
    made = imported(tmp_path, RIGHTS, used=used)
    assert bool(made.observed) is known
    assert bool([each for each in made.untranslated if each.what == "last-accessed data"]) is not known


def test_passing_a_role_is_not_recorded_so_that_the_rest_decides(tmp_path: Path) -> None:
    passes = user("deploy", statement("iam:PassRole", "ec2:RunInstances"))
    worker = {"RoleName": "worker", "Arn": arn("role", "worker"), "InstanceProfileList": [{"InstanceProfileName": "w"}],
              "AssumeRolePolicyDocument": {"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
                                                          "Principal": {"Service": "ec2.amazonaws.com"}}]}}  # fmt: skip
    for time, word in (("", "unneeded"), ("2026-02-01T10:00:00+00:00", "not known")):
        used = answer(service("ec2", NEVER, RunInstances=time))
        found = over_privilege(imported(tmp_path / word, passes, worker, used=used).scenario())
        assert said(found) == {"ec2.PassRole+RunInstances": word}

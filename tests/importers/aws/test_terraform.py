"""A Terraform plan or state by itself: who it makes, what they may do, and what is known after apply only."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from small_account import ADMINISTRATOR, Json, administrators, document, statement

from simkit.importers import Imported, import_files

HOME = "111122223333"
LAMBDA = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
LATER = "it is known after apply only"


def made(kind: str, label: str, /, **values: Any) -> Json:
    return {"address": f"{kind}.{label}", "mode": "managed", "type": kind, "name": label, "values": values}


def refers(kind: str, name: str, **keys: str) -> Json:
    """A block of the configuration, each of whose keys refers to another resource."""
    said = {key: {"references": [to, to.rpartition(".")[0]]} for key, to in keys.items()}
    return {"address": f"{kind}.{name}", "mode": "managed", "type": kind, "name": name, "expressions": said}


def policy(*statements: Json) -> str:
    return json.dumps(document(*statements))


USER = made("aws_iam_user", "ci", name="ci", path="/")
ROLE = made(
    "aws_iam_role", "job", name="job", path="/app/", assume_role_policy=policy(LAMBDA), max_session_duration=7200
)
PASS = statement("iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction")


def imported(folder: Path, *resources: Json, blocks: tuple[Json, ...] = (), root: str = "planned_values") -> Imported:
    plan = {
        "format_version": "1.2",
        root: {
            "root_module": {
                "resources": [*resources, made("aws_sns_topic", "t", arn=f"arn:aws:sns:eu-west-1:{HOME}:t")]
            }
        },
        "configuration": {"root_module": {"resources": list(blocks)}},
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "plan.json").write_text(json.dumps(plan, indent=1), "utf-8")
    (found,) = import_files([folder / "plan.json"])
    return found


@pytest.mark.parametrize("root", ["planned_values", "values"])
def test_a_plan_by_itself_says_who_rises(tmp_path: Path, root: str) -> None:
    found = imported(
        tmp_path,
        USER,
        ROLE,
        made("aws_iam_user_policy", "own", name="own", user="ci", policy=policy(PASS)),
        made("aws_iam_role_policy_attachment", "all", role="job", policy_arn=ADMINISTRATOR),
        root=root,
    )
    assert administrators(found.scenario()) == {"user/ci", "role/app/job", f"administrator of {HOME}"}
    name = f"PassRole+CreateFunction+InvokeFunction by own/0 ({HOME}:user/ci)"
    assert found.sections["tools"]["lambda"]["operations"][name]["targets"] == [f"{HOME}:role/app/job"]
    place = found.origins["roles", f"own/0 ({HOME}:user/ci)"]
    assert '"policy": ' in (tmp_path / "plan.json").read_text("utf-8").splitlines()[place.line - 1]


def test_what_is_known_after_apply_is_joined_by_what_it_refers_to(tmp_path: Path) -> None:
    """An ARN of a policy, of a role, of a user: the plan has no value, and the configuration says whose it is."""
    found = imported(
        tmp_path,
        USER,
        made("aws_iam_role", "job", assume_role_policy=policy(LAMBDA)),
        made("aws_iam_policy", "put", name="put", policy=policy(statement("iam:PutUserPolicy"))),
        made("aws_iam_user_policy_attachment", "put"),
        made("aws_lambda_function", "f", function_name="f"),
        made("aws_iam_access_key", "k"),
        blocks=(
            refers(
                "aws_iam_user_policy_attachment",
                "put",
                user="aws_iam_user.ci.name",
                policy_arn="aws_iam_policy.put.arn",
            ),
            refers("aws_lambda_function", "f", role="aws_iam_role.job.arn"),
            refers("aws_iam_access_key", "k", user="aws_iam_user.ci.name"),
        ),
    )
    assert "user/ci" in administrators(found.scenario())
    assert f"access key of {HOME}:user/ci" in found.sections["credentials"]
    assert (f"{HOME}:role/job" in found.sections["identities"]) is True
    assert [each.about for each in found.assumed if LATER in each.why] == ["aws_iam_role.job"]


def source(label: str, **statement: Any) -> Json:
    """A data source of a policy: what is a text here is not known before apply, and refers to that."""
    said = {
        key: {"constant_value": value} if isinstance(value, list) else {"references": [value]}
        for key, value in statement.items()
        if key != "principals"
    }
    said |= {"principals": statement["principals"]} if "principals" in statement else {}
    block = refers("aws_iam_policy_document", label)
    return {**block, "mode": "data", "expressions": {"statement": [said]}}


def test_a_document_that_apply_will_write_is_read_from_its_data_source(tmp_path: Path) -> None:
    """Which resource it is about is not known, so that it may be any: it may be granted, and is listed."""
    trusted = {
        "type": {"constant_value": "Federated"},
        "identifiers": {"references": ["aws_iam_openid_connect_provider.p.arn", "aws_iam_openid_connect_provider.p"]},
    }
    found = imported(
        tmp_path,
        USER,
        made("aws_iam_openid_connect_provider", "p", url="https://accounts.example.com"),
        made("aws_iam_role", "job", name="job"),
        made("aws_iam_user_policy", "own", name="own", user="ci"),
        made("aws_iam_user_policy", "sure", name="sure", user="ci"),
        blocks=(
            refers("aws_iam_role", "job", assume_role_policy="data.aws_iam_policy_document.trust.json"),
            refers("aws_iam_user_policy", "own", policy="data.aws_iam_policy_document.own.json"),
            refers("aws_iam_user_policy", "sure", policy="data.aws_iam_policy_document.sure.json"),
            source("trust", actions=["sts:AssumeRoleWithWebIdentity"], principals=[trusted]),
            source("own", actions=["iam:PutUserPolicy"], resources="aws_iam_user.other.arn"),
            source("sure", actions=["s3:GetObject"], resources=["arn:aws:s3:::logs/*"]),
        ),
    )
    operations = found.sections["tools"]["iam"]["operations"]
    assert f"PutUserPolicy by own/0 ({HOME}:user/ci), may be granted" in operations
    assert f"GetObject by sure/0 ({HOME}:user/ci)" in found.sections["tools"]["s3"]["operations"]
    assert [(e.source, e.target) for e in found.scenario().model.trust if e.kind == "federate"] == [
        ("identities of oidc-provider/accounts.example.com", f"{HOME}:role/job")
    ]
    assert "policy own" not in {each.what for each in found.untranslated}
    assert f"policy own ({HOME}:user/ci)" in {each.about for each in found.assumed}


@pytest.mark.parametrize("whole", [True, False], ids=["all-known", "one-is-a-variable"])
def test_documents_that_a_data_source_takes_over_are_read_or_may_be_anything(tmp_path: Path, whole: bool) -> None:
    own = source("own", actions=["s3:GetObject"], resources=["arn:aws:s3:::logs/*"])
    base = source("base", actions=["iam:PutUserPolicy" if whole else "iam:ListUsers"], resources=["*"])
    own["expressions"]["source_policy_documents"] = {
        "references": ["data.aws_iam_policy_document.base.json", "data.aws_iam_policy_document.base"]
    }
    if not whole:
        base["expressions"]["override_policy_documents"] = {"references": ["var.more"]}
    found = imported(
        tmp_path,
        USER,
        made("aws_iam_user_policy", "own", name="own", user="ci"),
        blocks=(refers("aws_iam_user_policy", "own", policy="data.aws_iam_policy_document.own.json"), own, base),
    )
    tools = found.sections["tools"]
    if whole:
        assert f"PutUserPolicy by own/1 ({HOME}:user/ci)" in tools["iam"]["operations"]
    else:
        everything = [name for name in tools["account"]["operations"] if name.startswith("Everything")]
        assert everything == [f"Everything in {HOME} by own/2 ({HOME}:user/ci), may be granted"]


@pytest.mark.parametrize(("planned", "more"), [([{}], False), ([{}, {}], True), (None, True)])
def test_statements_of_a_dynamic_block_may_be_anything(tmp_path: Path, planned: Any, more: bool) -> None:
    """The configuration in a plan has none of them; the planned values have as many statements as there will be, and
    none where nobody knows how many."""
    values = {} if planned is None else {"statement": planned}
    data = {**made("aws_iam_policy_document", "own", **values), "mode": "data"}
    data["address"] = f"data.{data['address']}"
    found = imported(
        tmp_path,
        USER,
        data,
        made("aws_iam_user_policy", "own", name="own", user="ci"),
        blocks=(
            refers("aws_iam_user_policy", "own", policy="data.aws_iam_policy_document.own.json"),
            source("own", actions=["s3:GetObject"], resources=["arn:aws:s3:::logs/*"]),
        ),
    )
    everything = [f"Everything in {HOME} by own/1 ({HOME}:user/ci), may be granted"] if more else []
    operations = found.sections["tools"].get("account", {"operations": {}})["operations"]
    assert [name for name in operations if name.startswith("Everything")] == everything


def test_a_trust_that_names_nobody_known_is_listed(tmp_path: Path) -> None:
    """Beside one that is known: that there are others is not lost."""
    known = {"type": {"constant_value": "Service"}, "identifiers": {"constant_value": ["ec2.amazonaws.com"]}}
    unknown = {"type": {"constant_value": "AWS"}, "identifiers": {"references": ["var.somebody"]}}
    trust = source("trust", actions=["sts:AssumeRole"], principals=[known])
    trust["expressions"]["statement"] += source("t", actions=["sts:AssumeRole"], principals=[unknown])["expressions"][
        "statement"
    ]
    trust["expressions"]["source_json"] = {"references": ["var.more"]}
    found = imported(
        tmp_path,
        USER,
        made("aws_iam_role", "job", name="job"),
        blocks=(refers("aws_iam_role", "job", assume_role_policy="data.aws_iam_policy_document.trust.json"), trust),
    )
    left = {each.what: each.why for each in found.untranslated}
    assert left["aws_iam_role.job: whom a statement of its trust policy names"] == LATER
    assert left["aws_iam_role.job: what `source_json` brings into its trust policy"] == LATER


def test_what_only_apply_will_tell_is_listed_and_never_lost(tmp_path: Path) -> None:
    found = imported(
        tmp_path,
        USER,
        made("aws_iam_role", "job", name="job"),
        made("aws_iam_user_policy", "own", name="own", user="ci"),
        made("aws_iam_user_policy_attachment", "which", user="ci"),
        made("aws_iam_user_policy_attachment", "whom", user="gone", policy_arn=ADMINISTRATOR),
    )
    left = {each.what: each.why for each in found.untranslated}
    assert left["policy own"] == f"{LATER}: what it gives is not known"
    assert left[f"trust policy of {HOME}:role/job"] == LATER
    assert left["aws_iam_user_policy_attachment.which"] == f"which policy it is: {LATER}"
    assert "is not made here" in left["aws_iam_user_policy_attachment.whom"]
    assert left["1 of type aws_sns_topic"] == "nothing is read of such resources"


def test_a_key_or_a_role_that_cannot_be_joined_is_listed(tmp_path: Path) -> None:
    found = imported(
        tmp_path,
        USER,
        made("aws_lambda_function", "job", function_name="job"),
        made("aws_iam_access_key", "gone", user="gone"),
        made("aws_iam_access_key", "which"),
        blocks=(
            refers("aws_lambda_function", "job", role="var.role"),
            refers("aws_iam_access_key", "which", user="var.user"),
        ),
    )
    left = {each.what: each.why for each in found.untranslated}
    assert left["aws_lambda_function.job"] == f"its role: {LATER}"
    assert left["aws_iam_access_key.gone"] == "no file tells of a user gone"
    assert left["aws_iam_access_key.which"] == f"its user: {LATER}"


def test_groups_boundaries_inline_blocks_and_profiles_are_read(tmp_path: Path) -> None:
    ec2 = {**LAMBDA, "Principal": {"Service": "ec2.amazonaws.com"}}
    inline = [{"name": "all", "policy": policy(statement("*"))}]
    found = imported(
        tmp_path,
        USER,
        made("aws_iam_user", "bound", name="bound", permissions_boundary=f"arn:aws:iam::{HOME}:policy/most"),
        made("aws_iam_policy", "most", name="most", policy=policy(statement("s3:*"))),
        made("aws_iam_group", "ops", name="ops"),
        made(
            "aws_iam_group_policy",
            "own",
            name="own",
            group="ops",
            policy=policy(statement("ec2:RunInstances", "iam:PassRole")),
        ),
        made("aws_iam_group_membership", "ops", group="ops", users=["ci", "bound"]),
        made("aws_iam_role", "box", name="box", assume_role_policy=policy(ec2), inline_policy=inline),
        made("aws_iam_instance_profile", "box", name="box", role="box"),
    )
    assert administrators(found.scenario()) == {"user/ci", "role/box", f"administrator of {HOME}"}


def test_a_module_and_one_of_several_are_told_apart(tmp_path: Path) -> None:
    """`count` makes two of one block in a module; each attachment is to the one with its index."""
    users = [{**made("aws_iam_user", "u", name=f"u{at}"), "address": f"module.m.aws_iam_user.u[{at}]"} for at in (0, 1)]
    given = [
        {
            **made("aws_iam_user_policy_attachment", "a", **({"policy_arn": ADMINISTRATOR} if at else {})),
            "address": f"module.m.aws_iam_user_policy_attachment.a[{at}]",
        }
        for at in (0, 1)
    ]
    block = refers("aws_iam_user_policy_attachment", "a", user="aws_iam_user.u")
    plan = {
        "format_version": "1.2",
        "planned_values": {"root_module": {"child_modules": [{"resources": [*users, *given]}]}},
        "configuration": {"root_module": {"module_calls": {"m": {"module": {"resources": [block]}}}}},
    }
    (tmp_path / "plan.json").write_text(json.dumps(plan), "utf-8")
    (found,) = import_files([tmp_path / "plan.json"])
    assert {each.rpartition(":")[2] for each in administrators(found.scenario())} == {
        "user/u1",
        "administrator of 000000000000",
    }
    assert [each.about for each in found.assumed if each.taken == "000000000000"] == ["the account of the plan"]

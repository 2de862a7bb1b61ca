"""A Terraform plan or state, as `terraform show -json` prints it: what it makes besides principals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from simkit.importers.aws.account import AwsAccounts, read_policy
from simkit.importers.aws.inventory import AccessKey, AwsThing, Inventory
from simkit.importers.aws.listed_things import STORES, add_store, key_ids
from simkit.importers.aws.session_lengths import SessionLengths
from simkit.importers.aws.terraform_plan import AFTER_APPLY, TerraformPlan, TerraformResource, root_of
from simkit.importers.aws.terraform_principals import READ, read_terraform_principals
from simkit.importers.excerpt import Excerpt
from simkit.rights.request import arn_part


@dataclass(frozen=True, slots=True)
class Made:
    """A type of resource: what kind of thing it is, and under which keys its name and its role stand."""

    kind: str
    name: str = "name"
    role: str = ""
    profile: str = ""


MADE: Mapping[str, Made] = {
    "aws_lambda_function": Made("function", "function_name", "role"),
    "aws_instance": Made("instance", "id", "", "iam_instance_profile"),
    "aws_launch_template": Made("launch template", "id"),
    "aws_cloudformation_stack": Made("stack", "name", "iam_role_arn"),
    "aws_cloudformation_stack_set": Made("stack set", "name", "administration_role_arn"),
    "aws_codebuild_project": Made("project", "name", "service_role"),
    "aws_ecs_cluster": Made("cluster"),
    "aws_ecs_task_definition": Made("task definition", "family", "task_role_arn"),
    "aws_glue_dev_endpoint": Made("development endpoint", "name", "role_arn"),
    "aws_glue_job": Made("glue job", "name", "role_arn"),
    "aws_sagemaker_notebook_instance": Made("notebook", "name", "role_arn"),
    "aws_apprunner_service": Made("app runner service", "service_name"),
    "aws_s3_bucket": Made("bucket", "bucket"),
    "aws_secretsmanager_secret": Made("secret"),
    "aws_ssm_parameter": Made("parameter"),
    "aws_dynamodb_table": Made("table"),
}
"""From the documentation of the provider hashicorp/aws."""
SOURCES = ("aws_dynamodb_table", "aws_sqs_queue", "aws_kinesis_stream")
"""What can set off a function."""
BESIDE_OTHERS = (
    *("aws_s3_bucket_policy", "aws_s3_object", "aws_s3_bucket_object", "aws_iam_access_key"),
    *("aws_iam_instance_profile", "aws_ssoadmin_permission_set"),
)
"""What is read together with what it belongs to."""


def is_terraform(value: Any) -> bool:
    """True for what `terraform show -json` prints."""
    return isinstance(value, dict) and isinstance(value.get("format_version"), str) and bool(root_of(value))


def read_terraform(body: Excerpt, accounts: AwsAccounts, inventory: Inventory, lengths: SessionLengths) -> None:
    """Put what the plan makes into `accounts`, `inventory` and `lengths`."""
    plan = TerraformPlan(body, accounts.ids[0] if len(accounts.ids) == 1 else "")
    body.draft.count(body.document.file, len(plan.resources))
    read_terraform_principals(plan, accounts)
    policies = {each.values.text("bucket"): each.values for each in plan.of("aws_s3_bucket_policy")}
    holding: dict[str, tuple[str, ...]] = {}
    for each in (*plan.of("aws_s3_object"), *plan.of("aws_s3_bucket_object")):
        bucket = each.values.text("bucket")
        holding[bucket] = (*holding.get(bucket, ()), *key_ids(each.values.value))
    for each in plan.resources:
        if each.kind in SOURCES:
            inventory.add(AwsThing("event source", each.name or "unnamed", each.values.origin))
        if each.kind == "aws_ssoadmin_permission_set":
            lengths.add_set(each.values, "name", "session_duration")
        if each.kind == "aws_iam_access_key":
            _key(plan, each, accounts, inventory)
        if each.kind in MADE:
            _made(plan, each, accounts, inventory, policies, holding)
    _untold(plan)


def _untold(plan: TerraformPlan) -> None:
    """Tell of each type of which nothing is read how many there are, at the first."""
    found: dict[str, list[TerraformResource]] = {}
    for each in plan.resources:
        if each.kind not in (*READ, *MADE, *SOURCES, *BESIDE_OTHERS):
            found.setdefault(each.kind, []).append(each)
    for kind, alike in found.items():
        values = alike[0].values
        values.draft.leave(values.origin, f"{len(alike)} of type {kind}", "nothing is read of such resources")


def _made(
    plan: TerraformPlan,
    resource: TerraformResource,
    accounts: AwsAccounts,
    inventory: Inventory,
    policies: Mapping[str, Excerpt],
    holding: Mapping[str, tuple[str, ...]],
) -> None:
    made, values = MADE[resource.kind], resource.values
    name = values.name(made.name) if values.has(made.name) else ""
    if made.kind not in STORES:
        role, profile = _role_of(plan, resource, made.role), _profile_of(plan, resource, made.profile)
        inventory.add(AwsThing(made.kind, name, values.origin, role, profile, key_ids(values.value)))
    elif name:
        more: dict[str, Any] = {"keys": (*key_ids(values.value), *holding.get(name, ()))}
        if made.kind == "bucket" and name in policies:
            own = policies[name]
            more["policy"] = read_policy(own, "policy", "bucket policy", f"bucket {name}", "resource")
            more["seen"] = more["policy"] is not None
        arn = values.text("arn") if values.has("arn") else ""
        add_store(inventory, made.kind, name, arn if arn_part(arn, 5) else "", accounts, values, **more)
    else:
        values.draft.leave(values.origin, f"a {made.kind}", "its name is known after apply only")


def _role_of(plan: TerraformPlan, resource: TerraformResource, key: str) -> str:
    """The ARN of the role that it runs as; empty where it has none, or none that is known, which is told."""
    if not key or resource.values.has(key):
        return resource.values.text(key) if key else ""
    meant = _meant(plan, resource, key, "aws_iam_role")
    return plan.arn(meant, "role") if meant else ""


def _profile_of(plan: TerraformPlan, resource: TerraformResource, key: str) -> str:
    if not key or resource.values.has(key):
        return resource.values.text(key) if key else ""
    meant = _meant(plan, resource, key, "aws_iam_instance_profile")
    return meant.name or meant.label if meant else ""


def _meant(plan: TerraformPlan, resource: TerraformResource, key: str, kind: str) -> TerraformResource | None:
    """The resource of a `kind` that `key` refers to; told where it refers to something that is none of the plan's."""
    found = next((each for each in plan.meant(resource, key) if each.kind == kind), None)
    said = plan.expressions_of(resource).get(key)
    if found is None and isinstance(said, dict) and said.get("references"):
        resource.values.draft.leave(resource.values.origin, resource.address, f"its {key}: {AFTER_APPLY}")
    return found


def _key(plan: TerraformPlan, resource: TerraformResource, accounts: AwsAccounts, inventory: Inventory) -> None:
    """An access key; one that is made anew has no id yet."""
    values = resource.values
    name = values.text("user") if values.has("user") else ""
    user = next((each.arn for each in accounts.users if each.principal.name == name), "")
    meant = None if name else _meant(plan, resource, "user", "aws_iam_user")
    user = plan.arn(meant, "user") if meant else user
    if user:
        key = values.name("id") if values.has("id") else ""
        inventory.add_key(AccessKey(key, user, True, values.origin))
    elif name:
        values.draft.leave(values.origin, resource.address, f"no file tells of a user {name}")

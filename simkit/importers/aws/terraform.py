"""A Terraform plan or state, as `terraform show -json` prints it: what it makes besides principals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from simkit.importers.aws.account import AwsAccounts, read_policy
from simkit.importers.aws.inventory import AccessKey, AwsThing, Inventory
from simkit.importers.aws.listed_things import STORES, add_store, key_ids
from simkit.importers.aws.session_lengths import SessionLengths
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
POLICIES = ("aws_s3_bucket_policy",)


def is_terraform(value: Any) -> bool:
    """True for what `terraform show -json` prints."""
    return isinstance(value, dict) and isinstance(value.get("format_version"), str) and bool(_root(value))


def _root(value: Mapping[str, Any]) -> tuple[str, ...]:
    for keys in (("planned_values", "root_module"), ("values", "root_module")):
        found: Any = value
        for key in keys:
            found = found.get(key) if isinstance(found, dict) else None
        if isinstance(found, dict):
            return keys
    return ()


def resources(body: Excerpt) -> Iterator[tuple[str, Excerpt]]:
    """The resources of all modules: each with its type."""
    waiting = [body.part(*_root(body.value))]
    while waiting:
        module = waiting.pop(0)
        for each in module.each("resources") if module.has("resources") else ():
            if each.text("mode") in ("", "managed"):
                yield each.text("type"), each.part("values")
        waiting += module.each("child_modules") if module.has("child_modules") else ()


def read_terraform(body: Excerpt, accounts: AwsAccounts, inventory: Inventory, lengths: SessionLengths) -> None:
    """Put what the plan makes into `inventory`."""
    found = list(resources(body))
    body.draft.count(body.document.file, len(found))
    policies = {values.text("bucket"): values for kind, values in found if kind == "aws_s3_bucket_policy"}
    holding: dict[str, tuple[str, ...]] = {}
    for kind, values in found:
        if kind == "aws_s3_object":
            bucket = values.text("bucket")
            holding[bucket] = (*holding.get(bucket, ()), *key_ids(values.value))
    for kind, values in found:
        if kind in SOURCES:
            inventory.add(AwsThing("event source", values.text("name") or "unnamed", values.origin))
        if kind == "aws_ssoadmin_permission_set":
            lengths.add_set(values, "name", "session_duration")
        if kind == "aws_iam_access_key":
            _key(values, accounts, inventory)
        if kind in MADE:
            _made(MADE[kind], values, accounts, inventory, policies, holding)


def _made(
    made: Made,
    values: Excerpt,
    accounts: AwsAccounts,
    inventory: Inventory,
    policies: Mapping[str, Excerpt],
    holding: Mapping[str, tuple[str, ...]],
) -> None:
    name = values.name(made.name) if values.has(made.name) else ""
    if made.kind not in STORES:
        role = values.text(made.role) if made.role and values.has(made.role) else ""
        profile = values.text(made.profile) if made.profile and values.has(made.profile) else ""
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


def _key(values: Excerpt, accounts: AwsAccounts, inventory: Inventory) -> None:
    name, key = values.text("user"), values.name("id") if values.has("id") else ""
    user = next((each.arn for each in accounts.users if each.principal.name == name), "")
    if user and key:
        inventory.add_key(AccessKey(key, user, True, values.origin))

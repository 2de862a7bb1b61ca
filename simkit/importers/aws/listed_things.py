"""Resource lists as the AWS CLI prints them, credential reports, and resource policies."""

from __future__ import annotations

import base64
import binascii
import csv
import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from simkit.importers.aws.account import AwsAccounts, clean, read_policy
from simkit.importers.aws.arn_form import ArnForm
from simkit.importers.aws.inventory import NUMBERED, AccessKey, AwsThing, Inventory, Store
from simkit.importers.aws.session_lengths import SessionLengths
from simkit.importers.excerpt import Excerpt, texts_in
from simkit.rights.request import account_of, arn_part

KEY_ID = re.compile(r"\bAKIA[A-Z0-9]{12,124}\b")
"""The id of a long-term access key (IAM user guide, "unique ID prefixes"); no secret."""
STORES: Mapping[str, ArnForm] = {
    "bucket": ArnForm("s3", "{}", regional=False, owned=False),
    "secret": ArnForm("secretsmanager", "secret:{}"),
    "parameter": ArnForm("ssm", "parameter/{}"),
    "table": ArnForm("dynamodb", "table/{}"),
}
"""Kinds of stores, and their ARNs."""


@dataclass(frozen=True, slots=True)
class Row:
    """The list under `key`: each item has `name`, and may have an ARN and a role under the keys that stand here."""

    key: str
    kind: str
    name: str
    arn: str = ""
    role: str = ""


THINGS: tuple[Row, ...] = (
    Row("Functions", "function", "FunctionName", "FunctionArn", "Role"),
    Row("Stacks", "stack", "StackName", "StackId", "RoleARN"),
    Row("projects", "project", "name", "arn", "serviceRole"),
    Row("DevEndpoints", "development endpoint", "EndpointName", "", "RoleArn"),
    Row("Jobs", "glue job", "Name", "", "Role"),
    Row("NotebookInstances", "notebook", "NotebookInstanceName", "NotebookInstanceArn", "RoleArn"),
    Row("LaunchTemplates", "launch template", "LaunchTemplateId"),
)
"""`aws lambda list-functions`, `cloudformation describe-stacks`, `codebuild batch-get-projects`, and so on."""
HOLDING: tuple[Row, ...] = (
    Row("Buckets", "bucket", "Name"),
    Row("SecretList", "secret", "Name", "ARN"),
    Row("Parameters", "parameter", "Name", "ARN"),
)
TEXTS: Mapping[str, str] = {"clusterArns": "cluster", "taskDefinitionArns": "task definition", "TableNames": "table"}
"""Lists of texts: ARNs or names."""

BESIDE = (
    *("NextToken", "nextToken", "NextMarker", "Marker", "IsTruncated", "ResponseMetadata"),
    *("projectsNotFound", "Owner", "Prefix", "ContinuationToken"),
)
"""What the AWS CLI prints beside a list: an empty list is its own where nothing else is there."""
OTHER_LISTS = ("Reservations", "AccessKeyMetadata")
OTHER_ANSWERS: Mapping[str, str] = {"Roles": "Arn", "PermissionSet": "PermissionSetArn", "Role": "Arn"}
"""Answers that tell how long sessions live: one thing, or a list, under these keys, each with what it must have."""
NAMES = (*(row.key for row in (*THINGS, *HOLDING)), *TEXTS, *OTHER_LISTS, *OTHER_ANSWERS)
"""The names of all lists."""


def listed_kind(value: Any) -> str:
    """What a document of the AWS CLI lists; empty for another document."""
    if not isinstance(value, dict):
        return ""
    for row in (*THINGS, *HOLDING):
        items = value.get(row.key)
        if isinstance(items, list) and (_of_aws(items, row) if items else value.keys() <= {row.key, *BESIDE}):
            return row.kind
    for key in (*TEXTS, *OTHER_LISTS):
        if isinstance(value.get(key), list):
            return key
    for key, name in OTHER_ANSWERS.items():
        items = value.get(key) if isinstance(value.get(key), list) else [value.get(key)]
        if items and all(isinstance(each, dict) and isinstance(each.get(name), str) for each in items):
            return key
    if isinstance(value.get("Content"), str) and value.get("ReportFormat") == "text/csv":
        return "credential report"
    if isinstance(value.get("Policy"), str) and '"Statement"' in value["Policy"].replace("\\", ""):
        return "resource policy"
    return ""


def _of_aws(items: list[Any], row: Row) -> bool:
    """True if each of `items` has what the CLI prints of it: a name, and an ARN where the name could be anything's."""
    wanted = {row.name, row.arn} if row.name == "name" else {row.name}
    return all(isinstance(each, dict) and wanted <= each.keys() for each in items)


def read_listed(body: Excerpt, accounts: AwsAccounts, inventory: Inventory, lengths: SessionLengths) -> None:
    """Put what the document lists into `inventory`, and how long sessions live into `lengths`."""
    value = body.value
    if listed_kind(value) in ("Roles", "Role"):
        lengths.read_roles(body)
    elif listed_kind(value) == "PermissionSet":
        lengths.read_set(body)
    for row in THINGS:
        if isinstance(value.get(row.key), list):
            inventory.given.add(row.kind)
            for each in body.each(row.key):
                _thing(each, row, inventory)
    for row in HOLDING:
        if isinstance(value.get(row.key), list):
            inventory.given.add(row.kind)
            for each in body.each(row.key):
                _store(each, row, accounts, inventory)
    for key, kind in TEXTS.items():
        if isinstance(value.get(key), list):
            inventory.given.add(kind)
            for name in body.texts(key):
                _named(body, kind, name, accounts, inventory)
    for key, read in _OTHERS.items():
        if value.get(key) is not None:
            read(body, accounts, inventory)


def _thing(item: Excerpt, row: Row, inventory: Inventory) -> None:
    name = item.name(row.name)
    if name:
        keys = key_ids(item.value)
        inventory.add(AwsThing(row.kind, name, item.origin, item.text(row.role) if row.role else "", keys=keys))


def _store(item: Excerpt, row: Row, accounts: AwsAccounts, inventory: Inventory) -> None:
    name = item.name(row.name)
    arn = item.text(row.arn) if row.arn and item.has(row.arn) else ""
    if name:
        add_store(inventory, row.kind, name, arn, accounts, item)


def add_store(
    inventory: Inventory, kind: str, name: str, arn: str, accounts: AwsAccounts, item: Excerpt, **more: Any
) -> None:
    """There is a store of the `kind`, called `name`."""
    account = account_of(arn) or (accounts.ids[0] if len(accounts.ids) == 1 else _account_in(name, accounts))
    written = arn or STORES[kind].arn(account, name=name.lstrip("/") if kind == "parameter" else name)
    inventory.given.add(kind)
    tags = tuple((each.text("Key"), each.text("Value")) for each in item.each("Tags")) if item.has("Tags") else None
    said = {"tags": tags, "keys": key_ids(item.value), "account": account, **more}
    inventory.stores.append(Store(kind, name, written, item.origin, **said))


def _account_in(name: str, accounts: AwsAccounts) -> str:
    """Of several accounts the one whose number is in the name, else the first."""
    return next((each for each in accounts.ids if each in name), accounts.ids[0] if accounts.ids else "")


def _named(body: Excerpt, kind: str, name: str, accounts: AwsAccounts, inventory: Inventory) -> None:
    last = clean(name.rpartition("/")[2])
    if kind in STORES:
        add_store(inventory, kind, last, "", accounts, body)
    else:
        inventory.add(AwsThing(kind, last, body.origin))


def key_ids(value: Any) -> tuple[str, ...]:
    """The ids of access keys in any text of `value`."""
    return tuple(dict.fromkeys(found for text in texts_in(value) for found in KEY_ID.findall(text)))


def _instances(body: Excerpt, accounts: AwsAccounts, inventory: Inventory) -> None:
    inventory.given.add("instance")
    for group in body.each("Reservations"):
        for each in group.each("Instances"):
            name = each.name("InstanceId")
            profile = each.part("IamInstanceProfile").text("Arn") if each.has("IamInstanceProfile") else ""
            if name:
                inventory.add(
                    AwsThing("instance", name, each.origin, "", profile.rpartition("/")[2], key_ids(each.value))
                )


def _keys(body: Excerpt, accounts: AwsAccounts, inventory: Inventory) -> None:
    for each in body.each("AccessKeyMetadata"):
        user = _user(each.text("UserName"), accounts)
        key = each.name("AccessKeyId")
        if user and key:
            inventory.keys_told.add(user)
            active = each.text("Status") != "Inactive"
            inventory.add_key(AccessKey(key, user, active, each.origin, each.text("CreateDate")))
        else:
            each.draft.leave(each.origin, "an access key", "its user is in no file")


def _user(name: str, accounts: AwsAccounts) -> str:
    """The ARN of the user who is called so."""
    return next((each.arn for each in accounts.users if each.principal.name == name), "")


def _report(body: Excerpt, accounts: AwsAccounts, inventory: Inventory) -> None:
    """A credential report: which keys and passwords users have, and how old they are."""
    text = body.text("Content")
    try:
        if not text.startswith("user,arn,"):  # as tools write it that have decoded it already
            text = base64.b64decode(text, validate=True).decode("utf-8")
        rows = list(csv.DictReader(io.StringIO(text)))
    except (binascii.Error, UnicodeDecodeError, csv.Error):
        body.draft.leave(body.origin, "the credential report", "its Content is no text in base64")
        return
    for row in rows:
        user = row.get("arn") or ""
        if user not in accounts.principals and arn_part(user, 5) != "root":
            continue
        inventory.keys_told.add(user)
        inventory.passwords[user] = row.get("password_enabled") == "true"
        for number in ("1", "2"):
            made = row.get(f"access_key_{number}_last_rotated") or "N/A"
            active = row.get(f"access_key_{number}_active") == "true"
            if made != "N/A" or active:
                used = row.get(f"access_key_{number}_last_used_date") or ""
                key = AccessKey(f"{NUMBERED}{number}", user, active, body.origin, made, used)
                inventory.add_key(key)


def _policy(body: Excerpt, accounts: AwsAccounts, inventory: Inventory) -> None:
    """A resource's policy: it says itself which resource it is about."""
    unnamed = read_policy(body, "Policy", "bucket policy", "", "resource")
    if unnamed is None:
        return
    forms = (form.source for each in unnamed.statements for form in each.resources or ())
    name = next((arn_part(form, 5).partition("/")[0] for form in forms if arn_part(form, 2) == "s3"), "")
    if not name or set("*?[") & set(name):
        body.draft.leave(body.origin, "a resource policy", "it names no bucket: which resource has it is not known")
        return
    document = read_policy(body, "Policy", "bucket policy", f"bucket {name}", "resource")
    add_store(inventory, "bucket", name, "", accounts, body, policy=document)


_OTHERS: Mapping[str, Callable[[Excerpt, AwsAccounts, Inventory], None]] = {
    "Reservations": _instances,
    "AccessKeyMetadata": _keys,
    "Content": _report,
    "Policy": _policy,
}

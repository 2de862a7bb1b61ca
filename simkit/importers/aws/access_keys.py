"""The long-lived credentials of an account: access keys of users, passwords, and the keys of the root user."""

from __future__ import annotations

from typing import Any

from simkit.importers.aws.account import AwsPrincipal
from simkit.importers.aws.inventory import AccessKey, Inventory
from simkit.importers.aws.sheet import Given
from simkit.importers.aws.trust_edges import MFA
from simkit.importers.draft import Draft

LIKE = {"like": "aws-access-key"}
"""What the catalogue of sessions calls a session by an access key."""


def enter_keys(user: AwsPrincipal, given: Given, inventory: Inventory, draft: Draft) -> None:
    """Put the access keys of a user into `draft`: those that a file tells, else one, which is assumed."""
    told = user.arn in inventory.keys_told
    keys = inventory.keys_of(user.arn)
    if not told and not keys:
        draft.assume("access keys", "each user has one", "no file tells who has which")
        keys = [AccessKey("", user.arn, True, user.place)]
    limited = [each for entries in given.by_label.values() for each in entries if each not in given.by_console]
    for key in keys:
        said = _said(key, user.name)
        if given.by_console:
            said["limited_to"] = [*limited, "account.*"]
        if key.active:
            draft.put("credentials", key_name(key, user.name), said, key.place)
    if inventory.passwords.get(user.arn, False):
        said = {"identity": user.name, "kind": "password", "ttl": "never", "claims": {MFA: "true"}}
        draft.put("credentials", f"password of {user.name}", said, user.place)


def enter_root_keys(account: str, role: str, inventory: Inventory, draft: Draft) -> None:
    """Put the root user into `draft` where it has an access key: it has all rights, which `role` gives."""
    name = f"{account}:root"
    for key in inventory.keys_of(f"arn:aws:iam::{account}:root"):
        if key.active:
            note = "the root user: no policy of the account limits it"
            draft.put("identities", name, {"kind": "human", "roles": [role], "note": note}, key.place)
            draft.put("credentials", key_name(key, name), _said(key, name), key.place)
            draft.put("entry_points", f"{key_name(key, name)} leaks", {"leak": key_name(key, name)}, key.place)


def key_name(key: AccessKey, user: str) -> str:
    """The name of an access key in the scenario: its id is no secret."""
    return f"access key {key.id} of {user}" if key.id else f"access key of {user}"


def _said(key: AccessKey, identity: str) -> dict[str, Any]:
    parts = [
        f"made {key.created[:10]}" if key.created else "",
        f"last used {key.last_used[:10]}" if key.last_used[:1].isdigit() else "",
    ]
    note = ", ".join(part for part in parts if part)
    said = {"identity": identity, "kind": "access key", "ttl": "never", "session": LIKE}
    return {**said, **({"note": note} if note else {})}

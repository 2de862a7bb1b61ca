"""What there is in an account besides its principals: what runs code, what holds data, and who has which keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from simkit.importers.aws.account import clean
from simkit.importers.draft import Draft
from simkit.importers.file_place import FilePlace
from simkit.rights import PolicyDocument
from simkit.rights.request import account_of

NUMBERED = "number "
"""What the name of a key begins with that a credential report counts, and does not name."""
MOST_KEYS = 2
"""How many access keys a user may have (AWS, "IAM and AWS STS quotas")."""


@dataclass(frozen=True, slots=True)
class AwsThing:
    """Something that runs code: its role by ARN, or by its instance profile. Without a name: nobody knows which."""

    kind: str
    name: str
    place: FilePlace
    role: str = ""
    profile: str = ""
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Store:
    """Something that holds data. `policy` is its own, where it is `seen`; `keys` are ids of access keys in it."""

    kind: str
    name: str
    arn: str
    place: FilePlace
    account: str = ""
    policy: PolicyDocument | None = None
    seen: bool = True
    tags: tuple[tuple[str, str], ...] | None = None
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AccessKey:
    """An access key of a user, by its id; the secret is never read."""

    id: str
    user: str
    active: bool
    place: FilePlace
    created: str = ""
    last_used: str = ""


@dataclass(slots=True)
class Inventory:
    """`given` are the kinds of things and stores that a file lists: of those there are no others.

    `keys_told` and `passwords` are the users of whom a file tells which access keys they have, and whether a password.
    """

    things: dict[str, list[AwsThing]] = field(default_factory=dict)
    stores: list[Store] = field(default_factory=list)
    given: set[str] = field(default_factory=set)
    keys: list[AccessKey] = field(default_factory=list)
    keys_told: set[str] = field(default_factory=set)
    passwords: dict[str, bool] = field(default_factory=dict)
    _keys_of: dict[str, list[AccessKey]] = field(default_factory=dict)

    def add(self, thing: AwsThing) -> None:
        """There is `thing`."""
        self.given.add(thing.kind)
        self.things.setdefault(thing.kind, []).append(thing)

    def lacks(self, kind: str) -> bool:
        """True if a file lists such things, and there is none."""
        return kind in self.given and not self.things.get(kind)

    def add_key(self, key: AccessKey) -> None:
        """There is the access key."""
        self.keys.append(key)
        self._keys_of.setdefault(key.user, []).append(key)

    def join_keys(self) -> None:
        """A key that a credential report counts, and a list names, is one: both say when it was made."""
        for user, keys in self._keys_of.items():
            counted = {key.created[:19]: key for key in keys if key.id.startswith(NUMBERED) and key.created}
            named = [key for key in keys if not key.id.startswith(NUMBERED)]
            if counted and named:
                used = {key.id: counted.pop(key.created[:19], key).last_used or key.last_used for key in named}
                joined = [replace(key, last_used=used[key.id]) for key in named]
                self._keys_of[user] = [*joined, *(key for key in keys if key in counted.values())]
        self.keys = [key for keys in self._keys_of.values() for key in keys]

    def keys_of(self, user: str) -> list[AccessKey]:
        """The access keys of the user with this ARN."""
        return self._keys_of.get(user, [])

    def can_be_minted(self, user: str, actions: Sequence[str]) -> bool | None:
        """True if `actions` bring a new key or password of the user, None where no file tells.

        A third key needs that one is deleted first; a password is created where there is none, else changed.
        """
        if "iam:CreateAccessKey" in actions:
            if user not in self.keys_told:
                return None
            return len(self.keys_of(user)) < MOST_KEYS or "iam:DeleteAccessKey" in actions
        has = self.passwords.get(user)
        return None if has is None else has == ("iam:UpdateLoginProfile" in actions)

    def code(self, thing: AwsThing, role: str, draft: Draft) -> str:
        """The resource that is the code of `thing`, which runs as `role`."""
        name = clean(f"code of {thing.kind} {thing.name}" if thing.name else f"code of any {thing.kind} that is {role}")
        said = draft.put("resources", name, {"kind": "repository", "run_by": [role]}, thing.place)
        if role not in said["run_by"]:
            said["run_by"].append(role)
        return name


def same_account(arn: str, account: str) -> bool:
    """True unless `arn` says that it is another account's."""
    return account_of(arn) in ("", account)

"""Who reads and writes which data: buckets, secrets, parameters, tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from simkit.importers.aws.account import AwsAccounts, clean
from simkit.importers.aws.effective import Effective
from simkit.importers.aws.inventory import Inventory, Store
from simkit.importers.aws.sheet import Given, Sheet
from simkit.importers.aws.target_list import TargetList, instance_of
from simkit.importers.draft import Draft
from simkit.rights import Principal, Target
from simkit.rights.match import ANY, Template, matches
from simkit.rights.request import arn_part

VALUE_TAG = "simkit:confidentiality"
"""A tag whose number is what the loss of the store's confidentiality costs, in the unit of the scenario."""


@dataclass(frozen=True, slots=True)
class StoreAccess:
    """An action on a kind of store, with its effect; `inside`: it is about something in the store."""

    kind: str
    action: str
    effect: str
    inside: str = ""


ACCESSES: tuple[StoreAccess, ...] = (
    StoreAccess("bucket", "s3:GetObject", "read", "/{}"),
    StoreAccess("bucket", "s3:PutObject", "write", "/{}"),
    StoreAccess("bucket", "s3:DeleteObject", "delete", "/{}"),
    StoreAccess("secret", "secretsmanager:GetSecretValue", "read"),
    StoreAccess("secret", "secretsmanager:PutSecretValue", "write"),
    StoreAccess("parameter", "ssm:GetParameter", "read"),
    StoreAccess("parameter", "ssm:PutParameter", "write"),
    StoreAccess("table", "dynamodb:GetItem", "read"),
    StoreAccess("table", "dynamodb:Scan", "read"),
    StoreAccess("table", "dynamodb:PutItem", "write"),
)
"""StoreAccess level is not effect: AWS calls GetSecretValue "Read" as it does DescribeSecret, which tells no secret."""
KINDS: Mapping[str, str] = {"bucket": "data-store", "secret": "secret-store", "parameter": "secret-store"}


class Stores:
    """All stores that are listed, and those that policies name; a part of a store stands for all of it."""

    def __init__(self, accounts: AwsAccounts, inventory: Inventory, effective: Effective, sheet: Sheet) -> None:
        self.inventory = inventory
        self.effective = effective
        self.sheet = sheet
        self.stores = [*_once([*inventory.stores, *_named(accounts, inventory)])]
        self._patterns = list(dict.fromkeys(_object_patterns(accounts)))
        self.names = {each.arn: clean(f"{each.kind} {each.name}") for each in self.stores}
        self._lists = {each: self._list(each) for each in ACCESSES}

    def _list(self, access: StoreAccess) -> tuple[TargetList, list[str]]:
        """What the action is asked about: in each store one thing, and what patterns of its own policies name."""
        targets, names = list[Target](), list[str]()
        for store in self.stores:
            if store.kind == access.kind:
                arn = store.arn + access.inside.format("made")
                tags = dict(store.tags) if store.tags is not None else None
                for each in (arn, *(self._inside(store) if access.inside else ())):
                    targets.append(Target(each, store.account, store.policy, store.seen, tags))
                    names.append(self.names[store.arn])
        return TargetList(targets), names

    def _inside(self, store: Store) -> Iterator[str]:
        """Things in the store as statements name them: who may do it to one of them is told to do it to the store."""
        for bucket, key in self._patterns:
            if matches(bucket, store.arn):
                yield f"{store.arn}/{instance_of(key)}"

    def enter(self, draft: Draft) -> None:
        """Put the stores into the scenario, with the keys that lie in them."""
        for store in self.stores:
            said: dict[str, object] = {"kind": KINDS.get(store.kind, "data-store")}
            value = _number(dict(store.tags or ()).get(VALUE_TAG, ""))
            if value:
                said["value"] = {"confidentiality": value}
            draft.put("resources", self.names[store.arn], said, store.place)

    def give(self, principal: Principal, given: Given) -> None:
        """Put what `principal` may do to which stores into `given`."""
        for access, (targets, names) in self._lists.items():
            for allowance in self.effective.allowances(principal, access.action, targets):
                positions = targets.all if allowance.targets is None else allowance.targets
                chosen = list(dict.fromkeys(names[at] for at in sorted(positions)))
                service, _, action = access.action.partition(":")
                self.sheet.give(given, allowance, service, action, access.effect, chosen)


def _object_patterns(accounts: AwsAccounts) -> Iterator[tuple[str, str]]:
    """Patterns of objects that policies name, as patterns of the bucket's ARN and of the key; but for all objects."""
    for form in _forms(accounts):
        bucket, slash, key = (form.fixed or "").partition("/")
        if slash and key != ANY and bucket.startswith("arn:aws:s3:::"):
            yield bucket, key


def _forms(accounts: AwsAccounts) -> Iterator[Template]:
    for document in dict.fromkeys(each for held in accounts.principals.values() for each in held.principal.policies):
        for statement in document.statements:
            yield from statement.resources or ()


def _once(stores: Sequence[Store]) -> Iterator[Store]:
    """Each store once, by its ARN: one with a policy tells more than one without."""
    found: dict[str, Store] = {}
    for each in stores:
        known = found.get(each.arn)
        if known is None or (each.policy is not None and known.policy is None):
            found[each.arn] = each
    yield from found.values()


def _named(accounts: AwsAccounts, inventory: Inventory) -> Iterator[Store]:
    """Buckets that policies name, of which no file lists any."""
    if "bucket" in inventory.given:
        return
    for holder in accounts.principals.values():
        for document in holder.principal.policies:
            for form in (form for each in document.statements for form in each.resources or ()):
                name = arn_part(form.source, 5).partition("/")[0] if arn_part(form.source, 2) == "s3" else ""
                if name and not set("*?[]$") & set(name):
                    yield Store("bucket", clean(name), f"arn:aws:s3:::{name}", holder.place, holder.principal.account)


def _number(text: str) -> float:
    try:
        found = float(text)
    except ValueError:
        return 0.0
    return found if 0 < found < 1e12 else 0.0

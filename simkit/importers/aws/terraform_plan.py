"""The resources of a Terraform plan or state, and what one that is not made yet refers to."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from simkit.importers.aws.account import clean
from simkit.importers.excerpt import Excerpt, texts_in
from simkit.rights.request import account_of, arn_part

AFTER_APPLY = "it is known after apply only"
UNKNOWN_ACCOUNT = "000000000000"
"""Stands for the account of a plan in which no ARN names it."""
_ACCOUNT = re.compile(r"\barn:aws[\w-]*:[\w-]+:[\w-]*:(\d{12}):")
_INDEX = re.compile(r"\[[^\]]*\]")
_LAST_INDEX = re.compile(r"\[[^\]]*\]$")


@dataclass(frozen=True, slots=True)
class TerraformResource:
    """One resource: its address, its type, and its values as far as they are known."""

    address: str
    kind: str
    values: Excerpt

    @property
    def configured(self) -> str:
        """Its address in the configuration, where one block may stand for several."""
        return _INDEX.sub("", self.address)

    @property
    def module(self) -> str:
        """The address of the module that it is in, with the dot behind it; empty for the root."""
        return self.configured.removesuffix(".".join(self.configured.rsplit(".", 2)[-2:]))

    @property
    def index(self) -> str:
        """Which of several that one block makes; empty for the only one."""
        found = _LAST_INDEX.search(self.address)
        return found[0] if found else ""

    @property
    def name(self) -> str:
        """Its name; empty where that is known after apply only."""
        return self.values.name("name") if self.values.has("name") else ""

    @property
    def label(self) -> str:
        """What its block is called."""
        return self.configured.rpartition(".")[2]


@dataclass(frozen=True)
class TerraformPlan:
    """What `terraform show -json` prints."""

    body: Excerpt
    known_account: str = ""
    """The account of the exports beside it, where there is one."""

    @cached_property
    def resources(self) -> tuple[TerraformResource, ...]:
        """The resources of all modules that are managed."""
        return tuple(self._walked())

    @cached_property
    def data(self) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """What is known before apply of each block that reads data and that only apply will read, by its address."""
        found: dict[str, list[Mapping[str, Any]]] = {}
        planned = self.body.value.get("planned_values")
        waiting = [planned.get("root_module") if isinstance(planned, dict) else None]
        while waiting:
            module = waiting.pop()
            for each in _dicts(module, "resources"):
                if each.get("mode") == "data" and isinstance(each.get("values"), dict):
                    found.setdefault(_INDEX.sub("", str(each.get("address"))), []).append(each["values"])
            waiting += _dicts(module, "child_modules")
        return found

    def _walked(self) -> Iterator[TerraformResource]:
        waiting = [self.body.part(*root_of(self.body.value))]
        while waiting:
            module = waiting.pop(0)
            for each in module.each("resources") if module.has("resources") else ():
                if each.text("mode") in ("", "managed"):
                    kind = each.text("type")
                    address = each.text("address") if each.has("address") else f"{kind}.{len(each.where)}"
                    yield TerraformResource(address, kind, each.part("values"))
            waiting += module.each("child_modules") if module.has("child_modules") else ()

    def of(self, kind: str) -> Iterator[TerraformResource]:
        """The resources of a type."""
        return (each for each in self.resources if each.kind == kind)

    @cached_property
    def account(self) -> str:
        """The account that most ARNs in it name, else that of the exports beside it; without both assumed, and told."""
        counted = Counter(_ACCOUNT.findall("\n".join(texts_in(self.body.value))))
        found = counted.most_common(1)[0][0] if counted else self.known_account
        if not found:
            self.body.draft.assume("the account of the plan", UNKNOWN_ACCOUNT, "no ARN in the plan names it")
        return found or UNKNOWN_ACCOUNT

    def arn(self, resource: TerraformResource, kind: str) -> str:
        """The ARN that a user, group, role or policy has, or will have."""
        values = resource.values
        said = values.text("arn") if values.has("arn") else ""
        if arn_part(said, 5) and account_of(said):
            return said
        path = values.text("path") if values.has("path") else "/"
        name = resource.name
        if not name:
            name = clean(f"{resource.label}{resource.index}").strip("-")
            values.draft.assume(resource.address, f"it is called {name}", f"its name: {AFTER_APPLY}")
        return f"arn:aws:iam::{self.account}:{kind}{path if path.startswith('/') else '/'}{name}"

    def meant(self, resource: TerraformResource, key: str) -> list[TerraformResource]:
        """The resources that `key` of `resource` refers to, where its value is known after apply only."""
        return self.referred(resource, self.expressions_of(resource).get(key))

    def expressions_of(self, resource: TerraformResource) -> Mapping[str, Any]:
        """What the configuration says of the block of `resource`."""
        return self.block(resource.configured)

    def block(self, address: str) -> Mapping[str, Any]:
        """What the configuration says of a block; of one that reads data, `data.` stands before its type."""
        return self._expressions.get(address, {})

    def referred(self, resource: TerraformResource, said: Any) -> list[TerraformResource]:
        """The resources that an expression in the block of `resource` refers to."""
        references = said.get("references") if isinstance(said, dict) else None
        found: dict[str, TerraformResource] = {}
        for reference in references if isinstance(references, list) else ():
            block = resource.module + ".".join(_INDEX.sub("", str(reference)).split(".")[:2])
            alike = self._by_block.get(block, [])
            found |= {each.address: each for each in alike if resource.index in ("", each.index) or len(alike) == 1}
        return list(found.values())

    @cached_property
    def _by_block(self) -> Mapping[str, list[TerraformResource]]:
        found: dict[str, list[TerraformResource]] = {}
        for each in self.resources:
            found.setdefault(each.configured, []).append(each)
        return found

    @cached_property
    def _expressions(self) -> Mapping[str, Mapping[str, Any]]:
        """What the configuration says of each block, by its address."""
        found: dict[str, Mapping[str, Any]] = {}
        configuration = self.body.value.get("configuration")
        root = configuration.get("root_module") if isinstance(configuration, dict) else None
        waiting: list[tuple[str, Any]] = [("", root)]
        while waiting:
            above, module = waiting.pop()
            for each in _dicts(module, "resources"):
                said = each.get("expressions")
                data = "data." if each.get("mode") == "data" else ""
                found[f"{above}{data}{each.get('type')}.{each.get('name')}"] = said if isinstance(said, dict) else {}
            calls = module.get("module_calls") if isinstance(module, dict) else None
            for name, call in calls.items() if isinstance(calls, dict) else ():
                waiting.append((f"{above}module.{name}.", call.get("module") if isinstance(call, dict) else None))
        return found


def root_of(value: Mapping[str, Any]) -> tuple[str, ...]:
    """The keys that lead to the root module of a plan or a state; none where it is neither."""
    for keys in (("planned_values", "root_module"), ("values", "root_module")):
        found: Any = value
        for key in keys:
            found = found.get(key) if isinstance(found, dict) else None
        if isinstance(found, dict):
            return keys
    return ()


def _dicts(value: Any, key: str) -> Sequence[Mapping[str, Any]]:
    found = value.get(key) if isinstance(value, dict) else None
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []

"""Who is given which operation, by which statement: the roles, tools and entitlements of the scenario."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from simkit.importers.aws.account import label, places_of
from simkit.importers.aws.effective import Allowance
from simkit.importers.draft import Draft
from simkit.importers.file_place import FilePlace
from simkit.rights import Statement

MOST_NAMED = 2
"""How many statements a name names; the others are counted."""
HUB = 100
"""A list of more identities than this that many may use becomes one identity, which leads on to each."""
FROM_A_PLACE = frozenset({"aws:sourceip", "aws:vpcsourceip", "aws:sourcevpc", "aws:sourcevpce"})
"""Keys that say where a request comes from: a stolen key is used from elsewhere."""


@dataclass(slots=True)
class Given:
    """What one principal is given, by the names of the statements that give it."""

    by_label: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    places: dict[str, FilePlace] = field(default_factory=dict)
    by_console: list[dict[str, Any]] = field(default_factory=list)
    only_sure: bool = False
    """What may be granted is left out, for something that covers it stands there already, or will."""
    gains: set[tuple[str, str]] = field(default_factory=set)
    """Who is given which role by it."""


class Sheet:
    """Collects, and writes the scenario's roles when all is known."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self._roles: dict[tuple[str, str], str] = {}
        self._numbers: dict[str, int] = {}
        self._labels: dict[tuple[Statement, ...], str] = {}
        self._statements: dict[str, tuple[Statement, ...]] = {}
        self._hubs: dict[tuple[str, ...], str] = {}
        self._targets: dict[tuple[str, str], dict[str, None]] = {}

    def give(
        self,
        given: Given,
        allowance: Allowance,
        tool: str,
        title: str,
        effect: str,
        names: Sequence[str],
        *,
        role: str = "",
        doubts: Sequence[str] = (),
    ) -> None:
        """`given` may do `title` on `names`, as `allowance` has it; `doubts` are more of what keeps that open."""
        said = self._named(allowance.statements)
        source, open_points = _apart(allowance, doubts)
        if open_points and given.only_sure:
            return
        if role:
            given.gains.update((name, role) for name in names)
        if open_points:
            self.draft.assume(said, "it allows: may be granted", "; ".join(open_points[:3]))
        name = f"{title} by {said}{', may be granted' if open_points else ''}"
        many = len(names) > HUB and effect in ("execute", "mint", "assume")
        targets = [self.hub(names)] if many else [*names]
        entitlement: dict[str, Any] = {"operation": self._operation(tool, name, effect, role, targets)}
        entitlement["targets"] = targets
        if source:
            entitlement["conditions"] = ["source"]
        self._enter(given, said, allowance, entitlement)

    def _named(self, statements: Sequence[Statement]) -> str:
        """The statements as a name; of many, the first ones."""
        key = tuple(dict.fromkeys(statements))
        if key not in self._labels:
            rest = len(key) - MOST_NAMED
            named = label(*key[:MOST_NAMED]) or "no statement"
            self._labels[key] = named + (f" and {rest} more" if rest > 0 else "")
        return self._labels[key]

    def _enter(self, given: Given, said: str, allowance: Allowance, entitlement: dict[str, Any]) -> None:
        listed = given.by_label.setdefault(said, [])
        if entitlement not in listed:
            listed.append(entitlement)
            if allowance.by_console:
                given.by_console.append(entitlement)
        if allowance.statements:
            self._statements.setdefault(said, allowance.statements)
            given.places.setdefault(said, places_of(allowance.statements))

    def hub(self, members: Sequence[str]) -> str:
        """The identity that leads on to each of `members`."""
        key = tuple(members)
        if key not in self._hubs:
            name = f"any of {len(key):,} from {key[0]} to {key[-1]}"
            if self.draft.has("identities", name):
                name += f", {len(self._hubs)}"
            self.draft.put("identities", name, {"kind": "service", "note": "stands for each of these identities"})
            for member in key:
                self.draft.trusts(name, member, "assume", ttl="1h")
            self._hubs[key] = name
        return self._hubs[key]

    def _operation(self, tool: str, name: str, effect: str, role: str, targets: Sequence[str]) -> str:
        """The full name of such an operation; its own targets are those of all who have it."""
        operations = self.draft.put("tools", tool, {"operations": {}})["operations"]
        said = {"effect": effect, **({"role": role} if role else {})}
        plain, number = name, 1
        while name in operations and {k: v for k, v in operations[name].items() if k != "targets"} != said:
            number += 1
            name = f"{plain}, {number}"
        made = operations.setdefault(name, said)
        known = self._targets.setdefault((tool, name), {})
        known.update(dict.fromkeys(targets))
        made["targets"] = known
        return f"{tool}.{name}"

    def finish(self) -> None:
        """Write what operations are about as lists."""
        for tool, name in self._targets:
            self.draft.sections["tools"][tool]["operations"][name]["targets"] = list(self._targets[tool, name])

    def statements_of(self, role: str) -> tuple[Statement, ...]:
        """The statements that the scenario's `role` rests on; none where it is no role of this sheet."""
        said = next((said for (said, _), name in self._roles.items() if name == role), "")
        return self._statements.get(said, ())

    def roles_of(self, statements: Collection[Statement]) -> Iterator[str]:
        """The scenario's roles that rest on any of `statements`."""
        for (said, _), name in self._roles.items():
            if any(each in statements for each in self._statements.get(said, ())):
                yield name

    def roles(self, given: Given) -> list[str]:
        """The scenario's roles that give all of `given`, one for each name of statements."""
        return [self.role(said, entries, given.places.get(said)) for said, entries in given.by_label.items()]

    def role(self, said: str, entitlements: list[dict[str, Any]], place: FilePlace | None) -> str:
        """The role `said` that gives `entitlements`; numbered where another one is called so already."""
        key = said, str(entitlements)
        name = self._roles.get(key, "")
        if not name:
            number = self._numbers[said] = self._numbers.get(said, 0) + 1
            name = self._roles[key] = said if number == 1 else f"{said}, {number}"
        self.draft.put("roles", name, {"entitlements": entitlements}, place)
        return name


def _apart(allowance: Allowance, more: Sequence[str]) -> tuple[bool, list[str]]:
    """Whether it is bound to a place, and what else is open."""
    doubts = [each for each in allowance.doubts if not (each.kind == "key" and each.name in FROM_A_PLACE)]
    return len(doubts) < len(allowance.doubts), list(dict.fromkeys([*map(str, doubts), *more]))

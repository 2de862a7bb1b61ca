"""Where in the scenario file the thing stands that a step needs, or that a change touched."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from simkit.attackgraph import Ground
from simkit.checks.spot import TOP, Spot
from simkit.scenario import Scenario
from simkit.scenario.fields import spelled_out
from simkit.scenario.origins import Origin
from simkit.techniques.grounds import kind_of

Where = tuple[str | int, ...]


def _last(raw: Mapping[str, Any], section: str) -> Where:
    """The keys that lead to what stands last in a section."""
    where: Where = (section,)
    value = raw[section]
    while value and isinstance(value, dict | list):
        key = list(value)[-1] if isinstance(value, dict) else len(value) - 1
        where, value = (*where, key), value[key]
    return where


class Lines:
    """The places of one scenario in its file; one that was made in memory has none, and stands at line 1."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        value = scenario.document.value if scenario.document else None
        self._raw: Mapping[str, Any] = value if isinstance(value, dict) else {}

    def of(self, where: Sequence[str | int]) -> Spot:
        """Where what `where` leads to stands, or the deepest thing on the way; what was imported, where it came
        from."""
        return self._spot(self._scenario.origin(where))

    def stated(self, where: Sequence[str | int]) -> Spot:
        """Where a file of the scenario itself says it, an imported part too: a number of which no other file knows."""
        return self._spot(self._scenario.stated(where))

    def _spot(self, found: Origin | None) -> Spot:
        document = self._scenario.document
        if found is None or document is None:
            return TOP
        file, line, column = found
        return Spot(line, column, "" if file == document.file else file)

    def of_section(self, name: str, order: Sequence[str]) -> Spot:
        """Where the section `name` stands; of one that is gone, where it would come back: the end of the last section
        that comes before it in `order`, that of the format."""
        if name in self._raw or name not in order:
            return self.of((name,))
        before = [self.of(_last(self._raw, each)) for each in order[: order.index(name)] if each in self._raw]
        return max((each for each in before if not each.file), default=TOP)

    def is_imported_part(self, file: str) -> bool:
        """True for a file that `simkit import` wrote, in which lines say where things come from."""
        return self._scenario.document is not None and bool(self._scenario.document.origins.get(file))

    def of_ground(self, ground: Ground) -> Spot:
        """The place of the entitlement, credential, trust edge, task or entry point that `ground` names."""
        return self.of(self.where(ground))

    def where(self, ground: Ground) -> Where:
        """The keys that lead to what `ground` names; empty where it is no part of the file."""
        section, names = kind_of(ground).section, ground.names
        search: dict[str, Callable[..., Where]] = {
            "entitlements": self._entitlement,
            "trust": self._trust,
            "goals": self._goal,
        }
        if section in search:
            return search[section](*names)
        return (section, names[0]) if section and names else ()

    def of_item(self, where: Sequence[str], item: Any) -> Spot:
        """The place of the entitlement or trust edge `item` in the list at `where`; of the list if it is gone."""
        items: Any = self._raw
        for key in where:
            items = items.get(key) if isinstance(items, dict) else None
        rights = where[-1:] in (("entitlements",), ("denies",), ("boundary",))
        for index, said in enumerate(items if isinstance(items, list) else []):
            other = spelled_out(said) if rights else said
            if other == item or (_key(item) and _key(other) == _key(item)):
                return self.of((*where, index))
        return self.of(where)

    def role_covers(self, role: str, operation: str) -> bool:
        """True if `role` gives an entitlement to `operation`, on whatever targets."""
        given = map(spelled_out, (self._section("roles").get(role) or {}).get("entitlements") or ())
        return any(fnmatchcase(operation, str(each["operation"])) for each in given)

    def _section(self, name: str) -> Mapping[str, Any]:
        found = self._raw.get(name)
        return found if isinstance(found, dict) else {}

    def _goal(self, name: str) -> Where:
        """A goal, or the resource that is gone."""
        return ("goals" if name in self._section("goals") else "resources", name)

    def _trust(self, *names: str) -> Where:
        edges = self._raw.get("trust")
        for index, edge in enumerate(edges if isinstance(edges, list) else []):
            if (edge.get("from"), edge.get("kind", "assume"), edge.get("to")) == names:
                return ("trust", index)
        return ("trust",)

    def _entitlement(self, identity: str, operation: str, target: str) -> Where:
        """The entitlement that names the target; else the first that covers the operation."""
        fits = [
            (where, given) for where, given in self._given(identity) if fnmatchcase(operation, str(given["operation"]))
        ]
        named = (where for where, given in fits if any(fnmatchcase(target, str(t)) for t in given.get("targets", ())))
        bare = (where for where, given in fits if not given.get("targets"))
        first = (where for where, _ in fits)
        return next(named, None) or next(bare, None) or next(first, ("identities", identity))

    def _given(self, identity: str) -> Iterator[tuple[Where, Mapping[str, Any]]]:
        """The entitlements of `identity`: its own and its roles' first, then everybody's (a tier may share them)."""
        person = self._section("identities").get(identity) or {}
        holders: list[tuple[str, str]] = [("identities", identity), *_roles(person.get("roles") or ())]
        holders += [(section, name) for section in ("roles", "identities") for name in self._section(section)]
        for section, name in dict.fromkeys(holders):
            held = (self._section(section).get(name) or {}).get("entitlements") or ()
            yield from (
                ((section, name, "entitlements", index), spelled_out(given)) for index, given in enumerate(held)
            )


def _roles(assigned: Iterable[Any]) -> Iterator[tuple[str, str]]:
    """The roles in a list of names, and of mappings for those that are active for a time."""
    yield from (("roles", each["role"] if isinstance(each, Mapping) else each) for each in assigned)


def _key(item: Any) -> tuple[Any, ...]:
    """What tells one item from another whatever its defaults: the operation and targets, or the ends of an edge."""
    if isinstance(item, Mapping) and "operation" in item:
        return (item["operation"], tuple(sorted(map(str, item.get("targets") or ()))))
    if isinstance(item, Mapping) and "from" in item:
        return (item["from"], item.get("kind", "assume"), item.get("to"))
    return ()

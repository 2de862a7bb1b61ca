"""What changed between two scenarios, part by part, so that each part can be undone on its own."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from simkit.scenario import Scenario, loads
from simkit.scenario.dumper import plain
from simkit.scenario.sorted_form import as_text, sorted_form
from simkit.unknowns import Unknowns

Plain = dict[str, Any]

_SAYS_NOTHING = frozenset(
    {"description", "note", "sources", "assumptions", "incident", "expect", "compare", "per_year"}
)
NAMED = {
    "identities": "identity",
    "resources": "resource",
    "credentials": "credential",
    "tools": "tool",
    "roles": "role",
    "tasks": "task",
    "entry_points": "entry point",
    "goals": "goal",
    "policies": "policy",
}
"""The sections whose things have names, and what one of them is called."""
_NOUNS = {
    "entitlements": "entitlement",
    "denies": "deny",
    "roles": "role",
    "holds": "credential",
    "runtime_holds": "credential or file",
    "needs": "need",
    "reads": "input",
    "delegates_to": "delegation to",
    "contains": "child",
    "recoverable_from": "backup",
}
_ORDER = ("entitlement", "credential", "trust edge", "role", "identity")
"""Kinds of elements that explain most changes: they are tried first."""


def canonical(scenario: Scenario) -> Plain:
    """`scenario` as sorted plain data that loads back, without what is only said to people, without ranges and money:
    none of these changes an answer about one scenario.

    The order of the file leaves no trace, so that the same scenario always gives the same bytes.
    """
    found: Plain = sorted_form(_said(plain(replace(scenario, unknowns=Unknowns(), unit=None, prices=None))))
    return found


def promised(scenario: Scenario) -> Plain:
    """What `scenario` expects of itself, as sorted plain data that loads back."""
    found: Plain = sorted_form(_said(plain(scenario).get("expect", {}), names=True))
    return found


def _said(value: Any, *, names: bool = False) -> Any:
    """`value` without what changes no answer. Where its keys are `names`, a thing may be called as such a key is."""
    if isinstance(value, dict):
        kept = value if names else {key: inner for key, inner in value.items() if key not in _SAYS_NOTHING}
        return {key: _said(inner, names=key in NAMED and not names) for key, inner in kept.items()}
    return [_said(inner) for inner in value] if isinstance(value, list) else value


def restored(form: Plain, file: str) -> Scenario:
    """The scenario that `form` is the canonical form of. Raises ScenarioError."""
    return loads(json.dumps(form), file)


MISSING: Any = None
"""`before` of what was added, and `after` of what was removed."""


@dataclass(frozen=True, slots=True)
class Element:
    """One changed part: the keys that lead to it, whether it is an item of the list there, and what it was and is."""

    where: tuple[str, ...]
    in_list: bool
    before: Any
    after: Any

    @property
    def kind(self) -> str:
        """`entitlement`, `credential`, `trust edge`, `role`, ... , or the key that changed."""
        if self.where == ("trust",):
            return "trust edge"
        if self.in_list:
            return _NOUNS.get(self.where[-1], self.where[-1])
        return NAMED.get(self.where[0], "setting") if len(self.where) == 2 else self.where[-1]

    @property
    def change(self) -> str:
        """`added`, `removed` or `changed`."""
        if self.before is MISSING:
            return "added"
        return "removed" if self.after is MISSING else "changed"

    def __str__(self) -> str:
        owner = _owner(self.where[:2])
        if self.where == ("trust",):
            return f"trust edge {_edge(self.after or self.before)} {self.change}{self._turn(_short)}"
        if self.in_list:
            return f"{self.kind} {_item(self.after or self.before)} of {owner} {self.change}{self._turn(_item)}"
        if len(self.where) == 2 and self.where[0] in NAMED:
            return f"{owner} {self.change}"
        if self.where[0] not in NAMED:
            return f"{'.'.join(self.where)} changed{self._turn(_short)}"
        return f"{'.'.join(self.where[2:])} of {owner} {self.change}{self._turn(_short)}"

    def _turn(self, write: Any) -> str:
        """From what to what; a key that is added or removed had, or has, its default."""
        if self.in_list and self.change != "changed":
            return ""
        return f" (was {write(_apart(self.before, self.after))}, is {write(_apart(self.after, self.before))})"

    def undone(self, form: Plain) -> Plain:
        """`form` with this part as it was before."""
        return _put(form, self.where, self.in_list, self.after, self.before)

    def done(self, form: Plain) -> Plain:
        """`form`, which has this part as it was, with the part as it is now."""
        return _put(form, self.where, self.in_list, self.before, self.after)

    def names(self) -> frozenset[str]:
        """The names of what this part adds, that others may refer to; of a tool also how its operations begin,
        and of an operation its full name."""
        if self.change == "added" and self.where[2:3] == ("operations",) and len(self.where) == 4:
            return frozenset({f"{self.where[1]}.{self.where[3]}"})
        if self.change != "added" or len(self.where) != 2:
            return frozenset()
        section, name = self.where
        return frozenset({name, f"{name}."}) if section == "tools" else frozenset({name})

    @property
    def only_names(self) -> bool:
        """True for a new entry point or goal: it is looked at, and was possible before."""
        return self.change == "added" and len(self.where) == 2 and self.where[0] in ("entry_points", "goals")

    def mentions(self, name: str) -> bool:
        """True if this part is about the thing called `name`, or about something whose name begins with it and a
        dot."""
        said = json.dumps(name)
        return name in self.where or (said.removesuffix('"') if name.endswith(".") else said) in json.dumps(self.after)


def _owner(where: tuple[str, ...]) -> str:
    return " ".join((NAMED.get(where[0], where[0]), *where[1:]))


def _edge(edge: Mapping[str, Any]) -> str:
    return f"{edge['from']} -{edge.get('kind', 'assume')}-> {edge['to']}"


def _item(item: Any) -> str:
    if isinstance(item, Mapping) and "operation" in item:
        targets = f" on {', '.join(item['targets'])}" if item.get("targets") else ""
        conditions = f" if {', '.join(item['conditions'])}" if item.get("conditions") else ""
        return f"{item['operation']}{targets}{conditions}"
    return _short(item)


def _apart(value: Any, other: Any) -> Any:
    """What `value` has that `other` has not, where both are mappings of numbers or words; else all of `value`."""
    if not (isinstance(value, dict) and isinstance(other, dict)) or "operation" in value:
        return value
    return {key: inner for key, inner in value.items() if inner != other.get(key)} or "the default"


def _short(value: Any) -> str:
    if value is MISSING:
        return "the default"
    text = value if isinstance(value, str) else _plainly(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _plainly(value: Any) -> str:
    """`value` without the quotes and brackets of JSON, where it has parts."""
    if isinstance(value, dict):
        return ", ".join(f"{key} {_plainly(inner)}" for key, inner in value.items())
    if isinstance(value, list):
        return ", ".join(map(_plainly, value))
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value if isinstance(value, str) else as_text(value)


def _put(form: Plain, where: tuple[str, ...], in_list: bool, gone: Any, come: Any) -> Plain:
    changed = copy.deepcopy(form)
    holder = changed
    for key in where[:-1]:
        holder = holder.setdefault(key, {})
    if in_list:
        items = [item for item in holder.get(where[-1], []) if gone is MISSING or item != gone]
        holder[where[-1]] = sorted([*items, *([] if come is MISSING else [come])], key=as_text)
    elif come is MISSING:
        holder.pop(where[-1], None)
    else:
        holder[where[-1]] = come
    return changed


def changes(before: Plain, after: Plain) -> list[Element]:
    """Every part in which `before` and `after` (canonical forms) differ; what explains most comes first."""
    found = list(_changes((), before, after))
    rank = {kind: place for place, kind in enumerate(_ORDER)}
    return sorted(found, key=lambda each: (rank.get(each.kind, len(rank)), each.where, as_text(each.after)))


def _changes(where: tuple[str, ...], before: Any, after: Any) -> Iterator[Element]:
    if before == after:
        return
    if _is_list(before, after):
        yield from _items(where, before or [], after or [])
    elif _opens(where, before, after):
        before, after = before or {}, after or {}
        for key in sorted({*before, *after}):
            yield from _changes((*where, key), before.get(key, MISSING), after.get(key, MISSING))
    else:
        yield Element(where, False, before, after)


def _opens(where: tuple[str, ...], before: Any, after: Any) -> bool:
    """True for what has parts that change on their own; a distribution or a set of values changes as one."""
    if not all(isinstance(value, dict | None) for value in (before, after)):
        return False
    inside = where[-1:] in (("operations",), ("detection",))
    if len(where) <= 1 or inside:
        return True
    both = before is not MISSING and after is not MISSING
    return both and ((len(where) == 2 and where[0] in NAMED) or where[2:3] == ("operations",))


def _is_list(before: Any, after: Any) -> bool:
    return isinstance(before, list | None) and isinstance(after, list | None) and before is not after


def _items(where: tuple[str, ...], before: Iterable[Any], after: Iterable[Any]) -> Iterator[Element]:
    """Items of which one came for one that went, under the same key, are one change."""
    gone = [item for item in before if item not in list(after)]
    come = [item for item in after if item not in list(before)]
    for item in come:
        twins = [other for other in gone if _key(other) == _key(item)]
        if len(twins) == 1 and sum(_key(other) == _key(item) for other in come) == 1:
            gone.remove(twins[0])
            yield Element(where, True, twins[0], item)
        else:
            yield Element(where, True, MISSING, item)
    yield from (Element(where, True, item, MISSING) for item in gone)


def _key(item: Any) -> str:
    """What an item of a list is about: an operation, or the two ends of a trust edge."""
    if isinstance(item, Mapping):
        named = {key: item[key] for key in ("operation", "from", "to", "resource", "task") if key in item}
        return as_text({**named, "kind": item.get("kind", "")})
    return as_text(item)


def without(form: Plain, element: Element, elements: Sequence[Element]) -> Plain:
    """`form` with `element`, one of its `elements` that changed, as it was before, and without what was added that
    mentions it: that would dangle."""
    left = element.undone(form)
    for other in leaning_on(element, elements):
        left = other.undone(left)
    return left


def leaning_on(element: Element, elements: Sequence[Element]) -> list[Element]:
    """The other added parts that mention what `element` adds, and those that mention what these add."""
    names, leaning = set(element.names()), list[Element]()
    for _ in elements if names else ():
        more = [
            each for each in elements if each is not element and each not in leaning and any(map(each.mentions, names))
        ]
        if not more:
            break
        leaning += more
        names = {name for each in more for name in each.names()}
    return leaning

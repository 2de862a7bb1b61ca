"""What an importer gives back: a scenario, where each thing in it comes from, and what it could not tell."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from simkit.errors import ScenarioError
from simkit.importers.asked_of_token import AskedOfToken
from simkit.importers.file_place import FilePlace
from simkit.scenario import Scenario, loads
from simkit.table import Table, printable

Things = Mapping[str, Mapping[str, Any]]
"""The things of one section by name, each as the scenario file writes it."""
SECTIONS = ("identities", "resources", "tools", "credentials", "roles", "tasks", "entry_points", "goals")
"""The sections that an importer may fill, in the order in which they are written; trust edges are a list."""
ITEMS = ("entitlements", "operations")
"""What has parts that may come from lines of their own."""
_LONG_KEY = re.compile(r'"(?:[^"\\]|\\.){1000,}":')
"""A key of YAML has 1,024 characters at most."""
MOST_LISTED = 200
"""How many things that were not translated the scenario file repeats under `assumptions`."""


REACH, CHANCE, TIME = "reach", "chance", "time"
"""What an assumption decides: whether a thing can be reached at all, how likely, or when; the first weighs most."""

FALLS = "nobody publishes how often an agent falls for an injection"


@dataclass(frozen=True, slots=True)
class Assumed:
    """A value that no file gives: what it is about, what was taken, and why; and what it decides."""

    about: str
    taken: str
    why: str
    decides: str = REACH


@dataclass(frozen=True, slots=True, order=True)
class Untranslated:
    """Something in a file that the scenario does not say: where, what, and why not."""

    origin: FilePlace
    what: str
    why: str


@dataclass(frozen=True)
class Imported:
    """Files of one kind as a scenario. `sections` are as the scenario file writes them.

    `origins` has the place of each thing by section and name, of the operations that it has or is entitled to by
    their names behind these, where they have one of their own, and of a trust edge by its ends and its kind between
    them; `read` how many things each file gave.
    `unseen` is what no file of this kind can tell, whatever stands in it.
    """

    kind: str
    sections: Mapping[str, Things]
    trust: tuple[Mapping[str, Any], ...] = ()
    origins: Mapping[tuple[str, ...], FilePlace] = field(default_factory=dict)
    read: Mapping[str, int] = field(default_factory=dict)
    assumed: tuple[Assumed, ...] = ()
    untranslated: tuple[Untranslated, ...] = ()
    unseen: tuple[str, ...] = ()
    observed: tuple[Mapping[str, Any], ...] = ()
    """Real runs, as the scenario file writes them."""
    given: tuple[tuple[str, str], ...] = ()
    """(variable, credential): what agents find in their environment."""
    beside: tuple[Imported, ...] = ()
    """Parts of other kinds whose things it may name: its scenario holds them, its text does not."""
    unchangeable: tuple[Mapping[str, Any], ...] = ()
    """What nobody can change, as the scenario file writes it."""
    asked: Mapping[tuple[str, str], tuple[AskedOfToken, ...]] = field(default_factory=dict)
    """What trust policies ask of tokens, by issuer and role: parts of other kinds are joined by it."""

    @property
    def complete(self) -> bool:
        """True if everything in the files was translated."""
        return not self.untranslated

    @property
    def is_empty(self) -> bool:
        """True if nobody in the files acts: then there is no scenario."""
        acting = bool(self.sections.get("identities"))
        return not acting and not (self.observed and any(not each.is_empty for each in self.beside))

    def scenario(self) -> Scenario:
        """The scenario, checked as every other one is. Raises ScenarioError if there is none, as it `is_empty`."""
        return loads(f"simkit: 1\nname: {self.kind}\n{self._with_all_beside().text()}", f"{self.kind}.yaml")

    def check(self) -> None:
        """Raises ScenarioError if what `text` says is no scenario.

        The same values are read as JSON, which takes a third of the time, for neither comments nor lines are needed
        where nothing is wrong; what only YAML refuses, names that are too long for its keys, is looked for.
        """
        whole = self._with_all_beside()
        said = json.dumps({"simkit": 1, "name": self.kind, **whole.values()}, ensure_ascii=False)
        if _LONG_KEY.search(said):
            self.scenario()
        try:
            loads(said, f"{self.kind}.yaml")
        except ScenarioError:
            self.scenario()  # says at which line
            raise

    def values(self) -> Mapping[str, Any]:
        """What `text` says, as values: files are named by their whole paths."""
        lists: Mapping[str, Sequence[Any]] = {
            "trust": self.trust,
            "unchangeable": self.unchangeable,
            "observed": self.observed,
            "assumptions": self._assumptions(),
        }
        return {
            **{section: self.sections[section] for section in SECTIONS if self.sections.get(section)},
            **{name: listed for name, listed in lists.items() if listed},
        }

    def _with_all_beside(self) -> Imported:
        """All parts as one."""
        if not self.beside:
            return self
        parts = (self, *self.beside)
        sections = {
            section: {name: said for each in parts for name, said in each.sections.get(section, {}).items()}
            for section in SECTIONS
        }
        trust = tuple(edge for each in parts for edge in each.trust)
        unchangeable = tuple(row for each in parts for row in each.unchangeable)
        return replace(self, sections=sections, trust=trust, beside=(), unchangeable=unchangeable)

    def text(self, seen_from: str = "") -> str:
        """A part for a scenario to include: a line for each thing, with the place that it comes from behind it.

        Files in the folder `seen_from` are named as they are seen from there.
        """
        return "\n".join(self._lines(seen_from)) + "\n"

    def _lines(self, seen_from: str) -> Iterator[str]:
        yield f"# Written by `simkit import` from files of the kind {self.kind}. Import again rather than edit."
        for section in SECTIONS:
            things = self.sections.get(section, {})
            if things:
                yield f"{section}:"
                for name, said in things.items():
                    yield from self._thing((section, name), said, seen_from)
        if self.trust:
            yield "trust:"
            for edge in self.trust:
                of = ("trust", *(str(edge[key]) for key in ("from", "kind", "to")))
                yield f"  - {_said(edge)}{self._behind(of, seen_from)}"
        if self.unchangeable:
            yield "unchangeable:"
            yield from (f"  - {_said(row)}" for row in self.unchangeable)
        if self.observed:
            yield "observed:"
            yield from (f"  - {_said(run)}" for run in self.observed)
        told = self._assumptions(seen_from)
        if told:
            yield "assumptions:"
            yield from (f"  - {_said(each)}" for each in told)

    def _thing(self, of: tuple[str, str], said: Mapping[str, Any], seen_from: str) -> Iterator[str]:
        """A thing on a line; with a line for each operation, where one has a place of its own."""
        keys = ITEMS if of in self._placed_inside else ()
        key = next((each for each in keys if any((*of, name) in self.origins for name, _ in _items(said, each))), "")
        if not key:
            yield f"  {_said(of[1])}: {_said(said)}{self._behind(of, seen_from)}"
            return
        rest = "".join(f"{_said(each)}: {_said(value)}, " for each, value in said.items() if each != key)
        opening, closing = "[]" if key == "entitlements" else "{}"
        yield f"  {_said(of[1])}: {{{rest}{_said(key)}: {opening}{self._behind(of, seen_from)}"
        items = list(_items(said, key))
        for index, (name, item) in enumerate(items):
            comma = "," if index < len(items) - 1 else ""
            # the comma stands before the comment, for what follows `#` is no part of the list
            yield f"    {item}{comma}{self._behind((*of, name), seen_from)}"
        yield f"    {closing}}}"

    @cached_property
    def _placed_inside(self) -> frozenset[tuple[str, ...]]:
        """The things of which something inside has a place of its own."""
        return frozenset(of[:2] for of in self.origins if len(of) == 3)

    def _behind(self, of: tuple[str, ...], seen_from: str) -> str:
        origin = self.origins.get(of)
        return f"  # {origin.seen_from(seen_from)}" if origin else ""

    def _assumptions(self, seen_from: str = "") -> list[dict[str, str]]:
        told = [{"about": each.about, "why": f"{each.taken}: {each.why}"} for each in self.assumed]
        told += [
            {"about": each.what, "why": f"not translated, {each.origin.seen_from(seen_from)}: {each.why}"}
            for each in self.untranslated[:MOST_LISTED]
        ]
        if len(self.untranslated) > MOST_LISTED:
            rest = len(self.untranslated) - MOST_LISTED
            told.append({"about": f"{rest:,} more things", "why": "not translated: `simkit import` lists them"})
        return [{key: printable(text) for key, text in each.items()} for each in told]

    @property
    def summary(self) -> str:
        """One sentence: what was read and what came of it."""
        counted = {section: len(self.sections.get(section, {})) for section in SECTIONS}
        counted["observed runs"] = len(self.observed)
        found = ", ".join(f"{number:,} {section.replace('_', ' ')}" for section, number in counted.items() if number)
        files = len(self.read)
        left = len(self.untranslated)
        return (
            f"{self.kind}: {files:,} file{'s' if files != 1 else ''} read, {found or 'nothing found'}; "
            f"{len(self.assumed):,} assumed, {left:,} not translated."
        )

    def tables(self) -> Sequence[Table]:
        """What was read, what was assumed, what was not translated, and what cannot be seen; each if there is any."""
        found = (
            Table(("file", "things"), list(self.read.items()), title="Read"),
            Table(("about", "taken", "why"), [(a.about, a.taken, a.why) for a in self.assumed], title="Assumed"),
            Table(
                ("where", "what", "why"),
                [(str(u.origin), u.what, u.why) for u in self.untranslated],
                title="Not translated",
            ),
            Table(("what",), [(what,) for what in self.unseen], title="No file of this kind says"),
        )
        return [table for table in found if table.rows]

    def to_dict(self) -> Mapping[str, Any]:
        """All of it as plain data."""
        return {
            "kind": self.kind,
            "complete": self.complete,
            "read": dict(self.read),
            "things": {section: len(things) for section, things in self.sections.items()},
            "observed": len(self.observed),
            "assumed": [{"about": a.about, "taken": a.taken, "why": a.why} for a in self.assumed],
            "untranslated": [
                {"file": u.origin.file, "line": u.origin.line or None, "what": u.what, "why": u.why}
                for u in self.untranslated
            ],
            "unseen": list(self.unseen),
        }


def item_name(entitlement: Mapping[str, Any]) -> str:
    """What an entitlement is called among others: its operation, and on what, if not on all.

    >>> item_name({"operation": "crm.read"}), item_name({"operation": "crm.read", "targets": ["cases"]})
    ('crm.read', 'crm.read on cases')
    """
    operation, targets = str(entitlement["operation"]), entitlement.get("targets")
    return f"{operation} on {', '.join(map(str, targets))}" if isinstance(targets, list) and targets else operation


def _items(said: Mapping[str, Any], key: str) -> Iterator[tuple[str, str]]:
    """The operations that a thing has or is entitled to under `key`: each name, and the text of each."""
    value = said.get(key)
    if isinstance(value, Mapping):
        yield from ((name, f"{_said(name)}: {_said(inner)}") for name, inner in value.items())
    elif isinstance(value, list):
        yield from ((item_name(each), _said(each)) for each in value)


def _said(value: Any) -> str:
    """`value` on one line: JSON, which is YAML too."""
    return json.dumps(value, ensure_ascii=False)

"""A hash of everything in a scenario that can change a result."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from simkit.distributions import Distribution
from simkit.model import Attacker, Goal, ObservedRun

if TYPE_CHECKING:
    from simkit.scenario.scenario import Scenario

VERSION = 1
"""Goes into the hash: it changes with the meaning of the canonical form."""

_SAYS_NOTHING = frozenset(
    {"description", "note", "summary", "sources", "assumptions", "incident", "file", "document", "expect"}
    # what is not known, and what it is worth, changes no answer about one scenario; `sensitivity` hashes them itself
    | {"unknowns", "changes", "unit", "prices", "per_year"}
)
_LATER: dict[tuple[str, str], Any] = {
    ("Credential", "use"): "login",
    ("Credential", "format"): "opaque",
    ("Credential", "ttl_kind"): "",
    ("Credential", "renewable"): None,
    ("Credential", "refresh"): None,
    ("Credential", "revocation_unit"): "token",
    ("Credential", "session"): None,
    ("Credential", "limited_to"): None,
    ("Credential", "claims"): (),
    ("Task", "claims"): (),
    ("TrustEdge", "claims"): (),
    ("TrustEdge", "conditions"): (),
    ("Entitlement", "excepting"): (),
    ("Identity", "denies"): (),
    ("Identity", "boundary"): None,
    ("Identity", "role_ttls"): (),
    ("Role", "denies"): (),
    ("Role", "boundary"): None,
    ("Task", "on_behalf_of"): "",
    ("Tool", "session"): None,
    ("TrustEdge", "session"): None,
    ("TrustEdge", "answers"): True,
    ("Operation", "answers"): True,
    ("Resource", "run_by"): (),
    ("EntryPoint", "operation"): "",
    ("EntryPoint", "tool"): "",
    ("Operation", "stream"): False,
    ("Operation", "lifts"): (),
    ("Operation", "shows_itself"): None,
    ("Resource", "shows_itself"): None,
    ("Goal", "all_of"): (),
    ("Identity", "count"): 1,
    ("Identity", "egress"): "any",
    ("Goal", "any_of"): (),
    ("Goal", "at_least"): None,
    ("Operation", "throughput"): None,
    ("Resource", "records"): None,
    ("Operation", "undo"): None,
    ("Operation", "restore"): None,
    ("Resource", "undo"): None,
    ("Resource", "restore"): None,
    ("Response", "actions"): (),
    ("Response", "propagation"): 0.0,
    ("Response", "responders"): {},
    ("Response", "forgets"): (),
    ("Response", "approvals"): {},
    ("Scenario", "attacker"): Attacker(),
    ("Scenario", "unchangeable"): (),
    ("Attacker", "tries"): "once",
    ("Attacker", "retry"): None,
    ("GrantPolicy", "approval"): "none",
    ("GrantPolicy", "asked"): "each-use",
    ("GrantPolicy", "approved_for"): None,
}
"""What the model learnt after the first digests: at the value that it had always had it leaves no trace in them."""


_NEW = object()
_SAID = (str, bool, type(None))
_written = json.JSONEncoder(sort_keys=True).encode


def digest(scenario: Scenario) -> str:
    """The SHA-256 of the canonical form of `scenario`, 64 hexadecimal digits.

    Two scenarios that differ only in the order of their parts, or in what they say to people (description, notes,
    sources, assumptions, the incident, the file's name) or in what they expect, have the same digest.
    """
    text = json.dumps([VERSION, canonical(scenario)], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def canonical(value: Any) -> Any:
    """`value` as JSON that does not depend on the order in which it was written; numbers are all of one kind.

    >>> canonical({"b": (2, 1), "a": None})
    {'b': [1.0, 2.0], 'a': None}
    """
    if isinstance(value, _SAID):
        return value
    if isinstance(value, int | float):
        return float(value) if math.isfinite(value) else "never"
    if isinstance(value, tuple | list):
        return _in_any_order(value)
    if is_dataclass(value):
        return _dataclass(value)
    if isinstance(value, Mapping):
        return {key: canonical(inner) for key, inner in value.items()}
    raise TypeError(f"a scenario holds a {type(value).__name__}, which has no canonical form: use plain values")


def _in_any_order(values: tuple[Any, ...] | list[Any]) -> list[Any]:
    """A pair of names (a goal's resource and impact) keeps its order inside a sorted list of pairs."""
    forms = [list(value) if _is_pair(value) else canonical(value) for value in values]
    return sorted(forms, key=_written) if len(forms) > 1 else forms


def _is_pair(value: Any) -> bool:
    return isinstance(value, tuple) and len(value) == 2 and all(isinstance(part, str) for part in value)


def _run(run: ObservedRun) -> dict[str, Any]:
    """Calls of which only the operation is known are what they always were: texts."""
    calls = tuple(call.operation if call.is_bare else call for call in run.calls)
    rest = {each.name: getattr(run, each.name) for each in fields(run) if each.name not in ("calls", "task", "success")}
    kept = {name: canonical(said) for name, said in rest.items() if said}
    return {"task": run.task, "calls": canonical(calls), "success": run.success, **kept}


def _dataclass(value: Any) -> dict[str, Any]:
    if isinstance(value, Goal):
        value = value.merged()
    if isinstance(value, ObservedRun):
        return _run(value)
    kind: Any = type(value)
    given = ((name, always, getattr(value, name)) for name, always in _told(kind))
    kept = {name: canonical(said) for name, always, said in given if always != said}
    if isinstance(value, Distribution):
        kept["distribution"] = kind.__name__
    return kept


@cache
def _told(kind: type[Any]) -> tuple[tuple[str, Any], ...]:
    """The fields of `kind` that can change a result, each with what leaves no trace."""
    names = (each.name for each in fields(kind) if each.name not in _SAYS_NOTHING)
    return tuple((name, _LATER.get((kind.__name__, name), _NEW)) for name in names)

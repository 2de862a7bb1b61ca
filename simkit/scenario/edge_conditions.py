"""What the scenario file says under which conditions a trust edge may be used, and what is claimed, read."""

from __future__ import annotations

from collections.abc import Iterable

from simkit.errors import nearest
from simkit.model.claims import Claims
from simkit.model.identities import CONDITIONS
from simkit.scenario.units import MisfitError, shown

EdgeCondition = str | Claims
"""A condition by its name, or the claims that are asked for."""


def edge_condition(raw: object) -> EdgeCondition:
    """One condition of a trust edge. Raises MisfitError.

    >>> edge_condition({"claims": {"ref": "refs/heads/main"}})
    (('ref', 'refs/heads/main'),)
    """
    if isinstance(raw, dict) and list(raw) == ["claims"]:
        return claims(raw["claims"], "claims")
    if raw in CONDITIONS:
        return str(raw)
    options = [*CONDITIONS, "{claims: {...}}"]
    raise MisfitError(f"{shown(raw)} is not possible here: {nearest(str(raw), options)}")


def claims(raw: object, *at: str) -> Claims:
    """Claims, each a name with a text. Raises MisfitError."""
    if not isinstance(raw, dict) or not raw:
        raise MisfitError(f"claims are {shown(raw)}: write a mapping of names to texts, such as ref: main", *at)
    for name, value in raw.items():
        if not isinstance(value, str) or not value.strip():
            raise MisfitError(f"the claim {name} is {shown(value)}: write a text, in quotes", *at, name)
    return tuple(sorted(raw.items()))


def sorted_out(given: Iterable[EdgeCondition]) -> tuple[tuple[str, ...], Claims]:
    """The names among the conditions, and all claims that are asked for together."""
    listed = list(given)
    named = tuple(dict.fromkeys(each for each in listed if isinstance(each, str)))
    asked = {name: value for each in listed if not isinstance(each, str) for name, value in each}
    return named, tuple(sorted(asked.items()))

"""The roles of an identity as the scenario file lists them, some for a time, read."""

from __future__ import annotations

from collections.abc import Iterable

from simkit.scenario.units import MisfitError, positive, shown

Assigned = tuple[str, float | None]
"""A role, and for how many seconds it is active; None is always."""


def assignments(raw: object) -> tuple[Assigned, ...]:
    """The roles in a list of names, and of mappings with `role` and `ttl`. Raises MisfitError.

    >>> assignments(["base", {"role": "admin", "ttl": "8h"}])
    (('base', None), ('admin', 28800.0))
    """
    if not isinstance(raw, list):
        raise MisfitError(f"roles are {shown(raw)}: write a list of names, or of {{role: NAME, ttl: 8h}}")
    found = tuple(_assigned(each, index) for index, each in enumerate(raw))
    names = [name for name, _ in found]
    for index, name in enumerate(names):
        if name in names[:index]:
            raise MisfitError(f"{shown(name)} stands twice in this list: remove one", index)
    return found


def _assigned(raw: object, index: int) -> Assigned:
    if not isinstance(raw, dict):
        return _named(raw, index), None
    for key in raw:
        if key not in ("role", "ttl"):
            raise MisfitError(f"a role has no key {shown(key)} here: write role and ttl", index, str(key), key=True)
    for key in ("role", "ttl"):
        if key not in raw:
            raise MisfitError(f"a role for a time needs `{key}`: add it", index)
    try:
        return _named(raw["role"], index, "role"), positive(raw["ttl"])
    except MisfitError as misfit:
        raise MisfitError(str(misfit), *(misfit.at or (index, "ttl"))) from None


def _named(raw: object, *at: str | int) -> str:
    if not isinstance(raw, str) or not raw.strip() or "\n" in raw or "\t" in raw:
        raise MisfitError(f"a role is {shown(raw)}: write its name", *at)
    return raw


def timed(given: Iterable[Assigned]) -> tuple[tuple[str, float], ...]:
    """Those that are active for a time."""
    return tuple((name, ttl) for name, ttl in given if ttl is not None)

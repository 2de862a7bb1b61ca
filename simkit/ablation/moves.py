"""One policy with some dials where another has them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from simkit.errors import QuestionError
from simkit.policies import DIALS, GrantPolicy
from simkit.table import duration, percent

FIELDS: Mapping[str, tuple[str, ...]] = {
    dial: {"expiry": ("expiry", "ttl"), "context": ("context", "miss_rate")}.get(dial, (dial,)) for dial in DIALS
}
"""What moves with each dial: a ttl belongs to the expiry, a miss rate to the checks of the context."""


def moved(policy: GrantPolicy, to: GrantPolicy, dials: Iterable[str]) -> GrantPolicy:
    """`policy` with `dials` where `to` has them, for every identity: in what its `otherwise` says, too.

    >>> from simkit.policies import policy
    >>> moved(policy("rbac"), policy("jit"), ["expiry"]).ttl
    900.0
    """
    chosen = tuple(dials)
    settings = {field: getattr(to, field) for dial in chosen for field in FIELDS[dial]}
    name = " + ".join([policy.name, *(f"{dial} {setting(to, dial)}" for dial in chosen)])
    return everywhere(policy, name, settings)


def everywhere(policy: GrantPolicy, name: str, settings: Mapping[str, Any]) -> GrantPolicy:
    """`policy`, renamed, with these `settings` for every identity that it or its `otherwise` governs."""
    other = policy.otherwise
    below = None if other is None else everywhere(other, f"{other.name} of {name}", settings)
    return replace(policy, name=name, otherwise=below, **settings)


def leaves(policy: GrantPolicy) -> Iterator[GrantPolicy]:
    """The policies that govern some identities each: `policy` itself, then those below it."""
    yield policy
    if policy.otherwise is not None:
        yield from leaves(policy.otherwise)


def differing(policy: GrantPolicy, to: GrantPolicy) -> tuple[str, ...]:
    """The dials in which `policy` differs from `to`, for any identity.

    Raises QuestionError where `to` governs some identities only: then no dial has one setting to move to.
    """
    if to.otherwise is not None:
        raise QuestionError(f"policy {to.name!r} governs some identities only: name one that governs all")
    return tuple(dial for dial in DIALS if any(_stands(leaf, dial) != _stands(to, dial) for leaf in leaves(policy)))


def _stands(policy: GrantPolicy, dial: str) -> tuple[object, ...]:
    """The setting of `dial`, and what moves with it where it counts: a ttl counts under `expiry: ttl` alone."""
    main, *rest = FIELDS[dial]
    chosen = getattr(policy, main)
    counts = {"expiry": chosen == "ttl", "context": chosen != "none"}.get(dial, False)
    return (chosen, *(getattr(policy, field) for field in rest if counts))


def setting(policy: GrantPolicy, dial: str) -> str:
    """Where `dial` stands, in words; ` / ` between identities that differ.

    >>> from simkit.policies import policy
    >>> setting(policy("jit"), "expiry")
    'ttl 15 min'
    """
    return " / ".join(dict.fromkeys(_said(leaf, dial) for leaf in leaves(policy)))


def _said(policy: GrantPolicy, dial: str) -> str:
    chosen: str = getattr(policy, dial)
    if dial == "expiry" and chosen == "ttl" and policy.ttl is not None:
        return f"ttl {duration(policy.ttl)}"
    if dial == "context" and chosen != "none" and policy.miss_rate is not None:
        return f"{chosen}, misses {percent(policy.miss_rate)}"
    return chosen

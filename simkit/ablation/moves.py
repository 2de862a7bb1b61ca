"""One policy with some dials where another has them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from simkit.errors import QuestionError
from simkit.policies import DIALS, GrantPolicy


def moved(policy: GrantPolicy, to: GrantPolicy, dials: Iterable[str]) -> GrantPolicy:
    """`policy` with `dials` where `to` has them, for every identity: in what its `otherwise` says, too.

    >>> from simkit.policies import policy
    >>> moved(policy("rbac"), policy("jit"), ["expiry"]).ttl
    900.0
    """
    chosen = tuple(dials)
    settings = {field: getattr(to, field) for dial in chosen for field in DIALS[dial].moves}
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
    return tuple(
        name for name, dial in DIALS.items() if any(dial.stands(leaf) != dial.stands(to) for leaf in leaves(policy))
    )


def setting(policy: GrantPolicy, dial: str) -> str:
    """Where `dial` stands, in words; ` / ` between identities that differ.

    >>> from simkit.policies import policy
    >>> setting(policy("jit"), "expiry")
    'ttl 15 min'
    """
    return " / ".join(dict.fromkeys(DIALS[dial].said(leaf) for leaf in leaves(policy)))

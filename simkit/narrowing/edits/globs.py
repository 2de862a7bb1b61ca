"""Entitlements rewritten: a glob is opened so that one operation on one target can go, or be bound, or guarded."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from simkit.entitlements import Grant, Resolver
from simkit.model import Entitlement


def without(
    entitlements: Iterable[Entitlement], gone: Collection[Grant], resolver: Resolver
) -> tuple[Entitlement, ...]:
    """`entitlements` without the grants in `gone`; what does not give any of them stays as it was written."""
    return tuple(kept for each in entitlements for kept in _reduced(each, gone, resolver))


def _reduced(given: Entitlement, gone: Collection[Grant], resolver: Resolver) -> Iterator[Entitlement]:
    grants = resolver.entitled((given,))
    if not any(grant in gone for grant in grants):
        yield given
        return
    for operation, targets in by_operation(grants).items():
        kept = tuple(target for target in targets if (operation, target) not in gone)
        whole = len(kept) == len(targets) and not given.targets
        if kept:
            yield replace(given, operation=operation, targets=() if whole or kept == ("",) else kept)


def by_operation(grants: Iterable[Grant]) -> dict[str, list[str]]:
    """The targets of each operation in `grants`.

    >>> by_operation([("crm.read", "a"), ("crm.read", "b"), ("shell.run", "")])
    {'crm.read': ['a', 'b'], 'shell.run': ['']}
    """
    found: dict[str, list[str]] = {}
    for operation, target in grants:
        found.setdefault(operation, []).append(target)
    return found


def bound(
    entitlements: Iterable[Entitlement], operation: str, targets: tuple[str, ...], resolver: Resolver
) -> tuple[Entitlement, ...]:
    """`entitlements` with `operation` given on `targets` only, of those that it covers; under every condition that it
    had before."""
    listed = tuple(entitlements)
    own = [each for each in listed if any(grant[0] == operation for grant in resolver.entitled((each,)))]
    given = {grant: conditions for grant, conditions in resolver.entitled(own).items() if grant[0] == operation}
    kept = tuple(target for target in targets if resolver.cover((operation, target), given) is not None)
    conditions = dict.fromkeys(name for each in own for name in each.conditions)
    out = dict.fromkeys(name for each in own for name in each.excepting)
    rest = without(listed, given, resolver)
    return (*rest, Entitlement(operation, kept, tuple(conditions), tuple(out))) if kept else rest


def guarded(
    entitlements: Iterable[Entitlement], operations: Collection[str], condition: str, resolver: Resolver
) -> tuple[Entitlement, ...]:
    """`entitlements` with `condition` on every grant of `operations`; the others stay as they were written."""
    found: list[Entitlement] = []
    for each in entitlements:
        grants = resolver.entitled((each,))
        named = [grant for grant in grants if grant[0] in operations]
        if not named or condition in each.conditions:
            found.append(each)
            continue
        conditions = (*each.conditions, condition)
        if len(named) == len(grants):
            found.append(replace(each, conditions=conditions))
            continue
        found += _reduced(each, set(named), resolver)
        found += [replace(part, conditions=conditions) for part in _reduced(each, set(grants) - set(named), resolver)]
    return tuple(found)

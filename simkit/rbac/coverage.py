"""What somebody holds, against what they would give: the check that keeps a role from being widened by who lacks it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import product

from simkit.rbac.rbac_rule import ANY, RbacRule, path_fits, resource_fits


def covers(held: Iterable[RbacRule], wanted: RbacRule) -> bool:
    """True if the rules `held` together allow all that `wanted` does.

    As the API server finds it (kubernetes.io, "Privilege escalation prevention and bootstrapping"): each single thing
    in `wanted` must be in one rule of `held`. A rule that lists every verb does not cover `*`.

    >>> get, watch = RbacRule(("get",), ("",), ("pods",)), RbacRule(("watch",), ("",), ("pods",))
    >>> covers([get, watch], RbacRule(("get", "watch"), ("",), ("pods",)))
    True
    """
    rules = tuple(held)
    return all(any(_covered(single, rule) for rule in rules) for single in _singles(wanted))


def _singles(rule: RbacRule) -> Iterator[RbacRule]:
    """`rule` as rules of one verb and one group, resource and name each, or one path."""
    for verb, group, resource in product(rule.verbs, rule.groups, rule.resources):
        for name in rule.names or ("",):
            yield RbacRule((verb,), (group,), (resource,), (name,) if name else ())
    for verb, path in product(rule.verbs, rule.paths):
        yield RbacRule((verb,), paths=(path,))


def _covered(single: RbacRule, rule: RbacRule) -> bool:
    if not {ANY, *single.verbs} & set(rule.verbs):
        return False
    if single.paths:
        return any(path_fits(single.paths[0], path) for path in rule.paths)
    return (
        bool({ANY, *single.groups} & set(rule.groups))
        and any(resource_fits(single.resources[0], resource) for resource in rule.resources)
        and (not rule.names or (bool(single.names) and single.names[0] in rule.names))
    )


def without_paths(rule: RbacRule) -> RbacRule:
    """`rule` as a RoleBinding gives it: a path lies in no namespace, so none is given."""
    return replace(rule, paths=())

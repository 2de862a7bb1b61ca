"""Who can give itself more than it has: by binding a role, or by changing one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from simkit.importers.draft import Draft
from simkit.importers.kubernetes.cluster import KubeCluster
from simkit.importers.kubernetes.powers import RBAC, SPECIAL
from simkit.importers.kubernetes.role_parts import EVERYTHING, RoleParts
from simkit.rbac import ApiRequest, RbacGrant, RbacRule, Subject
from simkit.rbac.cluster_rights import RoleName
from simkit.rbac.rbac_rule import ANY

TOOL = "rbac"


def widenings(cluster: KubeCluster, parts: RoleParts, draft: Draft) -> Iterator[tuple[Subject, str]]:
    """Each subject that can widen itself, with the operation that does; its own identity is the target.

    Only by the verbs `bind` and `escalate`: to bind what one holds already gives nothing more.
    """
    roles = cluster.rights.roles
    strong = {role for role, rules in roles.items() if any(map(_widens, rules))}
    by_place: dict[str, list[RoleName]] = {}
    for role in roles:
        by_place.setdefault(role[0], []).append(role)
    for subject in cluster.subjects:
        held = [each for each in cluster.rights.bindings_of(subject) if each.role in strong]
        grants = list(cluster.rights.grants(subject)) if held else []
        everywhere = any(not each.namespace for each in held)
        places = dict.fromkeys(["", *cluster.namespaces] if everywhere else [each.namespace for each in held])
        for name in _gained(grants, parts, by_place, places):
            operations = draft.put("tools", TOOL, {"operations": {}})["operations"]
            operations.setdefault(f"take {name}", {"effect": "grant", "role": name})
            yield subject, f"{TOOL}.take {name}"


def _widens(rule: RbacRule) -> bool:
    return bool({*SPECIAL, ANY} & set(rule.verbs) and {ANY, "roles", "clusterroles"} & set(rule.resources))


def _gained(
    grants: list[RbacGrant], parts: RoleParts, by_place: Mapping[str, list[RoleName]], places: Iterable[str]
) -> Iterator[str]:
    """The roles that who has `grants` can take in `places`: one that gives everything stands for all others."""
    for place in places:
        there = [each for each in grants if each.namespace in ("", place)]
        if any(each.rule in EVERYTHING for each in there):
            continue
        if _escalates(there, place) or _binds(there, ("", "cluster-admin"), place):
            yield parts.made(f"everything{f' in {place}' if place else ''}", EVERYTHING, place)
            if not place:
                return
            continue
        known = [*by_place.get("", ()), *(by_place.get(place, ()) if place else ())]
        yield from filter(None, (parts.role(role, place) for role in known if _binds(there, role, place)))


def _allowed(grants: list[RbacGrant], request: ApiRequest) -> bool:
    return any(grant.allows(request) for grant in grants)


def _binds(grants: list[RbacGrant], role: RoleName, place: str) -> bool:
    """True if `grants` allow to bind `role` in `place` (everywhere, if empty) by the verb `bind`."""
    makes = "rolebindings" if place else "clusterrolebindings"
    kind = "roles" if role[0] else "clusterroles"
    return _allowed(grants, ApiRequest("bind", kind, RBAC, place, role[1])) and any(
        _allowed(grants, ApiRequest(verb, makes, RBAC, place)) for verb in ("create", "update", "patch")
    )


def _escalates(grants: list[RbacGrant], scope: str) -> bool:
    """True if `grants` allow to write more into a role than they give, where they hold or can bind it."""
    kind = "roles" if scope else "clusterroles"
    names = dict.fromkeys(name for grant in grants for name in (grant.rule.names or ("any",)))
    return any(
        _allowed(grants, ApiRequest("escalate", kind, RBAC, scope, name))
        and any(_allowed(grants, ApiRequest(verb, kind, RBAC, scope, name)) for verb in ("update", "patch"))
        for name in names
    )

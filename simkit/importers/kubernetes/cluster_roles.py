"""Roles, bindings and service accounts out of objects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from simkit.importers.excerpt import Excerpt
from simkit.importers.file_place import FilePlace
from simkit.importers.kubernetes.objects import KubeObject
from simkit.rbac import BUILT_IN_ROLES, ClusterRights, RbacBinding, RbacRule, Subject
from simkit.rbac.cluster_rights import RoleName

BINDINGS = ("RoleBinding", "ClusterRoleBinding")
ROLES = ("Role", "ClusterRole")
NOTHING = RbacRule((), (), ())
_OPERATORS = {"In": True, "NotIn": False}


RulePlaces = dict[RoleName, dict[RbacRule, FilePlace]]
"""Where the rules of each role stand; under a rule of none, the role."""


def rights(found: Iterable[KubeObject]) -> tuple[ClusterRights, Mapping[RbacBinding, KubeObject], RulePlaces]:
    """Who may do what by the roles and bindings, the object of each binding, and where the rules of roles stand."""
    roles: dict[RoleName, tuple[RbacRule, ...]] = {("", name): rules for name, rules in BUILT_IN_ROLES.items()}
    labels: dict[str, Mapping[str, object]] = {}
    gathered: list[KubeObject] = []
    made: dict[RbacBinding, KubeObject] = {}
    places: RulePlaces = {}
    for each in found:
        if each.kind in ROLES:
            said = list(_rules(each.body))
            roles[each.namespace, each.name] = tuple(rule for rule, _ in said)
            places[each.namespace, each.name] = {NOTHING: each.origin, **dict(reversed(said))}
            labels[each.name] = each.body.part("metadata", "labels").value if each.kind == "ClusterRole" else {}
            gathered += [each] if each.body.has("aggregationRule") else []
        elif each.kind in BINDINGS:
            binding = _binding(each)
            if binding is not None:
                made[binding] = each
    for each in gathered:
        selectors = list(each.body.part("aggregationRule").each("clusterRoleSelectors"))
        fitting = [name for name, said in labels.items() if any(_selects(one, said) for one in selectors)]
        roles["", each.name] = (*roles["", each.name], *(r for name in fitting for r in roles.get(("", name), ())))
        for name in fitting:
            places["", each.name] = {**places.get(("", name), {}), **places["", each.name]}
    return ClusterRights(roles, tuple(made)), made, places


def _rules(body: Excerpt) -> Iterator[tuple[RbacRule, FilePlace]]:
    """The rules of a role, and where each stands."""
    for rule in body.each("rules"):
        names = tuple(each.plain() for each in rule.entries("resourceNames"))
        resources, paths = rule.texts("resources"), rule.texts("nonResourceURLs")
        if any(names) or not names:
            groups, some = rule.texts("apiGroups"), tuple(filter(None, names))
            yield RbacRule(rule.texts("verbs"), groups, resources, some, paths), rule.origin


def _binding(found: KubeObject) -> RbacBinding | None:
    role = found.body.part("roleRef")
    kind, name = role.text("kind"), role.name("name")
    if kind not in ROLES or not name or (kind == "Role" and not found.namespace):
        found.body.draft.leave(found.origin, f"{found.kind} {found.name}", "its roleRef names no role")
        return None
    subjects = tuple(_subjects(found))
    return RbacBinding(found.name, (found.namespace if kind == "Role" else "", name), subjects, found.namespace)


def _subjects(found: KubeObject) -> Iterator[Subject]:
    for each in found.body.each("subjects"):
        kind, name = each.text("kind"), each.name("name")
        # a ServiceAccount that a RoleBinding names without a namespace is one of its own
        namespace = (each.name("namespace") or found.namespace) if kind == "ServiceAccount" else ""
        if not name or kind not in ("ServiceAccount", "User", "Group") or (kind == "ServiceAccount" and not namespace):
            each.draft.leave(each.origin, f"a subject of {found.kind} {found.name}", "it names nobody")
        else:
            yield Subject(kind, name, namespace)


def _selects(selector: Excerpt, labels: Mapping[str, object]) -> bool:
    """True if a label selector fits; an empty one fits everything."""
    plain = all(labels.get(key) == wanted.value for key, wanted in selector.part("matchLabels").items())
    return plain and all(_fits(each, labels) for each in selector.each("matchExpressions"))


def _fits(expression: Excerpt, labels: Mapping[str, object]) -> bool:
    key, operator = expression.text("key"), expression.text("operator")
    if operator in _OPERATORS:
        return (labels.get(key) in expression.texts("values")) == _OPERATORS[operator]
    return (key in labels) == (operator == "Exists")

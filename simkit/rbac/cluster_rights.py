"""All roles and bindings of a cluster, and who may do what by them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from simkit.rbac.api_request import ApiRequest
from simkit.rbac.coverage import without_paths
from simkit.rbac.rbac_rule import RbacRule

RoleName = tuple[str, str]
"""The namespace of a Role, and its name; a ClusterRole has the namespace ``""``."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a binding gives a role: a ServiceAccount in a namespace, a User or a Group."""

    kind: str
    name: str
    namespace: str = ""

    @property
    def groups(self) -> tuple[Subject, ...]:
        """The groups that every ServiceAccount is in; whoever else is in which group, no manifest says."""
        if self.kind != "ServiceAccount":
            return ()
        names = ("system:serviceaccounts", f"system:serviceaccounts:{self.namespace}", "system:authenticated")
        return tuple(Subject("Group", name) for name in names)

    @property
    def user(self) -> Subject:
        """The same, as a User: what the API server calls a ServiceAccount."""
        if self.kind != "ServiceAccount":
            return self
        return Subject("User", f"system:serviceaccount:{self.namespace}:{self.name}")


@dataclass(frozen=True, slots=True)
class RbacBinding:
    """A RoleBinding in a namespace, or a ClusterRoleBinding, in none."""

    name: str
    role: RoleName
    subjects: tuple[Subject, ...]
    namespace: str = ""


@dataclass(frozen=True, slots=True)
class RbacGrant:
    """A rule that a binding gives: everywhere, or (where `namespace` says so) in one namespace only."""

    rule: RbacRule
    binding: RbacBinding
    namespace: str = ""

    def allows(self, request: ApiRequest) -> bool:
        """True if this grant alone allows `request`."""
        if self.namespace and (request.path or request.namespace != self.namespace):
            return False
        return self.rule.allows(request)


@dataclass(frozen=True)
class ClusterRights:
    """Who may do what. A binding to a role that is not in `roles` gives nothing: see `dangling`."""

    roles: Mapping[RoleName, tuple[RbacRule, ...]]
    bindings: tuple[RbacBinding, ...] = ()
    _of: dict[Subject, list[RbacBinding]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        found: dict[Subject, list[RbacBinding]] = {}
        for binding in self.bindings:
            for subject in dict.fromkeys(each.user for each in binding.subjects):
                found.setdefault(subject, []).append(binding)
        object.__setattr__(self, "_of", found)

    def bindings_of(self, subject: Subject) -> Iterator[RbacBinding]:
        """The bindings that give `subject` a role, by its own name and by the groups that every such one is in."""
        for each in (subject.user, *subject.groups):
            yield from self._of.get(each, ())

    def grants(self, subject: Subject) -> Iterator[RbacGrant]:
        """All that `subject` is given."""
        for binding in self.bindings_of(subject):
            yield from self.given(binding)

    def given(self, binding: RbacBinding) -> Iterator[RbacGrant]:
        """All that `binding` gives."""
        for rule in self.roles.get(binding.role, ()):
            yield RbacGrant(without_paths(rule) if binding.namespace else rule, binding, binding.namespace)

    def allows(self, subject: Subject, request: ApiRequest) -> bool:
        """True if `subject` may send `request`."""
        return any(grant.allows(request) for grant in self.grants(subject))

    def who_can(self, request: ApiRequest) -> list[Subject]:
        """Those whom some binding names who may send `request`, in the order of their names."""
        named = dict.fromkeys(subject for binding in self.bindings for subject in binding.subjects)
        may = [subject for subject in named if self.allows(subject, request)]
        return sorted(may, key=lambda each: (each.kind, each.namespace, each.name))

    @property
    def dangling(self) -> Iterable[RbacBinding]:
        """The bindings to roles that are not there."""
        return [binding for binding in self.bindings if binding.role not in self.roles]

    def may_bind(self, subject: Subject, role: RoleName, namespace: str = "") -> bool:
        """True if `subject` may make a binding to `role` in `namespace` (everywhere, if empty) for whom it likes.

        It needs the right to make bindings there, and to `bind` the role or to hold, there, all that it gives
        (kubernetes.io, "Restrictions on role binding creation or update").
        """
        from simkit.rbac.coverage import covers

        kind = "rolebindings" if namespace else "clusterrolebindings"
        group = "rbac.authorization.k8s.io"
        if not self.allows(subject, ApiRequest("create", kind, group, namespace)):
            return False
        whose = "roles" if role[0] else "clusterroles"
        if self.allows(subject, ApiRequest("bind", whose, group, namespace, role[1])):
            return True
        held = [each.rule for each in self.grants(subject) if each.namespace in ("", namespace)]
        return all(covers(held, without_paths(rule) if namespace else rule) for rule in self.roles.get(role, ()))

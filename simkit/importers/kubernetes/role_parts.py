"""Rules as entitlements: a role of the scenario for each role of the cluster and the place where it is bound."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from simkit.importers.draft import Draft
from simkit.importers.file_place import FilePlace
from simkit.importers.imported import item_name
from simkit.importers.kubernetes.cluster import KubeCluster
from simkit.importers.kubernetes.cluster_roles import NOTHING
from simkit.importers.kubernetes.powers import (
    CLUSTER_ONLY,
    CUSTOM_MAKERS,
    SPECIAL,
    TECHNIQUES,
    Power,
    known_verbs,
    makers_in,
    powers,
    word,
)
from simkit.model import IDENTITY_EFFECTS
from simkit.rbac import ApiRequest, RbacRule, Subject
from simkit.rbac.cluster_rights import RoleName
from simkit.rbac.rbac_rule import ANY

HOST = "node:any"
STORE = "secrets"
EVERY_SECRET = f"all:{STORE}"
UNNAMED = frozenset({"create", "deletecollection"})
"""Verbs whose requests name no object, so that a rule with names gives nothing by them."""
TOKENS = Power("kube.create-secrets:token", "mint", "accounts")
"""Who may write a secret and read it gets the token of any account: the API server puts it in (kubernetes.io, "Managing
Service Accounts", long-lived tokens)."""
EVERYTHING = (RbacRule((ANY,), (ANY,), (ANY,)),)


class RoleParts:
    """Makes roles, operations and the resources that they are about, as they are asked for."""

    def __init__(self, cluster: KubeCluster, draft: Draft) -> None:
        self.cluster = cluster
        self.draft = draft
        self._somebody = False
        self._pods: dict[str, list[str]] = {}
        for runtime in cluster.runtimes:
            self._pods.setdefault(runtime.namespace, []).append(runtime.identity)
        self._spaces_of: dict[str, list[str]] = {}
        for namespace, name in cluster.accounts:
            self._spaces_of.setdefault(name, []).append(namespace)

    def role(self, role: RoleName, scope: str) -> str:
        """The scenario's name of `role` as it is bound in `scope` (everywhere, if empty); empty if it gives nothing."""
        own, name = role
        said = f"role {own}/{name}" if own else f"clusterrole {name}{f' in {scope}' if scope else ''}"
        places = self.cluster.rule_places.get(role, {})
        return self.made(said, self.cluster.rights.roles.get(role, ()), scope, places)

    def made(
        self, name: str, rules: Iterable[RbacRule], scope: str, places: Mapping[RbacRule, FilePlace] | None = None
    ) -> str:
        """The role `name` that gives `rules`, which stand at `places`, in `scope`; empty if it gives nothing."""
        if not self.draft.has("roles", name):
            places = places or {}
            given: dict[tuple[str, tuple[str, ...]], FilePlace | None] = {}
            rules = tuple(rules)
            # whoever asks as a group must ask as somebody, too
            self._somebody = any(
                "impersonate" in r.verbs and {"users", "serviceaccounts"} & {*r.resources} for r in rules
            )
            for rule in rules:
                for each in self._given(rule, scope):
                    given.setdefault(each, places.get(rule))
            if _writes_tokens(rules) and self._operation(TOKENS, STORE):
                given.setdefault((TOKENS.operation, self._accounts((), scope) or ()), places.get(NOTHING))
            if not given:
                return ""
            entitlements = [
                {"operation": operation, **({"targets": list(targets)} if targets else {})}
                for operation, targets in given
            ]
            self.draft.put("roles", name, {"entitlements": entitlements}, places.get(NOTHING))
            for entitlement, place in zip(entitlements, given.values(), strict=True):
                if place is not None:
                    self.draft.trace("roles", name, item_name(entitlement), place)
        return name

    def _given(self, rule: RbacRule, scope: str) -> Iterator[tuple[str, tuple[str, ...]]]:
        """What `rule` gives in `scope`: operations (names or globs), each with its targets; none: its own."""
        for resource in rule.resources:
            if resource == ANY and {ANY, ""} & set(rule.groups):
                yield from self._all(rule, scope)
                continue
            for each in self._expanded(resource, rule):
                verbs = known_verbs(each) if ANY in rule.verbs else rule.verbs
                for verb in verbs:
                    yield from self._single(rule, each, verb, scope)
        if rule.paths and not scope:
            for verb in rule.verbs:
                yield self._operation(Power(f"kube.{word(verb)}-path", "read", "objects"), "paths"), ()

    def _expanded(self, resource: str, rule: RbacRule) -> Iterable[str]:
        """The resources that `resource` stands for: one, but with a wildcard."""
        if resource == ANY:
            named = {each for _, each in TECHNIQUES if each in ("deployments", "jobs", "daemonsets", "statefulsets")}
            workloads = sorted(named) if {"apps", "batch"} & set(rule.groups) else []
            custom = sorted({each for group in makers_in(rule) for each in CUSTOM_MAKERS[group]})
            return [*workloads, *custom, "everything"]
        if resource.startswith("*/"):
            ending = resource[1:]
            return sorted({each for _, each in TECHNIQUES if each.endswith(ending)}) or [f"everything{ending}"]
        return [resource]

    def _single(self, rule: RbacRule, resource: str, verb: str, scope: str) -> Iterator[tuple[str, tuple[str, ...]]]:
        if (scope and resource in CLUSTER_ONLY) or verb in SPECIAL:
            return
        if rule.names and verb in UNNAMED and "/" not in resource:
            return
        if (verb, resource) == ("impersonate", "groups") and not self._somebody:
            return
        for power in powers(rule, word(resource), word(verb)):
            kind = power.operation.partition("-")[2] or resource
            targets = self._targets(power, kind, rule.names, scope)
            operation = self._operation(power, kind)
            if targets is not None and operation:
                yield operation, targets

    def _all(self, rule: RbacRule, scope: str) -> Iterator[tuple[str, tuple[str, ...]]]:
        """What a rule gives that names every resource: globs over what the other rules and the techniques name."""
        plain = RbacRule((ANY,), ("", ANY), (ANY,))
        for verb, resource in dict.fromkeys([*TECHNIQUES, *((verb, STORE) for verb in known_verbs(STORE))]):
            if ANY in rule.verbs or verb in rule.verbs:
                for power in powers(plain, resource, verb):
                    self._operation(power, resource)
        for tool in ("kube",) if scope else ("kube", "kubelet", "people"):
            made = self.draft.sections.get("tools", {}).get(tool, {"operations": {}})["operations"]
            for verb in (ANY,) if ANY in rule.verbs else rule.verbs:
                start = "" if verb == ANY else f"{word(verb)}-"
                effects = {said["effect"] for name, said in made.items() if name.startswith(start)}
                if effects:
                    yield f"{tool}.{start}*", self._within(scope, effects)

    def _within(self, scope: str, effects: set[str]) -> tuple[str, ...]:
        """Globs for all in the namespace `scope` that operations of such effects act on; none for everywhere."""
        if not scope:
            return ()
        self._objects(STORE, scope)
        found = [f"{scope}/*"] if effects - IDENTITY_EFFECTS else []
        if effects & IDENTITY_EFFECTS:
            found += [f"sa:{scope}/*", *([f"pod:{scope}/*"] if self._pods.get(scope) else [])]
            found += [HOST] if self.cluster.hosts and scope not in self.cluster.shielded else []
        return tuple(found)

    def _operation(self, power: Power, kind: str) -> str:
        """The full name of the operation of `power`, made at first use; empty where there is nothing to act on."""
        tool, _, name = power.operation.partition(".")
        made = self.draft.sections.get("tools", {}).get(tool, {"operations": {}})["operations"]
        if name not in made:
            own = self._own(power.over, kind)
            if not own:
                return ""
            operations = self.draft.put("tools", tool, {"operations": {}})["operations"]
            operations[name] = {"effect": power.effect, "targets": own}
        return power.operation

    def _own(self, over: str, kind: str) -> list[str]:
        """All that there is to act on in the cluster."""
        if over == "accounts":
            return ["sa:*"]
        if over == "pods":
            return ["pod:*"] if self.cluster.runtimes else []
        if over == "hosts":
            return [HOST] if self.cluster.hosts else []
        if over in ("users", "groups"):
            wanted = "User" if over == "users" else "Group"
            named = any(each.kind == wanted for each in self.cluster.subjects)
            return [*([f"{wanted.lower()}:*"] if named else []), *(["sa:*"] if over == "users" else [])]
        return [self._everywhere(STORE if over == "secrets" else kind)]

    def _targets(self, power: Power, kind: str, names: tuple[str, ...], scope: str) -> tuple[str, ...] | None:
        """The targets of `power` in `scope`, those called `names` if there are any; None where there is none.

        What is called so is of `kind`: who may change one deployment gives it any account, and one node runs any pod.
        """
        if power.over == "accounts":
            return self._accounts(names if kind.startswith("serviceaccounts") else (), scope)
        if power.over == "pods":
            return self._running(names if kind.startswith("pods") else (), scope)
        if power.over == "hosts":
            return None if scope in self.cluster.shielded else (HOST,) if scope else ()
        if power.over in ("users", "groups"):
            return self._people(power.over, names)
        if power.over == "secrets":
            return (self._objects(STORE, scope),) if scope else ()
        if not names:
            return (self._objects(kind, scope),) if scope else ()
        return tuple(dict.fromkeys(found for name in names for found in self._called(kind, name, scope)))

    def _accounts(self, names: tuple[str, ...], scope: str) -> tuple[str, ...] | None:
        if not names:
            return (f"sa:{scope}/*",) if scope else ()
        found = [
            f"sa:{space}/{name}" for name in names for space in self._spaces_of.get(name, ()) if scope in ("", space)
        ]
        return tuple(found) or None

    def _running(self, names: tuple[str, ...], scope: str) -> tuple[str, ...] | None:
        if names:
            fitting = [each for each in self.cluster.runtimes if scope in ("", each.namespace)]
            return tuple(each.identity for each in fitting if any(map(each.may_be, names))) or None
        if not scope:
            return ()
        return (f"pod:{scope}/*",) if self._pods.get(scope) else None

    def _people(self, over: str, names: tuple[str, ...]) -> tuple[str, ...] | None:
        if not names:
            return ()
        subjects = self.cluster.subjects
        kind = "User" if over == "users" else "Group"
        return tuple(identity(each) for each in subjects if each.kind == kind and each.name in names) or None

    def _everywhere(self, kind: str) -> str:
        """The resource that stands for all objects of `kind` in the cluster."""
        name = f"all:{kind}"
        self.draft.put("resources", name, {"kind": "secret-store" if kind == STORE else "other"})
        return name

    def _objects(self, kind: str, scope: str) -> str:
        """The resource that stands for all objects of `kind` in `scope`."""
        return self.child(self._everywhere(kind), f"{scope}/{kind}", kind)

    def child(self, container: str, name: str, kind: str) -> str:
        """The resource `name`, made at first use in `container`."""
        if not self.draft.has("resources", name):
            self.draft.put("resources", name, {"kind": "secret-store" if kind == STORE else "other"})
            self.draft.sections["resources"][container].setdefault("contains", []).append(name)
        return name

    def secret(self, namespace: str, name: str) -> str:
        """The resource of one secret."""
        return self.child(self._objects(STORE, namespace), f"{namespace}/{STORE}/{name}", STORE)

    def _called(self, kind: str, name: str, scope: str) -> Iterable[str]:
        """The objects of `kind` that a rule names."""
        if scope:
            return [self.child(self._objects(kind, scope), f"{scope}/{kind}/{name}", kind)]
        known = [space for space, each in self.cluster.secrets if each == name] if kind == STORE else []
        if known:
            return [self.secret(space, name) for space in known]
        return [self.child(self._everywhere(kind), f"all:{kind}/{name}", kind)]


def _writes_tokens(rules: Iterable[RbacRule]) -> bool:
    asked = [ApiRequest("create", STORE), ApiRequest("get", STORE), ApiRequest("list", STORE)]
    creates, gets, lists = (any(rule.allows(each) for rule in rules) for each in asked)
    return creates and (gets or lists)


def identity(subject: Subject) -> str:
    """The name of a subject in the scenario."""
    if subject.kind == "ServiceAccount":
        return f"sa:{subject.namespace}/{subject.name}"
    return f"{subject.kind.lower()}:{subject.name}"

"""Kubernetes manifests: rules that give less, and bindings that name fewer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from simkit.artifacts.artifact import ArtifactKind, Wording
from simkit.artifacts.sources import ImportedSources
from simkit.artifacts.yaml_files import YamlFiles
from simkit.entitlements import Grant
from simkit.importers.draft import Draft
from simkit.importers.kubernetes.cluster import cluster
from simkit.importers.kubernetes.cluster_roles import BINDINGS, ROLES
from simkit.importers.kubernetes.objects import KubeObject, objects
from simkit.importers.kubernetes.powers import SPECIAL, known_verbs, powers
from simkit.importers.kubernetes.role_parts import identity
from simkit.narrowing import DropEntitlements, DropRole, Holder, Narrowing
from simkit.rbac import RbacBinding, RbacRule
from simkit.rbac.rbac_rule import ANY
from simkit.scenario import Scenario
from simkit.techniques.givers import Givers

WHOLE_PAIRS = "it takes a part of what a verb on a kind of object gives: rules name verbs, kinds, and names at most"
Pair = tuple[str, str]
"""A kind of object in a rule, and a verb on it; empty for all verbs."""


@dataclass
class Manifests:
    """The roles and bindings of a cluster, with the objects that describe them."""

    sources: ImportedSources
    yaml: YamlFiles = field(init=False)
    bindings: Mapping[RbacBinding, KubeObject] = field(init=False)
    roles: dict[str, KubeObject] = field(default_factory=dict)
    """The object of each role of the scenario that one object alone makes, and no other role of the scenario."""
    alike: dict[tuple[str, str, str], list[KubeObject]] = field(default_factory=dict)
    """By kind, namespace and name every binding that stands in some file: of several the last counts, until somebody
    applies another."""

    def __post_init__(self) -> None:
        files = self.sources.files("kubernetes")
        draft = Draft("kubernetes")
        found = list(objects(files, draft))
        made = cluster(found, draft)
        self.yaml, self.bindings = YamlFiles(files), made.bindings
        for each in found:
            if each.kind in BINDINGS:
                self.alike.setdefault((each.kind, each.namespace, each.name), []).append(each)
        self._find_roles(found)

    def _find_roles(self, found: Iterable[KubeObject]) -> None:
        own: dict[tuple[str, str], list[KubeObject]] = {}
        for each in found:
            if each.kind in ROLES:
                own.setdefault((each.namespace, each.name), []).append(each)
        spread: dict[tuple[str, str], set[str]] = {}
        for binding in self.bindings:
            spread.setdefault(binding.role, set()).add(role_name(binding))
        gathering = any(each.body.has("aggregationRule") for each in found)
        for role, names in spread.items():
            there = own.get(role, [])
            if len(names) == 1 and len(there) == 1 and not (gathering and not role[0]):
                self.roles[next(iter(names))] = there[0]

    def bound(self, subject: str, role: str) -> list[tuple[KubeObject, int]] | None:
        """Where the bindings that give `role` to the identity `subject` name it; None where one does as a group."""
        found = []
        for binding, body in self.bindings.items():
            if role_name(binding) != role:
                continue
            for number, each in enumerate(binding.subjects):
                if each.kind == "Group" and subject.startswith("sa:") and each.name.startswith("system:"):
                    return None
                if identity(each) == subject or (each.kind == "User" and _account(each.name) == subject):
                    found.append((body, number))
            if len(binding.subjects) != len(_list(body.body.value.get("subjects"))):
                return None
        return found or None


def _account(user: str) -> str:
    """The identity of the service account that the API server calls `user`."""
    parts = user.split(":")
    return f"sa:{parts[2]}/{parts[3]}" if parts[:2] == ["system", "serviceaccount"] and len(parts) == 4 else ""


def role_name(binding: RbacBinding) -> str:
    """How the scenario calls a role as a binding gives it."""
    own, name = binding.role
    within = f" in {binding.namespace}" if binding.namespace else ""
    return f"role {own}/{name}" if own else f"clusterrole {name}{within}"


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def offers(scenario: Scenario, sources: ImportedSources | None) -> Iterator[Narrowing]:
    """Each role that is taken from a subject, each kind of object that a role covers no more, and each verb on one."""
    assert sources is not None
    found, givers = Manifests(sources), Givers(scenario.model)
    for each in scenario.model.identities.values():
        for role in each.roles:
            if found.bound(each.name, role):
                yield DropRole(each.name, role)
    for role in found.roles:
        holder = Holder("role", role)
        pairs = _pairs(found.roles[role], givers.gives.get(holder, {}))
        yield from dict.fromkeys(DropEntitlements(holder, tuple(grants)) for grants in pairs.values())


def _pairs(role: KubeObject, gives: Iterable[Grant]) -> dict[Pair, list[Grant]]:
    """What each kind of object, and each verb on one, in the rules of `role` gives; none where a rule names all."""
    rules = [_rule(each) for each in _list(role.body.value.get("rules"))]
    if not all(rules) or any("*" in resource for rule in rules if rule for resource in rule.resources):
        return {}
    found = _named(list(filter(None, rules)))
    held = list(gives)
    given = {pair: [grant for grant in held if grant[0] in named] for pair, named in found.items()}
    return {pair: grants for pair, grants in given.items() if grants}


def _named(rules: Iterable[RbacRule]) -> dict[Pair, set[str]]:
    """The operations that each kind of object, and each verb on one, stands for."""
    found: dict[Pair, set[str]] = {}
    open_ended: set[str] = set()
    for rule in rules:
        for resource in rule.resources:
            if ANY in rule.verbs:
                open_ended.add(resource)  # to take one verb from all would need a list of them
            for verb in known_verbs(resource) if ANY in rule.verbs else rule.verbs:
                named = {power.operation for power in powers(rule, resource, verb)} if verb not in SPECIAL else set()
                found.setdefault((resource, verb), set()).update(named)
                found.setdefault((resource, ""), set()).update(named)
    return {pair: named for pair, named in found.items() if not pair[1] or pair[0] not in open_ended}


def _rule(value: Any) -> RbacRule | None:
    if not isinstance(value, dict):
        return None
    lists = [value.get(key) or [] for key in ("verbs", "apiGroups", "resources", "resourceNames", "nonResourceURLs")]
    if not all(isinstance(each, list) and all(isinstance(text, str) for text in each) for each in lists):
        return None
    return RbacRule(*map(tuple, lists))


def carry(scenario: Scenario, sources: ImportedSources | None, narrowings: Sequence[Narrowing]) -> Wording:
    """The manifests that say `narrowings`, and why they cannot say the others."""
    assert sources is not None
    found, givers = Manifests(sources), Givers(scenario.model)
    said, unsaid = dict[Narrowing, str](), dict[Narrowing, str]()
    gone: list[tuple[KubeObject, int]] = []
    for each in narrowings:
        how = ""
        if isinstance(each, DropRole):
            named = found.bound(each.identity, each.role) or []
            gone += named
            how = "; ".join(f"{body.kind} {body.name} no longer names {each.identity}" for body, _ in named)
        elif isinstance(each, DropEntitlements) and each.holder.name in found.roles and each.holder.kind == "role":
            how = _lessen(each, found, givers)
        (said if how else unsaid)[each] = how or _why_not(each)
    for body, number in gone:
        subject = body.body.value["subjects"][number]
        for binding in found.alike[body.kind, body.namespace, body.name]:
            _unbind(binding, subject, found.yaml)
    return Wording(found.yaml.changed(), said, unsaid)


def _unbind(binding: KubeObject, subject: Any, yaml: YamlFiles) -> None:
    left = [each for each in _list(yaml.value(binding.body, "subjects")) if each != subject]
    yaml.say(binding.body, "subjects", left)


def _lessen(drop: DropEntitlements, found: Manifests, givers: Givers) -> str:
    role = found.roles[drop.holder.name]
    wanted, chosen = set(drop.grants), list[Pair]()
    pairs = _pairs(role, givers.gives.get(drop.holder, {}))
    for pair, grants in sorted(pairs.items(), key=lambda each: (-len(each[1]), each[0][1] != "")):
        if wanted and set(grants) <= set(drop.grants) and wanted & set(grants):
            chosen.append(pair)
            wanted -= set(grants)
    if wanted:
        return ""
    for resource, verb in chosen:
        rules = _list(found.yaml.value(role.body, "rules"))
        found.yaml.say(role.body, "rules", [kept for rule in rules for kept in _without(rule, resource, verb)])
    told = ", ".join(f"{verb or 'every verb'} on {resource}" for resource, verb in chosen)
    return f"{role.kind} {role.name} no longer gives {told} ({role.origin.file})"


def _without(rule: dict[str, Any], resource: str, verb: str) -> Iterator[dict[str, Any]]:
    """`rule` without a verb on a kind of object: as it is, narrower, as two, or not at all."""
    resources, verbs = list(rule.get("resources") or []), list(rule.get("verbs") or [])
    left = [each for each in verbs if verb and each != verb]
    if resource not in resources or len(left) == len(verbs):
        yield rule
        return
    rest = [each for each in resources if each != resource]
    if left and not rest:
        yield {**rule, "verbs": left}
        return
    if rest or rule.get("nonResourceURLs"):
        yield {**rule, "resources": rest}
    if left:
        yield {**rule, "resources": [resource], "verbs": left}


def _why_not(narrowing: Narrowing) -> str:
    if isinstance(narrowing, DropEntitlements):
        return WHOLE_PAIRS
    if isinstance(narrowing, DropRole):
        return "it has the role by a group, or by a binding that is in no manifest"
    return "roles and bindings have no word for it"


KUBERNETES = ArtifactKind(
    "kubernetes",
    "Roles, ClusterRoles and bindings",
    "kubernetes",
    offers,
    carry,
    (
        "a deny: rules only add up",
        "a part of what a rule with `*` for its kinds of objects gives",
        "what a role gives in one place, where it is bound in several, or is aggregated",
        "a time, a condition or an approval, or where a token lies",
        "what a pod may reach: that is a network policy",
    ),
)

"""A cluster as its files describe it: namespaces, service accounts, rights, pods and secrets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from simkit.importers.draft import Draft
from simkit.importers.file_place import FilePlace
from simkit.importers.kubernetes.cluster_roles import ROLES, RulePlaces, rights
from simkit.importers.kubernetes.objects import KubeObject
from simkit.importers.kubernetes.runtimes import PODS_IN, KubeRuntime, runtime
from simkit.rbac import ClusterRights, RbacBinding, Subject

Named = tuple[str, str]
"""A namespace, and a name in it."""
ENFORCE = "pod-security.kubernetes.io/enforce"
CLOUD_ROLES = ("eks.amazonaws.com/role-arn", "iam.gke.io/gcp-service-account", "azure.workload.identity/client-id")
"""Annotations that name the cloud identity which a service account becomes."""
READ = frozenset({"Namespace", "ServiceAccount", "Secret", *ROLES, *(f"{kind}Binding" for kind in ROLES), *PODS_IN})
"""The kinds of which more than the namespace is read."""


@dataclass(frozen=True)
class KubeCluster:
    """What the files of one cluster say. Places are those where a thing stands first."""

    namespaces: Mapping[str, FilePlace]
    shielded: frozenset[str]
    accounts: Mapping[Named, FilePlace]
    clouds: Mapping[Named, tuple[str, ...]]
    secrets: Mapping[Named, FilePlace]
    tokens: Mapping[Named, str]
    runtimes: tuple[KubeRuntime, ...]
    rights: ClusterRights
    bindings: Mapping[RbacBinding, KubeObject]
    hosts: bool
    rule_places: RulePlaces

    @cached_property
    def subjects(self) -> tuple[Subject, ...]:
        """All service accounts, and the users and groups that bindings name."""
        accounts = [Subject("ServiceAccount", name, namespace) for namespace, name in self.accounts]
        named = [each for binding in self.rights.bindings for each in binding.subjects if each.kind != "ServiceAccount"]
        return tuple(dict.fromkeys((*accounts, *named)))


def cluster(found: Sequence[KubeObject], draft: Draft) -> KubeCluster:
    """The cluster that the objects describe; what is no part of it is told to `draft`."""
    found = _latest(found, draft)
    namespaces: dict[str, FilePlace] = {}
    for each in found:
        namespace = each.name if each.kind == "Namespace" else each.namespace
        if namespace:
            namespaces.setdefault(namespace, each.origin)
    accounts = {(each.namespace, each.name): each for each in found if each.kind == "ServiceAccount"}
    flag = "automountServiceAccountToken"
    withheld = frozenset(key for key, each in accounts.items() if each.body.flag(flag) is False)
    runtimes = tuple(made for each in found if (made := runtime(each, withheld)) is not None and not _owned(each))
    granted, bindings, rule_places = rights(found)
    secrets = {(each.namespace, each.name): each for each in found if each.kind == "Secret"}
    places = {key: each.origin for key, each in secrets.items()}
    for made in runtimes:
        places |= {key: made.origin for name in made.secrets if name and (key := (made.namespace, name)) not in places}
    owners = {key: each.origin for key, each in accounts.items()}
    for made in runtimes:
        owners.setdefault((made.namespace, made.account), made.origin)
    for binding, each in bindings.items():
        for subject in binding.subjects:
            if subject.kind == "ServiceAccount":
                owners.setdefault((subject.namespace, subject.name), each.origin)
                namespaces.setdefault(subject.namespace, each.origin)
    for namespace, origin in namespaces.items():
        owners.setdefault((namespace, "default"), origin)
    return KubeCluster(
        namespaces,
        frozenset(each.name for each in found if each.kind == "Namespace" and _shields(each)),
        owners,
        {key: clouds for key, each in accounts.items() if (clouds := _clouds(each))},
        places,
        {key: account for key, each in secrets.items() if (account := _account_of(each))},
        runtimes,
        granted,
        bindings,
        bool(runtimes),
        rule_places,
    )


def _latest(found: Sequence[KubeObject], draft: Draft) -> list[KubeObject]:
    """The objects, of those that stand twice the last: applied in this order, that is the one which stays. It is told
    where the other said something else that counts here: tests and examples say the same service again and again."""
    kept: dict[tuple[str, str, str], KubeObject] = {}
    for each in found:
        key = (each.kind, each.namespace, each.name)
        if key in kept and each.kind in READ and kept[key].body.value != each.body.value:
            why = "it stands again, and the last counts"
            draft.leave(kept[key].origin, f"{each.kind} {each.name}", why)
        kept[key] = each
    return list(kept.values())


def _owned(found: KubeObject) -> bool:
    """True for a pod that a controller among the objects may have made: its controller stands for it."""
    return found.kind in ("Pod", "ReplicaSet", "Job") and any(
        owner.flag("controller") for owner in found.body.part("metadata").each("ownerReferences")
    )


def _shields(found: KubeObject) -> bool:
    """True where pod security admission keeps pods from their host."""
    return found.body.part("metadata", "labels").text(ENFORCE) in ("baseline", "restricted")


def _clouds(found: KubeObject) -> tuple[str, ...]:
    annotations = found.body.part("metadata", "annotations")
    return tuple(name for key in CLOUD_ROLES if (name := annotations.name(key)))


def _account_of(found: KubeObject) -> str:
    """The service account whose token lies in a secret, for ever; empty for another secret."""
    if found.body.text("type") != "kubernetes.io/service-account-token":
        return ""
    return found.body.part("metadata", "annotations").name("kubernetes.io/service-account.name")

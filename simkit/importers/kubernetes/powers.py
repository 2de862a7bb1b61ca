"""What a verb on a resource gives whoever has it: the effects of plain ones, and the ways in of those that lead on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from simkit.rbac import RbacRule
from simkit.rbac.rbac_rule import ANY

READS = ("get", "list", "watch")
WRITES = ("create", "update", "patch")
DELETES = ("delete", "deletecollection")
PLAIN = (*READS, *WRITES, *DELETES)
RBAC = "rbac.authorization.k8s.io"
CONTROLLERS = (
    "cronjobs",
    "daemonsets",
    "deployments",
    "jobs",
    "replicasets",
    "replicationcontrollers",
    "statefulsets",
)
"""What makes pods."""
CUSTOM_MAKERS: Mapping[str, frozenset[str]] = {
    "actions.github.com": frozenset({"autoscalingrunnersets"}),
    "apps.openshift.io": frozenset({"deploymentconfigs"}),
    "argoproj.io": frozenset({"cronworkflows", "eventsources", "rollouts", "sensors", "workflows"}),
    "batch.volcano.sh": frozenset({"jobs"}),
    "jobset.x-k8s.io": frozenset({"jobsets"}),
    "keda.sh": frozenset({"scaledjobs"}),
    "kubeflow.org": frozenset({"mpijobs", "notebooks", "pytorchjobs", "tfjobs"}),
    "leaderworkerset.x-k8s.io": frozenset({"leaderworkersets"}),
    "monitoring.coreos.com": frozenset({"alertmanagers", "prometheusagents", "prometheuses", "thanosrulers"}),
    "opentelemetry.io": frozenset({"opentelemetrycollectors"}),
    "ray.io": frozenset({"rayclusters", "rayjobs", "rayservices"}),
    "serving.knative.dev": frozenset({"configurations", "services"}),
    "sparkoperator.k8s.io": frozenset({"scheduledsparkapplications", "sparkapplications"}),
    "tekton.dev": frozenset({"pipelineruns", "taskruns"}),
}
"""Custom resources of well-known operators, by their groups: each describes pods, or names the service account of the
pods that are made for it (an assumption of ours: not compared with the definition of each)."""
TO_HOST = ":host"
"""How operations end by which a pod that somebody describes gets to its host."""
EFFECTS: Mapping[str, str] = {
    **dict.fromkeys(READS, "read"),
    **dict.fromkeys(WRITES, "write"),
    **dict.fromkeys(DELETES, "delete"),
}


@dataclass(frozen=True, slots=True)
class Power:
    """One thing that a verb on a resource lets one do: an operation with its effect, `over` what."""

    operation: str
    effect: str
    over: str


def _makes_pods(operation: str, account: str = "") -> tuple[Power, ...]:
    """Whoever describes a pod chooses its service account and what it mounts, and its host where nothing forbids it."""
    return (
        Power(f"{operation}{account}", "mint", "accounts"),
        Power(f"{operation}:mount", "read", "secrets"),
        Power(f"{operation}{TO_HOST}", "execute", "hosts"),
    )


def _in_pods(verbs: tuple[str, ...], resource: str) -> dict[tuple[str, str], tuple[Power, ...]]:
    return {(verb, resource): (Power(f"kube.{verb}-{resource}", "execute", "pods"),) for verb in verbs}


TECHNIQUES: Mapping[tuple[str, str], tuple[Power, ...]] = {
    **_in_pods(("create", "get"), "pods/exec"),
    **_in_pods(("create", "get"), "pods/attach"),
    **_in_pods(("update", "patch"), "pods/ephemeralcontainers"),
    **_in_pods(("update", "patch"), "pods"),
    ("create", "pods"): _makes_pods("kube.create-pods"),
    **{(verb, each): _makes_pods(f"kube.{verb}-{each}") for each in CONTROLLERS for verb in WRITES},
    ("create", "serviceaccounts/token"): (Power("kube.create-serviceaccounts/token", "mint", "accounts"),),
    ("impersonate", "serviceaccounts"): (Power("kube.impersonate-serviceaccounts", "assume", "accounts"),),
    ("impersonate", "users"): (Power("people.impersonate-users", "assume", "users"),),
    ("impersonate", "groups"): (Power("people.impersonate-groups", "assume", "groups"),),
    **{(verb, "nodes/proxy"): (Power(f"kubelet.{verb}-nodes/proxy", "execute", "pods"),) for verb in ("get", "create")},
}
"""Verbs on resources that lead to more than the resource. Sources: kubernetes.io, "RBAC good practices" (workload
creation, token requests, impersonation, nodes/proxy), and the reference of `kubectl exec`; `get` on `pods/exec` and
`pods/attach` opens a WebSocket in versions before 1.35."""
CLUSTER_ONLY = frozenset({"nodes", "nodes/proxy", "users", "groups", "namespaces", "persistentvolumes"}) | {
    "certificatesigningrequests",
    "clusterrolebindings",
    "clusterroles",
    "customresourcedefinitions",
    "mutatingwebhookconfigurations",
    "validatingwebhookconfigurations",
}
"""Resources in no namespace: a RoleBinding gives nothing on them. Impersonation of users and groups is asked for in no
namespace either."""
SPECIAL = frozenset({"bind", "escalate"})
"""Verbs that widen whoever has them; see `widenings`."""
GROUP_OF: Mapping[str, frozenset[str]] = {
    **{each: frozenset({"apps", "batch", "extensions"}) for each in CONTROLLERS},
    "replicationcontrollers": frozenset({""}),
}
"""The API groups of the resources that TECHNIQUES names; those of all others are the core group."""


def powers(rule: RbacRule, resource: str, verb: str) -> tuple[Power, ...]:
    """What `rule` gives by `verb` on `resource`, which it names."""
    found = TECHNIQUES.get((verb, resource), ())
    groups = GROUP_OF.get(resource, frozenset({""}))
    if found and (ANY in rule.groups or groups & set(rule.groups)):
        return found
    named = not {"", ANY} & set(rule.groups) and resource not in GROUP_OF
    suffix = f".{word(rule.groups[0])}" if named and rule.groups else ""
    plain = Power(f"kube.{verb}-{resource}{suffix}", EFFECTS.get(verb, "none"), "objects")
    makers = [group for group in makers_in(rule) if resource in CUSTOM_MAKERS[group] and verb in WRITES]
    return plain, *(each for group in makers for each in _makes_pods(f"kube.{verb}-{resource}.{group}", ":account"))


def makers_in(rule: RbacRule) -> tuple[str, ...]:
    """The groups of `CUSTOM_MAKERS` that `rule` names."""
    return tuple(group for group in CUSTOM_MAKERS if group in rule.groups or ANY in rule.groups)


def word(text: str) -> str:
    """A verb, a resource or a group as part of a name: without what globs are made of.

    >>> word("pods/exec"), word("*/scale")
    ('pods/exec', 'any/scale')
    """
    return text if not set("*?[") & set(text) else "".join("any" if letter in "*?[" else letter for letter in text)


def known_verbs(resource: str) -> tuple[str, ...]:
    """What `*` stands for on `resource`; of a subresource that leads on, only what does.

    >>> known_verbs("pods/exec"), known_verbs("users")[-1]
    (('create', 'get'), 'impersonate')
    """
    leading = tuple(verb for verb, named in TECHNIQUES if named == resource)
    return leading if leading and "/" in resource else tuple(dict.fromkeys((*PLAIN, *leading)))

"""Pods, and what makes them: whose token lies in them, which secrets they mount, and how they reach their host."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from simkit.importers.excerpt import Excerpt
from simkit.importers.file_place import FilePlace
from simkit.importers.kubernetes.objects import KubeObject

PODS_IN = {
    "Pod": ("spec",),
    "Deployment": ("spec", "template", "spec"),
    "DaemonSet": ("spec", "template", "spec"),
    "StatefulSet": ("spec", "template", "spec"),
    "ReplicaSet": ("spec", "template", "spec"),
    "ReplicationController": ("spec", "template", "spec"),
    "Job": ("spec", "template", "spec"),
    "CronJob": ("spec", "jobTemplate", "spec", "template", "spec"),
    "Alertmanager.monitoring.coreos.com": ("spec",),
    "Configuration.serving.knative.dev": ("spec", "template", "spec"),
    "CronWorkflow.argoproj.io": ("spec", "workflowSpec"),
    "DeploymentConfig.apps.openshift.io": ("spec", "template", "spec"),
    "Notebook.kubeflow.org": ("spec", "template", "spec"),
    "PipelineRun.tekton.dev": ("spec", "taskRunTemplate"),
    "Prometheus.monitoring.coreos.com": ("spec",),
    "PrometheusAgent.monitoring.coreos.com": ("spec",),
    "Rollout.argoproj.io": ("spec", "template", "spec"),
    "ScaledJob.keda.sh": ("spec", "jobTargetRef", "template", "spec"),
    "Service.serving.knative.dev": ("spec", "template", "spec"),
    "TaskRun.tekton.dev": ("spec",),
    "ThanosRuler.monitoring.coreos.com": ("spec",),
    "Workflow.argoproj.io": ("spec",),
}
"""Where each kind that makes pods describes them, or says with which account they run."""
ESCAPES = frozenset({"ALL", "BPF", "DAC_READ_SEARCH", "SYS_ADMIN", "SYS_MODULE", "SYS_RAWIO"})
"""Capabilities that lead out of a container by themselves (capabilities(7); our reading)."""
_CONTAINERS = ("containers", "initContainers", "ephemeralContainers")
_TELLING = ("/", "/etc", "/home", "/proc", "/root", "/run", "/var", "/var/lib", "/var/lib/kubelet", "/var/run")
"""Folders of a host that are enough to read its secrets, with what lies in them."""


@dataclass(frozen=True, slots=True)
class KubeRuntime:
    """Where code runs: a pod, or all pods that one controller makes."""

    kind: str
    name: str
    namespace: str
    account: str
    has_token: bool
    secrets: tuple[str, ...]
    escapes: tuple[str, ...]
    origin: FilePlace

    @property
    def identity(self) -> str:
        """Its name in the scenario."""
        own = self.name if self.kind == "Pod" else f"{self.kind.lower()}/{self.name}"
        return f"pod:{self.namespace}/{own}"

    def may_be(self, pod: str) -> bool:
        """True if `pod`, as a rule names it, can be (one of) these: controllers add to the names of what they make."""
        return pod == self.name if self.kind == "Pod" else pod.startswith(f"{self.name}-")


def runtime(found: KubeObject, withheld: frozenset[tuple[str, str]]) -> KubeRuntime | None:
    """What `found` runs; None for what runs nothing. `withheld` are the accounts that give their pods no token."""
    if found.kind not in PODS_IN:
        return None
    spec = found.body.part(*PODS_IN[found.kind])
    account = spec.name("serviceAccountName") or spec.name("serviceAccount") or "default"
    said = spec.flag("automountServiceAccountToken")
    mounts = (found.namespace, account) not in withheld if said is None else said
    projected = any(source.has("serviceAccountToken") for source in _projected(spec))
    return KubeRuntime(
        found.kind,
        found.name,
        found.namespace,
        account,
        mounts or projected,
        tuple(dict.fromkeys(_secrets(spec))),
        tuple(dict.fromkeys(_escapes(spec))),
        found.origin,
    )


def _containers(spec: Excerpt) -> Iterator[Excerpt]:
    for key in _CONTAINERS:
        yield from spec.each(key)


def _projected(spec: Excerpt) -> Iterator[Excerpt]:
    for volume in spec.each("volumes"):
        yield from volume.part("projected").each("sources")


def _secrets(spec: Excerpt) -> Iterator[str]:
    """The secrets that the pod has: mounted, projected, in its environment, and to pull its images."""
    for volume in spec.each("volumes"):
        yield volume.part("secret").name("secretName")
    for source in _projected(spec):
        yield source.part("secret").name("name")
    for container in _containers(spec):
        for variable in container.each("env"):
            yield variable.part("valueFrom", "secretKeyRef").name("name")
        for whole in container.each("envFrom"):
            yield whole.part("secretRef").name("name")


def _escapes(spec: Excerpt) -> Iterator[str]:
    """The ways from inside a container to its host."""
    shared = spec.flag("hostPID")
    writable, listed = set(_mounted(spec, writable=True)), set(_mounted(spec, writable=False))
    for container in _containers(spec):
        security = container.part("securityContext")
        if security.flag("privileged"):
            yield "privileged"
        added = {each.removeprefix("CAP_").upper() for each in security.part("capabilities").texts("add")}
        yield from sorted(added & ESCAPES)
        if shared and "SYS_PTRACE" in added:
            yield "SYS_PTRACE with hostPID"
    for volume in spec.each("volumes"):
        path, name = volume.part("hostPath").text("path"), volume.text("name")
        if path and name in writable:
            yield f"writes {path} of its host"
        elif path and name in listed and telling(path):
            yield f"reads {path} of its host"


def _mounted(spec: Excerpt, *, writable: bool) -> Iterator[str]:
    for container in _containers(spec):
        for mount in container.each("volumeMounts"):
            if bool(mount.flag("readOnly")) is not writable:
                yield mount.text("name")


def telling(path: str) -> bool:
    """True if reading `path` of a host gives secrets of others.

    >>> [telling(path) for path in ("/", "/root/.ssh", "/var/lib/kubelet/pods", "/usr/share/zoneinfo", "/var/log/x")]
    [True, True, True, False, False]
    """
    clean = "/" + path.strip("/")
    return clean in _TELLING or clean.startswith(("/etc/kubernetes", "/root/", "/home/", "/var/lib/kubelet/", "/proc/"))

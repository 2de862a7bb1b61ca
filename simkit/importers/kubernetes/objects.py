"""Manifests as objects: lists unpacked, each with its kind, its name and its namespace."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from simkit.importers.draft import Draft
from simkit.importers.excerpt import Excerpt
from simkit.importers.file_place import FilePlace
from simkit.importers.kubernetes.unsaid_namespaces import unsaid_namespaces
from simkit.importers.source_file import SourceDocument, SourceFile

CLUSTER_WIDE = frozenset(
    {
        "APIService",
        "CertificateSigningRequest",
        "ClusterRole",
        "ClusterRoleBinding",
        "CustomResourceDefinition",
        "IngressClass",
        "MutatingWebhookConfiguration",
        "Namespace",
        "Node",
        "PersistentVolume",
        "PriorityClass",
        "RuntimeClass",
        "StorageClass",
        "ValidatingWebhookConfiguration",
    }
)
"""The kinds that lie in no namespace."""
_RBAC_TOO = "authorization.openshift.io"
"""OpenShift's own name for the group of roles and bindings."""
_KUSTOMIZE = ("Kustomization", "Component")
"""What is no object, and changes others before they are applied."""
UNSAID = "default"
"""The namespace of an object that says none."""


@dataclass(frozen=True, slots=True)
class KubeObject:
    """One object of a cluster. The kind of a custom one has its group behind it: `Role.iam.services.k8s.aws`."""

    kind: str
    name: str
    namespace: str
    body: Excerpt

    @property
    def origin(self) -> FilePlace:
        """Where it stands."""
        return self.body.origin


def is_kubernetes(document: SourceDocument) -> bool:
    """True for an object, or a list of objects, of Kubernetes."""
    value = document.value
    return isinstance(value, dict) and isinstance(value.get("kind"), str) and isinstance(value.get("apiVersion"), str)


def objects(files: Sequence[SourceFile], draft: Draft) -> Iterator[KubeObject]:
    """The objects of all files, in order."""
    told = unsaid_namespaces(files)
    for file in files:
        draft.count(file.path, 0)
        for document in file.documents:
            for problem in document.problems:
                draft.leave(FilePlace(problem.file, problem.line, problem.column), "a part", problem.message)
            if is_kubernetes(document):
                for body in _unpacked([Excerpt(document, draft, document.value)]):
                    found = _object(body, told.get(file.path, UNSAID))
                    if found is not None:
                        draft.count(file.path)
                        yield found
            else:
                draft.leave(document.origin(), "the document", "it has no apiVersion and kind, so it is no object")


def _unpacked(bodies: Iterable[Excerpt]) -> Iterator[Excerpt]:
    """The objects in a List, and those that are none; a List holds no Lists, so this ends."""
    for body in bodies:
        if body.value["kind"].endswith("List") and body.has("items"):
            kind = body.value["kind"].removesuffix("List")
            for item in body.each("items"):
                # kubectl leaves the kind of an item out where the list says it
                said = {"kind": kind, "apiVersion": body.value["apiVersion"], **item.value}
                yield Excerpt(item.document, item.draft, said, item.where)
        else:
            yield body


def _object(body: Excerpt, unsaid: str) -> KubeObject | None:
    kind, meta = body.text("kind"), body.part("metadata")
    name = meta.name("name") or meta.name("generateName")
    if not name:
        why = "import what `kubectl kustomize` prints" if kind in _KUSTOMIZE else "it has no name"
        body.draft.leave(body.origin, kind or "an object", why)
        return None
    group = body.text("apiVersion").rpartition("/")[0]
    if "." in group and not group.endswith(".k8s.io") and group != _RBAC_TOO:
        kind = f"{kind}.{group}"
    namespace = "" if kind in CLUSTER_WIDE else meta.name("namespace") or unsaid
    if namespace and not meta.has("namespace"):
        where = "where what names an account of theirs looks for it" if unsaid != UNSAID else "which no file says"
        why = f"kubectl puts them into the namespace of its context, {where}"
        body.draft.assume("objects without a namespace", unsaid, why)
    return KubeObject(kind, name, namespace, body)

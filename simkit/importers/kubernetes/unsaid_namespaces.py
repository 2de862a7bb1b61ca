"""The namespace into which manifests go that name none, where what stands beside them tells it.

kubectl puts such an object into the namespace of its context. But whoever grants something to an account must say where
it is, and a pod runs only where its account is: a manifest for a namespace of its own often says it there alone.
"""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from simkit.importers.source_file import SourceFile

_WITHIN = ("spec", "template", "jobTemplate", "jobTargetRef", "workflowSpec", "taskRunTemplate")
"""The parts of an object in which it says as whom its pods run."""
AccountName = tuple[str, str]
"""A namespace, empty where none is said, and a name."""


def unsaid_namespaces(files: Sequence[SourceFile]) -> Mapping[str, str]:
    """The namespace of what names none, by the path of its file, for files where it is told.

    What a file does not tell its folder may, for its files are applied together.
    """
    folders: dict[str, list[SourceFile]] = {}
    for file in files:
        folders.setdefault(posixpath.dirname(file.path.replace("\\", "/")), []).append(file)
    found: dict[str, str] = {}
    for together in folders.values():
        objects = {file.path: list(_objects([file])) for file in together}
        around = _context([each for own in objects.values() for each in own])
        found |= {path: namespace for path, own in objects.items() if (namespace := _context(own) or around)}
    return found


def _context(objects: Sequence[Mapping[str, Any]]) -> str:
    """Where most speak of accounts of objects without a namespace; empty where none does."""
    # in their order: of several places that are named as often the first one counts
    accounts = dict.fromkeys(_named(each, "") for each in objects if each["kind"] == "ServiceAccount")
    pods = {account for each in objects for account in _runs_as(each)}
    bare = {name for namespace, name in accounts if not namespace}
    waiting = {name for namespace, name in pods if not namespace and name not in bare}
    granted = [account for each in objects for account in _granted(each) if account not in accounts]
    said = [account for account in granted if account[1] in bare | waiting]
    said += [account for account in accounts if account[0] and account[1] in waiting]
    return next((namespace for namespace, _ in Counter(each for each, _ in said).most_common(1)), "")


def _objects(files: Iterable[SourceFile]) -> Iterator[Mapping[str, Any]]:
    waiting = [document.value for file in files for document in file.documents]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict) and isinstance(value.get("kind"), str):
            items = value.get("items") if value["kind"].endswith("List") else None
            waiting += items if isinstance(items, list) else []
            yield value


def _named(value: Mapping[str, Any], name: str) -> AccountName:
    """`name`, or that of the object itself, where the object is."""
    meta = value.get("metadata")
    said = meta if isinstance(meta, dict) else {}
    return str(said.get("namespace") or ""), name or str(said.get("name"))


def _runs_as(value: Mapping[str, Any]) -> Iterator[AccountName]:
    waiting = [value]
    while waiting:
        part = waiting.pop()
        if isinstance(part.get("serviceAccountName"), str):
            yield _named(value, part["serviceAccountName"])
        waiting += [inner for key in _WITHIN if isinstance(inner := part.get(key), dict)]


def _granted(value: Mapping[str, Any]) -> Iterator[AccountName]:
    """The accounts that a binding names with their namespaces."""
    subjects = value.get("subjects") if value["kind"].endswith("Binding") else None
    for each in subjects if isinstance(subjects, list) else ():
        if isinstance(each, dict) and each.get("kind") == "ServiceAccount" and isinstance(each.get("namespace"), str):
            yield each["namespace"], str(each.get("name"))

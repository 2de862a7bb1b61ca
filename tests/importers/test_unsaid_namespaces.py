"""Manifests that name no namespace: bindings and accounts beside them tell where they are installed."""

from __future__ import annotations

from pathlib import Path

import pytest
from importer_contract import written

from simkit import reach
from simkit.importers import Imported, import_files

ROLE = """\
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: all}
rules: [{apiGroups: ["*"], resources: ["*"], verbs: ["*"]}]
"""
ACCOUNT = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: %s}\n"
POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: main}\nspec: {serviceAccountName: %s, containers: [{name: main}]}\n"
JOB = """\
apiVersion: batch/v1
kind: CronJob
metadata: {name: main}
spec: {jobTemplate: {spec: {template: {spec: {serviceAccountName: %s}}}}}
"""


def binding(*accounts: str) -> str:
    subjects = (
        f"{{kind: ServiceAccount, name: {name}, namespace: {namespace}}}"
        for namespace, name in (each.split("/") for each in accounts)
    )
    return f"""\
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {{name: all}}
roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: all}}
subjects: [{", ".join(subjects)}]
"""


def made(tmp_path: Path, **files: list[str]) -> Imported:
    texts = {f"{name.replace('__', '/')}.yaml": "---\n".join(parts) for name, parts in files.items()}
    (found,) = import_files([written(tmp_path, texts)])
    return found


@pytest.mark.parametrize("runs", [POD, JOB])
def test_what_names_no_namespace_is_where_its_account_is_granted_something(tmp_path: Path, runs: str) -> None:
    """As the manifest of Argo CD: only its ClusterRoleBindings say where it is."""
    found = made(tmp_path, install=[ACCOUNT % "app", ROLE, binding("tool/app"), runs % "app"])
    entry = next(name for name in found.sections["entry_points"] if name.startswith("pod:tool/"))
    assert "sa:default/app" not in found.sections["identities"]
    rows = reach(found.scenario(), entry_point=entry, trials=1).rows
    assert next(row.worst_case for row in rows if row.name == "all secrets out")
    assert [(each.taken, "looks for it" in each.why) for each in found.assumed[:1]] == [("tool", True)]


@pytest.mark.parametrize(
    ("install", "place"),
    [
        ([ACCOUNT % "app", POD % "app"], "default"),
        ([ACCOUNT % "app", binding("tool/other"), POD % "app"], "default"),
        ([ACCOUNT % "app, namespace: tool", POD % "app"], "tool"),
        ([ACCOUNT % "app, namespace: tool", ACCOUNT % "app", POD % "app"], "default"),
        ([ACCOUNT % "app, namespace: tool", ACCOUNT % "app", binding("tool/app"), POD % "app"], "default"),
        ([ACCOUNT % "app", ACCOUNT % "b", binding("one/app", "two/app", "two/b"), POD % "app"], "two"),
        ([binding("tool/app"), POD % "app"], "tool"),
    ],
)
def test_where_it_is_only_names_of_its_own_accounts_tell(tmp_path: Path, install: list[str], place: str) -> None:
    found = made(tmp_path, install=install)
    pods = [name for name in found.sections["identities"] if name.startswith("pod:")]
    assert pods == [f"pod:{place}/main"]


def test_what_a_file_does_not_tell_its_folder_tells_and_no_other_folder(tmp_path: Path) -> None:
    own = [ACCOUNT % "app", POD % "app"]
    found = made(tmp_path, tool__accounts=own, tool__rights=[ROLE, binding("tool/app")], other__accounts=own)
    pods = [name for name in found.sections["identities"] if name.startswith("pod:")]
    assert pods == ["pod:default/main", "pod:tool/main"]


def test_of_places_that_are_named_as_often_it_is_the_same_in_every_process(tmp_path: Path) -> None:
    """An account of that name in each of eight namespaces."""
    accounts = [(ACCOUNT % "app").replace("{name: app}", f"{{name: app, namespace: n{place}}}") for place in range(8)]
    found = made(tmp_path, install=[*accounts, POD % "app"])
    assert [name for name in found.sections["entry_points"] if name.startswith("pod:")] == ["pod:n7/main is taken over"]

"""Narrowings as manifests of Kubernetes: rules that give less, bindings that name fewer."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

import pytest
import yaml
from artifact_contract import ArtifactContract, imported

from simkit.artifacts import Artifact, ImportedSources, carried_out
from simkit.artifacts.rbac_manifests import KUBERNETES
from simkit.errors import InputError
from simkit.importers.kubernetes.cluster_roles import BINDINGS, ROLES
from simkit.narrowing import DropEntitlements, DropRole, Narrowing

OPERATOR = """\
# what the operator may do
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: operator, namespace: ops}
rules:
  - apiGroups: [""]
    resources: [secrets, configmaps]   # both, for now
    verbs: [get, list]
  - apiGroups: [""]
    resources: [pods/exec]
    verbs: [create]
  - apiGroups: [""]
    resources: [secrets]
    resourceNames: [tls]
    verbs: [update]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: operator, namespace: ops}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: operator}
subjects:
  - kind: ServiceAccount
    name: operator
  - kind: ServiceAccount
    name: helper
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: operator, namespace: ops}
spec: {template: {spec: {serviceAccountName: operator, containers: [{name: main}]}}}
"""
LISTED = """\
{"apiVersion": "v1", "kind": "List", "items": [
  {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": "reader"},
   "rules": [{"apiGroups": [""], "resources": ["secrets", "nodes"], "verbs": ["*"]}]},
  {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding", "metadata": {"name": "reader"},
   "roleRef": {"kind": "ClusterRole", "name": "reader"},
   "subjects": [{"kind": "ServiceAccount", "name": "helper", "namespace": "ops"}, {"kind": "User", "name": "ann"}]}
]}
"""


class TestKubernetes(ArtifactContract):
    kind = KUBERNETES
    sample: ClassVar[Mapping[str, str]] = {"deploy/operator.yaml": OPERATOR, "cluster.json": LISTED}


def carried(folder: Path, name: str, more: Mapping[str, str] | None = None) -> Artifact:
    """The one offer called `name`, carried out in the sample in `folder`, which is the working folder."""
    for file, text in {**TestKubernetes.sample, **(more or {})}.items():
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text(text, "utf-8")
    scenario = imported(folder)
    sources = ImportedSources.of(scenario, "kubernetes")
    (wanted,) = [each for each in KUBERNETES.offers(scenario, sources) if each.name == name]
    return carried_out(KUBERNETES, scenario, sources, [wanted])


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_verb_on_one_of_two_kinds_makes_two_rules(tmp_path: Path) -> None:
    found = carried(tmp_path, "Drop kube.list-secrets on ops/secrets from role role ops/operator")
    assert found.is_whole
    (text,) = [text for name, (_, text) in found.files.items() if name.endswith("operator.yaml")]
    assert "resources: [configmaps]   # both, for now\n    verbs: [get, list]\n" in text
    assert "resources: [secrets], verbs: [get]" in text.replace("'", "").replace('"', "")


def test_a_subject_goes_and_the_other_stays(tmp_path: Path) -> None:
    found = carried(tmp_path, "Take role role ops/operator from sa:ops/helper")
    assert found.files["deploy/operator.yaml"][1] == OPERATOR.replace(
        "  - kind: ServiceAccount\n    name: helper\n", ""
    )


def test_a_rule_with_names_goes_for_its_verb_alone(tmp_path: Path) -> None:
    found = carried(tmp_path, "Drop kube.update-secrets on ops/secrets/tls from role role ops/operator")
    gone = '  - apiGroups: [""]\n    resources: [secrets]\n    resourceNames: [tls]\n    verbs: [update]\n'
    assert found.files["deploy/operator.yaml"][1] == OPERATOR.replace(gone, "")


def test_all_verbs_go_with_their_kind_and_one_of_them_is_not_offered(tmp_path: Path) -> None:
    scenario = (carried(tmp_path, "Take role clusterrole reader from user:ann")).scenario
    names = [each.name for each in KUBERNETES.offers(scenario, ImportedSources.of(scenario, "kubernetes"))]
    of_reader = [name for name in names if name.startswith("Drop") and name.endswith("clusterrole reader")]
    assert len(of_reader) == 2, "secrets, and nodes"


def test_a_role_that_is_bound_in_two_places_is_not_narrowed_for_both(tmp_path: Path) -> None:
    second = """\
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: more, namespace: web}
roleRef: {kind: ClusterRole, name: reader}
subjects: [{kind: Group, name: "system:serviceaccounts:web"}]
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: shop, namespace: web}
"""
    found = carried(tmp_path, "Take role role ops/operator from sa:ops/helper", {"more.yaml": second})
    sources = ImportedSources.of(found.scenario, "kubernetes")
    offered = list(KUBERNETES.offers(found.scenario, sources))
    assert not [each for each in offered if isinstance(each, DropEntitlements) and "reader" in each.holder.name]
    by_group: Narrowing = DropRole("sa:web/shop", "clusterrole reader in web")
    assert by_group not in offered
    assert "group" in carried_out(KUBERNETES, found.scenario, sources, [by_group]).unsaid[by_group]


FLUSH = """\
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader, namespace: ops}
rules:
- apiGroups: [""]
  resources: [secrets]
  verbs: [get]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: reader, namespace: ops}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
subjects:
- kind: ServiceAccount
  name: reader
"""


@pytest.mark.parametrize(
    ("offer", "old", "new"),
    [
        ("Take role role ops/reader from sa:ops/reader", "subjects:\n- kind: ServiceAccount\n  name: reader\n",
         "subjects: []\n"),
        ("Drop kube.get-secrets on ops/secrets from role role ops/reader",
         'rules:\n- apiGroups: [""]\n  resources: [secrets]\n  verbs: [get]\n', "rules: []\n"),
    ],
)  # fmt: skip
def test_a_list_that_begins_where_its_key_does_ends_behind_it(tmp_path: Path, offer: str, old: str, new: str) -> None:
    made = carried(tmp_path, offer, {"flush.yaml": FLUSH})
    assert made.is_whole
    assert made.files["flush.yaml"][1] == FLUSH.replace(old, new)


def test_what_an_alias_repeats_is_refused_in_a_sentence(tmp_path: Path) -> None:
    text = FLUSH.replace(
        "- kind: ServiceAccount\n  name: reader\n", "- &one {kind: ServiceAccount, name: reader}\n- *one\n"
    )
    with pytest.raises(InputError, match=r"flush\.yaml cannot be changed in place \(.*\): change it by hand"):
        carried(tmp_path, "Take role role ops/reader from sa:ops/reader", {"flush.yaml": text})


def test_a_binding_that_stands_in_two_files_is_changed_in_both(tmp_path: Path) -> None:
    twice = FLUSH.replace("subjects:\n", "subjects:\n- {kind: User, name: ann}\n")
    made = carried(tmp_path, "Take role role ops/reader from sa:ops/reader", {"flush.yaml": twice, "whole.yaml": FLUSH})
    assert made.is_whole
    subject = "- kind: ServiceAccount\n  name: reader\n"
    assert made.files["flush.yaml"][1] == twice.replace(subject, "")
    assert made.files["whole.yaml"][1] == FLUSH.replace(f"subjects:\n{subject}", "subjects: []\n")


@pytest.mark.skipif(importlib.util.find_spec("kubernetes_validate") is None, reason="needs kubernetes-validate")
def test_the_schema_of_the_kubernetes_api_takes_every_change(tmp_path: Path) -> None:
    """Held against it by hand: with its schemas of every version the package has 100 MB."""
    import kubernetes_validate

    version = kubernetes_validate.latest_version()
    for file, text in {**TestKubernetes.sample, "flush.yaml": FLUSH}.items():
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text(text, "utf-8")
    scenario = imported(tmp_path)
    sources = ImportedSources.of(scenario, "kubernetes")
    offers = list(KUBERNETES.offers(scenario, sources))
    assert len(offers) > 10
    for each in offers:
        for _, text in carried_out(KUBERNETES, scenario, sources, [each]).files.values():
            listed = [item for value in yaml.safe_load_all(text) for item in value.get("items", [value])]
            for item in (one for one in listed if one["kind"] in (*ROLES, *BINDINGS)):
                kubernetes_validate.validate(item, version, strict=True)
